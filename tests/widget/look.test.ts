// Goal: what the widget shows can be seen, used and heard by everybody, moves nothing that is in view, and wears the
// shop's clothes. Method: a real browser measures boxes, layout shifts, colours and its own accessibility tree, at the
// widths of phones and desktops. Skipped, aloud, where there is no Chromium.
//
// With GROSZ_SCREENSHOTS=docs/images it makes the pictures of docs/widget.md anew.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startDemoShop } from '../../src/demo-shop.js'
import { becomes, chromiumPath, run, startBrowser } from '../tag/pages.js'
import { itemsOf, WidgetShop } from './pages.js'

const docs = fileURLToPath(new URL('../../docs/widget.md', import.meta.url))
const pictures = process.env['GROSZ_SCREENSHOTS'] ?? ''

/** Adds up what moves in view without anybody having touched the page. */
const measureShifts = `window.shifts = []
new PerformanceObserver((list) => {
  for (const it of list.getEntries()) shifts.push({ value: it.value, of: it.sources.map((s) => s.node && (s.node.id || s.node.nodeName)) })
}).observe({ type: 'layout-shift', buffered: true })`
const shifts = async (page: Page): Promise<unknown> => {
  // Two frames: what moved in the last one is told in the next.
  await run(page, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`)
  await run(page, `new Promise((done) => setTimeout(done, 100))`)
  return run(page, 'shifts')
}
const ready = (page: Page, count = 1): Promise<void> =>
  becomes(page, `document.querySelectorAll('[data-grosz-state=ready]').length === ${count}`)
const isIn = (state: string): string =>
  `document.querySelector('[data-grosz-slot]').dataset.groszState === '${state}'`
const pictureOf = (selector: string): string =>
  `document.querySelector('${selector}').shadowRoot.querySelector('img')`
const heightOf = (page: Page, selector: string): Promise<number> =>
  page.evaluate(`document.querySelector('${selector}').getBoundingClientRect().height`)
const topOf = (page: Page, selector: string): Promise<number> =>
  page.evaluate(`document.querySelector('${selector}').getBoundingClientRect().top`)

/** What comes a moment later, on a busy machine too. */
const soon = <T>(value: () => T) => expect.poll(value, { timeout: 15_000 })

describe.skipIf(chromiumPath === undefined)('what the widget shows', () => {
  let browser: Browser
  let shop: WidgetShop

  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    shop = new WidgetShop(browser)
    await shop.start()
  })
  afterEach(async () => {
    await shop.stop()
    expect(shop.faults).toEqual([])
  })

  /** The service answers once this is called. */
  function holdBack(): () => void {
    let release = (): void => undefined
    shop.service.until = new Promise((resolve) => {
      release = resolve
    })
    return release
  }

  const widths = [320, 360, 390, 768, 1_024, 1_440]

  test.each([
    ...widths.map((width) => [width, ''] as const),
    ...[360, 1_440].map((width) => [width, 'data-layout="grid" data-limit="6"'] as const),
  ])(
    'takes its room at once, at %i pixels: nothing moves when products come %s',
    async (width, attributes) => {
      shop.service.title =
        'Ci, którzy oglądali to samo co Ty, oglądali też rzeczy o naprawdę długich nazwach'
      const page = await shop.newPage({ viewport: { width, height: 900 } })
      const release = holdBack()
      await shop.open(
        {
          before: measureShifts,
          body: `<h1 id="above">Sklep</h1><div data-grosz-slot="home" ${attributes}></div><p id="below">Dalej</p>`,
          // As a shop is advised to.
          style: `[data-grosz-slot]{min-height:260px}`,
        },
        page,
      )
      await becomes(page, isIn('waiting'))
      await soon(() => shop.service.asked.length).toBe(1)
      const before = await topOf(page, '#below')
      await run(page, 'shifts.length = 0')
      release()
      await ready(page)
      expect(await topOf(page, '#below')).toBe(before)
      expect(await shifts(page)).toEqual([])
      // Nor when the pictures come.
      await becomes(page, `${pictureOf('[data-grosz-slot]')}.naturalWidth > 0`)
      expect(await shifts(page)).toEqual([])
      expect(await run(page, `document.documentElement.scrollWidth`)).toBe(width)
    },
  )

  test('with the room that the shop gives it, a page never moves: above, below, from its first paint', async () => {
    const page = await shop.newPage({ viewport: { width: 1_440, height: 900 } })
    await shop.open(
      {
        before: measureShifts,
        body: `<h1>Sklep</h1><p>Przed</p><div data-grosz-slot="home"></div><p>Po</p><div data-grosz-slot="home-more"></div><p>Po</p><p class="tall">`,
        style: `[data-grosz-slot]{min-height:400px}`,
      },
      page,
    )
    await ready(page, 2)
    expect(await shifts(page)).toEqual([])
  })

  test.each([320, 360, 390, 479, 480, 540, 768, 990, 1_024, 1_440])(
    'the room that docs/widget.md advises is enough, and not much more, at %i pixels',
    async (width) => {
      const [style] = /(?<=```css\n)\[data-grosz-slot\][^`]+/.exec(readFileSync(docs, 'utf8'))!
      const page = await shop.newPage({ viewport: { width, height: 900 } })
      await shop.open({ style, body: '<div data-grosz-slot="home"></div><p id="below">' }, page)
      await ready(page)
      const needed = await page.evaluate<number>(
        `document.querySelector('[data-grosz-slot]').shadowRoot.querySelector('.stack').getBoundingClientRect().height`,
      )
      const given = await heightOf(page, '[data-grosz-slot]')
      expect(given).toBeGreaterThanOrEqual(needed)
      expect(given - needed).toBeLessThan(90)
    },
  )

  test('a slot that stays empty goes without moving what is in view', async () => {
    shop.service.items = []
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open(
      {
        before: measureShifts,
        body: `<h1>Sklep</h1><div id="slot" data-grosz-slot="home"></div><p id="below">Dalej</p><p class="tall"></p>`,
        style: `[data-grosz-slot]{min-height:400px}`,
      },
      page,
    )
    await becomes(page, isIn('empty'))
    expect(await heightOf(page, '#slot')).toBeGreaterThanOrEqual(400)
    expect(await shifts(page)).toEqual([])
    const seen = await topOf(page, '.tall')
    // Out of view above, what is in view stays where it is.
    await run(page, `scrollTo(0, 900)`)
    await becomes(page, `document.querySelector('#slot').getBoundingClientRect().height === 0`)
    expect(Math.abs((await topOf(page, '.tall')) - (seen - 900))).toBeLessThan(1)
    expect(await shifts(page)).toEqual([])
  })

  test('one below the view goes at once', async () => {
    shop.service.items = []
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    const body = `<div class="tall"></div><div id="slot" data-grosz-slot="home"></div><p class="tall"></p>`
    await shop.open({ body, style: '.tall{height:900px}' }, page)
    await becomes(page, isIn('empty'))
    await becomes(page, `document.querySelector('#slot').getBoundingClientRect().height === 0`)
  })

  test.each(widths)(
    'fits at %i pixels: whole cards in a row, the next one in sight on phones',
    async (width) => {
      const page = await shop.newPage({ viewport: { width, height: 900 } })
      await shop.open({ body: '<div data-grosz-slot="home"></div>' }, page)
      await ready(page)
      const found = await page.evaluate<{ card: number; row: number; heights: number[] }>(`(() => {
      const shadow = document.querySelector('[data-grosz-slot]').shadowRoot
      const items = [...shadow.querySelectorAll('li')].map((it) => it.getBoundingClientRect())
      return { card: items[0].width, row: shadow.querySelector('ul').clientWidth, heights: items.map((it) => it.height) }
    })()`)
      expect(new Set(found.heights.map(Math.round)).size).toBe(1)
      expect(found.card).toBeGreaterThan(width < 340 ? 120 : 140)
      const gap = width < 512 ? 12 : 16
      const perRow = (found.row + gap) / (found.card + gap)
      if (width < 1_000) expect(perRow % 1).toBeGreaterThan(width === 768 ? -1 : 0.1)
      else expect(perRow % 1).toBeLessThan(0.01)
      expect(await run(page, `document.documentElement.scrollWidth`)).toBe(width)
      // The service's long list is reached by going sideways.
      expect(
        await run(
          page,
          `(() => { const row = document.querySelector('[data-grosz-slot]').shadowRoot.querySelector('ul'); return row.scrollWidth > row.clientWidth })()`,
        ),
      ).toBe(true)
    },
  )

  test('is a region with a heading, a list of links, and buttons that say what they do', async () => {
    const items = shop.service.items.slice(0, 12)
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open(
      { body: '<h1>Sklep</h1><div data-grosz-slot="home" data-heading-level="3"></div>' },
      page,
    )
    await ready(page)
    const region = page.getByRole('region', { name: 'Inni oglądali też' })
    const named = (role: 'button' | 'link') =>
      region.getByRole(role).evaluateAll((all) => all.map((it) => it.textContent))
    expect(await region.getByRole('heading', { level: 3 }).count()).toBe(1)
    expect(await region.getByRole('list').getByRole('listitem').count()).toBe(12)
    const links = region.getByRole('listitem').getByRole('link')
    expect(await links.count()).toBe(12)
    // The old price isn't taken for the one that is paid, by ear either.
    const space = '\u00a0'
    const reduced = `${items[0]!['title']} Poprzednia cena: 419${space}zł Cena teraz: 359,99${space}zł`
    await links.and(page.getByRole('link', { name: reduced, exact: true })).waitFor()
    const full = `${items[1]!['title']} 589${space}zł`
    await links.and(page.getByRole('link', { name: full, exact: true })).waitFor()
    expect(await named('link')).toHaveLength(12)
    // Pictures say nothing that isn't said beside them.
    expect(await region.getByRole('img').count()).toBe(0)
    for (const name of ['Poprzednie produkty', 'Następne produkty'])
      expect(await region.getByRole('button', { name }).count()).toBe(1)
    // While it waits it says nothing at all.
    shop.service.isSilent = true
    await shop.open({ body: '<div data-grosz-slot="home"></div>' }, page)
    await becomes(page, isIn('waiting'))
    expect(await page.locator('body').ariaSnapshot()).toBe('')
  })

  test.each([
    ['en-GB', 'Next products', '€359.99'],
    ['de', 'Nächste Produkte', '359,99\u00a0€'],
    ['pl', 'Następne produkty', '359,99\u00a0€'],
    ['fr-CA', 'Produits suivants', '359,99\u00a0€'],
    ['CS', 'Další produkty', '359,99\u00a0€'],
    ['ja', 'Next products', '€359.99'],
    ['', 'Next products', '€359.99'],
    ['no language', 'Next products', '359.99'],
  ])('speaks the page’s language: %s', async (language, next, price) => {
    shop.service.title = ''
    shop.service.items = shop.service.items.map((it) => ({ ...it, currency: 'EUR' }))
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 }, locale: 'en-GB' })
    await shop.open({ language, body: '<div data-grosz-slot="home"></div>' }, page)
    await ready(page)
    expect(await page.getByRole('button', { name: next }).count()).toBe(1)
    expect(await page.getByRole('link').first().textContent()).toContain(price)
    expect(await page.getByRole('heading').textContent()).toBeTruthy()
  })

  const focused = `(() => { const it = document.activeElement; const inner = it.shadowRoot && it.shadowRoot.activeElement; return inner ? inner.getAttribute('aria-label') || inner.getAttribute('href') : it.id })()`

  test('goes by keyboard: in, along, on by its buttons, and out again', async () => {
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open(
      {
        body: '<button id="before">Przed</button><div data-grosz-slot="home" data-limit="9"></div><button id="after">Po</button>',
      },
      page,
    )
    await ready(page)
    const row = `document.querySelector('[data-grosz-slot]').shadowRoot.querySelector('ul')`
    await page.locator('#before').focus()
    await page.keyboard.press('Tab')
    expect(await run(page, focused)).toBe('Poprzednie produkty')
    await page.keyboard.press('Enter')
    expect(await run(page, `${row}.scrollLeft`)).toBe(0)
    await page.keyboard.press('Tab')
    const outline = `getComputedStyle(document.querySelector('[data-grosz-slot]').shadowRoot.activeElement)`
    expect(
      await run(page, `[${outline}.outlineStyle, parseFloat(${outline}.outlineWidth) >= 2]`),
    ).toEqual(['solid', true])
    await page.keyboard.press('Space')
    await becomes(
      page,
      `Math.abs(${row}.scrollLeft - (${row}.scrollWidth - ${row}.clientWidth)) < 2`,
    )
    // At the end it keeps the focus, and says that it can do no more.
    expect(await run(page, focused)).toBe('Następne produkty')
    await becomes(
      page,
      `document.querySelector('[data-grosz-slot]').shadowRoot.activeElement.getAttribute('aria-disabled') === 'true'`,
    )
    for (const item of shop.service.items.slice(0, 9)) {
      await page.keyboard.press('Tab')
      expect(await run(page, focused)).toBe(item['url'])
      // Whatever has the focus is in view, all of it.
      await becomes(
        page,
        `(() => { const it = document.querySelector('[data-grosz-slot]').shadowRoot.activeElement.getBoundingClientRect(); return it.left >= -1 && it.right <= innerWidth + 1 })()`,
      )
    }
    await page.keyboard.press('Tab')
    expect(await run(page, focused)).toBe('after')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${shop.service.items[8]!['url']}`)
  })

  test('moves at once for whoever wants no motion', async () => {
    const page = await shop.newPage({
      viewport: { width: 1_280, height: 800 },
      reducedMotion: 'reduce',
    })
    await shop.open({ body: '<div data-grosz-slot="home"></div>' }, page)
    await ready(page)
    await page.getByRole('button', { name: 'Następne produkty' }).focus()
    const moved = await run(
      page,
      `(() => { const shadow = document.querySelector('[data-grosz-slot]').shadowRoot; shadow.activeElement.click(); return shadow.querySelector('ul').scrollLeft })()`,
    )
    expect(moved).toBeGreaterThan(300)
  })

  test('has no buttons where all is in view', async () => {
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open({ body: '<div data-grosz-slot="home" data-limit="4"></div>' }, page)
    await ready(page)
    expect(await page.getByRole('button').count()).toBe(0)
  })

  test('is written from right to left where the page is', async () => {
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open({ body: '<main dir="rtl"><div data-grosz-slot="home"></div></main>' }, page)
    await ready(page)
    const [first, second] = await page
      .getByRole('link')
      .evaluateAll((all) =>
        all.map(
          (it) =>
            (it as unknown as { getBoundingClientRect(): { left: number } }).getBoundingClientRect()
              .left,
        ),
      )
    expect(first!).toBeGreaterThan(second!)
    await page.getByRole('button', { name: 'Następne produkty' }).click()
    await becomes(
      page,
      `document.querySelector('[data-grosz-slot]').shadowRoot.querySelector('ul').scrollLeft < -300`,
    )
  })

  test.each([
    ['#17231d', '#ffffff'],
    ['#f4f1ea', '#14181c'],
    ['#2c211b', '#f5ece1'],
  ])('%s on %s can be read: all text as well as the page’s own', async (color, background) => {
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open(
      {
        body: '<div data-grosz-slot="home"></div>',
        style: `body{color:${color};background:${background}}`,
      },
      page,
    )
    await ready(page)
    const ratios = await page.evaluate<[string, number][]>(contrasts(background))
    expect(ratios.length).toBeGreaterThan(20)
    for (const [text, ratio] of ratios) expect(ratio, text).toBeGreaterThan(4.5)
    const sizes = await page.evaluate<number[]>(
      `[...document.querySelector('[data-grosz-slot]').shadowRoot.querySelectorAll('button')].map((it) => it.offsetWidth)`,
    )
    expect(sizes).toEqual([44, 44])
  })

  test('wears what the shop’s style sheet says, by variables and by parts', async () => {
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open(
      {
        body: '<div data-grosz-slot="home"></div>',
        style: `[data-grosz-slot]{--grosz-card-background:rgb(1,2,3);--grosz-columns:3;--grosz-gap:30px;--grosz-title-size:40px;--grosz-name-lines:1;--grosz-sale-color:rgb(9,8,7)}
          [data-grosz-slot]::part(name){text-transform:uppercase} [data-grosz-slot]::part(card){color:#fff} [data-grosz-slot]::part(old){color:rgb(5,5,5)} a{color:red} li{display:none}`,
      },
      page,
    )
    await ready(page)
    const style = (selector: string, name: string) =>
      run(
        page,
        `getComputedStyle(document.querySelector('[data-grosz-slot]').shadowRoot.querySelector('${selector}')).${name}`,
      )
    expect(await style('.card', 'backgroundColor')).toBe('rgb(1, 2, 3)')
    expect(await style('.card', 'color')).toBe('rgb(255, 255, 255)')
    expect(await style('.title', 'fontSize')).toBe('40px')
    expect(await style('.name', 'textTransform')).toBe('uppercase')
    expect(await style('.name', 'height')).toBe('20.25px')
    expect(await style('.old', 'color')).toBe('rgb(5, 5, 5)')
    expect(await style('.old ~ .now', 'color')).toBe('rgb(9, 8, 7)')
    // The page's rules for its own elements stay outside.
    expect(await style('.item', 'display')).not.toBe('none')
    expect(await style('.item', 'width')).toBe('366.656px')
  })

  test('at a text size of twice the usual, nothing is cut off but what is left out', async () => {
    const page = await shop.newPage({ viewport: { width: 360, height: 800 } })
    await shop.open(
      { body: '<div data-grosz-slot="home"></div>', style: 'html{font-size:32px}' },
      page,
    )
    await ready(page)
    expect(await run(page, `document.documentElement.scrollWidth`)).toBe(360)
    const cut = await run(
      page,
      `[...document.querySelector('[data-grosz-slot]').shadowRoot.querySelectorAll('.price, .title')].filter((it) => it.scrollHeight > it.clientHeight + 1).map((it) => it.textContent)`,
    )
    expect(cut).toEqual([])
  })
})

