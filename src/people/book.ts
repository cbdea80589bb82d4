import { keyOf } from '../base/key.js'
import type { Event } from './event.js'
import { decodeEvent, encodeEvent } from './event-codec.js'
import { journalKeysOf, noteEnd, noteEvent } from './journal.js'
import type { Person } from './person.js'
import { decodePerson, encodePerson } from './person.js'
import type { Entry, TableName, Tables } from './tables.js'
import { double, fromSortable, keyFrom, keysUnder, nothing, sortable } from './tables.js'

export const hourMs = 3_600_000

/** One event as it was taken. */
export interface LoggedEvent {
  /** Rises with every event of the installation, in the order in which they were taken. */
  readonly number: number
  readonly event: Event
}

/**
 * One shop's part of the books. The shop's id is its own and stands at the start of every key that is
 * read or written here, so nothing of another shop can be reached.
 *
 * What writes is only called within a transaction of the tables.
 */
export class Book {
  readonly shopId: string
  readonly #tables: Tables

  constructor(tables: Tables, shopId: string) {
    this.#tables = tables
    this.shopId = shopId
  }

  /** @returns null where there is nobody of this id. @throws Error where what is kept can't be read. */
  person(id: string): Person | null {
    const bytes = this.#tables.get('people', keyFrom(this.shopId, id))
    return bytes === undefined ? null : decodePerson(id, bytes)
  }

  putPerson(person: Person): void {
    this.#tables.put('people', keyFrom(this.shopId, person.id), encodePerson(person))
  }

  removePerson(id: string): void {
    this.#tables.remove('people', keyFrom(this.shopId, id))
  }

  /** Encoded, in the order of their ids, from after `afterId` on. */
  *people(afterId: string, limit: number): Iterable<{ id: string; bytes: Buffer }> {
    for (const { key, value } of this.after('people', afterId, limit))
      yield { id: key, bytes: value }
  }

  /** The id of the person that an identifier leads to; '' where to nobody. */
  link(identifier: string): string {
    return this.#tables.get('links', keyFrom(this.shopId, identifier))?.toString('utf8') ?? ''
  }

  putLink(identifier: string, personId: string): void {
    this.#tables.put('links', keyFrom(this.shopId, identifier), Buffer.from(personId))
  }

  removeLink(identifier: string): void {
    this.#tables.remove('links', keyFrom(this.shopId, identifier))
  }

  hasMessage(messageId: string): boolean {
    return this.#tables.get('messages', this.#messageKey(messageId)) !== undefined
  }

  putMessage(messageId: string, takenAtMs: number): void {
    this.#tables.put('messages', this.#messageKey(messageId), double(takenAtMs))
  }

