import type { Clock } from '../base/clock.js'
import type { Books } from './books.js'
import type { DraftCounts, ShopSegments, Taken } from './draft.js'
import { Draft } from './draft.js'
import type { Event } from './event.js'

export type { Taken } from './draft.js'

/** Takes what shops tell of people. */
export interface Intake {
  /**
   * @param events of one shop, in the order in which they are to count.
   * @returns what became of each, once all of it is on disk.
   * @throws Error where nothing of it was kept, or too much is waiting (`BusyError`).
   */
  take(shopId: string, events: readonly Event[]): Promise<readonly Taken[]>
}

/** So much waits to be written that more is refused. */
export class BusyError extends Error {}

export interface WriterOptions {
  readonly books: Books
  readonly clock: Clock
  segmentsOf(shopId: string): ShopSegments
  /**
   * These people are different now, and it is on disk.
   *
   * @param isUrgent it was they who did something, or they are few, and not a whole list's or segment's.
   */
  onChanged(shopId: string, personIds: ReadonlySet<string>, isUrgent: boolean): void
  /** Events, or other changes, that wait: more are refused. */
  readonly waitingMax: number
}

interface Job {
  readonly shopId: string
  readonly size: number
  readonly isUrgent: boolean
  readonly change: (draft: Draft) => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Events, or other changes, in one transaction: a few milliseconds' work. */
const sizePerTransaction = 1_000
/** Changes of more than so many people at once come of lists and rules, and can wait for whoever is there now. */
const urgentSizeMax = 100

/**
 * The one hand that writes in the books. What comes close together shares a transaction, and so one
 * wait for the disk; each change is whole or not at all, whatever becomes of those beside it.
 */
export class Writer implements Intake {
  readonly counts: DraftCounts = { joins: 0, apart: 0, identifiersFull: 0 }
  readonly #options: WriterOptions
  #waiting: Job[] = []
  #waitingSize = 0
  #writing: Promise<void> | null = null

  constructor(options: WriterOptions) {
    this.#options = options
  }

  take(shopId: string, events: readonly Event[]): Promise<readonly Taken[]> {
    const change = (draft: Draft): Taken[] => events.map((event) => draft.take(event))
    return this.#enqueue(shopId, change, events.length, true)
  }

  /**
   * Runs `change` on the shop's people, and writes what it did.
   * @returns what it returned, once all is on disk; rejects with what it threw, nothing kept.
   */
  change<T>(shopId: string, change: (draft: Draft) => T, size = 1): Promise<T> {
    return this.#enqueue(shopId, change, size, size <= urgentSizeMax)
  }

  #enqueue<T>(
    shopId: string,
    change: (draft: Draft) => T,
    size: number,
    isUrgent: boolean,
  ): Promise<T> {
    if (this.#waitingSize + size > this.#options.waitingMax && this.#waitingSize > 0)
      return Promise.reject(new BusyError('people: too much is waiting to be written'))
    return new Promise<T>((resolve, reject) => {
      const settle = resolve as (value: unknown) => void
      this.#waiting.push({ shopId, size, isUrgent, change, resolve: settle, reject })
      this.#waitingSize += size
      this.#writing ??= this.#writeAll()
    })
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    // What is asked for in this turn of the event loop is written together.
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) await this.#write(this.#next())
    this.#writing = null
  }

  #next(): readonly Job[] {
    let count = 0
    for (let size = 0; count < this.#waiting.length && size < sizePerTransaction; count++)
      size += this.#waiting[count]!.size
    const jobs = this.#waiting.slice(0, count)
    this.#waiting = this.#waiting.slice(count)
    return jobs
  }

  async #write(jobs: readonly Job[]): Promise<void> {
    const { books } = this.#options
    const done: (() => void)[] = []
    try {
      await books.transaction(() => {
        for (const job of jobs) this.#do(job, done)
      })
      for (const tell of done) tell()
    } catch (error) {
      for (const { reject } of jobs) reject(error)
    } finally {
      for (const { size } of jobs) this.#waitingSize -= size
    }
  }

  /** A change that throws is given up by itself; one that can't be written takes all with it. */
  #do({ shopId, isUrgent, change, resolve, reject }: Job, done: (() => void)[]): void {
    const { books, clock, segmentsOf, onChanged } = this.#options
    const draft = new Draft(books.forShop(shopId), {
      nowMs: clock.nowMs(),
      segments: segmentsOf(shopId),
      nextNumber: () => books.nextNumber(),
      counts: this.counts,
    })
    let outcome: unknown
    try {
      outcome = change(draft)
    } catch (error) {
      done.push(() => reject(error))
      return
    }
    const changed = draft.write()
    done.push(() => {
      resolve(outcome)
      if (changed.size > 0) onChanged(shopId, changed, isUrgent)
    })
  }
}
