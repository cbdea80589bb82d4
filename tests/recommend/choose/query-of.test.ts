// Goal: a query says what page and person say, in the model's numbers: visits cut where people pause, nothing of who
// said no, no list without bound.
// Method: hand-made slices; ids of the shop's products are letters, so that lists can be read.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import { emptySlice, type Slice } from '../../../src/profiles/slice.js'
import {
  FilledQuery,
  fillQuery,
  type QueryInput,
  queryItemCountMax,
} from '../../../src/recommend/choose/query-of.js'
import { worldOf } from './world.js'

const model = worldOf(
  [...'abcdefgh'].map((id) => ({ id, category: id === 'a' ? 'shoes/running' : 'shoes' })),
  {},
)
const minuteMs = 60_000
const nowMs = 1_700_000_000_000
const agoMs = (minutes: number): number => nowMs - minutes * minuteMs
const viewed = (...list: readonly (readonly [string, number])[]): Slice['viewed'] =>
  list.map(([product, minutes]) => ({ product, atMs: agoMs(minutes) }))
const purchases = (...list: readonly (readonly [string, number])[]): Slice['purchases'] =>
  list.map(([product, minutes]) => ({
    product,
    atMs: agoMs(minutes),
    quantity: 1,
    priceMicros: 0,
    isGift: false,
  }))
const cart = (minutes: number, ...list: readonly string[]): Slice['cart'] => ({
  items: list.map((product) => ({ product, quantity: 1, priceMicros: 0 })),
  valueMicros: 0,
  changedAtMs: agoMs(minutes),
})

// One for all: nothing of the one before may be left.
const query = new FilledQuery()
function filled(slice: Partial<Slice> | null, more: Partial<QueryInput> = {}) {
  fillQuery(query, {
    model,
    slice: slice && { ...emptySlice, ...slice },
    page: 'home',
    products: [],
    cart: null,
    category: '',
    text: '',
    nowMs,
    recent: [],
    ...more,
  })
  const ids = (list: readonly number[]): string =>
    list.map((item) => model.items.idOf(item)).join('')
  const { page, category, text, nowSeconds, boughtAtSeconds } = query
  return {
    page,
    category: model.facts.categories[category] ?? category,
    text,
    nowSeconds,
    products: ids(query.products),
    session: ids(query.session),
    viewed: ids(query.viewed),
    cart: ids(query.cart),
    bought: ids(query.bought),
    boughtAtSeconds: [...boughtAtSeconds],
  }
}

test('a page alone', () => {
  check.deepEqual(filled(null, { page: 'category', category: 'Shoes > Running', text: 'red' }), {
    page: 'category',
    category: 'shoes/running',
    text: 'red',
    nowSeconds: nowMs / 1_000,
    products: '',
    session: '',
    viewed: '',
    cart: '',
    bought: '',
    boughtAtSeconds: [],
  })
  check.equal(filled(null, { category: 'hats' }).category, -1)
  check.equal(filled(null, { text: 'x'.repeat(1_000) }).text.length, 200)
})

describe('the visit', () => {
  test('is what was looked at without half an hour of nothing, oldest first', () => {
    const { session, viewed: all } = filled({
      viewed: viewed(['a', 5], ['b', 30], ['c', 60], ['d', 91]),
    })
    check.equal(session, 'cba')
    check.equal(all, 'abcd')
  })

  test('may be days ago, not weeks', () => {
    const day = 24 * 60
    check.equal(filled({ viewed: viewed(['a', 13 * day], ['b', 13 * day + 1]) }).session, 'ba')
    const { session, viewed: all } = filled({ viewed: viewed(['a', 15 * day]) })
    check.equal(session, '')
    check.equal(all, 'a')
  })

  test('goes on with the page’s own product, each product once', () => {
    const slice = { viewed: viewed(['a', 1], ['b', 2]) }
    const page = { page: 'product', products: ['b'] } as const
    check.deepEqual([filled(slice, page).session, filled(slice, page).viewed], ['ab', 'ba'])
    // What was looked at yesterday is no part of it.
    check.equal(filled({ viewed: viewed(['a', 1_500]) }, page).session, 'b')
    check.equal(filled(null, { ...page, page: 'out-of-stock' }).session, 'b')
    // On other pages products were not looked at.
    check.equal(filled(null, { page: 'thank-you', products: ['b'] }).session, '')
  })

  test('has what was just looked at and the slice may not know yet', () => {
    const slice = { viewed: viewed(['a', 10]) }
    const page = { page: 'product', products: ['d'], recent: ['b', 'c', 'nobody'] } as const
    check.equal(filled(slice, page).session, 'abcd')
    check.equal(filled(slice, page).viewed, 'dcba')
  })
})

