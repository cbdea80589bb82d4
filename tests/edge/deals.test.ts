// Goal: deals, several bids for an impression and what comes with them hold to the last detail: money
// set aside is never more than there is, is freed when nothing is sent, and what a request names comes
// back as it was, however odd. Method: seeded random requests and hand-made ones; tokens are read back.
// Conformance checklist 40, 76, 80, 109, 115.
import { expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import { decodeBidResponse, encodeBidRequest } from '../../src/openrtb/protobuf/codec.js'
import { Profile } from '../../src/profiles/profile.js'
import { BidSlice } from '../../src/profiles/slice.js'
import { ProfileStats } from '../../src/profiles/stats.js'
import { randomImpression, randomRequest } from '../bidding/random-request.js'
import { randomShop, shopIds } from '../bidding/random-world.js'
import { catalogueOf, nowMs, shopFile, TestFunds } from '../bidding/world.js'
import { bidderInProcess, type CaughtReply, signer } from './in-process.js'

interface Bid {
  readonly id: string
  readonly impid: string
  readonly cid: string
  readonly price: number
  readonly burl: string
  readonly dealid?: string
  readonly ext?: object
}

const seed = Number(process.env['SEED'] ?? 20260308)

function bidsOf(reply: CaughtReply): Bid[] {
  if (reply.status === 204) return []
  expect(reply.status, reply.body).toBe(200)
  const { seatbid } = JSON.parse(reply.body) as { seatbid: { bid: Bid[] }[] }
  return seatbid.flatMap(({ bid }) => bid)
}

const tokenOf = ({ burl }: Bid) => signer.verify(/[?&]t=([\w-]+)/.exec(burl)![1]!)!

const campaign = { goal: 'cpm', bid: 10, maxCpm: 40, budget: {} }
const video = {
  id: 'v',
  durationSeconds: 15,
  files: [
    { url: 'https://cdn.example/a', type: 'video/mp4', width: 640, height: 360, bitrateKbps: 100 },
  ],
}
const shop = shopFile(
  'shop0',
  [
    { ...campaign, id: 'open' },
    { ...campaign, id: 'gold', bid: 6, targeting: { deals: ['gold'] } },
    { ...campaign, id: 'any', bid: 4, targeting: { deals: ['*'], openMarket: true } },
  ],
  'PLN',
  { videos: [video, { ...video, id: 'w' }, { ...video, id: 'x' }] },
)
const catalogue = catalogueOf([shop])
const banner = { w: 300, h: 250 }
const gold = { id: 'gold', bidfloorcur: 'PLN' }

test.each([
  ['one bid, under the deal', false, {}, ['gold gold']],
  ['a bid each way where both are taken', true, {}, ['gold gold', 'open ']],
  ['no open bid in a private auction', true, { private_auction: 1 }, ['gold gold']],
  [
    'the open market where the deal is dear',
    true,
    { deals: [{ ...gold, bidfloor: 7 }] },
    ['open '],
  ],
  ['nothing else in private', true, { private_auction: 1, deals: [{ ...gold, bidfloor: 7 }] }, []],
  ['nothing in private without deals', true, { private_auction: 1, deals: [] }, []],
  ['any deal', true, { deals: [{ ...gold, id: 'else' }] }, ['any else', 'open ']],
  ['the best of several', false, { deals: [{ ...gold, id: 'else' }, gold] }, ['gold gold']],
  ['of a seat of ours', false, { deals: [{ ...gold, wseat: ['x', 'grosz'] }] }, ['gold gold']],
  ['not of another', false, { deals: [{ ...gold, wseat: ['x'] }] }, ['open ']],
])('%s', (_, multiBid, pmp, expected) => {
  const bidder = bidderInProcess(catalogue, { exchange: { multiBid } })
  const json = { id: 'r', cur: ['PLN'], imp: [{ id: '1', banner, pmp: { deals: [gold], ...pmp } }] }
  const bids = bidsOf(bidder.post(JSON.stringify(json)))
  expect(bids.map(({ cid, dealid }) => `${cid} ${dealid ?? ''}`)).toEqual(expected)
})

test('what is set aside is what the tokens say, and never more than there is', () => {
  const random = new Random(seed)
  let several = 0
  for (let world = 0; world < 40; world++) {
    const files = shopIds.map((id) => randomShop(random, id, random.below(20)))
    const nanos = random.pick([5e6, 2e7, 1e8])
    const funds = new TestFunds(() => nanos)
    const bidder = bidderInProcess(catalogueOf(files), {
      ...{ funds, clock: new ManualClock(nowMs) },
      exchange: { multiBid: random.chance(0.5), currency: random.pick(['PLN', 'EUR', 'USD']) },
    })
    const spent = new Map<number, number>()
    for (let round = 0; round < 20; round++) {
      const impressions = Array.from({ length: 1 + random.below(8) }, (_, i) =>
        randomImpression(random, String(i)),
      )
      const bids = bidsOf(bidder.post(JSON.stringify(randomRequest(random, impressions))))
      if (bids.length > 1) several++
      expect(new Set(bids.map(({ id }) => id)).size).toBe(bids.length)
      for (const bid of bids) {
        const { account, reservedNanos } = tokenOf(bid)
        spent.set(account, (spent.get(account) ?? 0) + reservedNanos)
      }
    }
    expect(spent, `seed ${seed} world ${world}`).toEqual(funds.reserved)
    for (const sum of spent.values()) expect(sum).toBeLessThanOrEqual(nanos)
  }
  expect(several).toBeGreaterThan(20)
})

test('where time runs out nothing stays set aside, however many bids there were', () => {
  const pod = { mimes: ['video/mp4'], protocols: [3], poddur: 45, maxseq: 3 }
  const imp = [
    { id: '1', banner, pmp: { deals: [gold] } },
    { id: '2', video: pod, pmp: { deals: [gold] } },
    { id: '3', banner },
  ]
  const body = JSON.stringify({ id: 'r', imp })
  const counts: number[] = []
  for (let look = 2; look <= 8; look++) {
    const clock = new ManualClock(nowMs)
    let left = look
    // The clock jumps past the deadline at the n-th look at it.
    const jumpy = {
      nowMs: () => clock.nowMs(),
      elapsedMs: () => {
        if (--left === 0) clock.advance(200)
        return clock.elapsedMs()
      },
    }
    const open = new Set<number>()
    const funds = new TestFunds()
    let sequence = 0
    let mostOpen = 0
    const watched = Object.assign(funds, {
      reserve: (): number => {
        open.add(++sequence)
        mostOpen = Math.max(mostOpen, open.size)
        return sequence
      },
      cancel: (number: number): void => {
        expect(open.delete(number)).toBe(true)
      },
    })
    const exchange = { multiBid: true, noBid: 'nbr' }
    const bidder = bidderInProcess(catalogue, { clock: jumpy, funds: watched, exchange })
    const reply = bidder.post(body)
    const { seatbid, nbr } = JSON.parse(reply.body) as { seatbid: { bid: Bid[] }[]; nbr?: number }
    const sent = seatbid.flatMap(({ bid }) => bid)
    expect(open.size, `look ${look}`).toBe(sent.length)
    if (sent.length === 0) {
      expect(nbr).toBe(15)
      counts.push(mostOpen)
    }
  }
  // Dropped before anything, after the first impression, the pod, the last.
  expect(counts).toEqual([0, 0, 2, 5, 6])
})

test('ids come back as they were, and the answer stays JSON', () => {
  const odd = [
    '"',
    '\\',
    '","x":"',
    '</script><!--',
    '\u0000\u0001\u001f\u007f',
    'line\u2028\u2029',
    '\n\r\t',
    'ąę😀',
    '${AUCTION_PRICE}',
    "'; DROP TABLE",
    '\ud800',
  ]
  const bidder = bidderInProcess(catalogue)
  for (const id of odd) {
    const deals = [{ ...gold, id }]
    const json = {
      id,
      imp: [{ id, banner, pmp: { deals, private_auction: 1 }, ext: { billing_id: [id] } }],
    }
    const reply = bidder.post(JSON.stringify(json))
    const [bid] = bidsOf(reply)
    expect((JSON.parse(reply.body) as { id: string }).id).toBe(id)
    expect(bid).toMatchObject({ impid: id, dealid: id, ext: { billing_id: id } })
    if (id === '\ud800') continue
    const binary = bidder.post(encodeBidRequest(json), { contentType: 'application/x-protobuf' })
    const answer = decodeBidResponse(binary.bytes) as { seatbid: [{ bid: [Bid] }] }
    expect(answer).toMatchObject({ id, seatbid: [{ bid: [{ impid: id, dealid: id }] }] })
  }
})

test('as many impressions and deals as are read at all are answered in bounds', () => {
  const random = new Random(seed + 1)
  const files = shopIds.map((id) => randomShop(random, id, 300))
  const bidder = bidderInProcess(catalogueOf(files), {
    ...{ exchange: { multiBid: true }, clock: new ManualClock(nowMs) },
  })
  const deals = Array.from({ length: 100 }, (_, i) => ({ id: i === 20 ? 'gold' : `d${i}` }))
  const format = [banner, { w: 728, h: 90 }]
  const imp = Array.from({ length: 64 }, (_, i) => ({
    id: String(i),
    banner: { format },
    video: { mimes: ['video/mp4'], poddur: 300, maxseq: 100 },
    pmp: { deals },
  }))
  const body = JSON.stringify({ id: 'r', imp })
  bidder.post(body)
  const startMs = performance.now()
  const bids = bidsOf(bidder.post(body))
  expect(performance.now() - startMs).toBeLessThan(1_000)
  expect(bids.length).toBeGreaterThan(64)
  expect(bids.length).toBeLessThanOrEqual(128)
  expect(new Set(bids.map(({ id }) => id)).size).toBe(bids.length)
})

test.each([
  [0, undefined],
  [1, 2],
  [2, 2],
  [3, 1],
])('the Digital Services Act’s part: dsarequired %i', (dsarequired, param) => {
  const profiles = {
    stats: new ProfileStats(),
    read: () => new Profile([new BidSlice(keyOf('shop0'), 5e6, 1, 1, 0, [], [], [])], 1),
  }
  const bidder = bidderInProcess(catalogueOf([shopFile('shop0', [{ ...campaign, id: 'c' }])]), {
    profiles,
  })
  const isKnown = param === 1
  const json = {
    id: 'r',
    imp: [{ id: '1', banner, ext: { billing_id: ['7'] } }],
    regs: { ext: { dsa: { dsarequired, pubrender: 1 } } },
    ...(isKnown ? { user: { buyeruid: 'u' } } : {}),
  }
  const [bid] = bidsOf(bidder.post(JSON.stringify(json)))
  const transparency = [{ domain: 'bid.grosz.example', dsaparams: [param] }]
  const dsa = { behalf: 'Shop shop0', paid: 'Shop shop0', transparency, adrender: 0 }
  expect(bid!.ext).toEqual({ billing_id: '7', ...(param === undefined ? {} : { dsa }) })
})
