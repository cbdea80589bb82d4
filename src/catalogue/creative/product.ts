import { cleanText, escapeHtml, jsonPiece } from './escape.js'
import type { SignTarget } from './link.js'
import { clickTarget, linkAttributes } from './link.js'

/** What a banner shows of a product; links absolute and checked. */
export interface ProductFace {
  readonly title: string
  readonly link: string
  readonly image: string
  /** What is paid now. */
  readonly priceMicros: number
  /** What it was before, where it is on sale; else null. */
  readonly oldPriceMicros: number | null
  readonly currency: string
}

/** Longer titles don't fit any size. */
const titleLengthMax = 90
/** A discount of less isn't worth a badge. */
const badgePercentMin = 5

/** Longer prices (`12 345,67 zł`) are set smaller. */
const shortPriceLengthMax = 10

export type FormatPrice = (micros: number, currency: string) => string

/** Prices as the shop's language writes them, without decimals that are zero: `189,99 zł`, `€25`. */
export function priceFormat(language: string): FormatPrice {
  const formats = new Map<string, Intl.NumberFormat>()
  return (micros, currency) => {
    let format = formats.get(currency)
    if (format === undefined) {
      format = new Intl.NumberFormat(language, {
        style: 'currency',
        currency,
        trailingZeroDisplay: 'stripIfInteger',
      })
      formats.set(currency, format)
    }
    return format.format(micros / 1e6)
  }
}

/**
 * A product as bytes: from the end of the token in its click link to the end of its text. What
 * stands before (the link's beginning) and after it (a call to action, `</a>`) is the banner's.
 */
export function compileProduct(
  face: ProductFace,
  shopKey: number,
  formatPrice: FormatPrice,
  signTarget: SignTarget,
): Buffer {
  const title = escapeHtml(cleanText(face.title, titleLengthMax))
  const { priceMicros, oldPriceMicros } = face
  let badge = ''
  let oldPrice = ''
  if (oldPriceMicros !== null) {
    // Rounded down: a badge never promises more than the prices show.
    const percent = Math.floor((1 - priceMicros / oldPriceMicros) * 100)
    if (percent >= badgePercentMin) badge = `<small>−${percent}%</small>`
    oldPrice = `<s>${escapeHtml(formatPrice(oldPriceMicros, face.currency))}</s>`
  }
  const price = formatPrice(priceMicros, face.currency)
  const isLong = price.length > shortPriceLengthMax
  // Where it has to break, it may: `white-space` sees to it that no other price does.
  const priceText = escapeHtml(isLong ? price.replace(/\s/g, ' ') : price)
  return jsonPiece(
    `${clickTarget(shopKey, face.link, signTarget)}"${linkAttributes}>` +
      // The picture's text is the title, so that a reader meets it once whatever the size shows.
      `<img src="${escapeHtml(face.image)}" alt="${title}">${badge}` +
      `<div><span aria-hidden="true">${title}</span><b${isLong ? ' class="l"' : ''}>${priceText}</b>${oldPrice}</div>`,
  )
}
