/**
 * What a profile costs: `node dist/bench/profiles.bench.js [--profiles N] [--reads N] [--rounds N]`.
 *
 * Loads N lifelike profiles into a new LMDB store, then reads them by uids that are all equally
 * likely, by uids of which few are asked for often (Zipf, exponent 1), and by strangers', with and
 * without a cache of decoded profiles, interleaved. What making the uid's text costs is taken off.
 * Beside the winners stand their rivals: whole slices instead of dense records, and searching for
 * strangers in the store instead of knowing who is known; both without the store's own checks.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { keyOf } from '../src/base/key.js'
import { Random } from '../src/base/random.js'
import { bulkLoad, type SliceRow } from '../src/profiles/bulk-load.js'
import { profilesConfigSchema } from '../src/profiles/config.js'
import { emptySlice, type Slice } from '../src/profiles/slice.js'
import { decodeForBid, decodeSlice, encodeSlice } from '../src/profiles/slice-codec.js'
import { LmdbProfileStore, LmdbTables } from '../src/profiles/store-lmdb.js'

const uidBytes = 22
const shopCount = 20
const nowMs = 1_750_000_000_000

export interface ProfilesBenchOptions {
  readonly profiles: number
  readonly reads: number
  readonly rounds: number
}

/** @param print gets one line at a time. */
export async function benchProfiles(
  options: ProfilesBenchOptions,
  print: (line: string) => void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-profiles-'))
  const directory = join(folder, 'profiles')
  try {
    const uids = uidsOf(options.profiles)
    await benchLoad(directory, uids, print)
    benchCodec(options, print)
    await benchReads(directory, uids, options, print)
    await benchTurns(directory, uids, options, print)
    await benchWrites(directory, uids, options, print)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function benchLoad(
  directory: string,
  uids: Buffer,
  print: (line: string) => void,
): Promise<void> {
  const startMs = performance.now()
  const count = await bulkLoad(directory, rows(uids))
  const seconds = (performance.now() - startMs) / 1_000
  const megabytes = statSync(join(directory, 'data.mdb')).size / 1e6
  print(`load: ${count} slices in ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`)
}

function benchCodec({ reads, rounds }: ProfilesBenchOptions, print: (line: string) => void): void {
  const random = new Random(1)
  const slices = Array.from({ length: 1_000 }, () => lifelikeSlice(random))
  const encoded = slices.map(encodeSlice)
  const views = encoded.map((bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length))
  const count = Math.min(reads, 50_000)
  let sink = 0
  const cases = {
    encodeSlice: (i: number) => {
      sink += encodeSlice(slices[i % 1_000]!).length
    },
    decodeSlice: (i: number) => {
      const slice = decodeSlice(encoded[i % 1_000]!)
      if (typeof slice !== 'number') sink += slice.viewed.length
    },
    decodeForBid: (i: number) => {
      const view = views[i % 1_000]!
      const slice = decodeForBid(view, 0, view.byteLength, 1)
      if (typeof slice !== 'number') sink += slice.cartCount
    },
  }
  const micros = leastMicros(cases, count, rounds)
  for (const [name, least] of micros) print(`${name}: ${least.toFixed(2)} µs`)
  if (sink === 0) print('nothing was read')
}

async function benchReads(
  directory: string,
  uids: Buffer,
  { profiles, reads, rounds }: ProfilesBenchOptions,
  print: (line: string) => void,
): Promise<void> {
  const cacheSizes = [0, 0.01, 0.1, 1].map((share) => Math.round(share * profiles))
  const stores = cacheSizes.map(
    (profileCacheMax) =>
      new LmdbProfileStore(directory, profilesConfigSchema.parse({ profileCacheMax })),
  )
  const tables = new LmdbTables(directory, profilesConfigSchema.parse({}).mapBytes, true)
  const random = new Random(2)
  const patterns = {
    uniform: Uint32Array.from({ length: reads }, () => random.below(profiles)),
    zipf: Uint32Array.from({ length: reads }, () => Math.floor(profiles ** random.next()) - 1),
  }
  const startMs = performance.now()
  for (const store of stores)
    for (let i = 0; store.stats.strangersUnasked === 0; i++) {
      store.read(`stranger ${i}`)
      if (store.stats.readErrors > 0) throw new Error('the store fails')
      await new Promise(setImmediate)
    }
  const builtMs = (performance.now() - startMs) / stores.length
  print(`who is known: built in ${builtMs.toFixed(0)} ms`)
  let sink = 0
  for (const [name, indexes] of Object.entries(patterns)) {
    const uidAt = (i: number): string => {
      const at = indexes[i]! * uidBytes
      return uids.toString('latin1', at, at + uidBytes)
    }
    const cases: Record<string, (i: number) => void> = {
      uid: (i) => {
        sink += uidAt(i).charCodeAt(3)
      },
    }
    for (const [place, store] of stores.entries())
      cases[`known, cache ${cacheSizes[place]}`] = (i) => {
        sink += store.read(uidAt(i))!.slices.length
      }
    const store = stores[0]!
    cases['stranger'] = (i) => {
      sink += store.read(`${uidAt(i).slice(0, 20)}!!`) === null ? 1 : 0
    }
    cases['stranger, searched for in the store'] = (i) => {
      sink += tables.record(`${uidAt(i).slice(0, 20)}!!`) === undefined ? 1 : 0
    }
    cases['known, whole slices instead of dense records'] = (i) => {
      const uid = uidAt(i)
      const shop = shopOf(indexes[i]!)
      const bytes = tables.slice(uid, shop)!
      const view = new DataView(bytes.buffer, bytes.byteOffset)
      const slice = decodeForBid(view, 0, bytes.length, 1)
      if (typeof slice !== 'number') sink += slice.cartCount
    }
    const micros = leastMicros(cases, reads, rounds)
    const baseline = micros.get('uid')!
    for (const [what, least] of micros)
      if (what !== 'uid') print(`read, ${name}: ${what}: ${(least - baseline).toFixed(2)} µs`)
  }
  for (const [place, store] of stores.entries()) {
    const share = (store.stats.cacheHits / Math.max(1, store.stats.reads)) * 100
    print(`cache ${cacheSizes[place]}: ${share.toFixed(0)}% of reads found there`)
    await store.close()
  }
  await tables.close()
  if (sink === 0) print('nothing was read')
}

/** One read a turn of the event loop, which is when a read's snapshot of the store is renewed. */
async function benchTurns(
  directory: string,
  uids: Buffer,
  { profiles, reads, rounds }: ProfilesBenchOptions,
  print: (line: string) => void,
): Promise<void> {
  const store = new LmdbProfileStore(directory, profilesConfigSchema.parse({}))
  const random = new Random(3)
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const count = Math.min(reads, 50_000)
  const least = [Infinity, Infinity]
  let sink = 0
  for (let round = 0; round < rounds; round++)
    for (const which of [0, 1]) {
      const startMs = performance.now()
      for (let i = 0; i < count; i++) {
        await turn()
        const at = random.below(profiles) * uidBytes
        const uid = uids.toString('latin1', at, at + uidBytes)
        sink += which === 0 ? uid.length : store.read(uid)!.slices.length
      }
      least[which] = Math.min(least[which]!, ((performance.now() - startMs) * 1_000) / count)
    }
  await store.close()
  if (sink > 0) print(`read, uniform, one a turn: ${(least[1]! - least[0]!).toFixed(2)} µs`)
}

/** Durable puts of slices that are there already, so many in flight at once. */
async function benchWrites(
  directory: string,
  uids: Buffer,
  { profiles, reads }: ProfilesBenchOptions,
  print: (line: string) => void,
): Promise<void> {
  const store = new LmdbProfileStore(directory, profilesConfigSchema.parse({}))
  const random = new Random(4)
  for (const inFlight of [1, 100, 1_000]) {
    const count = Math.min(inFlight === 1 ? 300 : inFlight * 20, reads)
    const latencies: number[] = []
    const startMs = performance.now()
    for (let done = 0; done < count; done += inFlight)
      await Promise.all(
        Array.from({ length: inFlight }, async () => {
          const index = random.below(profiles)
          const uid = uids.toString('latin1', index * uidBytes, index * uidBytes + uidBytes)
          const sentMs = performance.now()
          await store.forShop(shopOf(index)).put(uid, lifelikeSlice(random))
          latencies.push(performance.now() - sentMs)
        }),
      )
    const perSecond = (latencies.length / (performance.now() - startMs)) * 1_000
    latencies.sort((a, b) => a - b)
    const at = (share: number): string =>
      latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]!.toFixed(1)
    print(
      `put, ${inFlight} in flight: ${perSecond.toFixed(0)}/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
    )
  }
  await store.close()
}

/** The least that each case took per call, in µs, over rounds in which all take turns. */
function leastMicros(
  cases: Readonly<Record<string, (i: number) => void>>,
  count: number,
  rounds: number,
): Map<string, number> {
  const least = new Map<string, number>()
  // One more round than asked for: the first one warms up and fills the caches.
  for (let round = 0; round <= rounds; round++)
    for (const [name, run] of Object.entries(cases)) {
      const startMs = performance.now()
      for (let i = 0; i < count; i++) run(i)
      const micros = ((performance.now() - startMs) * 1_000) / count
      if (round > 0) least.set(name, Math.min(micros, least.get(name) ?? Infinity))
    }
  return least
}

const shopOf = (index: number): string => `shop-${index % shopCount}`

/** All uids one after another: as texts they would be held and hashed beforehand. */
function uidsOf(count: number): Buffer {
  const bytes = Buffer.alloc(count * uidBytes)
  for (let i = 0; i < count; i++) {
    const text = keyOf(`first ${i}`).toString(36) + keyOf(`second ${i}`).toString(36)
    bytes.write(text.padEnd(uidBytes, '0').slice(0, uidBytes), i * uidBytes, 'latin1')
  }
  return bytes
}

function* rows(uids: Buffer): Iterable<SliceRow> {
  const random = new Random(5)
  for (let i = 0; i * uidBytes < uids.length; i++) {
    const uid = uids.toString('latin1', i * uidBytes, i * uidBytes + uidBytes)
    yield { uid, shopId: shopOf(i), slice: lifelikeSlice(random) }
    // One person in ten is known to a second shop.
    if (i % 10 === 0) yield { uid, shopId: shopOf(i + 1), slice: lifelikeSlice(random) }
  }
}

function lifelikeSlice(random: Random): Slice {
  const product = (): string => `product-${random.below(2_000)}`
  const many = <T>(most: number, make: (age: number) => T): T[] =>
    Array.from({ length: random.below(most + 1) }, (_, i) => make(i))
  const atMs = (age: number): number => nowMs - age * 3_600_000 - random.below(3_600_000)
  const item = () => ({
    product: product(),
    quantity: 1,
    priceMicros: random.below(500) * 1_000_000,
  })
  return {
    ...emptySlice,
    cart: random.chance(0.3)
      ? {
          items: [item(), ...many(3, item)],
          valueMicros: random.below(1_000) * 1_000_000,
          changedAtMs: atMs(0),
        }
      : null,
    viewed: many(8, (age) => ({ product: product(), atMs: atMs(age) })),
    searches: many(2, (age) => ({ text: `leather boots ${random.below(50)}`, atMs: atMs(age) })),
    purchases: many(1, (age) => ({ ...item(), atMs: atMs(age), isGift: false })),
    segments: many(3, () => ({
      segment: `segment-${random.below(40)}`,
      expiresAtMs: nowMs + random.below(30) * 86_400_000,
    })),
    picks: many(6, product),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      profiles: { type: 'string', default: '1000000' },
      reads: { type: 'string', default: '200000' },
      rounds: { type: 'string', default: '5' },
    },
  })
  await benchProfiles(
    {
      profiles: Number(values.profiles),
      reads: Number(values.reads),
      rounds: Number(values.rounds),
    },
    (line) => console.log(line),
  )
}
