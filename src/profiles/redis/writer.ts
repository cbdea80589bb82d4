import { hotSection } from '../slice-codec.js'
import type { SliceWrite } from '../write.js'
import type { RedisConfig } from './config.js'
import type { Keys } from './keys.js'
import { putScript, removeScript } from './scripts.js'

/** What is needed of the connection. */
export interface ScriptRunner {
  write(script: string, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<void>
  together(send: () => void): void
}

interface Caller {
  readonly sinceMs: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** One shop's slice of one person on its way: at most one write of it is sent at a time. */
class Job {
  /** What is sent or to be sent; and who waits for it. */
  write: SliceWrite
  callers: Caller[]
  /** What was asked for after that was sent. */
  next: SliceWrite | null = null
  nextCallers: Caller[] = []
  isSent = false

  constructor(write: SliceWrite, caller: Caller) {
    this.write = write
    this.callers = [caller]
  }

  /** A newer write takes the place of one that hasn't been sent. */
  replace(write: SliceWrite, caller: Caller): void {
    if (this.isSent) {
      this.next = write
      this.nextCallers.push(caller)
    } else {
      this.write = write
      this.callers.push(caller)
    }
  }

  /** What waited behind the write that has just been answered is up now. */
  advance(): void {
    this.isSent = false
    if (this.next === null) return
    this.write = this.next
    this.callers.push(...this.nextCallers)
    this.next = null
    this.nextCallers = []
  }
}

const retryMinMs = 20
const retryMaxMs = 500

/**
 * Writes slices in order, each of them until Redis has it or its time is up. Of writes to one slice
 * that pile up only the newest is sent, so however long Redis is away, what waits is bounded by how
 * many people there are, and old never overwrites new.
 */
export class RedisWriter {
  readonly #runner: ScriptRunner
  readonly #keys: Keys
  readonly #config: RedisConfig
  readonly #waitingMax: number
  readonly #onKept: (uid: string) => void
  readonly #jobs = new Map<string, Job>()
  #queue: Job[] = []
  #failed: Job[] = []
  #callerCount = 0
  #sentCount = 0
  #isScheduled = false
  #retryMs = 0
  #retryTimer: NodeJS.Timeout | null = null
  #isClosed = false
  #onIdle: () => void = () => {}

  /** @param onKept called before whoever asked is told. */
  constructor(
    runner: ScriptRunner,
    keys: Keys,
    config: RedisConfig,
    waitingMax: number,
    onKept: (uid: string) => void,
  ) {
    this.#runner = runner
    this.#keys = keys
    this.#config = config
    this.#waitingMax = waitingMax
    this.#onKept = onKept
  }

  write(write: SliceWrite): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw new Error('profiles: the store is closed')
      if (this.#callerCount >= this.#waitingMax)
        throw new Error('profiles: too many writes are waiting')
      this.#callerCount++
      const caller: Caller = { sinceMs: performance.now(), resolve, reject }
      const name = nameOf(write)
      const job = this.#jobs.get(name)
      if (job !== undefined) job.replace(write, caller)
      else {
        const first = new Job(write, caller)
        this.#jobs.set(name, first)
        this.#enqueue(first)
      }
    })
  }

  /** Takes no more; resolves once all that was asked for is kept or given up. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#jobs.size > 0)
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve
      })
  }

  #enqueue(job: Job): void {
    this.#queue.push(job)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#send()
    })
  }

  #send(): void {
    const room = this.#config.writesInFlightMax - this.#sentCount
    if (room <= 0 || this.#queue.length === 0) return
    const batch = this.#queue.slice(0, room)
    this.#queue = this.#queue.slice(room)
    this.#sentCount += batch.length
    this.#runner.together(() => {
      for (const job of batch) {
        job.isSent = true
        this.#run(job.write).then(
          () => this.#kept(job),
          (error: Error) => this.#notKept(job, error),
        )
      }
    })
  }

  #run({ uid, shopId, encoded }: SliceWrite): Promise<void> {
    const keys = [this.#keys.profile(uid), this.#keys.slices(uid)]
    if (encoded === null) return this.#runner.write(removeScript, keys, [shopId])
    return this.#runner.write(putScript, keys, [shopId, hotSection(encoded), encoded])
  }

  #kept(job: Job): void {
    this.#answered()
    this.#retryMs = 0
    this.#onKept(job.write.uid)
    const { callers } = job
    job.callers = []
    const hasMore = job.next !== null
    job.advance()
    if (hasMore) this.#enqueue(job)
    else this.#jobs.delete(nameOf(job.write))
    this.#callerCount -= callers.length
    for (const caller of callers) caller.resolve()
    this.#checkIdle()
  }

  #notKept(job: Job, error: Error): void {
    this.#answered()
    // It may have been kept all the same, and only the answer got lost.
    this.#onKept(job.write.uid)
    job.advance()
    const giveUpMs = performance.now() - this.#config.writeRetryMs
    const late = job.callers.filter((caller) => caller.sinceMs <= giveUpMs)
    job.callers = job.callers.filter((caller) => caller.sinceMs > giveUpMs)
    if (job.callers.length > 0) this.#retryLater(job)
    else this.#jobs.delete(nameOf(job.write))
    this.#callerCount -= late.length
    for (const caller of late) caller.reject(new Error(`profiles: not kept: ${error.message}`))
    this.#checkIdle()
  }

  #answered(): void {
    this.#sentCount--
    if (this.#queue.length > 0) this.#schedule()
  }

  /** All that failed is tried again together, each time after a longer pause. */
  #retryLater(job: Job): void {
    this.#failed.push(job)
    if (this.#retryTimer !== null) return
    this.#retryMs = Math.min(Math.max(this.#retryMs * 2, retryMinMs), retryMaxMs)
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = null
      this.#queue.push(...this.#failed)
      this.#failed = []
      this.#send()
    }, this.#retryMs)
  }

  #checkIdle(): void {
    if (this.#isClosed && this.#jobs.size === 0) this.#onIdle()
  }
}

const nameOf = ({ uid, shopId }: SliceWrite): string => `${uid}\0${shopId}`
