import type { Candidates } from './candidates.js'
import type { History } from './history.js'
import type { OwnSessions } from './own-sessions.js'
import type { NeighbourSettings } from './settings.js'

/** Further away than this nothing counts. */
const distanceMax = 10

/**
 * What was looked at after, and before, the newest looks of a session, in the newest sessions that have them. Counted
 * at each request from the same lists that neighbours are found with: it takes no memory of its own, and live
 * sessions count at once.
 *
 * O(looks · transitionSessionsMax · length of a session); allocates nothing.
 */
export class Transitions {
  readonly #history: History
  readonly #settings: NeighbourSettings
  readonly #distanceWeights: Float64Array
  readonly #recencyWeights: Float64Array
  /** Of the look that is followed. */
  readonly #sessions: Int32Array
  readonly #weights: Float64Array
  /** The look before the newest one; how much the sessions weigh that have both in a row. */
  #before = -1
  readonly #pairSum = new Float64Array(1)

  constructor(history: History, settings: NeighbourSettings) {
    this.#history = history
    this.#settings = settings
    this.#distanceWeights = Float64Array.from(
      { length: distanceMax + 1 },
      (_, distance) => Math.max(1, distance) ** -settings.transitionDistancePower,
    )
    this.#recencyWeights = Float64Array.from(history.parts.blockAges, (age) =>
      Math.exp(-age / settings.transitionRecencyDecay),
    )
    this.#sessions = new Int32Array(settings.transitionSessionsMax)
    this.#weights = new Float64Array(settings.transitionSessionsMax)
  }

  /** Adds to the candidates' `next`, `ahead`, `behind` and so on: shares of the sessions that have the look. */
  gather(
    session: ArrayLike<number>,
    length: number,
    own: OwnSessions,
    candidates: Candidates,
  ): void {
    const looksMax = Math.min(length, this.#settings.transitionLooksMax)
    this.#before = length > 1 ? session[length - 2]! : -1
    this.#pairSum[0] = 0
    let decay = 1
    let followed = 0
    for (let distance = 0; distance < looksMax; distance++) {
      const item = session[length - 1 - distance]!
      if (!isAmong(session, length - distance, length, item)) {
        // Earlier looks say less: fewer sessions are enough.
        const countMax = Math.ceil(this.#settings.transitionSessionsMax / ++followed)
        this.#follow(item, countMax, own, distance === 0, decay, candidates)
        decay *= this.#settings.transitionDecay
      }
    }
    if (this.#pairSum[0] === 0) return
    const share = 1 / this.#pairSum[0]!
    for (let slot = 0; slot < candidates.count; slot++) candidates.nextAfterPair[slot]! *= share
  }

  #follow(
    item: number,
    countMax: number,
    own: OwnSessions,
    isNewest: boolean,
    decay: number,
    candidates: Candidates,
  ): void {
    const count = this.#readSessions(item, countMax, own)
    const weights = this.#weights
    let total = 0
    for (let i = 0; i < count; i++) total += weights[i]!
    this.#history.fetch(this.#sessions, null, count)
    const share = total > 0 ? decay / total : 0
    for (let i = 0; i < count; i++) {
      weights[i]! *= share
      this.#count(i, item, isNewest, candidates)
    }
  }

  /** The newest sessions that have a product into `#sessions`, what they weigh into `#weights`. @returns how many. */
  #readSessions(item: number, countMax: number, own: OwnSessions): number {
    const { parts } = this.#history
    const liveCount = this.#history.liveOf(item, countMax, this.#sessions, 0)
    let count = 0
    for (let i = 0; i < liveCount; i++) {
      if (this.#sessions[i] === own.live) continue
      this.#sessions[count] = this.#sessions[i]!
      this.#weights[count++] = 1
    }
    if (item >= parts.itemCount) return count
    const start = parts.postingStarts[item]!
    const end = Math.min(parts.postingStarts[item + 1]!, start + countMax - count)
    for (let at = start; at < end; at++) {
      const id = parts.postings[at]!
      // From here on they were taken out.
      if (id < 0) break
      if (id === own.built) continue
      this.#sessions[count] = id
      this.#weights[count++] = this.#recencyWeights[id >> parts.blockBits]!
    }
    return count
  }

  #count(i: number, item: number, isNewest: boolean, candidates: Candidates): void {
    const history = this.#history
    history.read(this.#sessions[i]!)
    const weight = this.#weights[i]!
    const { items, start, end } = history
    for (let match = start; match < end; match++) {
      if (items[match] !== item) continue
      const isPair = isNewest && match > start && items[match - 1] === this.#before
      if (isPair) this.#pairSum[0]! += weight
      const last = Math.min(end - 1, match + distanceMax)
      for (let at = match + 1; at <= last; at++) {
        const slot = candidates.slotOf(items[at]!)
        const share = weight * this.#distanceWeights[at - match]!
        if (!isNewest) candidates.aheadOfEarlier[slot]! += share
        else {
          candidates.ahead[slot]! += share
          if (at === match + 1) candidates.next[slot]! += weight
          if (at === match + 1 && isPair) candidates.nextAfterPair[slot]! += weight
        }
      }
      const first = Math.max(start, match - distanceMax)
      for (let at = first; at < match; at++) {
        const slot = candidates.slotOf(items[at]!)
        const share = weight * this.#distanceWeights[match - at]!
        if (isNewest) candidates.behind[slot]! += share
        else candidates.behindEarlier[slot]! += share
      }
    }
  }
}

function isAmong(session: ArrayLike<number>, start: number, end: number, item: number): boolean {
  for (let at = start; at < end; at++) if (session[at] === item) return true
  return false
}
