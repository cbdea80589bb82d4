import { ProductFlag } from '../catalogue/product-table.js'
import { productSlotCountMax } from '../catalogue/sizes.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { BidSlice } from '../profiles/slice.js'

/** Most products that are looked at to find one that fills a native request. */
export const productChoiceCountMax = 2 * productSlotCountMax
/**
 * Of what a shop shows to strangers no more is looked at: its first products are of different groups, so these are as
 * many as can be missing beside as many as were found before.
 */
const listCountMax = 2 * productChoiceCountMax

/**
 * Which products a creative shows: the person's own first (cart, picks, viewed, as their shop's slice
 * has them), then what the campaign or the shop shows to everybody. Only what is in stock; reused.
 */
export class ProductChoice {
  /** Places in the table of the row's shop; the first `count` hold. */
  readonly indexes = new Int32Array(productChoiceCountMax)
  count = 0
  /** By product chosen: its group; 0 where it has none, or groups don't count. */
  readonly #groups = new Float64Array(productChoiceCountMax)

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
    const { flags, list } = products
    const groups = isOneOfGroup && products.hasGroups ? products.groups : noGroups
    this.count = 0
    if (slice !== null) {
      const { productKeys } = slice
      for (let i = 0; i < productKeys.length && this.count < most; i++) {
        const product = products.find(productKeys[i]!)
        if (product >= 0) this.#add(product, groups)
      }
    }
    const end = snapshot.productStart[row + 1]!
    for (let i = snapshot.productStart[row]!; i < end && this.count < most; i++) {
      const product = snapshot.rowProducts[i]!
      if ((flags[product]! & ProductFlag.shown) !== 0) this.#add(product, groups)
    }
    const listCount = Math.min(list.length, listCountMax)
    for (let i = 0; i < listCount && this.count < most; i++)
      if ((flags[list[i]!]! & ProductFlag.shown) !== 0) this.#add(list[i]!, groups)
  }

  /** @param groups empty where they don't count. */
  #add(product: number, groups: Float64Array): void {
    const { count, indexes } = this
    for (let i = 0; i < count; i++) if (indexes[i] === product) return
    if (groups.length > 0) {
      const group = groups[product]!
      if (group !== 0) for (let i = 0; i < count; i++) if (this.#groups[i] === group) return
      this.#groups[count] = group
    }
    indexes[count] = product
    this.count = count + 1
  }
}

const noGroups = new Float64Array(0)
