/** Serves the demo shops: what a click in the demo leads to, and the pictures in its banners. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { logos } from './demo/logo.js'
import { listPage, productPage } from './demo/pages.js'
import { drawPicture } from './demo/picture.js'
import { demoShops, findDemoProduct } from './demo/shops.js'

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
    const url = new URL(request.url ?? '/', 'http://demo')
    if (!answer(url, response)) send(response, 404, 'text/plain', 'There is nothing here.\n')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => resolve())
  })
  const { port } = server.address() as AddressInfo
  return {
    address: `http://${options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** @returns false where there is no such page. */
function answer(url: URL, response: ServerResponse): boolean {
  const shop = demoShops.find(({ path }) => path === url.pathname)
  if (shop !== undefined) {
    const page = listPage(shop, url.searchParams.get('category'))
    send(response, 200, 'text/html; charset=utf-8', page)
    return true
  }
  const [, kind, name] = /^\/(p|img|logo)\/([\w-]+)(?:\.svg)?$/.exec(url.pathname) ?? []
  if (name === undefined) return false
  if (kind === 'logo') {
    if (!Object.hasOwn(logos, name)) return false
    send(response, 200, 'image/svg+xml', logos[name]!)
    return true
  }
  const found = findDemoProduct(name)
  if (found === undefined) return false
  const { shop: owner, product } = found
  if (kind === 'p') send(response, 200, 'text/html; charset=utf-8', productPage(owner, product))
  else send(response, 200, 'image/svg+xml', drawPicture(product.kind, product.colourway))
  return true
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'max-age=3600',
  })
  response.end(body)
}
