// Goal: whoever calls the shops' API is let in, or told why not; bodies are bounded however they come;
// nothing that is sent makes it fail. Method: a real server with a few endpoints, and raw sockets where
// a client would be too polite.
import { strict as check } from 'node:assert'
import { connect } from 'node:net'
import type { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, test } from 'vitest'
import { openLog } from '../../src/base/log.js'
import { z } from '../../src/base/schema.js'
import type { Call, Endpoint, KeyInfo } from '../../src/collect/endpoint.js'
import { type Change, type Server, serve } from '../../src/collect/server.js'

const keys: Readonly<Record<string, KeyInfo>> = {
  gz_op: { id: 'op', shopId: '', role: 'operator' },
  gz_dev: { id: 'dev', shopId: 'a', role: 'developer' },
  gz_view: { id: 'view', shopId: 'a', role: 'viewer' },
}

const echo = (call: Call) => ({
  status: 200,
  body: { shop: call.shopId, key: call.key?.id ?? null, params: call.params, json: call.json },
})
const common = { tag: 'Test', summary: '', operationId: 'x', responses: {} } as const
const endpoints: Endpoint[] = [
  {
    ...common,
    method: 'GET',
    path: '/open',
    access: 'public',
    body: { kind: 'none' },
    handle: echo,
  },
  {
    ...common,
    method: 'PUT',
    path: '/things/{thing}',
    access: ['developer'],
    query: z.strictObject({ dry: z.enum(['true']).optional() }),
    body: { kind: 'json', schema: z.strictObject({ n: z.number() }), bytesMax: 1_000 },
    handle: (call) => ({ ...echo(call), headers: { ETag: '"new"' } }),
  },
  {
    ...common,
    method: 'POST',
    path: '/bytes',
    access: ['developer'],
    body: { kind: 'bytes', bytesMax: 1_000, types: ['text/csv'] },
    handle: ({ bytes }) => ({ status: 200, body: { length: bytes.length } }),
  },
  {
    ...common,
    method: 'POST',
    path: '/stream',
    access: ['developer'],
    body: { kind: 'stream', bytesMax: 1_000_000, types: [] },
    handle: async ({ stream }) => ({ status: 200, body: { length: await lengthOf(stream) } }),
  },
  {
    ...common,
    method: 'GET',
    path: '/broken',
    access: 'public',
    isAboutNoShop: true,
    body: { kind: 'none' },
    handle: () => {
      throw new Error('secret of ours')
    },
  },
]

async function lengthOf(stream: Readable): Promise<number> {
  let length = 0
  for await (const chunk of stream) length += (chunk as Buffer).length
  return length
}

let server: Server
let base: string
let changes: Change[]
let logged: object[]

beforeEach(async () => {
  logged = []
  changes = []
  server = await serve({
    host: '127.0.0.1',
    port: 0,
    endpoints,
    log: { ...openLog('test', 'silent'), error: (fields) => logged.push(fields) },
    findKey: (secret) => keys[secret] ?? null,
    hasShop: (id) => id === 'a' || id === 'b',
    onChange: async (change) => {
      changes.push(change)
    },
    onAnswer: () => {},
    isBehindProxy: false,
    bodyTimeoutMs: 500,
    idleTimeoutMs: 5_000,
    connectionCountMax: 100,
  })
  base = `http://127.0.0.1:${server.port}`
})
afterEach(() => server.close())

interface Came {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of every kind.
  readonly json: any
  readonly headers: Headers
}

async function call(method: string, path: string, init: RequestInit = {}): Promise<Came> {
  const response = await fetch(base + path, { method, ...init })
  const text = await response.text()
  const json = text === '' ? null : JSON.parse(text)
  return { status: response.status, json, headers: response.headers }
}
const by = (key: string, more: Record<string, string> = {}) => ({
  headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...more },
})

test('a key opens its own shop, with what its role may do', async () => {
  const put = (key: string, query = '') =>
    call('PUT', `/things/x%2Fy${query}`, { ...by(key), body: '{"n":1}' })
  check.deepEqual((await put('gz_dev')).json, {
    shop: 'a',
    key: 'dev',
    params: { thing: 'x/y' },
    json: { n: 1 },
  })
  check.equal((await put('gz_dev', '?shop=b')).status, 403)
  check.match((await put('gz_view')).json.error, /viewer key may not/)
  check.match((await put('gz_nobody')).json.error, /unknown, expired or revoked/)
  check.equal((await put('gz_op')).status, 400, 'an operator says which shop')
  check.equal((await put('gz_op', '?shop=b')).json.shop, 'b')
  check.equal((await put('gz_op', '?shop=none')).status, 404)
  check.equal((await call('PUT', '/things/x', { body: '{"n":1}' })).status, 401)
})

