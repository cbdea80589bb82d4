/**
 * A product as the store keeps it: a JSON array without names, what is absent at its end left out.
 *
 *     [3, added ms, title, link, image, price, sale price | 0, currency, in stock 1 | 0, category,
 *      margin, brand, group, description, rating, image width, image height]   each null where absent
 *
 * The first number says how to read it; the id is the key that it stands under.
 */
import { assert } from '../base/assert.js'
import type { Product } from './products.js'

const format = 3
const head = Buffer.from(`[${format},`)
const optionalNames = [
  'marginShare',
  'brand',
  'group',
  'description',
  'rating',
  'imageWidth',
  'imageHeight',
] as const
const firstOptional = 10

/** @param addedMs whatever the product itself says. */
export function encodeProduct(product: Product, addedMs: number): Buffer {
  const { title, link, image, priceMicros, salePriceMicros, currency, inStock, category } = product
  const values: unknown[] = [format, addedMs, title, link, image, priceMicros, salePriceMicros ?? 0]
  values.push(currency, inStock ? 1 : 0, category)
  for (const name of optionalNames) values.push(product[name] ?? null)
  while (values.at(-1) === null) values.pop()
  return Buffer.from(JSON.stringify(values))
}

/**
 * @param bytes of `encodeProduct`; not kept.
 * @throws AssertionError for what an older release wrote: the shop is to be fed anew.
 */
export function decodeProduct(id: string, bytes: Buffer): Product & { addedMs: number } {
  const values = JSON.parse(bytes.toString()) as readonly unknown[]
  assert(values[0] === format, 'product store: a product of another release: feed the shop anew')
  const [, addedMs, title, link, image, priceMicros, salePriceMicros, ...more] = values
  const [currency, inStock, category] = more
  const product: Record<string, unknown> = { id, title, link, image, priceMicros }
  if (salePriceMicros !== 0) product['salePriceMicros'] = salePriceMicros
  product['currency'] = currency
  product['inStock'] = inStock === 1
  product['category'] = category
  for (const [index, name] of optionalNames.entries()) {
    const value = values[firstOptional + index] ?? null
    if (value !== null) product[name] = value
  }
  product['addedMs'] = addedMs
  return product as Product & { addedMs: number }
}

/**
 * When a product came into the catalogue, without reading the rest of it.
 *
 * @param bytes of `encodeProduct`. @returns null for what an older release wrote.
 */
export function addedMsOf(bytes: Buffer): number | null {
  for (let at = 0; at < head.length; at++) if (bytes[at] !== head[at]) return null
  let addedMs = 0
  for (let at = head.length; bytes[at]! >= 48 && bytes[at]! <= 57; at++)
    addedMs = addedMs * 10 + (bytes[at]! - 48)
  return addedMs
}
