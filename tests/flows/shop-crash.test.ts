// Goal: nothing that was accepted is lost, and nothing counts twice, however often the collector, or all of Grosz, is
// killed. Method: the real programs, killed with -9 at random moments while a shop's server sends, and right after an
// answer; the server sends again what wasn't answered, as it would. In the end the books, told by the API, have what was
// answered, once; and bids show what the books have.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import {
  feedOf,
  ifaOf,
  makeShop,
  operatorOf,
  ShopClient,
  SlowUpload,
  untilBids,
} from './shop-client.js'
import { eventually, metric, newDataDir, type System, startSystem, statusOf } from './system.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
console.info(`seed: ${seed}`)
const random = new Random(seed)
const data = newDataDir()
let system: System
let shop: ShopClient

const start = (): Promise<System> => startSystem(data.path, { GROSZ_DEMO: 'false' })
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A bid tells how many things, of 10 each, wait in the cart: each multiplies it. */
const factor = 1.1
const cartsMax = 16
const budget = { total: 1_000_000 }
const everyone = {
  ...{ id: 'everyone', goal: 'cpm', bid: 5, maxCpm: 100, budget },
  modifiers: Array.from({ length: cartsMax }, (_, i) => ({
    when: { cart: { valueAtLeast: (i + 1) * 10 } },
    factor,
  })),
}
const forList = {
  ...{ id: 'for-list', goal: 'cpm', bid: 50, maxCpm: 100, budget, withoutProfile: 'skip' },
  targeting: { segments: { any: ['list'] } },
}
const bidForCart = (count: number) => (bid: { price: number }) =>
  Math.abs(bid.price - 5 * factor ** Math.min(count, cartsMax)) < 0.001

beforeAll(async () => {
  system = await start()
  shop = await makeShop(() => system, data.path, 'shop')
  await shop.ask('PUT', '/v1/feed', feedOf(['a', 'b', 'c', 'd']))
  await shop.put('/v1/segments/list', { id: 'list' })
  await shop.put('/v1/campaigns/everyone', everyone)
  await shop.put('/v1/campaigns/for-list', forList)
  await untilBids(system, {}, ({ cid }) => cid === 'everyone')
})
afterAll(async () => {
  await system.stop('SIGKILL')
  data.remove()
})

/** Kills it; the supervisor starts another: whoever dies again and again is waited for longer each time. */
async function killCollector(): Promise<void> {
  const former = system.collectorPid()
  process.kill(former, 'SIGKILL')
  await eventually('another one is started', async () => {
    await after(50)
    return ![undefined, former].includes(system.collectorPid())
  })
}

/** Every process at once, as when a machine loses its power; then all of it again. */
async function killAll(): Promise<void> {
  const pids = [...system.workerPids(), system.collectorPid()]
  const ended = system.stop('SIGKILL')
  for (const pid of pids)
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has noticed that its supervisor is gone.
    }
  await ended
  system = await start()
}

const untilReady = (): Promise<void> =>
  eventually('all is back', async () => (await statusOf(`${system.admin}/readyz`)) === 200)

const untilTold = (): Promise<void> =>
  eventually('bidders are told', async () => (await metric(system, 'grosz_outbox_people')) === 0)

const personCount = 12
const batchSize = 6

interface Sent {
  readonly person: number
  readonly messageId: string
}

/** Sends carts of people until told to stop; what isn't answered is sent again, as it was. */
class Sender {
  readonly acknowledged: Sent[] = []
  /** Events that were sent again after a cut and had been kept. */
  keptBeforeCut = 0
  isStopping = false
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  async run(): Promise<void> {
    for (let batch = 0; !this.isStopping; batch++) {
      const sent = Array.from(
        { length: batchSize },
        (_, i): Sent => ({
          person: random.below(personCount),
          messageId: `${this.#name}-${batch}-${i}`,
        }),
      )
      const events = sent.map(({ person, messageId }) => ({
        ...{ type: 'add_to_cart', messageId, customerId: `c${person}`, ifa: ifaOf(person) },
        items: [{ item_id: 'a', quantity: 1, price: 10 }],
      }))
      const { json } = await shop.insist('POST', '/v1/events', { events })
      // Whatever had been kept before a cut: not one event is missing, none counts twice.
      expect(json).toMatchObject({ refused: 0, ignored: 0, nobody: 0 })
      expect(json.taken + json.duplicates).toBe(batchSize)
      this.keptBeforeCut += json.duplicates
      if (batch % 5 === 0) {
        const again = await shop.insist('POST', '/v1/events', { events })
        expect(again.json).toMatchObject({ taken: 0, duplicates: batchSize })
      }
      this.acknowledged.push(...sent)
      await after(random.below(20))
    }
  }
}

