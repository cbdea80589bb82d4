// Goal: whatever is taken reaches bidders, once the profile store takes it, and whoever says no or is
// forgotten is nobody to them at once. Method: a store that fails when it is told to; people followed
// through events, consent, joins and erasure; what the store has against what the books have.
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { findIn } from '../../src/people/person-of.js'
import { erase } from '../../src/people/privacy.js'
import { profilesConfigSchema } from '../../src/profiles/config.js'
import type { ProfileStore, ShopSlices } from '../../src/profiles/store.js'
import { MemoryProfileStore } from '../../src/profiles/store-memory.js'
import { eventOf, newFolder, openWorld, type PeopleWorld, viewOf } from './people-world.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1e9)
const shop = 'shop-1'

/** A store in memory that can be made to refuse. */
function fragile(): { store: ProfileStore; fails: { now: boolean } } {
  const inner = new MemoryProfileStore(profilesConfigSchema.parse({}))
  const fails = { now: false }
  const refuse = () => Promise.reject(new Error('the store is away'))
  const slices = (shopId: string): ShopSlices => {
    const own = inner.forShop(shopId)
    return {
      get: (uid) => own.get(uid),
      put: (uid, slice) => (fails.now ? refuse() : own.put(uid, slice)),
      remove: (uid) => (fails.now ? refuse() : own.remove(uid)),
    }
  }
  const store = new Proxy(inner, {
    get: (target, name) => {
      if (name === 'forShop') return slices
      const value = Reflect.get(target, name, target) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { store, fails }
}

async function settled({ publisher }: PeopleWorld): Promise<void> {
  for (let i = 0; publisher.waitingCount > 0; i++) {
    if (i > 500) throw new Error('bidders were not told')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('an event is where bidders look, under each of the person’s uids', async () => {
  const world = openWorld()
  await world.writer.take(shop, [viewOf({ anonymousId: 'a', uids: ['u1', 'u2'] }, 'boots')])
  const later = { atMs: 1_700_000_060_000 }
  await world.writer.take(shop, [viewOf({ anonymousId: 'a' }, 'hat', later)])
  await settled(world)
  for (const uid of ['u1', 'u2']) {
    const slice = await world.store.forShop(shop).get(uid)
    expect(slice?.viewed.map(({ product }) => product)).toEqual(['hat', 'boots'])
  }
  expect(await world.store.forShop('shop-2').get('u1')).toBeNull()
})

test('whoever says no to adverts is nobody to bidders, and somebody again when they say yes', async () => {
  const world = openWorld()
  const who = { anonymousId: 'a', uids: ['u1'] }
  const consent = (ads: boolean, atMs: number) =>
    eventOf('consent', who, { atMs, consent: { ads, personalization: true } })
  await world.writer.take(shop, [viewOf(who, 'boots')])
  await settled(world)
  expect(await world.store.forShop(shop).get('u1')).not.toBeNull()
  await world.writer.take(shop, [consent(false, 1_700_000_100_000)])
  await settled(world)
  expect(await world.store.forShop(shop).get('u1')).toBeNull()
  await world.writer.take(shop, [consent(true, 1_700_000_200_000)])
  await settled(world)
  expect((await world.store.forShop(shop).get('u1'))?.viewed).toHaveLength(1)
})

test('what the store refused is told when it is back, also after a restart', async () => {
  const folder = newFolder()
  const { store, fails } = fragile()
  const before = openWorld(folder, undefined, store)
  fails.now = true
  await before.writer.take(shop, [viewOf({ anonymousId: 'a', uids: ['u1'] }, 'boots')])
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(before.publisher.waitingCount).toBe(1)
  expect(before.publisher.counts.failures).toBeGreaterThan(0)
  await before.writer.close()
  await before.publisher.close()
  await before.books.close()
  fails.now = false
  const after = openWorld(folder, undefined, store)
  await settled(after)
  expect((await store.forShop(shop).get('u1'))?.viewed).toHaveLength(1)
})

test('in the end bidders know exactly whom the books have, whatever happened in between', async () => {
  const random = new Random(seed)
  const { store, fails } = fragile()
  const world = openWorld(newFolder(), undefined, store)
  const uids = ['u0', 'u1', 'u2', 'u3', 'u4']
  const shops = ['shop-1', 'shop-2']
  for (let round = 0; round < 150; round++) {
    fails.now = random.chance(0.3)
    const shopId = random.pick(shops)
    const book = world.books.forShop(shopId)
    const who = {
      anonymousId: `a${random.below(5)}`,
      customerId: random.chance(0.3) ? `${random.below(3)}` : '',
      uids: random.chance(0.6) ? [random.pick(uids)] : [],
    }
    if (random.chance(0.15))
      await world.writer.change(shopId, (draft) => {
        const person = draft.personOf(`anon:${who.anonymousId}`)
        if (person !== null) erase(book, draft, person)
      })
    else if (random.chance(0.2)) {
      const consent = { ads: random.chance(0.5), personalization: random.chance(0.5) }
      await world.writer.take(shopId, [eventOf('consent', who, { atMs: 1.7e12 + round, consent })])
    } else await world.writer.take(shopId, [viewOf(who, `p${round}`, { atMs: 1.7e12 + round })])
  }
  fails.now = false
  world.publisher.wake()
  await settled(world)
  for (const shopId of shops)
    for (const uid of uids) {
      const person = findIn(world.books.forShop(shopId)).byIdentifier(`uid:${uid}`)
      const isKnown = person !== null && (person.slice.consent?.ads ?? true)
      const told = await store.forShop(shopId).get(uid)
      expect(told, `seed ${seed} ${shopId} ${uid}`).toEqual(isKnown ? person.slice : null)
    }
}, 120_000)

test('whoever goes first is told of before a whole list, and the list goes on meanwhile', async () => {
  const { store, fails } = fragile()
  fails.now = true
  const world = openWorld(newFolder(), undefined, store)
  const list = Array.from({ length: 3_000 }, (_, i) => `uid:on-list-${i}`)
  await world.writer.change(
    shop,
    (draft) => {
      for (const uid of list) draft.create([uid])
    },
    list.length,
  )
  // In the order of the outbox this shop comes last.
  await world.writer.take('shop-9', [viewOf({ uids: ['now'] }, 'boots')])
  fails.now = false
  const slices = store.forShop('shop-9')
  for (let i = 0; (await slices.get('now')) === null; i++) {
    if (i > 5_000) throw new Error('never told')
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  expect(world.publisher.waitingCount).toBeGreaterThan(2_000)
  await settled(world)
})
