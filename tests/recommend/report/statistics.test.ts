// Goal: intervals hold as often as they say. Method: figures from the literature, and many trials drawn with known rates;
// pages of people who each click more or less, for whom an interval by view would be too narrow.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { addToSums, noSums } from '../../../src/recommend/report/exposures.js'
import {
  meanDifference,
  meanOf,
  ratioOf,
  shareDifference,
  wilson,
} from '../../../src/recommend/report/statistics.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
console.info(`seed: ${seed}`)

test('Newcombe’s own examples (Statistics in Medicine 17, 1998, method 10)', () => {
  for (const [a, aOf, b, bOf, from, to] of [
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [10, 10, 0, 10, 0.6075, 1],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [5, 56, 0, 29, -0.0381, 0.1926],
  ] as const) {
    const interval = shareDifference({ count: a, of: aOf }, { count: b, of: bOf })!
    check.ok(Math.abs(interval.from - from) < 1e-4, `${interval.from} for ${from}`)
    check.ok(Math.abs(interval.to - to) < 1e-4, `${interval.to} for ${to}`)
  }
  check.equal(shareDifference({ count: 0, of: 0 }, { count: 1, of: 2 }), null)
  const [low, high] = wilson(81, 263)
  check.deepEqual([low.toFixed(4), high.toFixed(4)], ['0.2553', '0.3662'])
})

const trials = 2_000

test('an interval of two shares has the truth in it 19 times of 20', () => {
  const random = new Random(seed)
  const draw = (of: number, share: number): { count: number; of: number } => {
    let count = 0
    for (let i = 0; i < of; i++) if (random.chance(share)) count++
    return { count, of }
  }
  let hits = 0
  for (let trial = 0; trial < trials; trial++) {
    const { from, to } = shareDifference(draw(300, 0.05), draw(500, 0.03))!
    if (from <= 0.02 && 0.02 <= to) hits++
  }
  check.ok(hits / trials > 0.93 && hits / trials < 0.975, `${hits / trials}`)
})

test('by people, it holds where each has their own way of clicking; by view, it would not', () => {
  const random = new Random(seed)
  const world = (people: number): ReturnType<typeof noSums> => {
    const sums = noSums()
    for (let person = 0; person < people; person++) {
      const ownRate = random.chance(0.1) ? 0.5 : 0.02
      const views = 1 + random.below(30)
      let clicks = 0
      for (let view = 0; view < views; view++) if (random.chance(ownRate)) clicks++
      const orders = random.chance(0.1) ? 1 + random.below(3) : 0
      const exposure = { variant: '', firstAtSeconds: 0, views, clicks, orders, valueMicros: 0 }
      addToSums(sums, exposure, 1)
    }
    return sums
  }
  const ratio = (it: ReturnType<typeof noSums>) =>
    ratioOf(it.people, it.clicks, it.views, it.clicksClicks, it.viewsViews, it.viewsClicks)
  let byPeople = 0
  let byView = 0
  let orders = 0
  for (let trial = 0; trial < trials / 4; trial++) {
    const [a, b] = [world(300), world(400)]
    const isIn = ({ from, to }: { from: number; to: number }): number =>
      from <= 0 && to >= 0 ? 1 : 0
    byPeople += isIn(meanDifference(ratio(a), ratio(b))!)
    byView += isIn(
      shareDifference({ count: a.clicks, of: a.views }, { count: b.clicks, of: b.views })!,
    )
    orders += isIn(
      meanDifference(
        meanOf(a.people, a.orders, a.ordersOrders),
        meanOf(b.people, b.orders, b.ordersOrders),
      )!,
    )
  }
  const share = (count: number): number => count / (trials / 4)
  console.info(`by people ${share(byPeople)}, by view ${share(byView)}, orders ${share(orders)}`)
  check.ok(share(byPeople) > 0.91, `${share(byPeople)}`)
  check.ok(share(orders) > 0.91, `${share(orders)}`)
  check.ok(share(byView) < 0.8, `${share(byView)}`)
})

test('too few are no mean', () => {
  check.equal(meanOf(1, 1, 1), null)
  check.equal(ratioOf(5, 0, 0, 0, 0, 0), null)
  check.equal(meanDifference(null, meanOf(5, 5, 5)), null)
  check.deepEqual(meanOf(4, 4, 4), { mean: 1, variance: 0 })
})
