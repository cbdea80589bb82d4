/**
 * What has happened of late, in the order in which it did: for whoever follows the books from another process
 * (the recommender) and works out anew what hangs on it. Only the newest is kept; whoever comes later reads
 * the books themselves.
 */
import { keyOf } from '../base/key.js'
import type { Tables } from './tables.js'
import { double, fromSortable, keyFrom, sortable } from './tables.js'

export interface JournalEntry {
  readonly number: number
  readonly shopId: string
  /** Whose event was logged under this number; '' where the entry says that somebody's past is gone. */
  readonly personId: string
  /** `keyOf` the person's id, which is all that may be left to name them by. */
  readonly personKey: number
  /** Of somebody who was joined into another, who has their past from then on: that one's; 0 elsewhere. */
  readonly intoKey: number
}

const happened: Buffer = Buffer.from([0])
const over: Buffer = Buffer.from([1])

/** Within a transaction: an event of the person's was logged under this number. */
export function noteEvent(tables: Tables, shopId: string, personId: string, number: number): void {
  tables.put('journal', keyFrom(sortable(number), shopId, personId), happened)
}

/**
 * Within a transaction: the person is nobody any more, or wants nothing chosen by what they did. Nobody's id is in
 * what is kept of that.
 *
 * @param intoId whom they were joined into; '' where their past is nobody's.
 */
export function noteEnd(
  tables: Tables,
  shopId: string,
  personId: string,
  intoId: string,
  number: number,
): void {
  const ended = Buffer.concat([over, double(intoId === '' ? 0 : keyOf(intoId))])
  tables.put('journal', keyFrom(sortable(number), shopId, keyOf(personId).toString(36)), ended)
}

/** Entries after a number, at most `limit`, in order. */
export function readJournal(tables: Tables, afterNumber: number, limit: number): JournalEntry[] {
  const entries: JournalEntry[] = []
  const from = sortable(afterNumber + 1)
  for (const { key, value } of tables.range('journal', from, '\uffff', limit)) {
    const [number = '', shopId = '', name = ''] = key.split('\0')
    const isEnd = value[0] !== happened[0]
    entries.push({
      number: fromSortable(number),
      shopId,
      personId: isEnd ? '' : name,
      personKey: isEnd ? Number.parseInt(name, 36) : keyOf(name),
      intoKey: isEnd ? value.readDoubleLE(1) : 0,
    })
  }
  return entries
}

/** The number of the newest entry; 0 where there is none. */
export function journalEnd(tables: Tables): number {
  const [number = ''] = tables.lastKey('journal').split('\0')
  return number === '' ? 0 : fromSortable(number)
}

const trimmedAt = 'journal-trimmed'
/** Entries removed at a time: whoever writes is held up for a millisecond. */
const removedAtOnceMax = 2_000

/**
 * Within a transaction: removes what is more than `keptMax` numbers old, some of it at a time.
 * @param nextNumber the next that will be given.
 */
export function trimJournal(tables: Tables, nextNumber: number, keptMax: number): void {
  if (nextNumber <= keptMax) return
  const end = sortable(nextNumber - keptMax)
  const old = Array.from(tables.range('journal', '', end, removedAtOnceMax), ({ key }) => key)
  for (const key of old) tables.remove('journal', key)
  const last = old.at(-1)
  if (last !== undefined) tables.put('meta', trimmedAt, double(fromSortable(last.split('\0')[0]!)))
}

/** The highest number among the entries that were removed because of their age; 0 where none were. */
export const journalTrimmed = (tables: Tables): number =>
  tables.get('meta', trimmedAt)?.readDoubleLE(0) ?? 0

/** Keys of what the journal has of one shop, at most `limit`. Goes through all of it. */
export function journalKeysOf(tables: Tables, shopId: string, limit: number): string[] {
  const keys: string[] = []
  for (const { key } of tables.range('journal', '0', '\uffff')) {
    if (key.split('\0', 2)[1] !== shopId) continue
    keys.push(key)
    if (keys.length === limit) break
  }
  return keys
}
