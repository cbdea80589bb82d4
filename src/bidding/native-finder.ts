import type { Snapshot } from '../catalogue/snapshot.js'
import type { NativeOffer } from '../openrtb/offers.js'
import type { BidSlice } from '../profiles/slice.js'
import { nativeFits, nativeShopFits } from './native-fit.js'
import { ProductChoice, productChoiceCountMax } from './product-choice.js'

/**
 * Finds the first product that has every asset asked for.
 *
 * A shop's campaigns mostly show strangers the same products under the same brand: what was found for
 * one counts for the others, so a request that nobody can fill costs a look at each shop and not at
 * each campaign. Marked by generation: nothing is cleared between impressions.
 */
export class NativeFinder {
  readonly #choice = new ProductChoice()
  #offer: NativeOffer | null = null
  #generation = 0
  /** By shop: the generation in which it was looked at, the brand that it was for, and what was found. */
  #seenIn = new Uint32Array(0)
  #brands = new Uint32Array(0)
  #products = new Int32Array(0)

  /** Another request: offers are filled anew. */
  begin(): void {
    this.#offer = null
  }

  /** @returns its place in the product table, or -1. */
  find(offer: NativeOffer, row: number, slice: BidSlice | null, snapshot: Snapshot): number {
    // What the person or the campaign brings along is looked at each time.
    const isShared = slice === null && snapshot.productStart[row] === snapshot.productStart[row + 1]
    if (!isShared) return this.#search(offer, row, slice, snapshot)
    if (this.#offer !== offer) this.#startOver(offer, snapshot.shops.length)
    const shop = snapshot.shopOf[row]!
    const brand = snapshot.brandStart[row]!
    if (this.#seenIn[shop] === this.#generation && this.#brands[shop] === brand)
      return this.#products[shop]!
    const product = this.#search(offer, row, null, snapshot)
    this.#seenIn[shop] = this.#generation
    this.#brands[shop] = brand
    this.#products[shop] = product
    return product
  }

  #startOver(offer: NativeOffer, shopCount: number): void {
    this.#offer = offer
    this.#generation = (this.#generation + 1) >>> 0
    if (this.#seenIn.length >= shopCount) return
    this.#seenIn = new Uint32Array(shopCount)
    this.#brands = new Uint32Array(shopCount)
    this.#products = new Int32Array(shopCount)
  }

  #search(offer: NativeOffer, row: number, slice: BidSlice | null, snapshot: Snapshot): number {
    if (!nativeShopFits(offer, snapshot, row)) return -1
    const choice = this.#choice
    choice.chooseAny(snapshot, row, slice, productChoiceCountMax)
    for (let i = 0; i < choice.count; i++)
      if (nativeFits(offer, snapshot, row, choice.indexes[i]!)) return choice.indexes[i]!
    return -1
  }
}
