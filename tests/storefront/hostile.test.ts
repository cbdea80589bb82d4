// Goal: nothing that is sent makes the recommender fail, wait or keep what has no bounds; a fault of ours costs one answer.
// Method: random bodies and queries out of hostile parts; a storefront that fails; many people and few places.
import { strict as check } from 'node:assert'
import { afterAll, beforeAll, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import { LiveSessions, mergeViewed } from '../../src/storefront/live-sessions.js'
import { browserId, productIds, World } from './world.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
console.info(`seed: ${seed}`)
const world = new World()
const ids: string[] = []
beforeAll(async () => {
  await world.listen()
  world.add('shop')
  world.know('shop', `anon:${browserId('anna')}`)
  for (let i = 0; i < 5; i++) ids.push((await world.get('shop=shop')).id)
})
afterAll(() => world.close())

const names = [
  ...['shop', 'page', 'product', 'products', 'category', 'q', 'cart', 'person', 'customer', 'slot'],
  ...['limit', 'exclude', 'priceFrom', 'priceTo', 'brand', 'slots', 'events', 'answer', 'type'],
  ...['orderId', 'value', '__proto__', 'constructor', 'toString', ''],
]

function hostile(random: Random, depth: number): unknown {
  const kind = random.below(depth > 3 ? 8 : 11)
  if (kind === 0) return random.pick([null, true, false, -1, 0, 1e308, -0, 1.5, 2 ** 53])
  if (kind === 1) return random.pick(['', '\0', '\ud800', '😀', '"><script>', '../..', '%', ',,,'])
  if (kind === 2)
    return random.pick(['shop', 'home', 'product', 'p1', 'p2', 'view', 'click', 'order'])
  if (kind === 3) return random.pick(ids)
  if (kind === 4) return 'x'.repeat(random.below(3_000))
  if (kind <= 6) return random.pick([browserId('anna'), `p${random.below(50)}`, random.below(50)])
  if (kind === 7) return `${random.next() * 100}`
  if (kind === 8) return Array.from({ length: random.below(30) }, () => hostile(random, depth + 1))
  return objectOf(random, depth + 1)
}

function objectOf(random: Random, depth: number): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  for (let i = random.below(10); i >= 0; i--) object[random.pick(names)] = hostile(random, depth)
  return object
}

const expected = [200, 400, 401, 403, 404, 413]

test('whatever is sent is answered in JSON, and nothing fails', async () => {
  const random = new Random(seed)
  const seen = new Set<number>()
  world.faults.length = 0
  for (let round = 0; round < 600; round++) {
    const body = objectOf(random, 0)
    if (random.chance(0.8)) body['shop'] = 'shop'
    if (random.chance(0.3)) body['slots'] = [objectOf(random, 1), objectOf(random, 1)]
    if (random.chance(0.3))
      body['events'] = [objectOf(random, 1), { ...objectOf(random, 1), answer: ids[0] }]
    let text = JSON.stringify(body)
    if (random.chance(0.1)) text = text.slice(0, random.below(text.length))
    const response = await world.post(random.pick(['batch', 'events']), text)
    check.ok(expected.includes(response.status), `${response.status} of ${text}`)
    seen.add(response.status)
    check.equal(typeof (await response.json()), 'object')
  }
  for (let round = 0; round < 600; round++) {
    const query = Array.from({ length: random.below(12) }, () => {
      const value = hostile(random, 9)
      return `${random.pick(names)}=${encodeURIComponent(
        String(value)
          .replace(/\p{Surrogate}/gu, '?')
          .slice(0, 200),
      )}`
    })
    if (random.chance(0.8)) query.push('shop=shop')
    const response = await fetch(`${world.base}?${query.join('&')}`)
    check.ok(expected.includes(response.status), `${response.status} of ${query}`)
    check.equal(typeof (await response.json()), 'object')
  }
  check.deepEqual(world.faults, [])
  check.ok(seen.size >= 3)
})

