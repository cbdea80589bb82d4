/**
 * How many entries a shop has in a table. Where its keys are shop, second and more, the oldest go where there are too
 * many; of `refunds` no more come.
 */
import { getJson, jsonBytes, keyFrom, keysUnder, type ReportTables } from './tables.js'

export type CountedTable = 'answers' | 'explored' | 'refunds'

export interface Kept {
  count: number
  /** Entries from before this second may be gone. */
  fromSeconds: number
}

/** Most entries removed for each that comes where there are too many: they get fewer. */
const removedAtOnce = 2

export const keptOf = (tables: ReportTables, table: CountedTable, shopId: string): Kept =>
  getJson<Kept>(tables, 'kept', keyFrom(shopId, table)) ?? { count: 0, fromSeconds: 0 }

/** Within a transaction: so many have been put. @param keptMax entries of one shop. */
export function countKept(
  tables: ReportTables,
  table: CountedTable,
  shopId: string,
  count: number,
  keptMax: number,
): void {
  const kept = keptOf(tables, table, shopId)
  kept.count += count
  const overMax = Math.min(kept.count - keptMax, count * removedAtOnce)
  if (overMax > 0) removeOldest(tables, table, shopId, kept, Math.max(overMax, removedAtOnce))
  putKept(tables, table, shopId, kept)
}

/** Within a transaction: some were removed, as they are worth nothing any more. */
export function uncountKept(
  tables: ReportTables,
  table: CountedTable,
  shopId: string,
  count: number,
): void {
  const kept = keptOf(tables, table, shopId)
  kept.count = Math.max(kept.count - count, 0)
  putKept(tables, table, shopId, kept)
}

function removeOldest(
  tables: ReportTables,
  table: CountedTable,
  shopId: string,
  kept: Kept,
  count: number,
): void {
  const { from, end } = keysUnder(shopId)
  const old = Array.from(tables.range(table, from, end, count), ({ key }) => key)
  for (const key of old) {
    tables.remove(table, key)
    kept.count--
    kept.fromSeconds = Number.parseInt(key.slice(from.length), 36) + 1
  }
}

const putKept = (tables: ReportTables, table: CountedTable, shopId: string, kept: Kept): void =>
  tables.put('kept', keyFrom(shopId, table), jsonBytes(kept))
