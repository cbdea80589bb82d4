// The shops' API as it runs, with two shops that have the same kinds of things, keys of every role, and what
// the API says of itself in /openapi.json; calls over sockets, each answer checked for what every answer must be.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { openLog } from '../../src/base/log.js'
import { type Role, roles } from '../../src/collect/endpoint.js'
import { makeMetrics } from '../../src/run/metrics.js'
import { readSettings } from '../../src/run/settings.js'
import { openShopSide } from '../../src/run/shop-side.js'
import { shopFile } from '../bidding/world.js'

export interface Operation {
  readonly method: string
  readonly path: string
  readonly operationId: string
  readonly isPublic: boolean
  readonly roles: readonly string[]
  readonly queryNames: readonly string[]
  /** null: it takes no body. */
  readonly type: string | null
  readonly bytesMax: number
  /** Bodies as the document shows them. */
  readonly examples: readonly unknown[]
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind.
  readonly json: any
}

export interface Asked {
  readonly body?: string | Buffer
  /** Sent in pieces, without a length. */
  readonly pieces?: Iterable<Buffer>
  readonly key?: string
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface World {
  readonly base: string
  /** Where the installation keeps its data. */
  readonly folder: string
  readonly operations: readonly Operation[]
  /** Secrets by shop and role, as `a.admin`; `operator`. */
  readonly keys: ReadonlyMap<string, string>
  /** For a path's parameters: what shop a has by these names. */
  readonly own: Readonly<Record<string, string>>
  call(method: string, path: string, asked?: Asked): Promise<Answer>
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-fuzz-'))
  mkdirSync(join(folder, 'catalogue'))
  for (const id of ['a', 'b'])
    writeFileSync(join(folder, 'catalogue', `${id}.json`), JSON.stringify(fileOf(id)))
  const settings = readSettings({ GROSZ_DATA: folder, GROSZ_LOG_LEVEL: 'silent' })
  if (!settings.ok) throw new Error(settings.faults.join())
  const shopSide = await openShopSide(
    {
      type: 'start',
      settings: settings.value,
      exchanges: [],
      port: 0,
      secret: Buffer.alloc(32, 7),
    },
    openLog('test', 'silent'),
    makeMetrics(settings.value, []),
    systemClock,
    async () => new Map(),
  )
  const server = await shopSide.listen()
  const base = `http://127.0.0.1:${server.port}`
  // One connection: an answer that leaves something behind on it is the next one's fault.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const keys = new Map([['operator', readFileSync(join(folder, 'operator.key'), 'utf8').trim()]])
  const own: Record<string, string> = { ...ownOf('a'), key: '', join: '' }
  const world: World = {
    base,
    folder,
    operations: [],
    keys,
    own,
    call: (method, path, asked = {}) => call(agent, base + path, method, asked),
    async close() {
      agent.destroy()
      await server.close()
      await shopSide.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await fill(world, own)
  const document = await world.call('GET', '/openapi.json')
  return { ...world, operations: operationsOf(document.json) }
}

/** What a shop has by its names; the other shop has none of these. */
export const ownOf = (shop: string): Readonly<Record<string, string>> => ({
  campaign: `campaign-${shop}`,
  segment: `list-${shop}`,
  slot: `slot-${shop}`,
  video: `video-${shop}`,
  audio: `audio-${shop}`,
  product: `product-${shop}`,
  person: `cust:customer-${shop}`,
  exchange: 'north',
})

function fileOf(shop: string): object {
  const { campaign, segment, slot, video, audio, product } = ownOf(shop)
  const files = [
    { url: 'https://x.example/1', type: 'video/mp4', width: 64, height: 64, bitrateKbps: 9 },
  ]
  const more = {
    videos: [{ id: video, durationSeconds: 15, files }],
    audios: [
      {
        ...{ id: audio, durationSeconds: 15 },
        files: [{ url: 'https://x.example/2', type: 'audio/mpeg', bitrateKbps: 9 }],
      },
    ],
    products: [{ id: product }],
  }
  const file = shopFile(
    shop,
    [{ id: campaign, goal: 'cpm', bid: 1, maxCpm: 2, budget: {} }],
    'PLN',
    more,
  )
  return {
    ...file,
    segments: [{ id: segment }, { id: `rule-${shop}`, rule: 'purchases.count > 3' }],
    slots: [{ id: slot, page: 'product' }],
  }
}

/** Keys of every role, people, members of lists, an exchange, a join. */
async function fill(world: World, own: Record<string, string>): Promise<void> {
  const keys = world.keys as Map<string, string>
  const operator = keys.get('operator')!
  const ask = async (method: string, path: string, body: object | string): Promise<Answer> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await world.call(method, path, { key: operator, body: text })
    expect(answer.status, `${method} ${path} ${answer.text}`).toBeLessThan(300)
    return answer
  }
  await ask('PUT', '/v1/exchanges/north', { name: 'north', currency: 'PLN', seat: 'grosz' })
  for (const shop of ['a', 'b']) {
    for (const role of roles) {
      if (role === 'operator') continue
      const { json } = await ask('POST', `/v1/keys?shop=${shop}`, { role, name: role })
      keys.set(`${shop}.${role}`, json.secret)
    }
    const { json } = await ask('POST', `/v1/keys?shop=${shop}`, { role: 'viewer', name: 'named' })
    if (shop === 'a') own['key'] = json.id
    const item = { item_id: `product-${shop}` }
    await ask('POST', `/v1/events?shop=${shop}`, [
      { type: 'view_item', anonymousId: `browser-${shop}`, items: [item] },
      { type: 'purchase', customerId: `customer-${shop}`, orderId: `order-${shop}`, items: [item] },
      { type: 'identify', anonymousId: `browser-${shop}`, customerId: `customer-${shop}` },
      { type: 'identify', customerId: `customer-${shop}`, email: `somebody@${shop}.example` },
    ])
    await ask(
      'PUT',
      `/v1/segments/list-${shop}/members?shop=${shop}`,
      `{"customerId":"customer-${shop}"}\n`,
    )
    const joins = await world.call('GET', `/v1/joins?shop=${shop}`, { key: operator })
    if (shop === 'a') own['join'] = String(joins.json.joins[0].join)
  }
}

interface Described {
  readonly operationId: string
  readonly description: string
  readonly security?: readonly object[]
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: {
    readonly description: string
    readonly content: Readonly<Record<string, { readonly schema?: Schema }>>
  }
}
interface Schema {
  readonly $ref?: string
  readonly examples?: readonly unknown[]
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

function operationsOf({ paths, components }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, it]): Operation => {
      const [[type, media] = [null, {}]] = Object.entries(it.requestBody?.content ?? {})
      const named = media.schema?.$ref?.split('/').at(-1)
      const schema = named === undefined ? media.schema : components.schemas[named]
      return {
        method: method.toUpperCase(),
        path,
        operationId: it.operationId,
        isPublic: it.security?.length === 0,
        roles: /For keys of these roles: ([\w, ]+)\./.exec(it.description)?.[1]?.split(', ') ?? [],
        queryNames: it.parameters.flatMap((one) => (one.in === 'query' ? [one.name] : [])),
        type: type === '*/*' ? 'application/octet-stream' : type,
        bytesMax: Number(/At most (\d+) bytes/.exec(it.requestBody?.description ?? '')?.[1] ?? 0),
        examples: schema?.examples ?? [],
      }
    }),
  )
}

