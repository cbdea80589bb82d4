/** A product as answers have it, in JSON that is harmless in a page: `<` never stands in it as itself. */
import { cleanText } from '../catalogue/creative/escape.js'
import { resolveHttp } from '../catalogue/creative/url.js'
import type { Shop } from '../catalogue/model.js'
import type { Product } from '../catalogue/products.js'

const titleLengthMax = 500

/**
 * Pieces that have been written, as long as their product and shop are the same objects. What the shop's address
 * resolves goes with the shop.
 */
const kept = new WeakMap<Shop, WeakMap<Product, string>>()

/** Text as a JSON string that may also stand in a script element. */
export const jsonText = (text: string): string => JSON.stringify(text).replace(/</g, '\\u003c')

/**
 * The inside of the product's object, without braces; '' for one whose addresses don't resolve, which can't be
 * shown.
 */
export function productJson(shop: Shop, product: Product): string {
  let pieces = kept.get(shop)
  if (pieces === undefined) {
    pieces = new WeakMap()
    kept.set(shop, pieces)
  }
  let piece = pieces.get(product)
  if (piece === undefined) {
    piece = written(shop, product)
    pieces.set(product, piece)
  }
  return piece
}

function written(shop: Shop, product: Product): string {
  const url = resolveHttp(product.link, shop.url)
  const image = resolveHttp(product.image, shop.url)
  if (url === null || image === null) return ''
  const { salePriceMicros } = product
  const sale = salePriceMicros === undefined ? '' : `,"salePrice":${salePriceMicros / 1_000_000}`
  const brand = product.brand ?? ''
  return (
    `"product":${jsonText(product.id)},"title":${jsonText(cleanText(product.title, titleLengthMax))}` +
    `,"url":${jsonText(url)},"image":${jsonText(image)}` +
    `,"price":${product.priceMicros / 1_000_000}${sale},"currency":${jsonText(product.currency)}` +
    (brand === '' ? '' : `,"brand":${jsonText(cleanText(brand, titleLengthMax))}`)
  )
}
