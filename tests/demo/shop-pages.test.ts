// Goal: the demo shops are shops: one finds, puts into the cart, buys; and they tell their data layer of it as
// Google's documentation says. They can be used with a small screen, by keyboard and by ear. Method: a real
// browser goes shopping, under the pages' own Content-Security-Policy. Skipped where there is no Chromium.
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findDemoProduct } from '../../src/demo/shops.js'
import { type DemoShopServer, startDemoShop } from '../../src/demo-shop.js'

const chromiumPath = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))

const shoes = findDemoProduct('bieg-01')!.product
const jacket = findDemoProduct('kurt-02')!.product
const priceOf = ({ priceMicros, salePriceMicros }: typeof shoes): number =>
  (salePriceMicros ?? priceMicros) / 1e6

interface Told {
  readonly currency?: string
  readonly value?: number
  readonly transaction_id?: string
  readonly search_term?: string
  readonly items?: readonly { readonly item_id: string; readonly quantity: number }[]
  readonly [name: string]: unknown
}

describe.skipIf(chromiumPath === undefined)('the demo shops in a browser', () => {
  let server: DemoShopServer
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    server = await startDemoShop({ host: '127.0.0.1', port: 0, collectorUrl: null })
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })
  beforeEach(async () => {
    faults = []
    context = await browser.newContext()
    page = await context.newPage()
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
  })
  afterEach(async () => {
    await context.close()
    expect(faults).toEqual([])
  })

  const open = (path: string) => page.goto(server.address + path)
  const follow = async (name: string, url: string): Promise<void> => {
    await page.getByRole('link', { name }).click()
    await page.waitForURL(url)
  }
  const refuse = () => page.getByRole('button', { name: 'Nie zgadzam się' }).click()
  /** What the page has told so far, as `[name, parameters]`. */
  const events = async (): Promise<[string, Told][]> => {
    const layer = await page.evaluate<unknown[][]>(`dataLayer.map((entry) => [...entry])`)
    return layer.filter(([kind]) => kind === 'event').map(([, name, told]) => [name, told] as never)
  }
  const consents = async (): Promise<unknown[]> => {
    const layer = await page.evaluate<unknown[][]>(`dataLayer.map((entry) => [...entry])`)
    return layer.filter(([kind]) => kind === 'consent').map(([, mode, signals]) => [mode, signals])
  }
  const grosz = (): Promise<unknown[][]> => page.evaluate(`window.grosz?.q ?? []`)

  test('from a search to an order, told step by step', async () => {
    await open('/')
    await refuse()
    await page.getByRole('searchbox', { name: 'Szukaj' }).fill('zefir turvano')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/search?q=zefir+turvano')
    expect(await events()).toEqual([
      ['view_search_results', expect.objectContaining({ search_term: 'zefir turvano' })],
    ])
    await follow(shoes.title, '**/p/bieg-01')
    await page.getByRole('button', { name: 'Dodaj do koszyka' }).click()
    expect(await page.getByRole('status').textContent()).toBe('Dodano do koszyka')
    const item = {
      item_id: 'bieg-01',
      item_name: shoes.title,
      item_brand: shoes.brand,
      item_category: 'Buty',
      item_category2: 'Do biegania',
      price: priceOf(shoes),
      quantity: 1,
    }
    const told = { currency: 'PLN', value: priceOf(shoes), items: [item] }
    expect(await events()).toEqual([
      ['view_item', told],
      ['add_to_cart', told],
    ])
    await open('/p/kurt-02')
    await page.getByRole('button', { name: 'Dodaj do koszyka' }).click()

    await follow('Koszyk', '**/cart')
    const both = Math.round((priceOf(shoes) + priceOf(jacket)) * 100) / 100
    expect((await events())[0]).toEqual([
      'view_cart',
      expect.objectContaining({
        value: both,
        items: [item, expect.objectContaining({ item_id: 'kurt-02' })],
      }),
    ])
    await page.getByRole('button', { name: 'O jeden więcej' }).first().click()
    await page.getByRole('button', { name: 'O jeden mniej' }).first().click()
    await page.getByRole('button', { name: 'Usuń' }).last().click()
    expect(
      (await events())
        .slice(1)
        .map(([name, { items }]) => [name, items![0]!.item_id, items![0]!.quantity]),
    ).toEqual([
      ['add_to_cart', 'bieg-01', 1],
      ['remove_from_cart', 'bieg-01', 1],
      ['remove_from_cart', 'kurt-02', 1],
    ])

    await follow('Przejdź do kasy', '**/checkout')
    expect(await events()).toEqual([['begin_checkout', told]])
    await page.getByLabel('Imię i nazwisko').fill('Jan Nowak')
    await page.getByLabel('E-mail').fill('jan@example.com')
    await page.getByLabel('Ulica i numer').fill('Polna 1')
    await page.getByLabel('Kod pocztowy').fill('00-001')
    await page.getByLabel('Miejscowość').fill('Warszawa')
    await page.getByLabel('To prezent dla kogoś').check()
    await page.getByRole('button', { name: 'Zamawiam' }).click()
    await page.waitForURL('**/thanks')
    const [[name, purchase]] = (await events()) as [[string, Told]]
    expect(name).toBe('purchase')
    expect(purchase).toEqual({ ...told, transaction_id: expect.any(String), gift: true })
    expect(await page.getByRole('main').textContent()).toContain(purchase.transaction_id)
    // Looked at again, it isn't bought again; and the cart is empty.
    await page.reload()
    expect(await events()).toEqual([])
    await follow('Koszyk', '**/cart')
    expect(await page.getByRole('main').textContent()).toContain('Koszyk jest pusty')
  })

  test('the question for consent: nothing before it is answered, then what was answered, on every page', async () => {
    const signals = (ads: string, personal: string) => ({
      ad_storage: ads,
      ad_user_data: ads,
      ad_personalization: ads,
      personalization_storage: personal,
      analytics_storage: 'denied',
    })
    const before = ['default', { ...signals('denied', 'denied'), wait_for_update: 500 }]
    await open('/')
    expect(await consents()).toEqual([before])
    await page.getByRole('button', { name: 'Zgadzam się', exact: true }).click()
    expect(await consents()).toEqual([before, ['update', signals('granted', 'granted')]])
    await open('/p/bieg-01')
    expect(await page.getByRole('dialog').isVisible()).toBe(false)
    expect(await consents()).toEqual([before, ['update', signals('granted', 'granted')]])
    await page.getByRole('button', { name: 'Ustawienia ciasteczek' }).click()
    await page.getByLabel('Reklamy dobrane').uncheck()
    await page.getByRole('button', { name: 'Zapisz wybór' }).click()
    expect((await consents()).at(-1)).toEqual(['update', signals('denied', 'granted')])
    // Another shop is another's to answer.
    await open('/fenrow')
    expect(await page.getByRole('dialog').isVisible()).toBe(true)
    await page.getByRole('button', { name: 'Refuse' }).click()
    expect((await consents()).at(-1)).toEqual(['update', signals('denied', 'denied')])
  })

  test('favourites are there on the next page, and gone when they are taken off', async () => {
    await open('/p/bieg-01')
    await refuse()
    await page.getByRole('button', { name: 'Dodaj do ulubionych' }).click()
    await page.getByRole('button', { name: 'Usuń z ulubionych', pressed: true }).waitFor()
    expect((await events()).at(-1)![0]).toBe('add_to_wishlist')
    await follow('Ulubione', '**/wishlist')
    await page.getByRole('button', { name: 'Usuń' }).click()
    expect((await events()).map(([name]) => name)).toEqual(['remove_from_wishlist'])
    expect(await page.getByRole('main').textContent()).toContain('Nie masz jeszcze ulubionych')
  })

  test('a category is told of as a list', async () => {
    await open(`/?category=${encodeURIComponent('Buty › Do biegania')}`)
    const [[name, told]] = (await events()) as [[string, Told]]
    expect([name, told['item_list_name']]).toEqual(['view_item_list', 'Buty › Do biegania'])
    expect(told.items!.length).toBeGreaterThan(10)
  })

  test('who logs in, out, or waits for a product is told to the tag by name', async () => {
    await open('/account')
    await refuse()
    await page.getByLabel('Numer klienta').fill('1042')
    await page.getByRole('button', { name: 'Zaloguj się' }).click()
    expect(await grosz()).toEqual([['identify', { customerId: '1042', email: '' }]])
    await page.evaluate(`grosz.q.length = 0`)
    await page.getByRole('button', { name: 'Wyloguj się' }).click()
    await page.getByLabel('Numer klienta').waitFor()
    await open('/p/kurt-01')
    await page.getByLabel('E-mail').fill('jan@example.com')
    await page.getByRole('button', { name: 'Powiadom mnie' }).click()
    expect(await grosz()).toEqual([
      ['identify', { customerId: '', email: 'jan@example.com' }],
      ['event', 'back_in_stock', { items: [{ item_id: 'kurt-01' }] }],
    ])
  })

  test.each([
    ...['/', '/?category=Buty', '/p/bieg-01', '/p/kurt-01', '/cart', '/wishlist', '/checkout'],
    ...['/account', '/search?q=namiot', '/privacy', '/thanks', '/fenrow', '/fenrow/cart'],
  ])('%s fits on screens of any width, and all of it has a name', async (path) => {
    const lines = [{ product: { ...shoes, price: priceOf(shoes) }, quantity: 2 }]
    await page.addInitScript(`localStorage.setItem('ruszaj.cart', '${JSON.stringify(lines)}')`)
    await open(path)
    for (const width of [320, 360, 768, 1_280]) {
      await page.setViewportSize({ width, height: 800 })
      expect(await page.evaluate<number>(`document.documentElement.scrollWidth`)).toBe(width)
    }
    expect(await page.evaluate(unnamedText)).toEqual([])
  })
})

/** Runs in the page, so it is text: what one can use or see and no screen reader has a word for. */
const unnamedText = `[...document.querySelectorAll('a:not([aria-hidden]), button, input, img, [role=dialog]')]
  .filter((it) => it.checkVisibility())
  .filter((it) => !(it.ariaLabel || it.textContent.trim() || it.labels?.length || it.getAttribute('aria-labelledby') || it.hasAttribute('alt') || it.querySelector('img[alt]:not([alt=""])')))
  .map((it) => it.outerHTML.slice(0, 100))`
