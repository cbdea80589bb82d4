/** The only file here that knows LMDB. */
import { type Database, open, type RootDatabase } from 'lmdb'
import { ProfileCache } from './cache.js'
import type { ProfilesConfig } from './config.js'
import type { Profile } from './profile.js'
import { decodeProfile, withSlice } from './record.js'
import { ShopHandle } from './shop-handle.js'
import { hotSection } from './slice-codec.js'
import { ProfileStats } from './stats.js'
import type { ProfileStore, ShopSlices } from './store.js'
import { isUid } from './uid.js'
import type { SliceWrite } from './write.js'

/** Node's own reader and writer, which its types leave out: faster than those that take an encoding. */
type KeyBuffer = Buffer & {
  utf8Write(text: string, offset: number): number
  utf8Slice(start: number, end: number): string
}

/** Keys are their text's UTF-8, in its order. */
const keyEncoder = {
  writeKey(key: string, target: KeyBuffer, start: number): number {
    // What LMDB's binding catches to come back with more room; a key would be cut short otherwise.
    if (start + key.length * 3 > target.length) throw new RangeError('no room for the key')
    return start + target.utf8Write(key, start)
  },
  readKey(source: KeyBuffer, start: number, end: number): string {
    return source.utf8Slice(start, end)
  },
}

/**
 * The two tables of the store's own environment: `records` by uid for the bidder (see record.ts),
 * `slices` by uid, NUL and shop for the shops. Apart, because a read among few dense pages misses
 * the processor's caches less.
 */
export class ProfileTables {
  readonly #environment: RootDatabase<Buffer, string>
  readonly #records: Database<Buffer, string>
  readonly #slices: Database<Buffer, string>

  /** @param isSynced false leaves it to `sync` to make writes durable: after a crash all may be lost. */
  constructor(directory: string, mapBytes: number, isSynced: boolean) {
    this.#environment = open<Buffer, string>({
      path: directory,
      mapSize: mapBytes,
      noSubdir: false,
      // A commit is durable when it is seen: no waiting for a flush of its own.
      overlappingSync: false,
      noSync: !isSynced,
      maxDbs: 2,
    })
    const options = { encoding: 'binary', keyEncoder, cache: false } as const
    this.#records = this.#environment.openDB('records', options)
    this.#slices = this.#environment.openDB('slices', options)
  }

  /** @returns bytes that are overwritten by the next call of anything here. */
  record(uid: string): Buffer | undefined {
    return this.#records.getBinaryFast(uid)
  }

  /** As `record`. */
  slice(uid: string, shopId: string): Buffer | undefined {
    return this.#slices.getBinaryFast(`${uid}\0${shopId}`)
  }

  /** Changes both tables; called within a transaction. */
  apply({ uid, shopId, shopKey, encoded }: SliceWrite): void {
    const hot = encoded === null ? null : hotSection(encoded)
    const stamp = this.#environment.getWriteTxnId()
    const record = withSlice(this.record(uid) ?? null, shopKey, hot, stamp)
    if (record === null) this.#records.remove(uid)
    else this.#records.put(uid, record)
    if (encoded === null) this.#slices.remove(`${uid}\0${shopId}`)
    else this.#slices.put(`${uid}\0${shopId}`, encoded)
  }

  /** Runs `action` alone among all processes' writes; resolves when what it did is committed. */
  transaction(action: () => void): Promise<void> {
    return this.#environment.transaction(action)
  }

  /** The same at once, everything else waiting. */
  transactionSync(action: () => void): void {
    this.#environment.transactionSync(action)
  }

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

interface Waiting {
  readonly write: SliceWrite
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Profiles in a memory-mapped file that all processes of one machine read and write. */
export class LmdbProfileStore implements ProfileStore {
  readonly stats = new ProfileStats()
  readonly #tables: ProfileTables
  readonly #cache: ProfileCache | null
  readonly #writesWaitingMax: number
  #waiting: Waiting[] = []
  #writing: Promise<void> = Promise.resolve()
  #isClosed = false
  /** What the tables answer into, which is one buffer as long as no record is very large. */
  #bytes: Buffer | null = null
  #view: DataView = new DataView(new ArrayBuffer(0))

  /**
   * @param directory made where it isn't there.
   * @throws Error where it can't be opened.
   */
  constructor(directory: string, config: ProfilesConfig) {
    this.#tables = new ProfileTables(directory, config.mapBytes, true)
    this.#cache = config.profileCacheMax === 0 ? null : new ProfileCache(config.profileCacheMax)
    this.#writesWaitingMax = config.writesWaitingMax
  }

  read(uid: string): Profile | null {
    const { stats } = this
    stats.reads++
    if (!isUid(uid)) {
      stats.strangers++
      return null
    }
    // A closed environment must not be touched: its binding may take the process down.
    if (this.#isClosed) {
      stats.readErrors++
      return null
    }
    let record: Buffer | undefined
    try {
      record = this.#tables.record(uid)
    } catch {
      stats.readErrors++
      return null
    }
    if (record === undefined) {
      stats.strangers++
      return null
    }
    if (record !== this.#bytes) {
      this.#bytes = record
      this.#view = new DataView(record.buffer, record.byteOffset)
    }
    return this.#cache === null
      ? decodeProfile(this.#view, record.length, stats)
      : this.#cache.decode(uid, this.#view, record.length, stats)
  }

  forShop(shopId: string): ShopSlices {
    return new ShopHandle(
      shopId,
      {
        find: (uid, shop) => {
          if (this.#isClosed) throw new Error('profiles: the store is closed')
          const found = this.#tables.slice(uid, shop)
          return found === undefined ? null : found.subarray(0, found.length)
        },
        write: (write) => this.#write(write),
      },
      this.stats,
    )
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#writing
    await this.#tables.close()
  }

  #write(write: SliceWrite): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error('profiles: the store is closed'))
    if (this.#waiting.length >= this.#writesWaitingMax)
      return Promise.reject(new Error('profiles: too many writes are waiting'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject })
      if (this.#waiting.length === 1) this.#writing = this.#commit(this.#writing)
    })
  }

  /** Makes all writes that wait when their turn comes, in one transaction. */
  async #commit(former: Promise<void>): Promise<void> {
    await former
    let batch: Waiting[] = []
    const refused = new Map<Waiting, unknown>()
    const take = (): void => {
      batch = this.#waiting
      this.#waiting = []
    }
    try {
      await this.#tables.transaction(() => {
        take()
        for (const waiting of batch)
          try {
            this.#tables.apply(waiting.write)
          } catch (error) {
            refused.set(waiting, error)
          }
      })
      for (const waiting of batch)
        if (refused.has(waiting)) waiting.reject(refused.get(waiting))
        else waiting.resolve()
    } catch (error) {
      // Nothing of the batch was kept; what has come since then waits for a commit of its own.
      if (batch.length === 0) take()
      for (const waiting of batch) waiting.reject(error)
    }
  }
}
