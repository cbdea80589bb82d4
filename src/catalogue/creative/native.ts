import type { ByteWriter } from '../../base/byte-writer.js'
import { jsonPiece } from './escape.js'
import { clickStart } from './link.js'
import { brandPrivacy, firstBrandPart, NativePart, productTarget } from './native-pieces.js'
import {
  hasPart,
  isPictureAtLeast,
  pictureHeight,
  pictureWidth,
  writePart,
} from './native-record.js'
import type { PieceTable } from './render.js'

/** Most assets that are answered. */
export const nativeAssetCountMax = 32

/** What of a native request its answer depends on; see openrtb/offers. */
export interface NativeRequest {
  /** 10, 11 or 12. */
  readonly version: number
  readonly assets: readonly NativeAsset[]
  readonly assetCount: number
  /** Bits: 1 image, 2 JavaScript. */
  readonly impressionMethods: number
  readonly wantsPrivacy: boolean
}

export interface NativeAsset {
  readonly id: number
  /** As in `img.type` or `data.type`; 0 where it isn't said. */
  readonly type: number
  /** Most characters; 0 where there is no limit. */
  readonly lengthMax: number
}

/** What a native ad is made of. One object serves all of a process, filled anew for each. */
export interface NativeAd {
  request: NativeRequest
  /** By asset: the `NativePart` that fills it; `none` leaves it out. */
  readonly parts: Uint8Array
  /** The answer stands within `{"native": …}`. */
  isWrapped: boolean
  products: PieceTable
  product: number
  /** The brand's record begins at `brands[brandAt]`: right behind its piece for banners. */
  brands: Buffer
  brandAt: number
  readonly links: NativeLinks
  /** The bid's signed token: only characters that need no escaping anywhere. */
  token: string
}

/** Our own addresses in an answer, up to the token and after it, for one exchange. */
export interface NativeLinks {
  readonly click: Buffer
  readonly pixel: Buffer
  readonly pixelEnd: Buffer
}

/**
 * @param url base of our notices without a slash at its end.
 * @param pixelEnd what follows the token in the pixel's query, macros in it: `&p=…&c=…`.
 * @param clickMacro put before our click link; '' where the exchange has none.
 */
export function nativeLinks(url: string, pixelEnd: string, clickMacro: string): NativeLinks {
  return {
    click: jsonPiece(clickStart(url, clickMacro)),
    pixel: jsonPiece(`${url}/n/imp?t=`),
    pixelEnd: jsonPiece(pixelEnd),
  }
}

const bytes = (text: string): Buffer => Buffer.from(text)

const pieces = {
  wrapping: bytes('{"native":'),
  openings: [10, 11, 12].map((version) => bytes(`{"ver":"1.${version % 10}","assets":[`)),
  firstAsset: bytes('{"id":'),
  asset: bytes(',{"id":'),
  title: bytes(',"title":{"text":"'),
  image: bytes(',"img":{"url":"'),
  data: bytes(',"data":{"value":"'),
  width: bytes('","w":'),
  height: bytes(',"h":'),
  type: bytes(',"type":'),
  typeAfterText: bytes('","type":'),
  endAsset: bytes('}}'),
  endText: bytes('"}}'),
  link: bytes('],"link":{"url":"'),
  trackers: bytes('"},"eventtrackers":[{"event":1,"method":1,"url":"'),
  endTrackers: bytes('"}]'),
  impressionTrackers: bytes('"},"imptrackers":["'),
  endImpressionTrackers: bytes('"]'),
  privacy: bytes(',"privacy":"'),
  endPrivacy: bytes('"'),
  end: bytes('}'),
} as const

const imageMethod = 1 << 1
const none = Buffer.alloc(0)

/**
 * Writes the answer to a native request as JSON text (OpenRTB Native 1.2, section 5).
 *
 * Copies what was prepared when the catalogue was compiled; allocates nothing. That every part fits
 * its asset is for the caller to know.
 */
