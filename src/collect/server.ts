/** Serves the shops' API: finds the endpoint, sees who asks and what they send, answers. Knows Fastify. */
import type { Readable } from 'node:stream'
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import type { Log } from '../base/log.js'
import { check } from '../base/schema.js'
import { emptyBody, readWhole, streamOf, TooLarge, Unreadable } from './body.js'
import { findShop, isKeySent, Refused, secretOf } from './caller.js'
import type { Answer, Call, Endpoint, KeyInfo } from './endpoint.js'
import { refusal } from './endpoint.js'
import { FailureLog } from './failure-log.js'
import { drained } from './feed-body.js'

export interface ServerOptions {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  readonly endpoints: readonly Endpoint[]
  readonly log: Log
  /** Who has this secret; null where nobody. */
  findKey(secret: string): KeyInfo | null
  hasShop(shopId: string): boolean
  /** A changing call was carried out. It is answered once this is done, which must not fail. */
  onChange(change: Change): Promise<void>
  /** Any call was answered. @param seconds since its head had come. */
  onAnswer(endpoint: Endpoint | null, status: number, seconds: number): void
  /** Addresses come from `X-Forwarded-For`: a proxy of ours stands in front, and nobody gets past it. */
  readonly isBehindProxy: boolean
  /** A body that isn't streamed must have come this long after its head. */
  readonly bodyTimeoutMs: number
  /** A streamed body, or an answer, that stands still this long ends the connection. */
  readonly idleTimeoutMs: number
  readonly connectionCountMax: number
}

export interface Change {
  readonly endpoint: Endpoint
  readonly key: KeyInfo
  readonly shopId: string
  readonly params: Readonly<Record<string, string>>
  readonly status: number
  /** What was asked to be replaced, and what is there now; '' where it has no tag. */
  readonly etagBefore: string
  readonly etagAfter: string
  /** Names of the top-level fields that were sent. */
  readonly fields: readonly string[]
}

export interface Server {
  readonly port: number
  /** Takes no new requests, lets those under way finish. */
  close(): Promise<void>
}

/** @throws Error where it can't listen, or two endpoints are one. */
export async function serve(options: ServerOptions): Promise<Server> {
  const failures = new FailureLog(options.log)
  const app = fastify({
    trustProxy: options.isBehindProxy,
    // Bodies are bounded by their endpoints, who may take them as they come.
    bodyLimit: Number.MAX_SAFE_INTEGER,
    requestTimeout: 0,
    connectionTimeout: options.idleTimeoutMs,
    forceCloseConnections: 'idle',
    // A path that can't be read, or has too long a name in it, is answered as everything is.
    frameworkErrors: (error, _request, reply) => {
      const isLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH'
      send(reply, isLong ? tooLong : refusal(400, 'path: is not well-formed'))
    },
    routerOptions: { maxParamLength: nameLengthMax, ignoreTrailingSlash: true },
  })
  app.server.maxConnections = options.connectionCountMax
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))

  const methodsOf = new Map<string, string[]>()
  for (const endpoint of options.endpoints) {
    const url = endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1')
    methodsOf.set(url, [...(methodsOf.get(url) ?? []), endpoint.method])
    app.route({
      method: endpoint.method,
      url,
      handler: (request, reply) => answer(endpoint, request, reply, options, failures),
    })
  }
  for (const [url, methods] of methodsOf) refuseOthers(app, url, methods, options)
  app.setNotFoundHandler((request, reply) =>
    send(reply, refusal(404, `path: there is nothing at ${pathOf(request)}`)),
  )
  app.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500
    if (status >= 500) failures.tell(error, '')
    const reason = error instanceof Error ? error.message : String(error)
    return send(reply, refusal(status, status >= 500 ? 'we failed; it is logged' : reason))
  })
  await app.listen({ host: options.host, port: options.port })
  const address = app.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => app.close(),
  }
}

type App = ReturnType<typeof fastify>

const nameLengthMax = 1_024
const tooLong = refusal(414, `path: a name in it is over ${nameLengthMax} characters`)

/** Other methods get 405; a browser that asks first what it may send is told. */
function refuseOthers(
  app: App,
  url: string,
  methods: readonly string[],
  options: ServerOptions,
): void {
  const others = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const).filter(
    (method) => !methods.includes(method) && !(method === 'GET' && methods.includes('HEAD')),
  )
  const allow = methods.join(', ')
  app.route({
    method: [...others],
    url,
    handler: (request: FastifyRequest, reply: FastifyReply) => {
      reply.header('Allow', allow)
      if (request.method !== 'OPTIONS') return send(reply, refusal(405, `method: must be ${allow}`))
      const isPublic = options.endpoints.some(
        (it) => it.access === 'public' && it.path.replaceAll(/\{(\w+)\}/g, ':$1') === url,
      )
      if (isPublic) {
        allowOrigin(request, reply)
        reply.header('Access-Control-Allow-Methods', allow)
        reply.header('Access-Control-Allow-Headers', 'Content-Type')
        reply.header('Access-Control-Max-Age', '86400')
      }
      return reply.code(204).send()
    },
  })
}

/** A page of any origin may read what a public endpoint answers: it says nothing of anybody. */
function allowOrigin(request: FastifyRequest, reply: FastifyReply): void {
  const origin = request.headers.origin
  if (origin === undefined) return
  reply.header('Access-Control-Allow-Origin', origin)
  reply.header('Access-Control-Allow-Credentials', 'true')
  reply.header('Vary', 'Origin')
}

