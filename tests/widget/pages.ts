// A shop's page and a service for the widget to ask, on two origins as in life, and a browser to see them with.
// The service answers as `POST /v1/recommendations/batch` does, in whatever way a test wants it to misbehave.
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { drawPicture } from '../../src/demo/picture.js'
import { demoShops, findDemoProduct } from '../../src/demo/shops.js'
import { labelsJson } from '../../src/storefront/words.js'
import { becomes, run, startBrowser } from '../tag/pages.js'

/** As `npm run build` makes it. */
export const widgetPath = fileURLToPath(
  new URL('../../dist/src/widget/widget.min.js', import.meta.url),
)

export interface Asked {
  readonly shop: string
  readonly page?: string
  readonly product?: string | readonly string[]
  readonly category?: string
  readonly q?: string
  readonly cart?: string | readonly string[]
  readonly language?: string
  readonly labels: true
  readonly person?: string
  readonly exclude?: readonly string[]
  readonly slots: readonly { readonly slot?: string; readonly limit?: number }[]
}
export interface Told {
  readonly answer: string
  readonly type: 'view' | 'click'
  readonly product: string
  readonly person?: string
}
type Json = Readonly<Record<string, unknown>>

const [, fenrow] = demoShops
const [ruszaj] = demoShops
const stocked = (shop: typeof ruszaj) => shop!.products.filter((it) => it.inStock)

/** Products as the service has them. */
export const itemsOf = (shop: 'ruszaj' | 'fenrow', origin: string): Json[] =>
  stocked(shop === 'fenrow' ? fenrow : ruszaj)
    // One of each colour and kind in turn.
    .map((it, at, all) => all[(at * 17) % all.length] ?? it)
    .map(({ id, title, link, image, priceMicros, salePriceMicros, currency, brand }) => ({
      product: id,
      title,
      url: origin + link,
      image: origin + image,
      price: priceMicros / 1e6,
      ...(salePriceMicros === undefined ? {} : { salePrice: salePriceMicros / 1e6 }),
      currency,
      brand,
      source: 'neighbours',
    }))

/** Where the widget comes from, and its products. */
export class Service {
  readonly asked: Asked[] = []
  readonly told: Told[] = []
  readonly requests: { readonly path: string; readonly type: string; readonly cookie: string }[] =
    []
  /** What it has to show; the shop's pages put their own address before. */
  items: readonly Json[] = []
  title: string | null = 'Inni oglądali też'
  /** Of answers. */
  status = 200
  /** Instead of an answer. */
  body: string | null = null
  /** Answers never come. */
  isSilent = false
  /** Answers wait for this. */
  until: Promise<void> = Promise.resolve()
  readonly server: Server

