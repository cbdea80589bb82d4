// Goal: rows say what belongs together and how sure that is, for shops of any size. Method: the ratio against
// published values and by hand; groups and rows against maps and sets on random actions; small shops by hand.
import { strict as check } from 'node:assert'
import { expect, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { ActionKind } from '../../../src/recommend/actions.js'
import { BoughtTogether, Complements } from '../../../src/recommend/models/bought-together.js'
import {
  basketSeconds,
  basketsOf,
  type Groups,
  GroupsBuilder,
  groupItemsMax,
  ordersOf,
  seenSeconds,
} from '../../../src/recommend/models/groups.js'
import { logLikelihood } from '../../../src/recommend/models/log-likelihood.js'
import {
  buildRelatedRows,
  RelatedRows,
  type RelatedRowsParts,
} from '../../../src/recommend/models/related-rows.js'
import { rowItemsMax, supportMin, weakItemsMax } from '../../../src/recommend/models/row-choice.js'
import { ViewedThenBought } from '../../../src/recommend/models/viewed-then-bought.js'
import { actionsOf, factsOf, foundBy, type GivenAction, randomActions } from './given-actions.js'

/** As in Dunning's own table: what has both, one, the other, neither. */
const ratio = (k11: number, k12: number, k21: number, k22: number): number =>
  logLikelihood(k11, k11 + k12, k11 + k21, k11 + k12 + k21 + k22)

test('log-likelihood: published values, and one by hand', () => {
  // Those of Apache Mahout's tests.
  expect(ratio(1, 0, 0, 1)).toBeCloseTo(2.772589, 5)
  expect(ratio(10, 0, 0, 10)).toBeCloseTo(27.72589, 4)
  expect(ratio(5, 1_995, 0, 100_000)).toBeCloseTo(39.33052, 4)
  expect(ratio(1_000, 1_995, 1_000, 100_000)).toBeCloseTo(4_730.737, 2)
  expect(ratio(1_000, 1_000, 1_000, 100_000)).toBeCloseTo(5_734.343, 2)
  expect(ratio(1_000, 1_000, 1_000, 99_000)).toBeCloseTo(5_714.932, 2)
  // 4 of 8 baskets have bread, 4 butter, 3 both: expected are 2 in each cell, so 2 · (3 ln 1.5 + 2 · ln 0.5 + 3 ln 1.5).
  expect(ratio(3, 1, 1, 3)).toBeCloseTo(12 * Math.log(1.5) + 4 * Math.log(0.5), 9)
  check.equal(ratio(1, 9, 9, 1), 0, 'less often than by chance')
  check.equal(ratio(2, 2, 2, 2), 0, 'as often as by chance')
})

const sets = (groups: Groups): number[][] =>
  Array.from({ length: groups.count }, (_, group) =>
    [...groups.items.subarray(groups.starts[group]!, groups.starts[group + 1]!)].sort(
      (a, b) => a - b,
    ),
  )
const sorted = (items: Iterable<number>): number[] => [...new Set(items)].sort((a, b) => a - b)

function byPerson(given: readonly GivenAction[]): GivenAction[][] {
  const people = new Map<string, GivenAction[]>()
  for (const action of given)
    people.set(action.person, [...(people.get(action.person) ?? []), action])
  return [...people.values()].map((own) => own.sort((a, b) => a.atSeconds - b.atSeconds))
}

test('groups: baskets are orders, with what is ordered soon after; orders know what was seen before', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed)
    const given = randomActions(random, 20, 30, 20 * 86_400)
    const actions = actionsOf(given)
    const baskets: number[][] = []
    const seen: number[][] = []
    const bought: number[][] = []
    for (const own of byPerson(given)) {
      let basket: GivenAction[] = []
      const orders = new Map<number, GivenAction[]>()
      for (const action of own.filter(({ kind }) => kind === ActionKind.purchase)) {
        const isSame =
          basket.length > 0 &&
          (basket.at(-1)!.order === action.order ||
            action.atSeconds < basket[0]!.atSeconds + basketSeconds)
        if (!isSame && basket.length > 0) baskets.push(sorted(basket.map(({ item }) => item)))
        basket = isSame ? [...basket, action] : [action]
        orders.set(action.order, [...(orders.get(action.order) ?? []), action])
      }
      if (basket.length > 0) baskets.push(sorted(basket.map(({ item }) => item)))
      for (const order of orders.values()) {
        bought.push(sorted(order.map(({ item }) => item)))
        const before = own
          .slice(0, own.indexOf(order[0]!))
          .filter(
            ({ kind, atSeconds }) =>
              kind === ActionKind.view && atSeconds >= order[0]!.atSeconds - seenSeconds,
          )
        seen.push(sorted(before.map(({ item }) => item)))
      }
    }
    const orders = ordersOf(actions, 30)
    check.deepEqual(sets(basketsOf(actions, 30)), baskets, `seed ${seed}: baskets`)
    check.deepEqual(sets(orders.bought), bought, `seed ${seed}: orders`)
    check.deepEqual(sets(orders.seen), seen, `seed ${seed}: seen before`)
  }
})