async function answer(
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  options: ServerOptions,
  failures: FailureLog,
): Promise<FastifyReply> {
  const startMs = performance.now()
  if (endpoint.access === 'public') allowOrigin(request, reply)
  let outcome: Answer
  try {
    outcome = await handle(endpoint, request, options)
  } catch (error) {
    outcome = refusalOf(error, failures, endpoint)
  }
  if (outcome.status >= 400 && !request.raw.readableEnded) {
    // Who is cut off while sending never gets to read why.
    if (outcome.status !== 408 && request.raw.listenerCount('data') === 0)
      await drained(request.raw)
    // What is left of a body that nobody wants would be taken for the next request.
    if (!request.raw.readableEnded) reply.header('Connection', 'close')
  }
  options.onAnswer(endpoint, outcome.status, (performance.now() - startMs) / 1_000)
  return send(reply, outcome)
}

async function handle(
  endpoint: Endpoint,
  request: FastifyRequest,
  options: ServerOptions,
): Promise<Answer> {
  const query = Object.fromEntries(new URLSearchParams(queryOf(request)))
  const header = (name: string): string => {
    const value = request.headers[name]
    return Array.isArray(value) ? value.join(', ') : (value ?? '')
  }
  const isKeyNeeded = endpoint.access !== 'public' || isKeySent(header('authorization'))
  const key = isKeyNeeded ? keyOf(endpoint, header, query, options) : null
  const shopId = findShop(endpoint, key, query, (id) => options.hasShop(id))
  if (endpoint.query !== undefined) {
    const { shop: _, api_secret: __, ...asked } = query
    const checked = check(endpoint.query, asked, 'query')
    if (!checked.ok) throw Refused.by(400, 'query: is not as it must be', checked.faults)
  }
  const { json, bytes, stream } = await bodyOf(endpoint, request, options)
  const call: Call = {
    shopId,
    key,
    params: request.params as Record<string, string>,
    query,
    header,
    json,
    bytes,
    stream,
    remoteAddress: request.ip,
  }
  const outcome = await endpoint.handle(call)
  if (key !== null && endpoint.method !== 'GET' && endpoint.isAudited !== false)
    await options.onChange({
      endpoint,
      key,
      shopId,
      params: call.params,
      status: outcome.status,
      etagBefore: header('if-match'),
      etagAfter: outcome.headers?.['ETag'] ?? '',
      fields: typeof json === 'object' && json !== null ? Object.keys(json).slice(0, 100) : [],
    })
  return outcome
}

function keyOf(
  endpoint: Endpoint,
  header: (name: string) => string,
  query: Readonly<Record<string, string>>,
  options: ServerOptions,
): KeyInfo | null {
  const secret = secretOf(header('authorization'), query['api_secret'] ?? '')
  if (secret === '' && endpoint.access === 'public') return null
  if (secret === '')
    throw new Refused(refusal(401, 'authorization: send a key as `Authorization: Bearer gz_…`'))
  const key = options.findKey(secret)
  if (key === null)
    throw new Refused(refusal(401, 'authorization: the key is unknown, expired or revoked'))
  const { access } = endpoint
  if (access !== 'public' && key.role !== 'operator' && !access.includes(key.role))
    throw new Refused(
      refusal(403, `authorization: a ${key.role} key may not do this; ${access.join(' or ')} may`),
    )
  return key
}

interface Body {
  readonly json: unknown
  readonly bytes: Buffer
  readonly stream: Readable
}

async function bodyOf(
  { body }: Endpoint,
  request: FastifyRequest,
  options: ServerOptions,
): Promise<Body> {
  if (body.kind === 'none') return emptyBody
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
  const types = body.kind === 'json' ? jsonTypes : body.types
  if (types.length > 0 && !types.includes(type) && type !== '')
    throw new Refused(refusal(415, `content-type: must be ${types.join(' or ')}, not ${type}`))
  if (body.kind === 'stream') return { ...emptyBody, stream: streamOf(request.raw, body.bytesMax) }
  const bytes = await readWhole(request.raw, body.bytesMax, options.bodyTimeoutMs)
  if (body.kind === 'bytes') return { ...emptyBody, bytes }
  const checked = check(body.schema, parseJson(bytes), '')
  if (!checked.ok) throw Refused.by(400, 'body: is not as it must be', checked.faults)
  return { ...emptyBody, json: checked.value }
}

const jsonTypes = ['application/json', 'application/merge-patch+json', 'text/plain'] as const
const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'is not UTF-8'
    throw new Refused(refusal(400, `body: is not JSON: ${reason}`))
  }
}

function refusalOf(error: unknown, failures: FailureLog, { operationId }: Endpoint): Answer {
  if (error instanceof Refused) return error.answer
  if (error instanceof TooLarge) return refusal(413, `body: ${error.message}`)
  if (error instanceof Unreadable) return refusal(error.status, `body: ${error.message}`)
  failures.tell(error, operationId)
  return refusal(500, 'we failed; it is logged')
}

function send(reply: FastifyReply, { status, body, headers = {} }: Answer): FastifyReply {
  reply.code(status)
  // Answers are data: none is to be taken for a page.
  reply.header('X-Content-Type-Options', 'nosniff')
  for (const [name, value] of Object.entries(headers)) reply.header(name, value)
  if (body === undefined) return reply.send()
  if (typeof body === 'string' || Buffer.isBuffer(body) || isReadable(body)) return reply.send(body)
  if (headers['Content-Type'] === undefined) reply.header('Content-Type', 'application/json')
  return reply.send(`${JSON.stringify(body, decimal)}\n`)
}

/** BigInts, which JSON lacks, as decimal text. */
const decimal = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value

const isReadable = (body: object): body is Readable => 'pipe' in body

const queryOf = ({ url }: FastifyRequest): string => /\?(.*)$/s.exec(url)?.[1] ?? ''
const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0]!.slice(0, 200)
