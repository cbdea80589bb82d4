// Goal: what a shop's pages and servers send is taken whatever is wrong beside it, pages are believed no more than they
// must be, and a browser is recognised only where it agreed. Method: a real server, the requests that tags, libraries
// and tills make, and an intake that keeps what it is given in memory.
import { strict as check } from 'node:assert'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { openLog } from '../../src/base/log.js'
import { Rates } from '../../src/base/rates.js'
import { shopSchema } from '../../src/catalogue/model.js'
import { type Product, productSchema } from '../../src/catalogue/products.js'
import type { KeyInfo } from '../../src/collect/endpoint.js'
import { type EventsOptions, eventsEndpoints } from '../../src/collect/events.js'
import { ordersEndpoints } from '../../src/collect/events-orders.js'
import { isOriginOf } from '../../src/collect/events-origin.js'
import { eventsAnswerSchema, ordersAnswerSchema } from '../../src/collect/events-schema.js'
import { eventShopOf, factsOf } from '../../src/collect/events-shop.js'
import { type Server, serve } from '../../src/collect/server.js'
import { demoShopFiles } from '../../src/demo/shops.js'
import type { Event } from '../../src/people/event.js'
import { identifiersOf } from '../../src/people/identifiers.js'
import { BusyError, type Intake, type Taken } from '../../src/people/intake.js'
import { shopSecretOf } from '../../src/people/keys.js'
import { uidCookie } from '../../src/profiles/uid-cookie.js'

const keys: Readonly<Record<string, KeyInfo>> = {
  gz_op: { id: 'op', shopId: '', role: 'operator' },
  gz_dev: { id: 'dev', shopId: 'shoes', role: 'developer' },
  gz_view: { id: 'view', shopId: 'shoes', role: 'viewer' },
  gz_books: { id: 'books', shopId: 'books', role: 'admin' },
}
const origin = 'https://shop.example'
const cookieUid = 'AbCdEfGhIjKlMnOpQrStuA'

/** Keeps what it is given; knows a message again, and what names nobody. */
class MemoryIntake implements Intake {
  readonly events: { readonly shopId: string; readonly event: Event }[] = []
  readonly #seen = new Set<string>()
  isBusy = false

  take(shopId: string, events: readonly Event[]): Promise<readonly Taken[]> {
    if (this.isBusy) return Promise.reject(new BusyError('busy'))
    return Promise.resolve(events.map((event) => this.#take(shopId, event)))
  }

  #take(shopId: string, event: Event): Taken {
    const key = `${shopId} ${event.messageId}`
    if (this.#seen.has(key)) return 'duplicate'
    if (identifiersOf(event.who).length === 0) return 'nobody'
    this.#seen.add(key)
    this.events.push({ shopId, event })
    return 'taken'
  }
}

const rates = new Rates({ PLN: 1, EUR: 4 })
const product: Product = productSchema.parse({
  ...{ id: 'A1', title: 'Boot', link: '/a1', image: '/a1.jpg', inStock: true, category: 'Boots' },
  ...{ priceMicros: 100_000_000, salePriceMicros: 80_000_000, currency: 'EUR', marginShare: 0.3 },
})
const shopOf = (id: string) =>
  eventShopOf(
    shopSchema.parse({
      ...demoShopFiles('http://localhost')[0]!.shop,
      ...{ id, domain: 'shop.example', url: 'https://shop.example/', currency: 'PLN' },
      origins: undefined,
    }),
    shopSecretOf(Buffer.alloc(32, 1), id),
    rates,
    (wanted) => (wanted === product.id ? product : null),
  )
const shops = new Map(['shoes', 'books'].map((id) => [id, shopOf(id)]))

const clock = new ManualClock(Date.parse('2025-05-01T10:00:00Z'))
let intake = new MemoryIntake()
let counted: Record<string, number> = {}
const count = (name: string, by: number): void => {
  if (by !== 0) counted[name] = (counted[name] ?? 0) + by
}
const options: EventsOptions = {
  intake: { take: (shopId, events) => intake.take(shopId, events) },
  clock,
  rates,
  counts: {
    result: (result, by) => count(result, by),
    dialect: (dialect, by) => count(dialect, by),
    bodyRefused: (reason) => count(reason, 1),
    junkIds: (by) => count('junk', by),
  },
  shopOf: (id) => shops.get(id) ?? null,
  cookieDomain: 'ads.example',
  addressLimit: { callsPerSecond: 10, burstMax: 50, addressCountMax: 100 },
}

let server: Server
beforeAll(async () => {
  server = await serve({
    ...{ host: '127.0.0.1', port: 0, isBehindProxy: true, connectionCountMax: 100 },
    ...{ bodyTimeoutMs: 5_000, idleTimeoutMs: 5_000, log: openLog('test', 'silent') },
    endpoints: [...eventsEndpoints(options), ...ordersEndpoints(options)],
    findKey: (secret) => keys[secret] ?? null,
    hasShop: (id) => shops.has(id),
    onChange: async ({ endpoint }) => check.equal(endpoint.operationId, 'sendOrders', 'is audited'),
    onAnswer: () => {},
  })
})
afterAll(() => server.close())
beforeEach(() => {
  intake = new MemoryIntake()
  counted = {}
  clock.advance(60_000)
})

interface Answered {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field.
  readonly body: any
  readonly headers: Headers
}

async function post(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body)
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: 'POST',
    body: isRaw ? (body as string) : JSON.stringify(body),
    headers: { 'Content-Type': 'text/plain;charset=UTF-8', ...headers },
  })
  return { status: response.status, body: await response.json(), headers: response.headers }
}
const fromPage = (body: unknown, headers: Record<string, string> = {}): Promise<Answered> =>
  post('/v1/events?shop=shoes', body, { Origin: origin, ...headers })