  constructor() {
    this.server = createServer((request, response) => void this.#answer(request, response))
  }

  get address(): string {
    return addressOf(this.server)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url!.split('?')[0]!
    if (path === '/widget.js') {
      response.setHeader('Content-Type', 'text/javascript; charset=utf-8')
      response.end(readFileSync(widgetPath))
      return
    }
    const { headers, method } = request
    this.requests.push({
      path: `${method} ${path}`,
      type: headers['content-type'] ?? '',
      cookie: headers.cookie ?? '',
    })
    response.setHeader('Access-Control-Allow-Origin', '*')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    if (path.endsWith('/events')) {
      const { person, events } = JSON.parse(text) as { person?: string; events: Told[] }
      this.told.push(...events.map((it) => (person === undefined ? it : { ...it, person })))
      response.writeHead(204).end()
      return
    }
    const asked = JSON.parse(text) as Asked
    this.asked.push(asked)
    if (this.isSilent) return
    await this.until
    const type = { 'Content-Type': 'application/json' }
    response.writeHead(this.status, type).end(this.body ?? JSON.stringify(this.#answers(asked)))
  }

  /** No product twice on a page. */
  #answers({ slots, exclude = [], page = 'home', language = '' }: Asked): Json {
    const left = this.items.filter(({ product }) => !exclude.includes(product as string))
    let from = 0
    const answers = slots.map(({ slot = page, limit = 12 }, at) => {
      const items = left.slice(from, from + limit)
      from += limit
      const title = this.title
      return { id: `answer-${this.asked.length}-${at}`, slot, page, title, items }
    })
    return { answers, labels: JSON.parse(labelsJson(language, 'en')) as Json }
  }
}

export interface Content {
  /** HTML within the body. */
  readonly body: string
  readonly head?: string
  readonly language?: string
  /** Runs before the widget is loaded, as a script of the page's own. */
  readonly before?: string
  /** CSS, in a file of the page's own. */
  readonly style?: string
  /** Attributes and all; null for the usual one line. */
  readonly scripts?: (service: string) => string
}

/** A shop whose pages allow nothing but their own files and the service. */
export class WidgetShop {
  readonly service = new Service()
  /** Errors on the page, and breaches of its policy. */
  readonly faults: string[] = []
  #content: Content = { body: '' }
  #contexts: BrowserContext[] = []
  readonly #browser: Browser
  readonly #server: Server

  constructor(browser: Browser) {
    this.#browser = browser
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  async start(): Promise<void> {
    await listen(this.#server)
    await listen(this.service.server)
    this.service.items = itemsOf('ruszaj', this.address)
  }

  async stop(): Promise<void> {
    for (const context of this.#contexts) await context.close()
    for (const server of [this.#server, this.service.server]) {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  get address(): string {
    return addressOf(this.#server)
  }

  async newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext(options)
    this.#contexts.push(context)
    const page = await context.newPage()
    page.on('pageerror', (error) => this.faults.push(String(error)))
    page.on('console', (message) => {
      // A service that is gone is noted by the browser itself.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        this.faults.push(message.text())
    })
    return page
  }

  /** What pages are from now on. */
  set(content: Content): void {
    this.#content = content
  }

  async open(content: Content, page?: Page): Promise<Page> {
    this.set(content)
    const opened = page ?? (await this.newPage())
    await opened.goto(`${this.address}/`, { waitUntil: 'load' })
    return opened
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!.split('?')[0]!
    const { before = '', style = '' } = this.#content
    const product = /^\/img\/([\w-]+)\.svg$/.exec(path)?.[1]
    const found = product === undefined ? undefined : findDemoProduct(product)?.product
    if (found !== undefined)
      response
        .setHeader('Content-Type', 'image/svg+xml')
        .end(drawPicture(found.kind, found.colourway))
    else if (path === '/before.js')
      response.setHeader('Content-Type', 'text/javascript').end(before)
    else if (path === '/style.css')
      response.setHeader('Content-Type', 'text/css').end(baseStyle + style)
    else if (path === '/') this.#page(response)
    else if (path.startsWith('/p/'))
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Product</title>')
    else response.writeHead(path === '/favicon.ico' ? 204 : 404).end()
  }

  #page(response: ServerResponse): void {
    const { body, head = '', language = 'pl', scripts } = this.#content
    const { address } = this.service
    const line = scripts?.(address) ?? oneLine(address)
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.setHeader(
      'Content-Security-Policy',
      `default-src 'none'; base-uri 'none'; img-src 'self'; style-src 'self'; script-src 'self' ${address}; connect-src ${address}; require-trusted-types-for 'script'`,
    )
    response.end(
      `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Shop</title>` +
        `<link rel="stylesheet" href="/style.css"><script src="/before.js"></script>${line}${head}</head><body>${body}</body></html>`,
    )
  }
}

export const oneLine = (service: string, shop = 'ruszaj'): string =>
  `<script async src="${service}/widget.js?shop=${shop}"></script>`

const baseStyle =
  'body{max-width:1160px;margin:0 auto;padding:0 16px;font:16px/1.5 "Liberation Sans",Arial,sans-serif;color:#17231d;background:#fff}.tall{height:1800px}'

const addressOf = (server: Server): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const listen = (server: Server): Promise<void> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

/** What comes a moment later, on a busy machine too. */
export const soon = <T>(value: () => T) => expect.poll(value, { timeout: 15_000 })

/** Waits until so many slots have their products. */
export const ready = (page: Page, count = 1): Promise<void> =>
  becomes(page, `document.querySelectorAll('[data-grosz-state=ready]').length === ${count}`)

/** Whether the page's first slot is so: an expression for the page. */
export const isIn = (state: string): string =>
  `document.querySelector('[data-grosz-slot]').dataset.groszState === '${state}'`

/** Lets a page note what moves in view without anybody having touched it. */
export const measureShifts = `window.shifts = []
new PerformanceObserver((list) => {
  for (const it of list.getEntries()) shifts.push({ value: it.value, of: it.sources.map((s) => s.node && (s.node.id || s.node.nodeName)) })
}).observe({ type: 'layout-shift', buffered: true })`

/** What has moved so far. */
export async function shifts(page: Page): Promise<unknown> {
  // Two frames: what moved in the last one is told in the next.
  await run(page, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`)
  await run(page, `new Promise((done) => setTimeout(done, 100))`)
  return run(page, 'shifts')
}

/**
 * A browser for all tests around, and for each a shop of its own, on whose pages nothing may go wrong.
 *
 * @param use called before each test.
 */
export function withShop(use: (shop: WidgetShop, browser: Browser) => void): void {
  let browser: Browser
  let shop: WidgetShop
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    shop = new WidgetShop(browser)
    await shop.start()
    use(shop, browser)
  })
  afterEach(async () => {
    await shop.stop()
    expect(shop.faults).toEqual([])
  })
}
