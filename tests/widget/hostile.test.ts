// Goal: whatever a feed, a service or a page does, a shop's live page is never broken: text stays text, addresses are
// the web's, and a slot without an answer is what the shop wrote into it, or gone. Method: a real browser under a
// strict policy with Trusted Types, and a service that misbehaves in each way that we could think of.
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { becomes, chromiumPath, run } from '../tag/pages.js'
import { ready, soon, type WidgetShop, withShop } from './pages.js'

const empty = (page: Page): Promise<void> =>
  becomes(page, `document.querySelector('[data-grosz-state=empty]') !== null`)

const hostile = [
  '<script>window.hacked = 1</script>',
  '<img src=x onerror="window.hacked = 1">',
  '"><svg onload=window.hacked=1>',
  '</template></section><h1>Moved</h1>',
  '{{constructor.constructor("window.hacked=1")()}} ${window.hacked = 1}',
  '&lt;b&gt; & &amp;',
  '\u202Eright to left\u0000 \uD800 half',
]

describe.skipIf(chromiumPath === undefined)('the widget among the hostile', () => {
  let shop: WidgetShop
  withShop((newShop) => {
    shop = newShop
  })

  /** Texts of what the widget shows, by part. */
  const texts = (page: Page, part: string): Promise<string[]> =>
    page.locator(`[part~=${part}]`).allTextContents()

  test('a product’s text is text, whatever it looks like', async () => {
    const [like] = shop.service.items
    shop.service.title = hostile.join(' ')
    shop.service.items = hostile.map((title, at) => ({ ...like, product: `${at}${title}`, title }))
    const page = await shop.open({ body: '<div data-grosz-slot="home"></div>' })
    await ready(page)
    // A half of a pair is none by the time that it has been through JSON and UTF-8.
    const shown = (await texts(page, 'name')).map((it) => it.replaceAll('\uFFFD', '\uD800'))
    expect(shown).toEqual(hostile)
    expect(await texts(page, 'title')).toHaveLength(1)
    expect(await run(page, 'window.hacked')).toBe(undefined)
    expect(
      await run(
        page,
        `document.querySelector('[data-grosz-slot]').shadowRoot.querySelectorAll('script, svg, h1').length`,
      ),
    ).toBe(0)
    expect(await run(page, `document.title`)).toBe('Shop')
    // Ids are told as they are.
    await page.getByRole('link').first().click({ button: 'middle' })
    await soon(() => shop.service.told.map((it) => it.product)).toContain(`0${hostile[0]}`)
  })

  test.each([
    'javascript:window.hacked=1',
    ' JaVaScRiPt:window.hacked=1',
    'java\nscript:window.hacked=1',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:http://127.0.0.1/x',
    '',
    '   ',
    'http://',
    null,
    7.5e300,
    { toString: 'x' },
    ['https://shop.example'],
  ])('an address that isn’t of the web leads nowhere: %s', async (url) => {
    const [like, other] = shop.service.items
    shop.service.items = [
      { ...like, url },
      { ...other, image: url },
    ]
    const page = await shop.open({ body: '<div data-grosz-slot="home"></div>' })
    const isRelative = typeof url === 'number'
    await ready(page)
    // A number is a relative address as any other text.
    expect(await texts(page, 'name')).toEqual(
      isRelative ? [like!['title'], other!['title']] : [other!['title']],
    )
    // A picture that doesn't load goes once the browser says so.
    await soon(() => page.locator('img').count()).toBe(isRelative ? 1 : 0)
    expect(await run(page, 'window.hacked')).toBe(undefined)
  })

  test('a price that is none isn’t shown, and one of an odd currency is as well as it can be', async () => {
    const odd: Record<string, unknown>[] = [
      { price: 'free', salePrice: -1 },
      { price: null },
      { price: 10, currency: '<b>' },
      { price: 10, currency: 'XXY' },
      { price: 10, salePrice: 12 },
      { price: 10, salePrice: 10 },
      { price: 0, salePrice: undefined },
      { price: 19.5, currency: 'JPY' },
      { price: '12.50' },
    ]
    const { items } = shop.service
    shop.service.items = odd.map((it, at) => ({ ...items[at], salePrice: undefined, ...it }))
    const page = await shop.open({ body: '<div data-grosz-slot="home"></div>' })
    await ready(page)
    const shown = (await texts(page, 'price')).map((it) => it.replace(/\s/g, ' '))
    expect(shown).toEqual([...['', '', '', '10 XXY', '10 zł', '10 zł', '0 zł', '20 JPY', '']])
  })

  const odd: [string, string][] = [
    ['nothing', ''],
    ['no JSON', '<html>Bad gateway</html>'],
    ['half of it', '{"answers":[{"id":"a","slot":"home","items":[{"product":'],
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '[]'],
    ['no answers', '{"answers":null}'],
    ['answers that are none', '{"answers":[null,7,"x",{"id":""}]}'],
    ['no items', '{"answers":[{"id":"a","slot":"home","title":"x","items":{"length":3}}]}'],
    [
      'items that are none',
      '{"answers":[{"id":"a","items":[null,[],{"product":{}},{"title":[]}]}]}',
    ],
    ['an error', '{"error":"shop: is unknown"}'],
    ['a prototype', '{"__proto__":{"answers":[{"id":"a"}]}}'],
  ]
  test.each(odd)(
    'an answer that is %s leaves the slot as the shop wrote it',
    async (_name, body) => {
      shop.service.body = body
      const page = await shop.open({
        body: '<div data-grosz-slot="home"><p>Nasze <a href="/p/x">bestsellery</a></p></div><p id="below">Dalej</p>',
      })
      await empty(page)
      expect(await page.getByRole('link', { name: 'bestsellery' }).isVisible()).toBe(true)
      expect(await page.locator('body').ariaSnapshot()).not.toContain('region')
    },
  )

  test.each([400, 403, 404, 429, 500, 503])('so does a status of %i', async (status) => {
    shop.service.status = status
    const page = await shop.open({
      body: '<div data-grosz-slot="home"><p>Bestsellery</p></div>',
    })
    await empty(page)
    expect(await page.getByText('Bestsellery').isVisible()).toBe(true)
  })

  test('a service that says nothing is waited for three seconds; meanwhile the shop’s own is there', async () => {
    shop.service.isSilent = true
    const page = await shop.open({
      body: '<div data-grosz-slot="home"><p>Bestsellery</p></div><div data-grosz-slot="cart"></div>',
    })
    await soon(() => shop.service.asked.length).toBe(2)
    const startedMs = Date.now()
    expect(await page.getByText('Bestsellery').isVisible()).toBe(true)
    await becomes(page, `document.querySelectorAll('[data-grosz-state=empty]').length === 2`)
    expect(Date.now() - startedMs).toBeGreaterThan(2_000)
    expect(Date.now() - startedMs).toBeLessThan(8_000)
    expect(await page.getByText('Bestsellery').isVisible()).toBe(true)
  })

  test('a service that is gone is no error of the page', async () => {
    const page = await shop.newPage()
    await page.route('**/v1/recommendations/**', (route) => route.abort('connectionrefused'))
    await shop.open({ body: '<div data-grosz-slot="home"><p>Bestsellery</p></div>' }, page)
    await empty(page)
    expect(await page.getByText('Bestsellery').isVisible()).toBe(true)
  })

  test('what the shop wrote gives way to products once they are there', async () => {
    const page = await shop.open({ body: '<div data-grosz-slot="home"><p>Bestsellery</p></div>' })
    await ready(page)
    expect(await page.getByText('Bestsellery').isVisible()).toBe(false)
    expect(await page.getByRole('link').count()).toBe(12)
  })

  test.each([
    [
      'objects that lie',
      `Object.prototype.answers = [{ id: 'x' }]; Object.prototype.slot = 'y'; Object.prototype.dataset = 1`,
    ],
    [
      'lists that do',
      `Array.prototype.toJSON = function () { return 'x' }; delete Array.prototype.toJSON; Array.prototype.extra = 1`,
    ],
    ['no beacons', `delete Navigator.prototype.sendBeacon`],
    ['beacons that throw', `navigator.sendBeacon = () => { throw new Error('no') }`],
    [
      'no storage',
      `Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })`,
    ],
    ['no ResizeObserver', `delete window.ResizeObserver`],
    ['a groszWidget of its own', `window.groszWidget = 7`],
    [
      'many a broken slot',
      `addEventListener('DOMContentLoaded', () => { for (const name of ['input', 'table', 'ul']) { const it = document.createElement(name); it.dataset.groszSlot = 'x'; it.dataset.page = 'home'; document.body.append(it) } })`,
    ],
  ])('a page with %s has its products', async (_name, before) => {
    const page = await shop.open({ before, body: '<div id="a" data-grosz-slot="home"></div>' })
    await becomes(page, `document.querySelector('#a').dataset.groszState === 'ready'`)
    await page.locator('#a a').first().click({ button: 'middle' })
    await soon(() => shop.service.told.some((it) => it.type === 'click')).toBe(true)
  })

  test('odd attributes are taken as none', async () => {
    const page = await shop.open({
      body: `<div data-grosz-slot="home" data-limit="-3" data-layout="spiral" data-heading-level="9" data-template="[[["></div>
        <div data-grosz-slot="home" data-limit="1e9" data-heading-level="h1" data-template="#nothing"></div>`,
    })
    await ready(page, 2)
    expect(shop.service.asked[0]!.slots).toEqual([{ slot: 'home' }, { slot: 'home', limit: 24 }])
    expect(await page.getByRole('heading', { level: 2 }).count()).toBe(2)
  })

  describe('with the shop’s own template', () => {
    const template = `<template id="mine"><h3 data-grosz-text="title"></h3><ol><li data-grosz-each><a class="mine" data-grosz-href><img data-grosz-src width="100" height="100"><span data-grosz-text="title"></span>
      <em data-grosz-text="brand"></em> <s data-grosz-if="oldPrice" data-grosz-text="oldPrice"></s> <b data-grosz-text="price"></b></a></li></ol></template>`
    const slot = '<div data-grosz-slot="home" data-template="#mine" data-limit="3"></div>'

    test('it is filled in, in the page itself, and reported as any', async () => {
      const page = await shop.open({
        body: template + slot,
        style: '.mine{color:rgb(1,2,3)}',
      })
      await ready(page)
      expect(await page.getByRole('heading', { level: 3 }).textContent()).toBe('Inni oglądali też')
      const links = page.locator('[data-grosz-slot] a')
      expect(await links.count()).toBe(3)
      const [first, second] = shop.service.items
      expect((await links.first().innerText()).replace(/\s+/g, ' ').trim()).toBe(
        `${first!['title']} ${first!['brand']} 419 zł 359,99 zł`,
      )
      expect(await links.nth(1).locator('s').count()).toBe(0)
      expect(await links.nth(1).getAttribute('href')).toBe(second!['url'])
      expect(await links.first().locator('img').getAttribute('src')).toBe(first!['image'])
      expect(
        await run(page, `getComputedStyle(document.querySelector('[data-grosz-slot] a')).color`),
      ).toBe('rgb(1, 2, 3)')
      expect(await run(page, `document.querySelector('[data-grosz-slot]').shadowRoot`)).toBe(null)
      await links.nth(1).click({ button: 'middle' })
      await soon(() => shop.service.told.filter((it) => it.type === 'click').length).toBe(1)
      await soon(() => shop.service.told.filter((it) => it.type === 'view').length).toBe(3)
    })

    test('without a part that repeats, all of it does; of two elements for one product each is seen as it', async () => {
      const page = await shop.open({
        body: `<template id="mine"><p data-grosz-text="title"></p><a data-grosz-href>›</a></template>${slot}`,
      })
      await ready(page)
      expect(await page.locator('[data-grosz-slot] > *').count()).toBe(6)
      await soon(() => shop.service.told.filter((it) => it.type === 'view').length).toBe(3)
      await run(page, `new Promise((done) => setTimeout(done, 1500))`)
      expect(shop.service.told.length).toBe(3)
    })

    test('text is text there too, and addresses go where addresses go', async () => {
      const [like] = shop.service.items
      shop.service.items = hostile.map((title, at) => ({
        ...like,
        product: `${at}`,
        title,
        ...(at === 0 ? { image: 'javascript:window.hacked=1' } : {}),
      }))
      const page = await shop.open({
        body: `<template id="mine"><div data-grosz-each><p data-grosz-text="title"></p><script data-grosz-text="title"></script><style data-grosz-text="title"></style><b data-grosz-href data-grosz-src data-grosz-text="constructor"></b><iframe data-grosz-src data-grosz-href></iframe><img data-grosz-src></div></template><div data-grosz-slot="home" data-template="#mine"></div>`,
      })
      await ready(page)
      const shown = await page.locator('[data-grosz-slot] p').allTextContents()
      expect(shown.map((it) => it.replaceAll('\uFFFD', '\uD800'))).toEqual(hostile)
      expect(await run(page, 'window.hacked')).toBe(undefined)
      const found = await run(
        page,
        `[...document.querySelectorAll('[data-grosz-slot] script, [data-grosz-slot] style, [data-grosz-slot] b, [data-grosz-slot] iframe')].filter((it) => it.textContent || it.getAttribute('src') || it.getAttribute('href')).length`,
      )
      expect(found).toBe(0)
      // The shop's own, empty as it is.
      const isOfStyle = (fault: string): boolean => /Applying inline style/.test(fault)
      shop.faults.splice(0, shop.faults.length, ...shop.faults.filter((it) => !isOfStyle(it)))
      expect(await page.locator('[data-grosz-slot] img').count()).toBe(hostile.length - 1)
    })

    test('where no answer comes, what the shop wrote stays', async () => {
      shop.service.status = 500
      const page = await shop.open({
        body: `${template}<div data-grosz-slot="home" data-template="#mine"><p>Bestsellery</p></div>`,
      })
      await empty(page)
      expect(await page.getByText('Bestsellery').isVisible()).toBe(true)
    })
  })
})
