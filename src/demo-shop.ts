/** Serves the demo shops: what a click in the demo leads to, the pictures in its adverts, its films and spots. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { byteRangeOf } from './demo/byte-range.js'
import { logos, tabIcons } from './demo/logo.js'
import { demoMediaFiles } from './demo/media.js'
import {
  accountPage,
  cartPage,
  checkoutPage,
  notFoundPage,
  privacyPage,
  thanksPage,
  wishlistPage,
} from './demo/own-pages.js'
import { linkTo, type Page, renderPage, type ShopPage, shopPages } from './demo/page-frame.js'
import { styleSheet } from './demo/page-style.js'
import { categoryPage, homePage, productPage, searchPage } from './demo/pages.js'
import { drawPicture } from './demo/picture.js'
import { type DemoShop, demoShops, findDemoProduct } from './demo/shops.js'
import { localHost } from './run/port.js'
import { packageRoot } from './run/settings.js'

export interface DemoShopServer {
  /** Without a slash at the end. */
  readonly address: string
  close(): Promise<void>
}

export interface DemoShopOptions {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  /** Where browsers reach the collector, without a slash at the end; null: pages have no tag. */
  readonly collectorUrl: string | null
  /** Where browsers reach the recommender, without a slash at the end; null, or not said: pages have no widgets. */
  readonly recommenderUrl?: string | null
}

/** @throws Error where the port is taken, a film isn't in config/demo, or the pages' script isn't built. */
export async function startDemoShop(options: DemoShopOptions): Promise<DemoShopServer> {
  const site = new Site(options.collectorUrl, options.recommenderUrl ?? null)
  const server = createServer((request, response) => {
    const isHead = request.method === 'HEAD'
    if (isHead || request.method === 'GET')
      send(
        response,
        isHead,
        request.headers,
        site.answer(request.url ?? '/', request.headers.host ?? ''),
      )
    else response.writeHead(405, { Allow: 'GET, HEAD' }).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => resolve())
  })
  const { port } = server.address() as AddressInfo
  return {
    address: `http://${localHost(options.host)}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string | Buffer
  readonly policy: string
}

/** Pictures are drawings, and films are watched: whoever opens one by itself runs nothing. */
const filePolicy = "default-src 'self'; style-src 'unsafe-inline'; script-src 'none'"

const file = (type: string, body: string | Buffer): Answer => ({
  status: 200,
  type,
  body,
  policy: filePolicy,
})
const svg = (body: string): Answer => file('image/svg+xml', body)

class Site {
  readonly #collectorUrl: string | null
  readonly #recommenderUrl: string | null
  /** Films, spots and scripts, by path: little more than a megabyte. */
  readonly #files: ReadonlyMap<string, Answer>

  constructor(collectorUrl: string | null, recommenderUrl: string | null) {
    this.#collectorUrl = collectorUrl
    this.#recommenderUrl = recommenderUrl
    this.#files = new Map([...readMedia(), ...readScripts()])
  }

  /**
   * @param target path and query as sent.
   * @param host by which the browser calls us, with the port.
   */
  answer(target: string, host: string): Answer {
    const [path = '/', query = ''] = target.split('?', 2)
    const around: Around = {
      host,
      collectorUrl: serverBeside(this.#collectorUrl, host),
      recommenderUrl: serverBeside(this.#recommenderUrl, host),
    }
    for (const shop of demoShops) {
      const page = pageAt(shop, path, new URLSearchParams(query))
      if (page === 'nothing') return html(shop, notFoundPage(shop), around, 404)
      if (page !== null) return html(shop, page, around)
    }
    const [shop] = demoShops as [DemoShop]
    return this.#files.get(path) ?? drawn(path) ?? html(shop, notFoundPage(shop), around, 404)
  }
}

/** As a page's browser knows the servers. */
interface Around {
  readonly host: string
  readonly collectorUrl: string | null
  readonly recommenderUrl: string | null
}

/**
 * On one's own machine, another server by the name that the page goes by: to a browser, `localhost` and
 * `127.0.0.1` are two sites, and cookies of the one are a stranger's on the other.
 */
function serverBeside(url: string | null, host: string): string | null {
  const isLocal = host.startsWith('localhost:')
  return isLocal ? (url?.replace('//127.0.0.1:', '//localhost:') ?? null) : url
}

function html(shop: DemoShop, page: Page, around: Around, status = 200): Answer {
  const { collectorUrl, recommenderUrl, host } = around
  const scriptOf = (server: string | null, name: string): string | null =>
    server === null ? null : `${server}/${name}?shop=${shop.id}`
  const servers = [collectorUrl, recommenderUrl]
    .filter((url) => url !== null)
    .map((url) => ` ${new URL(url).origin}`)
    .join('')
  // Recommended products' pictures have the shop's own address, by whatever name this page is known.
  const own = host.startsWith('localhost:')
    ? ` ${`http://${host}`.replace('localhost', '127.0.0.1')}`
    : ''
  return {
    status,
    type: 'text/html; charset=utf-8',
    body: renderPage(shop, page, {
      tagUrl: scriptOf(collectorUrl, 'tag.js'),
      widgetUrl: scriptOf(recommenderUrl, 'widget.js'),
    }),
    // Nothing inline and nothing of strangers, as a careful shop would have it.
    policy:
      "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; " +
      `img-src 'self'${own}; style-src 'self'; script-src 'self'${servers}; connect-src 'self'${servers}`,
  }
}

/** Pictures, and style sheets; null where the path is none's. */
function drawn(path: string): Answer | null {
  const [, kind, name = ''] =
    /^\/(img|logo|icon|style)\/([\w-]{1,64})\.(?:svg|css)$/.exec(path) ?? []
  if (kind === 'logo' && Object.hasOwn(logos, name)) return svg(logos[name]!)
  if (kind === 'icon' && Object.hasOwn(tabIcons, name)) return svg(tabIcons[name]!)
  const shop = kind === 'style' ? demoShops.find(({ id }) => id === name) : undefined
  if (shop !== undefined) return file('text/css; charset=utf-8', styleSheet(shop))
  const pictured = kind === 'img' ? findDemoProduct(name)?.product : undefined
  return pictured === undefined ? null : svg(drawPicture(pictured.kind, pictured.colourway))
}

/** @returns null where the path isn't of this shop; 'nothing' where the shop has no such page. */
function pageAt(shop: DemoShop, path: string, params: URLSearchParams): Page | 'nothing' | null {
  if (path === shop.path) {
    const category = params.get('category')
    return category === null ? homePage(shop) : (categoryPage(shop, category) ?? 'nothing')
  }
  if (path === shop.privacyPath) return privacyPage(shop)
  const product = /^\/p\/([\w-]{1,64})$/.exec(path)?.[1]
  const found = product === undefined ? undefined : findDemoProduct(product)
  if (found?.shop === shop) return productPage(shop, found.product)
  const name = shopPages.find((it) => path === linkTo(shop, it))
  return name === undefined ? null : ownPages[name](shop, params.get('q') ?? '')
}

const ownPages: Readonly<Record<ShopPage, (shop: DemoShop, query: string) => Page>> = {
  search: (shop, query) => searchPage(shop, query.trim().slice(0, 100)),
  cart: cartPage,
  wishlist: wishlistPage,
  checkout: checkoutPage,
  thanks: thanksPage,
  account: accountPage,
}

function* readMedia(): Iterable<[string, Answer]> {
  const folder = join(packageRoot(), 'config/demo')
  for (const [name, type] of demoMediaFiles)
    yield [`/media/${name}`, file(type, readFileSync(join(folder, name)))]
}

/** What `npm run build` makes of src/demo/browser. */
function* readScripts(): Iterable<[string, Answer]> {
  const folder = join(packageRoot(), 'dist/src/demo/browser')
  if (!existsSync(folder)) throw new Error(`${folder}: isn't there: npm run build makes it`)
  for (const name of readdirSync(folder))
    if (name.endsWith('.js'))
      yield [
        `/script/${name}`,
        file('text/javascript; charset=utf-8', readFileSync(join(folder, name), 'utf8')),
      ]
}

