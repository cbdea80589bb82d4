/** The script that shops put on their pages for recommendations; made by scripts/build-tag.mjs of src/widget. */
import { createHash } from 'node:crypto'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { anyOriginHeaders, type Headers, hasGzip, type Route } from '../edge/listener.js'

/** Browsers ask again after an hour, and show what they have meanwhile: a page never waits for it twice. */
const cacheControl = 'public, max-age=3600, stale-while-revalidate=86400'

/** The script as one kind of browser gets it. */
interface Packed {
  readonly body: Buffer
  readonly headers: Headers
  /** For those who have it already. */
  readonly knownHeaders: Headers
}

/**
 * `GET /widget.js`, the same for all shops: it finds the shop's id, and where we are, in its own address.
 *
 * @param script as it was built.
 */
export function widgetRoute(script: string): Route {
  const plain = Buffer.from(script)
  const version = createHash('sha256').update(plain).digest('base64url').slice(0, 16)
  const pack = (encoding: string, body: Buffer): Packed => {
    const knownHeaders = headersOf(`"${version}${encoding === '' ? '' : `-${encoding}`}"`)
    const own: Headers = encoding === '' ? [] : [['Content-Encoding', encoding]]
    return { body, headers: [...knownHeaders, ...own], knownHeaders }
  }
  const brotli = pack('br', brotliCompressSync(plain))
  const gzip = pack('gzip', gzipSync(plain, { level: 9 }))
  const unpacked = pack('', plain)
  return {
    method: 'GET',
    path: '/widget.js',
    isForAnyOrigin: true,
    handle(request, reply) {
      const accepted = request.header('accept-encoding').toLowerCase()
      const { body, headers, knownHeaders } = hasBrotli(accepted)
        ? brotli
        : hasGzip(accepted)
          ? gzip
          : unpacked
      // A cache on the way may have weakened the tag, or packed the body itself.
      if (request.header('if-none-match').includes(version)) reply.send(304, knownHeaders, '')
      else reply.send(200, headers, body)
    },
  }
}

const hasBrotli = (accepted: string): boolean =>
  /(^|,) *br *(,|;(?! *q=0(\.0*)? *(,|$))|$)/.test(accepted)

const headersOf = (etag: string): Headers => [
  ...anyOriginHeaders,
  ['Content-Type', 'text/javascript; charset=utf-8'],
  ['Cache-Control', cacheControl],
  ['ETag', etag],
  ['Vary', 'Accept-Encoding'],
  // Pages that are isolated from other origins may load it too.
  ['Cross-Origin-Resource-Policy', 'cross-origin'],
]
