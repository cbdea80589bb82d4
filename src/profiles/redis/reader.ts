import { keyOf } from '../../base/key.js'
import { CoherentCache } from '../cache.js'
import type { ProfileFetch } from '../fetch.js'
import { Profile } from '../profile.js'
import type { BidSlice } from '../slice.js'
import { decodeForBid } from '../slice-codec.js'
import type { ProfileStats } from '../stats.js'
import { type Pending, pending } from '../store.js'
import { isUid } from '../uid.js'
import type { RedisConfig } from './config.js'
import type { Keys } from './keys.js'

/** What is needed of the connection. */
export interface HashSource {
  readonly isUp: boolean
  readonly isWatched: boolean
  hash(key: string): Promise<readonly Buffer[]>
  together(send: () => void): void
}

/** One read on its way, and all who wait for it. */
interface Flight {
  readonly uid: string
  /** What was remembered then has been forgotten since, where this isn't the reader's any more. */
  readonly generation: number
  /** The profile was changed while it was read: what comes may be what it was before. */
  isStale: boolean
  readonly waiting: { readonly fetch: ProfileFetch; readonly index: number }[]
}

/**
 * Reads profiles: from memory where they are there, else from Redis, those asked for in one turn of the
 * event loop together.
 *
 * What is in memory is always the newest, because Redis tells of each change (see watched-server.ts).
 * An answer and the news that it is out of date come over different connections and may overtake each
 * other, so an answer is remembered only if, from the moment it was asked for until it came,
 *
 *     - nobody told that this profile was changed (`isStale`),
 *     - changes were told without a gap, over the same connections (`generation`), and
 *     - every server that answers was watched (`isWatched`).
 *
 * Had it been changed after Redis read it, this would have been told after it was asked for: before
 * the answer came, which the first point finds, or after, which takes it out of memory again.
 */
export class RedisReader {
  readonly #source: HashSource
  readonly #keys: Keys
  readonly #stats: ProfileStats
  readonly #cache: CoherentCache
  readonly #inFlightMax: number
  /** The newest flight of each uid; those that became stale aren't joined any more. */
  readonly #flights = new Map<string, Flight>()
  #inFlightCount = 0
  #batch: Flight[] = []
  #generation = 0
  #stamp = 0
  #isClosed = false

  constructor(source: HashSource, keys: Keys, config: RedisConfig, stats: ProfileStats) {
    this.#source = source
    this.#keys = keys
    this.#stats = stats
    this.#cache = new CoherentCache(config.profileCacheMax, config.strangerCacheMax, stats)
    this.#inFlightMax = config.readsInFlightMax
  }

  read(uid: string): Profile | null | Pending {
    const stats = this.#stats
    stats.reads++
    if (this.#isClosed) {
      stats.readErrors++
      return null
    }
    const kept = isUid(uid) ? this.#cache.get(uid) : null
    if (kept === null) {
      stats.strangers++
      stats.strangersUnasked++
      return null
    }
    if (kept !== undefined) {
      stats.cacheHits++
      return kept
    }
    if (this.#source.isUp) return pending
    stats.readErrors++
    return null
  }

  fetch(fetch: ProfileFetch): void {
    for (let index = 0; index < fetch.uids.length; index++) {
      const uid = fetch.uids[index]!
      const kept = isUid(uid) ? this.#cache.get(uid) : null
      if (kept !== undefined) fetch.came(index, kept)
      else if (!this.#join(uid, fetch, index)) {
        this.#stats.readErrors++
        fetch.failed(index)
      }
    }
  }

  /** Somebody, maybe we ourselves, has changed it. */
  changed(uid: string): void {
    this.#cache.delete(uid)
    const flight = this.#flights.get(uid)
    if (flight === undefined) return
    flight.isStale = true
    this.#flights.delete(uid)
  }

  /** Changes may have been missed. */
  forget(): void {
    this.#stats.cacheDrops++
    this.#generation++
    this.#cache.clear()
    this.#flights.clear()
  }

  close(): void {
    this.#isClosed = true
  }

  #join(uid: string, fetch: ProfileFetch, index: number): boolean {
    const under = this.#flights.get(uid)
    if (under !== undefined) {
      under.waiting.push({ fetch, index })
      return true
    }
    if (this.#isClosed || this.#inFlightCount >= this.#inFlightMax) return false
    this.#inFlightCount++
    const generation = this.#generation
    const flight: Flight = { uid, generation, isStale: false, waiting: [{ fetch, index }] }
    this.#flights.set(uid, flight)
    this.#batch.push(flight)
    if (this.#batch.length === 1) setImmediate(() => this.#send())
    return true
  }

  #send(): void {
    const batch = this.#batch
    this.#batch = []
    this.#source.together(() => {
      for (const flight of batch)
        this.#source.hash(this.#keys.profile(flight.uid)).then(
          (fields) => this.#came(flight, fields),
          () => this.#failed(flight),
        )
    })
  }

  #came(flight: Flight, fields: readonly Buffer[]): void {
    this.#landed(flight)
    const { uid, waiting } = flight
    if (fields.length === 0) this.#stats.strangers++
    const profile = this.#decode(fields)
    if (!flight.isStale && flight.generation === this.#generation && this.#source.isWatched)
      this.#cache.set(uid, profile)
    for (const { fetch, index } of waiting) fetch.came(index, profile)
  }

  #failed(flight: Flight): void {
    this.#landed(flight)
    this.#stats.readErrors += flight.waiting.length
    for (const { fetch, index } of flight.waiting) fetch.failed(index)
  }

  #landed(flight: Flight): void {
    this.#inFlightCount--
    if (this.#flights.get(flight.uid) === flight) this.#flights.delete(flight.uid)
  }

  /** @param fields shops' ids and the first sections of their slices in turn. */
  #decode(fields: readonly Buffer[]): Profile | null {
    const slices: BidSlice[] = []
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const { buffer, byteOffset, length } = fields[i + 1]!
      const view = new DataView(buffer, byteOffset, length)
      const slice = decodeForBid(view, 0, length, keyOf(fields[i]!.toString()))
      if (typeof slice === 'number') this.#stats.unreadableSlices++
      else slices.push(slice)
    }
    return slices.length === 0 ? null : new Profile(slices, ++this.#stamp)
  }
}
