import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import { assert } from '../base/assert.js'
import { LedgerTakenError } from './errors.js'
import type { TokenId } from './notice.js'
import type { AccountRow, CommitBatch, LeaseRow, LedgerStore, StoredLedger } from './store.js'
import { leaseRowAccounts } from './store.js'

/** Tokens forgotten in one transaction: some ten milliseconds that a commit may have to wait. */
const pruneCountMax = 10_000

/** One byte for each set of bits, kept: a put only points at its value until the transaction is written. */
const bitsBytes = Array.from({ length: 256 }, (_, bits) => Buffer.from([bits]))

/** An AccountRow in JSON, which has no BigInt. */
interface StoredAccount
  extends Omit<
    AccountRow,
    'budgetTotalNanos' | 'budgetDailyNanos' | 'postedTotalNanos' | 'postedTodayNanos' | 'paidNanos'
  > {
  readonly budgetTotalNanos: string | null
  readonly budgetDailyNanos: string | null
  readonly postedTotalNanos: string
  readonly postedTodayNanos: string
  readonly paidNanos: Readonly<Record<string, string>>
}

/**
 * Keeps the ledger in an LMDB environment of its own.
 *
 *     tokens    16 bytes of the token → 1 byte of bits; in order of their issue, so the oldest lie together
 *     accounts  number → StoredAccount
 *     leases    incarnation, row (both u32, big-endian) → 256 float64, little-endian
 *     meta      'owner', 'incarnation', 'prunedBeforeSeconds'
 *
 * Each batch is one transaction. `overlappingSync` is off: then LMDB writes the pages, syncs them, and writes
 * the new root through a descriptor opened with O_DSYNC, all before the promise resolves; so a batch is either
 * whole on disk and known to be, or the root still points at the books before it. `eventTurnBatching` is off,
 * as it makes a promise of its own that nobody can catch: a full disk would stop the process.
 *
 * Whoever opens the store becomes its owner, and each transaction is on condition that it still is: a process
 * that was thought dead can't write its old books over new ones.
 */
export class LmdbStore implements LedgerStore {
  readonly #root: RootDatabase
  readonly #tokens: Database<Buffer, Buffer>
  readonly #accounts: Database<StoredAccount, number>
  readonly #leases: Database<Buffer, Buffer>
  /** Versions of 'owner' count the openings. */
  readonly #meta: Database<number, string>
  readonly #ownerVersion: number
  #isClosed = false

  /** @param path a directory, made where it is missing. Rejects where it can't be read or written. */
  static async open(path: string): Promise<LmdbStore> {
    mkdirSync(path, { recursive: true })
    const root = open({
      path,
      overlappingSync: false,
      eventTurnBatching: false,
      noSubdir: false,
      maxDbs: 8,
    })
    try {
      const meta = root.openDB<number, string>({
        name: 'meta',
        encoding: 'json',
        useVersions: true,
      })
      const version = (meta.getEntry('owner')?.version ?? 0) + 1
      await meta.put('owner', process.pid, version)
      syncDirectory(path)
      syncDirectory(dirname(resolve(path)))
      return new LmdbStore(root, meta, version)
    } catch (error) {
      await root.close()
      throw await causeOf(error)
    }
  }

  private constructor(root: RootDatabase, meta: Database<number, string>, ownerVersion: number) {
    this.#root = root
    this.#meta = meta
    this.#ownerVersion = ownerVersion
    this.#tokens = root.openDB({ name: 'tokens', keyEncoding: 'binary', encoding: 'binary' })
    this.#accounts = root.openDB({ name: 'accounts', keyEncoding: 'uint32', encoding: 'json' })
    this.#leases = root.openDB({ name: 'leases', keyEncoding: 'binary', encoding: 'binary' })
  }

