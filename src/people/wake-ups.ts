import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { hourMs } from './book.js'
import type { Books } from './books.js'
import type { Draft } from './draft.js'
import type { Writer } from './intake.js'
import { dueAtMsOf } from './person.js'
import { TimerWheel } from './rules/timer-wheel.js'
import { keyFrom, sortable } from './tables.js'

export interface WakeUpOptions {
  readonly books: Books
  readonly writer: Writer
  readonly clock: Clock
  readonly log: Log
}

const tickMs = 250
/** People who are due within the hour; of more, the rest wait for the next. */
const timerCountMax = 2_000_000
const peoplePerChange = 500
/** People read before others get their turn. */
const loadMax = 2_000
const retryMs = 5_000

/**
 * Looks at people again when time alone may have changed what segments they are in: half an hour after
 * a cart was left, say.
 *
 * Who is due in which hour stands in the books. The hour under way, and what is overdue, is held in a
 * timer wheel, to which changes of people are told.
 */
export class WakeUps {
  readonly #options: WakeUpOptions
  readonly #wheel: TimerWheel
  readonly #timer: NodeJS.Timeout
  /** All who are due before this are in the wheel. */
  #loadedUntilMs = 0
  #isBusy = false
  #running: Promise<void> = Promise.resolve()
  /** Looks that didn't fit into the wheel. */
  fullCount = 0

  constructor(options: WakeUpOptions) {
    this.#options = options
    this.#wheel = new TimerWheel({
      startMs: options.clock.nowMs(),
      tickMs,
      countMax: timerCountMax,
    })
    this.#timer = setInterval(() => this.tick(), tickMs)
  }

  get waitingCount(): number {
    return this.#wheel.count
  }

  /** These people are different now: they may be due at another moment. */
  changed(shopId: string, personIds: Iterable<string>): void {
    const { tables } = this.#options.books
    for (const id of personIds) {
      const key = keyFrom(shopId, id)
      const bytes = tables.get('people', key)
      const dueAtMs = bytes === undefined ? Infinity : dueAtMsOf(bytes)
      if (dueAtMs < this.#loadedUntilMs) this.#set(key, dueAtMs)
      else this.#wheel.cancel(key)
    }
  }

  /** Looks at whoever is due, unless the last look isn't over yet. */
  tick(): Promise<void> {
    if (this.#isBusy) return this.#running
    this.#isBusy = true
    this.#running = this.#look()
      .catch((error: unknown) =>
        this.#options.log.error({ err: error }, 'people: those who are due could not be looked at'),
      )
      .finally(() => {
        this.#isBusy = false
      })
    return this.#running
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  async #look(): Promise<void> {
    const nowMs = this.#options.clock.nowMs()
    if (nowMs >= this.#loadedUntilMs) await this.#load(nowMs)
    const dueByShop = new Map<string, string[]>()
    this.#wheel.advance(nowMs, (key) => {
      const [shopId = '', personId = ''] = key.split('\0')
      const due = dueByShop.get(shopId)
      if (due === undefined) dueByShop.set(shopId, [personId])
      else due.push(personId)
    })
    for (const [shopId, ids] of dueByShop)
      for (let from = 0; from < ids.length; from += peoplePerChange)
        await this.#lookAgain(shopId, ids.slice(from, from + peoplePerChange))
  }

  /** Written as they are, their segments are worked out anew. */
  async #lookAgain(shopId: string, ids: readonly string[]): Promise<void> {
    const { writer, clock } = this.#options
    const look = (draft: Draft): void => {
      for (const id of ids) {
        const person = draft.person(id)
        if (person !== null) draft.set(person)
      }
    }
    try {
      await writer.change(shopId, look, ids.length)
    } catch (error) {
      // They stay due: a disk that is full now has room later.
      for (const id of ids) this.#set(keyFrom(shopId, id), clock.nowMs() + retryMs)
      throw error
    }
  }

  /** A million may be due in an hour: they are read some at a time. */
  async #load(nowMs: number): Promise<void> {
    const { tables } = this.#options.books
    const end = Math.floor(nowMs / hourMs) + 1
    // First, so that whoever changes meanwhile gets a timer too.
    this.#loadedUntilMs = end * hourMs
    let from = ' '
    try {
      for (;;) {
        const keys = Array.from(tables.range('due', from, sortable(end), loadMax), ({ key }) => key)
        for (const key of keys) this.#loadOne(key.slice(key.indexOf('\0') + 1))
        if (keys.length < loadMax) return
        from = `${keys.at(-1)}\0`
        await new Promise(setImmediate)
      }
    } catch (error) {
      this.#loadedUntilMs = 0
      throw error
    }
  }

  #loadOne(person: string): void {
    const bytes = this.#options.books.tables.get('people', person)
    if (bytes !== undefined) this.#set(person, dueAtMsOf(bytes))
  }

  #set(key: string, dueAtMs: number): void {
    if (!this.#wheel.set(key, dueAtMs)) this.fullCount++
  }
}
