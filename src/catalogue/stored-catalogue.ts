import { sortable } from '../base/lmdb-store.js'
import type { FeedReport } from './feed-report.js'
import { reportCountMax } from './feed-report.js'
import { addedMsOf, decodeProduct, encodeProduct } from './product-codec.js'
import type { ProductEntry } from './product-entry.js'
import type { CatalogueState, ProductPatch, ShopProducts } from './product-store.js'
import { patched } from './product-store.js'
import type { CatalogueProduct } from './products.js'
import { StoredDraft, StoredHeldDraft } from './stored-draft.js'
import type { ShopRecord, StoreTables } from './stored-tables.js'
import {
  doom,
  fromJson,
  generationRange,
  idOf,
  newShop,
  nextNumber,
  productKey,
  readShop,
  toJson,
} from './stored-tables.js'

/** Ids that the log of patches holds at most; past it the log begins anew. */
const logCountMax = 100_000

/** One shop's products in the tables of a store. */
export class StoredCatalogue implements ShopProducts {
  readonly #tables: StoreTables
  readonly #shopId: string
  readonly #onDoomed: (() => void) | null

  /** @param onDoomed called when there is something to remove; null where this process only reads. */
  constructor(tables: StoreTables, shopId: string, onDoomed: (() => void) | null) {
    this.#tables = tables
    this.#shopId = shopId
    this.#onDoomed = onDoomed
  }

