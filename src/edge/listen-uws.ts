/** The listener on uWebSockets.js; the only file that knows it. */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js'
import * as published from 'uWebSockets.js'
import type { Headers, Listener, ListenOptions, Reply, Route } from './listener.js'
import { errorBody, jsonHeaders, noHeaders, refusalOf, statusLines } from './listener.js'

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
    new UwsReply(response, open).send(404, jsonHeaders, errorBody('path: there is nothing here'))
  })
  const socket = await new Promise<Parameters<typeof us_listen_socket_close>[0]>(
    (resolve, reject) => {
      app.listen(options.host, options.port, (listening) => {
        if (listening) resolve(listening)
        else reject(new Error(`cannot listen on ${options.host}:${options.port}`))
      })
    },
  )
  return {
    port: us_socket_local_port(socket),
    async close() {
      us_listen_socket_close(socket)
      while (open.count > 0) await new Promise((resolve) => setTimeout(resolve, drainPollMs))
      app.close()
    },
  }
}

type UwsApp = ReturnType<typeof App>

function addRoute(app: UwsApp, route: Route, open: OpenReplies): void {
  const wrongMethod = (response: HttpResponse): void => {
    const error = `method: must be ${route.method}`
    new UwsReply(response, open).send(
      405,
      [...jsonHeaders, ['Allow', route.method]],
      errorBody(error),
    )
  }
  if (route.method === 'GET') {
    app.get(route.path, (response, request) => {
      route.handle(request.getQuery() ?? '', new UwsReply(response, open))
    })
    app.any(route.path, wrongMethod)
    return
  }
  const pattern = `${route.prefix}/:parameter`
  app.post(pattern, (response, request) => readBody(response, request, route, open))
  app.any(pattern, wrongMethod)
}

function readBody(
  response: HttpResponse,
  request: HttpRequest,
  route: Route & { method: 'POST' },
  open: OpenReplies,
): void {
  const parameter = request.getParameter(0) ?? ''
  const refusal = refusalOf(
    request.getHeader('content-type'),
    request.getHeader('content-encoding'),
  )
  const reply = new UwsReply(response, open)
  if (refusal !== null) {
    reply.send(415, jsonHeaders, errorBody(refusal))
    return
  }
  let gathered: Buffer | null = null
  response.onData((chunk, isLast) => {
    const length = (gathered?.length ?? 0) + chunk.byteLength
    if (reply.isDone) return
    if (length > route.bodyBytesMax) {
      gathered = null
      reply.send(413, jsonHeaders, errorBody(`body: is over ${route.bodyBytesMax} bytes`))
      return
    }
    // The chunk's memory is taken back when this returns: what is kept is copied.
    const piece = Buffer.from(chunk)
    if (isLast) {
      const body = gathered === null ? piece : Buffer.concat([gathered, piece])
      route.handle(parameter, body, reply)
    } else {
      gathered = gathered === null ? Buffer.concat([piece]) : Buffer.concat([gathered, piece])
    }
  })
}

/** How many requests wait for their answer. */
class OpenReplies {
  count = 0
}

class UwsReply implements Reply {
  isDone = false
  readonly #response: HttpResponse
  readonly #open: OpenReplies

  constructor(response: HttpResponse, open: OpenReplies) {
    this.#response = response
    this.#open = open
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
      if (status === 204) response.endWithoutBody()
      else response.end(body)
    })
  }

  #end(): void {
    if (this.isDone) return
    this.isDone = true
    this.#open.count--
  }
}
