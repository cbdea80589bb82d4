// Goal: nothing that one shop does can be seen at another, in bids or in the API. Method: two installations with the same
// secret, in which shop b does the same; shop a shares b's ids of devices, customers, products, campaigns and segments,
// does something else in each of them, and is gone from one in the end. What the same requests for b's impressions are
// bid, what b's pages are recommended, and all that the API tells b, must be equal byte by byte, but for what is random
// or a time. Whether an event was read before a model was built, or before its person was joined, isn't b's doing: in the
// end b's catalogue comes once more, and with it a model of all that happened, by which everybody is chosen for anew.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { pageTypes } from '../../src/catalogue/slots.js'
import {
  call,
  feedOf,
  ifaOf,
  makeShop,
  operatorOf,
  requestOf,
  type ShopClient,
  untilBids,
} from './shop-client.js'
import { eventually, metric, newDataDir, type System, startSystem } from './system.js'
import { campaignsOf, expectSame, ruleOf, type Seen } from './two-worlds-parts.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
console.info(`seed: ${seed}`)
const [steps, personCount] = [150, 8]
const products = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5']
/** Nobody buys them, and they are always there: no slot is ever empty. */
const unsold = ['q0', 'q1']
const categories = ['Shoes > Boots', 'Hats', 'Bags']
/** An hour ago, on the minute: far from where the rules' times change. */
const startMs = Math.floor(Date.now() / 60_000 - 60) * 60_000

interface World {
  readonly data: ReturnType<typeof newDataDir>
  system: System
  readonly a: ShopClient
  readonly b: ShopClient
}
const worlds: World[] = []

const feedOfShop = (shopId: string, ids: readonly string[], at: Random): string =>
  feedOf(ids, (id) => ({
    title: `${shopId} ${id} ${at.below(100)}`,
    price: `${10 + at.below(40)}.00 PLN`,
    product_type: at.pick(categories),
    link: `https://${shopId}.example/p/${id}`,
  }))

async function settle(shop: ShopClient, country: string, bid: number, at: Random): Promise<void> {
  for (const [id, rule] of Object.entries(ruleOf))
    await shop.put(`/v1/segments/${id}`, { id, rule })
  await shop.put('/v1/segments/list', { id: 'list' })
  await shop.ask(
    'PUT',
    '/v1/feed?force=true',
    feedOfShop(shop.shopId, [...products, ...unsold], at),
  )
  const slot = { id: 'home', page: 'home', limit: 1 + at.below(6), rules: { diversity: at.next() } }
  await shop.put('/v1/slots/home', slot)
  for (const campaign of campaignsOf(country, bid))
    await shop.put(`/v1/campaigns/${campaign.id}`, campaign)
}

beforeAll(async () => {
  for (const _ of ['x', 'y']) {
    const data = newDataDir()
    writeFileSync(join(data.path, 'secret.key'), Buffer.alloc(32, 9), { mode: 0o600 })
    const system = await startSystem(data.path, { GROSZ_DEMO: 'false', GROSZ_WORKERS: '1' })
    const a = await makeShop(() => system, data.path, 'a')
    const b = await makeShop(() => system, data.path, 'b')
    worlds.push({ data, system, a, b })
  }
})
afterAll(async () => {
  for (const { system, data } of worlds) {
    await system.stop()
    data.remove()
  }
})

const namesOf = (person: number): object => ({
  customerId: `customer-${person}`,
  email: `somebody-${person}@x.example`,
})

