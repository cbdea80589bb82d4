import type { Worker } from 'node:cluster'
import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import type { Log } from '../base/log.js'
import { forRequests } from './kept-process.js'
import type { ExchangesChanged, FromBidder, ToBidder, WorkerStart } from './messages.js'

const restartMinMs = 100
const restartMaxMs = 10_000
/** A worker that has lived this long is sound: the next restart is quick again. */
const soundAfterMs = 60_000

/** One life of one worker. */
export interface BidderWorker {
  readonly incarnation: number
  readonly name: string
  send(message: ToBidder): void
}

export interface PoolOptions {
  readonly workerCount: number
  readonly start: Omit<WorkerStart, 'type' | 'name' | 'incarnation'>
  readonly log: Log
  /** A number that no worker had before. */
  readonly nextIncarnation: () => Promise<number>
  readonly onStart: (worker: BidderWorker) => void
  readonly onMessage: (
    worker: BidderWorker,
    message: Exclude<FromBidder, { type: 'hello' }>,
  ) => void
  /** @param wasAsked the worker was told to stop. */
  readonly onEnd: (worker: BidderWorker, wasAsked: boolean) => void
}

/**
 * Keeps bidder workers alive: they share one port, and one that dies is started again, each time
 * after twice the delay.
 */
export class WorkerPool {
  readonly #options: PoolOptions
  readonly #workers = new Map<Worker, BidderWorker>()
  /** What has become of the exchanges that workers are started with; null: nothing. */
  #exchanges: ExchangesChanged | null = null
  #isStopping = false

  constructor(options: PoolOptions) {
    this.#options = options
    cluster.setupPrimary({
      exec: fileURLToPath(new URL('../bidder.js', import.meta.url)),
      args: [],
      execArgv: [...process.execArgv, ...forRequests],
      serialization: 'advanced',
    })
  }

  get workers(): Iterable<BidderWorker> {
    return this.#workers.values()
  }

  async start(): Promise<void> {
    for (let number = 1; number <= this.#options.workerCount; number++)
      await this.#fork(number, restartMinMs)
  }

  /** Tells all workers, and those that are started later. */
  useExchanges(change: ExchangesChanged): void {
    this.#exchanges = change
    for (const worker of this.#workers.values()) worker.send(change)
  }

  /** Tells all to finish what they have; those that don't in time are killed. */
  async stop(timeoutMs: number): Promise<void> {
    this.#isStopping = true
    const gone = [...this.#workers.keys()].map(
      (worker) => new Promise<void>((resolve) => worker.once('exit', () => resolve())),
    )
    for (const worker of this.#workers.values()) worker.send({ type: 'drain' })
    const timer = setTimeout(() => {
      for (const [worker, { name }] of this.#workers) {
        this.#options.log.warn({ worker: name }, 'did not stop in time and is killed')
        worker.process.kill('SIGKILL')
      }
    }, timeoutMs)
    await Promise.all(gone)
    clearTimeout(timer)
  }

  async #fork(number: number, restartMs: number): Promise<void> {
    const incarnation = await this.#options.nextIncarnation()
    if (this.#isStopping) return
    const process = cluster.fork()
    const startedMs = performance.now()
    const worker: BidderWorker = {
      incarnation,
      name: `bidder-${number}`,
      // A worker that has just died takes no messages; its end is dealt with where that is noticed.
      send: (message) => {
        if (process.isConnected()) process.send(message, undefined, () => {})
      },
    }
    this.#workers.set(process, worker)
    process.on('message', (message: FromBidder) => {
      if (message.type === 'hello') this.#begin(worker)
      else this.#options.onMessage(worker, message)
    })
    process.once('exit', (code, signal) => {
      this.#workers.delete(process)
      this.#options.onEnd(worker, this.#isStopping)
      if (this.#isStopping) return
      const wasSound = performance.now() - startedMs > soundAfterMs
      const delayMs = wasSound ? restartMinMs : restartMs
      this.#options.log.error({ worker: worker.name, code, signal, delayMs }, 'worker died')
      this.#restart(number, delayMs)
    })
  }

  /** Only a worker that listens can be told anything: what is said before that is lost. */
  #begin(worker: BidderWorker): void {
    const { name, incarnation } = worker
    const { start, onStart } = this.#options
    worker.send({ type: 'start', name, incarnation, ...start })
    if (this.#exchanges !== null) worker.send(this.#exchanges)
    onStart(worker)
  }

  #restart(number: number, delayMs: number): void {
    const nextMs = Math.min(delayMs * 2, restartMaxMs)
    setTimeout(() => {
      this.#fork(number, nextMs).catch((error: unknown) => {
        this.#options.log.error({ err: error, worker: number }, 'worker could not be started')
        if (!this.#isStopping) this.#restart(number, nextMs)
      })
    }, delayMs)
  }
}
