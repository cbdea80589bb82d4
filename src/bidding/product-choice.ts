import { ProductFlag, type ProductTable } from '../catalogue/product-table.js'
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
  /** Places in the table of the row's shop; the first `count` hold. */
  readonly indexes = new Int32Array(productChoiceCountMax)
  count = 0

  /** @param most at most `productChoiceCountMax`. */
  choose(snapshot: Snapshot, row: number, slice: BidSlice | null, most: number): void {
    const products = snapshot.products[snapshot.shopOf[row]!]!
    this.count = 0
    if (slice !== null)
      for (let i = 0; i < slice.productKeys.length && this.count < most; i++)
        this.#add(products, products.find(slice.productKeys[i]!))
    const end = snapshot.productStart[row + 1]!
    for (let i = snapshot.productStart[row]!; i < end && this.count < most; i++)
      this.#add(products, snapshot.rowProducts[i]!)
    const { list } = products
    for (let i = 0; i < list.length && this.count < most; i++) this.#add(products, list[i]!)
  }

  #add({ flags }: ProductTable, product: number): void {
    if (product < 0 || (flags[product]! & ProductFlag.shown) === 0) return
    for (let i = 0; i < this.count; i++) if (this.indexes[i] === product) return
    this.indexes[this.count++] = product
  }
}
