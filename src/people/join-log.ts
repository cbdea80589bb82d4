import type { Slice } from '../profiles/slice.js'
import type { Book } from './book.js'
import type { Person } from './person.js'
import { fromSortable, sortable } from './tables.js'

/** How two people became one, with what each was before, so that it can be taken back. */
export interface Join {
  readonly atMs: number
  /** `event`, or the key that asked for it. */
  readonly by: string
  /** Id of the person who has all since. */
  readonly into: string
  readonly intoSlice: Slice
  readonly from: Person
}

export function putJoin(book: Book, number: number, join: Join): void {
  // JSON has no Infinity; when they are put back, it is worked out anew.
  const from = { ...join.from, dueAtMs: 0 }
  book.put('joins', Buffer.from(JSON.stringify({ ...join, from })), sortable(number))
}

export function getJoin(book: Book, number: number): Join | null {
  const bytes = book.get('joins', sortable(number))
  return bytes === undefined ? null : (JSON.parse(bytes.toString('utf8')) as Join)
}

export function removeJoin(book: Book, number: number): void {
  book.remove('joins', sortable(number))
}

/** The shop's joins that stand, oldest first. */
export function* joinsOf(book: Book): Iterable<{ number: number; join: Join }> {
  for (const { key, value } of book.under('joins'))
    yield { number: fromSortable(key), join: JSON.parse(value.toString('utf8')) as Join }
}
