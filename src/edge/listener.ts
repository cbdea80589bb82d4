/**
 * What we need of an HTTP server, so that there can be two: uWebSockets.js, and `node:http` where
 * that has no binary. Both pass tests/contracts/listener.
 */

/** Answers one request. `send` is called once, at once or later; where the peer has gone it does nothing. */
export interface Reply {
  /**
   * @param status one of `statusLines`.
   * @param body   copied before `send` returns.
   */
  send(status: number, headers: Headers, body: Uint8Array | string): void
}

/** Name and value in turn; prepared once, as most answers have the same. */
export type Headers = readonly (readonly [name: string, value: string])[]

/**
 * What came before a bid request's body. One object for all requests: valid until the handler returns.
 */
export class RequestHead {
  /** First segment after the route's prefix: `demo` of `/openrtb2/demo`. */
  name = ''
  /** Second segment, or what `Authorization: Bearer` holds; '' where neither is there or was read. */
  secret = ''
  /** As sent; '' where absent. */
  contentType = ''
  contentEncoding = ''
  /** The answer may be compressed. Only read for the route's `gzipFor`. */
  acceptsGzip = false
  /** Who sent it; '' where nobody knows. Only read where the route says whose address it wants. */
  address = ''

  /** Whether `secret` came with the request; true for '', which asks for none. Takes as long for any guess. */
  isFrom(secret: string): boolean {
    const given = this.secret
    if (secret === '') return true
    if (given.length !== secret.length) return false
    let difference = 0
    for (let i = 0; i < secret.length; i++) difference |= given.charCodeAt(i) ^ secret.charCodeAt(i)
    return difference === 0
  }
}

/** A request without a body. Valid until the handler returns; what is needed later is read before. */
export interface GetRequest {
  /** What stands after `?`, undecoded; '' where nothing does. */
  readonly query: string
  /** Last segment of a path that ends in `*`; '' elsewhere. */
  readonly parameter: string
  /** Asks for the headers alone: nothing is to happen. The listener leaves the body away. */
  readonly isHead: boolean
  /** Who sent it; '' where nobody knows, or the route doesn't say whose address it wants. Found out when read. */
  readonly address: string
  /** @param name in lower case. @returns '' where absent. */
  header(name: string): string
}

/**
 * Whose address is read: `peer`, the connection's; `forwarded`, the last one of `X-Forwarded-For`, which a proxy of
 * ours in front has written, the connection's without it.
 */
export type WhoseAddress = 'peer' | 'forwarded'

export type Route =
  | {
      readonly method: 'POST'
      /** Stands before a name and, where the sender has one, its secret: `/openrtb2/<name>/<secret>`. */
      readonly prefix: string
      /** Larger bodies get 413. */
      readonly bodyBytesMax: number
      /** Names whose `Authorization` is read where the path has no secret: each header read costs time. */
      readonly bearerFor: ReadonlySet<string>
      /** Names whose `Accept-Encoding` is read. */
      readonly gzipFor: ReadonlySet<string>
      /** Nobody's where it isn't said. */
      readonly address?: WhoseAddress
      /** As in the other kind. */
      readonly isForAnyOrigin?: boolean
      /** `body` is only valid until the handler returns. */
      handle(head: RequestHead, body: Buffer, reply: Reply): void
    }
  | {
      /** HEAD is answered too, in the same way without the body. */
      readonly method: 'GET'
      /** Where it ends in `/*`, the last segment is a parameter. */
      readonly path: string
      /** As in the other kind. */
      readonly address?: WhoseAddress
      /**
       * Pages of any site may call it and read the answer: OPTIONS says so, and so does what the listener itself
       * refuses. The handler's own answers have `anyOriginHeaders` where they are to be read.
       */
      readonly isForAnyOrigin?: boolean
      handle(request: GetRequest, reply: Reply): void
    }

/** No name in particular. */
export const noNames: ReadonlySet<string> = new Set()

export interface Listener {
  readonly port: number
  /** Takes no new connections, lets requests in flight finish, then resolves. */
  close(): Promise<void>
}

export interface ListenOptions {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  readonly routes: readonly Route[]
  /** A body that is not there this long after its head is not waited for: 408, and the connection ends. */
  readonly bodyTimeoutMs: number
}

export const noHeaders: Headers = []
export const jsonHeaders: Headers = [['Content-Type', 'application/json']]
/** Without cookies and keys: what is so answered says nothing that the page itself didn't bring. */
export const anyOriginHeaders: Headers = [['Access-Control-Allow-Origin', '*']]

/** Statuses whose answers have no body. */
export const isBodiless = (status: number): boolean => status === 204 || status === 304

export const statusLines: Readonly<Record<number, string>> = {
  200: '200 OK',
  204: '204 No Content',
  302: '302 Found',
  304: '304 Not Modified',
  400: '400 Bad Request',
  401: '401 Unauthorized',
  403: '403 Forbidden',
  404: '404 Not Found',
  405: '405 Method Not Allowed',
  408: '408 Request Timeout',
  413: '413 Payload Too Large',
  415: '415 Unsupported Media Type',
  429: '429 Too Many Requests',
  503: '503 Service Unavailable',
}

/** One JSON line that says what was wrong with a request. */
export const errorBody = (error: string): string => `${JSON.stringify({ error })}\n`

export const allowedMethods = (route: Route): string =>
  route.method === 'GET' ? 'GET, HEAD' : route.method

/** What the listener itself answers with, where the handler isn't asked. */
export const refusalHeaders = (route: Route): Headers =>
  route.isForAnyOrigin === true ? [...jsonHeaders, ...anyOriginHeaders] : jsonHeaders

/** Answers what a route has no handler for: a browser that asks what its page may send, or a wrong method. */
export function answerOther(route: Route, method: string, reply: Reply): void {
  const allow = allowedMethods(route)
  if (method.toLowerCase() === 'options' && route.isForAnyOrigin === true) {
    const headers: Headers = [
      ...anyOriginHeaders,
      ['Access-Control-Allow-Methods', allow],
      ['Access-Control-Allow-Headers', 'Content-Type'],
      ['Access-Control-Max-Age', '86400'],
    ]
    reply.send(204, headers, '')
    return
  }
  const error = errorBody(`method: must be ${route.method}`)
  reply.send(405, [...refusalHeaders(route), ['Allow', allow]], error)
}

/** The last address of `X-Forwarded-For`: those before it are whatever the sender wrote. */
export const lastForwarded = (forwardedFor: string): string =>
  forwardedFor.slice(forwardedFor.lastIndexOf(',') + 1).trim()

/** The token of `Authorization: Bearer <token>`; '' of anything else. */
export const bearerOf = (authorization: string): string =>
  /^bearer +([\w-]{1,128}) *$/i.exec(authorization)?.[1] ?? ''

/** Whether `Accept-Encoding` has gzip, and not with a weight of nothing. */
export function hasGzip(acceptEncoding: string): boolean {
  if (!acceptEncoding.includes('gzip')) return false
  return !/\bgzip *; *q=0(\.0*)? *(,|$)/.test(acceptEncoding)
}

export const overLimit = (bytesMax: number): string => errorBody(`body: is over ${bytesMax} bytes`)
export const nothingHere = errorBody('path: there is nothing here')
export const tooSlow = errorBody('body: did not come in time')
