// Goal: nothing that one shop does can be seen at another, in bids or in the API. Method: two installations with the same
// secret, in which shop b does the same; shop a shares b's ids of devices, customers, products, campaigns and segments,
// does something else in each of them, and is gone from one in the end. What the same requests for b's impressions are
// bid, and all that the API tells b, must be equal byte by byte, but for what is random or a time.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
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

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
console.info(`seed: ${seed}`)
const [steps, personCount] = [150, 8]
const products = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5']
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

type Campaign = { readonly id: string } & Readonly<Record<string, unknown>>

/** Campaigns of the two never meet: a's are for another country. */
const campaignsOf = (country: string, bid: number): readonly Campaign[] => {
  const common = { goal: 'cpm', maxCpm: 90, budget: { total: 1_000_000 } }
  const skip = { ...common, withoutProfile: 'skip' }
  const to = (segment: string) => ({
    targeting: { countries: [country], segments: { any: [segment] } },
  })
  return [
    { ...common, id: 'everyone', bid, targeting: { countries: [country] } },
    {
      ...{ ...skip, id: 'carts', bid: bid + 1, targeting: { countries: [country] } },
      modifiers: [
        { when: { cart: { valueAtLeast: 60 } }, factor: 1.1 },
        { when: { segment: 'buyers' }, factor: 1.05 },
      ],
    },
    { ...skip, id: 'for-boots', bid: bid + 1.5, ...to('boots') },
    { ...skip, id: 'for-list', bid: bid + 1.7, ...to('list') },
  ]
}

const ruleOf = {
  boots: 'viewed.category("Shoes > Boots")',
  buyers: 'purchases.count >= 1',
} as const

async function settle(shop: ShopClient, country: string, bid: number, at: Random): Promise<void> {
  for (const [id, rule] of Object.entries(ruleOf))
    await shop.put(`/v1/segments/${id}`, { id, rule })
  await shop.put('/v1/segments/list', { id: 'list' })
  const feed = feedOf(products, (id) => ({
    title: `${shop.shopId} ${id} ${at.below(100)}`,
    price: `${10 + at.below(40)}.00 PLN`,
    product_type: at.pick(categories),
    link: `https://${shop.shopId}.example/p/${id}`,
  }))
  await shop.ask('PUT', '/v1/feed?force=true', feed)
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
}, 120_000)
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
async function act(shop: ShopClient, step: number, at: Random): Promise<void> {
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

/** What of an answer is random or a time, and so is never the same twice. */
function plain(text: string, { system, a, b }: World): string {
  let shown = text
    .replaceAll(system.bidder, '(bidder)')
    .replaceAll(system.collector, '(collector)')
    // Of a bid: its number; in notices and clicks its token, which has that and the time.
    .replaceAll(/("(?:bid)?id":|\/n\/click\/|\/n\/\w+\?t=)("?)[\w-]{22,}/g, '$1$2(token)')
    .replaceAll(
      /"(createdAtMs|takenAtMs|changedAtMs|atMs|seconds|peakMemoryBytes)": ?[\d.]+/g,
      '"$1":0',
    )
    .replaceAll(/"(at|created|key|next|into|join)": ?"[^"]*"/g, '"$1":""')
  for (const { shopId } of [a, b]) shown = shown.replaceAll(`.key.${shopId}`, '')
  return shown
}

interface Seen {
  readonly what: string
  readonly text: string
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

/** Says where two worlds differ, in a few words of answers that are long. */
function expectSame(x: readonly Seen[], y: readonly Seen[]): void {
  const differences: string[] = []
  for (const [i, { what, text }] of x.entries()) {
    const other = y[i]?.text ?? ''
    let at = 0
    while (at < text.length && text[at] === other[at]) at++
    if (text === other) continue
    const around = (of: string): string => of.slice(Math.max(at - 80, 0), at + 60)
    differences.push(`${what}:\n  ${around(text)}\n  ${around(other)}`)
  }
  expect(differences.slice(0, 10).join('\n')).toBe('')
  expect(x.length).toBe(y.length)
}

test('whatever shop a does, shop b bids the same and reads the same', async () => {
  for (const [number, { a, b, system, data }] of worlds.entries()) {
    const [atB, atA] = [new Random(seed), new Random(seed + 1 + number)]
    // In one of them a was there first.
    if (number === 1) await settle(a, 'DEU', 40, atA)
    await settle(b, 'POL', 5, atB)
    if (number === 0) await settle(a, 'DEU', 60, atA)
    for (let step = 0; step < steps; step++) {
      for (let n = atA.below(3); n > 0; n--) await act(a, step * 10 + n, atA)
      await act(b, step, atB)
    }
    if (number === 1) {
      const operator = operatorOf(() => system, data.path, 'a')
      const etag = (await operator.ask('GET', '/v1/shop')).headers.etag!
      await operator.ask('DELETE', '/v1/shop', undefined, { 'If-Match': etag })
    }
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
  const answers = [await answersOf(x), await answersOf(y)] as const
  expect(answers[0].length).toBeGreaterThan(50)
  expectSame(answers[0], answers[1])
}, 300_000)
