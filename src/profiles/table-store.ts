import { keyOf } from '../base/key.js'
import { ProfileCache } from './cache.js'
import type { ProfilesConfig } from './config.js'
import { KnownUids } from './known-uids.js'
import type { Profile } from './profile.js'
import { decodeProfile } from './record.js'
import { ShopHandle } from './shop-handle.js'
import { ProfileStats } from './stats.js'
import type { ShopSlices, WholeStore } from './store.js'
import { applyWrite, type ProfileTables } from './tables.js'
import { isUid } from './uid.js'
import type { SliceWrite, StoredSlice } from './write.js'

interface Waiting {
  readonly write: SliceWrite
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** A profile store over tables of any kind: what to ask them, and when. */
export class TableProfileStore implements WholeStore {
  readonly stats = new ProfileStats()
  readonly #tables: ProfileTables
  readonly #known: KnownUids
  readonly #cache: ProfileCache | null
  readonly #writesWaitingMax: number
  #waiting: Waiting[] = []
  #writing: Promise<void> = Promise.resolve()
  #isClosed = false
  /** What the tables answer into, one and the same as a rule, and a view of it. */
  #bytes: Buffer | null = null
  #view: DataView = new DataView(new ArrayBuffer(0))

  /** @param tables closed with the store. */
  constructor(tables: ProfileTables, config: ProfilesConfig) {
    this.#tables = tables
    this.#known = new KnownUids(tables, this.stats)
    this.#cache =
      config.profileCacheMax === 0 ? null : new ProfileCache(config.profileCacheMax, this.stats)
    this.#writesWaitingMax = config.writesWaitingMax
  }

  read(uid: string): Profile | null {
    const { stats } = this
    stats.reads++
    if (this.#isClosed) {
      stats.readErrors++
      return null
    }
    if (!isUid(uid) || !this.#known.mayKnow(uid)) {
      stats.strangers++
      stats.strangersUnasked++
      return null
    }
    const record = this.#find(uid)
    if (record === null) return null
    if (record !== this.#bytes) {
      this.#bytes = record
      this.#view = new DataView(record.buffer, record.byteOffset)
    }
    return this.#cache === null
      ? decodeProfile(this.#view, record.length, stats)
      : this.#cache.decode(uid, this.#view, record.length)
  }

  forShop(shopId: string): ShopSlices {
    const find = (uid: string, shop: string): Buffer | null => {
      this.#assertOpen()
      return this.#tables.slice(uid, shop) ?? null
    }
    return new ShopHandle(shopId, { find, write: (write) => this.write(write) }, this.stats)
  }

  write(write: SliceWrite): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#assertOpen()
      if (this.#waiting.length >= this.#writesWaitingMax)
        throw new Error('profiles: too many writes are waiting')
      this.#waiting.push({ write, resolve, reject })
      if (this.#waiting.length === 1) this.#writing = this.#commit(this.#writing)
    })
  }

  /** There is nobody to wait for. */
  async ready(): Promise<void> {}

  async *slices(): AsyncGenerator<StoredSlice> {
    this.#assertOpen()
    yield* this.#tables.slices()
  }

  async encoded(uid: string, shopId: string): Promise<Buffer | null> {
    this.#assertOpen()
    const found = this.#tables.slice(uid, shopId)
    // What the tables answer into is theirs, and may be longer than what it says it is.
    return found === undefined ? null : Buffer.from(found.subarray(0, found.length))
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#known.close()
    await this.#writing
    await this.#tables.close()
  }

  #find(uid: string): Buffer | null {
    const { stats } = this
    try {
      const record = this.#tables.record(uid)
      if (record !== undefined) return record
      stats.strangers++
    } catch {
      stats.readErrors++
    }
    return null
  }

  /** Closed tables must not be touched: what is under them may take the process down. */
  #assertOpen(): void {
    if (this.#isClosed) throw new Error('profiles: the store is closed')
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
            if (applyWrite(this.#tables, waiting.write))
              this.#tables.addNewcomer(keyOf(waiting.write.uid))
          } catch (error) {
            refused.set(waiting, error)
          }
      })
      this.#known.catchUp()
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
