// Goal: what was exported can be imported, and is then what it was, byte for byte when it is exported
// again; what can not be taken whole changes nothing. Method: the endpoints over real files and a real
// store of products.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import type { Product } from '../../src/catalogue/products.js'
import { ShopDirectory } from '../../src/catalogue/shop-directory.js'
import { LmdbProductStore } from '../../src/catalogue/store-lmdb.js'
import { campaignEndpoints } from '../../src/collect/campaigns.js'
import { transferEndpoints } from '../../src/collect/transfer.js'
import { shopFile } from '../bidding/world.js'
import { caller } from './calling.js'

let root = ''
let directory: ShopDirectory
let products: LmdbProductStore
let clock: ManualClock
let call: ReturnType<typeof caller>
const admin = { id: 'k', shopId: 'a', role: 'admin' } as const
const campaign = (id: string) => ({ id, goal: 'cpm', bid: 1, maxCpm: 9, budget: { total: 5 } })

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'grosz-transfer-'))
  directory = new ShopDirectory({ folder: join(root, 'shops'), currencies: ['PLN', 'EUR'] })
  clock = new ManualClock()
  products = await LmdbProductStore.open(join(root, 'products'), { isWriter: true })
  const file = shopFile('a', [campaign('c1'), campaign('c2')])
  const rules = { pins: [{ product: 'p1', position: 3 }] }
  const segments = [{ id: 's', name: 'S', rule: 'x' }]
  await directory.create({ ...file, segments, slots: [{ id: 'also', page: 'product', rules }] })
  await directory.create(shopFile('b', [campaign('theirs')]))
  call = caller(
    [
      ...transferEndpoints({ directory, products, clock, importBytesMax: 100_000_000 }),
      ...campaignEndpoints(directory),
    ],
    { shopId: 'a', key: admin },
  )
})
afterEach(async () => {
  await directory.close()
  await products.close()
  rmSync(root, { recursive: true })
})

const product = (i: number): Product => ({
  ...shopFile('a', []).products[0]!,
  id: `fed-${String(i).padStart(6, '0')}`,
  title: `Thing ${i} “ż😀\\`,
})

async function feed(count: number, shopId = 'a'): Promise<void> {
  const draft = await products.forShop(shopId).draft(clock.nowMs())
  for (let i = 0; i < count; i++) await draft.put(product(i))
  await draft.commit()
}

const exported = () => call('GET', '/v1/export')
const put = (body: unknown, headers: Record<string, string> = { 'if-match': '*' }) =>
  call('PUT', '/v1/import', { body, headers })

test.each([0, 1, 1_000])(
  'a shop with %i fed products goes out and comes back as it was',
  async (count) => {
    if (count > 0) await feed(count)
    const before = await exported()
    expect(before.body.products).toHaveLength(count === 0 ? 4 : count)
    expect(before.body.format.productsFrom).toBe(count === 0 ? 'file' : 'feed')

    const { etag } = await call('GET', '/v1/campaigns/c1')
    await call('DELETE', '/v1/campaigns/c1', { headers: { 'if-match': etag } })
    clock.advance(1_000)
    if (count > 0) {
      await products.forShop('a').clear()
      await feed(3)
    }
    const put1 = await put(before.body)
    expect(put1).toMatchObject({ status: 200, body: { campaigns: 2, segments: 1, slots: 1 } })
    expect(directory.get('a')?.slots[0]?.rules.pins).toEqual([{ product: 'p1', position: 3 }])
    expect(put1.body.products).toBe(before.body.products.length)
    const after = await exported()
    expect(JSON.stringify(after.body)).toBe(JSON.stringify(before.body))
    expect(after.etag).toBe(put1.etag)
  },
)

