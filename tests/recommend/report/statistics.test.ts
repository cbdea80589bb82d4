// Goal: intervals hold as often as they say. Method: figures from the literature, and many trials drawn with known rates;
// pages of people who each click more or less, for whom an interval by view would be too narrow.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { noSums } from '../../../src/recommend/report/exposures.js'
import {
  type ClickSums,
  clickRateDifference,
  clickRateOf,
  evenPeople,
  meanDifference,
  meanOf,
  shareDifference,
  student95,
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
/** Of crowds: what is drawn misses by a hundredth hardly ever. */
const crowdTrials = 4_000

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

test('Student’s t is what its tables have', () => {
  for (const [degrees, t] of [
    [10, 2.228],
    [30, 2.042],
    [100, 1.984],
    [1e9, 1.96],
  ] as const)
    check.ok(Math.abs(student95(degrees) - t) < 0.001, `${student95(degrees)} for ${t}`)
})

/** How people look and click: each as often as `views` says, with a rate of their own around `rate`. */
interface Crowd {
  readonly people: number
  readonly views: (random: Random) => number
  readonly rate: number
  /** Of how alike one person's views are: 0, not at all, to 1. */
  readonly likeness: number
}

/** What is drawn of a crowd, and the part of it on days that were asked for: each person comes on one day or on some. */
function draw(random: Random, { people, views, rate, likeness }: Crowd) {
  const sums = noSums()
  const days = { clicks: 0, views: 0 }
  for (let person = 0; person < people; person++) {
    // Most never click, and some often do: of mean `rate`, and of the variance that makes views so alike.
    const often = rate + likeness * (1 - rate)
    const ownRate = likeness === 0 ? rate : random.chance(rate / often) ? often : 0
    const its = views(random)
    const hasOneDay = random.chance(0.5)
    const isIn = random.chance(0.4)
    let clicks = 0
    for (let view = 0; view < its; view++) {
      const isClick = random.chance(ownRate)
      if (isClick) clicks++
      if (!(hasOneDay ? isIn : random.chance(0.4))) continue
      days.views++
      if (isClick) days.clicks++
    }
    sums.people++
    sums.views += its
    sums.clicks += clicks
    sums.viewsViews += its * its
    sums.clicksClicks += clicks * clicks
    sums.viewsClicks += its * clicks
  }
  return { sums, days }
}

type Drawn = ReturnType<typeof draw>

const alone = { views: () => 1, likeness: 0 }
const alike = { views: (random: Random) => 1 + random.below(10), likeness: 0.3 }
/** One of twenty makes three of five views. */
const uneven = {
  views: (random: Random) => (random.chance(0.05) ? 30 + random.below(60) : 1 + random.below(4)),
  likeness: 0.3,
}
const ways = {
  byView: (a: Drawn, b: Drawn) => clickRateDifference(a.sums, a.sums, b.sums, b.sums),
  byPeople: (a: Drawn, b: Drawn) => meanDifference(clickRateOf(a.sums), clickRateOf(b.sums)),
  byDays: (a: Drawn, b: Drawn) => clickRateDifference(a.days, a.sums, b.days, b.sums),
  /** Each view for itself. */
  naive: ({ sums: a }: Drawn, { sums: b }: Drawn) =>
    shareDifference({ count: a.clicks, of: a.views }, { count: b.clicks, of: b.views }),
}

/** How often the truth is in each interval. */
function coverageOf(random: Random, one: Crowd, other: Crowd): Record<keyof typeof ways, number> {
  const truth = one.rate - other.rate
  const hits = { byView: 0, byPeople: 0, byDays: 0, naive: 0 }
  for (let trial = 0; trial < crowdTrials; trial++) {
    const [a, b] = [draw(random, one), draw(random, other)]
    for (const name of Object.keys(ways) as (keyof typeof ways)[]) {
      const { from, to } = ways[name](a, b)!
      if (from <= truth && truth <= to) hits[name] += 1 / crowdTrials
    }
  }
  return hits
}

test.each([
  ['each looks once', 500, 0.05, 0.05, alone],
  ['some look more often', 300, 0.05, 0.05, alike],
  ['some look more often, and there is a difference', 300, 0.12, 0.06, alike],
  ['few make most of the views', 300, 0.1, 0.1, uneven],
  ['few make most of the views, and there is a difference', 300, 0.2, 0.1, uneven],
] as const)(
  'an interval of click rates has the truth in it 19 times of 20, where %s',
  (_name, people, a, b, crowd) => {
    const one = { people, rate: a, ...crowd }
    const other = { people: Math.round(people * 1.3), rate: b, ...crowd }
    const shares = coverageOf(new Random(seed), one, other)
    console.info(JSON.stringify(shares))
    const told = `seed ${seed}: ${JSON.stringify(shares)}`
    check.ok(shares.byView > 0.92 && shares.byView < 0.975, told)
    check.ok(shares.byPeople > 0.92 && shares.byPeople < 0.975, told)
    // As wide as for all days, though some people come on few.
    check.ok(shares.byDays > 0.93, told)
    if (crowd === uneven) check.ok(shares.naive < 0.7, told)
  },
)

test('an interval of orders has the truth in it 19 times of 20', () => {
  const random = new Random(seed)
  const ordersOf = (people: number) => {
    let [sum, squares] = [0, 0]
    for (let person = 0; person < people; person++) {
      const orders = random.chance(0.1) ? 1 + random.below(3) : 0
      sum += orders
      squares += orders * orders
    }
    return meanOf(people, sum, squares)
  }
  let hits = 0
  for (let trial = 0; trial < trials; trial++) {
    const { from, to } = meanDifference(ordersOf(300), ordersOf(400))!
    if (from <= 0 && to >= 0) hits++
  }
  check.ok(hits / trials > 0.93 && hits / trials < 0.975, `seed ${seed}: ${hits / trials}`)
})

test('too few are no mean', () => {
  const none: ClickSums = noSums()
  check.equal(meanOf(1, 1, 1), null)
  check.equal(clickRateOf({ ...none, people: 5 }), null)
  check.equal(
    clickRateDifference({ clicks: 1, views: 2 }, none, { clicks: 1, views: 2 }, none),
    null,
  )
  check.equal(meanDifference(null, meanOf(5, 5, 5)), null)
  check.deepEqual(meanOf(4, 4, 4), { mean: 1, variance: 0, degrees: 3 })
  // Two of whom each looks ten times tell as much as two; ten who look once and one a hundred times not as much.
  check.equal(evenPeople({ ...none, people: 2, views: 20, viewsViews: 200 }), 2)
  check.ok(evenPeople({ ...none, people: 11, views: 110, viewsViews: 10_010 }) < 1.3)
  // Without a click nobody knows how alike views are.
  const quiet = { ...none, people: 200, views: 1_000, viewsViews: 6_000 }
  const { from, to } = clickRateDifference(quiet, quiet, quiet, quiet)!
  check.ok(from < 0 && to > 0 && to < 0.01)
})
