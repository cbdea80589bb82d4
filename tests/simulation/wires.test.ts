// Goal: on the binary wire the exchange sends the same requests and judges the same answers. Method: a
// bidder that speaks it, and the same run in JSON beside it.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeBidRequest, encodeBidResponse } from '../../src/openrtb/protobuf/codec.js'
import { ratesDefault } from '../../src/simulation/currencies.js'
import { generatedRequests } from '../../src/simulation/request-source.js'
import { simulateExchange } from '../../src/simulation/run.js'
import { fakeCreative } from './fake-markup.js'

// biome-ignore lint/suspicious/noExplicitAny: requests are read here like any JSON.
type Json = any

let server: Server
let origin = ''
const types: string[] = []
const heard: Json[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.method === 'GET') return void response.end()
      types.push(request.headers['content-type'] ?? '')
      const sent = decodeBidRequest(Buffer.concat(chunks)) as Json
      heard.push(sent)
      const [imp] = sent.imp
      const notice = (kind: string): string => `${origin}/n/${kind}?p=\${AUCTION_PRICE}`
      const bid = {
        ...{ id: 'b', impid: imp.id, price: 99, adomain: ['shop.example'], cid: 'c', crid: 'r' },
        ...{ cat: ['IAB3'], nurl: notice('win'), burl: notice('bill'), lurl: notice('loss') },
        ...fakeCreative(imp, notice),
      }
      const isBroken = heard.length === 1
      const answer = {
        id: isBroken ? 'other' : sent.id,
        cur: 'PLN',
        seatbid: [{ seat: 's1', bid: [bid] }],
      }
      const type = heard.length === 2 ? 'application/json' : 'application/x-protobuf'
      response.writeHead(200, { 'content-type': type })
      response.end(heard.length === 3 ? Buffer.from([255]) : encodeBidResponse(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test('requests are sent, answers judged, notices fired as in JSON', async () => {
  const requests = generatedRequests({ seed: 3, currency: 'PLN', dealIds: [] })
  const report = await simulateExchange(
    {
      url: new URL(`${origin}/x`),
      adminUrl: 'http://127.0.0.1:1',
      ...{ ratePerSecond: 100, seconds: 0.5, connectionCount: 1, competitorCount: 0 },
      ...{ marketScale: 1, seed: 3, knownShare: 1, uids: ['demo-cart'], clickShare: 0 },
      ...{ timeoutMs: 60_000, rates: ratesDefault, wire: 'protobuf' },
    },
    requests.map((it) => ({ ...it, request: { ...it.request, tmax: undefined } })),
  )
  expect(new Set(types)).toEqual(new Set(['application/x-protobuf']))
  const first = requests[0]!.request as Json
  expect(heard[0]).toMatchObject({
    id: expect.stringMatching(/-0$/),
    imp: first.imp.map(({ id, tagid }: Json) => ({ id, tagid })),
    user: { buyeruid: 'demo-cart' },
  })
  expect(heard.length).toBe(50)
  expect(Object.fromEntries(report.brokenRules.map(({ rule, count }) => [rule, count]))).toEqual({
    'id-echoed': 1,
    'content-type-protobuf': 1,
    'json-object': 1,
  })
  expect(report.wins).toBeGreaterThan(40)
  expect(report.notices.win.fired).toBe(report.wins)
})