test('groups: of a large basket a part is taken that is spread over it', () => {
  const builder = new GroupsBuilder(1_000)
  for (let item = 0; item < 600; item++) builder.add(item)
  builder.endGroup()
  builder.add(5)
  builder.add(5)
  builder.endGroup()
  const [large, small] = sets(builder.built())
  check.deepEqual(
    large,
    Array.from({ length: groupItemsMax }, (_, i) => i * 10),
  )
  check.deepEqual(small, [5])
})

/** Row by row over all pairs of products. */
function naiveRows(itemCount: number, from: number[][], to: number[][]): Map<number, number>[] {
  const has = (groups: number[][], item: number): number =>
    groups.filter((group) => group.includes(item)).length
  return Array.from({ length: itemCount }, (_, item) => {
    const strong: [number, number][] = []
    const weak: [number, number][] = []
    for (let other = 0; other < itemCount; other++) {
      const both = from.filter(
        (group, number) => group.includes(item) && to[number]!.includes(other),
      ).length
      if (other === item || both === 0) continue
      const own = has(from, item)
      const others = has(to, other)
      if (both < supportMin) {
        weak.push([other, ((both / 2) * both) / Math.sqrt(own * others)])
        continue
      }
      const score = logLikelihood(both, own, others, from.length)
      if (score > 0) strong.push([other, score])
    }
    const best = (list: [number, number][]): [number, number][] =>
      list.sort((a, b) => b[1] - a[1] || a[0] - b[0])
    const row = best(strong).slice(0, rowItemsMax)
    const top = row[0]?.[1] ?? 1
    const last = row.at(-1)?.[1] ?? top
    const room = Math.min(weakItemsMax, rowItemsMax - row.length)
    return new Map([
      ...row.map(([other, score]): [number, number] => [other, score / top]),
      ...best(weak)
        .slice(0, room)
        .map(([other, score]): [number, number] => [other, score * Math.min(0.1, last / top)]),
    ])
  })
}

function rowOf(parts: RelatedRowsParts, item: number): Map<number, number> {
  const row = new Map<number, number>()
  for (let at = parts.starts[item]!; at < parts.starts[item + 1]!; at++)
    row.set(parts.items[at]!, parts.weights[at]!)
  return row
}

test('rows: those of all pairs counted one by one', () => {
  let strongCount = 0
  for (let seed = 1; seed <= 25; seed++) {
    const random = new Random(seed)
    const itemCount = 8 + random.below(50)
    const actions = actionsOf(randomActions(random, 60, itemCount, 20 * 86_400))
    const baskets = basketsOf(actions, itemCount)
    const orders = ordersOf(actions, itemCount)
    for (const [from, to] of [
      [baskets, baskets],
      [orders.seen, orders.bought],
    ] as const) {
      const parts = buildRelatedRows(itemCount, from, to)
      const expected = naiveRows(itemCount, sets(from), sets(to))
      for (let item = 0; item < itemCount; item++) {
        const row = rowOf(parts, item)
        const wanted = expected[item]!
        check.deepEqual([...row.keys()], [...wanted.keys()], `seed ${seed}, product ${item}`)
        for (const [other, weight] of row) {
          expect(weight).toBeCloseTo(wanted.get(other)!, 5)
          if (weight > 0.1) strongCount++
        }
      }
    }
  }
  expect(strongCount).toBeGreaterThan(500)
})

