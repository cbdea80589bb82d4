import type { Clock } from '../base/clock.js'
import type { LedgerConfig } from './config.js'
import {
  LedgerBusyError,
  LedgerClosedError,
  LedgerStoreError,
  LedgerTimeoutError,
} from './errors.js'
import type { FromWorker, LedgerPort, OutcomeBatch, ToWorker } from './messages.js'
import { OutcomeFault } from './messages.js'
import type { Notice, NoticeOutcome } from './notice.js'
import { assertNotice, noticeOutcomes } from './notice.js'
import type { Wallet } from './wallet.js'

interface Waiting {
  readonly sinceMs: number
  readonly resolve: (outcome: NoticeOutcome) => void
  readonly reject: (error: Error) => void
}

type LinkConfig = Pick<
  LedgerConfig,
  'noticeInFlightMax' | 'noticeTimeoutMs' | 'leaseFlushMs' | 'leaseIdleMs'
>

/**
 * A worker's end of the channel to the ledger: carries what its wallet wants and is told, and notices and
 * their outcomes. What is said in one turn of the event loop is sent as one message.
 */
export class LedgerLink {
  readonly #port: LedgerPort<ToWorker, FromWorker>
  readonly #wallet: Wallet
  readonly #clock: Clock
  readonly #config: LinkConfig
  /** By id, in the order in which they were sent: the first has waited longest. */
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 0
  #batch: Notice[] = []
  #idleAtMs: number
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  /** Notices refused because too many waited, and notices given up on. */
  busyCount = 0
  timeoutCount = 0

  constructor(parts: {
    readonly port: LedgerPort<ToWorker, FromWorker>
    readonly wallet: Wallet
    readonly clock: Clock
    readonly config: LinkConfig
  }) {
    this.#port = parts.port
    this.#wallet = parts.wallet
    this.#clock = parts.clock
    this.#config = parts.config
    this.#idleAtMs = this.#clock.elapsedMs() + this.#config.leaseIdleMs
    this.#port.onMessage((message) => {
      if (message.type === 'ledger.update') this.#wallet.apply(message)
      else this.#outcomes(message)
    })
  }

  /** Notices that wait for their outcome. */
  get inFlightCount(): number {
    return this.#waiting.size
  }

  /**
   * Brings a notice to the ledger.
   *
   * @returns its outcome, on disk. Rejects with a LedgerBusyError (not counted), a LedgerStoreError, a
   *   LedgerTimeoutError or a LedgerClosedError (it may have been counted: sent again, it is a duplicate).
   */
  notice(notice: Notice): Promise<NoticeOutcome> {
    assertNotice(notice)
    if (this.#isClosed) return Promise.reject(new LedgerClosedError())
    if (this.#waiting.size >= this.#config.noticeInFlightMax) {
      this.busyCount++
      return Promise.reject(new LedgerBusyError(this.#waiting.size))
    }
    if (this.#batch.length === 0) setImmediate(() => this.#sendBatch())
    this.#batch.push(notice)
    const sinceMs = this.#clock.elapsedMs()
    return new Promise((resolve, reject) => {
      this.#waiting.set(this.#nextId++, { sinceMs, resolve, reject })
    })
  }

  /** Sends what the wallet has to say and gives up on what has waited too long; to be called every `leaseFlushMs`. */
  tick(): void {
    if (this.#isClosed) return
    const nowMs = this.#clock.elapsedMs()
    if (nowMs >= this.#idleAtMs) {
      this.#idleAtMs = nowMs + this.#config.leaseIdleMs
      this.#wallet.giveIdle()
    }
    this.#sendReport()
    for (const [id, waiting] of this.#waiting) {
      const waitedMs = nowMs - waiting.sinceMs
      if (waitedMs < this.#config.noticeTimeoutMs) break
      this.#waiting.delete(id)
      this.timeoutCount++
      waiting.reject(new LedgerTimeoutError(waitedMs))
    }
  }

  start(): void {
    this.#timer ??= setInterval(() => this.tick(), this.#config.leaseFlushMs)
  }

  /** No more bids: gives back all that isn't reserved, now and as bids end. Notices still go through. */
  giveAll(): void {
    this.#wallet.stop()
    this.#sendReport()
  }

  /** The channel is gone, or the worker is: whoever waits hears of it. */
  close(): void {
    this.#isClosed = true
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#batch = []
    for (const waiting of this.#waiting.values()) waiting.reject(new LedgerClosedError())
    this.#waiting.clear()
  }

  #sendReport(): void {
    const report = this.#wallet.report()
    if (report !== null) this.#port.send(report)
  }

  #sendBatch(): void {
    const notices = this.#batch
    if (notices.length === 0) return
    this.#batch = []
    this.#port.send({ type: 'ledger.notices', firstId: this.#nextId - notices.length, notices })
  }

  #outcomes(batch: OutcomeBatch): void {
    for (let i = 0; i < batch.ids.length; i++) {
      const id = batch.ids[i]!
      const waiting = this.#waiting.get(id)
      // Given up on in the meantime.
      if (waiting === undefined) continue
      this.#waiting.delete(id)
      const outcome = noticeOutcomes[batch.outcomes[i]!]
      if (outcome !== undefined) waiting.resolve(outcome)
      else if (batch.outcomes[i] === OutcomeFault.Busy)
        waiting.reject(new LedgerBusyError(this.#waiting.size))
      else waiting.reject(new LedgerStoreError('the commit failed'))
    }
  }
}
