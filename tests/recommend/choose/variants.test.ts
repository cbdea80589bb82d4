// Goal: nobody is shown one shoe in three sizes, nor another size of the one that they look at, have in the cart or
// have bought, unless the marketer wants it. Method: a hand-made shop, one case a test; real feeds with their groups, on every page
// that a shop has by itself. The random worlds of chooser-random have groups as well.
import { strict as check } from 'node:assert'
import { createReadStream, existsSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, test } from 'vitest'
import type { SlotInput } from '../../../src/catalogue/slots.js'
import { buildShop } from '../../../src/recommend/build-shop.js'
import { noFilters } from '../../../src/recommend/choose/choice.js'
import { Chooser } from '../../../src/recommend/choose/chooser.js'
import { compileSlot } from '../../../src/recommend/choose/compile-slot.js'
import { defaultSlots } from '../../../src/recommend/choose/pages.js'
import { FilledQuery } from '../../../src/recommend/choose/query-of.js'
import { Variants } from '../../../src/recommend/choose/variants.js'
import { LiveModel } from '../../../src/recommend/live-model.js'
import { Scores } from '../../../src/recommend/scores.js'
import { fullSettings } from '../../../src/recommend/sessions/settings.js'
import { readWhole } from '../../catalogue/feeds/reading.js'
import { actionsOf, factsOf } from '../models/given-actions.js'
import { type Asked, choose, idsOf, worldOf } from './world.js'

const shop = worldOf(
  [
    { id: 'shoe-38', group: 'shoe' },
    { id: 'shoe-39', group: 'shoe' },
    { id: 'shoe-40', group: 'shoe' },
    { id: 'lace' },
    { id: 'sock-s', group: 'sock' },
    { id: 'sock-l', group: 'sock' },
    { id: 'coffee-1', group: 'coffee' },
    { id: 'coffee-2', group: 'coffee' },
  ],
  {
    next: ['shoe-39', 'sock-l', 'shoe-38', 'sock-s', 'lace', 'shoe-40'],
    trending: ['sock-s', 'coffee-1'],
    new: ['sock-s', 'shoe-40', 'shoe-38', 'coffee-2', 'coffee-1'],
    replenish: (query) => (query.bought.includes(6) ? [['coffee-1', 1]] : []),
  },
)
const item = (id: string): number => shop.items.indexOf(id)
const shown = (input: Partial<SlotInput>, asked: Asked = {}): string =>
  idsOf(shop, choose(shop, { strategies: ['next'], mayBeEmpty: true, ...input }, asked)).join(' ')

describe('of variants of one thing', () => {
  test('a slot shows the best, be it by boosts, and the next source none of them', () => {
    check.equal(shown({}), 'shoe-39 sock-l lace')
    const boosts = [{ when: { product: 'shoe-40' }, factor: 9 }]
    check.equal(shown({ rules: { boosts } }), 'shoe-40 sock-l lace')
    check.equal(shown({ strategies: ['trending', 'next'] }), 'sock-s coffee-1 shoe-39 lace')
  })

  test('what can’t be bought, or the slot may not show, holds no place of another', () => {
    check.equal(shown({ rules: { productsExcluded: ['shoe-39'] } }), 'sock-l shoe-38 lace')
  })

  test('a page shows none beside what it is about, or has already', () => {
    check.equal(
      shown({ page: 'product' }, { query: { products: [item('shoe-40')] } }),
      'sock-l lace',
    )
    check.equal(shown({}, { excluded: [item('sock-s')] }), 'shoe-39 lace')
  })

  test('one may stand in on the page of what is sold out', () => {
    const query = { products: [item('shoe-40')] }
    check.equal(shown({ page: 'out-of-stock' }, { query }), 'shoe-39 sock-l lace')
  })

  test('none stands beside what is in the cart; that itself may, where the slot shows the cart', () => {
    const query = { cart: [item('shoe-38'), item('shoe-40')] }
    check.equal(shown({}, { query }), 'sock-l lace')
    check.equal(shown({ rules: { showCart: true } }, { query }), 'sock-l shoe-38 lace')
  })

  test('none stands in for what was bought, but for what is due again', () => {
    const bought = (...ids: string[]): Asked => ({
      query: { bought: ids.map(item), boughtAtSeconds: ids.map(() => 999_000) },
    })
    check.equal(shown({}, bought('sock-s')), 'shoe-39 lace')
    const strategies: SlotInput['strategies'] = ['replenish', 'new']
    const due = 'coffee-1 sock-s shoe-40'
    check.equal(shown({ strategies }, bought('coffee-2', 'coffee-1')), due)
  })

  test('none may be looked at again, where the slot doesn’t show what was viewed', () => {
    const asked = { query: { viewed: [item('sock-s')] } }
    check.equal(shown({ rules: { showViewed: false } }, asked), 'shoe-39 lace')
    check.equal(shown({}, asked), 'shoe-39 sock-l lace')
  })

  test('of two pins the first has its place', () => {
    const pins = [
      { product: 'sock-s', position: 1 },
      { product: 'sock-l', position: 2 },
    ]
    check.equal(shown({ rules: { pins } }), 'sock-s shoe-39 lace')
    check.equal(shown({ rules: { pins, showVariants: true } }).slice(0, 13), 'sock-s sock-l')
  })

  test('a slot that shows variants shows them all', () => {
    const query = { products: [item('shoe-40')], cart: [item('lace')] }
    const all = 'shoe-39 sock-l shoe-38 sock-s'
    check.equal(shown({ rules: { showVariants: true } }, { query }), all)
  })

  test('what is explored is no variant of what is shown, or of what else is explored', () => {
    const input = { strategies: ['next'] as SlotInput['strategies'], rules: { exploreShare: 0.2 } }
    let explored = 0
    for (let seed = 0; seed < 2_000; seed++) {
      const ids = shown(input, { seed }).split(' ')
      const groups = ids.map((id) => id.split('-')[0])
      check.equal(new Set(groups).size, ids.length, ids.join(' '))
      if (ids.includes('coffee-2')) explored++
    }
    check.ok(explored > 100, String(explored))
  })
})