  get state(): CatalogueState {
    this.#tables.refresh()
    const record = readShop(this.#tables, this.#shopId)
    const { version, generation, count, inStockCount, logFrom } = record
    return { version, isFed: generation !== 0, count, inStockCount, patchesFrom: logFrom }
  }

  get(id: string): CatalogueProduct | null {
    const { generation } = readShop(this.#tables, this.#shopId)
    if (generation === 0) return null
    const bytes = this.#tables.get('products', productKey(generation, id))
    return bytes === undefined ? null : readableOf(id, bytes)
  }

  entry(id: string): ProductEntry | null {
    const { generation } = readShop(this.#tables, this.#shopId)
    if (generation === 0) return null
    const bytes = this.#tables.get('products', productKey(generation, id))
    return bytes === undefined ? null : { id, bytes: Buffer.from(bytes) }
  }

  page(afterId: string, countMax: number): readonly CatalogueProduct[] {
    const { generation } = readShop(this.#tables, this.#shopId)
    if (generation === 0) return []
    const first = productKey(generation, afterId)
    const { end } = generationRange(sortable(generation))
    const products: CatalogueProduct[] = []
    // One more, as `afterId` may be there itself.
    for (const { key, value } of this.#tables.range('products', first, end, countMax + 1)) {
      const product = key === first ? null : readableOf(idOf(key), value)
      if (product !== null) products.push(product)
    }
    return products.slice(0, countMax)
  }

  all(): Iterable<CatalogueProduct> {
    const entries = this.entries()
    return {
      *[Symbol.iterator]() {
        for (const { id, bytes } of entries) yield decodeProduct(id, bytes)
      },
    }
  }

  entries(): Iterable<ProductEntry> {
    return { [Symbol.iterator]: () => this.#frozen() }
  }

  *#frozen(): Iterator<ProductEntry> {
    const range = (bytes: Buffer | undefined) => {
      const generation = bytes === undefined ? 0 : fromJson<ShopRecord>(bytes).generation
      return generation === 0 ? null : generationRange(sortable(generation))
    }
    for (const { key, value } of this.#tables.frozen(range, this.#shopId))
      yield { id: idOf(key), bytes: value }
  }

  patchedSince(version: number): ReadonlySet<string> | null {
    this.#tables.refresh()
    const { logFrom } = readShop(this.#tables, this.#shopId)
    if (logFrom > version) return null
    const from = `${this.#shopId}\0${sortable(version)}`
    const logged = this.#tables.range('log', from, `${this.#shopId}\x01`)
    const ids = new Set<string>()
    let isKnown = version === logFrom
    for (const { key, value } of logged) {
      if (key === from) isKnown = true
      else for (const id of fromJson<string[]>(value)) ids.add(id)
    }
    return isKnown ? ids : null
  }

  async draft(nowMs: number): Promise<StoredDraft> {
    const record = await this.#change((before) => {
      doom(this.#tables, before.open)
      const after = { ...before, open: nextNumber(this.#tables) }
      return [after, after]
    })
    return new StoredDraft(this.#tables, this.#shopId, record, nowMs, () => this.#onDoomed?.())
  }

  held(): StoredHeldDraft | null {
    this.#tables.refresh()
    const { held } = readShop(this.#tables, this.#shopId)
    if (held === null) return null
    return new StoredHeldDraft(this.#tables, this.#shopId, held, () => this.#onDoomed?.())
  }

  patch(patches: readonly ProductPatch[]): Promise<readonly string[]> {
    return this.#change((record) => {
      const unknown: string[] = []
      const changed = new Set<string>()
      let { inStockCount } = record
      for (const patch of patches) {
        const key = productKey(record.generation, patch.id)
        const bytes = record.generation === 0 ? undefined : this.#tables.get('products', key)
        const before = bytes === undefined ? null : readableOf(patch.id, bytes)
        if (before === null) {
          unknown.push(patch.id)
          continue
        }
        const after = patched(before, patch)
        this.#tables.put('products', key, encodeProduct(after, before.addedMs))
        inStockCount += Number(after.inStock) - Number(before.inStock)
        changed.add(patch.id)
        for (const draft of [record.open, record.held?.generation ?? 0])
          if (draft !== 0) this.#remember(draft, patch)
      }
      if (changed.size === 0) return [record, unknown]
      const version = nextNumber(this.#tables)
      return [this.#logged({ ...record, version, inStockCount }, changed), unknown]
    })
  }

  feeds(): readonly FeedReport[] {
    this.#tables.refresh()
    return this.#reports()
  }

  noteFeed(report: FeedReport): Promise<void> {
    return this.#tables.transaction(() => {
      const reports = [report, ...this.#reports()].slice(0, reportCountMax)
      this.#tables.put('feeds', this.#shopId, toJson(reports))
    })
  }

  async clear(): Promise<void> {
    await this.#change((record) => {
      for (const generation of [record.generation, record.open, record.held?.generation ?? 0])
        doom(this.#tables, generation)
      this.#forgetLog()
      this.#tables.remove('feeds', this.#shopId)
      const version = nextNumber(this.#tables)
      return [{ ...newShop, version, logFrom: version }, null]
    })
    this.#onDoomed?.()
  }

  #reports(): readonly FeedReport[] {
    const bytes = this.#tables.get('feeds', this.#shopId)
    return bytes === undefined ? [] : fromJson<FeedReport[]>(bytes)
  }

  #change<T>(change: (record: ShopRecord) => readonly [ShopRecord, T]): Promise<T> {
    return this.#tables.transaction(() => {
      const [record, outcome] = change(readShop(this.#tables, this.#shopId))
      this.#tables.put('shops', this.#shopId, toJson(record))
      return outcome
    })
  }

  /** A draft that is taken over later gets what was patched meanwhile. */
  #remember(generation: number, patch: ProductPatch): void {
    const key = productKey(generation, patch.id)
    const bytes = this.#tables.get('patches', key)
    const before = bytes === undefined ? { id: patch.id } : fromJson<ProductPatch>(bytes)
    const named = Object.entries(patch).filter(([, value]) => value !== undefined)
    this.#tables.put('patches', key, toJson({ ...before, ...Object.fromEntries(named) }))
  }

  #logged(record: ShopRecord, ids: ReadonlySet<string>): ShopRecord {
    const { version } = record
    const logCount = record.logCount + ids.size
    if (logCount > logCountMax) {
      this.#forgetLog()
      return { ...record, logFrom: version, logCount: 0 }
    }
    this.#tables.put('log', `${this.#shopId}\0${sortable(version)}`, toJson([...ids]))
    return { ...record, logCount }
  }

  #forgetLog(): void {
    const range = this.#tables.range('log', `${this.#shopId}\0`, `${this.#shopId}\x01`)
    for (const key of Array.from(range, (entry) => entry.key)) this.#tables.remove('log', key)
  }
}

/**
 * What another release wrote is as if it weren't there, so that events that name it are taken; whoever needs all
 * products is told (`decodeProduct`).
 */
const readableOf = (id: string, bytes: Buffer): ReturnType<typeof decodeProduct> | null =>
  addedMsOf(bytes) === null ? null : decodeProduct(id, bytes)