/** The path with its parameters filled in. */
export const pathOf = (
  { path }: Pick<Operation, 'path'>,
  values: Readonly<Record<string, string>>,
): string => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name]!))

export const roleOf = (it: Operation): Role =>
  (it.roles.find((role) => role !== 'operator') as Role | undefined) ?? 'operator'

function call(agent: Agent, url: string, method: string, asked: Asked): Promise<Answer> {
  const { body, pieces, key, type = 'application/json', headers = {} } = asked
  const { pathname, search } = splitUrl(url)
  const { hostname, port } = new URL(url.slice(0, url.indexOf('/', 8)))
  const length = body === undefined ? 0 : Buffer.byteLength(body)
  const sent: Record<string, string> = {
    ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
    ...(body === undefined && pieces === undefined ? {} : { 'Content-Type': type }),
    ...(pieces === undefined
      ? { 'Content-Length': String(length) }
      : { 'Transfer-Encoding': 'chunked' }),
    ...headers,
  }
  const options = { agent, method, hostname, port, path: pathname + search, headers: sent }
  return new Promise((resolve, reject) => {
    let hasCome = false
    const sending = request(options, (came) => {
      hasCome = true
      const chunks: Buffer[] = []
      came.on('data', (chunk: Buffer) => chunks.push(chunk))
      came.on('error', reject)
      came.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: came.statusCode!, headers: came.headers, text, json: parsed(text) })
      })
    })
    sending.on(
      'error',
      (error) => hasCome || reject(new Error(`${method} ${url.slice(0, 200)}: ${error.message}`)),
    )
    if (pieces === undefined) sending.end(body)
    else void sendAll(sending, pieces, () => hasCome)
  })
}

