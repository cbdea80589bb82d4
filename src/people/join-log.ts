import { randomBytes } from 'node:crypto'
import type { Slice } from '../profiles/slice.js'
import type { Book } from './book.js'
import type { Person } from './person.js'
import { sortable } from './tables.js'

/** How two people became one, with what each was before, so that it can be taken back. */
export interface Join {
  /** Its place among the events of all shops: never shown to a shop, which could count others' by it. */
  readonly number: number
  readonly atMs: number
  /** `event`, or the key that asked for it. */
  readonly by: string
  /** Id of the person who has all since. */
  readonly into: string
  readonly intoSlice: Slice
  readonly from: Person
}

const randomByteCount = 6

/** What a join is called: sorts by its time, and says nothing else. */
export const newJoinId = (atMs: number): string =>
  `${sortable(atMs)}-${randomBytes(randomByteCount).toString('base64url')}`

export function putJoin(book: Book, id: string, join: Join): void {
  // JSON has no Infinity; when they are put back, it is worked out anew.
  const from = { ...join.from, dueAtMs: 0 }
  book.put('joins', Buffer.from(JSON.stringify({ ...join, from })), id)
}

export function getJoin(book: Book, id: string): Join | null {
  const bytes = book.get('joins', id)
  return bytes === undefined ? null : (JSON.parse(bytes.toString('utf8')) as Join)
}

export function removeJoin(book: Book, id: string): void {
  book.remove('joins', id)
}

/** The shop's joins that stand, oldest first, at most `limit` of those after `afterId`; '' begins. */
export function* joinsOf(
  book: Book,
  afterId: string,
  limit: number,
): Iterable<{ id: string; join: Join }> {
  for (const { key, value } of book.after('joins', afterId, limit))
    yield { id: key, join: JSON.parse(value.toString('utf8')) as Join }
}
