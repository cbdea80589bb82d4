import { keyOf } from '../base/key.js'
import type { BrandInput } from './creative/brand.js'
import { clickTarget, isClickable, type SignTarget } from './creative/link.js'
import type { PictureSize } from './creative/native-pieces.js'
import { compileNativeProduct } from './creative/native-pieces.js'
import { compileProduct, type FormatPrice, priceFormat } from './creative/product.js'
import { isSecureUrl, resolveHttp } from './creative/url.js'
import { ProductFlag } from './product-table.js'
import type { Product } from './products.js'

/** Another number for all that changes what pieces are: those that an older release has left hold no more. */
export const pieceFormat = 1

/** What of a shop its products' pieces depend on. */
export type PieceShop = Pick<BrandInput, 'url' | 'language'> & {
  readonly id: string
  readonly pictures?: PictureSize | undefined
}

/** What a product is in a table. */
export interface ProductPieces {
  /** Bits of `ProductFlag`. */
  readonly flags: number
  /** What is paid now. */
  readonly priceMicros: number
  /** For banners, and right behind it the record for native ads; empty where it isn't shown. */
  readonly pieces: readonly Buffer[]
}

/** Makes the pieces of one shop's products. */
export class PieceMaker {
  readonly #shop: PieceShop
  readonly #shopKey: number
  readonly #formatPrice: FormatPrice
  readonly #signTarget: SignTarget

  constructor(shop: PieceShop, signTarget: SignTarget) {
    this.#shop = shop
    this.#shopKey = keyOf(shop.id)
    this.#formatPrice = priceFormat(shop.language)
    this.#signTarget = signTarget
  }

  /** What is out of stock, or has a link or picture that can't be used, has a place but no pieces. */
  make(product: Product): ProductPieces {
    const { title, currency, priceMicros, salePriceMicros } = product
    const isOnSale = salePriceMicros !== undefined && salePriceMicros < priceMicros
    const paidMicros = isOnSale ? salePriceMicros : priceMicros
    const { url, pictures } = this.#shop
    const link = product.inStock ? resolveHttp(product.link, url) : null
    const image = link === null ? null : resolveHttp(product.image, url)
    if (link === null || image === null || !isClickable(link))
      return { flags: 0, priceMicros: paidMicros, pieces: [] }
    const face = {
      title,
      target: clickTarget(this.#shopKey, link, this.#signTarget),
      image,
      priceMicros: paidMicros,
      oldPriceMicros: isOnSale ? priceMicros : null,
      currency,
    }
    const text = compileProduct(face, this.#formatPrice)
    const piece = Buffer.from(text)
    const native = compileNativeProduct(
      face,
      product,
      pictures,
      text,
      piece.length,
      this.#formatPrice,
    )
    const flags =
      ProductFlag.shown |
      (isOnSale ? ProductFlag.onSale : 0) |
      (isSecureUrl(link) && isSecureUrl(image) ? ProductFlag.secure : 0) |
      (native.length > 0 ? ProductFlag.native : 0)
    return { flags, priceMicros: paidMicros, pieces: [piece, native] }
  }
}
