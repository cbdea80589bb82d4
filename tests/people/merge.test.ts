// Goal: whoever turns out to be one person is known as if they had been one all along, whichever way round they are
// joined, and nothing counts twice. Method: seeded random events, divided between two who are then joined, against
// one who did all of it; the same joined both ways round; slices of any kind within their bounds.
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { type Event, type EventType, eventTypes } from '../../src/people/event.js'
import { fold } from '../../src/people/fold.js'
import { mergeSlices } from '../../src/people/merge.js'
import { checkSlice, emptySlice, type Fading, type Slice } from '../../src/profiles/slice.js'
import { largestSlice, randomSlice } from '../profiles/random-slice.js'
import { eventOf } from './given-event.js'
import { randomEvent, shuffled } from './random-events.js'

const seed = Number(process.env['SEED'] ?? 82)
const foldAll = (events: readonly Event[]): Slice => events.reduce(fold, emptySlice)

/** No refunds, as one of the two may not know of what the other bought. */
const types = eventTypes.filter((type) => type !== 'refund' && type !== 'remove_from_wishlist')
const randomEvents = (random: Random, from: number, of: readonly EventType[] = types): Event[] =>
  Array.from({ length: random.below(40) }, (_, i) => randomEvent(random, from + i, of))

/** What must come out exactly, whoever did which part of it. */
function exactly({ viewed, searches, wished, alerts, reviews, purchases, orders }: Slice) {
  return { viewed, searches, wished, alerts, reviews, purchases, orders }
}

/** Weights to ten digits, by name. */
const rounded = (list: readonly Fading[]): object =>
  Object.fromEntries(list.map(({ key, weight, atMs }) => [key, [weight.toPrecision(10), atMs]]))

test('two who did parts of it are as one who did all of it', () => {
  const random = new Random(seed)
  for (let round = 0; round < 300; round++) {
    // Each order is known to one of them or, told alike, to both.
    const told = new Map<string, Event>()
    const events = randomEvents(random, 0).map((event) => {
      const id = event.orderId
      if (event.type !== 'purchase' || id === '') return event
      if (!told.has(id)) told.set(id, event)
      return told.get(id)!
    })
    const first = events.filter(() => random.chance(0.5))
    const second = events.filter((event) => !first.includes(event) || event.type === 'purchase')
    const joined = mergeSlices(foldAll(first), foldAll(shuffled(random, second)))
    const one = foldAll(events)
    const why = `seed ${seed} round ${round}`
    expect(exactly(joined), why).toEqual(exactly(one))
    expect(joined.firstSeenAtMs, why).toBe(one.firstSeenAtMs)
    expect(joined.lastSeenAtMs, why).toBe(one.lastSeenAtMs)
  }
})

test('it is the same which of two is joined into the other', () => {
  const random = new Random(seed)
  const all = eventTypes.filter((type) => type !== 'identify')
  for (let round = 0; round < 300; round++) {
    const a = foldAll(randomEvents(random, 0, all))
    const b = foldAll(randomEvents(random, 100, all))
    const [ab, ba] = [mergeSlices(a, b), mergeSlices(b, a)]
    const why = `seed ${seed} round ${round}`
    const plain = (slice: Slice) => ({
      ...slice,
      productInterest: rounded(slice.productInterest),
      categoryInterest: rounded(slice.categoryInterest),
      taste: slice.taste && { ...slice.taste, weight: 0, marginShare: 0 },
      orders: { ...slice.orders, returned: new Set(slice.orders.returned) },
    })
    expect(plain(ab), why).toEqual(plain(ba))
    expect(ab.taste?.weight ?? 0, why).toBeCloseTo(ba.taste?.weight ?? 0, 9)
    expect(ab.taste?.marginShare ?? 0, why).toBeCloseTo(ba.taste?.marginShare ?? 0, 9)
  }
})

test('somebody joined with nobody, or with themselves, has bought and seen no more', () => {
  const random = new Random(seed)
  for (let round = 0; round < 200; round++) {
    const slice = foldAll(randomEvents(random, 0, eventTypes))
    const why = `seed ${seed} round ${round}`
    expect(mergeSlices(slice, emptySlice), why).toEqual(slice)
    expect(mergeSlices(emptySlice, slice), why).toEqual(slice)
    const twice = mergeSlices(slice, slice)
    expect(exactly(twice), why).toEqual(exactly(slice))
    expect(twice.cart, why).toEqual(slice.cart)
    const joinedAgain = mergeSlices(twice, slice)
    expect(exactly(joinedAgain), why).toEqual(exactly(slice))
  }
})

test('what comes out is within its bounds, whatever goes in', () => {
  const random = new Random(seed)
  const largest = largestSlice()
  for (let round = 0; round < 300; round++) {
    const [a, b] = [randomSlice(random), round === 0 ? largest : randomSlice(random)]
    const checked = checkSlice(mergeSlices(a, b))
    if (!checked.ok) expect(checked.faults, `seed ${seed} round ${round}`).toEqual([])
  }
  expect(checkSlice(mergeSlices(largest, largest))).toMatchObject({ ok: true })
})

test('memberships last as long as the longer one; picks of whom was seen last come first', () => {
  const a: Slice = {
    ...emptySlice,
    lastSeenAtMs: 5,
    segments: [
      { segment: 'vip', expiresAtMs: 9 },
      { segment: 'new', expiresAtMs: 3 },
    ],
    picks: ['a', 'both'],
  }
  const b: Slice = {
    ...emptySlice,
    lastSeenAtMs: 6,
    segments: [{ segment: 'new', expiresAtMs: 7 }],
    picks: ['both', 'b'],
  }
  expect(mergeSlices(a, b)).toMatchObject({
    segments: [
      { segment: 'vip', expiresAtMs: 9 },
      { segment: 'new', expiresAtMs: 7 },
    ],
    picks: ['both', 'b', 'a'],
  })
})

test('an order that one of them sent back in part counts once, for what is left', () => {
  const purchase = eventOf(
    {
      type: 'purchase',
      atMs: 5,
      orderId: 'A1',
      items: [
        { product: 'hat', quantity: 2, priceMicros: 10 },
        { product: 'shoes', priceMicros: 30 },
      ],
    },
    'm1',
  )
  const refund = eventOf(
    { type: 'refund', atMs: 9, orderId: 'A1', items: [{ product: 'hat' }] },
    'm2',
  )
  const [whole, part] = [foldAll([purchase]), foldAll([purchase, refund])]
  for (const joined of [mergeSlices(whole, part), mergeSlices(part, whole)]) {
    expect(joined.orders).toMatchObject({ count: 1, valueMicros: 40 })
    expect(joined.purchases).toEqual(part.purchases)
  }
})
