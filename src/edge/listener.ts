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

export type Route =
  | {
      readonly method: 'POST'
      /** The last segment is a parameter: `/openrtb2/*`. */
      readonly prefix: string
      /** Larger bodies get 413. */
      readonly bodyBytesMax: number
      /** `body` is only valid until the handler returns. */
      handle(parameter: string, body: Buffer, reply: Reply): void
    }
  | {
      readonly method: 'GET'
      readonly path: string
      /** `query`: what stands after `?`, undecoded; '' where nothing does. */
      handle(query: string, reply: Reply): void
    }

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
}

export const noHeaders: Headers = []
export const jsonHeaders: Headers = [['Content-Type', 'application/json']]

export const statusLines: Readonly<Record<number, string>> = {
  200: '200 OK',
  204: '204 No Content',
  302: '302 Found',
  400: '400 Bad Request',
  404: '404 Not Found',
  405: '405 Method Not Allowed',
  413: '413 Payload Too Large',
  415: '415 Unsupported Media Type',
  503: '503 Service Unavailable',
}

/** One JSON line that says what was wrong with a request. */
export const errorBody = (error: string): string => `${JSON.stringify({ error })}\n`

/** JSON, and what people's tools call it when they don't say (curl's default, a plain text). */
const jsonTypes = /^(application\/(json|x-www-form-urlencoded)|text\/plain)\s*(;|$)/i

/** Why a request's headers keep its body from being read; null where they don't. */
export function refusalOf(contentType: string, contentEncoding: string): string | null {
  if (contentEncoding !== '' && contentEncoding !== 'identity')
    return `content-encoding: ${contentEncoding.slice(0, 32)} is not understood`
  if (contentType === '' || jsonTypes.test(contentType)) return null
  return 'content-type: must be application/json'
}
