import type { ByteWriter } from '../../base/byte-writer.js'
import { brandHeadBytes } from './brand.js'
import { escapeAroundMacros, jsonPiece } from './escape.js'
import { layoutOf } from './layouts.js'
import { clickStart } from './link.js'

/**
 * Products' pieces in one buffer: product `i` is `[pieceStart[i], nativeStart[i])`, and its record for
 * native ads follows.
 */
export interface PieceTable {
  readonly pieces: Buffer
  readonly pieceStart: Uint32Array
  readonly nativeStart: Uint32Array
}

/** What a banner is made of. One object serves all banners of a process, filled anew for each. */
export interface Banner {
  /** Place in `bannerSizes`. */
  sizeIndex: number
  /** A brand's piece: `brands[brandStart, brandEnd)` (see `compileBrand`). */
  brands: Buffer
  brandStart: number
  brandEnd: number
  products: PieceTable
  /** Products to show, best first; those past the size's `productCountMax` are left out. */
  productIndexes: Int32Array
  productCount: number
  readonly links: BannerLinks
  /** Counts its impression by itself. */
  hasPixel: boolean
  /** The bid's signed token: only characters that need no escaping anywhere. */
  token: string
}

/** What stands around the token in a click link and in the pixel, for one exchange. */
export interface BannerLinks {
  readonly click: Buffer
  readonly pixel: Buffer
  readonly pixelEnd: Buffer
}

/**
 * @param url base of our notices without a slash at its end, as in `https://bid.example`.
 * @param pixelEnd what follows the token in the pixel's query, macros in it: `&p=…&c=…`. The price is for
 *   exchanges that are charged by the impression.
 * @param clickMacro put before our click links; '' where the exchange has none.
 */
export function bannerLinks(url: string, pixelEnd: string, clickMacro: string): BannerLinks {
  return {
    click: jsonPiece(escapeAroundMacros(clickStart(url, clickMacro))),
    pixel: jsonPiece(`<img src="${escapeAroundMacros(url)}/n/imp?t=`),
    pixelEnd: jsonPiece(`${escapeAroundMacros(pixelEnd)}" width="1" height="1" alt="">`),
  }
}

const productOpening = jsonPiece('<a class="p" href="')
const linkClosing = Buffer.from('</a>')
const closing = jsonPiece('</div>')

/**
 * Writes a banner's markup as the inside of a JSON string (no quotes around it).
 *
 * Copies what was prepared when the catalogue was compiled; all that is written anew is the token.
 */
export function renderBanner(out: ByteWriter, banner: Banner): void {
  const { brands, brandStart, products, links } = banner
  const layout = layoutOf(banner.sizeIndex, banner.productCount)
  const openingEnd = brandStart + brands.readUInt32LE(brandStart)
  const headerEnd = brandStart + brands.readUInt32LE(brandStart + 4)

  out.bytes(layout.opening)
  out.range(brands, brandStart + brandHeadBytes, openingEnd)
  const clickStart = out.length
  out.bytes(links.click)
  out.ascii(banner.token)
  const clickEnd = out.length
  out.range(brands, openingEnd, headerEnd)
  if (layout.actionInProduct) out.bytes(linkClosing)
  else out.range(brands, headerEnd, banner.brandEnd)

  for (let i = 0; i < layout.productCount; i++) {
    const product = banner.productIndexes[i]!
    out.bytes(productOpening)
    // The same beginning as the header's link, copied from what is written already.
    out.range(out.buffer, clickStart, clickEnd)
    out.range(products.pieces, products.pieceStart[product]!, products.nativeStart[product]!)
    if (layout.actionInProduct) out.range(brands, headerEnd, banner.brandEnd)
    else out.bytes(linkClosing)
  }

  if (banner.hasPixel) {
    out.bytes(links.pixel)
    out.ascii(banner.token)
    out.bytes(links.pixelEnd)
  }
  out.bytes(closing)
}