describe('the cart', () => {
  test('is the slice’s, without what was bought since it changed', () => {
    const slice = { cart: cart(10, 'a', 'b', 'c'), purchases: purchases(['b', 10], ['a', 11]) }
    check.equal(filled(slice).cart, 'ac')
  })

  test('is the page’s where it says so, be it empty', () => {
    check.equal(filled({ cart: cart(10, 'a') }, { cart: ['b', 'c', 'b', 'nobody'] }).cart, 'bc')
    check.equal(filled({ cart: cart(10, 'a') }, { cart: [] }).cart, '')
  })

  test('on its own page is what the page is about', () => {
    const page = { page: 'cart', products: ['b'] } as const
    check.deepEqual([filled({ cart: cart(1, 'a') }, page).cart, query.products], ['b', []])
    check.equal(filled({ cart: cart(1, 'a') }, { page: 'cart' }).cart, 'a')
    check.equal(filled(null, { ...page, cart: ['c', 'b'] }).cart, 'bc')
  })
})

describe('after a purchase', () => {
  test('the page is about what was bought; it says so, or the slice of the last hour', () => {
    const slice = { purchases: purchases(['a', 1], ['b', 1], ['c', 90]), cart: cart(5, 'a', 'd') }
    const said = filled(slice, { page: 'thank-you', products: ['d'] })
    check.deepEqual([said.products, said.cart, said.bought], ['d', '', 'abc'])
    const unsaid = filled(slice, { page: 'thank-you' })
    check.deepEqual([unsaid.products, unsaid.cart], ['ab', 'd'])
    check.deepEqual(
      unsaid.boughtAtSeconds,
      [1, 1, 90].map((minutes) => Math.floor(agoMs(minutes) / 1_000)),
    )
  })
})

test('who said no to being known is not: only the page counts', () => {
  const slice: Partial<Slice> = {
    viewed: viewed(['a', 1]),
    cart: cart(1, 'b'),
    purchases: purchases(['c', 1]),
    consent: { ads: true, personalization: false, atMs: 1 },
  }
  const {
    session,
    cart: inCart,
    bought,
  } = filled(slice, {
    page: 'product',
    products: ['d'],
    recent: ['e'],
  })
  check.deepEqual([session, inCart, bought], ['d', '', ''])
  const consent = { ads: false, personalization: true, atMs: 1 }
  check.equal(filled({ ...slice, consent }).session, 'a')
  check.equal(filled({ ...slice, consent: null }).session, 'a')
})

test('no list is longer than its bound', () => {
  const many = Array.from({ length: 300 }, (_, index) => ({ id: `p${index}` }))
  const large = worldOf(many, {})
  const ids = [...many.map(({ id }) => id), ...Array.from({ length: 50_000 }, () => 'nobody')]
  const slice: Partial<Slice> = {
    viewed: viewed(...ids.slice(0, 300).map((id) => [id, 1] as const)),
    purchases: purchases(...ids.slice(0, 300).map((id) => [id, 100] as const)),
  }
  filled(slice, { model: large, page: 'out-of-stock', products: ids, recent: ids, cart: ids })
  for (const list of [query.products, query.session, query.viewed, query.cart, query.bought])
    check.equal(list.length, queryItemCountMax)
  check.equal(query.boughtAtSeconds.length, queryItemCountMax)
  filled({ cart: cart(1, ...ids.slice(0, 300)) }, { model: large })
  check.equal(query.cart.length, queryItemCountMax)
})
