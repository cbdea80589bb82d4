import type { Book } from './book.js'
import type { Books } from './books.js'
import type { PeopleConfig } from './config.js'
import type { Writer } from './intake.js'
import { putList, readList } from './lists.js'
import type { Person } from './person.js'
import { erase } from './privacy.js'
import { fromSortable, keyFrom, sortable } from './tables.js'

export const dayMs = 86_400_000
/** Entries looked at in one change of the books: a few milliseconds' work. */
const stepSize = 1_000

export interface RetentionCounts {
  people: number
  events: number
  messages: number
  members: number
}

/**
 * Forgets what has been kept long enough: people who weren't seen for `personDays`, events older than
 * `eventDays`, messages' ids, memberships that ended. Goes through all of a shop's people and lists in
 * small steps between other work; meant to run once a day.
 */
export class Retention {
  readonly counts: RetentionCounts = { people: 0, events: 0, messages: 0, members: 0 }
  readonly #books: Books
  readonly #writer: Writer
  readonly #config: PeopleConfig

  constructor(books: Books, writer: Writer, config: PeopleConfig) {
    this.#books = books
    this.#writer = writer
    this.#config = config
  }

  /** @param wait between steps; rejects to stop. */
  async run(shopIds: readonly string[], nowMs: number, wait: () => Promise<void>): Promise<void> {
    const today = Math.floor(nowMs / dayMs)
    await this.#markDay(today)
    const firstKept = this.#numberOn(today - this.#config.eventDays)
    for (const shopId of shopIds) {
      const book = this.#books.forShop(shopId)
      await this.#people(book, nowMs, firstKept, wait)
      await this.#messages(book, nowMs, wait)
      for (const { key: segment } of [...book.under('lists')])
        await this.#members(book, segment, nowMs, wait)
    }
  }

  /** Remembers which number events had reached by this day, by which their age is told later. */
  async #markDay(day: number): Promise<void> {
    const key = keyFrom('day', sortable(day))
    if (this.#books.tables.get('meta', key) !== undefined) return
    await this.#books.transaction(() => {
      const bytes = Buffer.allocUnsafe(8)
      bytes.writeDoubleLE(this.#books.nextNumber())
      this.#books.tables.put('meta', key, bytes)
    })
  }

  /** The number that events had reached by a day; 0 where nobody remembers. */
  #numberOn(day: number): number {
    const from = keyFrom('day', sortable(0))
    const end = keyFrom('day', `${sortable(Math.max(day, 0))}\x01`)
    let number = 0
    for (const { value } of this.#books.tables.range('meta', from, end))
      number = value.readDoubleLE(0)
    return number
  }

  async #people(
    book: Book,
    nowMs: number,
    firstKept: number,
    wait: () => Promise<void>,
  ): Promise<void> {
    const unseenMs = nowMs - this.#config.personDays * dayMs
    let after = ''
    for (;;) {
      const ids = Array.from(book.people(after, stepSize), ({ id }) => id)
      if (ids.length === 0) return
      after = ids.at(-1)!
      await this.#writer.change(
        book.shopId,
        (draft) => {
          for (const id of ids) {
            const person = draft.person(id)
            if (person === null) continue
            if (isUnseen(person, unseenMs)) {
              erase(book, draft, person)
              this.counts.people++
            } else draft.also(() => this.#events(book, person, firstKept))
          }
        },
        ids.length,
      )
      await wait()
    }
  }

  /** Events that are too old, and the oldest ones of whoever has more than a person can have. */
  #events(book: Book, person: Person, firstKept: number): void {
    const keys: { id: string; number: number }[] = []
    for (const id of [person.id, ...person.former.map((it) => it.id)])
      for (const { key } of book.under('events', id)) keys.push({ id, number: fromSortable(key) })
    keys.sort((a, b) => a.number - b.number)
    const tooMany = keys.length - this.#config.eventsPerPersonMax
    for (const [place, { id, number }] of keys.entries()) {
      if (number >= firstKept && place >= tooMany) return
      book.removeEvent(id, number)
      this.counts.events++
    }
  }

  async #messages(book: Book, nowMs: number, wait: () => Promise<void>): Promise<void> {
    const oldestMs = nowMs - this.#config.messageDays * dayMs
    await this.#sweep(book, ['messages'], (takenAtMs) => takenAtMs < oldestMs, 'messages', wait)
  }

  /** Memberships that ended, and generations that nobody needs: replacements that were never whole. */
  async #members(
    book: Book,
    segment: string,
    nowMs: number,
    wait: () => Promise<void>,
  ): Promise<void> {
    const { generation, pending, applying } = readList(book, segment)
    const needed = [generation, pending?.generation, applying?.formerGeneration]
    for (const place of book.generationsOf(segment)) {
      const isNeeded = needed.includes(fromSortable(place))
      const isOver = (untilMs: number): boolean => !isNeeded || untilMs <= nowMs
      const isCounted = fromSortable(place) === generation
      await this.#sweep(book, ['members', segment, place], isOver, 'members', wait, (count) => {
        if (!isCounted) return
        const list = readList(book, segment)
        putList(book, segment, { ...list, memberCount: list.memberCount - count })
      })
    }
  }

  /** Removes entries whose value, a moment, is over. */
  async #sweep(
    book: Book,
    [table, ...parts]: readonly ['messages' | 'members', ...string[]],
    isOver: (atMs: number) => boolean,
    counted: keyof RetentionCounts,
    wait: () => Promise<void>,
    onRemoved: (count: number) => void = () => {},
  ): Promise<void> {
    let after = ''
    for (;;) {
      const over: string[] = []
      let seen = 0
      for (const { key, value } of book.after(table, after, stepSize, ...parts)) {
        seen++
        after = key
        if (isOver(value.readDoubleLE(0))) over.push(key)
      }
      if (over.length > 0)
        await this.#writer.change(
          book.shopId,
          (draft) =>
            draft.also(() => {
              for (const key of over) book.remove(table, ...parts, key)
              onRemoved(over.length)
            }),
          over.length,
        )
      this.counts[counted] += over.length
      if (seen < stepSize) return
      await wait()
    }
  }
}

function isUnseen({ slice, createdAtMs }: Person, unseenMs: number): boolean {
  return Math.max(slice.lastSeenAtMs, slice.consent?.atMs ?? 0, createdAtMs) < unseenMs
}
