import type { Query, Source } from '../query.js'
import type { Scores } from '../scores.js'
import { Candidates } from './candidates.js'
import { featureCount, writeFeatures } from './features.js'
import { History } from './history.js'
import type { LiveSessions } from './live-sessions.js'
import { Neighbours } from './neighbours.js'
import { OwnSessions } from './own-sessions.js'
import { Ranker } from './ranker.js'
import { selectBest } from './select-best.js'
import type { SessionIndexParts } from './session-index.js'
import { fullSettings, type NeighbourSettings } from './settings.js'
import { Transitions } from './transitions.js'

/**
 * What people who went the same way looked at next: session neighbours and transitions, blended, the best of them
 * ranked by a small network where the shop's settings have one.
 *
 * Made anew for each index that is built, in milliseconds; goes on with the same `LiveSessions`, or new ones.
 * Allocates nothing per request after the first ones.
 */
export class NextItems implements Source {
  readonly #history: History
  readonly #settings: NeighbourSettings
  readonly #neighbours: Neighbours
  readonly #transitions: Transitions
  readonly #ranker: Ranker | null
  #neighbourSum = 0

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
    this.#ranker = settings.ranker === null ? null : new Ranker(settings.ranker)
  }

  /** By the query's `session`; where that is empty, by its `products`; where these are, by its `cart`. */
  gather({ session, products, cart, nowSeconds }: Query, scores: Scores): void {
    const looks = session.length > 0 ? session : products
    if (looks.length > 0) this.score(looks, looks.length, nowSeconds, scores)
    else this.score(cartLooks, readCart(cart), nowSeconds, scores)
  }

  /**
   * Adds a score to each product that it finds, above 0 and at most 1: about how likely it is the next. The products
   * of the session are among them.
   *
   * @param session    products by number in the order in which they were looked at, newest last.
   * @param length     how many of `session` hold.
   * @param nowSeconds not used so far: older sessions count less than newer ones, whenever that was.
   * @param scores     begun with at least as many products as `session`, index and live sessions have.
   */
  score(session: ArrayLike<number>, length: number, _nowSeconds: number, scores: Scores): void {
    this.#find(session, length)
    const { items, blend } = candidates
    if (this.#ranker === null) {
      for (let slot = 0; slot < candidates.count; slot++) scores.add(items[slot]!, blend[slot]!)
      return
    }
    const count = this.#writeBest(session, length, this.#settings.rankedMax)
    this.#ranker.rank(scratch.rows, count, scratch.scores)
    addRanked(count, scores)
  }

  /**
   * What a ranker is told about the best products found, for its training.
   *
   * @returns how many rows of `features.featureCount` there are in `bestRows`, of the products in `bestItems`.
   */
  findBest(session: ArrayLike<number>, length: number, countMax: number): number {
    this.#find(session, length)
    return this.#writeBest(session, length, countMax)
  }

  get bestRows(): Float32Array {
    return scratch.rows
  }

  /** @param i below what `findBest` returned. */
  bestItem(i: number): number {
    return candidates.items[scratch.order[i]!]!
  }

  /** Fills `candidates`, with a `blend` that sums up to 1. */
  #find(session: ArrayLike<number>, length: number): void {
    candidates.begin(this.#history.itemCount)
    if (length === 0) return
    own.find(this.#history, session, length)
    this.#neighbours.gather(session, length, own, candidates)
    this.#transitions.gather(session, length, own, candidates)
    const { neighbours, ahead, aheadOfEarlier, behind, behindEarlier, blend } = candidates
    const { transitionBehindShare, transitionShare } = this.#settings
    let neighbourSum = 0
    let transitionSum = 0
    for (let slot = 0; slot < candidates.count; slot++) {
      const transition =
        ahead[slot]! +
        aheadOfEarlier[slot]! +
        transitionBehindShare * (behind[slot]! + behindEarlier[slot]!)
      blend[slot] = transition
      transitionSum += transition
      neighbourSum += neighbours[slot]!
    }
    const perTransition = transitionSum > 0 ? transitionShare / transitionSum : 0
    const perNeighbour = neighbourSum > 0 ? (1 - transitionShare) / neighbourSum : 0
    for (let slot = 0; slot < candidates.count; slot++)
      blend[slot] = blend[slot]! * perTransition + neighbours[slot]! * perNeighbour
    this.#neighbourSum = neighbourSum
  }

  /** Puts the best into `scratch.order`, and what there is to know of them into `scratch.rows`. */
  #writeBest(session: ArrayLike<number>, length: number, countMax: number): number {
    const count = Math.min(candidates.count, countMax)
    growScratch(candidates.count, countMax)
    const { order, rows } = scratch
    selectBest(candidates.blend, candidates.items, order, candidates.count, count)
    const { parts } = this.#history
    writeFeatures(parts, session, length, candidates, this.#neighbourSum, order, count, rows)
    return count
  }
}

/** What was put in last comes last, as what was looked at does. @returns how many of `cartLooks` hold. */
function readCart(cart: readonly number[]): number {
  const count = Math.min(cart.length, cartLooks.length)
  for (let i = 0; i < count; i++) cartLooks[count - 1 - i] = cart[i]!
  return count
}

/** The ranked ones by the share that the ranker gives them; the others below them all, in the blend's order. */
function addRanked(count: number, scores: Scores): void {
  const { items, blend } = candidates
  const { order } = scratch
  let best = -Infinity
  for (let i = 0; i < count; i++) best = Math.max(best, scratch.scores[i]!)
  let sum = 0
  for (let i = 0; i < count; i++) {
    const share = Math.exp(Math.max(-30, scratch.scores[i]! - best))
    scratch.scores[i] = share
    sum += share
  }
  let leastShare = 1
  let leastBlend = 1
  for (let i = 0; i < count; i++) {
    const slot = order[i]!
    const share = scratch.scores[i]! / sum
    leastShare = Math.min(leastShare, share)
    leastBlend = Math.min(leastBlend, blend[slot]!)
    scores.add(items[slot]!, share)
  }
  const scale = leastBlend > 0 ? leastShare / leastBlend : 0
  for (let i = count; i < candidates.count; i++) {
    const slot = order[i]!
    scores.add(items[slot]!, blend[slot]! * scale)
  }
}

/** For all shops: nothing here waits. */
const candidates = new Candidates()
const own = new OwnSessions()
/** As many as settings may look back. */
const cartLooks = new Int32Array(64)
const scratch = {
  order: new Int32Array(0),
  rows: new Float32Array(0),
  scores: new Float64Array(0),
}

function growScratch(candidateCount: number, rankedMax: number): void {
  if (candidateCount > scratch.order.length)
    scratch.order = new Int32Array(Math.ceil(candidateCount * 1.5))
  if (rankedMax <= scratch.scores.length) return
  scratch.rows = new Float32Array(rankedMax * featureCount)
  scratch.scores = new Float64Array(rankedMax)
}