test('every event that was answered is kept once, whatever is killed meanwhile', async () => {
  const senders = ['x', 'y', 'z'].map((name) => new Sender(name))
  const running = Promise.all(senders.map((sender) => sender.run()))
  const kills = ['collector', 'collector', 'all', 'collector', 'all', 'collector']
  for (const kill of kills) {
    await after(100 + random.below(600))
    if (kill === 'all') await killAll()
    else await killCollector()
    await untilReady()
  }
  await after(200)
  for (const sender of senders) sender.isStopping = true
  await running
  const acknowledged = senders.flatMap((sender) => sender.acknowledged)
  const kept = senders.reduce((sum, { keptBeforeCut }) => sum + keptBeforeCut, 0)
  console.info(`${acknowledged.length} events, ${kept} of them kept before an answer was cut off`)

  await untilTold()
  for (let person = 0; person < personCount; person++) {
    const wanted = acknowledged.filter((it) => it.person === person).map((it) => it.messageId)
    const { json, status } = await shop.person(`cust:c${person}`)
    if (wanted.length === 0) {
      expect(status).toBe(404)
      continue
    }
    const logged = (json.events as { messageId: string }[]).map(({ messageId }) => messageId)
    expect(logged.toSorted()).toEqual(wanted.toSorted())
    expect(json.person.slice.cart.items).toMatchObject([{ product: 'a', quantity: wanted.length }])
    await untilBids(system, { ifa: ifaOf(person) }, bidForCart(wanted.length))
  }
})

/** Most of a list's members have never been seen; every hundredth is one whom exchanges know. */
const memberRow = (member: number): string =>
  member % 100 === 0 ? `{"uid":"member-${member}"}\n` : `{"customerId":"${member}"}\n`
const rowsOf = (from: number, to: number): string => {
  let rows = ''
  for (let member = from; member < to; member++) rows += memberRow(member)
  return rows
}
const onList = (uid: string, isOn: boolean): Promise<number> =>
  untilBids(system, { uid }, ({ cid }) => cid === (isOn ? 'for-list' : 'everyone'))
const membersPath = '/v1/segments/list/members'
const ndjson = { 'Content-Type': 'application/x-ndjson' }

test('a list that is cut by a kill is the old one until all of the new one has come', async () => {
  const memberCount = 120_001
  // More than are written at once, so that some are kept before the rest has come.
  const rowsAtOnce = 31_000
  await shop.ask(
    'PUT',
    `${membersPath}?mode=replace`,
    '{"uid":"old"}\n{"uid":"member-500"}\n',
    ndjson,
  )
  await onList('old', true)
  let kept = 0
  for (const kill of ['collector', 'all'] as const) {
    const upload = new SlowUpload(shop, `${membersPath}?mode=replace&upload=u1`, ndjson)
    const before = kept
    await upload.write(rowsOf(0, before + rowsAtOnce))
    await eventually('some more rows are kept', async () => {
      kept = (await shop.ask('GET', membersPath)).json.upload?.rows ?? 0
      return kept > before
    })
    if (kill === 'all') await killAll()
    else await killCollector()
    expect(await upload.answer).toBeNull()
    await untilReady()
    const { json } = await shop.insist('GET', membersPath)
    expect(json).toMatchObject({ members: 2, upload: { upload: 'u1' } })
    // What it said before the kill was kept is kept.
    expect(json.upload.rows).toBeGreaterThanOrEqual(kept)
    await onList('old', true)
    await onList('member-700', false)
  }
  const whole = rowsOf(0, memberCount)
  const last = await shop.ask('PUT', `${membersPath}?mode=replace&upload=u1`, whole, ndjson)
  expect(last.json).toMatchObject({ members: memberCount, rows: memberCount })
  await killCollector()
  await untilReady()
  const { json } = await shop.insist('GET', membersPath)
  expect(json).toMatchObject({ members: memberCount, upload: null })
  await untilTold()
  await onList('old', false)
  for (const member of [0, 500, 700, kept - (kept % 100), memberCount - 1])
    await onList(`member-${member}`, true)
})

