/**
 * What native ads are filled from, prepared when the catalogue is compiled: a record per product,
 * and one per brand that lies right behind the brand's piece for banners.
 */
import type { Part, Picture } from './native-record.js'
import { packRecord, partOf, plainPart } from './native-record.js'
import { nativeText, nativeTextLengthMax, withoutMarkup } from './native-text.js'
import type { FormatPrice, ProductFace } from './product.js'
import { isSecureUrl, resolveHttp } from './url.js'

/**
 * What an asset can be filled with; `none` where we have no such thing. Those below `logo` are parts
 * of a product's record, the others of the brand's, at `part - logo`.
 */
export const NativePart = {
  none: 0,
  title: 1,
  picture: 2,
  description: 3,
  /** A second text: who made the product, or else what kind of thing it is. */
  detail: 4,
  /** Before a sale. */
  price: 5,
  /** What is paid now, where that is less. */
  salePrice: 6,
  rating: 7,
  logo: 8,
  sponsor: 9,
  /** The shop's domain. */
  displayUrl: 10,
  action: 11,
} as const
export const firstBrandPart = NativePart.logo

/** Part of the product's record that is no asset: what follows the token in its click link. */
export const productTarget = 0
/** Part of the brand's record: where people read what is done with their data. */
export const brandPrivacy = 4

export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** What of a product isn't in its face. */
export interface ProductDetails {
  readonly description?: string | undefined
  readonly brand?: string | undefined
  readonly category: string
  readonly rating?: number | undefined
  readonly imageWidth?: number | undefined
  readonly imageHeight?: number | undefined
}

/**
 * @param piece the product's text for banners, which shares what it can; its bytes are `pieceLength`.
 * @param pictures what every picture of the shop's has at least.
 */
export function compileNativeProduct(
  face: ProductFace,
  details: ProductDetails,
  pictures: PictureSize | undefined,
  piece: string,
  pieceLength: number,
  formatPrice: FormatPrice,
): Buffer {
  const { priceMicros, oldPriceMicros, currency, image, target } = face
  const title = shortened(nativeText(face.title))
  const description = nativeText(withoutMarkup(details.description ?? ''))
  const detail = nativeText(details.brand || details.category.split(/[>›]/).at(-1)!)
  const price = formatPrice(oldPriceMicros ?? priceMicros, currency)
  const salePrice = oldPriceMicros === null ? '' : formatPrice(priceMicros, currency)
  const parts: readonly Part[] = [
    plainPart(target),
    title,
    whole(image),
    description === '' ? title : shortened(description),
    shortened(detail),
    whole(price),
    whole(salePrice),
    plainPart(ratingText(details.rating)),
  ]
  return packRecord(pictureOf(image, details, pictures), parts, piece, pieceLength)
}

function pictureOf(
  url: string,
  { imageWidth, imageHeight }: ProductDetails,
  pictures: PictureSize | undefined,
): Picture {
  if (imageWidth !== undefined && imageHeight !== undefined)
    return { url, width: imageWidth, height: imageHeight, isAtLeast: false }
  return { url, width: pictures?.width ?? 0, height: pictures?.height ?? 0, isAtLeast: true }
}

/** One decimal at most. Nothing for 0: feeds say so of what nobody has rated. */
const ratingText = (rating: number | undefined): string =>
  rating === undefined || rating < 0.05 ? '' : String(Math.round(rating * 10) / 10)

export interface NativeBrandInput {
  readonly name: string
  readonly url: string
  readonly logo: string
  readonly logoSize?: PictureSize | undefined
  readonly domain: string
  readonly callToAction: string
  readonly privacyUrl?: string | undefined
}

/** @param isSecure everything else that is shown of the brand may be used on a page over https. */
export function compileNativeBrand(input: NativeBrandInput, isSecure: boolean): Buffer {
  const logo = resolveHttp(input.logo, input.url)
  const privacy = input.privacyUrl === undefined ? null : resolveHttp(input.privacyUrl, input.url)
  // One link that isn't secure would cost the shop all pages that are; leaving it out costs little.
  const isFitting = privacy !== null && (!isSecure || isSecureUrl(privacy))
  const parts: readonly Part[] = [
    whole(logo ?? ''),
    shortened(nativeText(input.name)),
    whole(input.domain.length > nativeTextLengthMax ? '' : input.domain),
    whole(nativeText(input.callToAction)),
    whole(isFitting ? privacy : ''),
  ]
  const picture =
    logo === null
      ? null
      : {
          url: logo,
          width: input.logoSize?.width ?? 0,
          height: input.logoSize?.height ?? 0,
          isAtLeast: false,
        }
  return packRecord(picture, parts, '', 0)
}

const whole = (text: string): Part => partOf(text, false)
const shortened = (text: string): Part => partOf(text, true)
