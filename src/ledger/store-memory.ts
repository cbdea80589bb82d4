import type { TokenId } from './notice.js'
import { issuedSecondsOf } from './notice.js'
import type { AccountRow, CommitBatch, LeaseRow, LedgerStore, StoredLedger } from './store.js'

/** What a MemoryStore keeps: opened again on the same one, it finds everything. For tests and trials. */
export class MemoryDisk {
  readonly tokens = new Map<TokenId, number>()
  readonly accounts = new Map<number, AccountRow>()
  /** By `incarnation/row`. */
  readonly leases = new Map<string, LeaseRow>()
  incarnation = 0
  prunedBeforeSeconds = 0
}

const pruneCountMax = 10_000

/** Keeps the ledger in memory: as durable as the process is. */
export class MemoryStore implements LedgerStore {
  readonly #disk: MemoryDisk
  #isClosed = false

  constructor(disk = new MemoryDisk()) {
    this.#disk = disk
  }

  load(): StoredLedger {
    return {
      accounts: [...this.#disk.accounts.values()],
      leases: [...this.#disk.leases.values()],
      incarnation: this.#disk.incarnation,
      prunedBeforeSeconds: this.#disk.prunedBeforeSeconds,
    }
  }

  tokenBits(token: TokenId): number {
    return this.#disk.tokens.get(token) ?? 0
  }

  async commit(batch: CommitBatch): Promise<void> {
    if (this.#isClosed) throw new Error('closed')
    for (const [token, bits] of batch.tokens) this.#disk.tokens.set(token, bits)
    for (const row of batch.accounts) this.#disk.accounts.set(row.account, row)
    for (const row of batch.leases) {
      const key = `${row.incarnation}/${row.row}`
      if (row.heldNanos === null) this.#disk.leases.delete(key)
      else this.#disk.leases.set(key, row)
    }
    if (batch.incarnation !== null) this.#disk.incarnation = batch.incarnation
  }

  async prune(beforeSeconds: number): Promise<number> {
    if (this.#isClosed) throw new Error('closed')
    this.#disk.prunedBeforeSeconds = beforeSeconds
    let count = 0
    for (const token of this.#disk.tokens.keys()) {
      if (issuedSecondsOf(token) >= beforeSeconds) continue
      this.#disk.tokens.delete(token)
      if (++count === pruneCountMax) break
    }
    return count
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }
}
