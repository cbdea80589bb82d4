import { encodeProduct } from './product-codec.js'
import type { CatalogueProduct } from './products.js'

/** A product as it is stored: most of those who go through all of them needn't read it. */
export interface ProductEntry {
  readonly id: string
  /** Of `encodeProduct`: the same for two products that are the same in everything else. */
  readonly bytes: Buffer
}

export const entryOf = (product: CatalogueProduct): ProductEntry => ({
  id: product.id,
  bytes: encodeProduct(product, product.addedMs ?? 0),
})

/** Of products that are in no store; may be gone through again. */
export const entriesOf = (products: readonly CatalogueProduct[]): Iterable<ProductEntry> => ({
  *[Symbol.iterator]() {
    for (const product of products) yield entryOf(product)
  },
})

/**
 * A number of 53 bits for what an entry says; never 0. Two that differ have the same one once in 9e15
 * times. Two hashes after MurmurHash3, with factors of their own, four bytes at a time.
 */
export function contentOf({ bytes }: ProductEntry): number {
  const { length } = bytes
  let low = 0x811c9dc5
  let high = 0x9747b28c
  let at = 0
  for (; at + 4 <= length; at += 4) {
    const word =
      bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    low = stirred(low, word, 0xcc9e2d51)
    high = stirred(high, word, 0x239b961b)
  }
  let rest = length
  for (; at < length; at++) rest = (rest << 8) ^ bytes[at]!
  low = finished(stirred(low, rest, 0xcc9e2d51) ^ length)
  high = finished(stirred(high, rest, 0x239b961b) ^ length)
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0) || 1
}

function stirred(state: number, word: number, factor: number): number {
  let mixed = Math.imul(word, factor)
  mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593) ^ state
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
}

function finished(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
