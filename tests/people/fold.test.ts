// Goal: a slice says what the person did: whatever order it is told in, however much there is of it, and however odd.
// Method: seeded random events against what is worked out from all of them at once; the same events told in other
// orders; a hundred thousand events that no sender may send.
import { describe, expect, test } from 'vitest'
import { benchFold } from '../../bench/fold.bench.js'
import { Random } from '../../src/base/random.js'
import { type Event, type EventType, eventTypes } from '../../src/people/event.js'
import { fold, isForAds } from '../../src/people/fold.js'
import { mergeSlices } from '../../src/people/merge.js'
import { checkSlice, emptySlice, type Slice } from '../../src/profiles/slice.js'
import { decodeSlice, encodeSlice, sliceBytesMax } from '../../src/profiles/slice-codec.js'
import { eventOf } from './given-event.js'
import { naiveCategories, naiveLists, naiveTaste, naiveVisits } from './naive-fold.js'
import { hostileEvent, randomEvent, shuffled } from './random-events.js'

const seed = Number(process.env['SEED'] ?? 81)
const endMs = 1_750_000_000_000 + 31 * 86_400_000
const foldAll = (events: readonly Event[]): Slice => events.reduce(fold, emptySlice)

/** Each order told once; nothing taken back. */
function eventsWithout(random: Random, count: number, ...without: EventType[]): Event[] {
  const types = eventTypes.filter((type) => !without.includes(type))
  const told = new Set<string>()
  return Array.from({ length: count }, (_, i) => randomEvent(random, i, types)).filter(
    ({ type, orderId }) => {
      if (type !== 'purchase' || orderId === '') return true
      return !told.has(orderId) && told.add(orderId)
    },
  )
}

describe('events in whatever order', () => {
  test('leave what was viewed, searched, wished and bought as all of them say', () => {
    const random = new Random(seed)
    for (let round = 0; round < 300; round++) {
      const events = eventsWithout(random, random.below(60), 'refund', 'remove_from_wishlist')
      const expected = naiveLists(events)
      for (const told of [events, shuffled(random, events)]) {
        const { viewed, wished, alerts, searches, orders, purchases } = foldAll(told)
        const said = {
          viewed,
          wished,
          alerts,
          searches,
          orderCount: orders.count,
          giftCount: orders.giftCount,
          valueMicros: orders.valueMicros,
          firstAtMs: orders.firstAtMs,
          lastAtMs: orders.lastAtMs,
          orderIds: orders.recent.map(({ id }) => id),
          boughtCount: purchases.reduce((sum, { quantity }) => sum + quantity, 0),
        }
        expect(said, `seed ${seed} round ${round}`).toEqual(expected)
      }
    }
  })

  test('leave lists, orders, purchases and reviews exactly alike', () => {
    const random = new Random(seed)
    for (let round = 0; round < 200; round++) {
      const events = eventsWithout(random, 60, 'refund', 'remove_from_wishlist')
      const { viewed, searches, purchases, orders, wished, alerts, reviews } = foldAll(events)
      expect(foldAll(shuffled(random, events)), `seed ${seed} round ${round}`).toMatchObject({
        viewed,
        searches,
        purchases,
        orders,
        wished,
        alerts,
        reviews,
      })
    }
  })

  test('leave what came back taken off, told before its order or after, of one person or of two who are joined', () => {
    const random = new Random(seed)
    for (let round = 0; round < 300; round++) {
      const refunded = new Set<string>()
      const events = eventsWithout(random, 60, 'remove_from_wishlist').filter(
        ({ type, orderId }) =>
          type !== 'refund' || (!refunded.has(orderId) && refunded.add(orderId) !== undefined),
      )
      const isRefund = ({ type }: Event): boolean => type === 'refund'
      const [first, then] = [events.filter((it) => !isRefund(it)), events.filter(isRefund)]
      const said = ({ orders, purchases }: Slice): unknown => ({
        ...{ ...orders, returned: new Set(orders.returned) },
        purchases,
      })
      const expected = said(foldAll([...first, ...then]))
      const why = `seed ${seed} round ${round}`
      expect(said(foldAll([...then, ...first])), why).toEqual(expected)
      expect(said(foldAll(shuffled(random, events))), why).toEqual(expected)
      // Folded again, as after a crash.
      expect(said(foldAll([...then, ...then, ...first])), why).toEqual(expected)
      const [one, other] = [foldAll(first), foldAll(then)]
      expect(said(mergeSlices(one, other)), why).toEqual(expected)
      expect(said(mergeSlices(other, one)), why).toEqual(expected)
    }
  })

  test('leave interest in categories and taste what they are on average', () => {
    const random = new Random(seed)
    for (let round = 0; round < 200; round++) {
      const events = shuffled(random, eventsWithout(random, 40, 'refund'))
      const { categoryInterest, taste } = foldAll(events)
      const why = `seed ${seed} round ${round}`
      const expected = naiveCategories(events, endMs)
      expect(new Set(categoryInterest.map(({ key }) => key)), why).toEqual(new Set(expected.keys()))
      let strongest = Infinity
      for (const { key, weight, atMs } of categoryInterest) {
        const left = weight * 0.5 ** ((endMs - atMs) / (21 * 86_400_000))
        expect(left, why).toBeCloseTo(expected.get(key)!, 9)
        expect(left, why).toBeLessThan(strongest + 1e-9)
        strongest = left
      }
      if (taste === null) continue
      const { priceMicros, marginShare, weight } = naiveTaste(events, endMs)
      expect(Math.abs(taste.priceMicros - priceMicros), why).toBeLessThan(200)
      expect(taste.marginShare, why).toBeCloseTo(marginShare, 9)
      expect(taste.weight * 0.5 ** ((endMs - taste.atMs) / (90 * 86_400_000)), why).toBeCloseTo(
        weight,
        9,
      )
    }
  })

  test('leave the cart that was told last of those that are told whole', () => {
    const random = new Random(seed)
    for (let round = 0; round < 300; round++) {
      // Further apart than clocks are wrong.
      const carts = Array.from({ length: 1 + random.below(8) }, (_, i) => ({
        ...randomEvent(random, i, ['view_cart']),
        atMs: (1 + i) * 60_000,
      }))
      const last = foldAll(carts.slice(-1)).cart
      expect(foldAll(shuffled(random, carts)).cart, `seed ${seed} round ${round}`).toEqual(last)
    }
  })

  test('leave the consent that was given last', () => {
    const random = new Random(seed)
    for (let round = 0; round < 300; round++) {
      const events = Array.from({ length: 6 }, (_, i) => ({
        ...randomEvent(random, i),
        atMs: random.below(4),
        consent: random.chance(0.5)
          ? { ads: random.chance(0.5), personalization: random.chance(0.5) }
          : null,
      }))
      const said = events.filter((it) => it.consent !== null)
      const atMs = Math.max(...said.map((it) => it.atMs))
      const last = said.filter((it) => it.atMs === atMs)
      const slice = foldAll(shuffled(random, events))
      if (last.length === 0) expect(slice.consent).toBeNull()
      else
        expect(slice.consent, `seed ${seed} round ${round}`).toEqual({
          ads: last.every((it) => it.consent!.ads),
          personalization: last.every((it) => it.consent!.personalization),
          atMs,
        })
    }
  })
})