const fromServer = (path: string, body: unknown, key = 'gz_dev'): Promise<Answered> =>
  post(path, body, { Authorization: `Bearer ${key}` })

const view = { type: 'view_item', anonymousId: 'a', items: [{ item_id: 'A1' }] }
const agreed = { ...view, consent: { ads: true, personalization: true } }
const whoOfLast = () => intake.events.at(-1)!.event.who

test('events: what is good of a batch is taken, and the rest told', async () => {
  const { status, body } = await fromPage({
    events: [
      { ...view, messageId: '1' },
      { ...view, messageId: '1' },
      { type: 'video_start' },
      { ...view, items: [{ item_id: 'A1', price: -1 }] },
      { ...view, anonymousId: 'null' },
      'text',
    ],
    sentAt: '2025-05-01T10:00:00Z',
  })
  check.equal(status, 200)
  check.ok(eventsAnswerSchema.safeParse(body).success)
  const { problems, ...tally } = body
  check.deepEqual(tally, { taken: 1, duplicates: 1, nobody: 1, refused: 2, ignored: 1 })
  check.deepEqual(
    problems.map((it: { where: string }) => it.where),
    ['events[5]', 'events[3].items[0].price', 'events[4]'],
  )
  const { event } = intake.events[0]!
  check.equal(event.source, 'tag')
  check.deepEqual(event.items, [
    ...[{ product: 'A1', quantity: 1, category: 'Boots', brand: '', marginShare: 0.3 }].map(
      (item) => ({ ...item, priceMicros: 320_000_000 }),
    ),
  ])
  const results = { taken: 1, duplicate: 1, nobody: 1, refused: 2, ignored: 1, junk: 1, own: 4 }
  check.deepEqual(counted, results)
})

test('events: a body of which nothing can be taken says so by its status', async () => {
  const bad: [unknown, RegExp][] = [
    ['', /empty/],
    ['{', /JSON/],
    ['"text"', /object/],
    [Array.from({ length: 101 }, () => view), /more than 100/],
    [{ ...view, items: [] }, /none of them/],
    [{ type: 'page_view' }, /none of them/],
    ['['.repeat(60_000), /JSON/],
  ]
  for (const [sent, reason] of bad) {
    const { status, body } = await fromPage(sent)
    check.equal(status, 400)
    check.match(body.error, reason)
  }
  check.equal(intake.events.length, 0)
  check.equal((await fromPage({ type: 'video_start' })).status, 200)
  check.equal((await fromPage([])).status, 200)
})

test('events: broken UTF-8 costs the event that it is in', async () => {
  const bytes = Buffer.from(
    JSON.stringify([{ ...view, anonymousId: 'b\u0001ad' }, view]).replace('\\u0001', '\u0001'),
  )
  bytes[bytes.indexOf(1)] = 0xff
  const { body } = await fromPage(bytes)
  check.equal(body.taken, 1)
  check.equal(body.problems[0].where, '[0].anonymousId')
  const withMark = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('[]')])
  check.equal((await fromPage(withMark)).status, 200)
})

