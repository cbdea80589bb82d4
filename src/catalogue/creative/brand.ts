import { keyOf } from '../../base/key.js'
import type { Colours, Palette } from './colour.js'
import { paletteOf } from './colour.js'
import { cleanText, escapeHtml, jsonPiece } from './escape.js'
import type { SignTarget } from './link.js'
import { clickTarget, linkAttributes } from './link.js'
import { isSecureUrl, resolveHttp } from './url.js'

export interface BrandInput {
  readonly shopId: string
  readonly name: string
  /** The shop's home: where header and logo lead. */
  readonly url: string
  /** Absolute, or relative to `url`. */
  readonly logo: string
  readonly colours: Colours
  readonly callToAction: string
  /** BCP 47, as in `pl`. */
  readonly language: string
}

const nameLengthMax = 60
const actionLengthMax = 40
/** A longer call to action is set smaller. */
const shortActionLengthMax = 15
/** Ahead of a brand's parts: where the first two end, each a little-endian 32-bit number. */
export const brandHeadBytes = 8

const rightToLeft = new Set(['ar', 'fa', 'he', 'ur', 'yi'])

/**
 * What a banner shows of its shop, as one piece of bytes that `renderBanner` takes apart:
 * end of part 1 (u32) | end of part 2 (u32) | 1: attributes, header's link up to its target |
 * 2: target and logo | 3: call to action, closing its link. Ends count from the piece's start.
 */
export function compileBrand(input: BrandInput, signTarget: SignTarget): Buffer {
  const home = resolveHttp(input.url, input.url)
  if (home === null) throw new Error(`${input.shopId}: url isn't an http(s) address`)
  const logo = resolveHttp(input.logo, input.url)
  const name = escapeHtml(cleanText(input.name, nameLengthMax))
  const action = cleanText(input.callToAction, actionLengthMax)
  const isLong = action.length > shortActionLengthMax
  const language = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(input.language) ? input.language : 'und'
  const direction = rightToLeft.has(language.slice(0, 2)) ? ' dir="rtl"' : ''

  const opening = jsonPiece(
    ` lang="${language}"${direction} style="${customProperties(paletteOf(input.colours))}"><a class="h" href="`,
  )
  const target = clickTarget(keyOf(input.shopId), home, signTarget)
  // A shop without a usable logo still says whose banner this is.
  const sign =
    logo === null ? `<span>${name}</span>` : `<img src="${escapeHtml(logo)}" alt="${name}">`
  const header = jsonPiece(`${target}"${linkAttributes}>${sign}`)
  const closing = jsonPiece(`<b${isLong ? ' class="l"' : ''}>${escapeHtml(action)}</b></a>`)

  const head = Buffer.alloc(brandHeadBytes)
  head.writeUInt32LE(brandHeadBytes + opening.length, 0)
  head.writeUInt32LE(brandHeadBytes + opening.length + header.length, 4)
  return Buffer.concat([head, opening, header, closing])
}

/** Whether a page served over https may show this brand. */
export function isSecureBrand(input: Pick<BrandInput, 'url' | 'logo'>): boolean {
  const logo = resolveHttp(input.logo, input.url)
  return isSecureUrl(input.url) && (logo === null || isSecureUrl(logo))
}

/** See style-sheet.ts for what the letters stand for. */
function customProperties(palette: Palette): string {
  const values: Readonly<Record<string, string>> = {
    a: palette.primary,
    o: palette.onPrimary,
    b: palette.background,
    c: palette.card,
    t: palette.text,
    m: palette.mutedText,
    h: palette.header,
    n: palette.onHeader,
    x: palette.headerAction,
    y: palette.onHeaderAction,
    r: palette.saleText,
    s: palette.sale,
    z: palette.onSale,
  }
  return Object.entries(values)
    .map(([letter, colour]) => `--${letter}:${short(colour)}`)
    .join(';')
}

/** `#aabbcc` as `#abc`. */
const short = (colour: string): string => colour.replace(/^#(.)\1(.)\2(.)\3$/, '#$1$2$3')
