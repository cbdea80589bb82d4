// Goal: what a shop tells is in bids at once: events, consent and lists within a second, products and campaigns
// within two; and the operator sees it move. Method: the real programs, everything through HTTP, as a shop's
// server and an exchange would; how long it took is printed.
import { loadavg } from 'node:os'
import { performance } from 'node:perf_hooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { feedOf, ifaOf, makeShop, type ShopClient, spread, untilBids } from './shop-client.js'
import { eventually, metric, newDataDir, type System, startSystem } from './system.js'

const data = newDataDir()
let system: System
let shop: ShopClient

const forever = { total: 1_000_000 }
const everyone = { id: 'everyone', goal: 'cpm', bid: 5, maxCpm: 50, budget: forever }
const carts = {
  ...{ id: 'carts', goal: 'cpm', bid: 4, maxCpm: 50, budget: forever, withoutProfile: 'skip' },
  modifiers: [{ when: { cart: { valueAtLeast: 1 } }, factor: 3 }],
}
const forSegment = (segment: string, bid: number): object => ({
  ...{
    id: `for-${segment}`,
    goal: 'cpm',
    bid,
    maxCpm: 50,
    budget: forever,
    withoutProfile: 'skip',
  },
  targeting: { segments: { any: [segment] } },
})

beforeAll(async () => {
  system = await startSystem(data.path, { GROSZ_DEMO: 'false' })
  shop = await makeShop(() => system, data.path, 'shop')
  await shop.ask(
    'PUT',
    '/v1/feed',
    feedOf(['a', 'c', 'd', 'b'], (id) => ({ product_type: id === 'b' ? 'Shoes > Boots' : 'Hats' })),
  )
  const boots = { id: 'boots', rule: 'viewed.category("Shoes > Boots")' }
  await shop.put('/v1/segments/boots', boots)
  await shop.put('/v1/segments/vip', { id: 'vip' })
  for (const campaign of [everyone, carts, forSegment('boots', 20), forSegment('vip', 25)])
    await shop.put(`/v1/campaigns/${(campaign as { id: string }).id}`, campaign)
  await untilBids(system, {}, ({ cid }) => cid === 'everyone')
})
afterAll(async () => {
  await system.stop()
  data.remove()
})

let people = 0
/** Somebody new, as exchanges call them. */
const somebody = (): { readonly ifa: string } => ({ ifa: ifaOf(++people) })

const cartOf = (who: object): object => ({
  ...{ type: 'add_to_cart', ...who },
  items: [{ item_id: 'a', quantity: 1, price: 100 }],
})

/** Does it so often, each time for somebody else. @returns how long each took. */
async function times(count: number, once: () => Promise<number>): Promise<readonly number[]> {
  const all: number[] = []
  for (let i = 0; i < count; i++) all.push(await once())
  return all
}

function tell(what: string, measured: readonly number[], mostMs: number): void {
  const load = loadavg()[0]!.toFixed(1)
  console.info(`${what}: ${spread(measured)} (load ${load})`)
  expect(Math.max(...measured), what).toBeLessThan(mostMs)
}

/** Of somebody whom bidders have looked for in vain before. */
async function eventToBid(): Promise<number> {
  const who = somebody()
  await untilBids(system, who, ({ cid }) => cid === 'everyone')
  const startMs = performance.now()
  await shop.tell(cartOf(who))
  return untilBids(system, who, ({ cid, price }) => cid === 'carts' && price === 12, startMs)
}

test('an event is in the next bid within a second', async () => {
  tell('event to bid', await times(15, eventToBid), 1_000)
})

test('whoever says no to adverts is nobody within a second', async () => {
  const measured = await times(10, async () => {
    const who = somebody()
    await shop.tell(cartOf(who))
    await untilBids(system, who, ({ cid }) => cid === 'carts')
    const startMs = performance.now()
    await shop.tell({ type: 'consent', ...who, consent: { ads: false, personalization: true } })
    return untilBids(system, who, ({ cid, price }) => cid === 'everyone' && price === 5, startMs)
  })
  tell('consent to bid', measured, 1_000)
})

test('whoever is erased is nobody within a second', async () => {
  const measured = await times(10, async () => {
    const who = somebody()
    await shop.tell({ ...cartOf(who), customerId: who.ifa })
    await untilBids(system, who, ({ cid }) => cid === 'carts')
    const startMs = performance.now()
    await shop.ask('DELETE', `/v1/people/cust:${who.ifa}`)
    return untilBids(system, who, ({ cid }) => cid === 'everyone', startMs)
  })
  tell('erasure to bid', measured, 1_000)
})

test('whoever comes into a segment by what they do is bid for within a second', async () => {
  const measured = await times(10, async () => {
    const who = somebody()
    const startMs = performance.now()
    await shop.tell({ type: 'view_item', ...who, items: [{ item_id: 'b' }] })
    return untilBids(system, who, ({ cid }) => cid === 'for-boots', startMs)
  })
  tell('segment by rule to bid', measured, 1_000)
})

