// Goal: what is trending and sold most is what adding up all that happened says, at the build and after every
// event since. Method: decayed sums taken one by one and sorted, beside the lists; random events, seeds printed.
import { strict as check } from 'node:assert'
import { expect, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { ActionKind } from '../../../src/recommend/actions.js'
import { Counters, countActions } from '../../../src/recommend/models/counters.js'
import {
  buildPopularity,
  categoryItemsMax,
  listItemsMax,
  PopularityLists,
} from '../../../src/recommend/models/popularity.js'
import {
  Bestsellers,
  Trending,
  TrendingInCategory,
} from '../../../src/recommend/models/popularity-sources.js'
import { TopList } from '../../../src/recommend/models/top-list.js'
import { actionsOf, factsOf, foundBy, type GivenAction, randomActions } from './given-actions.js'

const day = 86_400
const weights = [1, 4, 3, 9]

interface Sums {
  readonly trend: number
  readonly sales: number
}

function naiveSums(given: readonly GivenAction[], item: number, nowSeconds: number): Sums {
  let short = 0
  let long = 0
  let sales = 0
  for (const action of given) {
    if (action.item !== item) continue
    const days = (nowSeconds - action.atSeconds) / day
    short += weights[action.kind]! * 0.5 ** days
    long += weights[action.kind]! * 0.5 ** (days / 14)
    if (action.kind === ActionKind.purchase) sales += 0.5 ** (days / 30)
  }
  return { trend: short > 0 ? short * Math.sqrt(short / long) : 0, sales }
}

/** Whether values go down, but for what a 32-bit float can't tell apart. */
const goesDown = (values: readonly number[]): boolean =>
  values.every((value, i) => i === 0 || value <= values[i - 1]! * 1.000_01)

test('counters: sums that fade, whatever has happened since', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const given = randomActions(new Random(seed), 20, 10, 60 * day)
    const lastSeconds = Math.max(...given.map(({ atSeconds }) => atSeconds))
    const cutSeconds = lastSeconds - 20 * day
    const counters = countActions(
      actionsOf(given.filter(({ atSeconds }) => atSeconds <= cutSeconds)),
      10,
      cutSeconds,
    )
    for (const { item, kind, atSeconds } of given)
      if (atSeconds > cutSeconds) counters.note(item, kind, atSeconds)
    const values = (of: (item: number) => number): number[] => {
      const all = Array.from({ length: 10 }, (_, item) => of(item))
      return all.map((value) => value / Math.max(...all))
    }
    const trends = values((item) => naiveSums(given, item, lastSeconds).trend)
    const sales = values((item) => naiveSums(given, item, lastSeconds).sales)
    for (const [item, trend] of values((item) => counters.trendOf(item)).entries())
      expect(trend, `seed ${seed}: trend of ${item}`).toBeCloseTo(trends[item]!, 4)
    for (const [item, sold] of values((item) => counters.salesOf(item)).entries())
      expect(sold, `seed ${seed}: sales of ${item}`).toBeCloseTo(sales[item]!, 4)
  }
})

test('counters: years go by without a build', () => {
  const counters = new Counters({
    short: new Float32Array(2),
    long: new Float32Array(2),
    sales: new Float32Array(2),
    sinceSeconds: 0,
  })
  for (let days = 0; days < 2_000; days++) {
    counters.note(0, ActionKind.purchase, days * day)
    if (days < 1_990) counters.note(1, ActionKind.purchase, days * day)
    if (days === 1_500) counters.note(7, ActionKind.view, days * day)
  }
  check.ok(Number.isFinite(counters.trendOf(0)) && counters.trendOf(0) > 0)
  check.ok(counters.trendOf(1) < counters.trendOf(0) / 500, 'not sold for ten days')
  expect(counters.salesOf(1) / counters.salesOf(0)).toBeCloseTo(0.5 ** (10 / 30), 1)
  check.equal(counters.trendOf(7), 0, 'looked at once, more than a year ago')
})

