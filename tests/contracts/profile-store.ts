// Goal: every profile store keeps its promises: a shop reaches its own slices and no other's, what is
// put is what comes back, nothing odd or broken gets in or out, and the bidder sees each write.
// Method: one suite, run on each implementation by tests/profiles/store-*.test.ts and
// tests/profiles/redis/*.test.ts; seeded random worlds; the bidder's view against a plain model. Whoever
// isn't at hand is fetched as a bid would.
import { expect, onTestFinished, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { type ProfilesConfig, profilesConfigSchema } from '../../src/profiles/config.js'
import * as bounds from '../../src/profiles/slice.js'
import type { ProfileStore } from '../../src/profiles/store.js'
import { expectedBidSlice, randomSlice } from '../profiles/random-slice.js'
import { readSettled, readTwice } from '../profiles/read-settled.js'

const seed = Number(process.env['SEED'] ?? 73)
const slice: bounds.Slice = { ...bounds.emptySlice, picks: ['a', 'b'] }

const oddUids = [
  '__proto__',
  'constructor',
  'toString',
  ' ',
  '\u00e9',
  'e\u0301',
  '\ud55c\uad6d\uc5b4',
  '\ud83d\ude00'.repeat(64),
  'x'.repeat(128),
  '\uffff'.repeat(128),
  '}',
  '{}',
  'a}b{c',
  '%7D',
  '*?[a]\\',
  'shop-1',
  '../../etc/passwd',
]
const noUids = ['', 'x'.repeat(129), 'a\0b', 'a\nb', '\x7f', '\x85', 'half \ud800', '\udc00']

/**
 * @param open a store with nothing in it, ready.
 * @param remembersAlways whether it has a cache that `profileCacheMax` has no say in.
 */
export function profileStoreContract(
  open: (config: ProfilesConfig) => ProfileStore | Promise<ProfileStore>,
  remembersAlways = false,
): void {
  const opened = async (config: Partial<ProfilesConfig> = {}): Promise<ProfileStore> => {
    const store = await open({ ...profilesConfigSchema.parse({}), ...config })
    onTestFinished(() => store.close())
    return store
  }

  test.each([0, 3])('what shops put is what they and the bidder get (cache of %i)', async (max) => {
    const random = new Random(seed)
    const store = await opened({ profileCacheMax: max })
    const shops = ['shop-1', 'shop-2', 'shop-3']
    const uids = ['anna', 'ben', 'cleo', 'dan', 'eve']
    const expected = new Map<string, Map<string, bounds.Slice>>(uids.map((u) => [u, new Map()]))
    for (let round = 0; round < 60; round++) {
      const writes: Promise<void>[] = []
      for (let count = random.below(6); count >= 0; count--) {
        const uid = random.pick(uids)
        const shop = random.pick(shops)
        const known = expected.get(uid)!
        if (random.chance(0.25)) {
          writes.push(store.forShop(shop).remove(uid))
          known.delete(shop)
        } else {
          const put = randomSlice(random)
          writes.push(store.forShop(shop).put(uid, put))
          known.set(shop, put)
        }
      }
      await Promise.all(writes)
      for (const [uid, known] of expected) {
        const why = `seed ${seed} round ${round} ${uid}`
        for (const shop of shops)
          expect(await store.forShop(shop).get(uid), why).toEqual(known.get(shop) ?? null)
        const profile = await readSettled(store, uid)
        expect(profile?.slices.length ?? 0, why).toBe(known.size)
        for (const [shop, put] of known)
          expect(profile?.slices, why).toContainEqual(expectedBidSlice(shop, put))
        expect((await readSettled(store, uid))?.slices, why).toEqual(profile?.slices)
      }
    }
    expect(store.stats).toMatchObject({ readErrors: 0, unreadableSlices: 0, writeErrors: 0 })
    expect(store.stats.cacheHits > 0).toBe(max > 0 || remembersAlways)
  })

  test('nothing that shop A does changes what shop B has or is bid with', async () => {
    // Two worlds in which B does the same and A something else.
    const seen: string[] = []
    for (const world of [1, 2]) {
      const store = await opened({ profileCacheMax: world === 1 ? 0 : 100 })
      const [a, b] = [store.forShop('A'), store.forShop('B')]
      const randomOfA = new Random(seed + world)
      const random = new Random(seed)
      const uids = ['anna', 'ben', 'cleo', ...oddUids]
      const answers: unknown[] = []
      const bidderKey = expectedBidSlice('B', slice).shopKey
      for (let step = 0; step < 150; step++) {
        const writes: Promise<void>[] = []
        for (let count = randomOfA.below(4); count > 0; count--) {
          const uid = randomOfA.pick(uids)
          if (randomOfA.chance(0.3)) writes.push(a.remove(uid))
          else writes.push(a.put(uid, randomSlice(randomOfA)))
        }
        const uid = random.pick(uids)
        if (random.chance(0.3)) writes.push(b.remove(uid))
        else writes.push(b.put(uid, randomSlice(random)))
        await Promise.all(writes)
        for (const other of uids) {
          const slices = (await readSettled(store, other))?.slices ?? []
          answers.push(
            await b.get(other),
            slices.filter((own) => own.shopKey === bidderKey),
          )
        }
      }
      seen.push(JSON.stringify(answers))
    }
    expect(seen[0] === seen[1], `seed ${seed}`).toBe(true)
  })

  test('a shop sees and removes its own slice only', async () => {
    const store = await opened()
    await store.forShop('B').put('anna', slice)
    const other = store.forShop('A')
    expect(await other.get('anna')).toBeNull()
    await other.remove('anna')
    expect(await store.forShop('B').get('anna')).toEqual(slice)
    expect((await readSettled(store, 'anna'))?.slices).toEqual([expectedBidSlice('B', slice)])
  })

  test('odd uids are people like others, and never each other', async () => {
    const store = await opened()
    const shop = store.forShop('shop-1')
    for (const [i, uid] of oddUids.entries()) {
      expect(await readSettled(store, uid), JSON.stringify(uid)).toBeNull()
      await shop.put(uid, { ...slice, picks: [`${i}`] })
    }
    for (const [i, uid] of oddUids.entries()) {
      expect(await shop.get(uid), JSON.stringify(uid)).toEqual({ ...slice, picks: [`${i}`] })
      expect((await readSettled(store, uid))?.slices).toHaveLength(1)
    }
  })

  test.each(noUids)('%j names nobody: not kept, and read as a stranger', async (uid) => {
    const store = await opened()
    await expect(store.forShop('shop-1').put(uid, slice)).rejects.toThrow('uid:')
    await expect(store.forShop('shop-1').remove(uid)).rejects.toThrow('uid:')
    expect(await store.forShop('shop-1').get(uid)).toBeNull()
    expect(await readSettled(store, uid)).toBeNull()
    expect(store.stats).toMatchObject({ strangers: 1, readErrors: 0, writeErrors: 2 })
  })

  const many = <T>(count: number, item: T): T[] => Array.from({ length: count + 1 }, () => item)
  const at = { product: 'p', atMs: 1 }
  test.each<[field: string, change: object]>([
    ['viewed', { viewed: many(bounds.viewedCountMax, at) }],
    ['searches', { searches: many(bounds.searchCountMax, { text: 't', atMs: 1 }) }],
    ['purchases', { purchases: many(bounds.purchaseCountMax, at) }],
    ['segments', { segments: many(bounds.segmentCountMax, { segment: 's', expiresAtMs: 1 }) }],
    ['picks', { picks: many(bounds.pickCountMax, 'p') }],
    ['picks[0]', { picks: [''] }],
    ['picks[0]', { picks: ['p'.repeat(bounds.productIdLengthMax + 1)] }],
    ['viewed[0].atMs', { viewed: [{ product: 'p', atMs: Number.NaN }] }],
    ['viewed[0].atMs', { viewed: [{ product: 'p', atMs: 1.5 }] }],
    ['searches[0].text', { searches: [{ text: 't'.repeat(201), atMs: 1 }] }],
    ['segments[0].expiresAtMs', { segments: [{ segment: 's', expiresAtMs: -1 }] }],
    [
      'cart.items',
      {
        cart: {
          items: many(bounds.cartItemCountMax, { product: 'p', quantity: 1, priceMicros: 1 }),
          valueMicros: 1,
          changedAtMs: 1,
        },
      },
    ],
    ['cart.valueMicros', { cart: { items: [], valueMicros: Infinity, changedAtMs: 1 } }],
    ['cart', { cart: 7 }],
    ['picks', { picks: null }],
  ])('%s out of bounds is refused by name and changes nothing', async (field, change) => {
    const store = await opened()
    const shop = store.forShop('shop-1')
    await shop.put('anna', slice)
    const bad = { ...slice, ...change } as bounds.Slice
    await expect(shop.put('anna', bad)).rejects.toThrow(`slice.${field}:`)
    expect(await shop.get('anna')).toEqual(slice)
    expect(store.stats).toMatchObject({ writes: 1, writeErrors: 1 })
  })

  test.each(['', 'x'.repeat(65), 'a\0b'])('a shop called %j is our own mistake', async (shopId) => {
    const store = await opened()
    expect(() => store.forShop(shopId)).toThrow('assertion failed')
  })

  test('writes made at once, of several shops for one person, all count; the last one of each', async () => {
    const store = await opened()
    const writes: Promise<void>[] = []
    for (let round = 0; round < 5; round++)
      for (let shop = 0; shop < 20; shop++)
        writes.push(store.forShop(`shop-${shop}`).put('anna', { ...slice, picks: [`${round}`] }))
    await Promise.all(writes)
    expect((await readSettled(store, 'anna'))?.slices).toHaveLength(20)
    for (let shop = 0; shop < 20; shop++)
      expect((await store.forShop(`shop-${shop}`).get('anna'))?.picks).toEqual(['4'])
  })

  test('what is put is what the slice was at that moment', async () => {
    const store = await opened()
    const picks = ['before']
    const written = store.forShop('shop-1').put('anna', { ...slice, picks })
    picks[0] = 'after'
    await written
    expect((await store.forShop('shop-1').get('anna'))?.picks).toEqual(['before'])
  })

  test('an unchanged profile is decoded once, a changed one again', async () => {
    const store = await opened({ profileCacheMax: 10 })
    const shop = store.forShop('shop-1')
    await shop.put('anna', slice)
    const first = await readTwice(store, 'anna')
    const { cacheHits } = store.stats
    expect(cacheHits).toBe(1)
    await shop.put('anna', slice)
    expect(await readSettled(store, 'anna')).not.toBe(first)
    expect(store.stats.cacheHits).toBe(cacheHits)
    // Forgotten and known again is a change too.
    await shop.remove('anna')
    expect(await readSettled(store, 'anna')).toBeNull()
    await shop.put('anna', { ...slice, picks: ['new'] })
    expect((await readSettled(store, 'anna'))?.slices).toEqual([
      expectedBidSlice('shop-1', { ...slice, picks: ['new'] }),
    ])
  })

  test('a stranger soon costs no search, somebody who becomes known is found', async () => {
    const store = await opened()
    await store.forShop('shop-1').put('anna', slice)
    // Who is known is gathered in the background.
    for (let i = 0; store.stats.strangersUnasked === 0 && i < 1_000; i++) {
      await readSettled(store, `stranger-${i % 10}`)
      await new Promise(setImmediate)
    }
    expect(store.stats.strangersUnasked).toBeGreaterThan(0)
    for (let i = 0; i < 100; i++) {
      expect(await readSettled(store, `newcomer-${i}`)).toBeNull()
      await store.forShop('shop-1').put(`newcomer-${i}`, slice)
      expect((await readSettled(store, `newcomer-${i}`))?.slices).toHaveLength(1)
    }
    expect((await readSettled(store, 'anna'))?.slices).toHaveLength(1)
  })

  test('more writes than may wait are refused', async () => {
    const store = await opened({ writesWaitingMax: 2 })
    const shop = store.forShop('shop-1')
    const kept = [shop.put('anna', slice), shop.put('ben', slice)]
    await expect(shop.put('cleo', slice)).rejects.toThrow('too many writes are waiting')
    await Promise.all(kept)
    await shop.put('cleo', slice)
    expect(await readSettled(store, 'cleo')).not.toBeNull()
  })

  test('closing waits for writes; afterwards reads are null and counted, the rest is refused', async () => {
    const store = await opened()
    const shop = store.forShop('shop-1')
    const written = shop.put('anna', slice)
    await store.close()
    await written
    expect(await readSettled(store, 'anna')).toBeNull()
    expect(store.stats.readErrors).toBe(1)
    await expect(shop.get('anna')).rejects.toThrow('closed')
    await expect(shop.put('anna', slice)).rejects.toThrow('closed')
    await store.close()
  })
}
