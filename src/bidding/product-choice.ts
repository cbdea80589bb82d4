import { productSlotCountMax } from '../catalogue/sizes.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { BidSlice } from '../profiles/slice.js'

/** Most products that are looked at to find one that fills a native request. */
export const productChoiceCountMax = 2 * productSlotCountMax

/**
 * Which products a creative shows: the person's own first (cart, picks, viewed, as their shop's slice
 * has them), then what the campaign or the shop shows to everybody. Only what is in stock; reused.
 */
export class ProductChoice {
  /** Places in the snapshot's product table; the first `count` hold. */
  readonly indexes = new Int32Array(productChoiceCountMax)
  count = 0

  /** @param most at most `productChoiceCountMax`. */
  choose(snapshot: Snapshot, row: number, slice: BidSlice | null, most: number): void {
    const { products } = snapshot
    this.count = 0
    const shop = snapshot.shopOf[row]!
    if (slice !== null)
      for (let i = 0; i < slice.productKeys.length && this.count < most; i++)
        this.#add(products.find(shop, slice.productKeys[i]!))
    const end = snapshot.productStart[row + 1]!
    for (let i = snapshot.productStart[row]!; i < end && this.count < most; i++)
      this.#add(snapshot.rowProducts[i]!)
    const listEnd = products.listStart[shop + 1]!
    for (let i = products.listStart[shop]!; i < listEnd && this.count < most; i++)
      this.#add(products.list[i]!)
  }

  #add(product: number): void {
    if (product < 0) return
    for (let i = 0; i < this.count; i++) if (this.indexes[i] === product) return
    this.indexes[this.count++] = product
  }
}