test('events: only pages of the shop’s own origins are listened to', () => {
  const shop = { url: 'https://shop.example/start', domain: 'shop.example', origins: null }
  for (const good of [origin, 'https://www.shop.example', 'http://m.shop.example'])
    check.ok(isOriginOf(shop, good), good)
  for (const bad of [
    ...['', 'null', 'https://shop.example.evil.com', 'https://evilshop.example', 'shop.example'],
    ...['https://shop.example:8443', 'https://shop.example/', 'file://shop.example'],
  ])
    check.ok(!isOriginOf(shop, bad), bad)
  const local = { ...shop, url: 'http://localhost:8000/', origins: null }
  check.ok(isOriginOf(local, 'http://localhost:8000'))
  check.ok(!isOriginOf(local, 'http://localhost:8001'))
  const named = { ...shop, origins: ['https://other.example'] }
  check.deepEqual(
    [isOriginOf(named, origin), isOriginOf(named, 'https://other.example')],
    [false, true],
  )
})

test('events: another origin’s page is turned away, and one without a key that is no page', async () => {
  for (const headers of [{ Origin: 'https://evil.example' }, {}]) {
    const { status, body } = await post(
      '/v1/events?shop=shoes',
      view,
      headers as { Origin: string },
    )
    check.equal(status, 403)
    check.match(body.error, /^origin: /)
  }
  check.equal((await post('/v1/events', view, { Origin: origin })).status, 400)
  check.equal((await post('/v1/events?shop=none', view, { Origin: origin })).status, 404)
  check.deepEqual(counted, { origin: 2 })
})

test('events: a browser may send with its cookies, and asks before it sends JSON', async () => {
  const { headers } = await fromPage(view)
  check.equal(headers.get('access-control-allow-origin'), origin)
  check.equal(headers.get('access-control-allow-credentials'), 'true')
  const asked = await fetch(`http://127.0.0.1:${server.port}/v1/events?shop=shoes`, {
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
  })
  check.equal(asked.status, 204)
  check.match(asked.headers.get('access-control-allow-headers')!, /content-type/i)
})

test('events: a browser that agrees to adverts gets our cookie once, and is known by it', async () => {
  const first = await fromPage(agreed)
  const cookie = first.headers.get('set-cookie')!
  const uid = /^grosz_uid=([\w-]{22});/.exec(cookie)![1]!
  check.equal(cookie, uidCookie(uid, 'ads.example'))
  check.deepEqual(whoOfLast().uids, [uid])
  const again = await fromPage({ ...agreed, messageId: '2' }, { Cookie: `a=b; grosz_uid=${uid}` })
  check.equal(again.headers.get('set-cookie'), null)
  check.deepEqual(whoOfLast().uids, [uid])
})

test('events: without agreement no cookie is set or read', async () => {
  const denied = { ...view, consent: { ads: false, personalization: true } }
  const cookie = { Cookie: `grosz_uid=${cookieUid}` }
  let sent = 0
  for (const [body, headers] of [
    [view, {}],
    [denied, {}],
    [agreed, { 'Sec-GPC': '1' }],
    [agreed, { DNT: '1' }],
  ] as const) {
    const { headers: answered } = await fromPage({ ...body, messageId: `${sent++}` }, headers)
    check.equal(answered.get('set-cookie'), null)
    check.deepEqual(whoOfLast().uids, [])
    await fromPage({ ...body, messageId: `${sent++}` }, { ...headers, ...cookie })
    check.deepEqual(whoOfLast().uids, [])
  }
  await fromPage({ ...agreed, messageId: 'gpc' }, { 'Sec-GPC': '1' })
  check.deepEqual(intake.events.at(-1)!.event.consent, { ads: false, personalization: true })
})

