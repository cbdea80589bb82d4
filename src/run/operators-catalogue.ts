import { readFile } from 'node:fs/promises'
import type { LiveCatalogue } from '../bidding/live.js'
import { goLive } from '../bidding/live.js'
import { LoadedProducts } from '../catalogue/product-files.js'
import { Snapshot } from '../catalogue/snapshot.js'
import type { Exchange } from '../edge/exchange.js'
import type { CatalogueReady } from './messages.js'

/** Kept after it was asked for, as who looks at one page looks at the next. */
const keptMs = 60_000

/**
 * The newest catalogue for the operator's pages. Read when somebody asks for it and forgotten a while later: the
 * supervisor, which bids on nothing, would hold as much memory for it as a bidder.
 */
export class OperatorsCatalogue {
  readonly #newest: () => CatalogueReady | null
  readonly #exchanges: () => readonly Exchange[]
  #products = new LoadedProducts()
  #timer: NodeJS.Timeout | null = null

  constructor(newest: () => CatalogueReady | null, exchanges: () => readonly Exchange[]) {
    this.#newest = newest
    this.#exchanges = exchanges
  }

  /** @returns null where there is none as yet. @throws Error where it can't be read. */
  async get(): Promise<LiveCatalogue | null> {
    const newest = this.#newest()
    if (newest === null) return null
    this.#forgetLater()
    const products = await this.#products.load(newest.products)
    const snapshot = new Snapshot(await readFile(newest.path), products)
    return goLive(snapshot, newest.accounts, this.#exchanges())
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #forgetLater(): void {
    this.close()
    this.#timer = setTimeout(() => {
      this.#products = new LoadedProducts()
    }, keptMs)
  }
}