test('where a person can’t be read, they are nobody; where the shop can’t, one answer is lost', async () => {
  const broken = {
    get personId(): string {
      throw new Error('damaged')
    },
    dealtBy: '',
    get slice(): never {
      throw new Error('damaged')
    },
  }
  world.people.set(`shop anon:${browserId('broken')}`, broken)
  world.faults.length = 0
  const person = browserId('broken')
  check.equal((await world.get(`shop=shop&person=${person}`)).items.length, 12)
  check.equal(world.faults.length, 1)
  const event = { answer: ids[0], type: 'view', person }
  check.equal((await world.post('events', { shop: 'shop', events: [event] })).status, 503)
  const shop = world.add('failing')
  const product = (): never => {
    throw new Error('damaged')
  }
  world.shops.set('failing', { ...shop, product })
  const response = await fetch(`${world.base}?shop=failing&product=p1`)
  check.deepEqual(
    [response.status, await response.json()],
    [...[503, { error: 'we failed; it is logged' }]],
  )
  check.equal(productIds(await world.get('shop=shop')).length, 12)
})

test('as many people are remembered as may be, those who came last', () => {
  let dropped = 0
  const sessions = new LiveSessions({ peopleMax: 100, onDropped: () => dropped++ })
  for (let at = 0; at < 250; at++) sessions.note('shop', `anon:${at}`, '', 'p', at)
  check.deepEqual([sessions.count, dropped], [100, 150])
  check.equal(sessions.viewed('shop', 'anon:249', 249).length, 1)
  check.equal(sessions.viewed('shop', 'anon:149', 249).length, 0)
  // Those whose visit is over make room without a word.
  sessions.note('shop', 'anon:new', '', 'p', 3_600_000)
  check.deepEqual([sessions.count, dropped], [37, 150])
  check.equal(sessions.viewed('shop', 'anon:249', 3_600_000).length, 0)
  for (let at = 0; at < 50; at++)
    sessions.note('shop', 'anon:new', 'me', `p${at % 20}`, 3_600_000 + at)
  const viewed = sessions.viewed('shop', 'anon:new', 3_600_050)
  check.equal(viewed.length, 12)
  check.deepEqual(viewed[0], { product: 'p9', atMs: 3_600_049 })
  check.equal(new Set(viewed.map(({ product }) => product)).size, 12)
  sessions.forget('shop', keyOf('me'))
  check.equal(sessions.viewed('shop', 'anon:new', 3_600_050).length, 0)
})

test('whoever floods one shop costs the visitors of no other one', () => {
  const random = new Random(seed)
  let dropped = 0
  const sessions = new LiveSessions({ peopleMax: 200, onDropped: () => dropped++ })
  const quiet = Array.from({ length: 20 }, (_, i) => `anon:quiet-${i}`)
  for (const [at, who] of quiet.entries()) sessions.note('small', who, `person-${at}`, 'p', at)
  for (let at = 20; at < 3_000; at++) {
    sessions.note('flooded', `anon:${at}`, random.chance(0.5) ? `person-${at % 30}` : '', 'p', at)
    if (random.chance(0.1)) sessions.forget('flooded', keyOf(`person-${random.below(30)}`))
    check.ok(sessions.count <= 200)
  }
  for (const who of quiet) check.equal(sessions.viewed('small', who, 3_000).length, 1)
  check.ok(dropped > 1_000, `${dropped}`)
  // The same person's number at another shop is somebody else.
  for (let person = 0; person < 30; person++) sessions.forget('flooded', keyOf(`person-${person}`))
  for (const who of quiet) check.equal(sessions.viewed('small', who, 3_000).length, 1)
  sessions.forget('small', keyOf('person-3'))
  check.equal(sessions.viewed('small', quiet[3]!, 3_000).length, 0)
  // Shops that nobody visits any more are emptied by what goes on elsewhere.
  for (let at = 0; at < 40; at++) sessions.note('flooded', `anon:later-${at}`, '', 'p', 5_000_000)
  check.equal(sessions.count, 40)
})

test('two lists of what was looked at become one, newest first, each once', () => {
  const random = new Random(seed)
  for (let round = 0; round < 300; round++) {
    const list = (): { product: string; atMs: number }[] => {
      const products = new Set(
        Array.from({ length: random.below(8) }, () => `p${random.below(10)}`),
      )
      return [...products]
        .map((product) => ({ product, atMs: random.below(1_000_000) }))
        .sort((a, b) => b.atMs - a.atMs)
    }
    const [live, kept] = [list(), list()]
    const all = [...live, ...kept].sort((a, b) => b.atMs - a.atMs)
    const naive = all.filter((it, at) => all.findIndex((one) => one.product === it.product) === at)
    check.deepEqual(mergeViewed(live, kept, 100), naive)
  }
})