  load(): StoredLedger {
    return {
      accounts: Array.from(this.#accounts.getRange(), ({ value }) => fromStored(value)),
      leases: Array.from(this.#leases.getRange(), ({ key, value }) => leaseRowOf(key, value)),
      incarnation: this.#meta.get('incarnation') ?? 0,
      prunedBeforeSeconds: this.#meta.get('prunedBeforeSeconds') ?? 0,
    }
  }

  tokenBits(token: TokenId): number {
    return this.#tokens.get(Buffer.from(token, 'latin1'))?.[0] ?? 0
  }

  commit(batch: CommitBatch): Promise<void> {
    return this.#write(() => {
      for (const [token, bits] of batch.tokens)
        this.#tokens.put(Buffer.from(token, 'latin1'), bitsBytes[bits]!)
      for (const row of batch.accounts) this.#accounts.put(row.account, toStored(row))
      for (const row of batch.leases) {
        const key = leaseKey(row)
        if (row.heldNanos === null) this.#leases.remove(key)
        else this.#leases.put(key, bytesOf(row.heldNanos))
      }
      if (batch.incarnation !== null) this.#meta.put('incarnation', batch.incarnation)
    })
  }

  async prune(beforeSeconds: number): Promise<number> {
    const end = Buffer.alloc(4)
    end.writeUInt32BE(Math.max(beforeSeconds, 0))
    const keys = Array.from(this.#tokens.getKeys({ end, limit: pruneCountMax }))
    await this.#write(() => {
      this.#meta.put('prunedBeforeSeconds', beforeSeconds)
      for (const key of keys) this.#tokens.remove(key)
    })
    return keys.length
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#root.close()
  }

  /** Runs the puts and removes of one transaction. */
  async #write(operations: () => void): Promise<void> {
    if (this.#isClosed) throw new Error('closed')
    let isOwner: boolean
    try {
      isOwner = await this.#meta.ifVersion('owner', this.#ownerVersion, operations)
    } catch (error) {
      throw await causeOf(error)
    }
    if (!isOwner) throw new LedgerTakenError()
  }
}

/** A failed commit's error says why in a promise of its own, which must be awaited or it stops the process. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error
  try {
    await error.commitError
    return error
  } catch (cause) {
    return cause
  }
}

/** A file that was just made is only there after a power cut if its directory was synced, too. */
function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function leaseKey(row: LeaseRow): Buffer {
  const key = Buffer.alloc(8)
  key.writeUInt32BE(row.incarnation, 0)
  key.writeUInt32BE(row.row, 4)
  return key
}

function leaseRowOf(key: Buffer, value: Buffer): LeaseRow {
  const heldNanos = new Float64Array(leaseRowAccounts)
  const bytes = bytesOf(heldNanos)
  assert(value.length === bytes.length, 'ledger store: length of a row of leases')
  value.copy(bytes)
  return { incarnation: key.readUInt32BE(0), row: key.readUInt32BE(4), heldNanos }
}

const bytesOf = (floats: Float64Array): Buffer =>
  Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength)

function toStored(row: AccountRow): StoredAccount {
  return {
    ...row,
    budgetTotalNanos: row.budgetTotalNanos?.toString() ?? null,
    budgetDailyNanos: row.budgetDailyNanos?.toString() ?? null,
    postedTotalNanos: row.postedTotalNanos.toString(),
    postedTodayNanos: row.postedTodayNanos.toString(),
    paidNanos: mapValues(row.paidNanos, (nanos) => nanos.toString()),
  }
}

function fromStored(stored: StoredAccount): AccountRow {
  const { budgetTotalNanos, budgetDailyNanos } = stored
  return {
    ...stored,
    budgetTotalNanos: budgetTotalNanos === null ? null : BigInt(budgetTotalNanos),
    budgetDailyNanos: budgetDailyNanos === null ? null : BigInt(budgetDailyNanos),
    postedTotalNanos: BigInt(stored.postedTotalNanos),
    postedTodayNanos: BigInt(stored.postedTodayNanos),
    paidNanos: mapValues(stored.paidNanos, BigInt),
  }
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  of: (value: A) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value)]))
}
