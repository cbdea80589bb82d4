// Goal: a slice comes back as it was written, a bid sees of it what it should, and bytes that were
// cut short or changed since are told, never thrown over; nothing that is out of bounds gets in.
// Method: seeded random slices against a plain model and against what zod says of them; every cut;
// random flips of bits; random bytes under a right CRC.
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import {
  type BidSlice,
  bidProductCountMax,
  checkSlice,
  emptySlice,
  type Slice,
  viewedCountMax,
} from '../../src/profiles/slice.js'
import {
  decodeForBid,
  decodeSlice,
  encodeSlice,
  hotSection,
  SliceFault,
  sliceBytesMax,
} from '../../src/profiles/slice-codec.js'
import { expectedBidSlice, largestSlice, randomSlice } from './random-slice.js'

const seed = Number(process.env['SEED'] ?? 71)
const shop = 'shop-1'

const item = (product: string) => ({ product, quantity: 1, priceMicros: 0 })
const bought = (product: string, atMs: number) => ({ ...item(product), atMs, isGift: false })
const viewOf = (bytes: Buffer): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
const bidSliceOf = (bytes: Buffer) => decodeForBid(viewOf(bytes), 0, bytes.length, keyOf(shop))

test('a slice comes back as it was written, in full and for a bid', () => {
  const random = new Random(seed)
  for (let round = 0; round < 1_000; round++) {
    const slice = randomSlice(random)
    const encoded = encodeSlice(slice)
    expect(decodeSlice(encoded), `seed ${seed} round ${round}`).toEqual(slice)
    const expected = expectedBidSlice(shop, slice)
    expect(bidSliceOf(encoded), `seed ${seed} round ${round}`).toEqual(expected)
    expect(bidSliceOf(hotSection(encoded)), `seed ${seed} round ${round}`).toEqual(expected)
  }
})

test('the empty slice says nothing', () => {
  const bid = bidSliceOf(encodeSlice(emptySlice))
  expect(bid).toEqual(expectedBidSlice(shop, emptySlice))
  expect(bid).toMatchObject({ cartChangedAtMs: 0, lastViewedAtMs: 0, productKeys: [] })
})

test('a bid shows the cart, then picks, wishes and what was viewed, each once, at most twelve', () => {
  const slice: Slice = {
    ...emptySlice,
    cart: { items: ['c1', 'c2'].map(item), valueMicros: 5, changedAtMs: 9 },
    picks: ['p1', 'c2', 'p2'],
    wished: [{ product: 'w1', atMs: 3 }],
    viewed: ['v1', 'p1', ...Array.from({ length: 20 }, (_, i) => `more-${i}`)].map((product) => ({
      product,
      atMs: 3,
    })),
  }
  const bid = bidSliceOf(encodeSlice(slice)) as BidSlice
  const first = ['c1', 'c2', 'p1', 'p2', 'w1', 'v1'].map(keyOf)
  expect(bid).toMatchObject({ cartCount: 2 })
  expect(bid.productKeys.slice(0, 6)).toEqual(first)
  expect(bid.productKeys).toHaveLength(bidProductCountMax)
})

test('what was bought since is neither shown nor in the cart, unless looked at or picked again', () => {
  const slice: Slice = {
    ...emptySlice,
    cart: { items: ['bought', 'left'].map(item), valueMicros: 700, changedAtMs: 100 },
    viewed: [
      { product: 'again', atMs: 300 },
      { product: 'bought', atMs: 90 },
    ],
    purchases: [bought('again', 200), bought('bought', 200), bought('needed', 50)],
    picks: ['needed'],
  }
  expect(bidSliceOf(encodeSlice(slice))).toMatchObject({
    cartCount: 1,
    cartValueMicros: 700,
    cartChangedAtMs: 100,
    productKeys: ['left', 'needed', 'again'].map(keyOf),
  })
})

test('a cart that was paid for is not an abandoned one', () => {
  const cart = { items: ['a', 'b'].map(item), valueMicros: 700, changedAtMs: 100 }
  const purchases = [bought('a', 100), bought('b', 101)]
  expect(bidSliceOf(encodeSlice({ ...emptySlice, cart, purchases }))).toMatchObject({
    cartCount: 0,
    cartValueMicros: 0,
    cartChangedAtMs: 0,
    productKeys: [],
  })
})

test('a bid is told when each membership ends, also of those that have', () => {
  const segments = [
    { segment: 'old', expiresAtMs: 1 },
    { segment: 'vip', expiresAtMs: 5 },
    { segment: 'vip', expiresAtMs: 9 },
  ]
  expect(bidSliceOf(encodeSlice({ ...emptySlice, segments }))).toMatchObject({
    segmentKeys: [keyOf('old'), keyOf('vip')],
    segmentExpiresAtMs: [1, 9],
  })
})

