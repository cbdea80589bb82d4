// Goal: a slice comes back as it was written, a bid sees of it what it should, and bytes that were
// cut short or changed are told apart or read as something, never thrown over.
// Method: seeded random slices against a plain model; every cut; random flips of bits.
import { expect, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import {
  type BidSlice,
  bidProductCountMax,
  emptySlice,
  type Slice,
} from '../../src/profiles/slice.js'
import {
  decodeForBid,
  decodeSlice,
  encodeSlice,
  hotSection,
  SliceFault,
} from '../../src/profiles/slice-codec.js'
import { expectedBidSlice, randomSlice } from './random-slice.js'

const seed = Number(process.env['SEED'] ?? 71)
const shop = 'shop-1'

const item = (product: string) => ({ product, quantity: 1, priceMicros: 0 })
const bought = (product: string, atMs: number) => ({ ...item(product), atMs, isGift: false })
const viewOf = (bytes: Buffer): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
const bidSliceOf = (bytes: Buffer) => decodeForBid(viewOf(bytes), 0, bytes.length, keyOf(shop))

test('a slice comes back as it was written, in full and for a bid', () => {
  const random = new Random(seed)
  for (let round = 0; round < 2_000; round++) {
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

test('what was bought since is neither shown nor in the cart, unless it was looked at again', () => {
  const slice: Slice = {
    ...emptySlice,
    cart: { items: ['bought', 'left'].map(item), valueMicros: 700, changedAtMs: 100 },
    viewed: [
      { product: 'again', atMs: 300 },
      { product: 'bought', atMs: 90 },
    ],
    purchases: [bought('again', 200), bought('bought', 200)],
    picks: ['bought'],
  }
  expect(bidSliceOf(encodeSlice(slice))).toMatchObject({
    cartCount: 1,
    cartValueMicros: 700,
    cartChangedAtMs: 100,
    productKeys: ['left', 'again'].map(keyOf),
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

test('an unknown version is told', () => {
  const encoded = encodeSlice(emptySlice)
  encoded[0] = 2
  expect(decodeSlice(encoded)).toBe(SliceFault.unknownVersion)
  expect(bidSliceOf(encoded)).toBe(SliceFault.unknownVersion)
})

test('JSON that is no slice is told', () => {
  const encoded = encodeSlice({ ...emptySlice, picks: ['abc'] })
  const at = encoded.indexOf('["abc"]')
  encoded.write('[12345]', at)
  expect(decodeSlice(encoded)).toBe(SliceFault.malformed)
})

test('changed bits never throw, and what is read is still within bounds', () => {
  const random = new Random(seed)
  for (let round = 0; round < 5_000; round++) {
    const encoded = encodeSlice(randomSlice(random))
    for (let flips = 1 + random.below(4); flips > 0; flips--) {
      // Half of them in the first section, which is short.
      const end = random.chance(0.5) ? hotSection(encoded).length : encoded.length
      const at = random.below(Math.min(end, encoded.length))
      encoded[at] = encoded[at]! ^ (1 << random.below(8))
    }
    const bid = bidSliceOf(encoded)
    if (typeof bid !== 'number') expect(bid.productKeys.length).toBeLessThanOrEqual(255)
    const slice = decodeSlice(encoded)
    if (typeof slice !== 'number') expect(Array.isArray(slice.viewed)).toBe(true)
  }
})
