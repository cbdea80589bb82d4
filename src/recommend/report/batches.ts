/** Many small changes, written in few transactions: while one is on its way to the disk, the next ones gather. */
import type { Clock } from '../../base/clock.js'
import type { ReportTables } from './tables.js'

interface Waiting {
  readonly change: () => unknown
  readonly done: (value: unknown) => void
  readonly failed: (error: unknown) => void
}

/** How long changes may hold up requests in one go; one that has begun is finished. Some hundred fit in. */
const workMsMax = 3

/** More changes wait than may. */
export class TooBusy extends Error {}

/** What goes along with every transaction. */
export interface EachBatch {
  /** The last one couldn't take all along: another one follows, whether or not changes wait. */
  readonly hasMore: boolean
  /** Within the transaction, before all else. */
  write(): void
  /** It is on disk. */
  written(): void
  /** Nothing of it was kept. */
  failed(): void
}

/**
 * A transaction takes all that waits by the time that it may write, as far as its time goes: a commit on a busy
 * disk takes a hundred times as long as a change, so those who wait together must share one.
 */
export class Batches {
  readonly #tables: ReportTables
  readonly #clock: Clock
  readonly #waitingMax: number
  readonly #each: EachBatch
  readonly #waiting: Waiting[] = []
  #working: Promise<void> | null = null

  constructor(tables: ReportTables, clock: Clock, waitingMax: number, each: EachBatch) {
    this.#tables = tables
    this.#clock = clock
    this.#waitingMax = waitingMax
    this.#each = each
  }

  get isFull(): boolean {
    return this.#waiting.length >= this.#waitingMax
  }

  /**
   * @param change may only use the tables; run once.
   * @returns what it returned, once that is on disk; rejects where nothing of it was kept. `TooBusy` at once.
   */
  run<T>(change: () => T): Promise<T> {
    if (this.isFull) return Promise.reject(new TooBusy('report: too many changes wait'))
    const done = new Promise<T>((resolve, reject) => {
      this.#waiting.push({ change, done: (value) => resolve(value as T), failed: reject })
    })
    this.#working ??= this.#work()
    return done
  }

  /** All that waits now has been written, or refused. */
  async idle(): Promise<void> {
    while (this.#working !== null) await this.#working
  }

  async #work(): Promise<void> {
    // Whatever else comes in this turn goes along.
    await Promise.resolve()
    let isWell = true
    while (this.#waiting.length > 0 || (isWell && this.#each.hasMore)) {
      // Taken from those that wait once they are begun.
      let batch: readonly Waiting[] = []
      try {
        const outcomes = await this.#tables.transaction(() => {
          this.#each.write()
          const run = this.#runWaiting()
          batch = this.#waiting.splice(0, run.length)
          return run
        })
        isWell = true
        this.#each.written()
        for (const [index, { done, failed }] of batch.entries()) {
          const outcome = outcomes[index]!
          if (outcome.ok) done(outcome.value)
          else failed(outcome.error)
        }
      } catch (error) {
        isWell = false
        this.#each.failed()
        // It never came to them: they would wait for a disk that may stay full.
        if (batch.length === 0) batch = this.#waiting.splice(0)
        for (const { failed } of batch) failed(error)
      }
    }
    this.#working = null
  }

  /** One at least, where any wait; in order. */
  #runWaiting(): Outcome[] {
    const untilMs = this.#clock.elapsedMs() + workMsMax
    const outcomes: Outcome[] = []
    for (const { change } of this.#waiting) {
      if (outcomes.length > 0 && this.#clock.elapsedMs() > untilMs) break
      outcomes.push(outcomeOf(change))
    }
    return outcomes
  }
}

type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown }

/** One that fails is a fault of its own: those that go along are written. */
function outcomeOf(change: () => unknown): Outcome {
  try {
    return { ok: true, value: change() }
  } catch (error) {
    return { ok: false, error }
  }
}