/** One thing that a shop does, or its people; the same for the same numbers. */
async function act({ system }: World, shop: ShopClient, step: number, at: Random): Promise<void> {
  const person = at.below(personCount)
  const [kind, product, name] = [at.next(), at.pick(products), `${shop.shopId}-${step}`]
  const event = {
    ...{ messageId: name, timestamp: new Date(startMs + step * 1_000).toISOString() },
    ...(at.chance(0.7) ? { ifa: ifaOf(person) } : {}),
    ...{
      anonymousId: `${at.pick(['browser', 'tab'])}-${person}`,
      ...(at.chance(0.4) ? namesOf(person) : {}),
    },
  }
  const items = [{ item_id: product, quantity: 1 + at.below(3) }]
  if (at.chance(0.2)) await visit(system, shop.shopId, event.anonymousId, product)
  if (kind < 0.35) await shop.tell({ ...event, type: 'view_item', items })
  else if (kind < 0.55) await shop.tell({ ...event, type: 'add_to_cart', items })
  else if (kind < 0.65)
    await shop.tell({ ...event, ...namesOf(person), type: 'purchase', items, orderId: name })
  else if (kind < 0.75) {
    const consent = { ads: at.chance(0.4), personalization: true }
    await shop.tell({ ...event, ifa: ifaOf(person), type: 'consent', consent })
  } else if (kind < 0.85) {
    const rows = [`{"customerId":"customer-${person}"}`, `{"email":"somebody-${person}@x.example"}`]
    const action = at.chance(0.3) ? '{"customerId":"customer-1","action":"remove"}' : ''
    await shop.ask('PUT', '/v1/segments/list/members', `${at.pick(rows)}\n${action}\n`)
  } else if (kind < 0.95)
    await shop.ask('PATCH', '/v1/products', [
      { id: product, price: 5 + at.below(60), inStock: at.chance(0.7) },
    ])
  else await shop.try('DELETE', `/v1/people/cust:customer-${person}`)
}

const recommended = (system: System, asked: Readonly<Record<string, string>>, headers = {}) =>
  call('GET', `${system.recommender}/v1/recommendations?${new URLSearchParams(asked)}`, { headers })

/**
 * Somebody is on a product's page, and clicks on what is recommended there, whether or not it is in stock. Whoever was
 * forgotten before, or joined, is so in the recommender as well: what they look at now isn't what they looked at then.
 */
async function visit(system: System, shop: string, person: string, product: string): Promise<void> {
  await eventually('all is followed', async () => {
    return (await metric(system, 'grosz_recommend_journal_lag_events')) === 0
  })
  const { json } = await recommended(system, { shop, slot: 'home', product, person })
  const told = { answer: json.id, person, product }
  const events = [
    { type: 'view', ...told },
    { type: 'click', ...told },
  ]
  const body = { shop, events }
  expect(
    (await call('POST', `${system.recommender}/v1/recommendations/events`, { body })).status,
  ).toBe(200)
}

/** Until the recommender has read all of it, and picks for it are with bidders. */
async function followed(system: System): Promise<void> {
  let before = ''
  let quiet = 0
  await eventually('everything is followed', async () => {
    const now = [
      await metric(system, 'grosz_recommend_journal_lag_events'),
      await metric(system, 'grosz_outbox_people'),
      await metric(system, 'grosz_recommend_picks_total'),
      await metric(system, 'grosz_recommend_builds_total'),
    ].join()
    quiet = now === before && now.startsWith('0,0,') ? quiet + 1 : 0
    before = now
    return quiet > 5
  })
}

/** What b has done by now is all that its recommendations come from. */
async function chooseAnew({ system, b }: World): Promise<void> {
  await followed(system)
  const buildCount = await metric(system, 'grosz_recommend_builds_total', 'built')
  await b.ask(
    'PUT',
    '/v1/feed?force=true',
    feedOfShop('b', [...products, ...unsold, 'last'], new Random(seed)),
  )
  await eventually('a model of it', async () => {
    return (await metric(system, 'grosz_recommend_builds_total', 'built')) > buildCount
  })
  await followed(system)
  const names = Array.from({ length: personCount }, (_, i) => [
    ...[{ anonymousId: `browser-${i}` }, { anonymousId: `tab-${i}` }],
    ...[{ customerId: `customer-${i}` }, { ifa: ifaOf(i) }],
  ]).flat()
  for (const [i, who] of names.entries()) {
    const timestamp = new Date(startMs + (steps + i) * 1_000).toISOString()
    await b.tell({ ...who, messageId: `last-${i}`, type: 'page_view', timestamp })
  }
  await followed(system)
}

