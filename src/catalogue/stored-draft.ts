import { sortable } from '../base/lmdb-store.js'
import { addedMsOf, decodeProduct, encodeProduct } from './product-codec.js'
import type { HeldDraft, ProductDraft, ProductPatch } from './product-store.js'
import { DraftGivenUp, patched } from './product-store.js'
import type { CatalogueProduct } from './products.js'
import type { HeldRecord, ShopRecord, StoreTables } from './stored-tables.js'
import {
  doom,
  fromJson,
  generationRange,
  idOf,
  nextNumber,
  productKey,
  readShop,
  toJson,
} from './stored-tables.js'

/** Written in one transaction, which everything else that is written has to wait for. */
const batchCountMax = 2_000
const batchBytesMax = 4 * 1024 * 1024

/**
 * Within a transaction: makes a draft the shop's catalogue, with what was patched since it was begun.
 *
 * @returns the shop's record.
 */
function takeOver(tables: StoreTables, shopId: string, record: ShopRecord, draft: HeldRecord) {
  const { from, end } = generationRange(sortable(draft.generation))
  let { inStockCount } = draft
  const patches = Array.from(tables.range('patches', from, end), ({ key, value }) => ({
    key,
    patch: fromJson<ProductPatch>(value),
  }))
  for (const { key, patch } of patches) {
    tables.remove('patches', key)
    const bytes = tables.get('products', key)
    if (bytes === undefined) continue
    const before = decodeProduct(patch.id, bytes)
    const after = patched(before, patch)
    inStockCount += Number(after.inStock) - Number(before.inStock)
    tables.put('products', key, encodeProduct(after, before.addedMs))
  }
  doom(tables, record.generation)
  const logged = tables.range('log', `${shopId}\0`, `${shopId}\x01`)
  for (const key of Array.from(logged, (entry) => entry.key)) tables.remove('log', key)
  const version = nextNumber(tables)
  const { generation, count } = draft
  return { ...record, version, generation, count, inStockCount, logFrom: version, logCount: 0 }
}

/** A draft that waits for somebody's decision. */
export class StoredHeldDraft implements HeldDraft {
  readonly #tables: StoreTables
  readonly #shopId: string
  readonly #held: HeldRecord
  readonly #onDoomed: () => void

  constructor(tables: StoreTables, shopId: string, held: HeldRecord, onDoomed: () => void) {
    this.#tables = tables
    this.#shopId = shopId
    this.#held = held
    this.#onDoomed = onDoomed
  }

  get count(): number {
    return this.#held.count
  }

  get inStockCount(): number {
    return this.#held.inStockCount
  }

  commit(): Promise<void> {
    return this.#end((record) => ({
      ...takeOver(this.#tables, this.#shopId, record, this.#held),
      held: null,
    }))
  }

  discard(): Promise<void> {
    return this.#end((record) => {
      doom(this.#tables, this.#held.generation)
      return { ...record, held: null }
    })
  }

  async #end(change: (record: ShopRecord) => ShopRecord): Promise<void> {
    await this.#tables.transaction(() => {
      const record = readShop(this.#tables, this.#shopId)
      if (record.held?.generation !== this.#held.generation) throw new DraftGivenUp()
      this.#tables.put('shops', this.#shopId, toJson(change(record)))
    })
    this.#onDoomed()
  }
}

/** A draft that is being written: what came is kept in memory until there is a transaction's worth of it. */
export class StoredDraft implements ProductDraft {
  readonly #tables: StoreTables
  readonly #shopId: string
  readonly #generation: number
  readonly #nowMs: number
  readonly #onDoomed: () => void
  /** Of the shop's catalogue, 0 where there is none: what it has was added when that says. */
  #live: number
  /** With which the keys of its products begin, and those of the draft's. */
  #liveKey: string
  readonly #ownKey: string
  #waiting = new Map<string, Buffer>()
  #waitingBytes = 0
  /** What a transaction under way writes. */
  #underWay: ReadonlyMap<string, Buffer> = new Map()
  #writing: Promise<void> = Promise.resolve()
  #count = 0
  #inStockCount = 0

  /** @param record the shop's, with the draft open. */
  constructor(
    tables: StoreTables,
    shopId: string,
    { open, generation }: ShopRecord,
    nowMs: number,
    onDoomed: () => void,
  ) {
    this.#tables = tables
    this.#shopId = shopId
    this.#generation = open
    this.#live = generation
    this.#liveKey = productKey(generation, '')
    this.#ownKey = productKey(open, '')
    this.#nowMs = nowMs
    this.#onDoomed = onDoomed
  }

