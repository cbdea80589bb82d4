/**
 * What an event costs a slice: `node dist/bench/fold.bench.js [--json] [--people N] [--rounds N]`.
 *
 * People browse a shop: mostly views, some carts and searches, a few orders. Of each, the slice of ten
 * views and three things in the cart is read, given one more event and written again, as the collector
 * does; each part by itself too, and beside it the rival that everybody writes first: JSON, checked as
 * it is read. Microseconds, the least of many short interleaved rounds.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Random } from '../src/base/random.js'
import type { Event, EventType } from '../src/people/event.js'
import { fold } from '../src/people/fold.js'
import { noIdentifiers } from '../src/people/identifiers.js'
import { mergeSlices } from '../src/people/merge.js'
import { checkSlice, emptySlice, type Slice } from '../src/profiles/slice.js'
import { decodeSlice, encodeSlice } from '../src/profiles/slice-codec.js'

export interface FoldBenchOptions {
  readonly people: number
  readonly rounds: number
}

export interface FoldBenchReport {
  /** By what was done; per slice or event. */
  readonly micros: Readonly<Record<string, number>>
  /** Read, folded and written, on one core. */
  readonly eventsPerSecond: number
  readonly meanSliceBytes: number
  readonly meanJsonBytes: number
}

const startMs = 1_750_000_000_000
const viewCount = 10
const cartCount = 3

export function benchFold({ people, rounds }: FoldBenchOptions): FoldBenchReport {
  const random = new Random(1)
  const slices = Array.from({ length: people }, () => typicalSlice(random))
  const encoded = slices.map(encodeSlice)
  const json = slices.map((slice) => JSON.stringify(slice))
  const events = slices.map((_, i) => eventOf(random, i, anyType(random), startMs + 90 * 60_000))
  let sink = 0
  const decoded = (i: number): Slice => {
    const slice = decodeSlice(encoded[i]!)
    if (typeof slice === 'number') throw new Error('a slice can’t be read')
    return slice
  }
  const cases: Record<string, (i: number) => void> = {
    'decode, fold, encode': (i) => {
      sink += encodeSlice(fold(decoded(i), events[i]!)).length
    },
    decode: (i) => {
      sink += decoded(i).viewed.length
    },
    fold: (i) => {
      sink += fold(slices[i]!, events[i]!).viewed.length
    },
    encode: (i) => {
      sink += encodeSlice(slices[i]!).length
    },
    merge: (i) => {
      sink += mergeSlices(slices[i]!, slices[people - 1 - i]!).viewed.length
    },
    'rival: decode JSON, checked': (i) => {
      sink += checkSlice(JSON.parse(json[i]!)).ok ? 1 : 0
    },
    'rival: decode JSON': (i) => {
      sink += (JSON.parse(json[i]!) as Slice).viewed.length
    },
    'rival: encode JSON': (i) => {
      sink += Buffer.from(JSON.stringify(slices[i]!)).length
    },
  }
  const micros: Record<string, number> = {}
  // One more round than asked for: the first one warms up.
  for (let round = 0; round <= rounds; round++)
    for (const [name, run] of Object.entries(cases)) {
      const began = performance.now()
      for (let i = 0; i < people; i++) run(i)
      const took = ((performance.now() - began) * 1_000) / people
      if (round > 0) micros[name] = Math.min(took, micros[name] ?? Infinity)
    }
  if (sink === 0) throw new Error('nothing was done')
  return {
    micros,
    eventsPerSecond: 1e6 / micros['decode, fold, encode']!,
    meanSliceBytes: encoded.reduce((sum, bytes) => sum + bytes.length, 0) / people,
    meanJsonBytes: json.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / people,
  }
}

/** Somebody who has looked at ten products, put three of them into the cart and searched once. */
function typicalSlice(random: Random): Slice {
  const types: EventType[] = [
    'search',
    ...Array.from({ length: viewCount }, () => 'view_item' as const),
    ...Array.from({ length: cartCount }, () => 'add_to_cart' as const),
  ]
  let slice = emptySlice
  for (const [i, type] of types.entries())
    slice = fold(slice, eventOf(random, i, type, startMs + i * 60_000))
  return {
    ...slice,
    consent: { ads: true, personalization: true, atMs: startMs },
    segments: [
      { segment: 'abandoned-cart', expiresAtMs: Number.MAX_SAFE_INTEGER },
      { segment: 'viewers', expiresAtMs: startMs + 30 * 86_400_000 },
    ],
    picks: Array.from({ length: 6 }, () => `product-${random.below(2_000)}`),
  }
}

function anyType(random: Random): EventType {
  const share = random.next()
  if (share < 0.7) return 'view_item'
  if (share < 0.85) return 'page_view'
  if (share < 0.93) return 'add_to_cart'
  return share < 0.98 ? 'search' : 'purchase'
}

function eventOf(random: Random, number: number, type: EventType, atMs: number): Event {
  const product = random.below(2_000)
  const hasItem = type !== 'page_view' && type !== 'search'
  return {
    type,
    messageId: `message-${number}`,
    atMs,
    source: 'tag',
    who: noIdentifiers,
    items: hasItem
      ? [
          {
            product: `product-${product}`,
            quantity: 1,
            priceMicros: (1 + (product % 300)) * 1_000_000,
            category: `Shoes > ${product % 40}`,
            brand: '',
            marginShare: 0.3,
          },
        ]
      : [],
    valueMicros: -1,
    orderId: type === 'purchase' ? `order-${number}` : '',
    query: type === 'search' ? `leather boots ${random.below(50)}` : '',
    category: '',
    isGift: false,
    rating: -1,
    consent: null,
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      people: { type: 'string', default: '100' },
      rounds: { type: 'string', default: '1000' },
    },
  })
  const report = benchFold({ people: Number(values.people), rounds: Number(values.rounds) })
  if (values.json) console.info(JSON.stringify(report))
  else {
    for (const [name, micros] of Object.entries(report.micros))
      console.info(`${name}: ${micros.toFixed(2)} µs`)
    console.info(`${Math.round(report.eventsPerSecond)} events/s`)
    console.info(
      `${Math.round(report.meanSliceBytes)} bytes a slice, ${Math.round(report.meanJsonBytes)} as JSON`,
    )
  }
}