const order = (number: number, ...items: number[]): GivenAction[] =>
  items.map((item) => ({
    person: `p${number}`,
    item,
    kind: ActionKind.purchase,
    atSeconds: 1_700_000_000 + number,
    order: number,
  }))

function rowsOf(given: readonly GivenAction[], itemCount: number): RelatedRows {
  const baskets = basketsOf(actionsOf(given), itemCount)
  return new RelatedRows(buildRelatedRows(itemCount, baskets, baskets))
}

test('bought together: a shop with two orders has something to show', () => {
  const source = new BoughtTogether(rowsOf([...order(0, 1, 2), ...order(1, 1, 2, 3)], 5))
  check.deepEqual(foundBy(source, { products: [1] }, 5), [2, 3])
  check.deepEqual(foundBy(source, { cart: [3] }, 5), [1, 2])
  check.deepEqual(foundBy(source, { products: [4] }, 5), [])
  check.deepEqual(foundBy(source, { products: [9] }, 10), [], 'came after the build')
})

test('complements: not what takes its place, unless it is sure that people buy both', () => {
  // 0 and 1 are shoes, 2 socks, 3 a belt; 4 and 5 shoes of one brand at one price.
  const categories = [0, 0, 1, 2, 0, 0]
  const facts = factsOf(
    6,
    (item) => categories[item]!,
    (item) => (item >= 4 ? 0 : -1),
  )
  const given: GivenAction[] = []
  let number = 0
  const orders = (times: number, ...items: number[]): void => {
    for (let i = 0; i < times; i++) given.push(...order(number++, ...items))
  }
  orders(5, 0, 1)
  orders(4, 0, 2)
  orders(10, 0)
  orders(60, 3)
  orders(5, 1)
  const few = rowsOf(given, 6)
  check.deepEqual(foundBy(new BoughtTogether(few), { products: [0] }, 6), [2, 1])
  check.deepEqual(foundBy(new Complements(few, facts), { products: [0] }, 6), [2])
  check.deepEqual(
    foundBy(new Complements(few, facts), { products: [0], cart: [2] }, 6),
    [],
    'socks are in the cart: what goes with them are shoes, which the page is about',
  )
  orders(30, 0, 1)
  orders(30, 4, 5)
  const many = rowsOf(given, 6)
  check.deepEqual(foundBy(new Complements(many, facts), { products: [0] }, 6), [1, 2])
  check.deepEqual(foundBy(new BoughtTogether(many), { products: [4] }, 6), [5])
  check.deepEqual(foundBy(new Complements(many, facts), { products: [4] }, 6), [], 'a variant')
})

test('viewed then bought: what the page is about counts more than what came before it', () => {
  const given: GivenAction[] = []
  const led = (number: number, from: number, to: number): void => {
    const [bought] = order(number, to)
    given.push(
      { ...bought!, item: from, kind: ActionKind.view, order: -1, atSeconds: 1_699_990_000 },
      bought!,
    )
  }
  for (let number = 0; number < 10; number++) led(number, number % 2, 2 + (number % 2))
  const { seen, bought } = ordersOf(actionsOf(given), 4)
  const source = new ViewedThenBought(new RelatedRows(buildRelatedRows(4, seen, bought)))
  check.deepEqual(foundBy(source, { products: [0], session: [1, 0] }, 4), [2, 3])
  check.deepEqual(foundBy(source, { products: [1], session: [0, 1] }, 4), [3, 2])
  check.deepEqual(foundBy(source, { session: [1, 0] }, 4), [2, 3])
  check.deepEqual(foundBy(source, { products: [2] }, 4), [], 'nothing goes the other way')
})