test('events: a server with a key is believed more, needs no origin, and sets no cookie', async () => {
  const refund = { type: 'refund', customerId: '1', orderId: 'o' }
  check.equal((await fromPage(refund)).status, 400)
  const { status, headers } = await post('/v1/events', [refund, agreed], {
    Authorization: 'Bearer gz_dev',
    Cookie: `grosz_uid=${cookieUid}`,
  })
  check.equal(status, 200)
  check.equal(headers.get('set-cookie'), null)
  check.deepEqual(
    intake.events.map(({ event }) => [event.type, event.source, event.who.uids.length]),
    [
      ['refund', 'server', 0],
      ['view_item', 'server', 0],
    ],
  )
  const many = Array.from({ length: 1_000 }, (_, i) => ({ ...view, messageId: `${i}` }))
  check.equal((await fromServer('/v1/events', many)).body.taken, 1_000)
  check.equal((await fromServer('/v1/events', [...many, view])).status, 400)
})

test('events: keys open what they are for, at their own shop', async () => {
  check.equal((await fromServer('/v1/events', view, 'gz_view')).status, 403)
  check.equal((await fromServer('/v1/events', view, 'gz_wrong')).status, 401)
  check.equal((await fromServer('/v1/events?shop=shoes', view, 'gz_books')).status, 403)
  check.equal((await fromServer('/v1/track', view, 'gz_view')).status, 403)
  check.equal((await post('/v1/batch', { batch: [] })).status, 401)
  check.equal((await fromServer('/v1/events', view, 'gz_books')).status, 200)
  check.equal((await fromServer('/v1/events?shop=shoes', view, 'gz_op')).status, 200)
  check.deepEqual(
    intake.events.map(({ shopId }) => shopId),
    ['books', 'shoes'],
  )
})

test('events: what goes to Segment or Google Analytics comes here by another host and key', async () => {
  const basic = { Authorization: `Basic ${Buffer.from('gz_dev:').toString('base64')}` }
  const track = { userId: 'u', event: 'Product Viewed', properties: { product_id: 'A1' } }
  check.equal((await post('/v1/track', track, basic)).body.taken, 1)
  check.equal((await post('/v1/identify', { userId: 'u', traits: {} }, basic)).body.taken, 1)
  const batch = [{ type: 'page', userId: 'u', messageId: '3' }]
  check.equal((await post('/v1/batch', { batch }, basic)).body.taken, 1)
  check.equal((await post('/v1/group', { userId: 'u', groupId: 'g' }, basic)).body.ignored, 1)
  const ga4 = { client_id: '1.2', events: [{ name: 'view_cart', params: {} }] }
  check.equal((await post('/mp/collect?api_secret=gz_dev&measurement_id=G-1', ga4)).body.taken, 1)
  check.deepEqual(
    intake.events.map(({ event }) => event.type),
    ['view_item', 'identify', 'page_view', 'view_cart'],
  )
  check.deepEqual([counted['segment'], counted['ga4']], [3, 1])
})

test('events: what would be wrong with a body for Google Analytics is told as Google does, and nothing taken', async () => {
  const validate = (body: object) => post('/debug/mp/collect?api_secret=gz_dev', body)
  const items = [{ item_id: 'A1', quantity: -1 }]
  const wrong = await validate({
    client_id: 'c.1',
    events: [{ name: 'page_view' }, { name: 'add_to_cart', params: { items } }],
  })
  check.equal(wrong.status, 200)
  check.deepEqual(wrong.body.validationMessages, [
    {
      fieldPath: 'events[1].params.items[0].quantity',
      description: 'must be a number above 0, at most 100000',
      validationCode: 'VALUE_INVALID',
    },
  ])
  const nobody = await validate({ events: [{ name: 'page_view' }] })
  check.equal(nobody.body.validationMessages[0].fieldPath, 'events[0]')
  const unreadable = await validate({ client_id: 'c.1', events: 'page_view' })
  check.equal(unreadable.body.validationMessages[0].description, 'events: must be a list')
  const right = await validate({ client_id: 'c.1', events: [{ name: 'page_view' }] })
  check.deepEqual(right.body, { validationMessages: [] })
  check.equal((await post('/debug/mp/collect?api_secret=gz_view', {})).status, 403)
  check.equal(intake.events.length, 0)
})

test('events: one address may not call too often, and is told when it may again', async () => {
  const headers = { 'X-Forwarded-For': '203.0.113.9' }
  const answers = await Promise.all(Array.from({ length: 60 }, () => fromPage([], headers)))
  const refused = answers.filter(({ status }) => status === 429)
  check.equal(refused.length, 10)
  check.equal(refused[0]!.headers.get('retry-after'), '1')
  check.equal(counted['rate'], 10)
  check.equal((await fromPage([], { 'X-Forwarded-For': '203.0.113.10' })).status, 200)
  check.equal((await fromServer('/v1/events', [])).status, 200, 'keys are not limited')
  clock.advance(100)
  check.equal((await fromPage([], headers)).status, 200)
  check.equal((await fromPage([], headers)).status, 429)
})

