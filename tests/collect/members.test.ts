// Goal: a shop's lists come in whole or row by row, are gone on with after a cut, and go out as hashes that
// ad platforms take; who is in what is counted right. Method: the endpoints on real books, with bodies that
// break off.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { ShopDirectory } from '../../src/catalogue/shop-directory.js'
import { memberEndpoints } from '../../src/collect/members.js'
import { peopleEndpoints } from '../../src/collect/people.js'
import { segmentPeopleEndpoints } from '../../src/collect/segment-people.js'
import { emailHashOfKey, emailKey, shopSecretOf } from '../../src/people/keys.js'
import { readList } from '../../src/people/lists.js'
import { scanBooks } from '../../src/people/scan.js'
import { shopFile } from '../bidding/world.js'
import { listsOnly, newFolder, openWorld, viewOf } from '../people/people-world.js'
import { caller } from './calling.js'

const shop = 'a'
const secret = shopSecretOf(Buffer.alloc(32, 1), shop)
const members = '/v1/segments/vip/members'

async function setUp() {
  const world = openWorld(newFolder(), () => listsOnly('vip', 'loyal'))
  const directory = new ShopDirectory({ folder: newFolder(), currencies: ['PLN'] })
  onTestFinished(() => directory.close())
  await directory.create({
    ...shopFile(shop, []),
    segments: [{ id: 'ruled', rule: 'cart.count > 0' }],
  })
  const { books, writer, clock, publisher } = world
  const key = (_: string, email: string) => emailKey(secret, email)
  const options = { directory, books, writer, clock, emailKey: key }
  const endpoints = [
    ...memberEndpoints(options),
    ...segmentPeopleEndpoints({
      ...options,
      isUnderWay: () => false,
      emailHash: (_, of) => emailHashOfKey(secret, of),
    }),
    ...peopleEndpoints({
      ...options,
      wakePublisher: () => publisher.wake(),
      listIds: () => ['vip'],
      scan: (shopId, texts) => scanBooks(books.tables, shopId, texts),
    }),
  ]
  const put = (body: string, query: Record<string, string> = {}) =>
    caller(endpoints, { shopId: shop })('PUT', members, { body, query })
  const stream = (body: AsyncIterable<Buffer>, query: Record<string, string>) => {
    const endpoint = endpoints.find(({ operationId }) => operationId === 'putMembers')!
    return endpoint.handle({
      shopId: shop,
      key: null,
      params: { segment: 'vip' },
      query,
      header: () => '',
      json: null,
      bytes: Buffer.alloc(0),
      stream: Readable.from(body),
      remoteAddress: '',
    })
  }
  /** A body whose connection ends after some of it. */
  const cut = (body: string, query: Record<string, string>) => {
    async function* pieces() {
      yield Buffer.from(body)
      throw new Error('was cut off')
    }
    return stream(pieces(), query)
  }
  const call = caller(endpoints, { shopId: shop })
  return { ...world, directory, put, stream, cut, call }
}

test('rows are taken, and each that can’t be is named', async () => {
  const { put, call, directory } = await setUp()
  const came = await put('customerId,action\n1,add\n2,add\nnull,add\n3,\n1,remove\n')
  expect(came.status).toBe(200)
  expect(came.body).toMatchObject({ rows: 5, members: 2, refused: { junk_id: 1 } })
  expect(came.body.problems[0].where).toBe('line 4')
  expect(directory.get(shop)?.segments.map(({ id }) => id)).toEqual(['ruled', 'vip'])
  expect((await call('GET', members)).body).toMatchObject({ members: 2, upload: null })
})

test('a replacement that breaks off changes nothing, and is gone on with under its name', async () => {
  const { put, cut, call, books } = await setUp()
  await put('{"customerId":"old"}\n')
  const rows = Array.from({ length: 25_000 }, (_, i) => `{"customerId":"c${i}"}\n`)
  const query = { mode: 'replace', upload: 'u1' }
  const broken = await cut(rows.slice(0, 21_000).join(''), query)
  expect(broken.status).toBe(400)
  expect(JSON.stringify(broken.body)).toMatch(/the list is as it was/)
  expect((await call('GET', members)).body).toMatchObject({
    members: 1,
    upload: { upload: 'u1', rows: 21_000 },
  })
  const whole = await put(rows.join(''), query)
  expect(whole.body).toMatchObject({ rows: 25_000, members: 25_000 })
  expect(readList(books.forShop(shop), 'vip')).toMatchObject({ pending: null, applying: null })
})

