import type { ByteWriter } from '../../base/byte-writer.js'
import { jsonPiece } from './escape.js'
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

/** A table of products for native ads, beside their pieces for banners. */
export interface NativeTable extends PieceTable {
  readonly natives: Buffer
  readonly nativeStart: Uint32Array
}

/** What a native ad is made of. One object serves all of a process, filled anew for each. */
export interface NativeAd {
  request: NativeRequest
  /** By asset: the `NativePart` that fills it; `none` leaves it out. */
  readonly parts: Uint8Array
  /** The answer stands within `{"native": …}`. */
  isWrapped: boolean
  products: NativeTable
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
    click: jsonPiece(`${clickMacro}${url}/n/click?t=`),
    pixel: jsonPiece(`${url}/n/imp?t=`),
    pixelEnd: jsonPiece(pixelEnd),
  }
}

const bytes = (text: string): Buffer => Buffer.from(text)

const pieces = {
  wrapping: bytes('{"native":'),
  openings: [10, 11, 12].map((version) => bytes(`{"ver":"1.${version % 10}","assets":[`)),
  comma: bytes(','),
  asset: bytes('{"id":'),
  title: bytes(',"title":{"text":"'),
  image: bytes(',"img":{"url":"'),
  data: bytes(',"data":{"value":"'),
  width: bytes('","w":'),
  height: bytes(',"h":'),
  quote: bytes('"'),
  type: bytes(',"type":'),
  endAsset: bytes('}}'),
  link: bytes('],"link":{"url":"'),
  target: bytes('&u='),
  signature: bytes('&s='),
  endLink: bytes('"}'),
  trackers: bytes(',"eventtrackers":[{"event":1,"method":1,"url":"'),
  endTrackers: bytes('"}]'),
  impressionTrackers: bytes(',"imptrackers":["'),
  endImpressionTrackers: bytes('"]'),
  privacy: bytes(',"privacy":"'),
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
  let isFirst = true
  for (let i = 0; i < request.assetCount && i < nativeAssetCountMax; i++) {
    const part = parts[i]!
    if (part === NativePart.none) continue
    if (!isFirst) out.bytes(pieces.comma)
    isFirst = false
    writeAsset(out, ad, request.assets[i]!, part)
  }
  out.bytes(pieces.link)
  out.bytes(links.click)
  out.ascii(ad.token)
  out.bytes(pieces.target)
  ofProduct(out, ad, productTarget.url, 0)
  out.bytes(pieces.signature)
  ofProduct(out, ad, productTarget.signature, 0)
  out.bytes(pieces.endLink)
  const isEvent = request.version >= 12 && (request.impressionMethods & imageMethod) !== 0
  out.bytes(isEvent ? pieces.trackers : pieces.impressionTrackers)
  out.bytes(links.pixel)
  out.ascii(ad.token)
  out.bytes(links.pixelEnd)
  out.bytes(isEvent ? pieces.endTrackers : pieces.endImpressionTrackers)
  if (request.wantsPrivacy && hasPart(ad.brands, ad.brandAt, brandPrivacy)) {
    out.bytes(pieces.privacy)
    ofBrand(out, ad, brandPrivacy, 0)
    out.bytes(pieces.quote)
  }
  out.bytes(pieces.end)
  if (ad.isWrapped) out.bytes(pieces.end)
}

function writeAsset(out: ByteWriter, ad: NativeAd, asset: NativeAsset, part: number): void {
  out.bytes(pieces.asset)
  out.ascii(String(asset.id))
  if (part === NativePart.title) {
    out.bytes(pieces.title)
    ofProduct(out, ad, part, asset.lengthMax)
    out.bytes(pieces.quote)
  } else if (part === NativePart.picture || part === NativePart.logo) {
    out.bytes(pieces.image)
    writePicture(out, ad, part)
  } else {
    out.bytes(pieces.data)
    if (part < firstBrandPart) ofProduct(out, ad, part, asset.lengthMax)
    else ofBrand(out, ad, part - firstBrandPart, asset.lengthMax)
    out.bytes(pieces.quote)
  }
  // What the answer's own types are for came with 1.2; a title has none.
  if (ad.request.version >= 12 && asset.type > 0 && part !== NativePart.title) {
    out.bytes(pieces.type)
    out.ascii(String(asset.type))
  }
  out.bytes(pieces.endAsset)
}

function writePicture(out: ByteWriter, ad: NativeAd, part: number): void {
  const isOfProduct = part < firstBrandPart
  const records = isOfProduct ? ad.products.natives : ad.brands
  const record = isOfProduct ? ad.products.nativeStart[ad.product]! : ad.brandAt
  if (isOfProduct) ofProduct(out, ad, part, 0)
  else ofBrand(out, ad, part - firstBrandPart, 0)
  const width = pictureWidth(records, record)
  // A size that is only a bound from below isn't the picture's.
  if (width === 0 || isPictureAtLeast(records, record)) {
    out.bytes(pieces.quote)
    return
  }
  out.bytes(pieces.width)
  out.ascii(String(width))
  out.bytes(pieces.height)
  out.ascii(String(pictureHeight(records, record)))
}

function ofProduct(out: ByteWriter, ad: NativeAd, part: number, lengthMax: number): void {
  const { products, product } = ad
  writePart(
    out,
    products.natives,
    products.nativeStart[product]!,
    part,
    lengthMax,
    products.pieces,
    products.pieceStart[product]!,
    products.pieceStart[product + 1]!,
  )
}

function ofBrand(out: ByteWriter, ad: NativeAd, part: number, lengthMax: number): void {
  writePart(out, ad.brands, ad.brandAt, part, lengthMax, none, 0, 0)
}
