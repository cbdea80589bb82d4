import type { Actions } from '../actions.js'
import { cutSessions } from '../sessions/cut-sessions.js'
import { NextItems } from '../sessions/next.js'
import { buildSessionIndex, type SessionIndexParts } from '../sessions/session-index.js'
import { fullSettings, type NeighbourSettings } from '../sessions/settings.js'
import type { Sessions } from '../sessions.js'
import { type Cases, pickCases, splitTail } from './cases.js'
import { type Accuracy, accuracyOf, hitsOf } from './evaluate.js'
import { examplesOf, trainDefaults, trainRanker } from './train-ranker.js'

export interface TuneSettings {
  /** A search that takes longer ends with what it has; the ranker is trained after that. */
  readonly secondsMax: number
  readonly seed: number
  /** Cases that a ranker is trained with; of half as many is reported what was gained. */
  readonly trainCasesMax: number
  /** Where the search begins. */
  readonly start: NeighbourSettings
}

export const tuneDefaults: TuneSettings = {
  secondsMax: 25,
  seed: 1,
  trainCasesMax: 15_000,
  start: fullSettings,
}

export interface Tuning {
  readonly settings: NeighbourSettings
  /** On the newest of the sessions, which nothing was tuned on; `checkedCases` of them. */
  readonly before: Accuracy
  readonly after: Accuracy
  readonly checkedCases: number
  /** Settings that were tried. */
  readonly tried: number
  readonly seconds: number
}

/** Newest sessions that are taken for what comes after the others. */
const tailShare = 0.1
/** Of their cases, the newest so many are kept aside to report what was gained. */
const checkShare = 0.3
const searchCasesMax = 4_000
/** With fewer cases differences are chance. */
const casesMin = 300
/** Percentage points that another value has to gain, and may lose on the first cases and still be tried on all. */
const gainMin = 0.05
const lossMax = 0.4

/** Values from small to large; the search moves to the next one as long as that gains. */
const steps: readonly (readonly [keyof NeighbourSettings, readonly number[]])[] = [
  ['positionDecay', [0.4, 0.6, 0.8, 1.2, 1.8, 2.5, 3.5, 5]],
  ['transitionShare', [0.05, 0.15, 0.3, 0.4, 0.5, 0.65]],
  ['matchIdf', [0, 0.15, 0.5, 1, 2]],
  ['lengthPower', [0, 0.25, 0.5, 0.75]],
  ['distanceDecay', [1, 2, 3, 5, 10]],
  ['lastMatchDecay', [1, 2, 4, 10]],
  ['recencyDecay', [0.05, 0.1, 0.2, 0.35, 0.5, 1, 3]],
  ['behindShare', [0.2, 0.4, 0.6, 0.8, 1]],
  ['itemIdf', [0, 0.1, 0.3, 1]],
  ['transitionLooksMax', [1, 2, 3, 5]],
  ['transitionDecay', [0.2, 0.4, 0.6]],
  ['transitionBehindShare', [0, 0.15, 0.3, 0.6, 1]],
  ['transitionDistancePower', [0.5, 1, 1.5, 2.5]],
  ['transitionRecencyDecay', [0.1, 0.3, 1, 3]],
  ['neighboursMax', [150, 250, 500, 800]],
  ['candidatesMax', [1_000, 2_500, 5_000]],
]

/** As `tune`, for what people did at a shop. @param itemCount of the item table. */
export const tuneActions = (
  actions: Actions,
  itemCount: number,
  settings: TuneSettings = tuneDefaults,
): Tuning => tune(cutSessions(actions), itemCount, settings)

/**
 * Finds settings by which the oldest 90% of the sessions say best what the next sessions looked at: one setting at a
 * time, on some thousand cases, values that lose on the first quarter of them not tried on the rest; then trains a
 * ranker, and keeps it if it gains. What is reported was measured on the newest cases, which were not searched with.
 *
 * The same sessions and seed give the same settings, unless the time runs out before the search is done.
 */
