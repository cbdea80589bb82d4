import { assert } from '../base/assert.js'
import { LedgerStoreError } from './errors.js'
import type { TokenId } from './notice.js'
import type { CommitBatch, LedgerStore } from './store.js'
import { leaseRowAccounts } from './store.js'

/** Which parts of the books a batch writes, as they stand when its commit begins. */
export interface Touched {
  readonly tokens: ReadonlyMap<TokenId, number>
  readonly accounts: ReadonlySet<number>
  /** Incarnation → rows of its leases. */
  readonly leases: ReadonlyMap<number, ReadonlySet<number>>
  readonly isIncarnationTouched: boolean
}

/** One batch: what changed, who waits for it. */
class Gathering implements Touched {
  readonly tokens = new Map<TokenId, number>()
  readonly accounts = new Set<number>()
  readonly leases = new Map<number, Set<number>>()
  isIncarnationTouched = false
  /** Called when all this is on disk; kept for the next batch where it couldn't be written. */
  durable: (() => void)[] = []

  readonly done: Promise<void>
  resolve!: () => void
  reject!: (error: Error) => void

  constructor() {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // A batch may have nobody waiting for it; its failure is reported through `onFailure`.
    this.done.catch(() => {})
  }

  get isEmpty(): boolean {
    return (
      this.tokens.size === 0 &&
      this.accounts.size === 0 &&
      this.leases.size === 0 &&
      this.durable.length === 0 &&
      !this.isIncarnationTouched
    )
  }

  touchLease(incarnation: number, row: number): void {
    const rows = this.leases.get(incarnation)
    if (rows === undefined) this.leases.set(incarnation, new Set([row]))
    else rows.add(row)
  }
}

/**
 * Gets what changed onto the disk, many changes a commit.
 *
 * While one commit is under way the next batch gathers. A batch is written as the books stand when its commit
 * begins, so whatever order things came in, the disk always holds books that add up. A batch that fails
 * becomes a part of the next one: rows are whole and written anew, so writing one twice changes nothing.
 */
export class Journal {
  readonly #store: LedgerStore
  readonly #rowsOf: (touched: Touched) => CommitBatch
  readonly #onSuccess: () => void
  readonly #onFailure: (error: LedgerStoreError) => void
  #gathering = new Gathering()
  #inFlight: Gathering | null = null

  /** @param rowsOf copies what was touched out of the books. */
  constructor(parts: {
    readonly store: LedgerStore
    readonly rowsOf: (touched: Touched) => CommitBatch
    readonly onSuccess: () => void
    readonly onFailure: (error: LedgerStoreError) => void
  }) {
    this.#store = parts.store
    this.#rowsOf = parts.rowsOf
    this.#onSuccess = parts.onSuccess
    this.#onFailure = parts.onFailure
  }

  /** Tokens not yet known to be on disk. */
  get pendingTokenCount(): number {
    return this.#gathering.tokens.size + (this.#inFlight?.tokens.size ?? 0)
  }

  /** What is known of a token, on disk or on its way there. */
  tokenBits(token: TokenId): number {
    return (
      this.#gathering.tokens.get(token) ??
      this.#inFlight?.tokens.get(token) ??
      this.#store.tokenBits(token)
    )
  }

  /** When all that is known of this token is on disk. Rejects with a LedgerStoreError. */
  tokenSaved(token: TokenId): Promise<void> {
    if (this.#gathering.tokens.has(token)) return this.#gathering.done
    if (this.#inFlight?.tokens.has(token)) return this.#inFlight.done
    return Promise.resolve()
  }

  /** When everything touched so far is on disk. Rejects with a LedgerStoreError. */
  saved(): Promise<void> {
    if (!this.#gathering.isEmpty) return this.#gathering.done
    return this.#inFlight?.done ?? Promise.resolve()
  }

  setToken(token: TokenId, bits: number): void {
    this.#gathering.tokens.set(token, bits)
  }

  touchAccount(account: number): void {
    this.#gathering.accounts.add(account)
  }

  touchLease(incarnation: number, account: number): void {
    this.#gathering.touchLease(incarnation, Math.floor(account / leaseRowAccounts))
  }

  touchIncarnation(): void {
    this.#gathering.isIncarnationTouched = true
  }

  /** Calls back once what has been touched so far is on disk, however many attempts that takes. */
  whenDurable(callback: () => void): void {
    this.#gathering.durable.push(callback)
  }

  /** Begins a commit where there is something to write and none is under way. */
  start(): void {
    if (this.#inFlight !== null || this.#gathering.isEmpty) return
    const batch = this.#gathering
    this.#gathering = new Gathering()
    this.#inFlight = batch
    this.#store.commit(this.#rowsOf(batch)).then(
      () => this.#succeeded(batch),
      (error: unknown) => this.#failed(batch, error),
    )
  }

  /** Writes all there is, for the last time. Rejects with a LedgerStoreError. */
  async flush(): Promise<void> {
    // If that one fails, what was in it is tried once more.
    await this.#inFlight?.done.catch(() => {})
    this.start()
    await this.#inFlight?.done
  }

  #succeeded(batch: Gathering): void {
    assert(this.#inFlight === batch, 'journal: one commit at a time')
    this.#inFlight = null
    for (const callback of batch.durable) callback()
    batch.resolve()
    this.#onSuccess()
    this.start()
  }

  /** Not begun again at once: a disk that is full stays so for a while. The next change or tick does. */
  #failed(batch: Gathering, cause: unknown): void {
    assert(this.#inFlight === batch, 'journal: one commit at a time')
    this.#inFlight = null
    const next = this.#gathering
    for (const [token, bits] of batch.tokens)
      next.tokens.set(token, bits | (next.tokens.get(token) ?? 0))
    for (const account of batch.accounts) next.accounts.add(account)
    for (const [incarnation, rows] of batch.leases)
      for (const row of rows) next.touchLease(incarnation, row)
    next.isIncarnationTouched ||= batch.isIncarnationTouched
    next.durable = batch.durable.concat(next.durable)
    const error = new LedgerStoreError(cause)
    this.#onFailure(error)
    batch.reject(error)
  }
}