/** What b's pages are recommended, for everybody. */
async function pagesOf(world: World): Promise<readonly Seen[]> {
  const { system, b } = world
  const seen: Seen[] = []
  const people = [
    ...['', 'somebody-new'],
    ...Array.from({ length: personCount }, (_, i) => [`browser-${i}`, `tab-${i}`]).flat(),
  ]
  for (const [i, person] of people.entries()) {
    const asked = { shop: 'b', person, product: products[i % products.length]! }
    for (const page of pageTypes) {
      const more = { page, q: 'b p1', category: categories[i % categories.length]! }
      const { text } = await recommended(system, { ...asked, ...more })
      seen.push({ what: `${page} of ${person}`, text: plain(text, world) })
    }
    const body = { ...asked, slots: ['home', { page: 'cart', cart: ['p2'] }, 'product'] }
    const { text } = await call('POST', `${system.recommender}/v1/recommendations/batch`, { body })
    seen.push({ what: `batch of ${person}`, text: plain(text, world) })
  }
  for (let i = 0; i < personCount; i++) {
    const customer = `customer-${i}`
    const { text } = await recommended(system, { shop: 'b', page: 'home', customer }, b.headers)
    seen.push({ what: `home of ${customer}`, text: plain(text, world) })
  }
  return seen
}

