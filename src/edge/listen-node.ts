import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Headers, Listener, ListenOptions, Reply, Route } from './listener.js'
import { errorBody, jsonHeaders, refusalOf } from './listener.js'

/** The listener on `node:http`, where uWebSockets.js has no binary. In a cluster, workers share the port. */
export async function listenNode(options: ListenOptions): Promise<Listener> {
  const server = createServer((request, response) => dispatch(request, response, options.routes))
  server.keepAliveTimeout = 150_000
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

function dispatch(
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly Route[],
): void {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const reply = new NodeReply(response)
  const slash = path.lastIndexOf('/')
  for (const route of routes) {
    const matches =
      route.method === 'GET' ? path === route.path : path.slice(0, slash) === route.prefix
    if (!matches) continue
    if (request.method !== route.method) {
      const error = errorBody(`method: must be ${route.method}`)
      reply.send(405, [...jsonHeaders, ['Allow', route.method]], error)
    } else if (route.method === 'GET') route.handle(mark < 0 ? '' : url.slice(mark + 1), reply)
    else readBody(request, path.slice(slash + 1), route, reply)
    return
  }
  reply.send(404, jsonHeaders, errorBody('path: there is nothing here'))
}

function readBody(
  request: IncomingMessage,
  parameter: string,
  route: Route & { method: 'POST' },
  reply: NodeReply,
): void {
  const { headers } = request
  const refusal = refusalOf(headers['content-type'] ?? '', headers['content-encoding'] ?? '')
  if (refusal !== null) {
    request.resume()
    reply.send(415, jsonHeaders, errorBody(refusal))
    return
  }
  const chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= route.bodyBytesMax) chunks.push(chunk)
    else reply.send(413, jsonHeaders, errorBody(`body: is over ${route.bodyBytesMax} bytes`))
  })
  request.on('end', () => {
    if (length <= route.bodyBytesMax) route.handle(parameter, Buffer.concat(chunks), reply)
  })
  // The peer went away in the middle: there is nobody to answer.
  request.on('error', () => {})
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
    for (const [name, value] of headers) this.#response.setHeader(name, value)
    if (status !== 204) this.#response.setHeader('Content-Length', Buffer.byteLength(body))
    // Copied, as the caller may write the next answer into the same bytes.
    this.#response.end(
      status === 204 ? undefined : typeof body === 'string' ? body : Buffer.from(body),
    )
  }
}
