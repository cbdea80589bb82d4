/** Scores from 1 to 5 for how recently, how often and for how much somebody bought. */
import type { Measure } from './measure.js'
import { age, leastWhole, still } from './measure.js'
import { all, type Test } from './until.js'
import type { Currencies } from './value.js'

/** Where one score ends and the next begins; four values each, for the scores 5, 4, 3 and 2. */
export interface RfmThresholds {
  /** Days since the last order, rising: 5 for less than the first. */
  readonly recencyDays: readonly [number, number, number, number]
  /** Orders ever, falling: 5 for the first or more. */
  readonly orderCounts: readonly [number, number, number, number]
  /** All that was spent, in the shop's currency, falling: 5 for the first or more. */
  readonly spent: readonly [number, number, number, number]
}

const dayMs = 86_400_000
const spentEuros = [1_000, 400, 150, 50] as const

/**
 * What holds for shops that say nothing else. The amounts are euros, in the shop's own currency where
 * there are rates for both, rounded to two digits; else the same numbers of its own.
 */
export function defaultRfm({ currency, unitValue }: Currencies): RfmThresholds {
  const euro = unitValue['EUR']
  const own = unitValue[currency]
  const rate = euro === undefined || own === undefined ? 1 : euro / own
  const amount = (euros: number): number => Number((euros * rate).toPrecision(2))
  const [a, b, c, d] = spentEuros
  return {
    recencyDays: [30, 90, 180, 365],
    orderCounts: [10, 5, 3, 2],
    spent: [amount(a), amount(b), amount(c), amount(d)],
  }
}

export function recency({ recencyDays }: RfmThresholds): Measure {
  const sinceLast = age((slice) => slice.orders.lastAtMs)
  const hasBought: Test = sinceLast.isThere!
  return {
    isThere: hasBought,
    atLeast: (score, isStrict) => {
      const least = leastWhole(score, isStrict)
      if (least <= 1) return hasBought
      if (least > 5) return () => -Infinity
      const isOld = sinceLast.atLeast(recencyDays[5 - least]! * dayMs, false)
      return all([hasBought, (slice, nowMs) => -isOld(slice, nowMs)])
    },
  }
}

export function frequency({ orderCounts }: RfmThresholds): Measure {
  return still(({ orders }) => (orders.count === 0 ? NaN : scoreOf(orders.count, orderCounts)))
}

export function monetary({ spent }: RfmThresholds): Measure {
  const micros = spent.map((amount) => Math.round(amount * 1e6))
  return still(({ orders }) => (orders.count === 0 ? NaN : scoreOf(orders.valueMicros, micros)))
}

/** @param thresholds falling, for the scores 5, 4, 3 and 2. */
function scoreOf(value: number, thresholds: readonly number[]): number {
  let score = 5
  for (const threshold of thresholds) {
    if (value >= threshold) return score
    score--
  }
  return score
}
