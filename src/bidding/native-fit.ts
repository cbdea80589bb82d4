import { anyMime } from '../base/mime.js'
import { firstBrandPart, NativePart } from '../catalogue/creative/native-pieces.js'
import {
  isPictureAtLeast,
  partFits,
  pictureHeight,
  pictureMime,
  pictureWidth,
} from '../catalogue/creative/native-record.js'
import { ProductFlag } from '../catalogue/product-table.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { AssetRequest, NativeOffer } from '../openrtb/offers.js'
import { AssetKind, noAssetId } from '../openrtb/offers.js'

/** What of a snapshot native ads are filled from. */
export type NativeCatalogue = Pick<Snapshot, 'brands' | 'brandEnd' | 'products' | 'shopOf'>

/** By `img.type` and `data.type` (OpenRTB Native 1.2, lists 7.7 and 7.6): what we fill it with. */
const imageParts = Uint8Array.of(
  // Not said: the picture, as most requests without a type ask for a large one.
  NativePart.picture,
  NativePart.logo,
  // The logo of 1.0 and 1.1.
  NativePart.logo,
  NativePart.picture,
)
const dataParts = Uint8Array.of(
  NativePart.none,
  NativePart.sponsor,
  NativePart.description,
  NativePart.rating,
  // Likes and downloads: shops' products have none.
  NativePart.none,
  NativePart.none,
  NativePart.price,
  NativePart.salePrice,
  // Telephone and address of the shop: not told.
  NativePart.none,
  NativePart.none,
  NativePart.detail,
  NativePart.displayUrl,
  NativePart.action,
)

function partFor(asset: AssetRequest): number {
  const { kind, type } = asset
  if (kind === AssetKind.title) return NativePart.title
  if (kind === AssetKind.image) return imageParts[type] ?? NativePart.none
  if (kind === AssetKind.data) return dataParts[type] ?? NativePart.none
  return NativePart.none
}

/**
 * Whether anybody could answer: each required asset is of a kind that shops have something for, and
 * each has an id of its own, as the answer couldn't say which is which.
 *
 * Says nothing of a shop yet, so it saves the search where the answer is no; the functions below
 * take it as given.
 */
export function isNativeAnswerable(offer: NativeOffer): boolean {
  let hasPart = false
  for (let i = 0; i < offer.assetCount; i++) {
    const asset = offer.assets[i]!
    if (asset.id === noAssetId) return false
    if (partFor(asset) !== NativePart.none) hasPart = true
    else if (asset.isRequired) return false
    for (let k = 0; k < i; k++) if (offer.assets[k]!.id === asset.id) return false
  }
  return hasPart
}

/** Whether the shop behind a row has what is required of it (name, logo …), whatever the product. */
export function nativeShopFits(
  offer: NativeOffer,
  snapshot: NativeCatalogue,
  row: number,
): boolean {
  for (let i = 0; i < offer.assetCount; i++) {
    const asset = offer.assets[i]!
    if (!asset.isRequired) continue
    const part = partFor(asset)
    if (part === NativePart.none) return false
    if (part >= firstBrandPart && !fits(asset, part, snapshot, row, 0)) return false
  }
  return true
}

/**
 * Whether a row's shop and this product fill every asset that is required, and one at least.
 *
 * A title is shortened to what it may be; a price, a rating or a call to action is not.
 */
export function nativeFits(
  offer: NativeOffer,
  snapshot: NativeCatalogue,
  row: number,
  product: number,
): boolean {
  const { flags } = snapshot.products[snapshot.shopOf[row]!]!
  if ((flags[product]! & ProductFlag.native) === 0) return false
  let isFilled = false
  for (let i = 0; i < offer.assetCount; i++) {
    const asset = offer.assets[i]!
    // What is optional matters only until there is something to show.
    if (isFilled && !asset.isRequired) continue
    const part = partFor(asset)
    if (part !== NativePart.none && fits(asset, part, snapshot, row, product)) isFilled = true
    else if (asset.isRequired) return false
  }
  return isFilled
}

/**
 * What fills each asset of an offer that `nativeFits`.
 *
 * @param parts by asset, filled with `NativePart`s; `none` for what is left out.
 */
export function chooseNativeParts(
  offer: NativeOffer,
  snapshot: NativeCatalogue,
  row: number,
  product: number,
  parts: Uint8Array,
): void {
  for (let i = 0; i < offer.assetCount; i++) {
    const asset = offer.assets[i]!
    const part = partFor(asset)
    const isFilled = part !== NativePart.none && fits(asset, part, snapshot, row, product)
    parts[i] = isFilled ? part : NativePart.none
  }
}

function fits(
  asset: AssetRequest,
  part: number,
  snapshot: NativeCatalogue,
  row: number,
  product: number,
): boolean {
  const isOfBrand = part >= firstBrandPart
  const products = snapshot.products[snapshot.shopOf[row]!]!
  const records = isOfBrand ? snapshot.brands : products.pieces
  const record = isOfBrand ? snapshot.brandEnd[row]! : products.nativeStart[product]!
  const place = isOfBrand ? part - firstBrandPart : part
  if (asset.kind !== AssetKind.image) return partFits(records, record, place, asset.lengthMax)
  return partFits(records, record, place, 0) && pictureFits(asset, records, record)
}

/**
 * Where both an exact and a least size are named, the exact one is a wish (Native 1.2, 4.4: only `w`
 * alone is exact). A size that isn't known passes only where none is asked for, one that is a bound from
 * below is never exact, and a media type that isn't known is only taken where anything is.
 */
function pictureFits(asset: AssetRequest, records: Buffer, record: number): boolean {
  if (asset.mimes !== anyMime && (asset.mimes & pictureMime(records, record)) === 0) return false
  const { width, height, minWidth, minHeight } = asset
  const ownWidth = pictureWidth(records, record)
  const ownHeight = pictureHeight(records, record)
  if (ownWidth < minWidth || ownHeight < minHeight) return false
  const isExact = !isPictureAtLeast(records, record)
  if (width !== 0 && minWidth === 0 && !(isExact && ownWidth === width)) return false
  return !(height !== 0 && minHeight === 0 && !(isExact && ownHeight === height))
}