test('events: bodies are bounded, packed or not', async () => {
  const long = JSON.stringify({ ...view, extra: 'x'.repeat(140_000) })
  check.equal((await fromPage(long)).status, 413)
  check.equal((await fromServer('/v1/events', long)).status, 200)
  check.equal((await fromServer('/v1/events', 'x'.repeat(1_100_000))).status, 413)
  const packed = await post('/v1/events', gzipSync(JSON.stringify(view)), {
    Authorization: 'Bearer gz_dev',
    'Content-Encoding': 'gzip',
  })
  check.equal(packed.status, 200)
})

test('events: where we are behind, nothing is taken and the sender tries again', async () => {
  intake.isBusy = true
  const { status, headers, body } = await fromPage(view)
  check.deepEqual([status, headers.get('retry-after')], [503, '1'])
  check.match(body.error, /again/)
  check.equal((await sendOrders(file)).status, 503)
  intake.isBusy = false
  check.equal((await fromPage(view)).body.taken, 1)
})

const file = [
  'order_id,date,customer_id,email,sku,quantity,price,currency',
  'o1,2025-04-01 12:00,42,,A1,2,10.00,EUR',
  'o1,2025-04-01 12:00,42,,B2,1,5.00,EUR',
  'o2,2025-04-02,,jan@example.com,A1,1,,',
  'o3,2025-04-02,,,A1,1,1,',
  'o4,2025-04-02,1,,A1,-2,1,',
  'o5,2005-04-02,1,,A1,2,1,',
  'o6,2025-04-02,1,,A1,two,1,',
].join('\n')
const sendOrders = (text: string | Buffer, headers: Record<string, string> = {}) =>
  post('/v1/orders', text, {
    Authorization: 'Bearer gz_dev',
    'Content-Type': 'text/csv',
    ...headers,
  })

test('orders: a till’s file is taken once, order by order', async () => {
  const { status, body } = await sendOrders(file)
  check.equal(status, 200)
  check.ok(ordersAnswerSchema.safeParse(body).success)
  const { problems, ...totals } = body
  check.deepEqual(totals, {
    ...{ taken: 2, duplicates: 0, nobody: 1, refusedOrders: 2 },
    ...{ rows: 7, refusedRows: 2, problemCount: 4 },
  })
  check.deepEqual(
    problems.map((it: { where: string }) => it.where),
    ['line 6.quantity', 'line 8.quantity', 'line 7.date', 'line 5'],
  )
  check.deepEqual(
    intake.events.map(({ event }) => [event.orderId, event.source, event.items[0]!.priceMicros]),
    [
      ['o1', 'offline', 40_000_000],
      ['o2', 'offline', -1],
    ],
  )
  check.doesNotMatch(JSON.stringify(intake.events), /jan@/)
  const again = await sendOrders(gzipSync(file), { 'Content-Encoding': 'gzip' })
  check.deepEqual([again.body.taken, again.body.duplicates], [0, 2])
})

test('orders: what is no such file is refused with what it lacks; what came before a fault stays', async () => {
  check.match((await sendOrders('a,b\n1,2')).body.error, /order’s number/)
  check.match((await sendOrders('')).body.error, /empty/)
  check.match((await sendOrders(`${file}\no9,2025-04-01,1,,"A1`)).body.error, /line 9.*quotation/)
  check.equal((await fromServer('/v1/orders', file, 'gz_view')).status, 403)
  check.equal((await post('/v1/orders', file)).status, 401)
  const rows = Array.from({ length: 4_000 }, (_, i) => `o${i},2025-04-01,1,,A1,1,1,`)
  const { body } = await sendOrders([file.split('\n')[0], ...rows].join('\n'))
  check.deepEqual([body.taken, body.problemCount], [4_000, 0])
})

test('events: what the catalogue knows is in the shop’s currency, or not known', () => {
  check.equal(factsOf(product, 'PLN', rates).priceMicros, 320_000_000)
  check.equal(factsOf({ ...product, currency: 'XTS' }, 'PLN', rates).priceMicros, -1)
})
