/** Serves the demo shops: what a click in the demo leads to, and the pictures in its banners. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { logos } from './demo/logo.js'
import { categoryPage, homePage, notFoundPage, productPage } from './demo/pages.js'
import { drawPicture } from './demo/picture.js'
import { demoShops, findDemoProduct } from './demo/shops.js'
import { localHost } from './run/port.js'

export interface DemoShopServer {
  /** Without a slash at the end. */
  readonly address: string
  close(): Promise<void>
}

/** @param options.port 0 picks a free one. */
export async function startDemoShop(options: {
  readonly host: string
  readonly port: number
}): Promise<DemoShopServer> {
  const server = createServer((request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (isRead) send(response, request.method === 'HEAD', answer(request.url ?? '/'))
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
  readonly body: string
}

const html = (body: string, status = 200): Answer => ({
  status,
  type: 'text/html; charset=utf-8',
  body,
})
const svg = (body: string): Answer => ({ status: 200, type: 'image/svg+xml', body })

/** @param target path and query as sent. */
function answer(target: string): Answer {
  const [path = '/', query = ''] = target.split('?', 2)
  const shop = demoShops.find((it) => it.path === path)
  if (shop !== undefined) {
    const category = new URLSearchParams(query).get('category')
    const page = category === null ? homePage(shop) : categoryPage(shop, category)
    return page === null ? nothing(shop) : html(page)
  }
  const product = /^\/p\/([\w-]{1,64})$/.exec(path)?.[1]
  if (product !== undefined) {
    const found = findDemoProduct(product)
    return found === undefined ? nothing() : html(productPage(found.shop, found.product))
  }
  const [, kind, name = ''] = /^\/(img|logo)\/([\w-]{1,64})\.svg$/.exec(path) ?? []
  if (kind === 'logo' && Object.hasOwn(logos, name)) return svg(logos[name]!)
  const pictured = kind === 'img' ? findDemoProduct(name)?.product : undefined
  return pictured === undefined ? nothing() : svg(drawPicture(pictured.kind, pictured.colourway))
}

const nothing = (shop = demoShops[0]!): Answer => html(notFoundPage(shop), 404)

function send(response: ServerResponse, isHead: boolean, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': status === 200 ? 'max-age=3600' : 'no-store',
    // Pictures are drawings: whoever opens one by itself runs nothing.
    'Content-Security-Policy': "default-src 'self'; style-src 'unsafe-inline'; script-src 'none'",
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(isHead ? undefined : body)
}