function send(
  response: ServerResponse,
  isHead: boolean,
  headers: IncomingHttpHeaders,
  { status, type, body, policy }: Answer,
): void {
  const isPage = type.startsWith('text/')
  response.setHeaders(
    new Map([
      ['Content-Type', type],
      // Pages and what makes them belong together: none is to be of yesterday's.
      ['Cache-Control', status !== 200 ? 'no-store' : isPage ? 'no-cache' : 'max-age=3600'],
      ['Content-Security-Policy', policy],
      ['X-Content-Type-Options', 'nosniff'],
    ]),
  )
  const isFilm = typeof body !== 'string'
  const bytes = isFilm ? body : Buffer.from(body)
  if (isFilm) response.setHeader('Accept-Ranges', 'bytes')
  // Without a validator of ours, `If-Range` can't be of the file as it is: all of it is sent.
  const isPart = isFilm && !isHead && headers['if-range'] === undefined
  const range = byteRangeOf(isPart ? (headers.range ?? '') : '', bytes.length)
  if (range === 'outside') {
    response.writeHead(416, { 'Content-Range': `bytes */${bytes.length}` }).end()
    return
  }
  const sent = range === 'whole' ? bytes : bytes.subarray(range.first, range.last + 1)
  response.setHeader('Content-Length', sent.length)
  if (range !== 'whole')
    response.setHeader('Content-Range', `bytes ${range.first}-${range.last}/${bytes.length}`)
  response.writeHead(range === 'whole' ? status : 206)
  response.end(isHead ? undefined : sent)
}
