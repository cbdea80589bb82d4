import type { Candidates } from './candidates.js'
import type { History } from './history.js'
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
  readonly #live: Int32Array
  /** The look before the newest one; how much the sessions weigh that have both in a row. */
  #before = -1
  #pairSum = 0

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
    this.#live = new Int32Array(settings.transitionSessionsMax)
  }

  /** Adds to the candidates' `next`, `ahead`, `behind` and so on: shares of the sessions that have the look. */
  gather(session: ArrayLike<number>, length: number, own: number, candidates: Candidates): void {
    const looksMax = Math.min(length, this.#settings.transitionLooksMax)
    this.#before = length > 1 ? session[length - 2]! : -1
    this.#pairSum = 0
    let decay = 1
    for (let distance = 0; distance < looksMax; distance++) {
      const item = session[length - 1 - distance]!
      if (!isAmong(session, length - distance, length, item)) {
        this.#follow(item, own, distance === 0, decay, candidates)
        decay *= this.#settings.transitionDecay
      }
    }
    if (this.#pairSum === 0) return
    const share = 1 / this.#pairSum
    for (let slot = 0; slot < candidates.count; slot++) candidates.nextAfterPair[slot]! *= share
  }

  #follow(
    item: number,
    own: number,
    isNewest: boolean,
    decay: number,
    candidates: Candidates,
  ): void {
    const { parts } = this.#history
    const countMax = this.#settings.transitionSessionsMax
    const liveCount = this.#history.liveOf(item, countMax, this.#live, 0)
    const start = item < parts.itemCount ? parts.postingStarts[item]! : 0
    const listed = item < parts.itemCount ? parts.postingStarts[item + 1]! - start : 0
    const count = Math.min(countMax - liveCount, listed)
    let total = liveCount
    for (let at = start; at < start + count; at++)
      total += this.#recencyWeights[parts.postings[at]! >> parts.blockBits]!
    const share = total > 0 ? decay / total : 0
    for (let i = 0; i < liveCount; i++)
      if (this.#live[i] !== own) this.#count(this.#live[i]!, item, share, isNewest, candidates)
    for (let at = start; at < start + count; at++) {
      const id = parts.postings[at]!
      const weight = this.#recencyWeights[id >> parts.blockBits]!
      this.#count(id, item, share * weight, isNewest, candidates)
    }
  }

  #count(
    id: number,
    item: number,
    weight: number,
    isNewest: boolean,
    candidates: Candidates,
  ): void {
    const history = this.#history
    history.read(id)
    const { items, start, end } = history
    for (let match = start; match < end; match++) {
      if (items[match] !== item) continue
      const isPair = isNewest && match > start && items[match - 1] === this.#before
      if (isPair) this.#pairSum += weight
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