export function tune(
  sessions: Sessions,
  itemCount: number,
  settings: TuneSettings = tuneDefaults,
): Tuning {
  const startMs = performance.now()
  const { trainCasesMax } = settings
  const { head, cases } = splitTail(sessions, itemCount, tailShare)
  const parts = buildSessionIndex(head, itemCount)
  const fitCount = Math.floor(cases.count * (1 - checkShare))
  const checked = pickCases(cases, fitCount, cases.count, trainCasesMax / 2)
  const accuracy = (tried: NeighbourSettings): Accuracy =>
    accuracyIn(parts, tried, checked, itemCount)
  const secondsSoFar = (): number => (performance.now() - startMs) / 1_000

  const before = accuracy(settings.start)
  const outcome = { before, checkedCases: checked.count }
  if (fitCount < casesMin)
    return {
      ...outcome,
      settings: settings.start,
      after: before,
      tried: 0,
      seconds: secondsSoFar(),
    }
  const search = new Search(parts, pickCases(cases, 0, fitCount, searchCasesMax), itemCount)
  const found = search.run(settings.start, () => secondsSoFar() > settings.secondsMax)
  const learn = (from: Cases, plain: NeighbourSettings): NeighbourSettings => {
    const examples = examplesOf(
      new NextItems(parts, null, { ...plain, ranker: null }),
      from,
      plain.rankedMax,
    )
    return { ...plain, ranker: trainRanker(examples, { ...trainDefaults, seed: settings.seed }) }
  }
  const fit = pickCases(cases, 0, fitCount, trainCasesMax)
  // What a blend gains may be nothing to a ranker, which weighs the same things itself.
  const rivals = [found, settings.start, learn(fit, found), learn(fit, settings.start)]
  let best = rivals[0]!
  let after = accuracy(best)
  for (const rival of rivals.slice(1)) {
    const other = accuracy(rival)
    if (sumOf(other) <= sumOf(after)) continue
    best = rival
    after = other
  }
  // What goes into use has seen the newest cases as well.
  const isTrained = best.ranker !== settings.start.ranker
  if (isTrained) best = learn(pickCases(cases, 0, cases.count, trainCasesMax), best)
  return { ...outcome, settings: best, after, tried: search.tried, seconds: secondsSoFar() }
}

const sumOf = ({ hr20, mrr20 }: Accuracy): number => hr20 + mrr20

function accuracyIn(
  parts: SessionIndexParts,
  settings: NeighbourSettings,
  cases: Cases,
  itemCount: number,
): Accuracy {
  const next = new NextItems(parts, null, settings)
  const { hits, reciprocals } = hitsOf(next, cases, 0, cases.count, itemCount)
  return accuracyOf(hits, reciprocals, cases.count)
}

/** Moves one setting at a time to the next value, as long as that gains. */
class Search {
  tried = 0
  readonly #parts: SessionIndexParts
  readonly #cases: Cases
  readonly #itemCount: number
  /** Of the best so far: on the first quarter of the cases, and on all of them. */
  #bestOfFirst = 0
  #best = 0

  constructor(parts: SessionIndexParts, cases: Cases, itemCount: number) {
    this.#parts = parts
    // In turns of four, so that the first quarter is not the oldest.
    this.#cases = dealt(cases, 4)
    this.#itemCount = itemCount
  }

  run(start: NeighbourSettings, isOver: () => boolean): NeighbourSettings {
    let best: NeighbourSettings = { ...start, ranker: null }
    const quarter = this.#cases.count >> 2
    const sums = new Float64Array(2)
    this.#measure(best, quarter, -Infinity, sums)
    this.#bestOfFirst = sums[0]!
    this.#best = sums[1]!
    for (let round = 0; round < 2; round++) {
      const before = this.#best
      for (const [name, values] of steps)
        for (const direction of [1, -1]) {
          while (!isOver()) {
            const value = nextValue(values, best[name] as number, direction)
            if (value === null) break
            const other = { ...best, [name]: value }
            this.#measure(other, quarter, this.#bestOfFirst - lossMax, sums)
            if (sums[1]! < this.#best + gainMin) break
            best = other
            this.#bestOfFirst = sums[0]!
            this.#best = sums[1]!
          }
        }
      if (this.#best < before + gainMin) break
    }
    return { ...best, ranker: start.ranker }
  }

  /** Of HR@20 and MRR@20 the sum, in percent: on the first cases, and if that is at least `least` on all. */
  #measure(settings: NeighbourSettings, quarter: number, least: number, sums: Float64Array): void {
    this.tried++
    const next = new NextItems(this.#parts, null, settings)
    const { count } = this.#cases
    const first = hitsOf(next, this.#cases, 0, quarter, this.#itemCount)
    sums[0] = (100 * (first.hits + first.reciprocals)) / Math.max(1, quarter)
    sums[1] = -Infinity
    if (sums[0]! < least) return
    const rest = hitsOf(next, this.#cases, quarter, count, this.#itemCount)
    const both = first.hits + rest.hits + first.reciprocals + rest.reciprocals
    sums[1] = (100 * both) / count
  }
}

function nextValue(values: readonly number[], value: number, direction: number): number | null {
  const beyond = values.filter((other) => (other - value) * direction > 1e-9)
  return (direction > 0 ? beyond[0] : beyond.at(-1)) ?? null
}

/** The first of each four, then the second of each, and so on. */
function dealt(cases: Cases, handCount: number): Cases {
  const order = Int32Array.from({ length: cases.count }, (_, i) => i)
  order.sort((a, b) => (a % handCount) - (b % handCount) || a - b)
  return {
    ...cases,
    starts: Uint32Array.from(order, (i) => cases.starts[i]!),
    ends: Uint32Array.from(order, (i) => cases.ends[i]!),
    next: Int32Array.from(order, (i) => cases.next[i]!),
  }
}
