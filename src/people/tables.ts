/**
 * What a kind of store does for the books: ordered tables of bytes under text keys, and transactions.
 *
 * Keys are parts joined by NUL, the shop's id first, so that all that is one shop's lies together and
 * a shop's book can't reach outside of it (see book.ts).
 */

export const tableNames = [
  /** shop, person → person (person.ts). */
  'people',
  /** shop, identifier → the person's id. */
  'links',
  /** shop, person, number → event (event-codec.ts), in the order in which they were taken. */
  'events',
  /** shop, key of a message's id → when it was taken. */
  'messages',
  /** shop, segment → what is known of a list, as JSON. */
  'lists',
  /** shop, segment, generation, identifier → when the membership ends. */
  'members',
  /** hour, shop, person → nothing: somebody may have to be looked at again in that hour. */
  'due',
  /** shop, person → what bidders haven't been told yet. */
  'outbox',
  /** number, shop, person → what happened (journal.ts); the newest alone. */
  'journal',
  /** shop, number → a join of two people, as JSON. */
  'joins',
  /** shop, person, person → nothing: these two are not to be joined by themselves. */
  'apart',
  /** name → small things about the books themselves. */
  'meta',
] as const
export type TableName = (typeof tableNames)[number]

export interface Entry {
  readonly key: string
  /** Valid until the next call of anything. */
  readonly value: Buffer
}

export interface Tables {
  /**
   * Runs `action` alone; what it reads is what it and all before it have written.
   * @returns once it is on disk; rejects where nothing of it was kept.
   */
  transaction<T>(action: () => T): Promise<T>
  /** @returns bytes that are valid until the next call of anything. */
  get(table: TableName, key: string): Buffer | undefined
  put(table: TableName, key: string, value: Buffer): void
  remove(table: TableName, key: string): void
  /** All whose key is `from` or after it and before `end`, in order, at most `limit`. */
  range(table: TableName, from: string, end: string, limit?: number): Iterable<Entry>
  /** The last of a table's keys; '' where it is empty. */
  lastKey(table: TableName): string
  /** How many entries a table has, of all shops. */
  count(table: TableName): number
  close(): Promise<void>
}

export const nothing: Buffer = Buffer.alloc(0)

/** The key's parts as one; none of them may hold a NUL. */
export const keyFrom = (...parts: readonly string[]): string => parts.join('\0')

/** Where the keys that begin with these parts start and end. */
export function keysUnder(...parts: readonly string[]): { from: string; end: string } {
  const prefix = parts.join('\0')
  return { from: `${prefix}\0`, end: `${prefix}\x01` }
}

export { sortable } from '../base/lmdb-store.js'
export const fromSortable = (text: string): number => Number.parseInt(text, 36)

export function double(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeDoubleLE(value)
  return bytes
}