test('keys come as libraries for events send them, too', async () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  for (const authorization of [basic('gz_dev:'), basic('anything:gz_dev'), 'bearer gz_dev']) {
    const headers = { authorization, 'content-type': 'application/json' }
    check.equal((await call('PUT', '/things/x', { headers, body: '{"n":1}' })).status, 200)
  }
  const query = '/things/x?api_secret=gz_dev'
  check.equal((await call('PUT', query, { body: '{"n":1}' })).status, 200)
})

test('a page of any origin may use a public endpoint, and asks first', async () => {
  const origin = { origin: 'https://shop.example' }
  const open = await call('GET', '/open?shop=a', { headers: origin })
  check.equal(open.headers.get('access-control-allow-origin'), 'https://shop.example')
  const preflight = await call('OPTIONS', '/open', { headers: origin })
  check.equal(preflight.status, 204)
  check.equal(preflight.headers.get('access-control-allow-methods'), 'GET')
  const closed = await call('OPTIONS', '/things/x', { headers: origin })
  check.equal(closed.headers.get('access-control-allow-origin'), null)
})

test('what is wrong is said, and where', async () => {
  const put = (body: string, query = '', more = {}) =>
    call('PUT', `/things/x${query}`, { ...by('gz_dev', more), body })
  const bad = await put('{"n":"1","__proto__":{"y":1}}')
  check.equal(bad.status, 400)
  check.deepEqual(bad.json.problems[0].where, 'n')
  check.match((await put('{"n":')).json.error, /is not JSON/)
  check.match((await put('\xff')).json.error, /is not JSON/)
  check.equal((await put('{"n":1}', '?dry=maybe')).status, 400)
  check.equal((await put('{"n":1}', '?dri=true')).status, 400)
  check.equal((await put('{"n":1}', '', { 'content-type': 'image/png' })).status, 415)
  check.equal((await put('{"n":1}', '', { 'content-encoding': 'br' })).status, 415)
  check.equal((await call('GET', '/nowhere')).status, 404)
  const method = await call('DELETE', '/things/x', by('gz_dev'))
  check.equal(method.status, 405)
  check.equal(method.headers.get('allow'), 'PUT')
  const broken = await call('GET', '/broken')
  check.deepEqual([broken.status, broken.json], [500, { error: 'we failed; it is logged' }])
})

test('what fails every request is logged once in a while', async () => {
  for (let i = 0; i < 20; i++) check.equal((await call('GET', '/broken')).status, 500)
  check.equal(logged.length, 1)
})

test('bodies are bounded as sent and as unpacked', async () => {
  const csv = { 'content-type': 'text/csv' }
  const gzip = { ...csv, 'content-encoding': 'gzip' }
  const post = (path: string, body: Buffer, headers: Record<string, string>) =>
    call('POST', path, { ...by('gz_dev', headers), body })
  check.deepEqual((await post('/bytes', Buffer.alloc(1_000), csv)).json, { length: 1_000 })
  check.equal((await post('/bytes', Buffer.alloc(1_001), csv)).status, 413)
  check.deepEqual((await post('/bytes', gzipSync(Buffer.alloc(900)), gzip)).json, { length: 900 })
  check.equal((await post('/bytes', gzipSync(Buffer.alloc(9_000)), gzip)).status, 413)
  check.equal((await post('/bytes', Buffer.from('no gzip'), gzip)).status, 400)
  const half = Buffer.alloc(500_000, 'a')
  check.deepEqual((await post('/stream', gzipSync(half), gzip)).json, { length: 500_000 })
  const bomb = gzipSync(Buffer.alloc(20_000_000))
  check.equal((await post('/stream', bomb, gzip)).status, 413)
  check.equal((await post('/stream', Buffer.from('no gzip'), gzip)).status, 400)
})

test('a body that is cut off or never comes does no harm', async () => {
  const head = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer gz_dev\r\nContent-Type: text/csv\r\nContent-Length: 500\r\n\r\n`
  for (const path of ['/bytes', '/stream']) {
    const socket = connect(server.port, '127.0.0.1')
    socket.write(`${head(path)}some`)
    await new Promise((resolve) => setTimeout(resolve, 20))
    socket.destroy()
  }
  const slow = connect(server.port, '127.0.0.1')
  slow.write(`${head('/bytes')}some`)
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    slow.on('data', (chunk) => {
      text += chunk.toString()
    })
    slow.on('close', () => resolve(text))
  })
  check.match(answer, /^HTTP\/1\.1 408 /)
  check.equal((await call('GET', '/open?shop=a')).status, 200)
})

test('changing calls are told of, with their tags and the fields that were sent', async () => {
  await call('PUT', '/things/x', { ...by('gz_dev', { 'if-match': '"old"' }), body: '{"n":1}' })
  await call('GET', '/open?shop=a')
  check.equal(changes.length, 1)
  const { key, shopId, etagBefore, etagAfter, fields, status } = changes[0]!
  check.deepEqual(
    [key.id, shopId, etagBefore, etagAfter, fields, status],
    ['dev', 'a', '"old"', '"new"', ['n'], 200],
  )
})
