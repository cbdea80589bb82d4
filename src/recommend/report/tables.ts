/**
 * What a kind of store does for the report of recommendations: ordered tables of bytes under text keys, and
 * transactions. Keys are parts joined by NUL, the shop's id first. People are known by `keyOf` their id, never by
 * the id itself: that is what is left to name them by when they are to be forgotten.
 */
import { sortable } from '../../base/lmdb-store.js'

export const reportTableNames = [
  /** shop, day, placement → counts (counts.ts). */
  'counts',
  /** shop, placement → its names, as JSON. */
  'placements',
  /** shop, second of the answer and its nonce → what has come of it (answered.ts). */
  'answers',
  /** shop, second of the answer, its nonce, slot → what stood where, and how likely that was (explored.ts). */
  'explored',
  /** shop, a table → how many there are, and from which second on there are all (kept.ts). */
  'kept',
  /** shop, person, second, nonce → a click, as JSON (clicks.ts). */
  'clicks',
  /** shop, order's key → where it has been counted, as JSON (counted-order.ts). */
  'orders',
  /** shop, person, order's key → nothing: the order counts for an experiment of theirs (counted-order.ts). */
  'buyers',
  /** shop, order's key → refunds that came before it, as JSON (refunds.ts). */
  'refunds',
  /** shop, person, slot, experiment → which variant they see and what came of it, as JSON (exposures.ts). */
  'exposures',
  /** shop, slot, experiment, variant → sums of `exposures`, as JSON. */
  'experiments',
] as const
export type ReportTableName = (typeof reportTableNames)[number]

export interface ReportTables {
  /** @returns once it is on disk; rejects where nothing of it was kept. */
  transaction<T>(action: () => T): Promise<T>
  /** @returns bytes that are valid until the next call of anything. */
  get(table: ReportTableName, key: string): Buffer | undefined
  put(table: ReportTableName, key: string, value: Buffer): void
  remove(table: ReportTableName, key: string): void
  /** All whose key is `from` or after it and before `end`, in order, at most `limit`. */
  range(
    table: ReportTableName,
    from: string,
    end: string,
    limit?: number,
  ): Iterable<{ readonly key: string; readonly value: Buffer }>
  close(): Promise<void>
}

/** The key's parts as one; none of them may hold a NUL. */
export const keyFrom = (...parts: readonly string[]): string => parts.join('\0')

/** Where the keys that begin with these parts start and end. */
export function keysUnder(...parts: readonly string[]): { from: string; end: string } {
  const prefix = parts.join('\0')
  return { from: `${prefix}\0`, end: `${prefix}\x01` }
}

/** A 53-bit key as a part: at most 11 characters. */
export const partOf = (key: number): string => key.toString(36)

export { sortable }

export const jsonBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

export function getJson<T>(tables: ReportTables, table: ReportTableName, key: string): T | null {
  const bytes = tables.get(table, key)
  // Our own writing, whole or not there at all.
  return bytes === undefined ? null : (JSON.parse(bytes.toString()) as T)
}
