// Goal: the demo shops have recommendations on every kind of page, in their own look, and none moves the page. Method:
// a real browser goes through them, on a phone's and a desktop's width. Skipped, aloud, where there is no Chromium.
//
// With GROSZ_SCREENSHOTS=docs/images it makes the pictures of docs/widget.md anew.
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDemoShop } from '../../src/demo-shop.js'
import { becomes, chromiumPath, startBrowser } from '../tag/pages.js'
import { isIn, itemsOf, measureShifts, shifts, soon, WidgetShop } from './pages.js'

const pictures = process.env['GROSZ_SCREENSHOTS'] ?? ''

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