async function sendAll(
  sending: ReturnType<typeof request>,
  pieces: Iterable<Buffer>,
  isOver: () => boolean,
): Promise<void> {
  for (const piece of pieces) {
    if (isOver() || sending.destroyed) break
    if (!sending.write(piece)) await drained(sending)
  }
  sending.end()
}

function drained(sending: ReturnType<typeof request>): Promise<void> {
  const events = ['drain', 'close', 'error', 'response']
  return new Promise((resolve) => {
    const end = (): void => {
      for (const event of events) sending.off(event, end)
      resolve()
    }
    for (const event of events) sending.on(event, end)
  })
}

/** Not through `URL`, which would tidy up what is meant to arrive as it is. */
function splitUrl(url: string): { pathname: string; search: string } {
  const path = url.slice(url.indexOf('/', 8))
  const mark = path.indexOf('?')
  return mark < 0
    ? { pathname: path, search: '' }
    : { pathname: path.slice(0, mark), search: path.slice(mark) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What every answer must be, whatever was asked. */
export function checkAnswer({ status, headers, text, json }: Answer, what: string): void {
  expect(status, `${what}: ${text.slice(0, 500)}`).toBeLessThan(500)
  expect(headers['x-content-type-options'], what).toBe('nosniff')
  const type = headers['content-type'] ?? ''
  if (text !== '' && status !== 304)
    expect(type, what).toMatch(
      /^(application\/json|text\/(csv|javascript|html)); ?charset=utf-8$|^application\/(json|x-ndjson)$/,
    )
  if (type.startsWith('text/html'))
    expect(headers['content-security-policy'], what).toMatch(/default-src 'none'/)
  if (status < 400) return
  expect(type, what).toMatch(/^application\/json/)
  expect(typeof json?.error, `${what}: ${text.slice(0, 500)}`).toBe('string')
  for (const problem of json.problems ?? [])
    expect(problem, what).toEqual({ where: expect.any(String), reason: expect.any(String) })
  // An answer that repeats a body would be as long as that.
  expect(text.length, what).toBeLessThan(200_000)
}

/** Asks as whoever may, about shop a; the answer is one that answers may be. */
export async function ask(
  world: World,
  it: Operation,
  path: string,
  asked: Asked = {},
): Promise<Answer> {
  const startMs = performance.now()
  const key = world.keys.get(roleOf(it) === 'operator' ? 'operator' : 'a.admin')!
  const query = path.includes('?') ? '&' : '?'
  const shop = roleOf(it) === 'operator' || it.isPublic ? `${query}shop=a` : ''
  const answer = await world.call(it.method, path + shop, {
    ...(it.isPublic ? {} : { key }),
    ...(it.type === null ? {} : { type: it.type }),
    ...asked,
  })
  const what = `${it.method} ${path.slice(0, 100)}`
  checkAnswer(answer, what)
  // All has been sent: nobody is to wait for more of it.
  expect(performance.now() - startMs, what).toBeLessThan(4_500)
  return answer
}
