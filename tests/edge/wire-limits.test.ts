// Goal: whoever may not be answered, or can't be read, costs little and is told why; each reason for
// no bid has its number in either wire. Method: one request after the other, the clock in the hand.
// Conformance checklist 8, 9, 11, 29.
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { noBidReasons } from '../../src/bidding/no-bid.js'
import { badRequestReasons } from '../../src/edge/bad-request.js'
import { caughtUpCount, OverloadGuard } from '../../src/edge/overload.js'
import { decodeBidResponse, encodeBidRequest } from '../../src/openrtb/protobuf/codec.js'
import { catalogueOf, shopFile } from '../bidding/world.js'
import { bidderInProcess, type InProcess } from './in-process.js'

const campaign = { id: 'c', goal: 'cpm', bid: 10, maxCpm: 40, budget: {} }
const catalogue = catalogueOf([shopFile('shop0', [campaign])])
const request = { id: 'r', imp: [{ id: '1', banner: { w: 300, h: 250 } }] }
const body = JSON.stringify(request)

const noBids = ({ metrics }: InProcess, reason: string): number =>
  metrics.values[metrics.slots.noBids[noBidReasons.indexOf(reason)]!]!
const refused = ({ metrics }: InProcess, reason: string): number =>
  metrics.values[metrics.slots.badRequests[badRequestReasons.indexOf(reason)]!]!

const packed = gzipSync(body)
test.each([
  ['gzip that is broken', 400, packed.subarray(0, packed.length - 9), { contentEncoding: 'gzip' }],
  ['gzip that is none', 400, Buffer.from(body), { contentEncoding: 'gzip' }],
  ['a bomb', 413, gzipSync(Buffer.alloc(50 << 20)), { contentEncoding: 'gzip' }],
  ['an encoding that isn’t spoken', 415, packed, { contentEncoding: 'br' }],
  ['two encodings', 415, packed, { contentEncoding: 'gzip, gzip' }],
  ['a type that isn’t spoken', 415, Buffer.from(body), { contentType: 'text/xml' }],
])('%s is refused, and the next request is answered', (_, status, bytes, head) => {
  const bidder = bidderInProcess(catalogue)
  const reply = bidder.post(bytes, head)
  expect(reply.status).toBe(status)
  expect(JSON.parse(reply.body)).toEqual({ error: expect.stringMatching(/^(body|content-\w+): ./) })
  expect(refused(bidder, 'encoding')).toBe(1)
  expect(bidder.post(packed, { contentEncoding: 'gzip' }).status).toBe(200)
  expect(bidder.post(body, { contentEncoding: 'identity' }).status).toBe(200)
})

test('a body that is empty once inflated is a malformed one', () => {
  const bidder = bidderInProcess(catalogue)
  expect(bidder.post(gzipSync(''), { contentEncoding: 'gzip' }).status).toBe(400)
  expect(refused(bidder, 'malformed')).toBe(1)
})

test('without the exchange’s secret nothing is read', () => {
  const secret = 'a-secret-of-20-chars'
  const bidder = bidderInProcess(catalogue, { exchange: { secret } })
  for (const wrong of ['', 'a-secret-of-20-char', 'A-secret-of-20-chars', `${secret}s`]) {
    const reply = bidder.post('not even JSON', { secret: wrong })
    expect([reply.status, reply.body]).toEqual([
      401,
      '{"error":"secret: is not this exchange’s"}\n',
    ])
  }
  expect(refused(bidder, 'wrong_secret')).toBe(4)
  expect(bidder.post(body, { secret }).status).toBe(200)
  expect(bidder.post(body, { secret, name: 'other' }).status).toBe(404)
  expect(refused(bidder, 'unknown_exchange')).toBe(1)
})

