import type { Profile } from './profile.js'

/** People asked for together, and those who have come so far. */
export class ProfileFetch {
  /** None twice. */
  readonly uids: readonly string[]
  /** In the order of `uids`; null until the profile is there, and where there is none. */
  readonly profiles: (Profile | null)[]
  waitingCount: number
  failedCount = 0
  readonly #done: () => void

  /** @param done called once, when the last of them has come or failed; maybe before `fetch` returns. */
  constructor(uids: readonly string[], done: () => void) {
    this.uids = uids
    this.profiles = new Array<Profile | null>(uids.length).fill(null)
    this.waitingCount = uids.length
    this.#done = done
  }

  /** Whoever isn't among them is nobody. */
  profileOf(uid: string): Profile | null {
    return this.profiles[this.uids.indexOf(uid)] ?? null
  }

  /** Called by the store, once for each. */
  came(index: number, profile: Profile | null): void {
    this.profiles[index] = profile
    if (--this.waitingCount === 0) this.#done()
  }

  failed(index: number): void {
    this.failedCount++
    this.came(index, null)
  }
}
