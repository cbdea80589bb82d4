/** The script that shops put on their pages; made by scripts/build-tag.mjs of src/tag. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Answer, Call, Endpoint } from './endpoint.js'

export interface TagOptions {
  /** As it was built. */
  readonly script: string
  /** Ours in the TCF's list of vendors; 0 where we aren't in it, and the tag doesn't ask the TCF. */
  readonly tcfVendorId: number
}

/** Browsers ask again after an hour, and show what they have meanwhile: a page never waits for it twice. */
const cacheControl = 'public, max-age=3600, stale-while-revalidate=86400'

/** The same for all shops: it finds the shop's id, and where we are, in its own address. */
export function tagEndpoints({ script, tcfVendorId }: TagOptions): Endpoint[] {
  const plain = Buffer.from(script.replaceAll('TCF_VENDOR_ID', String(tcfVendorId)))
  const packed = gzipSync(plain, { level: 9 })
  const version = createHash('sha256').update(plain).digest('base64url').slice(0, 16)
  return [
    {
      method: 'GET',
      path: '/tag.js',
      operationId: 'getTag',
      tag: 'events',
      summary: 'The script for a shop’s pages',
      description:
        'Put `<script async src="…/tag.js?shop=<id>"></script>` on each page: see docs/tag.md. ' +
        'A shop that there isn’t gets 404: browsers run nothing then, and say so on the console.',
      access: 'public',
      body: { kind: 'none' },
      responses: {
        200: { description: 'JavaScript, gzip where the browser takes it' },
        304: { description: 'The browser’s copy is still right' },
      },
      handle: (call) => answer(call, plain, packed, version),
    },
  ]
}

function answer(call: Call, plain: Buffer, packed: Buffer, version: string): Answer {
  const isPacked = /(^|,)\s*gzip\s*(,|;(?!\s*q=0(\.0*)?\s*(,|$))|$)/i.test(
    call.header('accept-encoding'),
  )
  const etag = `"${version}${isPacked ? '-gzip' : ''}"`
  const headers = {
    'Content-Type': 'text/javascript; charset=utf-8',
    'Cache-Control': cacheControl,
    ETag: etag,
    Vary: 'Accept-Encoding, Origin',
    // Pages that are isolated from other origins may load it too.
    'Cross-Origin-Resource-Policy': 'cross-origin',
  }
  // A cache on the way may have weakened the tag, or packed the body itself.
  if (call.header('if-none-match').includes(version)) return { status: 304, headers }
  if (!isPacked) return { status: 200, headers, body: plain }
  return { status: 200, headers: { ...headers, 'Content-Encoding': 'gzip' }, body: packed }
}