test('to know which of them may be shown allocates nothing', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const facts = factsOf(
    5_000,
    () => -1,
    () => -1,
    (it) => it % 1_700,
  )
  const variants = new Variants()
  const scores = new Scores()
  let free = 0
  const run = (times: number): void => {
    for (let i = 0; i < times; i++) {
      variants.begin(facts, true)
      for (let it = 0; it < 20; it++) variants.claim((i * 31 + it * 7) % 5_000)
      scores.begin(5_000)
      for (let it = 0; it < 300; it++) scores.add((i + it * 13) % 5_000, it % 9)
      variants.keepBest(scores)
      for (let it = 0; it < 300; it++) if (variants.isFree(scores.items[it]!)) free++
    }
  }
  run(500)
  let leastBytes = Number.POSITIVE_INFINITY
  // Until the compiler has got to it, doubles are boxed.
  for (let round = 0; round < 60 && leastBytes >= 64; round++) {
    collect()
    const before = process.memoryUsage().heapUsed
    run(1_000)
    leastBytes = Math.min(leastBytes, (process.memoryUsage().heapUsed - before) / 1_000)
  }
  check.ok(leastBytes < 64, `${leastBytes.toFixed(1)} B an answer`)
  check.ok(free > 0)
})

const corpus = new URL('../../../../shared/corpus/feeds/', import.meta.url)
const isThere = existsSync(corpus)
if (!isThere) console.warn('FEEDS OF THE CORPUS ARE NOT READ: there is no ../shared/corpus/feeds')

test.runIf(isThere).each([
  ['opispost.google.xml', 22],
  ['mariannedenis.google.fr-be.xml', 24],
  ['caremobility.heureka.xml', 0],
  ['product-csvs.jewelery.csv', 19],
])('%s: no page has two of a group, and all that may be shown is', async (file, mostShown) => {
  const { products } = await readWhole(createReadStream(new URL(file, corpus)))
  const groupOf = new Map(products.map(({ id, group }) => [id, group ?? id]))
  const parts = buildShop({
    products,
    actions: () => actionsOf([]),
    settings: fullSettings,
    nowSeconds: 1_700_000_000,
  })
  const model = new LiveModel(parts, 100)
  const chooser = new Chooser()
  for (const slot of defaultSlots)
    for (let at = 0; at < products.length; at += 7) {
      const { id } = products[at]!
      const query = Object.assign(new FilledQuery(), {
        ...{ page: 'product', nowSeconds: 1_700_000_000, products: [model.items.indexOf(id)] },
      })
      const { count, items } = chooser.choose(model, query, {
        ...{ slot: compileSlot(slot, 'control', model), limit: 24, excluded: [], seed: 1 },
        filters: noFilters,
      })
      const groups = Array.from(items.subarray(0, count), (it) => groupOf.get(model.items.idOf(it)))
      const where = `${slot.id} of ${id}`
      check.equal(new Set([groupOf.get(id), ...groups]).size, count + 1, where)
      if (!slot.mayBeEmpty) check.equal(count, mostShown, where)
    }
})