/** What of an answer is random or a time, and so is never the same twice. */
function plain(text: string, { system, a, b }: World): string {
  let shown = text
    .replaceAll(system.bidder, '(bidder)')
    .replaceAll(system.collector, '(collector)')
    // Of a bid: its number; in notices and clicks its token, which has that and the time.
    .replaceAll(/("(?:bid)?id":|\/n\/click\/|\/n\/\w+\?t=)("?)[\w-]{22,}/g, '$1$2(token)')
    .replaceAll(
      /"(addedMs|createdAtMs|takenAtMs|changedAtMs|atMs|seconds|peakMemoryBytes)": ?[\d.]+/g,
      '"$1":0',
    )
    .replaceAll(/"(at|created|key|next|into|join)": ?"[^"]*"/g, '"$1":""')
  for (const { shopId } of [a, b]) shown = shown.replaceAll(`.key.${shopId}`, '')
  return shown
}

async function bidsOf(world: World): Promise<readonly Seen[]> {
  const seen: Seen[] = []
  for (let person = -1; person <= personCount; person++)
    for (const size of [
      { w: 300, h: 250 },
      { w: 728, h: 90 },
      { w: 160, h: 600 },
    ]) {
      const request = requestOf(person < 0 ? {} : { ifa: ifaOf(person) }, `r${person}`)
      const body = { ...request, imp: [{ id: '1', banner: size, bidfloor: 0.5 }] }
      let answer = { status: 204, text: '' }
      // A busy machine sends nothing now and then; here somebody always bids.
      for (let tries = 0; answer.status === 204 && tries < 50; tries++)
        answer = await call('POST', `${world.system.bidder}/openrtb2/demo`, {
          body,
          headers: { 'Content-Type': 'application/json' },
        })
      seen.push({ what: `bid ${person} ${size.w}`, text: plain(answer.text, world) })
    }
  return seen
}

/** All that the API lets b read. */
async function answersOf(world: World): Promise<readonly Seen[]> {
  const { b, system } = world
  const document = (await call('GET', `${system.collector}/openapi.json`, {})).json as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, { description: string }>>>>
  }
  const names: Readonly<Record<string, readonly string[]>> = {
    campaign: ['everyone', 'carts'],
    segment: ['boots', 'buyers', 'list'],
    slot: ['home', 'product'],
    product: products,
    person: Array.from({ length: personCount }, (_, i) => [
      ...[
        `cust:customer-${i}`,
        `anon:browser-${i}`,
        `anon:tab-${i}`,
        `email:somebody-${i}@x.example`,
      ],
      `uid:ifa:${ifaOf(i)}`,
    ]).flat(),
    video: ['none'],
    audio: ['none'],
  }
  const seen: Seen[] = []
  for (const [path, { get }] of Object.entries(document.paths)) {
    if (!get?.description.includes('admin')) continue
    const name = /\{(\w+)\}/.exec(path)?.[1]
    for (const value of name === undefined ? [''] : names[name]!) {
      const asked = path.replace(/\{\w+\}/, encodeURIComponent(value))
      const { status, text, headers } = await b.try('GET', asked)
      let shown = plain(text, world).replaceAll(/"id": ?"[\w-]{10,16}"/g, '"id":"(random)"')
      // In the order of people's random ids.
      if (headers['content-type']?.startsWith('text/csv')) shown = shown.split('\n').sort().join()
      // An export's tag has the number of the catalogue's last change among those of all shops.
      const etag = path === '/v1/export' ? '' : (headers.etag ?? '')
      seen.push({ what: asked, text: `${status} ${etag} ${shown}` })
    }
  }
  return seen
}

test('whatever shop a does, shop b bids the same and reads the same', async () => {
  for (const [number, world] of worlds.entries()) {
    const { a, b, system, data } = world
    const [atB, atA] = [new Random(seed), new Random(seed + 1 + number)]
    // In one of them a was there first.
    if (number === 1) await settle(a, 'DEU', 40, atA)
    await settle(b, 'POL', 5, atB)
    if (number === 0) await settle(a, 'DEU', 60, atA)
    await eventually('both have models of their feeds', async () => {
      const count = 2 * (products.length + unsold.length)
      return (await metric(system, 'grosz_recommend_model_items')) === count
    })
    for (let step = 0; step < steps; step++) {
      for (let n = atA.below(3); n > 0; n--) await act(world, a, step * 10 + n, atA)
      await act(world, b, step, atB)
    }
    if (number === 1) {
      const operator = operatorOf(() => system, data.path, 'a')
      const etag = (await operator.ask('GET', '/v1/shop')).headers.etag!
      await operator.ask('DELETE', '/v1/shop', undefined, { 'If-Match': etag })
    }
    await chooseAnew(world)
    // The last change of all: when it is in use, everything before it is.
    await b.put('/v1/campaigns/everyone', { ...campaignsOf('POL', 5)[0], bid: 5.5 })
    await untilBids(system, {}, ({ price }) => price === 5.5)
    await eventually('bidders are told', async () => {
      return (await metric(system, 'grosz_outbox_people')) === 0
    })
  }
  const [x, y] = [worlds[0]!, worlds[1]!]
  const bids = [await bidsOf(x), await bidsOf(y)] as const
  expectSame(bids[0], bids[1])
  const kinds = new Set(
    bids[0].map(({ text }) =>
      /"price":([\d.]+),.*"cid":"([^"]*)"/s.exec(text)?.slice(1).join(' for '),
    ),
  )
  console.info(`bids: ${[...kinds].join(', ')}`)
  // Of people known to b there are some, or nothing is shown by this.
  expect(kinds.size).toBeGreaterThan(1)
  const pages = [await pagesOf(x), await pagesOf(y)] as const
  expectSame(pages[0], pages[1])
  const sources = new Set(pages[0].flatMap(({ text }) => text.match(/"source":"[\w-]+"/g) ?? []))
  console.info(`sources: ${[...sources].join(', ')}`)
  expect(sources.has('"source":"next"')).toBe(true)
  // Counts of answers are written twice a second.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  const answers = [await answersOf(x), await answersOf(y)] as const
  expect(answers[0].length).toBeGreaterThan(50)
  expectSame(answers[0], answers[1])
}, 300_000)
