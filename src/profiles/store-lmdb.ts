/** The only file here that knows LMDB. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import type { ProfilesConfig } from './config.js'
import { TableProfileStore } from './table-store.js'
import type { ProfileTables } from './tables.js'
import type { StoredSlice } from './write.js'

/** Node's own reader and writer, which its types leave out: faster than those that take an encoding. */
type KeyBuffer = Buffer & {
  utf8Write(text: string, offset: number): number
  utf8Slice(start: number, end: number): string
}

/** Keys are their text's UTF-8. */
const keyEncoder = {
  writeKey(key: string, target: KeyBuffer, start: number): number {
    // Caught by the binding, which comes back with more room; the key would be cut short otherwise.
    if (start + key.length * 3 > target.length) throw new RangeError('no room for the key')
    return start + target.utf8Write(key, start)
  },
  readKey(source: KeyBuffer, start: number, end: number): string {
    return source.utf8Slice(start, end)
  },
}

/** How many newcomers are kept; a process that is further behind looks through all uids. */
export const newcomersKept = 65_536

/**
 * The tables of one environment: `records` by uid, `slices` by uid, NUL and shop, and `newcomers`,
 * a ring: how many there were at 0, the key of the n-th at 1 + n mod `newcomersKept`.
 *
 * Records lie apart from slices, as a read among few dense pages misses the processor's caches less.
 */
export class LmdbTables implements ProfileTables {
  readonly #environment: RootDatabase<Buffer, string>
  readonly #records: Database<Buffer, string>
  readonly #slices: Database<Buffer, string>
  readonly #newcomers: Database<Buffer, number>

  /**
   * @param isSynced false leaves it to `sync` to make writes durable: a crash may lose all before.
   * @throws Error where the directory can't be used, or what is in it is no store.
   */
  constructor(directory: string, mapBytes: number, isSynced: boolean) {
    refuseOtherFile(join(directory, 'data.mdb'))
    this.#environment = open<Buffer, string>({
      path: directory,
      mapSize: mapBytes,
      noSubdir: false,
      // A commit is durable by the time it is seen, without a flush that follows later.
      overlappingSync: false,
      noSync: !isSynced,
      // It would make a promise of its own that nobody can catch: a full disk would stop the process.
      eventTurnBatching: false,
      maxDbs: 3,
    })
    const texts = { encoding: 'binary', keyEncoder, cache: false } as const
    const numbers = { encoding: 'binary', keyEncoding: 'uint32', cache: false } as const
    this.#records = this.#environment.openDB('records', texts)
    this.#slices = this.#environment.openDB('slices', texts)
    this.#newcomers = this.#environment.openDB<Buffer, number>('newcomers', numbers)
  }

  record(uid: string): Buffer | undefined {
    return this.#records.getBinaryFast(uid)
  }

  slice(uid: string, shopId: string): Buffer | undefined {
    return this.#slices.getBinaryFast(`${uid}\0${shopId}`)
  }

  *slices(): Generator<StoredSlice> {
    // Without a start the binding begins at a key of its own, which is no text.
    for (const { key, value } of this.#slices.getRange({ start: ' ' })) {
      const end = key.indexOf('\0')
      yield { uid: key.slice(0, end), shopId: key.slice(end + 1), encoded: value }
    }
  }

  newcomerCount(): number {
    return this.#newcomers.getBinaryFast(0)?.readDoubleLE(0) ?? 0
  }

  newcomer(index: number): number {
    if (index < this.newcomerCount() - newcomersKept) return Number.NaN
    return this.#newcomers.getBinaryFast(1 + (index % newcomersKept))?.readDoubleLE(0) ?? Number.NaN
  }

  uidCount(): number {
    return (this.#records.getStats() as { entryCount: number }).entryCount
  }

  uids(): Iterator<string> {
    // Without a start the binding begins at a key of its own, which is no text.
    return this.#records.getKeys({ start: ' ' })[Symbol.iterator]()
  }

  async transaction(action: () => void): Promise<void> {
    try {
      await this.#environment.transaction(action)
    } catch (error) {
      throw new Error(`profiles: not kept: ${await causeOf(error)}`, { cause: error })
    }
  }

  /** As `transaction`, at once, everything else in this process waiting. */
  transactionSync(action: () => void): void {
    this.#environment.transactionSync(action)
  }

  stamp(): number {
    return this.#environment.getWriteTxnId()
  }

  putRecord(uid: string, record: Buffer | null): void {
    if (record === null) this.#records.remove(uid)
    else this.#records.put(uid, record)
  }

  putSlice(uid: string, shopId: string, slice: Buffer | null): void {
    if (slice === null) this.#slices.remove(`${uid}\0${shopId}`)
    else this.#slices.put(`${uid}\0${shopId}`, slice)
  }

  addNewcomer(key: number): void {
    const count = this.newcomerCount()
    this.#newcomers.put(1 + (count % newcomersKept), double(key))
    this.#newcomers.put(0, double(count + 1))
  }

  /** Makes all commits so far durable. */
  sync(): Promise<void> {
    const environment = this.#environment as unknown as {
      sync(done: (error?: Error) => void): void
    }
    return new Promise((resolve, reject) =>
      environment.sync((error) => (error ? reject(error) : resolve())),
    )
  }

  close(): Promise<void> {
    return this.#environment.close()
  }
}

/** Profiles in a memory-mapped file that all processes of one machine read and write. */
export class LmdbProfileStore extends TableProfileStore {
  /**
   * @param directory the store's own; made where it isn't there.
   * @throws Error where it can't be opened.
   */
  constructor(directory: string, config: ProfilesConfig) {
    super(new LmdbTables(directory, config.mapBytes, true), config)
  }
}

/** The binding would take the process down over a file that isn't LMDB's. */
function refuseOtherFile(path: string): void {
  if (!existsSync(path)) return
  const head = Buffer.alloc(28)
  const file = openSync(path, 'r')
  const length = readSync(file, head)
  closeSync(file)
  if (length > 0 && head.readUInt32LE(24) !== 0xbeefc0de)
    throw new Error(`${path}: is no profile store, or a damaged one`)
}

/** Why a commit failed, which the error has as a promise; unawaited, it would stop the process. */
async function causeOf(error: unknown): Promise<string> {
  try {
    if (error instanceof Error && 'commitError' in error) await error.commitError
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
  return error instanceof Error ? error.message : String(error)
}

function double(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeDoubleLE(value)
  return bytes
}
