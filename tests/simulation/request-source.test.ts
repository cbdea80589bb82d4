// Goal: what is written to the wire is the request that the auction sees, with its own id and the right
// person. Method: the HTTP requests are parsed back.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ByteWriter } from '../../src/base/byte-writer.js'
import {
  generatedRequests,
  RequestSource,
  requestsOfFile,
} from '../../src/simulation/request-source.js'

const folder = mkdtempSync(join(tmpdir(), 'grosz-requests-'))
afterAll(() => rmSync(folder, { recursive: true }))

const options = {
  url: new URL('http://bidder.example:8080/openrtb2/demo?key=1'),
  seed: 5,
  knownShare: 0.3,
  uids: ['demo-cart', 'demo-viewer'],
}

function written(source: RequestSource, index: number): { head: string; body: string } {
  const output = new ByteWriter(16)
  source.write(index, output)
  const [head, body] = output.view().toString().split('\r\n\r\n')
  expect(Number(/Content-Length: (\d+)/.exec(head!)?.[1])).toBe(Buffer.byteLength(body!))
  return { head: head!, body: body! }
}

const source = new RequestSource(generatedRequests({ seed: 5, currency: 'PLN' }), options, 'run1')

test('the head names path, host and type', () => {
  const { head } = written(source, 0)
  expect(head.split('\r\n').slice(0, 3)).toEqual([
    'POST /openrtb2/demo?key=1 HTTP/1.1',
    'Host: bidder.example:8080',
    'Content-Type: application/json',
  ])
})

test('what is written is what the auction sees; ids are unique past the first round', () => {
  const ids = new Set<unknown>()
  for (let index = 0; index < 4_100; index += 7) {
    const request = JSON.parse(written(source, index).body)
    expect(request).toEqual(source.requestOf(index))
    ids.add(request.id)
  }
  expect(ids.size).toBe(Math.ceil(4_100 / 7))
})

test('the share of known people is the one asked for, all of them come', () => {
  const seen = new Map<string, number>()
  for (let index = 0; index < 2_000; index++) {
    const user = (source.requestOf(index) as { user: { buyeruid?: string } }).user
    expect(user.buyeruid !== undefined).toBe(source.isPersonalised(index))
    if (user.buyeruid !== undefined) seen.set(user.buyeruid, (seen.get(user.buyeruid) ?? 0) + 1)
  }
  expect([...seen.keys()].sort()).toEqual(['demo-cart', 'demo-viewer'])
  const share = [...seen.values()].reduce((sum, count) => sum + count, 0) / 2_000
  expect(share).toBeGreaterThan(0.26)
  expect(share).toBeLessThan(0.34)
})

test('a file is sent byte for byte, faults and all, but for who is given a uid', () => {
  const lines = [
    '{"id":"zażółć", "id":"b","imp":[{"id":"1","bidfloor":1.0}]}',
    '{"broken',
    '[1]',
    '{"id":"c","user":null,"tmax":80}',
  ]
  const file = join(folder, 'requests.ndjson')
  writeFileSync(file, `${lines.join('\n')}\n\n`)
  const prepared = requestsOfFile(file)

  const anonymous = new RequestSource(prepared, { ...options, knownShare: 0 }, 'run')
  expect(lines.map((_, index) => written(anonymous, index).body)).toEqual(lines)
  expect(written(anonymous, 5).body).toBe(lines[1])
  expect(lines.map((_, index) => anonymous.tmaxMsOf(index))).toEqual([
    Infinity,
    Infinity,
    Infinity,
    80,
  ])

  const known = new RequestSource(prepared, { ...options, knownShare: 1, uids: ['u1'] }, 'run')
  expect(JSON.parse(written(known, 0).body)).toEqual({
    id: 'b',
    imp: [{ id: '1', bidfloor: 1 }],
    user: { buyeruid: 'u1' },
  })
  expect(written(known, 1).body).toBe(lines[1])
  expect(written(known, 2).body).toBe(lines[2])
  expect(JSON.parse(written(known, 3).body)).toEqual({
    id: 'c',
    user: { buyeruid: 'u1' },
    tmax: 80,
  })
  expect([0, 1, 2, 3].map((index) => known.isPersonalised(index))).toEqual([
    true,
    false,
    false,
    true,
  ])
})

test('a file that is not there or empty is an error', () => {
  const file = join(folder, 'empty.ndjson')
  writeFileSync(file, '\n')
  expect(() => requestsOfFile(file)).toThrow('no requests in')
  expect(() => requestsOfFile(join(folder, 'none'))).toThrow('ENOENT')
})
