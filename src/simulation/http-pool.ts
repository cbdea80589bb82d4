import type { Clock } from '../base/clock.js'
import type { HttpAnswer } from './http-answer.js'
import {
  type ConnectionOwner,
  type FailureReason,
  HttpConnection,
  type HttpTarget,
} from './http-connection.js'

export interface PoolOwner<Job> {
  onAnswer(connection: HttpConnection<Job>, answer: HttpAnswer): void
  onFailure(connection: HttpConnection<Job>, reason: FailureReason): void
  /** A connection has become free; `take` gives one until it returns null. */
  onFree(): void
}

export interface PoolOptions {
  readonly connectionCount: number
  /** After which a request is given up and its connection closed. */
  readonly answerTimeoutMs: number
  readonly clock: Clock
}

const sweepMs = 20
const reconnectMsMin = 10
const reconnectMsMax = 1_000

/**
 * A fixed number of connections to one server, each opened again when it closes.
 *
 * Free ones are handed out in turn, not the latest first: the connections of a server with several
 * processes are spread over them, and so is the load.
 */
export class HttpPool<Job> implements ConnectionOwner<Job> {
  readonly #owner: PoolOwner<Job>
  readonly #options: PoolOptions
  readonly #connections: HttpConnection<Job>[] = []
  /** Free connections in a ring; one that closed meanwhile is skipped when its turn comes. */
  readonly #free: (HttpConnection<Job> | null)[]
  #freeHead = 0
  #freeCount = 0
  #connectCount = 0
  #reconnectMs = reconnectMsMin
  #isClosed = false
  #sweep: NodeJS.Timeout | null = null
  #opening: { resolve(): void; reject(error: Error): void } | null = null

  constructor(target: HttpTarget, options: PoolOptions, owner: PoolOwner<Job>) {
    this.#owner = owner
    this.#options = options
    this.#free = new Array(options.connectionCount).fill(null)
    for (let i = 0; i < options.connectionCount; i++)
      this.#connections.push(new HttpConnection<Job>(target, this))
  }

  /** How often a connection had to be opened again. */
  get reconnectCount(): number {
    return Math.max(0, this.#connectCount - this.#connections.length)
  }

  /** Connects all; rejects with the first error if the server doesn't take them. */
  open(): Promise<void> {
    this.#sweep = setInterval(() => this.#giveUpSlow(), sweepMs)
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject }
      for (const connection of this.#connections) connection.connect()
    })
  }

  /** A free connection, which the caller has to send on before the next call; null where none is. */
  take(): HttpConnection<Job> | null {
    while (this.#freeCount > 0) {
      const connection = this.#free[this.#freeHead]!
      this.#free[this.#freeHead] = null
      this.#freeHead = (this.#freeHead + 1) % this.#free.length
      this.#freeCount--
      connection.isQueued = false
      if (connection.isIdle) return connection
    }
    return null
  }

  /** Closes everything; requests under way are dropped without a word. */
  close(): void {
    this.#isClosed = true
    if (this.#sweep !== null) clearInterval(this.#sweep)
    for (const connection of this.#connections) connection.destroy()
  }

  onConnected(connection: HttpConnection<Job>): void {
    this.#connectCount++
    this.#reconnectMs = reconnectMsMin
    this.#enqueue(connection)
    if (this.#opening !== null && this.#connectCount === this.#connections.length) {
      this.#opening.resolve()
      this.#opening = null
    }
    this.#owner.onFree()
  }

  onAnswer(connection: HttpConnection<Job>, answer: HttpAnswer): void {
    this.#owner.onAnswer(connection, answer)
    if (!connection.isIdle) return
    this.#enqueue(connection)
    this.#owner.onFree()
  }

  onFailure(connection: HttpConnection<Job>, reason: FailureReason): void {
    this.#owner.onFailure(connection, reason)
  }

  onClosed(connection: HttpConnection<Job>, error: Error | null): void {
    if (this.#isClosed) return
    if (this.#opening !== null) {
      this.#opening.reject(error ?? new Error('connection closed'))
      this.#opening = null
      this.close()
      return
    }
    // A server that is gone is asked again ever more slowly; one that closed an old connection, at once.
    const delayMs = error === null ? 0 : this.#reconnectMs
    if (error !== null) this.#reconnectMs = Math.min(this.#reconnectMs * 2, reconnectMsMax)
    setTimeout(() => {
      if (!this.#isClosed) connection.connect()
    }, delayMs)
  }

  #enqueue(connection: HttpConnection<Job>): void {
    if (connection.isQueued) return
    connection.isQueued = true
    this.#free[(this.#freeHead + this.#freeCount) % this.#free.length] = connection
    this.#freeCount++
  }

  #giveUpSlow(): void {
    const latestMs = this.#options.clock.elapsedMs() - this.#options.answerTimeoutMs
    for (const connection of this.#connections)
      if (connection.isBusy && connection.sentMs < latestMs) connection.abort('timed-out')
  }
}
