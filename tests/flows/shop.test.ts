// Goal: what somebody does at a shop changes what is bid for them within a second, in the browser that they did it in,
// and only as long as they agree. Method: the real programs with the demo shops; a real browser goes shopping, then
// meets an exchange, which asks for bids for it. Skipped, aloud, where there is no Chromium.
//
// With GROSZ_SCREENSHOTS=docs/images it makes the pictures of docs/walk-through-cart.md anew.
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findDemoProduct } from '../../src/demo/shops.js'
import {
  type Bid,
  bannerRequest,
  eventually,
  newDataDir,
  postBid,
  type System,
  startSystem,
} from './system.js'

const chromiumPath = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))
if (chromiumPath === undefined) console.warn('the shop is not tested: there is no Chromium here')

const pictures = process.env['GROSZ_SCREENSHOTS'] ?? ''
const titleOf = (id: string): string => findDemoProduct(id)!.product.title
const [shoes, jacket] = ['bieg-01', 'kurt-02']

describe.skipIf(chromiumPath === undefined)('a browser at a demo shop', () => {
  const data = newDataDir()
  let system: System
  let browser: Browser
  let context: BrowserContext
  let page: Page
  /** What the exchange calls the browser from its sync on. */
  let uid = ''
  const faults: string[] = []

  beforeAll(async () => {
    system = await startSystem(data.path)
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    })
    context = await browser.newContext({ viewport: { width: 1_280, height: 800 } })
    page = await context.newPage()
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      // What the bidder hasn't got, as a picture for the tab, is no fault of the shop's.
      const isOfShop = !message.location().url.startsWith(system.bidder)
      if (message.type() === 'error' && isOfShop) faults.push(message.text())
    })
  })
  afterAll(async () => {
    await browser?.close()
    await system?.stop()
    data.remove()
  })

  const open = (path: string) => page.goto(system.demo + path)
  const addToCart = () => page.getByRole('button', { name: 'Dodaj do koszyka' }).click()
  const cookieUid = async (): Promise<string> => {
    const cookies = await context.cookies(system.bidder)
    return cookies.find(({ name }) => name === 'grosz_uid')?.value ?? ''
  }
  const picture = async (name: string): Promise<void> => {
    if (pictures !== '')
      await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' })
  }
  /** @returns the first bid for the person that this holds for; one that comes too late is no bid. */
  async function bidFor(
    person: string,
    isWanted: (bid: Bid) => boolean = () => true,
  ): Promise<Bid> {
    let found: Bid | undefined
    await eventually('such a bid', async () => {
      const { bids } = await postBid(system, bannerRequest(person))
      found = bids.find(isWanted)
      return found !== undefined
    })
    return found!
  }

  test('is a stranger until its person agrees: no cookie, nothing kept, nothing sent', async () => {
    const sent: string[] = []
    page.on('request', (request) => {
      if (request.method() !== 'POST') return
      // What anybody is recommended may be asked for, and looked at, by somebody who isn't named.
      const isAboutNobody = !(request.postData() ?? '').includes('"person"')
      if (!request.url().includes('/v1/recommendations/') || !isAboutNobody)
        sent.push(request.url())
    })
    await open(`/p/${shoes}`)
    await page.waitForFunction(() => 'grosz' in globalThis)
    await picture('cart-1-consent')
    expect(await context.cookies()).toEqual([])
    expect(await page.evaluate('localStorage.length')).toBe(0)
    expect(sent).toEqual([])
  })

  test('with two things in its cart it is worth more, and is shown both', async () => {
    await page.getByRole('button', { name: 'Zgadzam się', exact: true }).click()
    await addToCart()
    await picture('cart-2-product')
    await open(`/p/${jacket}`)
    await addToCart()
    await open('/cart')
    await picture('cart-3-cart')
    // The last page is left: from here on only the exchange sees the browser.
    await page.goto('about:blank')
    await eventually('the collector gave the browser an id', async () => (await cookieUid()) !== '')
    const before = await cookieUid()
    expect((await page.goto(`${system.bidder}/sync/demo`))!.status()).toBe(200)
    uid = await cookieUid()
    expect(uid, 'a sync finds the id that the shop’s page led to').toBe(before)

    const stranger = await bidFor('somebody-else')
    const bid = await bidFor(uid, ({ adm }) => adm.includes(titleOf(jacket!)))
    expect(bid.cid).toBe('ruszaj-cart')
    expect(bid.adm).toContain(titleOf(shoes!))
    expect(bid.adm).toContain('Wróć do koszyka')
    expect(bid.price).toBeGreaterThan(stranger.price * 1.5)
    expect(stranger.adm).not.toContain(titleOf(jacket!))
    if (pictures !== '') await showAdvert(bid)
  })

  test('what is put in or taken out changes the bid within a second', async () => {
    await open('/cart')
    const remove = page.getByRole('button', { name: 'Usuń' })
    await remove.first().click()
    const tookMs: number[] = []
    /** @param click after which the browser has a cart, or none. */
    async function changesBid(click: () => Promise<void>, hasCart: boolean): Promise<void> {
      await page.evaluate('addEventListener("click", () => { clickedMs = Date.now() }, true)')
      await click()
      await bidFor(uid, ({ cid }) => (cid === 'ruszaj-cart') === hasCart)
      tookMs.push(Date.now() - (await page.evaluate<number>('clickedMs')))
    }
    for (let round = 0; round < 3; round++) {
      await open('/cart')
      await changesBid(() => remove.click(), false)
      await open(`/p/${shoes}`)
      await changesBid(addToCart, true)
    }
    console.info(`from a click to its bid: ${tookMs.join(', ')} ms`)
    expect(tookMs.sort((a, b) => a - b)[tookMs.length >> 1]).toBeLessThan(1_000)
  })

  test('after the order nothing is left to remind of', async () => {
    await open('/checkout')
    await page.getByLabel('Imię i nazwisko').fill('Jan Nowak')
    await page.getByLabel('E-mail').fill('jan@example.com')
    await page.getByLabel('Ulica i numer').fill('Polna 1')
    await page.getByLabel('Kod pocztowy').fill('00-001')
    await page.getByLabel('Miejscowość').fill('Warszawa')
    await page.getByRole('button', { name: 'Zamawiam' }).click()
    await page.waitForURL('**/thanks')
    const bid = await bidFor(uid, ({ cid }) => cid !== 'ruszaj-cart')
    expect(bid.adm).not.toContain('Wróć do koszyka')
  })

  test('whose person takes their consent back is a stranger again at once', async () => {
    await open(`/p/${shoes}`)
    await addToCart()
    await bidFor(uid, ({ cid }) => cid === 'ruszaj-cart')
    await page.getByRole('button', { name: 'Ustawienia ciasteczek' }).click()
    await page.getByRole('button', { name: 'Nie zgadzam się' }).click()
    const stranger = await bidFor('somebody-else')
    const bid = await bidFor(uid, ({ cid }) => cid === stranger.cid)
    expect(bid.price).toBe(stranger.price)
    await eventually('nothing is kept in the browser', async () => {
      const names = await page.evaluate<string[]>('Object.keys(localStorage)')
      return !names.some((name) => name.startsWith('_grosz'))
    })
    expect((await context.cookies(system.demo)).map(({ name }) => name)).not.toContain(
      '_grosz_ruszaj',
    )
  })

  test('saw no fault on any page', () => expect(faults).toEqual([]))

  /** A publisher's page with the advert that was bid. */
  async function showAdvert({ adm, w, h }: Bid): Promise<void> {
    const lines = '<p style="height:14px;border-radius:7px;background:#e3e6e8"></p>'.repeat(22)
    const html =
      '<!doctype html><meta charset="utf-8"><body style="max-width:860px;margin:48px auto;font:18px/1.5 Georgia,serif"><p style="color:#56616b">news.example</p>' +
      '<h1>Po deszczu wyjdzie słońce</h1><p>W sobotę chmury rozejdą się przed południem, w górach dopiero wieczorem.</p>' +
      `<iframe src="/advert" width="${w}" height="${h}" style="border:0;float:right;margin:0 0 24px 32px"></iframe>${lines}`
    const advert = `<!doctype html><meta charset="utf-8"><body style="margin:0">${adm}`
    const publisher = createServer((request, response) => {
      response.setHeader('Content-Type', 'text/html')
      response.end(request.url === '/advert' ? advert : html)
    })
    await new Promise<void>((resolve) => publisher.listen(0, '127.0.0.1', resolve))
    try {
      await page.goto(`http://127.0.0.1:${(publisher.address() as AddressInfo).port}/`)
      await picture('cart-4-advert')
    } finally {
      publisher.closeAllConnections()
      publisher.close()
    }
  }
})
