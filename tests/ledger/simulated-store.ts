import type { CommitBatch, LedgerStore, StoredLedger } from '../../src/ledger/store.js'
import { type MemoryDisk, MemoryStore } from '../../src/ledger/store-memory.js'

/** A store whose commits end when, and as, the test says: written, refused, or refused though written. */
export class SimulatedStore implements LedgerStore {
  readonly #inner: MemoryStore
  /** Called with each batch that has reached the disk. */
  readonly #onWritten: (batch: CommitBatch) => void
  #underWay: { batch: CommitBatch; resolve: () => void; reject: (error: Error) => void } | null =
    null

  constructor(disk: MemoryDisk, onWritten: (batch: CommitBatch) => void = () => {}) {
    this.#inner = new MemoryStore(disk)
    this.#onWritten = onWritten
  }

  get isCommitting(): boolean {
    return this.#underWay !== null
  }

  load(): StoredLedger {
    return this.#inner.load()
  }

  tokenBits(token: string): number {
    return this.#inner.tokenBits(token)
  }

  commit(batch: CommitBatch): Promise<void> {
    if (this.#underWay !== null) throw new Error('a commit was begun while one is under way')
    return new Promise((resolve, reject) => {
      this.#underWay = { batch, resolve, reject }
    })
  }

  async succeed(): Promise<void> {
    const commit = this.#underWay
    if (commit === null) return
    await this.#write(commit.batch)
    this.#underWay = null
    commit.resolve()
  }

  /** @param isWritten the disk took it all the same: only saying so went wrong. */
  async fail(isWritten: boolean): Promise<void> {
    const commit = this.#underWay
    if (commit === null) return
    if (isWritten) await this.#write(commit.batch)
    this.#underWay = null
    commit.reject(new Error('disk full'))
  }

  /** The process dies: what is under way may or may not have reached the disk; nobody hears of it. */
  async crash(isWritten: boolean): Promise<void> {
    if (this.#underWay !== null && isWritten) await this.#write(this.#underWay.batch)
    this.#underWay = null
  }

  prune(beforeSeconds: number): Promise<number> {
    return this.#inner.prune(beforeSeconds)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  async #write(batch: CommitBatch): Promise<void> {
    await this.#inner.commit(batch)
    this.#onWritten(batch)
  }
}
