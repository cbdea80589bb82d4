import type { Log } from '../../base/log.js'
import { Throttled } from '../../base/log.js'
import type { ProfilesConfig } from '../config.js'
import type { ProfileFetch } from '../fetch.js'
import type { Profile } from '../profile.js'
import { ShopHandle } from '../shop-handle.js'
import { ProfileStats } from '../stats.js'
import type { Pending, ShopSlices, WholeStore } from '../store.js'
import type { SliceWrite, StoredSlice } from '../write.js'
import type { RedisAddress } from './address.js'
import { RedisConnection } from './connection.js'
import { Keys } from './keys.js'
import { RedisReader } from './reader.js'
import { RedisWriter } from './writer.js'

/** Profiles that machines share. What each process remembers of them is kept the newest by Redis. */
export class RedisProfileStore implements WholeStore {
  readonly stats = new ProfileStats()
  readonly #keys: Keys
  readonly #connection: RedisConnection
  readonly #reader: RedisReader
  readonly #writer: RedisWriter
  readonly #complaints = new Throttled()
  #isClosed = false

  /** Connects in the background, and again whenever the connection is lost. */
  constructor(address: RedisAddress, config: ProfilesConfig, log: Log) {
    const { redis } = config
    this.#keys = new Keys(redis.keyPrefix)
    this.#connection = new RedisConnection(address, redis, this.#keys.profilePrefix, {
      changed: (key) => {
        this.stats.changesTold++
        this.#reader.changed(this.#keys.uidOf(key))
      },
      missed: () => this.#reader.forget(),
      failed: (reason) => this.#complain(log, address.shown, reason),
    })
    this.#reader = new RedisReader(this.#connection, this.#keys, redis, this.stats)
    const onKept = (uid: string): void => this.#reader.changed(uid)
    const { writesWaitingMax } = config
    this.#writer = new RedisWriter(this.#connection, this.#keys, redis, writesWaitingMax, onKept)
  }

  read(uid: string): Profile | null | Pending {
    return this.#reader.read(uid)
  }

  fetch(fetch: ProfileFetch): void {
    this.#reader.fetch(fetch)
  }

  forShop(shopId: string): ShopSlices {
    const find = (uid: string, shop: string): Promise<Buffer | null> => this.encoded(uid, shop)
    return new ShopHandle(shopId, { find, write: (write) => this.write(write) }, this.stats)
  }

  ready(): Promise<void> {
    return this.#connection.ready()
  }

  write(write: SliceWrite): Promise<void> {
    return this.#writer.write(write)
  }

  async encoded(uid: string, shopId: string): Promise<Buffer | null> {
    if (this.#isClosed) throw new Error('profiles: the store is closed')
    return this.#connection.field(this.#keys.slices(uid), shopId)
  }

  async *slices(): AsyncGenerator<StoredSlice> {
    for await (const keys of this.#connection.keys(this.#keys.slicePrefix)) {
      const hashes: Promise<readonly Buffer[]>[] = []
      this.#connection.together(() => {
        for (const key of keys) hashes.push(this.#connection.hash(key))
      })
      for (const [i, fields] of (await Promise.all(hashes)).entries()) {
        const uid = this.#keys.uidOf(keys[i]!)
        for (let at = 0; at + 1 < fields.length; at += 2)
          yield { uid, shopId: fields[at]!.toString(), encoded: fields[at + 1]! }
      }
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#reader.close()
    await this.#writer.close()
    this.#connection.close()
  }

  /** A server that is away fails very many times. */
  #complain(log: Log, store: string, reason: string): void {
    if (this.#isClosed) return
    const held = this.#complaints.due(performance.now())
    if (held >= 0) log.error({ store, reason, held }, 'profiles: Redis fails')
  }
}