  get count(): number {
    return this.#count
  }

  get inStockCount(): number {
    return this.#inStockCount
  }

  async put(product: CatalogueProduct): Promise<boolean> {
    const key = this.#ownKey + product.id
    if (this.#waiting.has(key) || this.#underWay.has(key)) return false
    if (this.#tables.get('products', key) !== undefined) return false
    const addedMs = product.addedMs ?? this.#addedBefore(product.id) ?? this.#nowMs
    const bytes = encodeProduct(product, addedMs)
    this.#waiting.set(key, bytes)
    this.#waitingBytes += bytes.length
    this.#count++
    if (product.inStock) this.#inStockCount++
    if (this.#waiting.size >= batchCountMax || this.#waitingBytes >= batchBytesMax)
      await this.#write()
    return true
  }

  commit(): Promise<void> {
    return this.#finish((record) => {
      doom(this.#tables, record.held?.generation ?? 0)
      return { ...takeOver(this.#tables, this.#shopId, record, this.#counted()), held: null }
    })
  }

  hold(): Promise<void> {
    return this.#finish((record) => {
      doom(this.#tables, record.held?.generation ?? 0)
      return { ...record, held: this.#counted() }
    })
  }

  async discard(): Promise<void> {
    this.#waiting.clear()
    await this.#writing.catch(() => {})
    await this.#end(
      () => true,
      (record) => {
        doom(this.#tables, this.#generation)
        return record
      },
    )
  }

  /** null where the catalogue doesn't have it. */
  #addedBefore(id: string): number | null {
    if (this.#live === 0) return null
    const bytes = this.#tables.get('products', this.#liveKey + id)
    return bytes === undefined ? null : addedMsOf(bytes)
  }

  #counted(): HeldRecord {
    const { count, inStockCount } = this
    return { generation: this.#generation, count, inStockCount }
  }

  /** Waits for the batch before, so that two are in memory at most; the next one is filled meanwhile. */
  async #write(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = new Map()
    this.#waitingBytes = 0
    await this.#writing
    this.#underWay = batch
    this.#writing = this.#tables.transaction(() => {
      this.#checkOpen()
      for (const [key, bytes] of batch) this.#tables.put('products', key, bytes)
    })
    // Asked for when the next batch is full, or at the end.
    this.#writing.catch(() => {})
  }

  /** Writes what is left, and ends the draft as soon as it is of the catalogue that there is then. */
  async #finish(change: (record: ShopRecord) => ShopRecord): Promise<void> {
    await this.#write()
    await this.#writing
    const isOfLive = ({ generation }: ShopRecord): boolean => generation === this.#live
    while (!(await this.#end(isOfLive, change))) await this.#dateAgain()
  }

  /** A held draft has become the catalogue meanwhile: when what was added is for that one to say. */
  async #dateAgain(): Promise<void> {
    this.#live = readShop(this.#tables, this.#shopId).generation
    this.#liveKey = productKey(this.#live, '')
    const { end } = generationRange(sortable(this.#generation))
    let from = this.#ownKey
    let count = batchCountMax
    while (count === batchCountMax)
      count = await this.#tables.transaction(() => {
        this.#checkOpen()
        const range = this.#tables.range('products', from, end, batchCountMax)
        const some = Array.from(range, ({ key, value }) => decodeProduct(idOf(key), value))
        for (const product of some) {
          const addedMs = this.#addedBefore(product.id) ?? this.#nowMs
          const key = this.#ownKey + product.id
          this.#tables.put('products', key, encodeProduct(product, addedMs))
          from = `${key}\0`
        }
        return some.length
      })
  }

  /** @returns false, and nothing is changed, where it may not end as yet. */
  async #end(
    mayEnd: (record: ShopRecord) => boolean,
    change: (record: ShopRecord) => ShopRecord,
  ): Promise<boolean> {
    const isEnded = await this.#tables.transaction(() => {
      const record = this.#checkOpen()
      if (!mayEnd(record)) return false
      this.#tables.put('shops', this.#shopId, toJson({ ...change(record), open: 0 }))
      return true
    })
    if (isEnded) this.#onDoomed()
    return isEnded
  }

  #checkOpen(): ShopRecord {
    const record = readShop(this.#tables, this.#shopId)
    if (record.open !== this.#generation) throw new DraftGivenUp()
    return record
  }
}
