import { Scores } from '../scores.js'
import type { NextItems } from '../sessions/next.js'
import type { Sessions } from '../sessions.js'
import type { Cases } from './cases.js'

export const topCount = 20

export interface Accuracy {
  /** In percent: how often what came next was among the first 20; and the mean of 1 / its rank, 0 where it wasn't. */
  readonly hr20: number
  readonly mrr20: number
}

export interface Evaluation extends Accuracy {
  readonly cases: number
  /** Products that were among the first 20 of any answer, in percent of all. */
  readonly coverage: number
  /** Microseconds per recommendation, from the session to the best 20 in order. */
  readonly p50Us: number
  readonly p90Us: number
  readonly p99Us: number
}

const warmUpCount = 2_000

/**
 * Ranks all products for each case, those of its session among them, and looks where the one is that came next.
 *
 * @param itemCount numbers of products are below it.
 */
export function evaluate(next: NextItems, cases: Cases, itemCount: number): Evaluation {
  for (let i = 0; i < Math.min(warmUpCount, cases.count); i++) rankOf(next, cases, i, itemCount)
  const micros = new Float64Array(cases.count)
  const isShown = new Uint8Array(itemCount)
  let hits = 0
  let reciprocals = 0
  for (let i = 0; i < cases.count; i++) {
    const rank = rankOf(next, cases, i, itemCount)
    micros[i] = lastMicros
    if (rank > 0) {
      hits++
      reciprocals += 1 / rank
    }
    for (let place = 0; place < lastCount; place++) isShown[top[place]!] = 1
  }
  let shown = 0
  for (const is of isShown) shown += is
  micros.sort()
  const percentile = (share: number): number =>
    round(micros[Math.min(cases.count - 1, Math.floor(share * cases.count))] ?? 0, 1)
  return {
    ...accuracyOf(hits, reciprocals, cases.count),
    cases: cases.count,
    coverage: round((100 * shown) / Math.max(1, itemCount), 2),
    p50Us: percentile(0.5),
    p90Us: percentile(0.9),
    p99Us: percentile(0.99),
  }
}

/**
 * How well the products do that were looked at most, the same for every case: what any recommender has to exceed, or
 * else the sessions say little of what comes next.
 */
export function evaluatePopular(sessions: Sessions, cases: Cases, itemCount: number): Accuracy {
  scores.begin(itemCount)
  for (let at = 0; at < sessions.starts[sessions.count]!; at++) scores.add(sessions.items[at]!, 1)
  const count = scores.top(topCount, top)
  const ranks = new Map(Array.from(top.subarray(0, count), (item, place) => [item, place + 1]))
  let hits = 0
  let reciprocals = 0
  for (const item of cases.next.subarray(0, cases.count)) {
    const rank = ranks.get(item)
    if (rank === undefined) continue
    hits++
    reciprocals += 1 / rank
  }
  return accuracyOf(hits, reciprocals, cases.count)
}

/** What a search looks at: cases from one on until before another, without what it costs. */
export function hitsOf(
  next: NextItems,
  cases: Cases,
  from: number,
  until: number,
  itemCount: number,
): { hits: number; reciprocals: number } {
  let hits = 0
  let reciprocals = 0
  for (let i = from; i < until; i++) {
    const rank = rankOf(next, cases, i, itemCount)
    if (rank === 0) continue
    hits++
    reciprocals += 1 / rank
  }
  return { hits, reciprocals }
}

export const accuracyOf = (hits: number, reciprocals: number, count: number): Accuracy => ({
  hr20: round((100 * hits) / Math.max(1, count), 2),
  mrr20: round((100 * reciprocals) / Math.max(1, count), 2),
})

/** 1 for the first; 0 where it isn't among them. */
function rankOf(next: NextItems, cases: Cases, i: number, itemCount: number): number {
  const length = prefixOf(cases, i)
  const startMs = performance.now()
  scores.begin(itemCount)
  next.score(prefix, length, 0, scores)
  lastCount = scores.top(topCount, top)
  lastMicros = (performance.now() - startMs) * 1_000
  const wanted = cases.next[i]!
  for (let place = 0; place < lastCount; place++) if (top[place] === wanted) return place + 1
  return 0
}

/** Copies a case's session into `prefix`. @returns its length. */
export function prefixOf(cases: Cases, i: number): number {
  const start = cases.starts[i]!
  const length = cases.ends[i]! - start
  if (length > prefix.length) prefix = new Int32Array(length * 2)
  for (let at = 0; at < length; at++) prefix[at] = cases.items[start + at]!
  return length
}

/** Used again for each case. */
export let prefix = new Int32Array(256)
const scores = new Scores()
const top = new Int32Array(topCount)
let lastCount = 0
let lastMicros = 0

const round = (value: number, digits: number): number => Number(value.toFixed(digits))
