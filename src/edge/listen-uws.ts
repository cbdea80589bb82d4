/** The listener on uWebSockets.js; the only file that knows it. */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js'
import * as published from 'uWebSockets.js'
import type {
  GetRequest,
  Headers,
  Listener,
  ListenOptions,
  Reply,
  Route,
  WhoseAddress,
} from './listener.js'
import {
  answerOther,
  bearerOf,
  hasGzip,
  isBodiless,
  jsonHeaders,
  lastForwarded,
  noHeaders,
  nothingHere,
  overLimit,
  RequestHead,
  refusalHeaders,
  statusLines,
  tooSlow,
} from './listener.js'

// The author's own build has everything under a default export, the one from the registry has not.
const { App, us_listen_socket_close, us_socket_local_port } =
  (published as { default?: typeof published }).default ?? published

const drainPollMs = 10

/** Listeners of several processes share a port: the kernel deals connections out (SO_REUSEPORT). */
export async function listenUws(options: ListenOptions): Promise<Listener> {
  const open = new OpenReplies()
  const app = App()
  for (const route of options.routes) addRoute(app, route, open)
  app.any('/*', (response) => {
    new UwsReply(response, open).send(404, jsonHeaders, nothingHere)
  })
  const socket = await new Promise<Parameters<typeof us_listen_socket_close>[0]>(
    (resolve, reject) => {
      app.listen(options.host, options.port, (listening) => {
        if (listening) resolve(listening)
        else reject(new Error(`cannot listen on ${options.host}:${options.port}`))
      })
    },
  )
  const sweep = setInterval(() => open.cutOffSlow(options.bodyTimeoutMs), options.bodyTimeoutMs / 4)
  sweep.unref()
  return {
    port: us_socket_local_port(socket),
    async close() {
      us_listen_socket_close(socket)
      while (open.count > 0) await new Promise((resolve) => setTimeout(resolve, drainPollMs))
      clearInterval(sweep)
      app.close()
    },
  }
}

type UwsApp = ReturnType<typeof App>

function addRoute(app: UwsApp, route: Route, open: OpenReplies): void {
  const other = (response: HttpResponse, request: HttpRequest): void =>
    answerOther(route, request.getMethod(), new UwsReply(response, open))
  if (route.method === 'GET') {
    const pattern = route.path.replace(/\*$/, ':parameter')
    const handle = (response: HttpResponse, request: HttpRequest): void => {
      const get = new UwsGetRequest(request, response, route.address)
      route.handle(get, new UwsReply(response, open, get.isHead))
    }
    app.get(pattern, handle)
    app.head(pattern, handle)
    app.any(pattern, other)
    return
  }
  const head = new RequestHead()
  const read = (response: HttpResponse, request: HttpRequest): void =>
    readBody(response, request, route, head, open)
  for (const pattern of [`${route.prefix}/:name`, `${route.prefix}/:name/:secret`]) {
    app.post(pattern, read)
    app.any(pattern, other)
  }
}

/** What is read of the request here is gone when this returns; its body may come much later. */
function readBody(
  response: HttpResponse,
  request: HttpRequest,
  route: Route & { method: 'POST' },
  head: RequestHead,
  open: OpenReplies,
): void {
  const name = request.getParameter(0) ?? ''
  let secret = request.getParameter(1) ?? ''
  if (secret === '' && route.bearerFor.size > 0 && route.bearerFor.has(name))
    secret = bearerOf(request.getHeader('authorization'))
  const contentType = request.getHeader('content-type')
  const contentEncoding = request.getHeader('content-encoding')
  const acceptsGzip =
    route.gzipFor.size > 0 &&
    route.gzipFor.has(name) &&
    hasGzip(request.getHeader('accept-encoding'))
  const address = addressOf(response, request, route.address)
  const reply = new UwsReply(response, open)
  let gathered: Buffer | null = null
  response.onData((chunk, isLast) => {
    const length = (gathered?.length ?? 0) + chunk.byteLength
    if (reply.isDone) return
    if (length > route.bodyBytesMax) {
      gathered = null
      reply.send(413, refusalHeaders(route), overLimit(route.bodyBytesMax))
      return
    }
    // The chunk's memory is taken back when this returns: what is kept is copied.
    const piece = Buffer.from(chunk)
    if (!isLast) {
      // A head without its body comes here too, with nothing: it is waited for from now on.
      if (gathered === null) open.awaitBody(reply)
      gathered = gathered === null ? Buffer.concat([piece]) : Buffer.concat([gathered, piece])
      return
    }
    head.name = name
    head.secret = secret
    head.contentType = contentType
    head.contentEncoding = contentEncoding
    head.acceptsGzip = acceptsGzip
    head.address = address
    if (gathered === null) route.handle(head, piece, reply)
    else {
      open.hasBody(reply)
      route.handle(head, Buffer.concat([gathered, piece]), reply)
    }
  })
}

