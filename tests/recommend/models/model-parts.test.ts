// Goal: all models are built in one go, handed over without a copy, and go on with what happens then; where a shop
// has nothing yet, every source finds nothing. Method: a round through a transfer, as threads make it.
import { strict as check } from 'node:assert'
import { expect, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { ActionKind } from '../../../src/recommend/actions.js'
import {
  type BuildInput,
  buildModels,
  bytesOf,
  modelsFrom,
  transferablesOf,
} from '../../../src/recommend/models/model-parts.js'
import { buildNewest, Newest, newestMax } from '../../../src/recommend/models/newest.js'
import { Cart, RecentlyViewed } from '../../../src/recommend/models/simple-sources.js'
import type { Query } from '../../../src/recommend/query.js'
import { actionsOf, factsOf, foundBy, noDays, randomActions } from './given-actions.js'

const nowSeconds = 1_700_000_000 + 200 * 86_400
const itemCount = 60

const input = (seed: number): BuildInput => ({
  actions: actionsOf(randomActions(new Random(seed), 200, itemCount, 86_400 * 20)),
  itemCount,
  facts: factsOf(
    itemCount,
    (item) => item % 5,
    (item) => item % 3,
  ),
  texts: Array.from({ length: itemCount }, (_, item) => ({
    item,
    title: `thing ${item % 7} of ${item % 11}`,
    link: `/p/${item}`,
  })),
  nowSeconds,
  firstDays: noDays(itemCount),
})

const query: Partial<Query> = {
  products: [3],
  category: 2,
  text: 'thing 4',
  session: [1, 2, 3],
  viewed: [3, 2, 1],
  cart: [8, 9],
  bought: [5, 6],
  boughtAtSeconds: [nowSeconds - 30 * 86_400, nowSeconds - 60 * 86_400],
  nowSeconds,
}

test('models: handed over they find what they found before', () => {
  const own = input(1)
  const parts = buildModels(own)
  const bytes = Object.values(bytesOf(parts)).reduce((sum, part) => sum + part, 0)
  const before = modelsFrom(structuredClone(parts), own.facts)
  const transfer = transferablesOf(parts)
  const handedOver = structuredClone(parts, { transfer })
  check.equal(parts.popularity.trending.length, 0, 'nothing was copied')
  check.equal(
    Object.values(bytesOf(parts)).reduce((sum, part) => sum + part, 0),
    0,
  )
  check.equal(
    Object.values(bytesOf(handedOver)).reduce((sum, part) => sum + part, 0),
    bytes,
  )
  const after = modelsFrom(handedOver, own.facts)
  let foundCount = 0
  for (const [name, source] of Object.entries(after.sources)) {
    const twin = before.sources[name as keyof typeof before.sources]
    const found = foundBy(source, query, itemCount)
    check.deepEqual(found, foundBy(twin, query, itemCount), name)
    if (found.length > 0) foundCount++
  }
  expect(foundCount).toBeGreaterThan(10)
})

test('models: a shop without anything finds nothing, and takes up what happens', () => {
  const facts = factsOf(4, () => 0)
  const actions = actionsOf([])
  const empty = { actions, itemCount: 0, facts, texts: [], nowSeconds, firstDays: noDays(0) }
  const models = modelsFrom(buildModels(empty), facts)
  for (const [name, source] of Object.entries(models.sources))
    check.deepEqual(foundBy(source, { text: 'thing', products: [2], category: 0 }, 4), [], name)
  models.popularity.note(2, ActionKind.purchase, nowSeconds)
  models.newest.note(3)
  models.content.add({ item: 1, title: 'Thing', link: '' }, facts)
  check.deepEqual(foundBy(models.sources.trending, {}, 4), [2])
  check.deepEqual(foundBy(models.sources['trending-in-category'], { category: 0 }, 4), [2])
  check.deepEqual(foundBy(models.sources.bestsellers, {}, 4), [2])
  check.deepEqual(foundBy(models.sources.new, {}, 4), [3])
  check.deepEqual(foundBy(models.sources.found, { text: 'things' }, 4), [], 'not known as near yet')
  check.deepEqual(foundBy(models.sources.found, { text: 'thing' }, 4), [1])
})

test('new: last added first, then last looked at, then by number, and what comes later before all', () => {
  const facts = factsOf(500)
  facts.flags[499] = 1
  check.deepEqual([...buildNewest(facts, 500, noDays(500))].slice(0, 3), [498, 497, 496])
  const random = new Random(3)
  const drawn = (below: number) => Uint32Array.from({ length: 500 }, () => random.below(below))
  const { added, looked } = { added: drawn(20), looked: drawn(40) }
  const expected = [...added.keys()]
    .filter((item) => item !== 499)
    .sort((a, b) => added[b]! - added[a]! || looked[b]! - looked[a]! || b - a)
    .slice(0, newestMax)
  const newest = buildNewest(facts, 500, { added, looked })
  check.deepEqual([...newest], expected)
  const source = new Newest(newest)
  check.deepEqual(foundBy(source, {}, 900, 500), expected)
  source.note(600)
  source.note(600)
  source.note(601)
  check.deepEqual(foundBy(source, {}, 900, 500), [601, 600, ...expected.slice(0, newestMax - 2)])
})

test('new: of each group the newest that can be bought, so that a shirt in all sizes is one of many', () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = new Random(seed)
    const none = (): number => -1
    const facts = factsOf(500, none, none, () => random.below(40) - 5)
    for (let item = 0; item < 500; item++) if (random.chance(0.2)) facts.flags[item] = 1
    const added = Uint32Array.from({ length: 500 }, () => random.below(100))
    const days = { added, looked: new Uint32Array(500) }
    const order = [...added.keys()]
      .filter((item) => facts.flags[item] === 3)
      .sort((a, b) => added[b]! - added[a]! || b - a)
    const groupOf = (item: number): number =>
      facts.group[item]! < 0 ? 1_000 + item : facts.group[item]!
    const expected = order.filter(
      (item, at) => order.findIndex((other) => groupOf(other) === groupOf(item)) === at,
    )
    check.deepEqual(
      [...buildNewest(facts, 500, days)],
      expected.slice(0, newestMax),
      `seed ${seed}`,
    )
  }
})

test('recently viewed, cart: in their order; what the page is about was not viewed before', () => {
  check.deepEqual(foundBy(new RecentlyViewed(), { viewed: [4, 2, 3], products: [2] }, 9), [4, 3])
  check.deepEqual(foundBy(new Cart(), { cart: [7, 1, 4] }, 9), [7, 1, 4])
  const long = Array.from({ length: 5_000 }, (_, item) => item)
  check.deepEqual(foundBy(new Cart(), { cart: long }, 5_000, 5_000), long.slice(0, 100))
})
