import type { FeedReport } from './feed-report.js'
import type { ProductEntry } from './product-entry.js'
import type { CatalogueProduct, Product } from './products.js'

/**
 * Each shop's fed catalogue, whole at any time: a feed under way is not seen until it is taken over.
 *
 * One process writes; any number read along, and see each change within milliseconds.
 */
export interface ProductStore {
  /** Another number after every change of any shop: cheap to look at often. */
  readonly version: number
  forShop(shopId: string): ShopProducts
  /** Waits for what is being written. */
  close(): Promise<void>
}

export interface ShopProducts {
  /** What is there now, all of one moment. */
  readonly state: CatalogueState
  get(id: string): CatalogueProduct | null
  /** In the order of ids, those after `afterId`; '' begins. */
  page(afterId: string, countMax: number): readonly CatalogueProduct[]
  /**
   * In the order of ids, as they were when the iteration began. Holds one at a time in memory; may be gone
   * through again.
   */
  all(): Iterable<CatalogueProduct>
  /** The same, and one of them, unread. */
  entries(): Iterable<ProductEntry>
  entry(id: string): ProductEntry | null
  /**
   * What may have been patched since the catalogue had this version; null where it was replaced since,
   * the patches are too many or too old to be known, or it never had this version.
   */
  patchedSince(version: number): ReadonlySet<string> | null
  /**
   * A new catalogue, to be written aside. One at a time: an older one that is open is given up.
   *
   * @param nowMs when products that the catalogue doesn't have as yet are said to have come into it.
   */
  draft(nowMs: number): Promise<ProductDraft>
  /** The draft that waits for somebody's decision, also after a restart; null where none does. */
  held(): HeldDraft | null
  /**
   * Changes what some products cost and whether they can be bought, at once and durably. Outlasts a
   * draft that was begun before: what a shop says now is newer than a feed that is under way.
   *
   * @returns ids that the catalogue doesn't have.
   */
  patch(patches: readonly ProductPatch[]): Promise<readonly string[]>
  /** What became of the shop's last feeds, newest first. */
  feeds(): readonly FeedReport[]
  /** Keeps a report, durably, with as many of those before as there is room for. */
  noteFeed(report: FeedReport): Promise<void>
  /** Forgets the shop's catalogue, drafts and reports: it counts as never fed, but for its version. */
  clear(): Promise<void>
}

export interface CatalogueState {
  /** Another number after every change of the shop's; 0 where it was never fed. */
  readonly version: number
  /** Whether the shop has a fed catalogue, be it an empty one. */
  readonly isFed: boolean
  readonly count: number
  /** How many of the products can be bought. */
  readonly inStockCount: number
  /** All patches after this version are known; it was replaced as a whole then, as a rule. */
  readonly patchesFrom: number
}

export interface DraftCounts {
  readonly count: number
  readonly inStockCount: number
}

export interface HeldDraft extends DraftCounts {
  /** Puts it in place of the shop's catalogue, whole, and durably. */
  commit(): Promise<void>
  /** Forgets it. */
  discard(): Promise<void>
}

export interface ProductDraft extends HeldDraft {
  /**
   * Of two with one id, the first one stays. Waits where the disk is behind: one at a time.
   *
   * @param product what it says itself of when it was added counts: it was in such a catalogue before.
   * @returns whether it was new to the draft.
   */
  put(product: CatalogueProduct): Promise<boolean>
  /** Sets it aside for somebody to decide upon, durably, in place of one that waits already. */
  hold(): Promise<void>
}

/** Thrown by what is done to a draft that a newer one took the place of, or that was decided upon. */
export class DraftGivenUp extends Error {
  constructor() {
    super('a newer feed has taken the place of this one')
  }
}

/** What may change between feeds. What is absent stays; null takes a sale price away. */
export interface ProductPatch {
  readonly id: string
  readonly priceMicros?: number | undefined
  readonly salePriceMicros?: number | null | undefined
  readonly inStock?: boolean | undefined
}

/** @returns the product as the patch leaves it. */
export function patched(product: Product, patch: ProductPatch): Product {
  const { salePriceMicros, ...rest } = product
  const sale = patch.salePriceMicros === undefined ? salePriceMicros : patch.salePriceMicros
  return {
    ...rest,
    ...(sale === undefined || sale === null ? {} : { salePriceMicros: sale }),
    priceMicros: patch.priceMicros ?? product.priceMicros,
    inStock: patch.inStock ?? product.inStock,
  }
}