test('whoever is put on a list by their uid is bid for within a second, and not once off it', async () => {
  const on: number[] = []
  const off: number[] = []
  for (let i = 0; i < 10; i++) {
    const uid = `list-member-${i}`
    let startMs = performance.now()
    await shop.ask('PUT', '/v1/segments/vip/members', `{"uid":"${uid}"}\n`)
    on.push(await untilBids(system, { uid }, ({ cid }) => cid === 'for-vip', startMs))
    startMs = performance.now()
    await shop.ask('PUT', '/v1/segments/vip/members', `{"uid":"${uid}","action":"remove"}\n`)
    off.push(await untilBids(system, { uid }, ({ cid }) => cid === 'everyone', startMs))
  }
  tell('list to bid', on, 1_000)
  tell('off the list to bid', off, 1_000)
})

test('what is sold out is never advertised two seconds later', async () => {
  const who = somebody()
  await shop.tell({ ...cartOf(who), items: [{ item_id: 'c', price: 50 }] })
  await untilBids(system, who, ({ adm }) => adm.includes('Title c'))
  const startMs = performance.now()
  await shop.ask('PATCH', '/v1/products', [{ id: 'c', inStock: false }])
  const tookMs = await untilBids(system, who, ({ adm }) => !adm.includes('Title c'), startMs)
  tell('sold out to bid', [tookMs], 2_000)
  // For good, and for strangers too.
  await untilBids(system, {}, ({ adm }) => !adm.includes('Title c'))
  await shop.ask('PATCH', '/v1/products', [{ id: 'c', inStock: true }])
  await untilBids(system, who, ({ adm }) => adm.includes('Title c'))
})

test('a change of a campaign is in bids within two seconds, bids going on meanwhile', async () => {
  const measured = await times(5, async () => {
    const bid = 5 + ++people / 100
    const startMs = performance.now()
    await shop.put('/v1/campaigns/everyone', { ...everyone, bid })
    return untilBids(system, {}, ({ price }) => price === bid, startMs)
  })
  tell('campaign to bid', measured, 2_000)
  const startMs = performance.now()
  await shop.put('/v1/campaigns/everyone', everyone)
  await untilBids(system, {}, ({ price }) => price === 5, startMs)
})

test('the operator sees events, joins and what bidders were told', async () => {
  const of = (name: string, labels = ''): Promise<number> => metric(system, name, labels)
  const taken = await of('grosz_events_total', 'result="taken"')
  const duplicates = await of('grosz_events_total', 'result="duplicate"')
  const refused = await of('grosz_events_total', 'result="refused"')
  const joins = await of('grosz_people_joins_total')
  const published = await of('grosz_published_total')
  const apiErrors = await of('grosz_api_requests_total', 'status="4xx"')
  const peopleBefore = await of('grosz_people')

  const first = { ...cartOf({ anonymousId: 'tab-1' }), messageId: 'seen-once' }
  await shop.tell(first)
  await shop.tell(first)
  await shop.tell(cartOf({ customerId: 'c-1' }))
  // The same browser, somebody by name now: one person of two.
  await shop.tell({ type: 'identify', anonymousId: 'tab-1', customerId: 'c-1' })
  const bad = await shop.try('POST', '/v1/events', { body: { type: 'view_item', items: 'none' } })
  expect(bad.status).toBe(400)

  await eventually('the metrics show it', async () => {
    return (
      (await of('grosz_events_total', 'result="taken"')) === taken + 3 &&
      (await of('grosz_events_total', 'result="duplicate"')) === duplicates + 1 &&
      (await of('grosz_events_total', 'result="refused"')) === refused + 1 &&
      (await of('grosz_people_joins_total')) === joins + 1 &&
      (await of('grosz_people')) === peopleBefore + 1 &&
      (await of('grosz_published_total')) > published &&
      (await of('grosz_api_requests_total', 'status="4xx"')) === apiErrors + 1 &&
      (await of('grosz_outbox_people')) === 0
    )
  })
  expect(await of('grosz_api_requests_total', 'status="5xx"')).toBe(0)
})

test('a long list of another shop’s holds up nobody', async () => {
  const other = await makeShop(() => system, data.path, 'another')
  const rows = Array.from({ length: 60_000 }, (_, i) => `{"uid":"other-${i}"}\n`).join('')
  let isSent = false
  const sending = other.ask('PUT', '/v1/segments/all/members?mode=replace', rows).then(() => {
    isSent = true
  })
  const measured: number[] = []
  // Until all of them have been told to bidders.
  while (!isSent || (await metric(system, 'grosz_outbox_people')) > 0)
    measured.push(await eventToBid())
  await sending
  // A step of the list takes as long as it takes, and more beside other programs.
  tell('event to bid while 60,000 others are told', measured, 5_000)
  expect(measured.toSorted((a, b) => a - b)[Math.floor(measured.length / 2)]).toBeLessThan(1_000)
})

test('whether the collector is there shows in /readyz; bids go on without it', async () => {
  const who = somebody()
  await shop.tell(cartOf(who))
  await untilBids(system, who, ({ cid }) => cid === 'carts')
  process.kill(system.collectorPid(), 'SIGKILL')
  await eventually('the operator is told', async () => {
    const answer = await fetch(`${system.admin}/readyz`)
    return answer.status === 503 && (await answer.text()).includes('the collector is not ready')
  })
  await untilBids(system, who, ({ cid }) => cid === 'carts')
  await eventually('it is back', async () => (await fetch(`${system.admin}/readyz`)).status === 200)
  expect(await metric(system, 'grosz_collector_restarts_total')).toBe(1)
  // A counter that went down would look like a restart to Prometheus.
  expect(await metric(system, 'grosz_events_total', 'result="taken"')).toBeGreaterThan(0)
})
