/**
 * How much of a second's requests may come at once: an exchange sends in bursts, and what waited
 * while the process stood still comes together.
 */
const burstSeconds = 0.1

/**
 * Lets at most so many requests a second through: a bucket that fills with time, up to a burst, and
 * is emptied by a request each.
 *
 * Each worker has its own and its share of the whole, as the kernel deals connections out to them:
 * an exchange that opens only a few may find its share of one worker spent before another's.
 */
export class Throttle {
  readonly #perMs: number
  readonly #most: number
  #level: number
  #filledAtMs = 0

  /** @param perSecond requests that this worker may answer; 0 where there is no limit. */
  constructor(perSecond: number) {
    this.#perMs = perSecond / 1_000
    this.#most = Math.max(1, perSecond * burstSeconds)
    this.#level = this.#most
  }

  /** Whether one more may be answered now, and if so counts it. @param nowMs never going back. */
  lets(nowMs: number): boolean {
    if (this.#perMs === 0) return true
    const filled = this.#level + (nowMs - this.#filledAtMs) * this.#perMs
    this.#level = filled < this.#most ? filled : this.#most
    this.#filledAtMs = nowMs
    if (this.#level < 1) return false
    this.#level--
    return true
  }
}
