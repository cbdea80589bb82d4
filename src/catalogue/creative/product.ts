import { cleanText, escapeHtml, jsonText } from './escape.js'
import { linkAttributes } from './link.js'

/** What a banner shows of a product; links absolute and checked. */
export interface ProductFace {
  readonly title: string
  /** What follows the token in its click link. */
  readonly target: string
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

/** Prices whose text is remembered: shops have few different ones, and writing one costs microseconds. */
const pricesKept = 20_000

/** Prices as the shop's language writes them, without decimals that are zero: `189,99 zł`, `€25`. */
export function priceFormat(language: string): FormatPrice {
  const formats = new Map<string, (micros: number) => string>()
  return (micros, currency) => {
    let format = formats.get(currency)
    if (format === undefined) {
      format = remembered(language, currency)
      formats.set(currency, format)
    }
    return format(micros)
  }
}

function remembered(language: string, currency: string): (micros: number) => string {
  const format = new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    trailingZeroDisplay: 'stripIfInteger',
  })
  const texts = new Map<number, string>()
  return (micros) => {
    let text = texts.get(micros)
    if (text === undefined) {
      text = format.format(micros / 1e6)
      if (texts.size >= pricesKept) texts.clear()
      texts.set(micros, text)
    }
    return text
  }
}

/** What stands between a product's parts, as the inside of a JSON string. */
const afterTarget = jsonText(`"${linkAttributes}><img src="`)
const beforeTitle = jsonText('" alt="')
const afterTitle = jsonText('">')
const beforeText = jsonText('<div><span aria-hidden="true">')
const beforePrice = '</span><b>'
const beforeLongPrice = jsonText('</span><b class="l">')

/**
 * A product as the inside of a JSON string: from the end of the token in its click link to the end of
 * its text. What stands before (the link's beginning) and after it (a call to action, `</a>`) is the
 * banner's.
 */
export function compileProduct(face: ProductFace, formatPrice: FormatPrice): string {
  // The picture's text is the title, too, so that a reader meets it once whatever the size shows.
  const title = jsonText(escapeHtml(cleanText(face.title, titleLengthMax)))
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
  return (
    face.target +
    afterTarget +
    jsonText(escapeHtml(face.image)) +
    beforeTitle +
    title +
    afterTitle +
    badge +
    beforeText +
    title +
    (isLong ? beforeLongPrice : beforePrice) +
    jsonText(priceText) +
    '</b>' +
    jsonText(oldPrice) +
    '</div>'
  )
}
