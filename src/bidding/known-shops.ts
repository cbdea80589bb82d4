import type { Snapshot } from '../catalogue/snapshot.js'
import type { Profile } from '../profiles/profile.js'

/** Which shops of a snapshot know the person. Marked by generation: nothing is cleared between requests. */
export class KnownShops {
  #markedIn = new Uint32Array(0)
  #generation = 0

  mark(profile: Profile, snapshot: Snapshot): void {
    if (this.#markedIn.length < snapshot.shops.length)
      this.#markedIn = new Uint32Array(snapshot.shops.length)
    this.#generation = (this.#generation + 1) >>> 0
    for (let i = 0; i < profile.slices.length; i++) {
      const shop = snapshot.shopIndexOf(profile.slices[i]!.shopKey)
      if (shop >= 0) this.#markedIn[shop] = this.#generation
    }
  }

  /** @param shop place in the snapshot's shops. */
  has(shop: number): boolean {
    return this.#markedIn[shop] === this.#generation
  }
}
