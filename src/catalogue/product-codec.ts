/**
 * A product as the store keeps it: a JSON array without names, what is absent at its end left out.
 *
 *     [2, title, link, image, price, sale price | 0, currency, in stock 1 | 0, category,
 *      margin, brand, group, description, rating, image width, image height]   each null where absent
 *
 * The first number says how to read it; the id is the key that it stands under.
 */
import { assert } from '../base/assert.js'
import type { Product } from './products.js'

const format = 2
const optionalNames = [
  'marginShare',
  'brand',
  'group',
  'description',
  'rating',
  'imageWidth',
  'imageHeight',
] as const
const firstOptional = 9

export function encodeProduct(product: Product): Buffer {
  const { title, link, image, priceMicros, salePriceMicros, currency, inStock, category } = product
  const values: unknown[] = [format, title, link, image, priceMicros, salePriceMicros ?? 0]
  values.push(currency, inStock ? 1 : 0, category)
  for (const name of optionalNames) values.push(product[name] ?? null)
  while (values.at(-1) === null) values.pop()
  return Buffer.from(JSON.stringify(values))
}

/** @param bytes of `encodeProduct`; not kept. */
export function decodeProduct(id: string, bytes: Buffer): Product {
  const values = JSON.parse(bytes.toString()) as readonly unknown[]
  assert(values[0] === format, 'product store: format of a product')
  const [, title, link, image, priceMicros, salePriceMicros, currency, inStock, category] = values
  const product: Record<string, unknown> = { id, title, link, image, priceMicros }
  if (salePriceMicros !== 0) product['salePriceMicros'] = salePriceMicros
  product['currency'] = currency
  product['inStock'] = inStock === 1
  product['category'] = category
  for (const [index, name] of optionalNames.entries()) {
    const value = values[firstOptional + index] ?? null
    if (value !== null) product[name] = value
  }
  return product as Product
}