function addressOf(
  response: HttpResponse,
  request: HttpRequest,
  whose: WhoseAddress | undefined,
): string {
  if (whose === undefined) return ''
  const forwarded = whose === 'peer' ? '' : lastForwarded(request.getHeader('x-forwarded-for'))
  return forwarded || Buffer.from(response.getRemoteAddressAsText()).toString('latin1')
}

class UwsGetRequest implements GetRequest {
  readonly query: string
  readonly parameter: string
  readonly isHead: boolean
  readonly #request: HttpRequest
  readonly #response: HttpResponse
  readonly #whose: WhoseAddress | undefined

  constructor(request: HttpRequest, response: HttpResponse, whose: WhoseAddress | undefined) {
    this.query = request.getQuery() ?? ''
    this.parameter = request.getParameter(0) ?? ''
    this.isHead = request.getMethod() === 'head'
    this.#request = request
    this.#response = response
    this.#whose = whose
  }

  get address(): string {
    return addressOf(this.#response, this.#request, this.#whose)
  }

  header(name: string): string {
    return this.#request.getHeader(name)
  }
}

/** Requests that wait: for their answer, and, of those, for the rest of their body. */
class OpenReplies {
  count = 0
  /** By when the wait began, the longest first. Most bodies come with their head and never get here. */
  readonly #incomplete = new Map<UwsReply, number>()

  awaitBody(reply: UwsReply): void {
    this.#incomplete.set(reply, performance.now())
  }

  hasBody(reply: UwsReply): void {
    this.#incomplete.delete(reply)
  }

  cutOffSlow(timeoutMs: number): void {
    const startedBeforeMs = performance.now() - timeoutMs
    for (const [reply, startedMs] of this.#incomplete) {
      if (startedMs > startedBeforeMs) return
      reply.cutOff()
    }
  }

  ended(reply: UwsReply): void {
    this.count--
    if (this.#incomplete.size > 0) this.#incomplete.delete(reply)
  }
}

class UwsReply implements Reply {
  isDone = false
  readonly #response: HttpResponse
  readonly #open: OpenReplies
  readonly #isHead: boolean

  constructor(response: HttpResponse, open: OpenReplies, isHead = false) {
    this.#response = response
    this.#open = open
    this.#isHead = isHead
    open.count++
    response.onAborted(() => this.#end())
  }

  send(status: number, headers: Headers, body: Uint8Array | string): void {
    if (this.isDone) return
    this.#end()
    const response = this.#response
    response.cork(() => {
      response.writeStatus(statusLines[status]!)
      if (headers !== noHeaders)
        for (const [name, value] of headers) response.writeHeader(name, value)
      // Told how long the body would be, it closes the connection; HEAD may leave that out.
      if (isBodiless(status) || this.#isHead) response.endWithoutBody()
      else response.end(body)
    })
  }

  /** The rest of the body is not waited for: what follows on this connection can't be told from it. */
  cutOff(): void {
    if (this.isDone) return
    this.#end()
    const response = this.#response
    response.cork(() => {
      response.writeStatus(statusLines[408]!)
      for (const [name, value] of jsonHeaders) response.writeHeader(name, value)
      response.end(tooSlow, true)
    })
  }

  #end(): void {
    if (this.isDone) return
    this.isDone = true
    this.#open.ended(this)
  }
}
