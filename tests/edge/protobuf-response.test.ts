// Goal: an answer in protobuf says what the same answer says in JSON.
// Method: the same seeded facts through both writers; the protobuf is read back by the reference codec.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import { ByteWriter } from '../../src/base/byte-writer.js'
import type { CpmMicros } from '../../src/base/money.js'
import { Random } from '../../src/base/random.js'
import { BidFacts } from '../../src/edge/bid-facts.js'
import { JsonResponse } from '../../src/edge/bid-response.js'
import type { Exchange } from '../../src/edge/exchange.js'
import { exchangeSchema } from '../../src/edge/exchange.js'
import { ProtobufResponse } from '../../src/edge/protobuf-response.js'
import { decodeBidResponse } from '../../src/openrtb/protobuf/codec.js'
import { catalogueOf, shopFile } from '../bidding/world.js'

const { snapshot } = catalogueOf([
  shopFile('shop-1', [
    { id: 'c1', goal: 'cpm', bid: 60, maxCpm: 60, budget: {} },
    { id: 'c2', goal: 'cpc', bid: 30, maxCpm: 80, budget: {} },
  ]),
])
const rows = Array.from(snapshot.shopOf.keys()).filter((row) => snapshot.shopOf[row]! >= 0)
const publicUrl = 'https://bid.grosz.example'
const exchangeOf = (settings: object = {}): Exchange =>
  exchangeSchema.parse({ name: 'demo', currency: 'USD', seat: 'sęat "1"', ...settings })

const html = '<a href="https://shop.example/\u00f3?a=1&b=\\2">zażółć 🛒\u2028\n\t</a>'
const native = {
  ver: '1.2',
  assets: [
    { id: 1, required: 1, title: { text: 'Buty "do" biegania 🛒' } },
    { id: 2, img: { url: 'https://shop.example/1.png', w: 300, h: 250, type: 3 } },
    { id: 3, data: { value: '12.34 zł', type: 6 }, link: { url: 'https://shop.example/3' } },
  ],
  link: { url: 'https://shop.example/', clicktrackers: ['https://bid.grosz.example/n/click'] },
  eventtrackers: [{ event: 1, method: 1, url: 'https://bid.grosz.example/n/imp' }],
  privacy: 'https://shop.example/privacy',
}

const bits = (random: Random): number => (random.chance(0.5) ? 0 : random.below(2 ** 24) << 1)

function fill(facts: BidFacts, random: Random, index: number): void {
  facts.id = `bid-${index}`
  facts.token = 'T'.repeat(20 + random.below(100))
  facts.impressionId = random.pick(['1', 'ćma "x"', 'i'.repeat(500), '𝒊'.repeat(42)])
  facts.priceCpmMicros = (1 + random.below(random.pick([100, 1e6, 2e9]))) as CpmMicros
  facts.row = random.pick(rows)
  facts.format = random.pick([1, 2, 4])
  facts.markup.reset()
  if (facts.format === 4) facts.markup.utf8(JSON.stringify(native))
  else facts.markup.utf8(JSON.stringify(html.repeat(random.below(200))).slice(1, -1))
  facts.creative = random.pick(['300x250', 'native', 'spring.video'])
  facts.width = facts.format === 4 ? 0 : 1 + random.below(3_000)
  facts.height = facts.width
  facts.durationSeconds = facts.format === 2 ? 1 + random.below(300) : 0
  facts.protocol = facts.format === 2 ? 1 + random.below(16) : 0
  facts.attributes = bits(random)
  facts.apis = bits(random)
  facts.language = random.pick(['', 'pl'])
  facts.dealId = random.pick(['', 'deal-ł', 'd'.repeat(200)])
  facts.billingId = ''
  facts.expirySeconds = random.pick([1, 300, 90_000])
}

type Json = { [name: string]: unknown }

describe.each([
  ['as text', {}],
  ['native as a message', { native: { form: 'adm_native' } }],
  ['without notices', { notices: { win: false, bill: false, loss: false } }],
])('%s', (_, settings) => {
  test('says what the JSON says', () => {
    const random = new Random(20_260_713)
    const exchange = exchangeOf(settings)
    const json = new JsonResponse(new ByteWriter(), publicUrl, exchange)
    const protobuf = new ProtobufResponse(new ByteWriter(), publicUrl, exchange)
    const facts = new BidFacts()
    for (let round = 0; round < 500; round++) {
      const requestId = random.pick(['r1', 'żądanie', 'x'.repeat(1_000)])
      json.begin(requestId, 'PLN')
      protobuf.begin(requestId, 'PLN')
      for (let bids = 1 + random.below(4); bids > 0; bids--) {
        fill(facts, random, bids)
        json.add(facts, snapshot)
        protobuf.add(facts, snapshot)
      }
      const expected = JSON.parse(json.end().toString())
      check.deepEqual(decodeBidResponse(protobuf.end()), expected, `round ${round}`)
    }
  })
})

test("Google's parts: the billing id in all its digits, and how long it took", () => {
  const protobuf = new ProtobufResponse(new ByteWriter(), publicUrl, exchangeOf())
  const facts = new BidFacts()
  fill(facts, new Random(1), 1)
  facts.billingId = '9007199254740993'
  protobuf.begin('r', 'USD')
  protobuf.add(facts, snapshot)
  const response = decodeBidResponse(protobuf.end(7)) as { ext: Json; seatbid: [{ bid: [Json] }] }
  check.deepEqual(response.ext, { processing_time_ms: 7 })
  check.deepEqual(response.seatbid[0].bid[0]['ext'], { billing_id: '9007199254740993' })
  const json = new JsonResponse(new ByteWriter(), publicUrl, exchangeOf())
  for (const wantsDsa of [false, true]) {
    facts.wantsDsa = wantsDsa
    json.begin('r', 'USD')
    json.add(facts, snapshot)
    const { ext } = JSON.parse(json.end().toString()).seatbid[0].bid[0]
    check.equal(ext.billing_id, '9007199254740993')
    check.equal('dsa' in ext, wantsDsa)
  }
  facts.wantsDsa = false
  facts.billingId = 'none'
  protobuf.begin('r', 'USD')
  protobuf.add(facts, snapshot)
  const without = decodeBidResponse(protobuf.end()) as { seatbid: [{ bid: [Json] }] }
  check.equal(without.seatbid[0].bid[0]['ext'], undefined)
})

test('a native answer that is wrapped is a message without its wrapping', () => {
  const exchange = exchangeOf({ native: { form: 'adm_native' } })
  const protobuf = new ProtobufResponse(new ByteWriter(), publicUrl, exchange)
  const facts = new BidFacts()
  facts.format = 4
  facts.row = rows[0]!
  facts.markup.utf8(JSON.stringify({ native }))
  protobuf.begin('r', 'USD')
  protobuf.add(facts, snapshot)
  const response = decodeBidResponse(protobuf.end()) as { seatbid: [{ bid: [Json] }] }
  check.deepEqual(response.seatbid[0].bid[0]['adm_native'], native)
})

test('no bid says why', () => {
  const protobuf = new ProtobufResponse(new ByteWriter(), publicUrl, exchangeOf())
  check.deepEqual(decodeBidResponse(protobuf.noBid('żądanie', 8)), { id: 'żądanie', nbr: 8 })
  check.deepEqual(decodeBidResponse(protobuf.noBid('r', 0, 3)), {
    id: 'r',
    nbr: 0,
    ext: { processing_time_ms: 3 },
  })
})