test('a list that is killed while people are told of it comes to its end by itself', async () => {
  const first = 1_000_000
  const last = first + 40_000
  const upload = new SlowUpload(shop, `${membersPath}?mode=replace&upload=u2`, ndjson)
  await upload.write(`${rowsOf(first, last)}{"uid":"late"}\n`)
  upload.end()
  await eventually('it has come', async () => {
    return (await shop.ask('GET', membersPath)).json.members === last - first + 1
  })
  await killCollector()
  await untilReady()
  await onList('late', true)
  await onList(`member-${last - 100}`, true)
  await onList('member-700', false)
})

test('a feed that is cut by a kill changes nothing; sent again, it is the catalogue', async () => {
  const ids = Array.from({ length: 5_000 }, (_, i) => `new-${i}`)
  const upload = new SlowUpload(shop, '/v1/feed', {})
  await upload.write(feedOf(ids))
  await eventually('it is being read', async () => {
    return ((await shop.ask('GET', '/v1/feed')).json.running?.taken ?? 0) > 100
  })
  await killCollector()
  expect(await upload.answer).toBeNull()
  await untilReady()
  const { json } = await shop.insist('GET', '/v1/feed')
  expect(json).toMatchObject({ catalogue: { products: 4, inStock: 4 }, running: null, held: null })
  await untilBids(system, {}, ({ adm }) => adm.includes('Title a') && !adm.includes('Title new'))

  const whole = feedOf(['a', 'b', 'c', 'd', ...ids])
  const again = await shop.ask('PUT', '/v1/feed', whole)
  expect(again.json).toMatchObject({ outcome: 'taken' })
  await killCollector()
  await untilReady()
  const { json: now } = await shop.insist('GET', '/v1/feed')
  expect(now.catalogue).toMatchObject({ products: 5_004, inStock: 5_004 })
})

test.each(['collector', 'all'] as const)(
  'what was answered holds though the %s is killed at once',
  async (kill) => {
    const kills = async (): Promise<void> => {
      if (kill === 'all') await killAll()
      else await killCollector()
      await untilReady()
    }
    const isAll = kill === 'all'
    const ifa = ifaOf(isAll ? 901 : 902)
    const customerId = `erased-${kill}`
    const price = isAll ? 71 : 72
    const bid = isAll ? 7 : 8
    const cart = { type: 'add_to_cart', customerId, ifa, items: [{ item_id: 'b', price: 10 }] }
    await shop.tell(cart)
    await untilBids(system, { ifa }, bidForCart(1))

    const patch = [
      { id: 'a', price },
      { id: 'b', inStock: false },
    ]
    const [made] = await Promise.all([
      shop.ask('POST', '/v1/keys', { role: 'viewer' }),
      shop.ask('DELETE', `/v1/people/cust:${customerId}`),
      shop.ask('PATCH', '/v1/products', patch),
      shop.put('/v1/campaigns/everyone', { ...everyone, bid }),
    ])
    await kills()
    expect((await shop.person(`cust:${customerId}`)).status).toBe(404)
    expect((await shop.person(`uid:ifa:${ifa}`)).status).toBe(404)
    const a = await shop.ask('GET', '/v1/products/a')
    expect(a.json).toMatchObject({ priceMicros: price * 1e6 })
    expect((await shop.ask('GET', '/v1/products/b')).json).toMatchObject({ inStock: false })
    expect((await shop.ask('GET', '/v1/campaigns/everyone')).json).toMatchObject({ bid })
    // To bidders this person is a stranger.
    await untilBids(
      system,
      { ifa },
      ({ adm, price: paid }) =>
        paid === bid && adm.includes(`PLN\u00a0${price}<`) && !adm.includes('Title b'),
    )

    const { id, secret } = made.json as { id: string; secret: string }
    const viewer = new ShopClient(() => system, secret, 'shop')
    await viewer.ask('GET', '/v1/campaigns')
    await shop.ask('PATCH', '/v1/products', [{ id: 'b', inStock: true }])
    await shop.put('/v1/campaigns/everyone', everyone)
    await shop.ask('DELETE', `/v1/keys/${id}`)
    await kills()
    expect((await viewer.try('GET', '/v1/campaigns')).status).toBe(401)
    await untilBids(
      system,
      { ifa },
      ({ adm, price: paid }) => paid === 5 && adm.includes('Title b'),
    )

    // Who did it is written down as well as it was done.
    const audit = await operatorOf(() => system, data.path).ask('GET', '/v1/audit?limit=1')
    const last = { method: 'DELETE', path: `/v1/keys/${id}`, status: 204 }
    expect(audit.json.items[0]).toMatchObject(last)
  },
  180_000,
)