test('an empty replacement empties the list; a segment with a rule is none', async () => {
  const { put, call } = await setUp()
  await put('{"customerId":"1"}\n')
  expect((await put('', { mode: 'replace' })).body.members).toBe(0)
  const ruled = await call('PUT', '/v1/segments/ruled/members', { body: '{"customerId":"1"}' })
  expect(ruled.status).toBe(409)
})

test('a replacement of which no row can be taken changes nothing; one whose rows have ended empties the list', async () => {
  const { put, call } = await setUp()
  await put('{"customerId":"1"}\n')
  const wrong = await put('email\nanna at example\nben\n', { mode: 'replace' })
  expect(wrong.status).toBe(400)
  expect(wrong.body.error).toMatch(/none of the 2 rows can be taken; the list is as it was/)
  expect(wrong.body.problems).toHaveLength(2)
  expect((await call('GET', members)).body.members).toBe(1)
  const ended = await put('customerId,expires\n1,2020-01-01\n', { mode: 'replace' })
  expect(ended.body).toMatchObject({ members: 0, refused: { expired: 1 } })
})

test('a row that takes somebody off counts in a replacement however long after', async () => {
  const { put } = await setUp()
  const rows = Array.from({ length: 40_000 }, (_, i) => `c${i},add\n`).join('')
  const came = await put(`customerId,action\n${rows}c5,remove\nc5,remove\nnobody,remove\n`, {
    mode: 'replace',
  })
  expect(came.body.members).toBe(39_999)
})

test('what can’t be written now is no fault of the body’s, and may be sent again', async () => {
  const { stream, put, writer } = await setUp()
  await put('{"customerId":"1"}\n')
  let filling: Promise<unknown> = Promise.resolve()
  async function* pieces() {
    yield Buffer.from('{"customerId":"2"}\n')
    filling = writer.change(shop, () => {}, 100_000)
  }
  const refused = await stream(pieces(), { mode: 'replace', upload: 'u2' })
  expect(refused.status).toBe(503)
  expect(JSON.stringify(refused.body)).toMatch(/too much is waiting.*send it again with upload=u2/)
  await filling
  const again = await put('{"customerId":"2"}\n', { mode: 'replace', upload: 'u2' })
  expect(again.body.members).toBe(1)
})

test('while rows are coming for a list, others are told to come again', async () => {
  const { stream, put } = await setUp()
  let goOn = (): void => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  async function* pieces() {
    yield Buffer.from('{"customerId":"1"}\n')
    await held
  }
  const first = stream(pieces(), {})
  const second = await put('{"customerId":"2"}\n')
  expect([second.status, second.headers['Retry-After']]).toEqual([503, '1'])
  goOn()
  expect((await first).status).toBe(200)
  expect((await put('{"customerId":"2"}\n')).body.members).toBe(2)
})

test('what is no list makes no segment', async () => {
  const { put, call, directory } = await setUp()
  expect((await call('GET', members)).status).toBe(404)
  expect((await put('[{"customerId":"1"}]')).status).toBe(400)
  expect((await put('name,city\nx,y\n')).status).toBe(400)
  expect((await put('name,city\nx,y\n', { mode: 'replace' })).status).toBe(400)
  const other = { body: '{"customerId":"1"}' }
  expect((await call('PUT', '/v1/segments/overview/members', other)).status).toBe(400)
  expect(directory.get(shop)?.segments.map(({ id }) => id)).toEqual(['ruled'])
})