test('a fed shop’s file makes another fed shop, in any order of its parts', async () => {
  await feed(50)
  const { body } = await exported()
  const shop = { ...body.shop, id: 'b', domain: 'b.example' }
  const sorted = Object.fromEntries(Object.entries({ ...body, shop }).sort())
  const taken = await call('PUT', '/v1/import', {
    body: sorted,
    headers: { 'if-match': '*' },
    shopId: 'b',
    key: { id: 'k', shopId: 'b', role: 'admin' },
  })
  expect(taken).toMatchObject({ status: 200, body: { campaigns: 2, products: 50 } })
  expect(products.forShop('b').state).toMatchObject({ isFed: true, count: 50 })
})

test('who has not seen what is there can not replace it', async () => {
  const before = await exported()
  expect(await put(before.body, {})).toMatchObject({ status: 428, etag: before.etag })
  const { etag } = await call('GET', '/v1/campaigns/c1')
  await call('PATCH', '/v1/campaigns/c1', { body: { bid: 2 }, headers: { 'if-match': etag } })
  expect((await put(before.body, { 'if-match': before.etag })).status).toBe(412)
  const now = await exported()
  await feed(1)
  // Products are part of what was seen.
  expect((await put(now.body, { 'if-match': now.etag })).status).toBe(412)
  expect((await put(now.body, { 'if-match': (await exported()).etag })).status).toBe(200)
})

test('what is wrong is named, and nothing at all has changed', async () => {
  await feed(5)
  const before = await exported()
  const { body } = before
  const cases: [unknown, string][] = [
    [{ ...body, campaigns: [{ ...campaign('c'), bid: -1 }] }, 'campaigns[0].bid'],
    [{ ...body, campaigns: [{ ...campaign('c'), videos: ['v'] }] }, 'campaigns[0].videos[0]'],
    [{ ...body, products: [product(1), { ...product(2), title: '' }] }, 'products[1].title'],
    [{ ...body, products: [product(1), product(2), product(1)] }, 'products[2].id'],
    [{ ...body, products: 5 }, 'products'],
    [{ ...body, keys: [] }, 'keys'],
    [{ ...body, format: { version: 2, productsFrom: 'feed' } }, 'format.version'],
    [{ ...body, shop: { ...body.shop, id: 'b' } }, 'shop.id'],
    [{ ...body, shop: undefined }, 'shop'],
    [JSON.stringify(body).slice(0, -3), 'products[4]'],
    [JSON.stringify(body).slice(0, 300), 'body'],
    ['[]', 'body'],
    ['', 'body'],
    [`{"__proto__": {"shop": 1}, ${JSON.stringify(body).slice(1)}`, '__proto__'],
  ]
  for (const [sent, where] of cases) {
    const answer = await put(sent)
    expect(answer.status, where).toBe(400)
    expect(answer.body.problems.map((it: { where: string }) => it.where)).toContain(where)
    expect(await exported()).toEqual(before)
  }
})

test('what was agreed with the operator is not changed by an import', async () => {
  const { body } = await exported()
  const moved = { ...body, shop: { ...body.shop, domain: 'b.example' } }
  expect(await put(moved)).toMatchObject({ status: 403, body: { problems: [{ where: 'domain' }] } })
  const operator = { id: 'o', shopId: '', role: 'operator' } as const
  const headers = { 'if-match': '*' }
  expect((await call('PUT', '/v1/import', { body: moved, headers, key: operator })).status).toBe(
    200,
  )
})

test('a file without products leaves them as they are', async () => {
  await feed(7)
  const { body } = await exported()
  const { products: _, ...others } = body
  expect((await put(others)).body.products).toBe(7)
})

test('an import that another takes the place of changes no products', async () => {
  await feed(2)
  const before = await exported()
  const slow = put({
    ...before.body,
    products: Array.from({ length: 3_000 }, (_, i) => product(i)),
  })
  await new Promise(setImmediate)
  await feed(9)
  const { status } = await slow
  const count = products.forShop('a').state.count
  // Whichever was last stands, whole.
  expect([`200 3000`, `409 9`, `412 9`, `200 9`]).toContain(`${status} ${count}`)
})