test('events in order leave visits exactly counted', () => {
  const random = new Random(seed)
  for (let round = 0; round < 200; round++) {
    const events = Array.from({ length: 30 }, (_, i) => ({
      ...randomEvent(random, i),
      atMs: 1 + random.below(600) * 60_000,
    })).sort((a, b) => a.atMs - b.atMs)
    const why = `seed ${seed} round ${round}`
    expect(foldAll(events).visitCount, why).toBe(naiveVisits(events))
    expect(foldAll(shuffled(random, events)).visitCount, why).toBeGreaterThan(0)
  }
})

test('a cart is worth its lines, as a plain list of them says', () => {
  const random = new Random(seed)
  const types: EventType[] = ['add_to_cart', 'remove_from_cart', 'view_cart', 'begin_checkout']
  for (let round = 0; round < 300; round++) {
    const cart = new Map<string, number>()
    let slice = emptySlice
    for (let i = 0; i < 20; i++) {
      const event = { ...randomEvent(random, i, types), atMs: 1_000 + i }
      event.items = event.items.map((it) => ({
        ...it,
        priceMicros: (1 + Number(it.product.slice(8))) * 10_000_000,
      }))
      slice = fold(slice, event)
      const said = new Map<string, number>()
      for (const it of event.items) said.set(it.product, (said.get(it.product) ?? 0) + it.quantity)
      if (event.type === 'view_cart') cart.clear()
      for (const [product, quantity] of said) {
        const there = cart.get(product) ?? 0
        if (event.type === 'add_to_cart') cart.set(product, there + quantity)
        else if (event.type === 'remove_from_cart') cart.set(product, there - quantity)
        else cart.set(product, quantity)
        if (cart.get(product)! <= 0) cart.delete(product)
      }
      const why = `seed ${seed} round ${round} step ${i}`
      const items = slice.cart?.items ?? []
      expect(new Map(items.map((it) => [it.product, it.quantity])), why).toEqual(cart)
      if (cart.size === 0) continue
      const worth = [...cart].reduce((sum, [p, q]) => sum + q * (1 + Number(p.slice(8))), 0)
      expect(slice.cart?.valueMicros, why).toBe(worth * 10_000_000)
    }
  }
})