test('lists: in order and complete, at the build and after every event', () => {
  const itemCount = 900
  for (let seed = 1; seed <= 6; seed++) {
    const random = new Random(seed)
    const given = randomActions(random, 700, itemCount, 40 * day)
    const lastSeconds = Math.max(...given.map(({ atSeconds }) => atSeconds))
    const cutSeconds = lastSeconds - 30 * day
    const facts = factsOf(itemCount, (item) => item % 4)
    facts.parent[1] = 0
    facts.parent[2] = 1
    for (let item = 0; item < itemCount; item += 50) facts.flags[item] = 1
    const before = given.filter(({ atSeconds }) => atSeconds <= cutSeconds)
    const parts = buildPopularity(actionsOf(before), facts, itemCount, cutSeconds)
    const counters = new Counters(parts.counters)
    const lists = new PopularityLists(counters, facts, parts)
    const compare = (past: readonly GivenAction[], nowSeconds: number): void => {
      const sums = Array.from({ length: itemCount }, (_, item) => naiveSums(past, item, nowSeconds))
      const agrees = (
        name: string,
        list: TopList | null,
        of: keyof Sums,
        among: number[],
      ): void => {
        const countMax = name === 'category' ? categoryItemsMax : listItemsMax
        const own = among.filter((item) => facts.flags[item] === 3 && sums[item]![of] > 0)
        const expected = own.sort((a, b) => sums[b]![of] - sums[a]![of]).slice(0, countMax)
        const items = [...(list?.items.subarray(0, list.count) ?? [])]
        check.equal(new Set(items).size, items.length)
        check.equal(items.length, expected.length, `seed ${seed}: ${name} ${of}`)
        check.ok(goesDown(items.map((item) => sums[item]![of])), `seed ${seed}: ${name} in order`)
        const worst = items.length === 0 ? 0 : sums[items.at(-1)!]![of]
        for (const item of expected)
          if (!items.includes(item))
            expect(sums[item]![of], `seed ${seed}: ${name}`).toBeLessThanOrEqual(worst * 1.000_01)
      }
      const all = Array.from({ length: itemCount }, (_, item) => item)
      agrees('all', lists.trending, 'trend', all)
      agrees('all', lists.bestsellers, 'sales', all)
      for (const [category, among] of [[0, 1, 2], [1, 2], [2], [3]].entries())
        agrees(
          'category',
          lists.ofCategory(category),
          'trend',
          all.filter((item) => among.includes(item % 4)),
        )
    }
    compare(before, cutSeconds)
    const later = given
      .filter(({ atSeconds }) => atSeconds > cutSeconds)
      .sort((a, b) => a.atSeconds - b.atSeconds)
    for (const { item, kind, atSeconds } of later) lists.note(item, kind, atSeconds)
    compare(given, lastSeconds)
  }
})

test('top list: a value that goes down is put back, too', () => {
  const values = [5, 4, 3, 2, 1]
  const ranking = { valueOf: (item: number): number => values[item]! }
  const list = new TopList(3)
  for (let item = 4; item >= 0; item--) list.join(item, ranking)
  check.deepEqual([...list.items.subarray(0, list.count)], [0, 1, 2])
  values[0] = 3.5
  check.equal(list.move(0, ranking), true)
  check.deepEqual([...list.items], [1, 0, 2])
  check.equal(list.move(3, ranking), false)
  values[4] = 4
  list.join(4, ranking)
  check.deepEqual([...list.items], [1, 4, 0], 'of two that are alike the lower number comes first')
})

test('trending: what rises comes before what was always wanted as much; what came after the build counts', () => {
  const given: GivenAction[] = []
  const view = (item: number, daysAgo: number): number =>
    given.push({
      person: `p${given.length}`,
      item,
      kind: ActionKind.view,
      atSeconds: 1_700_000_000 - Math.round(daysAgo * day),
      order: -1,
    })
  for (let hours = 0; hours < 60 * 24; hours += 6) view(0, hours / 24)
  for (let i = 0; i < 4; i++) view(1, 0.1 * i)
  const facts = factsOf(3)
  const parts = buildPopularity(actionsOf(given), facts, 2, 1_700_000_000)
  const lists = new PopularityLists(new Counters(parts.counters), facts, parts)
  check.deepEqual(foundBy(new Trending(lists), {}, 3), [1, 0])
  for (let i = 0; i < 9; i++) lists.note(2, ActionKind.cart, 1_700_000_000 + i)
  check.deepEqual(foundBy(new Trending(lists), {}, 3), [2, 1, 0])
  check.deepEqual(foundBy(new Bestsellers(lists), {}, 3), [])
  lists.note(1, ActionKind.purchase, 1_700_000_000)
  check.deepEqual(foundBy(new Bestsellers(lists), {}, 3), [1])
})

test('trending in a category: filled up from the one above it, and of the products where the page has none', () => {
  const facts = factsOf(120, (item) => (item < 3 ? 1 : item < 60 ? 0 : 2))
  facts.parent[1] = 0
  const given: GivenAction[] = Array.from({ length: 120 }, (_, item) => ({
    person: 'p',
    item,
    kind: ActionKind.view,
    atSeconds: 1_700_000_000 - item * 60,
    order: -1,
  }))
  const parts = buildPopularity(actionsOf(given), facts, 120, 1_700_000_000)
  const lists = new PopularityLists(new Counters(parts.counters), facts, parts)
  const source = new TrendingInCategory(lists, facts)
  check.deepEqual(foundBy(source, { category: 1 }, 120, 5), [0, 1, 2, 3, 4])
  check.deepEqual(foundBy(source, { category: 1 }, 120, 1_000).length, 60)
  check.deepEqual(foundBy(source, { category: 2 }, 120, 3), [60, 61, 62])
  check.deepEqual(foundBy(source, { products: [70, 71] }, 120, 3), [60, 61, 62])
  check.deepEqual(foundBy(source, { products: [70, 1] }, 120, 1_000).length, 120)
  check.deepEqual(foundBy(source, {}, 120), [])
  check.deepEqual(
    foundBy(source, { category: 99 }, 120),
    [],
    'a category that came after the build',
  )
})
