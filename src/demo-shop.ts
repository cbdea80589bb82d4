/** Serves the demo shops: what a click in the demo leads to, the pictures in its adverts, its films and spots. */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { byteRangeOf } from './demo/byte-range.js'
import { logos } from './demo/logo.js'
import { demoMediaFiles } from './demo/media.js'
import { categoryPage, homePage, notFoundPage, privacyPage, productPage } from './demo/pages.js'
import { drawPicture } from './demo/picture.js'
import { demoShops, findDemoProduct } from './demo/shops.js'
import { localHost } from './run/port.js'
import { packageRoot } from './run/settings.js'

export interface DemoShopServer {
  /** Without a slash at the end. */
  readonly address: string
  close(): Promise<void>
}

/**
 * @param options.port 0 picks a free one.
 * @throws Error where the port is taken, or a film isn't in config/demo.
 */
export async function startDemoShop(options: {
  readonly host: string
  readonly port: number
}): Promise<DemoShopServer> {
  const media = readMedia()
  const server = createServer((request, response) => {
    const isHead = request.method === 'HEAD'
    if (isHead || request.method === 'GET')
      send(response, isHead, request.headers, answer(request.url ?? '/', media))
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
}

type Media = ReadonlyMap<string, Answer>

/** All films and spots, by name: little more than a megabyte. */
function readMedia(): Media {
  const folder = join(packageRoot(), 'config/demo')
  const media = new Map<string, Answer>()
  for (const [name, type] of demoMediaFiles)
    media.set(name, { status: 200, type, body: readFileSync(join(folder, name)) })
  return media
}

const html = (body: string, status = 200): Answer => ({
  status,
  type: 'text/html; charset=utf-8',
  body,
})
const svg = (body: string): Answer => ({ status: 200, type: 'image/svg+xml', body })

/** @param target path and query as sent. */
function answer(target: string, media: Media): Answer {
  const [path = '/', query = ''] = target.split('?', 2)
  const shop = demoShops.find((it) => it.path === path)
  if (shop !== undefined) {
    const category = new URLSearchParams(query).get('category')
    const page = category === null ? homePage(shop) : categoryPage(shop, category)
    return page === null ? nothing(shop) : html(page)
  }
  const asked = demoShops.find((it) => it.privacyPath === path)
  if (asked !== undefined) return html(privacyPage(asked))
  const film = path.startsWith('/media/') ? media.get(path.slice('/media/'.length)) : undefined
  if (film !== undefined) return film
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

function send(
  response: ServerResponse,
  isHead: boolean,
  headers: IncomingHttpHeaders,
  { status, type, body }: Answer,
): void {
  response.setHeaders(
    new Map([
      ['Content-Type', type],
      ['Cache-Control', status === 200 ? 'max-age=3600' : 'no-store'],
      // Pictures are drawings: whoever opens one by itself runs nothing.
      [
        'Content-Security-Policy',
        "default-src 'self'; style-src 'unsafe-inline'; script-src 'none'",
      ],
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