test('what comes above the agreed rate gets a no-bid at once, and is counted as that', () => {
  const clock = new ManualClock()
  const bidder = bidderInProcess(catalogue, { clock, exchange: { qpsMax: 100, noBid: 'nbr' } })
  const statuses = Array.from({ length: 15 }, () => bidder.post(body).status)
  // A tenth of a second's share may come at once.
  expect(statuses).toEqual([...Array(10).fill(200), ...Array(5).fill(204)])
  expect(noBids(bidder, 'rate_limited')).toBe(5)
  // Not even looked at: it would be a 400.
  expect(bidder.post('{').status).toBe(204)
  clock.advance(30)
  expect(Array.from({ length: 4 }, () => bidder.post(body).status)).toEqual([200, 200, 200, 204])
})

test('what has waited too long gets a no-bid at once, until the queue is worked off', () => {
  const clock = new ManualClock()
  let idleMs = 0
  const guard = new OverloadGuard(20, { idleMs: () => idleMs, afterTurn: () => {} })
  const bidder = bidderInProcess(catalogue, { clock, guard })
  // The loop never waits: these count as having come while it was busy, but a few are answered anyway.
  for (let i = 0; i < caughtUpCount; i++) expect(bidder.post(body).status).toBe(200)
  expect(bidder.post('{').status).toBe(204)
  expect(bidder.post(encodeBidRequest(request), { contentType: 'text/xml' }).status).toBe(204)
  expect(noBids(bidder, 'overload')).toBe(2)
  // The loop found time to wait: nothing was left.
  clock.advance(10)
  idleMs += 10
  expect(bidder.post(body).status).toBe(200)
})

const schain = { complete: 0, ver: '1.0', nodes: [{ asi: 'bad.example', sid: '1', hp: 1 }] }
test.each([
  ['crawler', 3, { device: { ua: 'Mozilla/5.0 (compatible; Googlebot/2.1)' } }, {}],
  ['network_blocked', 5, { device: { ip: '192.0.2.7' } }, {}],
  ['place_blocked', 7, { site: { domain: 'a.blocked.example' } }, {}],
  ['timeout', 15, { tmax: 5 }, {}],
  ['supply_chain_incomplete', 16, { source: { schain } }, { complete: true }],
  ['supply_chain_blocked', 17, { source: { schain } }, { blockedSystems: ['bad.example'] }],
  ['seat_blocked', 0, { wseat: ['else'] }, {}],
  ['unknown_currency', 0, { cur: ['GBP'] }, {}],
  ['unsupported_format', 0, { imp: [{ id: '1' }] }, {}],
  ['below_floor', 0, { imp: [{ ...request.imp[0], bidfloor: 99 }] }, {}],
])('%s is %i in the body of an answer, in either wire', (reason, nbr, more, supplyChain) => {
  const exchange = { noBid: 'nbr', blockedSites: ['blocked.example'], supplyChain }
  const bidder = bidderInProcess(catalogue, { exchange, blockedNetworks: ['192.0.2.0/24'] })
  const json = { ...request, ...more }
  const inJson = bidder.post(JSON.stringify(json))
  expect([inJson.status, JSON.parse(inJson.body)]).toEqual([200, { id: 'r', seatbid: [], nbr }])
  const inProtobuf = bidder.post(encodeBidRequest(json), { contentType: 'application/x-protobuf' })
  expect([inProtobuf.status, decodeBidResponse(inProtobuf.bytes)]).toEqual([200, { id: 'r', nbr }])
  expect(noBids(bidder, reason)).toBe(2)
  const silent = bidderInProcess(catalogue, {
    ...{ exchange: { ...exchange, noBid: '204' }, blockedNetworks: ['192.0.2.0/24'] },
  })
  const reply = silent.post(JSON.stringify(json))
  expect([reply.status, reply.body, noBids(silent, reason)]).toEqual([204, '', 1])
})

test.each(['2.5', '2.6', ''])('the version that is answered in: "%s"', (openrtbVersion) => {
  const bidder = bidderInProcess(catalogue, { exchange: { openrtbVersion } })
  for (const json of [request, { ...request, imp: [{ id: '1' }] }]) {
    const { headers } = bidder.post(JSON.stringify(json))
    const versions = headers.filter(([name]) => name === 'x-openrtb-version').map(([, it]) => it)
    expect(versions).toEqual(openrtbVersion === '' ? [] : [openrtbVersion])
  }
})
