// Goal: a request in protobuf is answered in protobuf with what its JSON twin is answered, packed or
// not, compressed or not; and JSON never is. Method: seeded random requests over both wires, read back
// by the reference codec, what differs from bid to bid (ids, tokens) put aside.
// Conformance checklist 10, 19.
import { readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import {
  decodeBidResponse,
  encodeBidRequest,
  encodeBidResponse,
} from '../../src/openrtb/protobuf/codec.js'
import { Profile } from '../../src/profiles/profile.js'
import { BidSlice } from '../../src/profiles/slice.js'
import { ProfileStats } from '../../src/profiles/stats.js'
import { randomImpression, randomRequest } from '../bidding/random-request.js'
import { randomShop, shopIds } from '../bidding/random-world.js'
import { catalogueOf, shopFile } from '../bidding/world.js'
import { bidderInProcess, type CaughtReply, type InProcess } from './in-process.js'

type Json = { readonly [name: string]: unknown }

const seed = Number(process.env['SEED'] ?? 20260306)
const protobuf = { contentType: 'application/x-protobuf' }

/** An answer with what is different in each bid put aside. */
function compared(answer: Json): unknown {
  let text = JSON.stringify(answer)
  const { seatbid = [] } = answer as { seatbid?: { bid: { id: string; burl: string }[] }[] }
  for (const { id, burl } of seatbid.flatMap(({ bid }) => bid)) {
    const token = /[?&]t=([\w-]+)/.exec(burl)![1]!
    text = text.replaceAll(token, 'TOKEN').replaceAll(id, 'ID')
  }
  // Protobuf has no empty lists.
  const { seatbid: bids, ...rest } = JSON.parse(text) as { seatbid?: unknown[] }
  return (bids?.length ?? 0) === 0 ? rest : { ...rest, seatbid: bids }
}

function typeOf({ headers }: CaughtReply): string | undefined {
  return headers.find(([name]) => name === 'Content-Type')?.[1]
}

/** Posts a request in both wires. @returns the answer in JSON; null for none. */
function answersOf(bidder: InProcess, json: object, isPacked: boolean, where: string): Json | null {
  const asJson = bidder.post(JSON.stringify(json))
  const asProtobuf = bidder.post(encodeBidRequest(json as Json, isPacked), protobuf)
  expect([asProtobuf.status, where]).toEqual([asJson.status, where])
  if (asJson.status !== 200) return null
  expect(typeOf(asJson)).toBe('application/json')
  expect(typeOf(asProtobuf)).toBe('application/x-protobuf')
  const expected = JSON.parse(asJson.body) as Json
  expect(compared(decodeBidResponse(asProtobuf.bytes)), where).toEqual(compared(expected))
  return expected
}

test.each([
  ['as text', { multiBid: true }],
  ['native as a message', { native: { form: 'adm_native' } }],
  ['reasons in the body', { noBid: 'nbr' }],
])('the same answer in either wire: %s', (_, exchange) => {
  const random = new Random(seed)
  const formats = new Map<unknown, number>()
  for (let world = 0; world < 15; world++) {
    const files = shopIds.map((id) => randomShop(random, id, random.below(40)))
    const bidder = bidderInProcess(catalogueOf(files), { exchange })
    for (let round = 0; round < 20; round++) {
      const impressions = Array.from({ length: 1 + random.below(3) }, (_, i) =>
        randomImpression(random, `żółć ${i}`),
      )
      const json = randomRequest(random, impressions)
      const where = `seed ${seed} world ${world} round ${round} ${JSON.stringify(json)}`
      const answer = answersOf(bidder, json, random.chance(0.5), where)
      const { seatbid = [] } = (answer ?? {}) as { seatbid?: { bid: { mtype: number }[] }[] }
      for (const { mtype } of seatbid.flatMap(({ bid }) => bid))
        formats.set(mtype, (formats.get(mtype) ?? 0) + 1)
    }
  }
  expect([...formats].filter(([, count]) => count > 5).length, String([...formats])).toBe(4)
})

const campaign = { id: 'c', goal: 'cpm', bid: 10, maxCpm: 40, budget: {} }
const request = { id: 'r', imp: [{ id: '1', banner: { w: 300, h: 250 } }] }

test.each([
  ['application/octet-stream', 'application/octet-stream'],
  ['application/x-protobuf', 'application/x-protobuf'],
  ['application/protobuf', 'application/protobuf'],
])('an answer to %s is called %s, with bids and without', (contentType, answered) => {
  const bidder = bidderInProcess(catalogueOf([shopFile('shop0', [campaign])]), {
    exchange: { noBid: 'nbr' },
  })
  const bid = bidder.post(encodeBidRequest(request), { contentType })
  expect([bid.status, typeOf(bid)]).toEqual([200, answered])
  const none = { ...request, imp: [{ ...request.imp[0], bidfloor: 1_000 }] }
  const noBid = bidder.post(encodeBidRequest(none), { contentType })
  expect([noBid.status, typeOf(noBid)]).toEqual([200, answered])
  expect(decodeBidResponse(noBid.bytes)).toEqual({ id: 'r', nbr: 0 })
  const inJson = bidder.post(JSON.stringify(none))
  expect(JSON.parse(inJson.body)).toEqual({ id: 'r', seatbid: [], nbr: 0 })
})

test('bodies are compressed both ways in both wires, answers only where both sides want it', () => {
  const catalogue = catalogueOf([shopFile('shop0', [campaign])])
  const gzip = { contentEncoding: 'gzip', acceptsGzip: true }
  for (const isBinary of [false, true]) {
    const plain = isBinary ? encodeBidRequest(request) : Buffer.from(JSON.stringify(request))
    const head = isBinary ? protobuf : {}
    const read = (body: Buffer): Json =>
      isBinary ? decodeBidResponse(body) : (JSON.parse(body.toString()) as Json)
    const willing = bidderInProcess(catalogue, { exchange: { gzipReplies: true } })
    const reply = willing.post(gzipSync(plain), { ...head, ...gzip })
    expect(reply.headers).toContainEqual(['Content-Encoding', 'gzip'])
    const expected = compared(read(willing.post(plain, head).bytes))
    expect(compared(read(gunzipSync(reply.bytes)))).toEqual(expected)
    const unasked = willing.post(gzipSync(plain), { ...head, contentEncoding: 'gzip' })
    const unwilling = bidderInProcess(catalogue).post(gzipSync(plain), { ...head, ...gzip })
    for (const { headers, bytes } of [unasked, unwilling]) {
      expect(headers.map(([name]) => name)).not.toContain('Content-Encoding')
      expect(compared(read(bytes))).toEqual(expected)
    }
  }
})

test('Google’s billing id comes back in all its digits, in either wire', () => {
  const bidder = bidderInProcess(catalogueOf([shopFile('shop0', [campaign])]))
  const billing_id = ['9007199254740993', '2']
  const json = { ...request, imp: [{ ...request.imp[0], ext: { billing_id } }] }
  const answer = answersOf(bidder, json, true, 'billing id') as {
    seatbid: [{ bid: [{ ext: object }] }]
  }
  expect(answer.seatbid[0].bid[0].ext).toEqual({ billing_id: '9007199254740993' })
})

test('no answer for what is no such message, and the next request is answered as ever', () => {
  const bidder = bidderInProcess(catalogueOf([shopFile('shop0', [campaign])]))
  const body = encodeBidRequest(request)
  const broken = [
    Buffer.alloc(0),
    body.subarray(0, body.length - 3),
    Buffer.from(JSON.stringify(request)),
    Buffer.alloc(100, 0xff),
    encodeBidResponse({ id: 'r' }),
  ]
  for (const bytes of broken) {
    expect(bidder.post(bytes, protobuf).status).toBe(400)
    expect(bidder.post(body, protobuf).status).toBe(200)
  }
  expect(bidder.post(body).status).toBe(400)
})

// Consent: the strings that the corpus knows the meaning of.

interface TcfLine {
  readonly tcString: string
  readonly decoded: {
    readonly isServiceSpecific: boolean
    readonly purposeConsents: readonly number[]
    readonly vendorConsents: readonly number[]
    readonly publisherRestrictions: readonly object[]
  }
}
const corpus = new URL('../../../shared/corpus/dev/consent/', import.meta.url)
const strings = readFileSync(new URL('tcf-valid.ndjson', corpus), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as TcfLine)
  .filter(({ decoded }) => decoded.publisherRestrictions.length === 0)

test('without consent no profile is read, wherever the string stands and however it is sent', () => {
  const known = {
    stats: new ProfileStats(),
    readCount: 0,
    read(): Profile {
      this.readCount++
      return new Profile([new BidSlice(keyOf('shop0'), 5e6, 1, 1, 0, [], [], [])], 1)
    },
  }
  const shop = shopFile('shop0', [{ ...campaign, modifiers: [{ when: { cart: {} }, factor: 2 }] }])
  const catalogue = catalogueOf([shop])
  const vendors = [...new Set(strings.flatMap(({ decoded }) => decoded.vendorConsents))]
  const tcfVendorId = vendors.sort(
    (a, b) => consenting(b).length - consenting(a).length || a - b,
  )[0]!
  const bidder = bidderInProcess(catalogue, { profiles: known, consent: { tcfVendorId } })
  const counts = { yes: 0, no: 0 }
  for (const { tcString, decoded } of strings) {
    const isAllowed = consenting(tcfVendorId).some((line) => line.tcString === tcString)
    counts[isAllowed ? 'yes' : 'no']++
    const where = JSON.stringify({ tcString, decoded })
    for (const isInPlace of [true, false]) {
      const json = {
        ...{ ...request, cur: ['PLN'] },
        regs: isInPlace ? { gdpr: 1 } : { ext: { gdpr: 1 } },
        user: isInPlace
          ? { buyeruid: 'u', consent: tcString }
          : { buyeruid: 'u', ext: { consent: tcString } },
      }
      known.readCount = 0
      const answer = answersOf(bidder, json, isInPlace, where) as {
        seatbid: [{ bid: [{ price: number }] }]
      }
      expect([known.readCount, where]).toEqual([isAllowed ? 2 : 0, where])
      expect(answer.seatbid[0].bid[0].price, where).toBe(isAllowed ? 20 : 10)
    }
  }
  expect(counts.yes).toBeGreaterThan(3)
  expect(counts.no).toBeGreaterThan(20)
})

/** Strings that let this vendor store, profile and select by profile. */
function consenting(vendor: number): readonly TcfLine[] {
  return strings.filter(
    ({ decoded }) =>
      [1, 3, 4].every((purpose) => decoded.purposeConsents.includes(purpose)) &&
      decoded.vendorConsents.includes(vendor),
  )
}
