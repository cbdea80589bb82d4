import type { Candidates } from './candidates.js'
import type { History } from './history.js'
import type { OwnSessions } from './own-sessions.js'
import { selectBest } from './select-best.js'
import type { NeighbourSettings } from './settings.js'

/** Distances and lengths beyond count as this one. */
const distanceMax = 255
const looksMaxMax = 64

/** What a look of the session is worth: by how many looks it is from the newest one, of so many. */
export interface WeightForms {
  /** To a session that has it, too. */
  position(distance: number, length: number): number
  /** To what that session looked at, if this is the newest look in common. */
  lastMatch(distance: number): number
}

const exponentialForms = (settings: NeighbourSettings): WeightForms => ({
  position: (distance) => Math.exp(-distance / settings.positionDecay),
  lastMatch: (distance) => Math.exp(-distance / settings.lastMatchDecay),
})

/**
 * Sessions that are like a given one, and what they looked at: VMIS and STAN in one.
 *
 * Of the sessions that have one of its newest products, the newest `candidatesMax` are compared (counted by product:
 * a session with two of them counts twice); a common product weighs more the later it was looked at and the rarer
 * it is; a session weighs more the shorter and the newer it is. The best `neighboursMax` add what they looked at,
 * each product the more the closer to the newest common one.
 *
 * O(candidatesMax + neighboursMax · length of a session), however many sessions there are; allocates nothing after
 * the first requests.
 */
export class Neighbours {
  readonly #history: History
  readonly #settings: NeighbourSettings
  readonly #forms: WeightForms
  /** By distance from the common product. */
  readonly #aheadWeights: Float64Array
  readonly #behindWeights: Float64Array
  /** By length of a session. */
  readonly #lengthWeights: Float64Array
  /** By block of sessions. */
  readonly #recencyWeights: Float64Array

