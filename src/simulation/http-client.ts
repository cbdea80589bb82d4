import type { ByteWriter } from '../base/byte-writer.js'
import { type Clock, systemClock } from '../base/clock.js'
import type { HttpAnswer } from './http-answer.js'
import type { FailureReason, HttpConnection, HttpTarget } from './http-connection.js'
import { HttpPool, type PoolOwner } from './http-pool.js'
import { LatencyHistogram } from './latency-histogram.js'

/** What is sent, and who hears of the answers. Request numbers count from 0 in each run. */
export interface Load {
  /** Writes request `index`, head and body, to `output`, which is empty. Called in order. */
  write(index: number, output: ByteWriter): void
  /** @param answer valid until this returns. @param latencyMs since the request was due. */
  onAnswer?(index: number, answer: HttpAnswer, latencyMs: number): void
  onFailure?(index: number, reason: FailureReason): void
}

export interface LoadOptions {
  readonly connectionCount: number
  /** After which an answer isn't waited for any more. Default 5,000. */
  readonly answerTimeoutMs?: number
  readonly clock?: Clock
}

/** What one run counted. Latencies are in microseconds. */
export interface LoadResult {
  readonly sentCount: number
  /** Were due, but no connection came free before the run was given up. */
  readonly unsentCount: number
  readonly answeredCount: number
  readonly countByStatus: ReadonlyMap<number, number>
  readonly failures: Readonly<Record<FailureReason, number>>
  readonly reconnectCount: number
  /** From the instant at which the request was due: free of coordinated omission. */
  readonly latency: LatencyHistogram
  /** From the instant at which it was written: the server's part alone. */
  readonly serviceTime: LatencyHistogram
  /** Requests sent a second, from the first to the last. */
  readonly achievedRate: number
  /** From the first request's due time to the last answer. */
  readonly elapsedMs: number
}

interface Run {
  readonly load: Load
  /** Requests that are to be sent; `Infinity` until a closed loop's time is over. */
  count: number
  readonly startMs: number
  /** Between two requests' due times; 0 in a closed loop, where each is due when it can be sent. */
  readonly msPerRequest: number
  nextIndex: number
  doneCount: number
  answeredCount: number
  lastSentMs: number
  lastAnswerMs: number
  readonly countByStatus: Map<number, number>
  readonly failures: Record<FailureReason, number>
  readonly latency: LatencyHistogram
  readonly serviceTime: LatencyHistogram
  finish(): void
}

/** Before the first request is due, so that it isn't late by the time that it takes to begin. */
const leadInMs = 5
const answerTimeoutMsDefault = 5_000
/** How often an open loop looks whether it is over while nothing is due. */
const tickMsMax = 50

/** The last request's own turn belongs to the time that sending took. */
const rateOf = (run: Run): number =>
  (run.nextIndex * 1_000) / Math.max(run.lastSentMs - run.startMs + run.msPerRequest, 1)

const dueMs = (run: Run, index: number): number => run.startMs + index * run.msPerRequest

/**
 * Loads one server over connections that are kept alive, either at a constant arrival rate (open
 * loop: what happens to the server's users) or as fast as answers come (closed loop: what the
 * server can do at most). One run at a time.
 */
export class LoadClient implements PoolOwner<number> {
  readonly #pool: HttpPool<number>
  readonly #clock: Clock
  readonly #answerTimeoutMs: number
  #run: Run | null = null

