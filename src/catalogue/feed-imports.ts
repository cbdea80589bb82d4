import type { Clock } from '../base/clock.js'
import { type FeedProgress, importFeed } from './feed-import.js'
import type { CatalogueCounts, FeedReport } from './feed-report.js'
import type { ProductStore } from './product-store.js'

/** What an import depends on of a shop. */
export interface FedShop {
  readonly currency: string
  readonly url: string
  /** The products in its file, which a first feed takes the place of. */
  readonly own: CatalogueCounts
}

export interface FeedImportsOptions {
  readonly products: ProductStore
  readonly clock: Clock
  shop(shopId: string): FedShop
  /** Longest feed, unpacked; longest text of one row. */
  readonly feedBytesMax: number
  readonly rowBytesMax: number
}

export interface FeedSource {
  readonly bytes: AsyncIterable<Uint8Array>
  readonly contentType: string
  /** `upload`, or the address that it is fetched from. */
  readonly from: string
}

/** A feed of the shop's is being imported. */
export class FeedBusy extends Error {
  constructor() {
    super('another feed of the shop is being imported')
  }
}

export interface RunningImport extends FeedProgress {
  readonly from: string
  readonly atMs: number
}

/** All shops' imports: one at a time of each, and a report of every one. */
export class FeedImports {
  readonly #options: FeedImportsOptions
  readonly #running = new Map<string, RunningImport>()

  constructor(options: FeedImportsOptions) {
    this.#options = options
  }

  /** null where none is under way. */
  running(shopId: string): RunningImport | null {
    return this.#running.get(shopId) ?? null
  }

  /**
   * @param open gives the feed; asked only where the shop is free.
   * @throws FeedBusy; what `open` throws; Error where the feed can't be kept, or did not come whole.
   */
  async start(
    shopId: string,
    open: () => Promise<FeedSource>,
    isForced: boolean,
  ): Promise<FeedReport> {
    if (this.#running.has(shopId)) throw new FeedBusy()
    const { clock, products, feedBytesMax, rowBytesMax } = this.#options
    const nowMs = clock.nowMs()
    const begun = { from: '', atMs: nowMs, dialect: null, rows: 0, taken: 0 }
    this.#running.set(shopId, begun)
    try {
      const { bytes, contentType, from } = await open()
      this.#running.set(shopId, { ...begun, from })
      const shop = this.#options.shop(shopId)
      const fed = products.forShop(shopId)
      const { isFed, count, inStockCount } = fed.state
      const report = await importFeed(fed, {
        bytes,
        from,
        isForced,
        before: isFed ? { products: count, inStock: inStockCount } : shop.own,
        reading: {
          currency: shop.currency,
          shopUrl: shop.url,
          contentType,
          rowBytesMax,
          bytesMax: feedBytesMax,
          nowMs,
        },
        onProgress: ({ dialect, rows, taken }) =>
          this.#running.set(shopId, { from, atMs: nowMs, dialect, rows, taken }),
      })
      await fed.noteFeed(report)
      return report
    } finally {
      this.#running.delete(shopId)
    }
  }
}
