// Goal: slots become products, all of a page from one question, whatever page it is and whenever they come. Method: a
// real browser, a shop's page under a strict Content-Security-Policy, and a service that writes down what it is asked.
// Skipped, aloud, where there is no Chromium.
import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { becomes, chromiumPath, run } from '../tag/pages.js'
import { oneLine, ready, soon, type WidgetShop, widgetPath, withShop } from './pages.js'

test('the widget is small', () => {
  const script = readFileSync(widgetPath)
  expect(script.length).toBeLessThan(16_800)
  expect(gzipSync(script, { level: 9 }).length).toBeLessThan(7_300)
  expect(brotliCompressSync(script).length).toBeLessThan(6_500)
  // What it is written in is old enough for browsers of 2020.
  expect(script.toString()).not.toMatch(/\?\?|\|\|=|#\w+[;=(]/)
})

const linksIn = (page: Page, selector: string) => page.locator(`${selector} a`)

describe.skipIf(chromiumPath === undefined)('the widget in a browser', () => {
  let shop: WidgetShop
  withShop((newShop) => {
    shop = newShop
  })

  test('fills all slots of a page from one question, which browsers send without asking first', async () => {
    const page = await shop.open({
      body: `<div id="a" data-grosz-slot="product" data-product="bieg-01" data-limit="5"></div>
        <section id="b" data-grosz-slot="product-complements" data-product="bieg-01"></section>`,
    })
    await ready(page, 2)
    expect(shop.service.asked).toEqual([
      {
        shop: 'ruszaj',
        page: 'product',
        product: 'bieg-01',
        language: 'pl',
        labels: true,
        slots: [{ slot: 'product', limit: 5 }, { slot: 'product-complements' }],
      },
    ])
    const [request, ...others] = shop.service.requests
    expect(others).toEqual([])
    expect(request!.path).toBe('POST /v1/recommendations/batch')
    expect(request!.type).toMatch(/^text\/plain/)
    expect(request!.cookie).toBe('')
    const shown = await linksIn(page, '[data-grosz-slot]').evaluateAll((links) =>
      (links as unknown as { href: string }[]).map(({ href }) => href),
    )
    expect(shown).toEqual(shop.service.items.slice(0, 17).map(({ url }) => url))
    expect(await linksIn(page, '#a').count()).toBe(5)
    const [first] = shop.service.items
    const link = linksIn(page, '#a').first()
    expect(await link.textContent()).toContain(first!['title'])
    expect(await page.getByRole('heading', { name: 'Inni oglądali też' }).count()).toBe(2)
  })

  const gtag = `window.dataLayer = []; function gtag() { dataLayer.push(arguments) }`
  test.each<[string, string, string, object]>([
    ['the slot’s name', 'data-grosz-slot="home"', '', { page: 'home', slots: [{ slot: 'home' }] }],
    ['its page', 'data-grosz-slot data-page="not-found"', '', { page: 'not-found', slots: [{}] }],
    [
      'its category',
      'data-grosz-slot="top" data-category="Buty › Do biegania"',
      '',
      { page: 'category', category: 'Buty › Do biegania', slots: [{ slot: 'top' }] },
    ],
    [
      'its search',
      'data-grosz-slot="x" data-query="łódź"',
      '',
      { page: 'search', q: 'łódź', slots: [{ slot: 'x' }] },
    ],
    [
      'its cart',
      'data-grosz-slot="x" data-cart="a,b"',
      '',
      { page: 'cart', cart: 'a,b', slots: [{ slot: 'x' }] },
    ],
    ['nothing at all', 'data-grosz-slot="x"', '', { slots: [{ slot: 'x' }] }],
    [
      'a page that is none of ours, but a name that is',
      'data-grosz-slot="cart" data-page="basket"',
      '',
      { page: 'cart', slots: [{ slot: 'cart' }] },
    ],
    [
      'gtag’s view_item',
      'data-grosz-slot="product"',
      `gtag('event', 'view_item', { items: [{ item_id: 'kurt-02' }] })`,
      { page: 'product', product: ['kurt-02'], slots: [{ slot: 'product' }] },
    ],
    [
      'the Tag Manager’s view_item, of another name',
      'data-grosz-slot="mine"',
      `dataLayer.push({ event: 'view_item', ecommerce: { items: [{ item_id: 7 }] } }, { event: 'scroll' })`,
      { page: 'product', product: ['7'], slots: [{ slot: 'mine' }] },
    ],
    [
      'view_cart',
      'data-grosz-slot="cart"',
      `gtag('event', 'view_cart', { items: [{ item_id: 'a' }, null, { item_id: 'b' }] })`,
      { page: 'cart', cart: ['a', 'b'], slots: [{ slot: 'cart' }] },
    ],
    [
      'purchase',
      'data-grosz-slot="thank-you"',
      `gtag('event', 'purchase', { transaction_id: '1', items: [{ item_id: 'a' }, { item_id: 'b' }] })`,
      { page: 'thank-you', product: ['a', 'b'], slots: [{ slot: 'thank-you' }] },
    ],
    [
      'a search’s results',
      'data-grosz-slot="search"',
      `dataLayer.push({ event: 'view_search_results', search_term: 'namiot' })`,
      { page: 'search', q: 'namiot', slots: [{ slot: 'search' }] },
    ],
    [
      'a list, where nothing else says it',
      'data-grosz-slot="x"',
      `gtag('event', 'view_item_list', { item_list_name: 'Buty', items: [] })`,
      { page: 'category', category: 'Buty', slots: [{ slot: 'x' }] },
    ],
    [
      'not a list that is on a product’s page',
      'data-grosz-slot="x"',
      `gtag('event', 'view_item', { items: [{ item_id: 'a' }] }); gtag('event', 'view_item_list', { item_list_name: 'Also' })`,
      { page: 'product', product: ['a'], slots: [{ slot: 'x' }] },
    ],
    [
      'its own attributes before the data layer',
      'data-grosz-slot="x" data-product="mine"',
      `gtag('event', 'view_item', { items: [{ item_id: 'other' }] })`,
      { page: 'product', product: 'mine', slots: [{ slot: 'x' }] },
    ],
    [
      'a data layer that isn’t one',
      'data-grosz-slot="home"',
      'window.dataLayer = { length: 3, get 0() { throw 1 } }',
      { page: 'home', slots: [{ slot: 'home' }] },
    ],
  ])('knows what page it is by %s', async (_name, attributes, push, expected) => {
    const page = await shop.open({
      // As page's own scripts are that come at the end.
      before: `${gtag}; document.addEventListener('DOMContentLoaded', () => { ${push} }, { capture: true, once: true })`,
      body: `<div ${attributes}></div>`,
    })
    await ready(page)
    expect(shop.service.asked).toEqual([
      { shop: 'ruszaj', language: 'pl', labels: true, ...expected },
    ])
  })

  test('asks only once a slot is near, and then for all', async () => {
    const page = await shop.open({
      body: `<p class="tall"></p><div data-grosz-slot="home"></div><p class="tall"></p><div data-grosz-slot="home-viewed"></div>`,
    })
    await becomes(page, `document.querySelectorAll('[data-grosz-state=waiting]').length === 2`)
    await run(page, `new Promise((done) => setTimeout(done, 200))`)
    expect(shop.service.asked).toEqual([])
    await run(page, `scrollTo(0, 700)`)
    await ready(page, 2)
    expect(shop.service.asked.length).toBe(1)
    // Pictures wait until they are near themselves.
    expect(await page.locator('img').first().getAttribute('loading')).toBe('lazy')
  })

  test('slots that come later are filled, without what is on the page already', async () => {
    const page = await shop.open({ body: '<main><div data-grosz-slot="home"></div></main>' })
    await ready(page)
    await run(
      page,
      `const added = document.createElement('article')
       const slot = document.createElement('div')
       slot.dataset.groszSlot = 'home-more'; slot.dataset.page = 'home'
       added.append(slot); document.querySelector('main').append(added)`,
    )
    await ready(page, 2)
    const [first, second] = shop.service.asked
    expect(first!.exclude).toBeUndefined()
    expect(second!.exclude).toEqual(shop.service.items.slice(0, 12).map((it) => it['product']))
    // A slot that has left the page leaves its products free.
    await run(page, `document.querySelector('main').replaceChildren()`)
    await run(
      page,
      `const again = document.createElement('div'); again.dataset.groszSlot = 'home'
       document.querySelector('main').append(again)`,
    )
    await ready(page, 1)
    expect(shop.service.asked[2]!.exclude).toBeUndefined()
  })

  test('a slot that is about something else is asked for anew, and keeps what it has until then', async () => {
    const page = await shop.open({ body: '<div data-grosz-slot="cart" data-cart="a"></div>' })
    await ready(page)
    const first = await page.locator('a').first().getAttribute('href')
    let release = (): void => undefined
    shop.service.until = new Promise((resolve) => {
      release = resolve
    })
    shop.service.items = shop.service.items.slice(20)
    await run(page, `document.querySelector('[data-grosz-slot]').dataset.cart = 'a,b'`)
    await soon(() => shop.service.asked.length).toBe(2)
    expect(shop.service.asked[1]).toMatchObject({ page: 'cart', cart: 'a,b' })
    expect(await page.locator('a').first().getAttribute('href')).toBe(first)
    release()
    await ready(page)
    expect(await page.locator('a').first().getAttribute('href')).toBe(shop.service.items[0]!['url'])
    // The same once more is no change.
    await run(page, `document.querySelector('[data-grosz-slot]').dataset.cart = 'a,b'`)
    await run(page, `new Promise((done) => setTimeout(done, 200))`)
    expect(shop.service.asked.length).toBe(2)
  })

  test('a page that keeps changing, with too many slots, is looked at within bounds', async () => {
    const page = await shop.open({ body: '<main></main>' })
    await run(
      page,
      `for (let at = 0; at < 100; at++) {
         const slot = document.createElement('div'); slot.dataset.groszSlot = 'home'; slot.dataset.limit = '1'
         document.querySelector('main').append(slot)
       }`,
    )
    await ready(page, 20)
    expect(shop.service.asked.flatMap(({ slots }) => slots).length).toBe(20)
  })

  test('loaded twice, it works once; two shops’ each fill their own', async () => {
    const page = await shop.open({
      scripts: (service) => oneLine(service) + oneLine(service) + oneLine(service, 'fenrow'),
      body: '<div data-grosz-slot="home" data-shop="fenrow"></div><div data-grosz-slot="home" data-shop="ruszaj"></div>',
    })
    await ready(page, 2)
    expect(shop.service.asked.map((it) => it.shop).sort()).toEqual(['fenrow', 'ruszaj'])
    expect(await run(page, `groszWidget.slice().sort()`)).toEqual(['fenrow', 'ruszaj'])
  })

  test('leaves nothing on the page but groszWidget, and nothing in the browser', async () => {
    const names = `Object.getOwnPropertyNames(window)`
    const bare = (await run(await shop.open({ body: '', scripts: () => '' }), names)) as string[]
    const page = await shop.open({ body: '<div data-grosz-slot="home"></div>' })
    await ready(page)
    const loaded = (await run(page, names)) as string[]
    expect(loaded.filter((name) => !bare.includes(name))).toEqual(['groszWidget'])
    expect(
      await run(page, `[document.cookie, localStorage.length, sessionStorage.length]`),
    ).toEqual(['', 0, 0])
  })

  test('without a shop in its address it does nothing', async () => {
    const page = await shop.open({
      scripts: (service) => `<script src="${service}/widget.js"></script>`,
      body: '<div data-grosz-slot="home"></div>',
    })
    expect(await run(page, `document.querySelector('[data-grosz-state]')`)).toBe(null)
    expect(shop.service.asked).toEqual([])
  })

  test('tells the page what became of a slot', async () => {
    const page = await shop.open({
      before: `window.heard = []; addEventListener('grosz-slot', ({ target, detail }) => heard.push([target.id, detail.answer && detail.answer.items.length]))`,
      body: '<div id="a" data-grosz-slot="home" data-limit="3"></div>',
    })
    await ready(page)
    expect(await run(page, 'heard')).toEqual([['a', 3]])
  })
})
