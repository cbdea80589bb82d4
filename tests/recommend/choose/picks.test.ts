// Goal: adverts show what is in the cart, then what the person wants, needs again and would look at next; after a
// purchase what goes with it; never what was just bought or can't be, and nothing where the person said no.
// Method: hand-made slices at a shop whose sources find products of their own names.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import { emptySlice, pickCountMax, type Slice } from '../../../src/profiles/slice.js'
import { Chooser } from '../../../src/recommend/choose/chooser.js'
import { choosePicks } from '../../../src/recommend/choose/picks.js'
import { type Finds, worldOf } from './world.js'

const nowMs = 1_700_000_000_000
const hourMs = 3_600_000
const agoMs = (hours: number): number => nowMs - hours * hourMs
const ids = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name}${index}`)
const products = [
  ...['a', 'b', 'c', 'd', 'e', 'f', 'bread'],
  ...ids('next', 30),
  ...ids('goes-with', 10),
].map((id) => ({ id }))
const gone = [
  { id: 'gone', stock: false },
  { id: 'unlisted', listed: false },
]

const finds = {
  next: (query) =>
    query.session.length === 0 ? [] : ids('next', 30).map((id, place) => [id, 30 - place] as const),
  complements: (query) =>
    query.products.length === 0
      ? []
      : ids('goes-with', 10).map((id, place) => [id, 10 - place] as const),
  // Bread is needed again after three days.
  replenish: ({ bought, boughtAtSeconds, nowSeconds }) =>
    bought.flatMap((item, place) =>
      item === 6 && nowSeconds - boughtAtSeconds[place]! > 3 * 86_400
        ? [['bread', 1] as const]
        : [],
    ),
} satisfies Record<string, Finds>
const model = worldOf([...products, ...gone], finds)
const chooser = new Chooser()
const picksOf = (slice: Partial<Slice>, from = model): string[] =>
  choosePicks(from, { ...emptySlice, ...slice }, nowMs, chooser)

const list = (...given: readonly (readonly [string, number])[]): Slice['viewed'] =>
  given.map(([product, hours]) => ({ product, atMs: agoMs(hours) }))
const cart = (hours: number, ...inIt: readonly string[]): Slice['cart'] => ({
  items: inIt.map((product) => ({ product, quantity: 1, priceMicros: 0 })),
  valueMicros: 0,
  changedAtMs: agoMs(hours),
})
const purchases = (...given: readonly (readonly [string, number])[]): Slice['purchases'] =>
  list(...given).map((it) => ({ ...it, quantity: 1, priceMicros: 0, isGift: false }))

describe('the order', () => {
  test('cart, what is waited for, wishes, what is due, neighbours; then views, and more neighbours', () => {
    const picks = picksOf({
      cart: cart(1, 'a'),
      alerts: list(['gone', 1], ['b', 2]),
      wished: list(['c', 3]),
      viewed: list(['d', 0.5], ['e', 0.6]),
      purchases: purchases(['bread', 100]),
    })
    check.equal(picks.length, pickCountMax)
    check.deepEqual(picks.slice(0, 11), [
      ...['a', 'b', 'c', 'bread'],
      ...['next0', 'next1', 'next2', 'next3'],
      ...['d', 'e'],
      'next4',
    ])
    check.equal(new Set(picks).size, picks.length)
  })

  test('wishes don’t crowd out the rest', () => {
    const wished = list(['a', 1], ['b', 1], ['c', 1], ['d', 1], ['e', 1], ['f', 1])
    const picks = picksOf({ wished, viewed: list(['bread', 1]) })
    check.deepEqual(picks.slice(0, 5), ['a', 'b', 'c', 'd', 'next0'])
  })

  test('of who did nothing yet there is nothing to choose', () => check.deepEqual(picksOf({}), []))

  test('a full cart leaves room for nothing else', () => {
    const full = ids('next', 30)
    check.deepEqual(picksOf({ cart: cart(1, ...full) }), full.slice(0, pickCountMax))
  })
})

describe('after a purchase', () => {
  const bought = { viewed: list(['a', 2]), cart: cart(1), purchases: purchases(['a', 1], ['b', 1]) }

  test('what goes with it comes first, and what was bought nowhere', () => {
    const picks = picksOf(bought)
    check.deepEqual(picks.slice(0, 9), [...ids('goes-with', 8), 'next0'])
    check.ok(!picks.includes('a') && !picks.includes('b'))
  })

  test('what is still in the cart follows', () => {
    check.deepEqual(picksOf({ ...bought, cart: cart(1, 'c') }).slice(7, 9), ['goes-with7', 'c'])
  })

  test('until they look at something else, or put it into the cart', () => {
    check.equal(picksOf({ ...bought, viewed: list(['c', 0.5], ['a', 2]) })[0], 'next0')
    check.equal(picksOf({ ...bought, cart: cart(0.5, 'c') })[0], 'c')
  })

  test('nothing that would stand in for it, until they look at such again', () => {
    const kettles = ['kettle0', 'kettle1', 'kettle2'].map((id) => ({ id, category: 'kettles' }))
    const kitchen = worldOf([...kettles, { id: 'toast', category: 'toasters' }, { id: 'cup' }], {
      next: ({ session }) =>
        session.length === 0
          ? []
          : [
              ['kettle1', 3],
              ['toast', 2],
              ['cup', 1],
            ],
    })
    const since = (hours: number, viewedLast: Slice['viewed']): string[] =>
      picksOf({ viewed: viewedLast, purchases: purchases(['kettle0', hours]) }, kitchen)
    check.deepEqual(since(1, list(['kettle2', 2], ['kettle0', 3])), ['toast', 'cup'])
    check.deepEqual(since(1, list(['kettle2', 0.5])), ['kettle1', 'toast', 'cup', 'kettle2'])
    // Too long ago to know.
    check.deepEqual(since(31 * 24, list(['kettle2', 32 * 24])), ['kettle2'])
    const wished = picksOf(
      { wished: list(['kettle2', 2]), purchases: purchases(['kettle0', 1]) },
      kitchen,
    )
    check.deepEqual(wished, ['kettle2'])
  })

  test('a present says nothing of what the person needs', () => {
    const isGift = bought.purchases.map((it) => ({ ...it, isGift: true }))
    const picks = picksOf({ ...bought, purchases: isGift })
    check.equal(picks[0], 'next0')
    check.ok(!picks.includes('a'))
  })
})

describe('of variants of one thing', () => {
  const sizes = ['38', '39', '40'].map((size) => ({ id: `shoe-${size}`, group: 'shoe' }))
  const shop = worldOf(
    [...sizes, { id: 'lace' }, { id: 'sock-s', group: 'sock' }, { id: 'sock-l', group: 'sock' }],
    {
      next: ['shoe-38', 'sock-l', 'sock-s', 'lace'],
    },
  )

  test('the one that is in the cart is there, and none beside it', () => {
    const picks = picksOf({ cart: cart(1, 'shoe-40'), viewed: list(['shoe-39', 1]) }, shop)
    check.deepEqual(picks, ['shoe-40', 'sock-l', 'lace'])
  })

  test('the one that was looked at, not what others looked at of it', () => {
    check.deepEqual(picksOf({ viewed: list(['shoe-39', 1], ['shoe-40', 2]) }, shop), [
      'sock-l',
      'lace',
      'shoe-39',
    ])
  })

  test('none once one of them was bought', () => {
    const picks = picksOf({ viewed: list(['lace', 1]), purchases: purchases(['sock-s', 24]) }, shop)
    check.deepEqual(picks, ['shoe-38', 'lace'])
  })
})

describe('never', () => {
  test('what was bought after it was last wanted; but what was wanted since', () => {
    const wanted = {
      viewed: list(['a', 5], ['b', 1]),
      wished: list(['c', 5]),
      alerts: list(['d', 5]),
      cart: cart(5, 'e'),
    }
    const since = purchases(['a', 2], ['b', 2], ['c', 2], ['d', 2], ['e', 2])
    const picks = picksOf({ ...wanted, purchases: since })
    check.deepEqual(
      picks.filter((id) => id.length === 1),
      ['b'],
    )
  })

  test('what was just bought, be it a neighbour, until it is due again', () => {
    const viewed = list(['a', 1])
    check.ok(!picksOf({ viewed, purchases: purchases(['next0', 24]) }).includes('next0'))
    check.ok(!picksOf({ viewed, purchases: purchases(['bread', 24]) }).includes('bread'))
    check.equal(picksOf({ viewed, purchases: purchases(['bread', 100]) })[0], 'bread')
  })

  test('what can’t be bought, wherever it comes from', () => {
    const both = ['gone', 'unlisted', 'nobody']
    const wanted = list(['gone', 1], ['unlisted', 1], ['nobody', 1])
    const picks = picksOf({
      cart: cart(1, ...both),
      alerts: wanted,
      wished: wanted,
      viewed: wanted,
    })
    check.ok(picks.length > 0)
    for (const id of both) check.ok(!picks.includes(id))
    const dry = worldOf(
      [...products, ...gone].map(({ id }) => ({ id, stock: false })),
      finds,
    )
    check.deepEqual(picksOf({ cart: cart(1, 'a'), viewed: list(['b', 1]) }, dry), [])
  })
})

test('nothing where adverts or personalization were denied; where nobody was asked, as the shop sends it', () => {
  const slice = { cart: cart(1, 'a') }
  const consent = (ads: boolean, personalization: boolean) => ({ ads, personalization, atMs: 1 })
  check.deepEqual(picksOf({ ...slice, consent: consent(true, true) }), ['a'])
  check.deepEqual(picksOf({ ...slice, consent: null }), ['a'])
  for (const [ads, personalization] of [
    [true, false],
    [false, true],
    [false, false],
  ] as const)
    check.deepEqual(picksOf({ ...slice, consent: consent(ads, personalization) }), [])
})