test('who is in what is counted, and goes out as hashed addresses but for those who said no', async () => {
  const { put, call, writer } = await setUp()
  const mail = (name: string) => emailKey(secret, `${name}@example.com`)
  await writer.take(shop, [
    viewOf({ emailKey: mail('anna'), uids: ['u1'] }, 'hat'),
    viewOf({ emailKey: mail('ben') }, 'hat'),
    viewOf({ emailKey: mail('cleo') }, 'hat', { consent: { ads: false, personalization: true } }),
    viewOf({ customerId: '7' }, 'hat'),
  ])
  await put('email\nanna@example.com\nben@example.com\ncleo@example.com\n')
  const { body } = await call('GET', '/v1/segments/overview')
  expect(body).toMatchObject({ peopleCount: 4 })
  expect(body.segments[1]).toMatchObject({ segment: 'vip', peopleCount: 3, reachableCount: 1 })
  const exported = await call('GET', '/v1/segments/vip/customer-match')
  const hash = (name: string) => createHash('sha256').update(`${name}@example.com`).digest('hex')
  expect(exported.body.trim().split('\n').sort()).toEqual(
    ['Email', hash('anna'), hash('ben')].sort(),
  )
  expect((await call('GET', '/v1/segments/none/customer-match')).status).toBe(404)
})

test('an overview is as of now, also when the clock was put back', async () => {
  const { directory, books, writer } = await setUp()
  const [start, hourMs] = [1_700_000_000_000, 3_600_000]
  const time = { nowMs: start, elapsedMs: 0 }
  const clock = { nowMs: () => time.nowMs, elapsedMs: () => time.elapsedMs }
  const endpoints = segmentPeopleEndpoints({
    ...{ directory, books, clock, isUnderWay: () => false },
    emailHash: () => '',
  })
  const count = async () =>
    (await caller(endpoints, { shopId: shop })('GET', '/v1/segments/overview')).body.peopleCount
  expect(await count()).toBe(0)
  await writer.take(shop, [viewOf({ customerId: '1' }, 'hat')])
  time.nowMs -= hourMs
  time.elapsedMs += 10_000
  expect(await count()).toBe(1)
})

test('a scan for an address finds what is kept in its place', async () => {
  const { call, writer, put } = await setUp()
  const mail = emailKey(secret, 'anna@example.com')
  await writer.take(shop, [viewOf({ emailKey: mail, customerId: '1' }, 'hat')])
  await put('email\nben@example.com\n')
  const placesOf = async (text: string) => {
    const { body } = await call('POST', '/v1/people/scan', { body: { texts: [text] } })
    return body.traces.map(({ place }: { place: string }) => place).sort()
  }
  const kept = ['books/events', 'books/links', 'books/people']
  expect(await placesOf(' Anna@Example.com')).toEqual(expect.arrayContaining(kept))
  const hash = createHash('sha256').update('ben@example.com').digest('hex')
  expect(await placesOf(hash)).toEqual(['books/members'])
  expect((await call('DELETE', '/v1/people/email:anna@example.com')).status).toBe(200)
  expect((await placesOf('anna@example.com')).filter((it: string) => kept.includes(it))).toEqual([])
})

test('a person is shown with all that is kept, joined and parted by hand, and forgotten', async () => {
  const { call, writer } = await setUp()
  await writer.take(shop, [
    viewOf({ customerId: '1' }, 'hat'),
    viewOf({ customerId: '2' }, 'scarf'),
  ])
  const shown = await call('GET', '/v1/people/cust:1')
  expect(shown.body.person.identifiers).toEqual(['cust:1'])
  expect(shown.body.events).toHaveLength(1)
  const joined = await call('POST', '/v1/joins', { body: { into: 'cust:1', from: 'cust:2' } })
  expect(joined.status).toBe(200)
  expect((await call('GET', '/v1/joins')).body.joins).toHaveLength(1)
  const both = await call('GET', '/v1/people/cust:2')
  expect(both.body.person.slice.viewed).toHaveLength(2)
  expect((await call('DELETE', `/v1/joins/${joined.body.join}`)).status).toBe(200)
  expect((await call('DELETE', `/v1/joins/${joined.body.join}`)).status).toBe(409)
  expect((await call('GET', '/v1/people/cust:2')).body.person.slice.viewed).toHaveLength(1)
  expect((await call('DELETE', '/v1/people/cust:1')).status).toBe(200)
  expect((await call('GET', '/v1/people/cust:1')).status).toBe(404)
  expect((await call('GET', '/v1/people/cust:2')).status).toBe(200)
})