  /** Logs it; whoever follows the books is told. */
  putEvent(personId: string, number: number, event: Event): void {
    this.put('events', encodeEvent(event), personId, sortable(number))
    noteEvent(this.#tables, this.shopId, personId, number)
  }

  removeEvent(personId: string, number: number): void {
    this.remove('events', personId, sortable(number))
    this.removeJournal(keyFrom(sortable(number), this.shopId, personId))
  }

  /** All that was logged under the person's id. */
  removeEvents(personId: string): void {
    for (const { key } of [...this.under('events', personId)])
      this.removeEvent(personId, fromSortable(key))
  }

  /** What was logged of a person under this id, in the order in which it was taken. */
  *events(personId: string, fromNumber = 0): Iterable<LoggedEvent> {
    const { from, end } = keysUnder(this.shopId, personId)
    for (const { key, value } of this.#tables.range('events', from + sortable(fromNumber), end))
      yield { number: fromSortable(key.slice(from.length)), event: decodeEvent(value) }
  }

  /** Whoever follows the books is told that the person's past is gone, or another's ('' for nobody's). */
  noteEnd(personId: string, intoId: string, number: number): void {
    noteEnd(this.#tables, this.shopId, personId, intoId, number)
  }

  /** Keys of the journal's entries of this shop, at most `limit`. */
  journalKeys(limit: number): string[] {
    return journalKeysOf(this.#tables, this.shopId, limit)
  }

  removeJournal(key: string): void {
    this.#tables.remove('journal', key)
  }

  /** The event of this number; null where it was forgotten since. */
  event(personId: string, number: number): Event | null {
    const bytes = this.get('events', personId, sortable(number))
    return bytes === undefined ? null : decodeEvent(bytes)
  }

  /** Bidders are to be told of the person; `goneUids` don't lead to them any more. */
  putOutbox(personId: string, stamp: number, goneUids: readonly string[] = []): void {
    const key = keyFrom(this.shopId, personId)
    const before = this.#tables.get('outbox', key)
    const gone = before === undefined ? goneUids : [...readOutbox(before).goneUids, ...goneUids]
    this.#tables.put('outbox', key, Buffer.from(JSON.stringify([stamp, ...new Set(gone)])))
  }

  /** Notes that the person may have to be looked at again in the hour of `dueAtMs`. */
  putDue(personId: string, dueAtMs: number): void {
    const hour = sortable(Math.floor(dueAtMs / hourMs))
    this.#tables.put('due', keyFrom(hour, this.shopId, personId), nothing)
  }

  removeDue(personId: string, dueAtMs: number): void {
    const hour = sortable(Math.floor(dueAtMs / hourMs))
    this.#tables.remove('due', keyFrom(hour, this.shopId, personId))
  }

  /** The generations, as they stand in keys, that a list has members of. */
  generationsOf(segment: string): string[] {
    const { from, end } = keysUnder(this.shopId, segment)
    const generations: string[] = []
    let start = from
    for (;;) {
      const [first] = this.#tables.range('members', start, end, 1)
      if (first === undefined) return generations
      const [generation = ''] = first.key.slice(from.length).split('\0')
      generations.push(generation)
      start = `${from}${generation}\x01`
    }
  }

  areApart(a: string, b: string): boolean {
    return this.#tables.get('apart', keyFrom(this.shopId, ...[a, b].sort())) !== undefined
  }

  putApart(a: string, b: string): void {
    this.#tables.put('apart', keyFrom(this.shopId, ...[a, b].sort()), nothing)
  }

  /** Anything of the shop's under these parts of a key. */
  get(table: TableName, ...parts: readonly string[]): Buffer | undefined {
    return this.#tables.get(table, keyFrom(this.shopId, ...parts))
  }

  put(table: TableName, value: Buffer, ...parts: readonly string[]): void {
    this.#tables.put(table, keyFrom(this.shopId, ...parts), value)
  }

  remove(table: TableName, ...parts: readonly string[]): void {
    this.#tables.remove(table, keyFrom(this.shopId, ...parts))
  }

  /** All of the shop's entries whose keys begin with these parts; keys without them. */
  *under(table: TableName, ...parts: readonly string[]): Iterable<Entry> {
    const { from, end } = keysUnder(this.shopId, ...parts)
    for (const { key, value } of this.#tables.range(table, from, end))
      yield { key: key.slice(from.length), value }
  }

  /** As `under`, at most `limit` of those after the key `after`; '' begins at the first. */
  *after(
    table: TableName,
    after: string,
    limit: number,
    ...parts: readonly string[]
  ): Iterable<Entry> {
    const { from, end } = keysUnder(this.shopId, ...parts)
    const start = after === '' ? from : `${from}${after}\0`
    for (const { key, value } of this.#tables.range(table, start, end, limit))
      yield { key: key.slice(from.length), value }
  }

  #messageKey(messageId: string): string {
    return keyFrom(this.shopId, keyOf(messageId).toString(36))
  }
}

/** What waits to be told to bidders of one person. */
export interface Outgoing {
  /** Which writing of it this was: taken out only if it is still the same. */
  readonly stamp: number
  readonly goneUids: readonly string[]
}

export function readOutbox(bytes: Buffer): Outgoing {
  const [stamp, ...goneUids] = JSON.parse(bytes.toString('utf8')) as [number, ...string[]]
  return { stamp, goneUids }
}