  constructor(target: HttpTarget, options: LoadOptions) {
    this.#clock = options.clock ?? systemClock
    this.#answerTimeoutMs = options.answerTimeoutMs ?? answerTimeoutMsDefault
    this.#pool = new HttpPool(
      target,
      {
        connectionCount: options.connectionCount,
        answerTimeoutMs: this.#answerTimeoutMs,
        clock: this.#clock,
      },
      this,
    )
  }

  /** Opens all connections; rejects where the server can't be reached. */
  open(): Promise<void> {
    return this.#pool.open()
  }

  close(): void {
    this.#pool.close()
  }

  /**
   * Sends `count` requests, number i being due at start + i / `ratePerSecond`, whatever became of
   * those before. One that finds no free connection waits, in order, and its waiting counts.
   *
   * Due requests are sent when a timer of 1 ms comes round or an answer arrives, so that about a
   * millisecond of `latency` is the client's own; `serviceTime` is without it.
   *
   * @param plan.spins   meets due times to some microseconds instead, by keeping a core busy.
   * @param plan.signal  ends the sending early; what is under way is still waited for.
   */
  runOpenLoop(
    load: Load,
    plan: {
      readonly ratePerSecond: number
      readonly count: number
      readonly spins?: boolean
      readonly signal?: AbortSignal | undefined
    },
  ): Promise<LoadResult> {
    return this.#start(load, 1_000 / plan.ratePerSecond, plan.count, (run) => {
      const stop = (): void => {
        run.count = run.nextIndex
        this.#finishIfDone(run)
      }
      plan.signal?.addEventListener('abort', stop)
      const tick = (): void => {
        if (this.#run !== run) {
          plan.signal?.removeEventListener('abort', stop)
          return
        }
        this.#sendDue(run)
        // A server that stopped answering doesn't hold the run for ever.
        const nowMs = this.#clock.elapsedMs()
        if (nowMs > dueMs(run, run.count) + this.#answerTimeoutMs) stop()
        const waitMs = dueMs(run, run.nextIndex) - nowMs
        if (plan.spins === true && waitMs < 2) setImmediate(tick)
        else setTimeout(tick, Math.max(1, Math.min(waitMs - 1, tickMsMax)))
      }
      tick()
    })
  }

  /** Keeps every connection busy for `seconds`: an answer is followed by the next request at once. */
  runClosedLoop(load: Load, plan: { readonly seconds: number }): Promise<LoadResult> {
    return this.#start(load, 0, Infinity, (run) => {
      setTimeout(() => {
        run.count = run.nextIndex
        this.#finishIfDone(run)
      }, plan.seconds * 1_000)
      this.#sendDue(run)
    })
  }

  /**
   * Sends `count` requests, at least one, each as soon as a connection is free, and waits for all answers.
   * A server that has been silent for twice the time that an answer may take is given up.
   */
  runThrough(load: Load, plan: { readonly count: number }): Promise<LoadResult> {
    return this.#start(load, 0, plan.count, (run) => {
      const watch = setInterval(() => {
        if (this.#run !== run) clearInterval(watch)
        else if (this.#clock.elapsedMs() > run.lastAnswerMs + 2 * this.#answerTimeoutMs) {
          run.count = run.nextIndex
          this.#finishIfDone(run)
        }
      }, tickMsMax)
      this.#sendDue(run)
    })
  }

  onFree(): void {
    if (this.#run !== null) this.#sendDue(this.#run)
  }

  onAnswer(connection: HttpConnection<number>, answer: HttpAnswer): void {
    const run = this.#run
    if (run === null) return
    const nowMs = this.#clock.elapsedMs()
    const latencyMs = nowMs - connection.dueMs
    run.latency.record(latencyMs * 1_000)
    run.serviceTime.record((nowMs - connection.sentMs) * 1_000)
    run.countByStatus.set(answer.status, (run.countByStatus.get(answer.status) ?? 0) + 1)
    run.answeredCount++
    run.lastAnswerMs = nowMs
    run.load.onAnswer?.(connection.job!, answer, latencyMs)
    run.doneCount++
    this.#finishIfDone(run)
  }

  onFailure(connection: HttpConnection<number>, reason: FailureReason): void {
    const run = this.#run
    if (run === null) return
    run.failures[reason]++
    run.load.onFailure?.(connection.job!, reason)
    run.doneCount++
    this.#finishIfDone(run)
  }

  #start(
    load: Load,
    msPerRequest: number,
    count: number,
    begin: (run: Run) => void,
  ): Promise<LoadResult> {
    if (this.#run !== null) throw new Error('a run is under way')
    const startMs = this.#clock.elapsedMs() + (msPerRequest === 0 ? 0 : leadInMs)
    const reconnectsBefore = this.#pool.reconnectCount
    return new Promise((resolve) => {
      const run: Run = {
        load,
        count,
        msPerRequest,
        startMs,
        nextIndex: 0,
        doneCount: 0,
        answeredCount: 0,
        lastSentMs: startMs,
        lastAnswerMs: startMs,
        countByStatus: new Map(),
        failures: { closed: 0, 'timed-out': 0, broken: 0 },
        latency: new LatencyHistogram(),
        serviceTime: new LatencyHistogram(),
        finish: () => {
          this.#run = null
          resolve({
            sentCount: run.nextIndex,
            unsentCount: Number.isFinite(count) ? count - run.nextIndex : 0,
            answeredCount: run.answeredCount,
            countByStatus: run.countByStatus,
            failures: run.failures,
            reconnectCount: this.#pool.reconnectCount - reconnectsBefore,
            latency: run.latency,
            serviceTime: run.serviceTime,
            achievedRate: rateOf(run),
            elapsedMs: run.lastAnswerMs - startMs,
          })
        },
      }
      this.#run = run
      begin(run)
    })
  }

  /** The queue of waiting requests is only `nextIndex`: when each was due can be worked out. */
  #sendDue(run: Run): void {
    while (run.nextIndex < run.count) {
      const nowMs = this.#clock.elapsedMs()
      const requestDueMs = run.msPerRequest === 0 ? nowMs : dueMs(run, run.nextIndex)
      if (requestDueMs > nowMs) return
      const connection = this.#pool.take()
      if (connection === null) return
      connection.dueMs = requestDueMs
      connection.sentMs = nowMs
      run.lastSentMs = nowMs
      connection.output.reset()
      const index = run.nextIndex++
      run.load.write(index, connection.output)
      connection.send(index)
    }
  }

  #finishIfDone(run: Run): void {
    if (this.#run === run && run.doneCount >= run.count && run.nextIndex >= run.count) run.finish()
  }
}
