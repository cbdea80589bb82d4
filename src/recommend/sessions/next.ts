import type { Query, Source } from '../query.js'
import type { Scores } from '../scores.js'
import { Candidates } from './candidates.js'
import { History } from './history.js'
import type { LiveSessions } from './live-sessions.js'
import { Neighbours } from './neighbours.js'
import type { SessionIndexParts } from './session-index.js'
import type { NeighbourSettings } from './settings.js'
import { fullSettings } from './settings.js'
import { Transitions } from './transitions.js'

/**
 * What people who went the same way looked at next: session neighbours and transitions, blended.
 *
 * Made anew for each index that is built, in milliseconds; many may share `LiveSessions`. Allocates nothing per
 * request after the first ones.
 */
export class NextItems implements Source {
  readonly #history: History
  readonly #settings: NeighbourSettings
  readonly #neighbours: Neighbours
  readonly #transitions: Transitions

  /** @param live sessions that came after those of the index; null for none. */
  constructor(
    parts: SessionIndexParts,
    live: LiveSessions | null = null,
    settings: NeighbourSettings = fullSettings,
  ) {
    this.#history = new History(parts, live)
    this.#settings = settings
    this.#neighbours = new Neighbours(this.#history, settings)
    this.#transitions = new Transitions(this.#history, settings)
  }

  /** By the query's `session`; where that is empty, by its `products`. */
  gather(query: Query, scores: Scores): void {
    const looks = query.session.length > 0 ? query.session : query.products
    this.score(looks, looks.length, query.nowSeconds, scores)
  }

  /**
   * Adds a score above 0 to each product that it finds, those of the session among them; the sum is 1.
   *
   * @param session    products by number in the order in which they were looked at, newest last.
   * @param length     how many of `session` hold; of longer ones the newest count.
   * @param nowSeconds not used so far: older sessions count less than newer ones, whenever that was.
   * @param scores     begun with at least as many products as `session`, index and live sessions have.
   */
  score(session: ArrayLike<number>, length: number, _nowSeconds: number, scores: Scores): void {
    const settings = this.#settings
    candidates.begin(this.#history.itemCount)
    if (length === 0) return
    const own = this.#ownOf(session, length)
    this.#neighbours.gather(session, length, own, candidates)
    this.#transitions.gather(session, length, own, candidates)
    let neighbourSum = 0
    let transitionSum = 0
    const behindShare = settings.transitionBehindShare
    for (let slot = 0; slot < candidates.count; slot++) {
      const transition =
        candidates.ahead[slot]! +
        candidates.aheadOfEarlier[slot]! +
        behindShare * (candidates.behind[slot]! + candidates.behindEarlier[slot]!)
      candidates.ahead[slot] = transition
      transitionSum += transition
      neighbourSum += candidates.neighbours[slot]!
    }
    const neighbourShare = neighbourSum > 0 ? (1 - settings.transitionShare) / neighbourSum : 0
    const transitionShare = transitionSum > 0 ? settings.transitionShare / transitionSum : 0
    for (let slot = 0; slot < candidates.count; slot++)
      scores.add(
        candidates.items[slot]!,
        candidates.neighbours[slot]! * neighbourShare + candidates.ahead[slot]! * transitionShare,
      )
  }

  /**
   * The live session that this one is itself, which would only find what it looked at already: the newest that is
   * the same but for the newest look, which may not have been noted yet. -1 where there is none.
   */
  #ownOf(session: ArrayLike<number>, length: number): number {
    const { live, parts } = this.#history
    if (live === null) return -1
    for (let ahead = 0; ahead < 2 && ahead < length; ahead++) {
      const newest = session[length - 1 - ahead]!
      if (newest >= live.heads.length) continue
      let look = live.heads[newest]!
      for (let i = 0; i < ownLooksMax && look >= 0; i++, look = live.older[look]!) {
        const place = Math.trunc(look / live.lengthMax)
        if (isSame(session, length - ahead, live, place)) return parts.sessionCount + place
      }
    }
    return -1
  }
}

/** Live sessions of a product that are looked at for the person's own. */
const ownLooksMax = 64
/** So many same looks in a row are hardly another person's. */
const sameLooksMin = 3

/** Whether one ends as the other does, as far as both go. */
function isSame(
  session: ArrayLike<number>,
  length: number,
  live: LiveSessions,
  place: number,
): boolean {
  const liveLength = live.lengths[place]!
  if (liveLength > length && length < sameLooksMin) return false
  const end = place * live.lengthMax + liveLength
  const count = Math.min(length, liveLength)
  for (let i = 1; i <= count; i++) if (session[length - i] !== live.items[end - i]) return false
  return true
}

const candidates = new Candidates()
