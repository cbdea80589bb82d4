/** The script that shops put on their pages for recommendations; made by scripts/build-tag.mjs of src/widget. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { anyOriginHeaders, type Headers, hasGzip, type Route } from '../edge/listener.js'

/** Browsers ask again after an hour, and show what they have meanwhile: a page never waits for it twice. */
const cacheControl = 'public, max-age=3600, stale-while-revalidate=86400'

/**
 * `GET /widget.js`, the same for all shops: it finds the shop's id, and where we are, in its own address.
 *
 * @param script as it was built.
 */
export function widgetRoute(script: string): Route {
  const plain = Buffer.from(script)
  const packed = gzipSync(plain, { level: 9 })
  const version = createHash('sha256').update(plain).digest('base64url').slice(0, 16)
  const plainHeaders = headersOf(`"${version}"`)
  const packedHeaders = headersOf(`"${version}-gzip"`)
  const packedBodyHeaders: Headers = [...packedHeaders, ['Content-Encoding', 'gzip']]
  return {
    method: 'GET',
    path: '/widget.js',
    isForAnyOrigin: true,
    handle(request, reply) {
      const isPacked = hasGzip(request.header('accept-encoding').toLowerCase())
      // A cache on the way may have weakened the tag, or packed the body itself.
      const isKnown = request.header('if-none-match').includes(version)
      if (isKnown) reply.send(304, isPacked ? packedHeaders : plainHeaders, '')
      else if (isPacked) reply.send(200, packedBodyHeaders, packed)
      else reply.send(200, plainHeaders, plain)
    },
  }
}

const headersOf = (etag: string): Headers => [
  ...anyOriginHeaders,
  ['Content-Type', 'text/javascript; charset=utf-8'],
  ['Cache-Control', cacheControl],
  ['ETag', etag],
  ['Vary', 'Accept-Encoding'],
  // Pages that are isolated from other origins may load it too.
  ['Cross-Origin-Resource-Policy', 'cross-origin'],
]
