/** The only file here that knows lru-cache. */
import { LRUCache } from 'lru-cache'
import type { Profile } from './profile.js'
import { decodeProfile, stampOf } from './record.js'
import type { ProfileStats } from './stats.js'

/**
 * Profiles decoded lately. It saves decoding, never asking: the record has just been found, and only
 * a profile that carries the record's stamp is taken, so that a write by any process counts at once.
 */
export class ProfileCache {
  readonly #profiles: LRUCache<string, Profile>

  readonly #stats: ProfileStats

  /** @param countMax at least 1. */
  constructor(countMax: number, stats: ProfileStats) {
    this.#profiles = bounded(countMax, stats)
    this.#stats = stats
  }

  /** As `decodeProfile`. */
  decode(uid: string, view: DataView, length: number): Profile | null {
    const stats = this.#stats
    const kept = this.#profiles.get(uid)
    if (kept !== undefined && length >= 8 && kept.stamp === stampOf(view)) {
      stats.cacheHits++
      return kept
    }
    const profile = decodeProfile(view, length, stats)
    if (profile !== null) this.#profiles.set(uid, profile)
    return profile
  }
}

/**
 * Profiles, and people of whom nothing is known, of a store that says when something changes: whatever
 * is in here is the newest, without asking. The two are bounded apart, as strangers come by the million.
 */
export class CoherentCache {
  readonly #profiles: LRUCache<string, Profile>
  readonly #strangers: LRUCache<string, true>

  /** Both at least 1. */
  constructor(profileCountMax: number, strangerCountMax: number, stats: ProfileStats) {
    this.#profiles = bounded(profileCountMax, stats)
    this.#strangers = bounded(strangerCountMax, stats)
  }

  /** @returns null for a stranger; undefined where the store has to be asked. */
  get(uid: string): Profile | null | undefined {
    const profile = this.#profiles.get(uid)
    if (profile !== undefined) return profile
    return this.#strangers.get(uid) === true ? null : undefined
  }

  set(uid: string, profile: Profile | null): void {
    if (profile === null) this.#strangers.set(uid, true)
    else this.#profiles.set(uid, profile)
  }

  delete(uid: string): void {
    this.#profiles.delete(uid)
    this.#strangers.delete(uid)
  }

  clear(): void {
    this.#profiles.clear()
    this.#strangers.clear()
  }
}

/** Counts what has to make room. */
const bounded = <T extends object | true>(max: number, stats: ProfileStats): LRUCache<string, T> =>
  new LRUCache({
    max,
    dispose: (_value, _uid, reason) => {
      if (reason === 'evict') stats.cacheEvictions++
    },
  })