export function renderNative(out: ByteWriter, ad: NativeAd): void {
  const { request, parts, links } = ad
  if (ad.isWrapped) out.bytes(pieces.wrapping)
  out.bytes(pieces.openings[request.version - 10] ?? pieces.openings[2]!)
  let opening: Buffer = pieces.firstAsset
  for (let i = 0; i < request.assetCount && i < nativeAssetCountMax; i++) {
    const part = parts[i]!
    if (part === NativePart.none) continue
    out.bytes(opening)
    opening = pieces.asset
    writeAsset(out, ad, request.assets[i]!, part)
  }
  out.bytes(pieces.link)
  out.bytes(links.click)
  const tokenStart = out.length
  out.ascii(ad.token)
  const tokenEnd = out.length
  ofProduct(out, ad, productTarget, 0)
  const isEvent = request.version >= 12 && (request.impressionMethods & imageMethod) !== 0
  out.bytes(isEvent ? pieces.trackers : pieces.impressionTrackers)
  out.bytes(links.pixel)
  out.range(out.buffer, tokenStart, tokenEnd)
  out.bytes(links.pixelEnd)
  out.bytes(isEvent ? pieces.endTrackers : pieces.endImpressionTrackers)
  if (request.wantsPrivacy && hasPart(ad.brands, ad.brandAt, brandPrivacy)) {
    out.bytes(pieces.privacy)
    ofBrand(out, ad, brandPrivacy, 0)
    out.bytes(pieces.endPrivacy)
  }
  out.bytes(pieces.end)
  if (ad.isWrapped) out.bytes(pieces.end)
}

/** What follows `"id":` of an asset. */
function writeAsset(out: ByteWriter, ad: NativeAd, asset: NativeAsset, part: number): void {
  writeNumber(out, asset.id)
  const isPicture = part === NativePart.picture || part === NativePart.logo
  out.bytes(part === NativePart.title ? pieces.title : isPicture ? pieces.image : pieces.data)
  if (part < firstBrandPart) ofProduct(out, ad, part, isPicture ? 0 : asset.lengthMax)
  else ofBrand(out, ad, part - firstBrandPart, isPicture ? 0 : asset.lengthMax)
  const isSized = isPicture && writeSize(out, ad, part)
  // What the answer's own types are for came with 1.2; a title has none.
  if (ad.request.version >= 12 && asset.type > 0 && part !== NativePart.title) {
    out.bytes(isSized ? pieces.type : pieces.typeAfterText)
    writeNumber(out, asset.type)
    out.bytes(pieces.endAsset)
  } else out.bytes(isSized ? pieces.endAsset : pieces.endText)
}

/**
 * Ends a picture's address and tells its size.
 *
 * @returns false where nothing was written, as the size isn't known or is only a bound from below.
 */
function writeSize(out: ByteWriter, ad: NativeAd, part: number): boolean {
  const isOfProduct = part < firstBrandPart
  const records = isOfProduct ? ad.products.pieces : ad.brands
  const record = isOfProduct ? ad.products.nativeStart[ad.product]! : ad.brandAt
  const width = pictureWidth(records, record)
  if (width === 0 || isPictureAtLeast(records, record)) return false
  out.bytes(pieces.width)
  writeNumber(out, width)
  out.bytes(pieces.height)
  writeNumber(out, pictureHeight(records, record))
  return true
}

/** Ids are small as a rule: a digit as a byte costs a tenth of one as a text. */
function writeNumber(out: ByteWriter, value: number): void {
  if (value >= 0 && value < 10) out.byte(0x30 + value)
  else out.ascii(String(value))
}

function ofProduct(out: ByteWriter, ad: NativeAd, part: number, lengthMax: number): void {
  const { products, product } = ad
  writePart(
    out,
    products.pieces,
    products.nativeStart[product]!,
    part,
    lengthMax,
    products.pieces,
    products.pieceStart[product]!,
    products.nativeStart[product]!,
  )
}

function ofBrand(out: ByteWriter, ad: NativeAd, part: number, lengthMax: number): void {
  writePart(out, ad.brands, ad.brandAt, part, lengthMax, none, 0, 0)
}
