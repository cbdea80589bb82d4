// Goal: one address can't keep the recommender busy: it is told to wait, politely and in a way that pages can read, and
// costs neither other addresses nor other shops anything; a shop's server with its key asks as often as it likes.
// Method: the real listener and buckets, a clock that stands still.
import { strict as check } from 'node:assert'
import { afterAll, beforeAll, test } from 'vitest'
import { World } from './world.js'

const world = new World()
beforeAll(async () => {
  world.add('shop')
  world.add('other')
  world.keys.set('gz_server', { shopId: 'shop', mayNamePeople: false })
  await world.listen()
})
afterAll(() => world.close())

const from = (address: string) => ({ 'X-Forwarded-For': `1.1.1.1, ${address}` })
const get = (shop: string, headers: Record<string, string>): Promise<Response> =>
  fetch(`${world.base}?shop=${shop}`, { headers })
const batch = (shop: string, slotCount: number, headers: Record<string, string>) =>
  world.post('batch', { shop, slots: Array.from({ length: slotCount }, () => ({})) }, headers)

/** Asks until it is told to wait, or often enough. */
async function countOf(ask: () => Promise<Response>, most: number): Promise<number> {
  for (let count = 0; count < most; count++) if ((await ask()).status === 429) return count
  return most
}

test('requests of one address are bounded, and told when to come again', async () => {
  const [flood, visitor] = [from('9.9.9.1'), from('9.9.9.2')]
  world.told.length = 0
  check.ok(world.askLimit.take('9.9.9.1', world.clock.nowMs(), 'shop', 1_950))
  check.equal(await countOf(() => get('shop', flood), 100), 50)
  const refused = await get('shop', flood)
  check.equal(refused.status, 429)
  check.equal(refused.headers.get('retry-after'), '1')
  check.equal(refused.headers.get('access-control-allow-origin'), '*')
  check.equal(refused.headers.get('access-control-expose-headers'), 'Retry-After')
  check.equal(refused.headers.get('content-type'), 'application/json')
  check.deepEqual(await refused.json(), { error: 'too many requests from this address' })
  check.deepEqual(
    world.told.filter((it) => it.startsWith('limited')),
    ['limited one', 'limited one'],
  )
  check.equal((await get('shop', visitor)).status, 200)
  check.equal((await get('other', flood)).status, 200)
  check.equal((await get('shop', { ...flood, Authorization: 'Bearer gz_server' })).status, 200)
  check.equal((await get('shop', { ...flood, Authorization: 'Bearer gz_none' })).status, 401)
  // 200 a second.
  world.clock.advance(50)
  check.equal(await countOf(() => get('shop', flood), 50), 10)
}, 30_000)

test('shops that there aren’t take no room', async () => {
  const before = world.askLimit.addressCount
  for (let i = 0; i < 20; i++) check.equal((await get(`none-${i}`, from('9.9.9.3'))).status, 404)
  check.equal(world.askLimit.addressCount, before)
})

test('a batch counts for each of its slots', async () => {
  const flood = from('9.9.9.4')
  check.equal(await countOf(() => batch('shop', 20, flood), 200), 100)
  check.equal((await get('shop', flood)).status, 429)
  check.equal((await batch('other', 20, flood)).status, 200)
  const server = { ...flood, Authorization: 'Bearer gz_server' }
  check.equal(await countOf(() => batch('shop', 20, server), 5), 5)
  world.clock.advance(100)
  check.equal(await countOf(() => batch('shop', 20, flood), 5), 1)
}, 30_000)

test('bodies are bounded by address before they are read, with a made-up key too', async () => {
  const flood = { ...from('9.9.9.5'), Authorization: 'Bearer gz_madeup' }
  while (world.postLimit.take('9.9.9.5', world.clock.nowMs()));
  world.told.length = 0
  for (const name of ['batch', 'events']) {
    const refused = await world.post(name, '{', flood)
    check.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '1'])
  }
  check.deepEqual(
    world.told.filter((it) => it.startsWith('limited') || it.startsWith('refused')),
    ['limited batch', 'refused null', 'limited events'],
  )
  check.equal((await world.post('events', '{', from('9.9.9.6'))).status, 400)
})