test('every cut is told', () => {
  const random = new Random(seed)
  const encoded = encodeSlice(randomSlice(random))
  const hotBytes = hotSection(encoded).length
  for (let length = 0; length < encoded.length; length++) {
    const cut = encoded.subarray(0, length)
    expect(decodeSlice(cut), `first ${length} bytes`).toBe(SliceFault.truncated)
    if (length < hotBytes) expect(bidSliceOf(cut), `${length}`).toBe(SliceFault.truncated)
  }
})

test.each([1, 3])('version %i is told to be unknown', (version) => {
  const encoded = encodeSlice(emptySlice)
  encoded[0] = version
  expect(decodeSlice(encoded)).toBe(SliceFault.unknownVersion)
  expect(bidSliceOf(encoded)).toBe(SliceFault.unknownVersion)
})

test('whatever changed since it was written is told, one to three bits for certain', () => {
  const random = new Random(seed)
  for (let round = 0; round < 5_000; round++) {
    const encoded = encodeSlice(round % 50 === 0 ? fullSlice : smallSlice(random))
    const before = Buffer.from(encoded)
    for (let flips = 1 + random.below(3); flips > 0; flips--) {
      const at = random.below(encoded.length)
      encoded[at] = encoded[at]! ^ (1 << random.below(8))
    }
    const isChanged = !encoded.equals(before)
    expect(typeof decodeSlice(encoded), `seed ${seed} round ${round}`).toBe(
      isChanged ? 'number' : 'object',
    )
    const bid = bidSliceOf(encoded)
    if (typeof bid !== 'number') expect(bid.productKeys.length).toBeLessThanOrEqual(255)
  }
})

test('bytes that were never a slice are told, also under a CRC that is right', () => {
  const random = new Random(seed)
  for (let round = 0; round < 5_000; round++) {
    const encoded = encodeSlice(smallSlice(random))
    const hot = hotSection(encoded).length
    for (let changes = 1 + random.below(6); changes > 0; changes--)
      encoded[hot + random.below(encoded.length - 4 - hot)] = random.below(256)
    encoded.writeUInt32LE(crc32(encoded.subarray(0, -4)), encoded.length - 4)
    const slice = decodeSlice(encoded)
    if (typeof slice === 'number') expect(slice).toBe(SliceFault.malformed)
    else expect(slice.viewed.length).toBeLessThanOrEqual(viewedCountMax)
  }
})

test('what is out of bounds anywhere is not written', () => {
  const random = new Random(seed)
  let refusedCount = 0
  for (let round = 0; round < 5_000; round++) {
    const slice = structuredClone(smallSlice(random))
    spoil(random, slice)
    const isWithin = checkSlice(slice).ok
    if (!isWithin) refusedCount++
    const why = `seed ${seed} round ${round}: ${JSON.stringify(slice)}`
    if (isWithin) expect(decodeSlice(encodeSlice(slice)), why).toEqual(slice)
    else expect(() => encodeSlice(slice), why).toThrow()
  }
  expect(refusedCount).toBeGreaterThan(2_500)
})

test('the largest slice that there can be is as large as is said', () => {
  const bytes = encodeSlice(fullSlice)
  expect(decodeSlice(bytes)).toEqual(fullSlice)
  expect(bytes.length).toBeLessThanOrEqual(sliceBytesMax)
  expect(bytes.length).toBeGreaterThan(sliceBytesMax * 0.9)
})

/** As large as bounds allow, in characters that take the most. */
const fullSlice = largestSlice()

const smallSlice = (random: Random): Slice => {
  const slice = randomSlice(random)
  return { ...slice, purchases: slice.purchases.slice(0, 3), segments: slice.segments.slice(0, 3) }
}

const junk = [null, undefined, '', 'x'.repeat(201), -1, 1.5, NaN, Infinity, 2 ** 53, true, {}, []]

/** Puts something wrong, or only unusual, in the place of one value, however deep. */
function spoil(random: Random, slice: object): void {
  let place = slice as Record<string, unknown>
  for (;;) {
    const key = random.pick(Object.keys(place))
    const value = place[key]
    const isBelow = typeof value === 'object' && value !== null && Object.keys(value).length > 0
    if (isBelow && random.chance(0.8)) place = value as Record<string, unknown>
    else {
      if (Array.isArray(value) && random.chance(0.3)) value.length = 200
      else place[key] = random.pick(junk)
      return
    }
  }
}
