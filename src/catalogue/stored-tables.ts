/**
 * How the store of products lies in its tables, whatever kind of store they are in.
 *
 *     shops     shop → ShopRecord as JSON; `#store` → StoreRecord
 *     products  generation, NUL, product's id → the product (product-codec)
 *     patches   generation of a draft, NUL, product's id → what was patched since it was begun, as JSON
 *     log       shop, NUL, version → ids of the products that were patched then, as a JSON array
 *     doomed    generation → nothing: nobody needs it any more
 *     feeds     shop → reports of its last feeds, as a JSON array, newest first
 */
import { sortable } from '../base/lmdb-store.js'
import type { DraftCounts } from './product-store.js'

export const storeTableNames = ['shops', 'products', 'patches', 'log', 'doomed', 'feeds'] as const
export type StoreTableName = (typeof storeTableNames)[number]

/** Removed in one transaction. */
export const sweepCountMax = 2_000

type Entry = { readonly key: string; readonly value: Buffer }

export interface StoreTables {
  /** Runs `action` alone. @returns once it is on disk; rejects where nothing of it was kept. */
  transaction<T>(action: () => T): Promise<T>
  /** @returns bytes that are valid until the next call of anything. */
  get(table: StoreTableName, key: string): Buffer | undefined
  put(table: StoreTableName, key: string, value: Buffer): void
  remove(table: StoreTableName, key: string): void
  /** All whose key is `from` or after it and before `end`, in order, at most `limit`. */
  range(table: StoreTableName, from: string, end: string, limit?: number): Iterable<Entry>
  /**
   * A range of products as it is at this moment, however long the iteration takes.
   * @param from finds it by the shop's record of the same moment.
   */
  frozen(
    from: (record: Buffer | undefined) => { readonly from: string; readonly end: string } | null,
    shopId: string,
  ): Iterable<Entry>
  /** What is read from now on is the newest. */
  refresh(): void
}

export interface StoreRecord {
  /** Counts changes and generations, of all shops together. */
  readonly counter: number
}

export interface HeldRecord extends DraftCounts {
  readonly generation: number
}

export interface ShopRecord {
  readonly version: number
  /** What the shop's products lie under; 0 where it has no fed catalogue. */
  readonly generation: number
  readonly count: number
  readonly inStockCount: number
  /** The log knows all patches after this version. */
  readonly logFrom: number
  /** Ids in the log. */
  readonly logCount: number
  /** Generation of the draft that is being written; 0 where none is. */
  readonly open: number
  readonly held: HeldRecord | null
}

export const newShop: ShopRecord = {
  version: 0,
  generation: 0,
  count: 0,
  inStockCount: 0,
  logFrom: 0,
  logCount: 0,
  open: 0,
  held: null,
}

/** No shop can be called this. */
const storeKey = '#store'

export const toJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
export const fromJson = <T>(bytes: Buffer): T => JSON.parse(bytes.toString()) as T

export function readStoreRecord(tables: Pick<StoreTables, 'get'>): StoreRecord {
  const bytes = tables.get('shops', storeKey)
  return bytes === undefined ? { counter: 0 } : fromJson<StoreRecord>(bytes)
}

/**
 * Within a transaction.
 *
 * @returns a number that was never used before: by the time, so that it wasn't in what a backup was put in
 *   the place of, either.
 */
export function nextNumber(tables: StoreTables): number {
  const counter = Math.max(readStoreRecord(tables).counter + 1, Date.now())
  tables.put('shops', storeKey, toJson({ counter } satisfies StoreRecord))
  return counter
}

export function readShop(tables: Pick<StoreTables, 'get'>, shopId: string): ShopRecord {
  const bytes = tables.get('shops', shopId)
  return bytes === undefined ? newShop : fromJson<ShopRecord>(bytes)
}

export const productKey = (generation: number, id: string): string =>
  `${sortable(generation)}\0${id}`

/** @param key of a product. */
export const idOf = (key: string): string => key.slice(key.indexOf('\0') + 1)

/** @param generation as the key has it. */
export const generationRange = (generation: string): { from: string; end: string } => ({
  from: `${generation}\0`,
  end: `${generation}\x01`,
})

/** Within a transaction. @param generation 0 stands for none. */
export function doom(tables: StoreTables, generation: number): void {
  if (generation !== 0) tables.put('doomed', sortable(generation), Buffer.alloc(0))
}

/** Gives up the drafts that were open when the process ended. */
export function startOver(tables: StoreTables): Promise<void> {
  return tables.transaction(() => {
    const entries = Array.from(tables.range('shops', '$', '\uffff'), ({ key, value }) => ({
      key,
      record: fromJson<ShopRecord>(value),
    }))
    for (const { key, record } of entries) {
      if (record.open === 0) continue
      doom(tables, record.open)
      tables.put('shops', key, toJson({ ...record, open: 0 } satisfies ShopRecord))
    }
  })
}
