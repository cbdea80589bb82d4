// A shop's pages and a collector for the tag to talk to, on two origins as in life, and a browser to see
// them with. Tests wait for messages, never for time.
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

export const chromiumPath = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))

if (chromiumPath === undefined) console.warn('the tag is not tested: there is no Chromium here')

/** As `npm run build` makes it. */
export const tagPath = fileURLToPath(new URL('../../dist/src/tag/tag.min.js', import.meta.url))

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath!,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  })
}

export interface Sent {
  readonly type: string
  readonly messageId: string
  readonly timestamp: string
  readonly anonymousId: string
  readonly consent: { readonly ads: boolean; readonly personalization: boolean }
  readonly items?: readonly Readonly<Record<string, unknown>>[]
  readonly [name: string]: unknown
}

/** Where the tag comes from and its messages go to. */
export class Receiver {
  /** Everything that came, also a second time. */
  readonly all: { readonly shop: string; readonly message: Sent }[] = []
  /** What requests are answered with. */
  status = 200
  tcfVendorId = 0
  requestCount = 0
  readonly bodies: string[] = []
  readonly contentTypes: string[] = []
  readonly #server: Server
  #onMessage: () => void = () => undefined

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }
  get server(): Server {
    return this.#server
  }
  /** Each message once, in the order in which they came. */
  get messages(): Sent[] {
    const ids = new Set<string>()
    return this.all
      .map(({ message }) => message)
      .filter(({ messageId }) => !ids.has(messageId) && ids.add(messageId))
  }
  get types(): string[] {
    return this.messages.map(({ type }) => type)
  }

  /** @returns once so many different messages are here. */
  async until(count: number): Promise<Sent[]> {
    await this.untilTrue(() => this.messages.length >= count)
    return this.messages
  }

  async untilTrue(isTrue: () => boolean): Promise<void> {
    const deadline = AbortSignal.timeout(15_000)
    while (!isTrue()) {
      await new Promise<void>((resolve, reject) => {
        this.#onMessage = resolve
        deadline.onabort = () => reject(new Error(`only ${this.types.join(', ')} came`))
        deadline.throwIfAborted()
      })
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url!, 'http://collector')
    if (url.pathname === '/tag.js') {
      response.setHeader('Content-Type', 'text/javascript; charset=utf-8')
      const script = readFileSync(tagPath, 'utf8')
      response.end(script.replaceAll('TCF_VENDOR_ID', String(this.tcfVendorId)))
      return
    }
    response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*')
    response.setHeader('Access-Control-Allow-Credentials', 'true')
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => {
      this.requestCount++
      if (this.status === 200) this.#take(url, request, Buffer.concat(chunks).toString())
      response.writeHead(this.status).end('{}')
      this.#onMessage()
    })
  }

  #take(url: URL, request: IncomingMessage, body: string): void {
    this.bodies.push(body)
    this.contentTypes.push(request.headers['content-type'] ?? '')
    const { events } = JSON.parse(body) as { events: Sent[] }
    for (const message of events) this.all.push({ shop: url.searchParams.get('shop')!, message })
  }
}

export interface Visit {
  /** Runs before the tag is loaded, as a script of the page's own. */
  readonly before?: string
  readonly query?: string
  readonly shops?: readonly string[]
  /** As in a frame that is kept apart: no cookies, no storage. */
  readonly isSandboxed?: boolean
  /** Loads no tag. */
  readonly isBare?: boolean
}

/** One person's browser at a shop whose pages allow nothing but their own scripts and the collector. */
export class Shop {
  readonly receiver = new Receiver()
  readonly faults: string[] = []
  #visit: Visit = {}
  readonly #server: Server
  #browser: Browser | null = null
  #context: BrowserContext | null = null

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  async start(browser: Browser): Promise<void> {
    this.#browser = browser
    await listen(this.#server)
    await listen(this.receiver.server)
  }

  async stop(): Promise<void> {
    await this.#context?.close()
    for (const server of [this.#server, this.receiver.server]) {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async newPage(): Promise<Page> {
    this.#context ??= await this.#browser!.newContext()
    const page = await this.#context.newPage()
    page.on('pageerror', (error) => this.faults.push(String(error)))
    page.on('console', (message) => {
      // A collector that is gone is noted by the browser itself.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        this.faults.push(message.text())
    })
    return page
  }

  /** Opens a page of the shop; resolves once the tag has run. */
  async open(visit: Visit = {}, page?: Page): Promise<Page> {
    this.#visit = visit
    const opened = page ?? (await this.newPage())
    await opened.goto(`${this.address}/${visit.query ?? ''}`, { waitUntil: 'load' })
    return opened
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { before = '', shops = ['ruszaj'], isBare = false, isSandboxed = false } = this.#visit
    const path = request.url!.split('?')[0]
    if (path === '/before.js') {
      response.setHeader('Content-Type', 'text/javascript')
      response.end(before)
    } else if (path === '/favicon.ico') response.writeHead(204).end()
    else {
      const { address } = this.receiver
      response.setHeader('Content-Type', 'text/html')
      response.setHeader(
        'Content-Security-Policy',
        `default-src 'none'; script-src 'self' ${address}; connect-src ${address}; require-trusted-types-for 'script'${isSandboxed ? '; sandbox allow-scripts' : ''}`,
      )
      const tags = isBare
        ? []
        : shops.map((it) => `<script src="${address}/tag.js?shop=${it}"></script>`)
      response.end(
        `<!doctype html><title>Shop</title><script src="/before.js"></script>${tags.join('')}<p>Hello`,
      )
    }
  }
}

const listen = (server: Server): Promise<void> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

/** What pages with Google's tag begin with. */
export const gtag = `window.dataLayer = window.dataLayer || []
function gtag() { dataLayer.push(arguments) }
`
const settings = (ads: string, personalization: string): string =>
  `{ ad_storage: '${ads}', ad_user_data: '${ads}', ad_personalization: '${ads}', personalization_storage: '${personalization}', analytics_storage: '${ads}' }`
export const askFirst = `${gtag}gtag('consent', 'default', ${settings('denied', 'denied')})
`
export const agree = `gtag('consent', 'update', ${settings('granted', 'granted')})
`
export const refuse = `gtag('consent', 'update', ${settings('denied', 'denied')})
`

/** Everything that the page keeps at the browser. */
export const kept = (page: Page): Promise<{ cookies: string; stored: Record<string, string> }> =>
  page.evaluate(() => {
    const { document, localStorage } = globalThis as unknown as {
      document: { cookie: string }
      localStorage: Record<string, string>
    }
    return { cookies: document.cookie, stored: { ...localStorage } }
  })

/** Runs a script in the page, as one of its own would. */
export const run = (page: Page, script: string): Promise<unknown> => page.evaluate(script)

/** Waits until an expression holds in the page. */
export const becomes = (page: Page, expression: string): Promise<void> =>
  expect.poll(() => run(page, expression), { timeout: 15_000, message: expression }).toBe(true)

/** Leaves the page; what it had to say it has said by the time that the receiver answers this. */
export async function leave(page: Page, { address }: Receiver): Promise<void> {
  await page.goto('about:blank')
  await page.close()
  await fetch(`${address}/tag.js`)
}