test('purchases and refunds add up, however they are mixed', () => {
  const random = new Random(seed)
  for (let round = 0; round < 300; round++) {
    const events = Array.from({ length: 60 }, (_, i) =>
      randomEvent(random, i, ['purchase', 'purchase', 'refund', 'view_item']),
    )
    const { orders } = foldAll(events)
    const why = `seed ${seed} round ${round}`
    expect(orders.count, why).toBe(orders.recent.length)
    expect(orders.giftCount, why).toBe(orders.recent.filter((it) => it.isGift).length)
    expect(orders.valueMicros, why).toBe(orders.recent.reduce((sum, it) => sum + it.valueMicros, 0))
    expect(orders.firstAtMs, why).toBe(orders.recent.at(-1)?.atMs ?? 0)
    expect(orders.lastAtMs, why).toBe(orders.recent[0]?.atMs ?? 0)
    const ids = [...orders.recent.map(({ id }) => id), ...orders.returned]
    expect(new Set(ids).size, why).toBe(ids.length)
  }
})

test('refunds wait for no more orders than may, and not for ever', () => {
  const dayMs = 86_400_000
  const of = (type: EventType, i: number, more: Partial<Event> = {}): Event =>
    eventOf({ type, atMs: 1_000 * i, orderId: `${i}`, ...more }, `${type} ${i}`)
  const waiting = foldAll(Array.from({ length: 15 }, (_, i) => of('refund', i + 1)))
  expect(waiting.orders.early.map(({ orderId }) => Number(orderId))).toEqual(
    Array.from({ length: 10 }, (_, i) => 15 - i),
  )
  expect(fold(waiting, of('purchase', 15)).orders.count).toBe(0)
  expect(fold(waiting, of('purchase', 3)).orders.count).toBe(1)
  const later = fold(waiting, eventOf({ type: 'page_view', atMs: 400 * dayMs }, 'later'))
  expect(later.orders.early).toEqual([])
  // Of more products than may wait, what all are worth.
  const items = Array.from({ length: 14 }, (_, i) => ({
    ...{ product: `p${i}`, quantity: 1, priceMicros: 10, category: '', brand: '', marginShare: -1 },
  }))
  const many = [of('refund', 1, { items }), of('purchase', 1, { items, valueMicros: 200 })]
  expect(foldAll(many).orders.valueMicros).toBe(60)
})

test('an order that was forgotten is not counted again, one older than all is counted', () => {
  const order = (i: number): Event =>
    eventOf({ type: 'purchase', atMs: 1_000 * i, orderId: `${i}` }, `m${i}`)
  const forwards = foldAll(Array.from({ length: 70 }, (_, i) => order(i + 1)))
  expect(forwards.orders.count).toBe(70)
  expect(fold(forwards, order(3)).orders.count).toBe(70)
  const backwards = foldAll(Array.from({ length: 70 }, (_, i) => order(70 - i)))
  expect(backwards.orders).toEqual(forwards.orders)
})

test('a hundred thousand events of the oddest kind leave a slice within its bounds', () => {
  const random = new Random(seed)
  let slice = emptySlice
  for (let i = 0; i < 100_000; i++) {
    slice = fold(slice, hostileEvent(random, i))
    if (i % 200 > 0) continue
    const bytes = encodeSlice(slice)
    expect(bytes.length).toBeLessThanOrEqual(sliceBytesMax)
    expect(decodeSlice(bytes)).toEqual(slice)
    const checked = checkSlice(slice)
    if (!checked.ok) expect(checked.faults, `seed ${seed} event ${i}`).toEqual([])
  }
  expect(slice.viewed).toHaveLength(50)
  expect(slice.orders.recent).toHaveLength(50)
})

test('folding changes nothing that it was given, and comes to the same again', () => {
  const random = new Random(seed)
  for (let round = 0; round < 100; round++) {
    const events = Array.from({ length: 40 }, (_, i) => deepFrozen(randomEvent(random, i)))
    const slices = events.map((_, i) => deepFrozen(foldAll(events.slice(0, i))))
    expect(slices.at(-1)).toEqual(foldAll(events.slice(0, -1)))
  }
})

test('the benchmark runs', () => {
  const { micros, eventsPerSecond } = benchFold({ people: 5, rounds: 1 })
  expect(Object.keys(micros).length).toBeGreaterThan(3)
  expect(eventsPerSecond).toBeGreaterThan(0)
})

test('bidders may know of whoever agreed to adverts or was never asked', () => {
  const agreed = (ads: boolean, personalization: boolean): Slice =>
    fold(emptySlice, eventOf({ type: 'consent', atMs: 5, consent: { ads, personalization } }, 'm'))
  expect(isForAds(emptySlice)).toBe(true)
  expect(isForAds(agreed(true, false))).toBe(true)
  expect(isForAds(agreed(false, true))).toBe(false)
  expect(isForAds(agreed(false, false))).toBe(false)
})

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFrozen(part)
  }
  return value
}
