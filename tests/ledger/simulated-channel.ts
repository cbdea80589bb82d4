import type { ManualClock } from '../../src/base/clock.js'
import type { LedgerPort } from '../../src/ledger/messages.js'

/** One direction: delivers in order, each message after some time of its own, as a socket would. */
class Direction<Message> {
  readonly queue: { readonly dueMs: number; readonly message: Message }[] = []
  #callback: ((message: Message) => void) | null = null
  #lastDueMs = 0
  sentCount = 0

  send(message: Message, dueMs: number): void {
    this.sentCount++
    this.#lastDueMs = Math.max(this.#lastDueMs, dueMs)
    // Between processes messages are copied.
    this.queue.push({ dueMs: this.#lastDueMs, message: structuredClone(message) })
  }

  listen(callback: (message: Message) => void): void {
    this.#callback = callback
  }

  deliver(nowMs: number, countMax = Number.POSITIVE_INFINITY): void {
    for (let i = 0; i < countMax && this.queue.length > 0 && this.queue[0]!.dueMs <= nowMs; i++)
      this.#callback?.(this.queue.shift()!.message)
  }
}

/** A worker's channel to the ledger, with delays drawn by the test. */
export class SimulatedChannel<FromWorker, ToWorker> {
  readonly up = new Direction<FromWorker>()
  readonly down = new Direction<ToWorker>()
  readonly workerPort: LedgerPort<ToWorker, FromWorker>
  readonly ledgerPort: LedgerPort<FromWorker, ToWorker>

  constructor(clock: ManualClock, delayMs: () => number) {
    this.workerPort = {
      send: (message) => this.up.send(message, clock.nowMs() + delayMs()),
      onMessage: (callback) => this.down.listen(callback),
    }
    this.ledgerPort = {
      send: (message) => this.down.send(message, clock.nowMs() + delayMs()),
      onMessage: (callback) => this.up.listen(callback),
    }
  }

  deliver(nowMs: number): void {
    this.up.deliver(nowMs)
    this.down.deliver(nowMs)
  }
}