/** Of each text in the widget, the contrast to what is behind it (WCAG 2.2, 1.4.3). */
const contrasts = (ground: string): string => `(() => {
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgb = (color, under) => {
    probe.fillStyle = under; probe.fillRect(0, 0, 1, 1); probe.fillStyle = color; probe.fillRect(0, 0, 1, 1)
    return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3)
  }
  const light = (parts) => parts.map((it) => it / 255).map((it) => it <= .04045 ? it / 12.92 : ((it + .055) / 1.055) ** 2.4)
    .reduce((sum, it, at) => sum + it * [.2126, .7152, .0722][at], 0)
  const shadow = document.querySelector('[data-grosz-slot]').shadowRoot
  return [...shadow.querySelectorAll('.title, .name, .now, .old')].map((it) => {
    let back = '${ground}'
    const card = it.closest('.card')
    if (card) back = 'rgb(' + rgb(getComputedStyle(card).backgroundColor, back) + ')'
    const [a, b] = [light(rgb(getComputedStyle(it).color, back)), light(rgb(back, '${ground}'))].sort((x, y) => y - x)
    return [it.textContent, (a + .05) / (b + .05)]
  })
})()`

describe.skipIf(chromiumPath === undefined)('the demo shops’ recommendations', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())

  const views = [
    ['desktop', 1_440, 900],
    ['phone', 390, 844],
  ] as const
  const pages = [
    ['home', '/', 'ruszaj'],
    ['category', '/?category=Buty', 'ruszaj'],
    ['product', '/p/bieg-01', 'ruszaj'],
    ['product-complements', '/p/bieg-01', 'ruszaj'],
    ['out-of-stock', '/p/kurt-01', 'ruszaj'],
    ['cart', '/cart', 'ruszaj'],
    ['search', '/search?q=zzz', 'ruszaj'],
    ['not-found', '/nothing', 'ruszaj'],
    ['thank-you', '/fenrow/thanks', 'fenrow'],
    ['home', '/fenrow', 'fenrow'],
  ] as const

  test.each(views)(
    'are on every kind of page, in the shop’s look, and move nothing: %s',
    async (view, width, height) => {
      const shop = new WidgetShop(browser)
      await shop.start()
      const { service } = shop
      const demo = await startDemoShop({
        host: '127.0.0.1',
        port: 0,
        collectorUrl: null,
        recommenderUrl: service.address,
      })
      try {
        const page = await shop.newPage({
          viewport: { width, height },
          isMobile: width < 500,
          hasTouch: width < 500,
        })
        await page.addInitScript(
          `${measureShifts}; for (const id of ['ruszaj', 'fenrow']) localStorage.setItem(id + '.consent', '{"ads":false,"personalization":false}')`,
        )
        service.title = ''
        for (const [slot, path, id] of pages) {
          service.items = itemsOf(id, demo.address).slice(1)
          await page.goto(demo.address + path)
          await becomes(
            page,
            `document.querySelector('[data-grosz-slot=${slot}]').dataset.groszState === 'ready'`,
          )
          const { shop: asker, page: kind, slots } = service.asked.at(-1)!
          expect([asker, slots.some((it) => it.slot === slot)]).toEqual([id, true])
          expect(slot.startsWith(kind!), slot).toBe(true)
          // Those two the shop's own script fills in, and moves what is below.
          if (!/cart|thanks/.test(path)) expect(await shifts(page), path).toEqual([])
          const name = `widget-${slot}-${view}`
          if (pictures !== '' && ['product', 'home'].includes(slot) && id === 'ruszaj') {
            await page.locator(`[data-grosz-slot=${slot}]`).scrollIntoViewIfNeeded()
            await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' })
          }
        }
        expect(shop.faults).toEqual([])
      } finally {
        await demo.close()
        await shop.stop()
      }
    },
  )

  test('follow the cart as it changes', async () => {
    const shop = new WidgetShop(browser)
    await shop.start()
    const demo = await startDemoShop({
      host: '127.0.0.1',
      port: 0,
      collectorUrl: null,
      recommenderUrl: shop.service.address,
    })
    shop.service.items = itemsOf('ruszaj', demo.address)
    try {
      const page = await shop.newPage()
      await page.addInitScript(
        `localStorage.setItem('ruszaj.consent', '{"ads":false,"personalization":false}')`,
      )
      for (const id of ['bieg-01', 'kurt-02']) {
        await page.goto(`${demo.address}/p/${id}`)
        await page.getByRole('button', { name: 'Dodaj do koszyka' }).click()
      }
      await page.goto(`${demo.address}/cart`)
      await becomes(page, isIn('ready'))
      expect(shop.service.asked.at(-1)).toMatchObject({ page: 'cart', cart: 'bieg-01,kurt-02' })
      await page.getByRole('button', { name: 'Usuń' }).first().click()
      await soon(() => shop.service.asked.at(-1)!.cart).toBe('kurt-02')
      expect(shop.faults).toEqual([])
    } finally {
      await demo.close()
      await shop.stop()
    }
  })
})
