// Goal: a shop's feed replaces its catalogue as a whole or not at all, what was wrong with it is told, and one that
// would take too much away waits for a decision; prices and stock change between feeds. Method: the endpoints are
// called without a socket, on a store on disk; feeds that are fetched come from a server of the test's own, which
// names lead to as the test says.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { FeedImports } from '../../src/catalogue/feed-imports.js'
import { feedReportSchema } from '../../src/catalogue/feed-report.js'
import { LmdbProductStore } from '../../src/catalogue/store-lmdb.js'
import { feedEndpoints } from '../../src/collect/feed.js'
import { productEndpoints } from '../../src/collect/products.js'
import { productOf } from '../contracts/product-store.js'
import { caller } from './calling.js'

async function world(options: { own?: number; resolve?: (host: string) => string[] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-feed-'))
  const products = await LmdbProductStore.open(join(folder, 'products'), { isWriter: true })
  onTestFinished(async () => {
    await products.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const own = Array.from({ length: options.own ?? 0 }, (_, i) => productOf(`own${i}`))
  const clock = new ManualClock()
  const imports = new FeedImports({
    products,
    clock,
    shop: () => ({
      currency: 'PLN',
      url: 'https://shop.example/',
      own: { products: own.length, inStock: own.length },
    }),
    feedBytesMax: 10_000_000,
    rowBytesMax: 100_000,
  })
  const failures: unknown[] = []
  const endpoints = [
    ...feedEndpoints({
      imports,
      products,
      feedBytesMax: 10_000_000,
      fetch: {
        allowPrivateNetworks: true,
        headMs: 5_000,
        idleMs: 5_000,
        ...(options.resolve === undefined
          ? {}
          : {
              allowPrivateNetworks: false,
              resolve: async (host) => options.resolve!(host),
            }),
      },
      onFailed: (_shopId, error) => failures.push(error),
    }),
    ...productEndpoints({ products, own: () => own }),
  ]
  const call = caller(endpoints, { shopId: 'shop' })
  const ids = async (): Promise<string[]> =>
    (await call('GET', '/v1/products')).body.items.map(({ id }: { id: string }) => id)
  return { call, ids, products, imports, failures, clock }
}

/** A feed of products by their ids, and of rows as they are written. */
const csv = (ids: readonly string[], more: readonly string[] = []): string =>
  [
    'id,title,link,image_link,price,availability',
    ...ids.map((id) => `${id},Title ${id},/p/${id},/i/${id}.jpg,10.00 PLN,in stock`),
    ...more,
  ].join('\n')

const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `p${i}`)

describe('a feed that is sent', () => {
  test('is the catalogue from then on, and its verdict says what was refused and why', async () => {
    const { call, ids } = await world()
    const rows = ['p1,Twice,/p,/i.jpg,10 PLN,in stock', 'bad,No price,/p,/i.jpg,,in stock']
    const { status, body } = await call('PUT', '/v1/feed', { body: csv(['p1', 'p2'], rows) })
    expect(status).toBe(200)
    expect(feedReportSchema.parse(body)).toMatchObject({
      outcome: 'taken',
      from: 'upload',
      rows: 4,
      taken: 2,
      inStock: 2,
      refused: { duplicate: 1, no_price: 1 },
      before: { products: 0, inStock: 0 },
      stopped: null,
    })
    expect(body.problems.map((it: { line: number; id: string }) => [it.line, it.id])).toEqual([
      [4, 'p1'],
      [5, 'bad'],
    ])
    expect(await ids()).toEqual(['p1', 'p2'])
    expect((await call('GET', '/v1/feed')).body.reports).toEqual([body])
  })

  test.each([
    ['cut off in the middle', `${csv(many(10))}\n"a,b`],
    ['no feed at all', 'Szanowni Państwo, oferta w załączniku. '.repeat(10)],
    ['empty', ''],
    ['cut XML', '<rss version="2.0"><channel><item><g:id>1</g:id>'],
  ])('that is %s leaves the catalogue as it was, and says where it broke', async (_why, body) => {
    const { call, ids } = await world()
    await call('PUT', '/v1/feed', { body: csv(['a', 'b']) })
    const broken = await call('PUT', '/v1/feed', { body })
    expect(broken.status).toBe(422)
    expect(broken.body).toMatchObject({ outcome: 'broken', stopped: { line: expect.any(Number) } })
    expect(broken.body.error).toContain('the catalogue is as it was')
    expect(await ids()).toEqual(['a', 'b'])
    expect((await call('GET', '/v1/feed')).body.reports[0].outcome).toBe('broken')
  })

  test('whose bytes stop coming is as broken, and the next one is taken', async () => {
    const { call, imports, products, ids } = await world()
    await call('PUT', '/v1/feed', { body: csv(['a']) })
    const cut = Readable.from(
      (async function* () {
        yield Buffer.from(csv(many(5_000)))
        throw new Error('was cut off')
      })(),
    )
    const source = async () => ({ bytes: cut, contentType: '', from: 'upload' })
    const report = await imports.start('shop', source, false)
    expect(report).toMatchObject({ outcome: 'broken', stopped: { reason: 'was cut off' } })
    expect(report.rows).toBeGreaterThan(100)
    expect(await ids()).toEqual(['a'])
    await call('PUT', '/v1/feed', { body: csv(['b']) })
    expect(products.forShop('shop').state.count).toBe(1)
  })

  test('while another is under way is refused', async () => {
    const { call, imports } = await world()
    let finish = (): void => {}
    const stream = Readable.from(
      (async function* () {
        yield Buffer.from(csv(many(3_000)))
        await new Promise<void>((resolve) => {
          finish = resolve
        })
      })(),
    )
    const source = async () => ({ bytes: stream, contentType: '', from: 'upload' })
    const first = imports.start('shop', source, false)
    await expect.poll(() => imports.running('shop')?.rows ?? 0).toBeGreaterThan(0)
    expect((await call('PUT', '/v1/feed', { body: csv(['a']) })).status).toBe(409)
    expect((await call('GET', '/v1/feed')).body.running).toMatchObject({ dialect: 'google-csv' })
    finish()
    expect((await first).outcome).toBe('taken')
    expect((await call('GET', '/v1/feed')).body.running).toBeNull()
  })
})

describe('a feed that would empty or halve the catalogue', () => {
  const held = async () => {
    const made = await world()
    await made.call('PUT', '/v1/feed', { body: csv(many(10)) })
    const answer = await made.call('PUT', '/v1/feed', { body: csv(many(4)) })
    return { ...made, answer }
  }

  test('is held back, and says why', async () => {
    const { answer, ids, call } = await held()
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({
      outcome: 'held',
      stopped: { reason: 'would leave 4 of 10 products' },
    })
    expect(await ids()).toHaveLength(10)
    expect((await call('GET', '/v1/feed')).body.held).toEqual({ products: 4, inStock: 4 })
  })

  test('is taken over by a second call, without being sent again', async () => {
    const { call, ids } = await held()
    const accepted = await call('POST', '/v1/feed/held')
    expect([accepted.status, accepted.body]).toEqual([200, { products: 4, inStock: 4 }])
    expect(await ids()).toHaveLength(4)
    expect((await call('POST', '/v1/feed/held')).status).toBe(404)
  })

  test('can be discarded', async () => {
    const { call, ids } = await held()
    expect((await call('DELETE', '/v1/feed/held')).status).toBe(204)
    expect((await call('GET', '/v1/feed')).body.held).toBeNull()
    expect(await ids()).toHaveLength(10)
  })

  test('is taken where it is forced', async () => {
    const { call, ids } = await held()
    const forced = await call('PUT', '/v1/feed', { body: csv([]), query: { force: 'true' } })
    expect(forced.status).toBe(200)
    expect(await ids()).toEqual([])
  })

  test('counts what is in stock as well, and products of the file before the first feed', async () => {
    const { call } = await world({ own: 10 })
    const soldOut = csv(many(10)).replaceAll('in stock', 'out of stock')
    const answer = await call('PUT', '/v1/feed', { body: soldOut })
    expect(answer.body.stopped.reason).toBe('would leave 0 of 10 products in stock')
    expect((await call('PUT', '/v1/feed', { body: csv(many(5)) })).body.outcome).toBe('taken')
  })
})

test('a shop whose feed is forgotten shows its file’s products again', async () => {
  const { call, ids } = await world({ own: 2 })
  expect(await ids()).toEqual(['own0', 'own1'])
  await call('PUT', '/v1/feed', { body: csv(['a']), query: { force: 'true' } })
  expect(await ids()).toEqual(['a'])
  expect((await call('DELETE', '/v1/feed')).status).toBe(204)
  expect(await ids()).toEqual(['own0', 'own1'])
  expect((await call('GET', '/v1/products/own1')).body.id).toBe('own1')
})

describe('products', () => {
  test('change price and stock one by one; what can’t be used is told, the rest is taken', async () => {
    const { call } = await world()
    await call('PUT', '/v1/feed', { body: csv(['a', 'b', 'c']) })
    const items = [
      { id: 'a', inStock: false },
      { id: 'b', price: 19.99, salePrice: 15 },
      { id: 'c', price: -1 },
      { id: 'nobody', inStock: true },
      { id: 'a' },
      { id: 'c', price: 1, priceMicros: 1 },
      { id: 'c', title: 'New' },
      'c',
    ]
    const { status, body } = await call('PATCH', '/v1/products', { body: items })
    expect(status).toBe(200)
    expect([body.changed, body.refused]).toEqual([2, 6])
    expect(body.problems.map(({ where }: { where: string }) => where)).toEqual([
      '[2].price',
      '[4]',
      '[5].price',
      '[6]',
      '[6]',
      '[7]',
      '[3].id',
    ])
    expect((await call('GET', '/v1/products/a')).body.inStock).toBe(false)
    expect((await call('GET', '/v1/products/b')).body).toMatchObject({
      priceMicros: 19_990_000,
      salePriceMicros: 15_000_000,
    })
    await call('PATCH', '/v1/products', { body: [{ id: 'b', salePrice: null }] })
    expect((await call('GET', '/v1/products/b')).body).not.toHaveProperty('salePriceMicros')
  })

  test.each([
    ['no JSON', '[{', 400],
    ['no array', '{"id":"a"}', 400],
    ['broken UTF-8', Buffer.from([0x5b, 0xff, 0x5d]), 400],
    ['too much', JSON.stringify(Array.from({ length: 10_001 }, () => ({ id: 'a' }))), 413],
  ])('refuse %s as a whole', async (_why, body, status) => {
    const { call } = await world()
    expect((await call('PATCH', '/v1/products', { body })).status).toBe(status)
  })

  test('say which others they are variants of, and since when the catalogue has them', async () => {
    const { call, clock } = await world()
    const fed = (rows: string): Promise<unknown> =>
      call('PUT', '/v1/feed', {
        body: `id,title,link,image_link,price,availability,item_group_id\n${rows}`,
      })
    const row = (id: string, group: string): string =>
      `${id},Shoe,/${id},/i.jpg,10 PLN,in stock,${group}\n`
    const firstMs = clock.nowMs()
    await fed(row('shoe-38', 'shoe') + row('lace', ''))
    clock.advance(60_000)
    await fed(row('shoe-39', 'shoe') + row('shoe-38', 'shoe'))
    await call('PATCH', '/v1/products', { body: [{ id: 'shoe-38', price: 5 }] })
    expect((await call('GET', '/v1/products')).body.items).toMatchObject([
      { id: 'shoe-38', group: 'shoe', priceMicros: 5_000_000, addedMs: firstMs },
      { id: 'shoe-39', group: 'shoe', addedMs: firstMs + 60_000 },
    ])
    expect((await call('GET', '/v1/products/shoe-39')).body.group).toBe('shoe')
  })

  test('come in pages, in the order of their ids', async () => {
    const { call } = await world()
    await call('PUT', '/v1/feed', { body: csv(['c', 'a', 'b']) })
    const first = (await call('GET', '/v1/products', { query: { limit: '2' } })).body
    expect([first.items.map(({ id }: { id: string }) => id), first.next]).toEqual([['a', 'b'], 'b'])
    const second = (await call('GET', '/v1/products', { query: { limit: '2', after: 'b' } })).body
    expect([second.items.length, second.next]).toEqual([1, null])
    expect((await call('GET', '/v1/products/nobody')).status).toBe(404)
  })
})

describe('a feed that is fetched', () => {
  const served = async (listener: RequestListener): Promise<number> => {
    const server = createServer(listener).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return (server.address() as AddressInfo).port
  }

  test('is read as one that is sent, and its report keeps its secrets', async () => {
    const seen: string[] = []
    const port = await served((request, response) => {
      seen.push(request.headers.authorization ?? '')
      if (request.url === '/old')
        response.writeHead(302, { Location: '/feed.csv?key=s3cret' }).end()
      else response.writeHead(200, { 'Content-Type': 'text/csv' }).end(gzipSync(csv(['a', 'b'])))
    })
    const { call, ids } = await world()
    const url = `http://me:pass%20word@127.0.0.1:${port}/old`
    const { status, body } = await call('PUT', '/v1/feed', { query: { url } })
    expect([status, body.outcome, body.from]).toEqual([
      200,
      'taken',
      `http://127.0.0.1:${port}/feed.csv?…`,
    ])
    expect(await ids()).toEqual(['a', 'b'])
    const basic = `Basic ${Buffer.from('me:pass word').toString('base64')}`
    expect(seen).toEqual([basic, basic])
    expect(JSON.stringify((await call('GET', '/v1/feed')).body)).not.toMatch(/s3cret|pass/)
  })

  test.each([
    ['a file', 'file:///etc/passwd', /must be http or https/],
    ['nonsense', 'feed.csv', /is none/],
    ['this machine', 'http://127.0.0.1:80/', /not on the public internet/],
    ['this machine, written otherwise', 'http://2130706433/', /not on the public internet/],
    ['this machine by IPv6', 'http://[::1]/', /not on the public internet/],
    ['IPv4 in the clothes of IPv6', 'http://[::ffff:10.0.0.1]/', /not on the public internet/],
    ['the metadata of a cloud', 'http://169.254.169.254/latest', /not on the public internet/],
    ['a name that leads inside', 'http://inside.example/', /not on the public internet/],
    ['a name that leads there, too', 'http://both.example/', /not on the public internet/],
    ['a name that leads nowhere', 'http://nowhere.example/', /has no address/],
  ])('from %s is refused, and nothing is asked there', async (_why, url, reason) => {
    const { call } = await world({
      resolve: (host) =>
        host === 'inside.example'
          ? ['192.168.1.10']
          : host === 'both.example'
            ? ['93.184.216.34', 'fd00::1']
            : [],
    })
    const { status, body } = await call('PUT', '/v1/feed', { query: { url } })
    expect([status, body.error]).toEqual([400, expect.stringMatching(reason)])
    expect((await call('GET', '/v1/feed')).body.reports).toEqual([])
  })

  test.each([
    [
      'answers with an error',
      (response: { writeHead: (s: number) => { end(): void } }) => response.writeHead(500).end(),
      /answers 500/,
    ],
    [
      'is redirected for ever',
      (response: { writeHead: (s: number, h: object) => { end(): void } }) =>
        response.writeHead(302, { Location: '/again' }).end(),
      /redirected more than 5 times/,
    ],
    [
      'is redirected to what is no web',
      (response: { writeHead: (s: number, h: object) => { end(): void } }) =>
        response.writeHead(302, { Location: 'ftp://shop.example/' }).end(),
      /must be http or https/,
    ],
  ])('that %s is refused', async (_why, answer, reason) => {
    const port = await served((_request, response) => void answer(response as never))
    const { call } = await world()
    const url = `http://127.0.0.1:${port}/feed?key=s3cret`
    const { status, body } = await call('PUT', '/v1/feed', { query: { url } })
    expect([status, body.error]).toEqual([400, expect.stringMatching(reason)])
    expect(body.error).not.toContain('s3cret')
  })

  test('and is cut off leaves the catalogue as it was', async () => {
    const port = await served((_request, response) => {
      response.writeHead(200, { 'Content-Length': '1000000' })
      response.write(csv(many(3_000)), () => response.destroy())
    })
    const { call, ids } = await world()
    await call('PUT', '/v1/feed', { body: csv(['a']) })
    const { status, body } = await call('PUT', '/v1/feed', {
      query: { url: `http://127.0.0.1:${port}/` },
    })
    expect([status, body.outcome]).toEqual([422, 'broken'])
    expect(await ids()).toEqual(['a'])
  })
})
