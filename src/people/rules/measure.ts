import type { Fading, Order, Slice } from '../../profiles/slice.js'
import type { Comparison } from './raw-rule.js'
import { all, always, any, forSome, not, type Test } from './until.js'

/** Something about a person that is compared with a threshold. */
export interface Measure {
  /** Whether there is anything to compare: without it no comparison holds. null where there always is. */
  readonly isThere: Test | null
  /** Whether it is at least `threshold`; more than it where strict. */
  atLeast(threshold: number, isStrict: boolean): Test
}

/** @param thresholds one; several for `one of`. */
export function compare(
  measure: Measure,
  comparison: Comparison,
  thresholds: readonly number[],
): Test {
  const threshold = thresholds[0]!
  const equals = (value: number): Test =>
    all([measure.atLeast(value, false), not(measure.atLeast(value, true))])
  const there = (test: Test): Test =>
    measure.isThere === null ? test : all([measure.isThere, test])
  switch (comparison) {
    case '>=':
      return measure.atLeast(threshold, false)
    case '>':
      return measure.atLeast(threshold, true)
    case '<':
      return there(not(measure.atLeast(threshold, false)))
    case '<=':
      return there(not(measure.atLeast(threshold, true)))
    case '=':
      return equals(threshold)
    case '!=':
      return there(not(equals(threshold)))
    case 'one of':
      return any(thresholds.map(equals))
  }
}

/** What time alone doesn't change. @param read NaN where there is nothing. */
export function still(read: (slice: Slice) => number): Measure {
  return {
    isThere: (slice) => always(!Number.isNaN(read(slice))),
    atLeast: (threshold, isStrict) =>
      isStrict
        ? (slice) => always(read(slice) > threshold)
        : (slice) => always(read(slice) >= threshold),
  }
}

/** How long ago something was, ms. @param readAtMs 0 where it never was. */
export function age(readAtMs: (slice: Slice) => number): Measure {
  return {
    isThere: (slice) => always(readAtMs(slice) > 0),
    atLeast: (threshold, isStrict) => {
      const leastMs = leastWhole(threshold, isStrict)
      return (slice, nowMs) => {
        const atMs = readAtMs(slice)
        if (atMs === 0) return -Infinity
        const fromMs = atMs + leastMs
        return nowMs >= fromMs ? Infinity : -fromMs
      }
    },
  }
}

/** How many of a list are from within this time. @param list newest first. */
export function countWithin(
  list: (slice: Slice) => readonly { readonly atMs: number }[],
  withinMs: number,
): Measure {
  return {
    isThere: null,
    atLeast: (threshold, isStrict) => {
      const least = leastWhole(threshold, isStrict)
      if (least <= 0) return () => Infinity
      return (slice, nowMs) => forSome(list(slice)[least - 1]?.atMs ?? 0, withinMs, nowMs)
    },
  }
}

/** What the orders from within this time are worth, micros. */
export function valueWithin(orders: (slice: Slice) => readonly Order[], withinMs: number): Measure {
  return {
    isThere: null,
    atLeast: (threshold, isStrict) => {
      const least = leastWhole(threshold, isStrict)
      if (least <= 0) return () => Infinity
      return (slice, nowMs) => {
        let micros = 0
        for (const { atMs, valueMicros } of orders(slice)) {
          micros += valueMicros
          // The oldest order that it takes is the first to be too long ago.
          if (micros >= least) return forSome(atMs, withinMs, nowMs)
        }
        return -Infinity
      }
    },
  }
}

/** Far more than a sum of some dozen weights is out by. */
const nearMs = 0.01

/** What halves with every `halfLifeMs`. @param weightAt what it is at a moment. */
export function fading(
  weightAt: (slice: Slice, ms: number) => number,
  halfLifeMs: number,
): Measure {
  return {
    isThere: null,
    atLeast: (threshold, isStrict) => {
      // Nothing fades to 0 outright: what is more than that is so for good.
      if (threshold === 0) return (slice, nowMs) => always(!isStrict || weightAt(slice, nowMs) > 0)
      const isEnough = (weight: number): boolean =>
        isStrict ? weight > threshold : weight >= threshold
      return (slice, nowMs) => {
        const weight = weightAt(slice, nowMs)
        if (!isEnough(weight)) return -Infinity
        const lastMs = nowMs + halfLifeMs * Math.log2(weight / threshold)
        const roundMs = Math.round(lastMs)
        if (Math.abs(lastMs - roundMs) > nearMs) return Math.floor(lastMs) + 1
        // So near to a whole millisecond rounding decides what the weight is at it.
        let endMs = Math.max(roundMs - 1, nowMs + 1)
        while (endMs <= roundMs + 1 && isEnough(weightAt(slice, endMs))) endMs++
        return endMs
      }
    },
  }
}

/** What is left of an interest. */
export const fadedAt = ({ weight, atMs }: Fading, halfLifeMs: number, ms: number): number =>
  weight * Math.exp(((atMs - ms) * Math.LN2) / halfLifeMs)

/** The least whole number that is at least the threshold; more than it where strict. */
export const leastWhole = (threshold: number, isStrict: boolean): number =>
  isStrict ? Math.floor(threshold) + 1 : Math.ceil(threshold)
