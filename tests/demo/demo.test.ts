// Goal: the demo is what it says: shops that the catalogue takes as they are, known people whose carts are of real
// products, pages and pictures behind every link. Method: everything is checked against the schemas that real shops
// and people pass, and the demo's server is walked from link to link.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'parse5'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { check } from '../../src/base/schema.js'
import { shopFileSchema } from '../../src/catalogue/model.js'
import { ShopFiles } from '../../src/catalogue/shop-files.js'
import { demoPeople } from '../../src/demo/people.js'
import { drawPicture, pictureKinds } from '../../src/demo/picture.js'
import { demoShopFiles, demoShops, findDemoProduct } from '../../src/demo/shops.js'
import { type DemoShopServer, startDemoShop } from '../../src/demo-shop.js'
import { checkSlice, emptySlice } from '../../src/profiles/slice.js'

const files = demoShopFiles('http://127.0.0.1:8083')
const nowMs = Date.parse('2026-11-24T12:00:00Z')
const hourMs = 3_600_000

describe('the demo shops', () => {
  test('are files that the catalogue takes without a word', () => {
    const folder = mkdtempSync(join(tmpdir(), 'grosz-demo-'))
    try {
      for (const file of files)
        writeFileSync(join(folder, `${file.shop.id}.json`), JSON.stringify(file))
      const { shops, faults } = new ShopFiles(folder, ['PLN', 'EUR']).read()
      expect(faults).toEqual([])
      expect(shops.map(({ shop }) => shop.id).sort()).toEqual(['fenrow', 'ruszaj'])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test.each(files.map((file) => [file.shop.id, file] as const))('%s is lifelike', (_id, file) => {
    const { products, campaigns } = shopFileSchema.parse(file)
    const ids = new Set(products.map(({ id }) => id))
    expect(ids.size).toBe(products.length)
    expect(new Set(products.map(({ title }) => title)).size).toBeGreaterThan(products.length * 0.9)
    const share = (count: number): number => count / products.length
    expect(share(products.filter(({ inStock }) => !inStock).length)).toBeGreaterThan(0.02)
    expect(share(products.filter(({ inStock }) => !inStock).length)).toBeLessThan(0.15)
    expect(share(products.filter((it) => it.salePriceMicros !== undefined).length)).toBeGreaterThan(
      0.15,
    )
    for (const { priceMicros, salePriceMicros } of products)
      if (salePriceMicros !== undefined) expect(salePriceMicros).toBeLessThan(priceMicros)
    for (const campaign of campaigns)
      for (const id of campaign.products ?? []) expect(ids, campaign.id).toContain(id)
  })

  test('are the same each time, and large enough to look real', () => {
    expect(demoShopFiles('http://127.0.0.1:8083')).toEqual(files)
    expect(files.map(({ products }) => products.length)).toEqual([311, 62])
  })
})

describe('the known people', () => {
  const people = demoPeople(nowMs)
  const sliceOf = (uid: string) =>
    people.find((it) => it.uid === uid && it.shopId === 'ruszaj')!.slice

  test('are slices as any shop may store them', () => {
    for (const { uid, slice } of people)
      expect(checkSlice({ ...emptySlice, ...slice }), uid).toMatchObject({ ok: true, value: slice })
    expect(new Set(people.map(({ uid }) => uid))).toEqual(
      new Set(['demo-cart', 'demo-intent', 'demo-viewer']),
    )
  })

  test('demo-cart has left three things that can be bought, for over 500 PLN, an hour ago or more', () => {
    const cart = sliceOf('demo-cart').cart!
    const products = cart.items.map((it) => findDemoProduct(it.product)!.product)
    expect(products).toHaveLength(3)
    expect(products.every(({ inStock }) => inStock)).toBe(true)
    const worth = products.reduce((sum, it) => sum + (it.salePriceMicros ?? it.priceMicros), 0)
    expect(cart.valueMicros).toBe(worth)
    expect(cart.items.reduce((sum, it) => sum + it.priceMicros, 0)).toBe(worth)
    expect(worth).toBeGreaterThan(500e6)
    expect(nowMs - cart.changedAtMs).toBeGreaterThanOrEqual(hourMs)
  })

  test('demo-intent is in the segment that a campaign is for', () => {
    const [membership] = sliceOf('demo-intent').segments
    expect(membership!.expiresAtMs).toBeGreaterThan(nowMs)
    const wanted = files[0]!.campaigns.flatMap((it) => it.targeting?.segments?.any ?? [])
    expect(wanted).toContain(membership!.segment)
  })

  test('name products that there are, at their own shop', () => {
    for (const { uid, shopId, slice } of people) {
      const named = [
        ...(slice.cart?.items ?? []).map((it) => it.product),
        ...slice.picks,
        ...slice.viewed.map((it) => it.product),
      ]
      for (const id of named) expect(findDemoProduct(id)?.shop.id, `${uid}: ${id}`).toBe(shopId)
    }
  })

  test('demo-viewer has seen something long ago, and that is all', () => {
    const { viewed, ...rest } = sliceOf('demo-viewer')
    expect(viewed).toHaveLength(1)
    expect(nowMs - viewed[0]!.atMs).toBeGreaterThan(7 * 24 * hourMs)
    expect(rest).toMatchObject({ visitCount: 1, cart: null, searches: [], segments: [], picks: [] })
  })
})

test.each(pictureKinds)('the picture of a %s is whole and of its colour', (kind) => {
  const picture = drawPicture(kind, { main: '#123456', accent: '#fedcba' })
  expect(picture).toContain('#123456')
  expect(picture).not.toMatch(/undefined|NaN|href=|<script/)
  // What it refers to is in it, and every element that it opens it closes.
  for (const [, id] of picture.matchAll(/url\(#([\w-]+)\)/g))
    expect(picture).toContain(`id="${id}"`)
  const tags = [...picture.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)]
  const open: string[] = []
  for (const [, isEnd, name, isEmpty] of tags) {
    if (isEnd === '/') expect(open.pop()).toBe(name)
    else if (isEmpty !== '/') open.push(name!)
  }
  expect(open).toEqual([])
  expect(picture.length).toBeLessThan(6_000)
})

describe('the demo shops in a browser', () => {
  let server: DemoShopServer
  const request = (path: string, method = 'GET'): Promise<Response> =>
    fetch(`${server.address}${path}`, { method })

  beforeAll(async () => {
    server = await startDemoShop({ host: '127.0.0.1', port: 0, collectorUrl: null })
  })
  afterAll(() => server.close())

  test('every link and picture leads somewhere', async () => {
    const open = ['/', '/fenrow']
    const seen = new Set(open)
    while (open.length > 0) {
      const path = open.pop()!
      const response = await request(path)
      expect(response.status, path).toBe(200)
      const text = await response.text()
      const type = response.headers.get('content-type')
      expect(type, path).toBe(typeOf(path))
      if (!type!.startsWith('text/html')) continue
      for (const url of urlsIn(text)) {
        if (url === '#content') continue
        expect(url, path).toMatch(/^\/(?!\/)/)
        if (!seen.has(url)) {
          seen.add(url)
          open.push(url)
        }
      }
    }
    // Each product's page and picture was among them.
    for (const { products } of demoShops)
      for (const { id } of products) {
        expect(seen).toContain(`/p/${id}`)
        expect(seen).toContain(`/img/${id}.svg`)
      }
  })

  test('a product has its title, price and picture on its page', async () => {
    const { product } = findDemoProduct('bieg-01')!
    const text = await (await request('/p/bieg-01')).text()
    expect(text).toContain(`<h1>${product.title}</h1>`)
    expect(text).toContain('src="/img/bieg-01.svg"')
    expect(text.replace(/\s/g, ' ')).toContain('359,99 zł')
  })

  test.each([
    '/p/nothing',
    '/p/',
    '/img/nothing.svg',
    '/img/bieg-01',
    '/p/bieg-01.svg',
    '/logo/nobody.svg',
    '/logo/__proto__.svg',
    '/icon/constructor.svg',
    '/style/nobody.css',
    '/script/../demo-shop.js',
    '/fenrow/nothing',
    '/constructor',
    '/?category=%3Cscript%3Ealert(1)%3C/script%3E',
    '/p/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '//evil.example/',
    '/%ff%00',
  ])('what isn’t there is a page that says so: %s', async (path) => {
    const response = await request(path)
    expect(response.status).toBe(404)
    const text = await response.text()
    expect(text).not.toContain('<script>')
    expect(text).toContain('</html>')
  })

  test.each([
    ['NAMIOT', 8],
    ['buty biegania zefir', 3],
    ['łódź', 0],
    ['plecak zolty', 1],
    ['   ', 0],
    ['x'.repeat(5_000), 0],
  ])('a search finds what is called so, however it is typed: %s', async (query, count) => {
    const text = await (await request(`/search?q=${encodeURIComponent(query)}`)).text()
    const found = [...text.matchAll(/class="title">([^<]+)</g)].map(([, title]) => title!)
    if (count === 0) expect(found).toEqual([])
    else expect(found.length).toBeGreaterThanOrEqual(count)
    const first = query.trim().toLowerCase().slice(0, 4)
    for (const title of found) expect(title.toLowerCase()).toContain(first)
  })

  test('what is searched for is text on the page, never markup', async () => {
    const text = await (
      await request(`/search?q=${encodeURIComponent('"><img src=x onerror=alert(1)>')}`)
    ).text()
    expect(text).not.toContain('<img src=x')
    expect(text).toContain('&lt;img src=x')
  })

  test('without a collector no page has a tag; with one each has its shop’s, and allows it', async () => {
    const collectorUrl = 'https://collector.example'
    const tagged = await startDemoShop({ host: '127.0.0.1', port: 0, collectorUrl })
    try {
      for (const [path, id] of [
        ['/', 'ruszaj'],
        ['/p/bieg-01', 'ruszaj'],
        ['/fenrow/cart', 'fenrow'],
      ]) {
        expect(await (await request(path!)).text()).not.toContain('tag.js')
        const response = await fetch(tagged.address + path)
        const tag = `<script async src="${collectorUrl}/tag.js?shop=${id}"></script>`
        expect(await response.text()).toContain(tag)
        const policy = response.headers.get('content-security-policy')!
        expect(policy).toContain(`script-src 'self' ${collectorUrl};`)
        expect(policy).toContain(`connect-src 'self' ${collectorUrl}`)
        expect(policy).not.toContain('unsafe')
      }
    } finally {
      await tagged.close()
    }
  })

  test('on one’s own machine, the collector goes by the name that the page goes by', async () => {
    const collectorUrl = 'http://127.0.0.1:8081'
    const tagged = await startDemoShop({ host: '127.0.0.1', port: 0, collectorUrl })
    try {
      for (const name of ['localhost', '127.0.0.1']) {
        const { status, text } = await getAs(tagged.address, `${name}:8083`)
        expect(status).toBe(200)
        expect(text).toContain(`src="http://${name}:8081/tag.js?shop=ruszaj"`)
      }
    } finally {
      await tagged.close()
    }
  })

  test('only reading is allowed', async () => {
    expect((await request('/', 'POST')).status).toBe(405)
    const head = await request('/', 'HEAD')
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
  })

  test('a port that is taken is said to be', async () => {
    const port = Number(new URL(server.address).port)
    await expect(startDemoShop({ host: '127.0.0.1', port, collectorUrl: null })).rejects.toThrow(
      /EADDRINUSE/,
    )
  })

  test('pages pass for a shop’s own URLs', () => {
    for (const file of demoShopFiles(server.address))
      expect(check(shopFileSchema, file, 'shop').ok).toBe(true)
  })
})

/** The home page as a browser gets it that knows the server by this name; `fetch` says no other than its own. */
function getAs(address: string, host: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    get(address, { headers: { host } }, (response) => {
      response.setEncoding('utf8')
      let text = ''
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.once('end', () => resolve({ status: response.statusCode!, text }))
    }).once('error', reject)
  })
}

function typeOf(path: string): string {
  if (path.endsWith('.svg')) return 'image/svg+xml'
  if (path.endsWith('.css')) return 'text/css; charset=utf-8'
  if (path.endsWith('.js')) return 'text/javascript; charset=utf-8'
  return 'text/html; charset=utf-8'
}

interface Node {
  readonly attrs?: readonly { readonly name: string; readonly value: string }[]
  readonly childNodes?: readonly Node[]
}

function urlsIn(html: string): string[] {
  const walk = (node: Node): string[] => [
    ...(node.attrs ?? [])
      .filter(({ name }) => name === 'href' || name === 'src')
      .map((it) => it.value),
    ...(node.childNodes ?? []).flatMap(walk),
  ]
  return walk(parse(html) as unknown as Node)
}
