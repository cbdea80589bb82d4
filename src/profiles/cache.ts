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

  /** @param countMax at least 1. */
  constructor(countMax: number) {
    this.#profiles = new LRUCache({ max: countMax })
  }

  /** As `decodeProfile`. */
  decode(uid: string, view: DataView, length: number, stats: ProfileStats): Profile | null {
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
