// Goal: each page shows by default what its document says, and there is a slot for each without any being set.
// Method: a shop whose sources each find two products of their own name; what a page shows tells whom it asked.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import {
  pageTypes,
  type SourceName,
  slotSchema,
  sourceNames,
} from '../../../src/catalogue/slots.js'
import { defaultSlots, slotsById, strategiesOfPage } from '../../../src/recommend/choose/pages.js'
import type { Query } from '../../../src/recommend/query.js'
import { type Asked, choose, type Finds, idsOf, sourcesOf, worldOf } from './world.js'

/** Sources that find nothing unless the query has what they go by, as the real ones do. */
const needs: Partial<Record<SourceName, (query: Query) => boolean>> = {
  next: ({ session }) => session.length > 0,
  'bought-together': ({ products, cart }) => products.length + cart.length > 0,
  complements: ({ products, cart }) => products.length + cart.length > 0,
  'viewed-then-bought': ({ products }) => products.length > 0,
  similar: ({ products }) => products.length > 0,
  found: ({ text }) => text !== '',
  'trending-in-category': ({ category, products }) => category >= 0 || products.length > 0,
  replenish: ({ bought }) => bought.length > 0,
}
const finds: Partial<Record<SourceName, Finds>> = {}
for (const name of sourceNames)
  if (name !== 'recently-viewed' && name !== 'cart')
    finds[name] = (query) =>
      (needs[name]?.(query) ?? true)
        ? [
            [`${name}-1`, 2],
            [`${name}-2`, 1],
          ]
        : []
const world = worldOf(
  ['page', 'seen', 'in-cart', 'bought', ...sourceNames.flatMap((it) => [`${it}-1`, `${it}-2`])].map(
    (id) => ({ id, price: id.endsWith('-2') ? 20 : 40, category: 'all' }),
  ),
  finds,
)
const item = (id: string): number => world.items.indexOf(id)
const slots = slotsById([])

/** The sources of a default slot's products, each once, in their order. */
function asked(id: string, query: Asked['query'] = {}): string {
  const slot = slots.get(id)!
  const choice = choose(world, { ...slot, rules: { ...slot.rules, diversity: 0 } }, { query })
  return [...new Set(sourcesOf(choice))].join(' ')
}

describe('pages', () => {
  const seen = { session: [item('seen')], viewed: [item('seen')] }
  const product = { products: [item('page')] }
  const inCart = { cart: [item('in-cart')] }
  const bought = { bought: [item('bought')], boughtAtSeconds: [0] }
  const cases: readonly (readonly [id: string, query: Asked['query'], expected: string])[] = [
    ['home', seen, 'next trending bestsellers recently-viewed new'],
    ['home', {}, 'trending bestsellers new'],
    ['home-viewed', seen, 'recently-viewed'],
    ['home-viewed', {}, ''],
    [
      'category',
      { ...seen, category: 0 },
      'trending-in-category next trending bestsellers new anything',
    ],
    [
      'product',
      { ...product, ...seen },
      'next viewed-then-bought similar trending-in-category trending bestsellers',
    ],
    ['product-complements', product, 'complements'],
    ['cart', { ...inCart, ...seen }, 'complements bought-together next trending bestsellers new'],
    [
      'cart-add-ons',
      { cart: [item('in-cart'), item('page')] },
      'complements bought-together trending',
    ],
    ['search', { text: 'red shoes' }, 'found trending bestsellers new'],
    ['not-found', {}, 'trending bestsellers new'],
    ['not-found', seen, 'next trending bestsellers new'],
    ['not-found-viewed', seen, 'recently-viewed'],
    [
      'thank-you',
      { ...product, ...bought },
      'complements bought-together replenish trending bestsellers new',
    ],
    ['thank-you-replenish', bought, 'replenish'],
    [
      'out-of-stock',
      { ...product, ...seen },
      'similar next trending-in-category trending bestsellers new',
    ],
  ]
  for (const [id, query, expected] of cases)
    test(`${id}, ${JSON.stringify(Object.keys(query ?? {}))}`, () =>
      check.equal(asked(id, query), expected))

  test('add-ons cost a quarter of the cart at most', () => {
    const slot = slots.get('cart-add-ons')!
    // In the cart: 80 in all.
    const query = { cart: [item('in-cart'), item('page')] }
    for (const id of idsOf(world, choose(world, slot, { query }))) check.match(id, /-2$/)
  })

  test('the thank-you page never shows what was just bought', () => {
    const query = { products: [item('complements-1'), item('replenish-1')], ...bought }
    const shown = idsOf(world, choose(world, slots.get('thank-you')!, { query }))
    check.ok(!shown.includes('complements-1') && !shown.includes('replenish-1'))
  })
})

test('each page has a slot of its own name', () => {
  for (const page of pageTypes) {
    check.equal(slots.get(page)?.page, page)
    check.ok(strategiesOfPage(page).length > 0)
  }
  check.equal(slots.size, defaultSlots.length)
})

test('a shop’s slot stands in for the one of the same id, others stand beside', () => {
  const own = slotSchema.parse({ id: 'home', page: 'home', title: 'Own' })
  const other = slotSchema.parse({ id: 'other', page: 'cart' })
  const all = slotsById([own, other])
  check.equal(all.get('home'), own)
  check.equal(all.get('other'), other)
  check.equal(all.size, defaultSlots.length + 1)
})
