import type { Product } from './products.js'

/** Each shop's fed catalogue, whole at any time: a feed under way is not seen until it is taken over. */
export interface ProductStore {
  forShop(shopId: string): ShopProducts
  /** Waits for what is being written. */
  close(): Promise<void>
}

export interface ShopProducts {
  /** Another number after every change of anything; 0 where the shop was never fed. */
  readonly version: number
  readonly count: number
  get(id: string): Product | null
  /** In the order of ids, as they were when the iteration began. Holds one at a time in memory. */
  all(): Iterable<Product>
  /** A new catalogue, to be written aside. One at a time: an older one that is open is given up. */
  draft(): ProductDraft
  /**
   * Changes what some products cost and whether they can be bought, at once and durably.
   * @returns ids that the catalogue doesn't have.
   */
  patch(patches: readonly ProductPatch[]): Promise<readonly string[]>
}

export interface ProductDraft {
  /** Of two with one id, the first one stays. Waits where the disk is behind. @returns whether it was new. */
  put(product: Product): Promise<boolean>
  readonly count: number
  /** How many of the products can be bought. */
  readonly inStockCount: number
  /** Puts it in place of the shop's catalogue, whole, and durably. */
  commit(): Promise<void>
  /** Forgets it. Also done at the next start for one that a crash left behind. */
  discard(): Promise<void>
}

/** What may change between feeds. What is absent stays; null takes a sale price away. */
export interface ProductPatch {
  readonly id: string
  readonly priceMicros?: number
  readonly salePriceMicros?: number | null
  readonly inStock?: boolean
}
