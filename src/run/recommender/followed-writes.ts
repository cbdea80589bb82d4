import { type Log, Throttled } from '../../base/log.js'

export interface FollowedWritesOptions {
  readonly log: Log
  /** After a write that failed. */
  readonly retryMs: number
}

/** Written together at most. */
const atOnceMax = 500
/** More wait only while the disk fails: whoever follows the books stops before. */
const waitingMax = 2_000
/** Most that wait for a disk that fails; the rest is told anew after a restart. */
const keptMax = 100_000

/**
 * What events and ends change in the report, in their order: one that fails is tried again before those after it,
 * as whoever was to be forgotten must be. Each may be written twice.
 */
export class FollowedWrites {
  readonly #options: FollowedWritesOptions
  readonly #complaints = new Throttled()
  readonly #waiting: (() => Promise<void>)[] = []
  #working: Promise<void> | null = null
  #isFailing = false
  #isIncomplete = false
  #isClosed = false
  #wake: () => void = () => {}

  constructor(options: FollowedWritesOptions) {
    this.#options = options
  }

  /** No more should be added for now. Not so while the disk fails: recommendations go on without it. */
  get isFull(): boolean {
    return !this.#isFailing && this.#waiting.length >= waitingMax
  }

  /** All that was ever added is on disk. */
  get isDone(): boolean {
    return this.#working === null && !this.#isIncomplete
  }

  add(write: () => Promise<void>): void {
    if (this.#waiting.length >= keptMax) {
      this.#isIncomplete = true
      return
    }
    this.#waiting.push(write)
    this.#working ??= this.#work()
  }

  /** Writes what waits, unless the disk fails. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#wake()
    await this.#working
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0 && !(this.#isClosed && this.#isFailing)) {
      const batch = this.#waiting.slice(0, atOnceMax)
      const outcomes = await Promise.allSettled(batch.map((write) => write()))
      const failed = outcomes.find(({ status }) => status === 'rejected')
      this.#isFailing = failed !== undefined
      if (failed === undefined) this.#waiting.splice(0, batch.length)
      else await this.#rest((failed as PromiseRejectedResult).reason)
    }
    if (this.#waiting.length > 0) this.#isIncomplete = true
    this.#working = null
  }

  async #rest(error: unknown): Promise<void> {
    const { log, retryMs } = this.#options
    const count = this.#waiting.length
    if (this.#complaints.due(performance.now()) >= 0)
      log.error({ err: error, count }, 'recommend: what came of answers is not kept yet')
    if (this.#isClosed) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, retryMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
