/** Fed catalogues in LMDB. */
import { NamedTables } from '../base/store-lmdb.js'
import type { ProductStore } from './product-store.js'
import { StoredCatalogue } from './stored-catalogue.js'
import type { StoreTableName, StoreTables } from './stored-tables.js'
import {
  generationRange,
  readStoreRecord,
  startOver,
  storeTableNames,
  sweepCountMax,
} from './stored-tables.js'

export interface ProductStoreOptions {
  /** Whether this process may change anything; one does at a time. The others only read. */
  readonly isWriter: boolean
  /** Addresses set aside for the file, which may grow past it at the price of a pause. */
  readonly mapBytes?: number
}

const mapBytesDefault = 68_719_476_736

class LmdbTables extends NamedTables<StoreTableName> implements StoreTables {
  constructor(directory: string, mapBytes: number) {
    const foreign = 'is no store of products, or a damaged one'
    super(directory, { names: storeTableNames, mapBytes, called: 'products', foreign })
  }

  *frozen(
    from: (record: Buffer | undefined) => { readonly from: string; readonly end: string } | null,
    shopId: string,
  ): Iterable<{ readonly key: string; readonly value: Buffer }> {
    this.refresh()
    const transaction = this.environment.useReadTransaction()
    try {
      const found = from(this.tables.shops.get(shopId, { transaction }))
      if (found === null) return
      const options = { start: found.from, end: found.end, transaction }
      for (const { key, value } of this.tables.products.getRange(options)) yield { key, value }
    } finally {
      transaction.done()
    }
  }

  refresh(): void {
    this.environment.resetReadTxn()
  }
}

/**
 * Each shop's products in a memory-mapped file that all processes of one machine read.
 *
 * A feed is written under a number of its own (its generation) in many transactions; the last one of
 * them, a small one, makes it the shop's. What nobody needs any more is removed afterwards, bit by bit,
 * also what a crash left behind.
 */
export class LmdbProductStore implements ProductStore {
  readonly #tables: LmdbTables
  readonly #isWriter: boolean
  #sweeping: Promise<void> = Promise.resolve()
  #isClosing = false

  /**
   * @param directory the store's own; made where it isn't there.
   * @throws Error where it can't be used, or what is in it is no store.
   */
  static async open(directory: string, options: ProductStoreOptions): Promise<LmdbProductStore> {
    const store = new LmdbProductStore(directory, options)
    if (options.isWriter) {
      await startOver(store.#tables)
      store.#sweep()
    }
    return store
  }

  private constructor(directory: string, { isWriter, mapBytes }: ProductStoreOptions) {
    this.#tables = new LmdbTables(directory, mapBytes ?? mapBytesDefault)
    this.#isWriter = isWriter
  }

  get version(): number {
    this.#tables.refresh()
    return readStoreRecord(this.#tables).counter
  }

  forShop(shopId: string): StoredCatalogue {
    return new StoredCatalogue(this.#tables, shopId, this.#isWriter ? () => this.#sweep() : null)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    await this.#sweeping
    await this.#tables.close()
  }

  /** Removes what is doomed, in transactions so small that a patch needn't wait for long. */
  #sweep(): void {
    this.#sweeping = this.#sweeping.then(async () => {
      try {
        while (!this.#isClosing && (await this.#sweepSome()));
      } catch {
        // A disk that is full or gone: it stays doomed and goes the next time.
      }
    })
  }

  /** @returns false where nothing is left to remove. */
  #sweepSome(): Promise<boolean> {
    const tables = this.#tables
    return tables.transaction(() => {
      const [doomed] = tables.range('doomed', '0', '\uffff', 1)
      if (doomed === undefined) return false
      const { from, end } = generationRange(doomed.key)
      let count = 0
      for (const name of ['products', 'patches'] as const) {
        const keys = Array.from(tables.range(name, from, end, sweepCountMax), ({ key }) => key)
        for (const key of keys) tables.remove(name, key)
        count += keys.length
      }
      if (count === 0) tables.remove('doomed', doomed.key)
      return true
    })
  }
}
