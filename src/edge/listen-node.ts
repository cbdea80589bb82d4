import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { GetRequest, Headers, Listener, ListenOptions, Reply, Route } from './listener.js'
import {
  answerOther,
  bearerOf,
  hasGzip,
  isBodiless,
  jsonHeaders,
  lastForwarded,
  nothingHere,
  overLimit,
  RequestHead,
  refusalHeaders,
} from './listener.js'

const idleTimeoutMs = 150_000
const head = new RequestHead()

/** The listener on `node:http`, where uWebSockets.js has no binary. In a cluster, workers share the port. */
export async function listenNode(options: ListenOptions): Promise<Listener> {
  const { bodyTimeoutMs } = options
  const server = createServer(
    {
      keepAliveTimeout: idleTimeoutMs,
      // Head and body together: 408, and the connection ends.
      requestTimeout: bodyTimeoutMs,
      headersTimeout: bodyTimeoutMs,
      connectionsCheckingInterval: bodyTimeoutMs / 4,
    },
    (request, response) => dispatch(request, response, options.routes),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => resolve())
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      await closed
    },
  }
}

/** Segments of a path after a prefix, none, one or two of them; null where it isn't below the prefix. */
function segmentsBelow(path: string, prefix: string): readonly string[] | null {
  if (!path.startsWith(`${prefix}/`)) return null
  const segments = path.slice(prefix.length + 1).split('/', 3)
  return segments.length < 3 ? segments : null
}

function dispatch(
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly Route[],
): void {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const reply = new NodeReply(response)
  for (const route of routes) {
    const segments = matchOf(path, route)
    if (segments === null) continue
    const isHead = request.method === 'HEAD'
    if (request.method !== route.method && !(isHead && route.method === 'GET'))
      answerOther(route, request.method ?? '', reply)
    else if (route.method === 'GET') {
      const query = mark < 0 ? '' : url.slice(mark + 1)
      route.handle(getRequest(request, route, query, segments[0] ?? '', isHead), reply)
    } else readBody(request, segments, route, reply)
    return
  }
  reply.send(404, jsonHeaders, nothingHere)
}

function matchOf(path: string, route: Route): readonly string[] | null {
  if (route.method === 'POST') return segmentsBelow(path, route.prefix)
  if (!route.path.endsWith('/*')) return path === route.path ? [] : null
  const segments = segmentsBelow(path, route.path.slice(0, -2))
  return segments?.length === 1 ? segments : null
}

const getRequest = (
  request: IncomingMessage,
  route: Route,
  query: string,
  parameter: string,
  isHead: boolean,
): GetRequest => ({
  query,
  parameter,
  isHead,
  get address() {
    return addressOf(request, route)
  },
  header: (name) => textOf(request.headers[name]),
})

const textOf = (header: string | string[] | undefined): string =>
  typeof header === 'string' ? header : (header?.join(', ') ?? '')

function readBody(
  request: IncomingMessage,
  [name = '', secret = '']: readonly string[],
  route: Route & { method: 'POST' },
  reply: NodeReply,
): void {
  const chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= route.bodyBytesMax) chunks.push(chunk)
    else reply.send(413, refusalHeaders(route), overLimit(route.bodyBytesMax))
  })
  request.on('end', () => {
    if (length > route.bodyBytesMax) return
    const { headers } = request
    head.name = name
    head.secret =
      secret === '' && route.bearerFor.has(name) ? bearerOf(headers.authorization ?? '') : secret
    head.contentType = headers['content-type'] ?? ''
    head.contentEncoding = headers['content-encoding'] ?? ''
    head.acceptsGzip = route.gzipFor.has(name) && hasGzip(textOf(headers['accept-encoding']))
    head.address = addressOf(request, route)
    route.handle(head, Buffer.concat(chunks), reply)
  })
  // The peer went away in the middle: there is nobody to answer.
  request.on('error', () => {})
}

function addressOf(request: IncomingMessage, { address }: Route): string {
  if (address === undefined) return ''
  const header = address === 'peer' ? '' : textOf(request.headers['x-forwarded-for'])
  return lastForwarded(header) || (request.socket.remoteAddress ?? '')
}

class NodeReply implements Reply {
  readonly #response: ServerResponse
  #isDone = false

  constructor(response: ServerResponse) {
    this.#response = response
  }

  send(status: number, headers: Headers, body: Uint8Array | string): void {
    if (this.#isDone || this.#response.destroyed) return
    this.#isDone = true
    this.#response.statusCode = status
    for (const [name, value] of headers) this.#response.appendHeader(name, value)
    if (isBodiless(status)) {
      this.#response.end()
      return
    }
    this.#response.setHeader('Content-Length', Buffer.byteLength(body))
    // Copied, as the caller may write the next answer into the same bytes.
    this.#response.end(typeof body === 'string' ? body : Buffer.from(body))
  }
}
