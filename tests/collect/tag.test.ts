// Goal: a page gets the tag whole, small and once; what it then does is for tests/tag. Method: the endpoint as the
// server calls it, with the script as the build makes it.
import { strict as check } from 'node:assert'
import { gunzipSync } from 'node:zlib'
import { test } from 'vitest'
import { emptyBody } from '../../src/collect/body.js'
import type { Answer } from '../../src/collect/endpoint.js'
import { tagEndpoints } from '../../src/collect/tag.js'
import { readScript } from '../../src/run/scripts.js'

const script = readScript('tag')
/** @param sent names in lower case. */
async function get(sent: Readonly<Record<string, string>> = {}, tcfVendorId = 755) {
  const [endpoint] = tagEndpoints({ script, tcfVendorId })
  const request = { shopId: 'ruszaj', key: null, params: {}, query: {}, remoteAddress: '127.0.0.1' }
  const header = (name: string): string => sent[name] ?? ''
  const answer: Answer = await endpoint!.handle({ ...request, ...emptyBody, header })
  const headers = answer.headers ?? {}
  return { ...answer, headers, etag: headers['ETag']! }
}

test('it is the script, with our place in the list of vendors filled in', async () => {
  const { status, body, headers } = await get()
  check.equal(status, 200)
  check.equal(String(body), script.replaceAll('TCF_VENDOR_ID', '755'))
  check.ok(script.includes('TCF_VENDOR_ID'))
  check.equal(headers['Content-Type'], 'text/javascript; charset=utf-8')
  check.match(headers['Cache-Control']!, /^public, max-age=\d+/)
  check.equal(headers['Cross-Origin-Resource-Policy'], 'cross-origin')
})

test.each([
  ['gzip, deflate, br', true],
  ['br;q=1.0, gzip;q=0.8', true],
  ['gzip;q=0', false],
  ['gzip; q=0.0, br', false],
  ['x-gzipped', false],
  ['', false],
])('it is packed for browsers that can unpack it: %s', async (accepted, isPacked) => {
  const { body, headers } = await get({ 'accept-encoding': accepted })
  check.equal(headers['Content-Encoding'], isPacked ? 'gzip' : undefined)
  const plain = isPacked ? gunzipSync(body as Buffer) : (body as Buffer)
  check.equal(String(plain), script.replaceAll('TCF_VENDOR_ID', '755'))
  check.match(headers['Vary']!, /Accept-Encoding/)
})

test('a browser that has it doesn’t get it again; one that has another version does', async () => {
  const packed = await get({ 'accept-encoding': 'gzip' })
  const plain = await get()
  check.notEqual(packed.etag, plain.etag)
  for (const etag of [packed.etag, plain.etag, `W/${plain.etag}`, `"other", ${plain.etag}`]) {
    const again = await get({ 'if-none-match': etag })
    check.equal(again.status, 304)
    check.equal(again.headers['Cache-Control'], plain.headers['Cache-Control'])
  }
  check.equal((await get({ 'if-none-match': '"other"' })).status, 200)
  check.equal((await get({ 'if-none-match': plain.etag }, 0)).status, 200)
})
