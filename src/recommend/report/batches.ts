/** Many small changes, written in few transactions: while one is on its way to the disk, the next ones gather. */
import type { ReportTables } from './tables.js'

interface Waiting {
  readonly cost: number
  readonly change: () => unknown
  readonly done: (value: unknown) => void
  readonly failed: (error: unknown) => void
}

/** Cost of what runs in one go, and so holds up requests: a millisecond or two. */
const costPerTransactionMax = 40

/** More changes wait than may. */
export class TooBusy extends Error {}

/** What goes along with every transaction. */
export interface EachBatch {
  /** Within the transaction, before all else. */
  write(): void
  /** It is on disk. */
  written(): void
  /** Nothing of it was kept. */
  failed(): void
}

export class Batches {
  readonly #tables: ReportTables
  readonly #waitingMax: number
  readonly #each: EachBatch
  readonly #waiting: Waiting[] = []
  #working: Promise<void> | null = null

  constructor(tables: ReportTables, waitingMax: number, each: EachBatch) {
    this.#tables = tables
    this.#waitingMax = waitingMax
    this.#each = each
  }

  get isFull(): boolean {
    return this.#waiting.length >= this.#waitingMax
  }

  /**
   * @param change may only use the tables; run once.
   * @param cost   about how many entries it changes.
   * @returns what it returned, once that is on disk; rejects where nothing of it was kept. `TooBusy` at once.
   */
  run<T>(change: () => T, cost = 1): Promise<T> {
    if (this.isFull) return Promise.reject(new TooBusy('report: too many changes wait'))
    const done = new Promise<T>((resolve, reject) => {
      this.#waiting.push({ cost, change, done: (value) => resolve(value as T), failed: reject })
    })
    this.#working ??= this.#work()
    return done
  }

  /** All that waits now has been written, or refused. */
  async idle(): Promise<void> {
    while (this.#working !== null) await this.#working
  }

  /** At least one. */
  #takeBatch(): readonly Waiting[] {
    let cost = 0
    let count = 0
    for (const it of this.#waiting) {
      if (count > 0 && cost + it.cost > costPerTransactionMax) break
      cost += it.cost
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #work(): Promise<void> {
    // Whatever else comes in this turn goes along.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch()
      try {
        const outcomes = await this.#tables.transaction(() => {
          this.#each.write()
          return batch.map(({ change }) => outcomeOf(change))
        })
        this.#each.written()
        for (const [index, { done, failed }] of batch.entries()) {
          const outcome = outcomes[index]!
          if (outcome.ok) done(outcome.value)
          else failed(outcome.error)
        }
      } catch (error) {
        this.#each.failed()
        for (const { failed } of batch) failed(error)
      }
    }
    this.#working = null
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
