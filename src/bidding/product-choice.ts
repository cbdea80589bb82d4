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

  /**
   * Of several variants of one thing the first is taken: what is in the cart, not another size of it.
   * Fewer products rather than two of one group, as any banner looks good with fewer; there is one
   * wherever there is anything to show, so no bid is lost by it.
   *
   * @param most at most `productChoiceCountMax`.
   */
  choose(snapshot: Snapshot, row: number, slice: BidSlice | null, most: number): void {
    this.#gather(snapshot, row, slice, most, true)
  }

  /** The same, variants too: to find one product that fits, of which only that one is shown. */
  chooseAny(snapshot: Snapshot, row: number, slice: BidSlice | null, most: number): void {
    this.#gather(snapshot, row, slice, most, false)
  }

  #gather(
    snapshot: Snapshot,
    row: number,
    slice: BidSlice | null,
    most: number,
    isOneOfGroup: boolean,
  ): void {
    const products = snapshot.products[snapshot.shopOf[row]!]!
    this.count = 0
    if (slice !== null)
      for (let i = 0; i < slice.productKeys.length && this.count < most; i++)
        this.#add(products, products.find(slice.productKeys[i]!), isOneOfGroup)
    const end = snapshot.productStart[row + 1]!
    for (let i = snapshot.productStart[row]!; i < end && this.count < most; i++)
      this.#add(products, snapshot.rowProducts[i]!, isOneOfGroup)
    const { list } = products
    for (let i = 0; i < list.length && this.count < most; i++)
      this.#add(products, list[i]!, isOneOfGroup)
  }

  #add({ flags, groups }: ProductTable, product: number, isOneOfGroup: boolean): void {
    if (product < 0 || (flags[product]! & ProductFlag.shown) === 0) return
    const group = isOneOfGroup ? groups[product]! : 0
    for (let i = 0; i < this.count; i++) {
      const other = this.indexes[i]!
      if (other === product || (group !== 0 && groups[other] === group)) return
    }
    this.indexes[this.count++] = product
  }
}
