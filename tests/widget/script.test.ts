// Goal: a page gets the widget whole, packed and once; what it then does is for the tests beside. Method: the route as
// the recommender has it, at a listener, asked over HTTP.
import { strict as check } from 'node:assert'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, test } from 'vitest'
import { listen } from '../../src/edge/listen.js'
import type { Listener } from '../../src/edge/listener.js'
import { widgetRoute } from '../../src/storefront/widget-script.js'
import { widgetPath } from './pages.js'

const script = readFileSync(widgetPath, 'utf8')
let listener: Listener
beforeAll(async () => {
  const routes = [widgetRoute(script)]
  listener = await listen({ host: '127.0.0.1', port: 0, routes, bodyTimeoutMs: 1_000 })
})
afterAll(() => listener.close())

interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}
/** Without what `fetch` would ask for, or unpack, by itself. */
function get(headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const { port } = listener
    const path = '/widget.js?shop=ruszaj'
    request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('end', () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers as Record<string, string>,
          body: Buffer.concat(chunks),
        }),
      )
    })
      .once('error', reject)
      .end()
  })
}

test('it is the script, which any page may load and browsers keep', async () => {
  const { status, headers, body } = await get()
  check.equal(status, 200)
  check.equal(String(body), script)
  check.equal(headers['content-type'], 'text/javascript; charset=utf-8')
  check.match(headers['cache-control']!, /^public, max-age=\d+/)
  check.equal(headers['cross-origin-resource-policy'], 'cross-origin')
  check.equal(headers['access-control-allow-origin'], '*')
})

test.each([
  ['gzip, deflate, br', 'br'],
  ['BR;q=0.5', 'br'],
  ['br;q=0, GZIP;q=0.8', 'gzip'],
  ['gzip, deflate, brand', 'gzip'],
  ['br; q=0.0, gzip;q=0', undefined],
  ['', undefined],
])('it is packed for browsers that can unpack it: %s', async (accepted, encoding) => {
  const { headers, body } = await get({ 'accept-encoding': accepted })
  check.equal(headers['content-encoding'], encoding)
  const unpack = { br: brotliDecompressSync, gzip: gunzipSync, '': (it: Buffer) => it }
  check.equal(String(unpack[(encoding ?? '') as 'br'](body)), script)
  check.match(headers['vary']!, /Accept-Encoding/)
})

test('it takes no more than 6 KiB, packed by what every browser can unpack', async () => {
  const { body } = await get({ 'accept-encoding': 'gzip' })
  check.ok(body.length <= 6 * 1_024, `${body.length} bytes`)
})

test('a browser that has it doesn’t get it again; one that has another version does', async () => {
  const packed = await get({ 'accept-encoding': 'gzip' })
  const tighter = await get({ 'accept-encoding': 'br' })
  const plain = await get()
  const tags = new Set([tighter, packed, plain].map(({ headers }) => headers['etag']))
  check.equal(tags.size, 3)
  for (const etag of [tighter, packed, plain].map(({ headers }) => headers['etag']!)) {
    const again = await get({ 'if-none-match': `W/${etag}` })
    check.equal(again.status, 304)
    check.equal(again.body.length, 0)
    check.equal(again.headers['content-encoding'], undefined)
    check.equal(again.headers['cache-control'], plain.headers['cache-control'])
  }
  check.equal((await get({ 'if-none-match': '"other"' })).status, 200)
})

test('asked for its head alone, it has no body; anything else isn’t taken', async () => {
  const head = await get({}, 'HEAD')
  check.equal(head.status, 200)
  check.equal(head.body.length, 0)
  check.equal((await get({}, 'DELETE')).status, 405)
})