  /** @param forms others than those of the settings, to do as other systems do. */
  constructor(
    history: History,
    settings: NeighbourSettings,
    forms: WeightForms = exponentialForms(settings),
  ) {
    this.#history = history
    this.#settings = settings
    this.#forms = forms
    const table = (weightOf: (distance: number) => number): Float64Array =>
      Float64Array.from({ length: distanceMax + 1 }, (_, distance) => weightOf(distance))
    this.#aheadWeights = table((distance) => Math.exp(-distance / settings.distanceDecay))
    this.#behindWeights = table(
      (distance) => settings.behindShare * Math.exp(-distance / settings.distanceDecay),
    )
    this.#lengthWeights = table((length) => Math.max(1, length) ** -settings.lengthPower)
    this.#recencyWeights = Float64Array.from(history.parts.blockAges, (age) =>
      Math.exp(-age / settings.recencyDecay),
    )
  }

  /**
   * Adds to the candidates' `neighbours`, which sum up to anything.
   *
   * @param session products in the order in which they were looked at; the last `length` hold.
   * @param own     aren't compared.
   */
  gather(
    session: ArrayLike<number>,
    length: number,
    own: OwnSessions,
    candidates: Candidates,
  ): void {
    const count = this.#compare(session, length, own)
    const neighbourCount = Math.min(count, this.#settings.neighboursMax)
    selectBest(scratch.similarities, scratch.sessions, scratch.order, count, neighbourCount)
    this.#history.fetch(scratch.sessions, scratch.order, neighbourCount)
    for (let i = 0; i < neighbourCount; i++) this.#ask(scratch.order[i]!, candidates)
    const { idf } = this.#history.parts
    const { itemIdf } = this.#settings
    if (itemIdf > 0)
      for (let slot = 0; slot < candidates.count; slot++) {
        const item = candidates.items[slot]!
        // What only live sessions know is as rare as can be; but nothing says how rare.
        if (item < idf.length) candidates.neighbours[slot]! *= 1 + itemIdf * idf[item]!
      }
  }

  /** Fills `scratch.sessions`, `similarities` and `matches`. @returns how many. */
  #compare(session: ArrayLike<number>, length: number, own: OwnSessions): number {
    const settings = this.#settings
    const { parts } = this.#history
    const lookCount = this.#readLooks(session, length)
    scratch.beginItems(this.#history.itemCount)
    scratch.beginSessions(this.#history.sessionCount, settings.candidatesMax * 2 + looksMaxMax)
    const { slots, sessions, similarities, matches, looks, lookWeights } = scratch
    let count = 0
    let budget = settings.candidatesMax
    for (let look = 0; look < lookCount && budget > 0; look++) {
      const weight = lookWeights[look]!
      const found = this.#history.liveOf(looks[look]!, budget, scratch.posted, 0)
      budget -= found
      for (let i = 0; i < found; i++) {
        const id = scratch.posted[i]!
        if (id === own.live) continue
        const slot = slots[id]! - 1
        if (slot >= 0) similarities[slot]! += weight
        else {
          slots[id] = ++count
          sessions[count - 1] = id
          similarities[count - 1] = weight
          matches[count - 1] = look
        }
      }
    }
    const oldest = this.#oldestOf(lookCount, budget)
    for (let look = 0; look < lookCount && budget > 0; look++) {
      const item = looks[look]!
      if (item >= parts.itemCount) continue
      const weight = lookWeights[look]!
      const end = parts.postingStarts[item + 1]!
      for (let at = parts.postingStarts[item]!; at < end; at++) {
        const id = parts.postings[at]!
        // Nor is there any after one that was taken out.
        if (id < oldest) break
        if (id === own.built) continue
        const slot = slots[id]! - 1
        if (slot >= 0) similarities[slot]! += weight
        else {
          slots[id] = ++count
          sessions[count - 1] = id
          similarities[count - 1] = weight
          matches[count - 1] = look
        }
      }
    }
    this.#weigh(count)
    return count
  }

  /** Each product once, by its newest look, with what it is worth. @returns how many. */
  #readLooks(session: ArrayLike<number>, length: number): number {
    const { looks, lookWeights, lastMatchWeights } = scratch
    const { idf } = this.#history.parts
    const { matchIdf } = this.#settings
    const first = Math.max(0, length - Math.min(looksMaxMax, this.#settings.looksMax))
    let count = 0
    for (let at = length - 1; at >= first; at--) {
      const item = session[at]!
      let isKnown = false
      for (let i = 0; i < count; i++) isKnown ||= looks[i] === item
      if (isKnown) continue
      const rarity = item < idf.length ? idf[item]! : 0
      looks[count] = item
      lookWeights[count] = this.#forms.position(length - 1 - at, length) * (1 + matchIdf * rarity)
      lastMatchWeights[count++] = this.#forms.lastMatch(length - 1 - at)
    }
    return count
  }

  /** The oldest session that is compared: so that no more than `budget` are found. O(looks · log²). */
  #oldestOf(lookCount: number, budget: number): number {
    let found = this.#countFrom(0, lookCount)
    if (found <= budget) return 0
    let low = 0
    let high = this.#history.parts.sessionCount
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      found = this.#countFrom(middle, lookCount)
      if (found > budget) low = middle
      else high = middle
    }
    return high
  }

  /** How many are found from that session on. */
  #countFrom(oldest: number, lookCount: number): number {
    const { postingStarts, postings, itemCount } = this.#history.parts
    let sum = 0
    for (let look = 0; look < lookCount; look++) {
      const item = scratch.looks[look]!
      if (item >= itemCount) continue
      const start = postingStarts[item]!
      let low = start
      let high = postingStarts[item + 1]!
      while (low < high) {
        const middle = (low + high) >>> 1
        if (postings[middle]! >= oldest) low = middle + 1
        else high = middle
      }
      sum += low - start
    }
    return sum
  }

  /** Similarities, from sums of the common products' weights. */
  #weigh(count: number): void {
    const { starts, sessionCount, blockBits } = this.#history.parts
    const { live } = this.#history
    const { slots, sessions, similarities } = scratch
    for (let i = 0; i < count; i++) {
      const id = sessions[i]!
      slots[id] = 0
      const isLive = id >= sessionCount
      const length = isLive ? live!.lengths[id - sessionCount]! : starts[id + 1]! - starts[id]!
      const recency = isLive ? 1 : this.#recencyWeights[id >> blockBits]!
      similarities[i]! *= recency * this.#lengthWeights[Math.min(distanceMax, length)]!
    }
  }

  #ask(slot: number, candidates: Candidates): void {
    const history = this.#history
    history.read(scratch.sessions[slot]!)
    const { items, start, end } = history
    const newestMatch = scratch.matches[slot]!
    const common = scratch.looks[newestMatch]!
    const similarity = scratch.similarities[slot]! * scratch.lastMatchWeights[newestMatch]!
    let match = end - 1
    while (match > start && items[match] !== common) match--
    const { lastAt } = scratch
    for (let at = start; at < end; at++) lastAt[items[at]!] = at
    for (let at = start; at < end; at++) {
      // It is looked at again later: then that counts.
      if (lastAt[items[at]!] !== at) continue
      const distance = at - match
      const weight =
        distance >= 0
          ? this.#aheadWeights[Math.min(distanceMax, distance)]!
          : this.#behindWeights[Math.min(distanceMax, -distance)]!
      const found = candidates.slotOf(items[at]!)
      const summand = similarity * weight
      candidates.neighbours[found]! += summand
      candidates.neighbourCounts[found]!++
      if (summand > candidates.nearest[found]!) candidates.nearest[found] = summand
    }
  }
}

/** For all shops: nothing here waits, and what was written is cleared before the end of each request. */
const scratch = {
  /** By number of a session: its slot + 1; 0 outside of a request. */
  slots: new Int32Array(0),
  /** By slot. */
  sessions: new Int32Array(0),
  similarities: new Float64Array(0),
  /** Which of the looks is the newest one that it has, too. */
  matches: new Uint8Array(0),
  order: new Int32Array(0),
  posted: new Int32Array(0),
  /** This session's products, newest first, and what each is worth. */
  looks: new Int32Array(looksMaxMax),
  lookWeights: new Float64Array(looksMaxMax),
  lastMatchWeights: new Float64Array(looksMaxMax),
  /** By product: where the neighbour that was asked last looked at it last; anything for products it doesn't have. */
  lastAt: new Int32Array(0),

  beginItems(itemCount: number): void {
    if (itemCount > this.lastAt.length) this.lastAt = new Int32Array(Math.ceil(itemCount * 1.25))
  },

  beginSessions(sessionCount: number, candidateCount: number): void {
    if (sessionCount > this.slots.length)
      this.slots = new Int32Array(Math.ceil(sessionCount * 1.25))
    if (candidateCount <= this.sessions.length) return
    this.sessions = new Int32Array(candidateCount)
    this.similarities = new Float64Array(candidateCount)
    this.matches = new Uint8Array(candidateCount)
    this.order = new Int32Array(candidateCount)
    this.posted = new Int32Array(candidateCount)
  },
}
