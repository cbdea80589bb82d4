// Goal: each rule of the protocol that the bid endpoint keeps, and each of its promises about time,
// privacy and money. Method: JSON cases against small catalogues; a clock in the hand.
// Conformance checklist 40, 117.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { keyOf } from '../../src/base/key.js'
import { Profile } from '../../src/profiles/profile.js'
import { BidSlice } from '../../src/profiles/slice.js'
import { ProfileStats } from '../../src/profiles/stats.js'
import { catalogueOf, shopFile, TestFunds } from '../bidding/world.js'
import { bidderInProcess, demoExchange, signer } from './in-process.js'

interface Case {
  readonly why: string
  readonly campaigns: readonly object[]
  readonly request: object
  readonly exchange?: object
  readonly publicUrl?: string
  readonly expect: {
    readonly status: number
    readonly noBid?: string
    readonly error?: string
    readonly cur?: string
    readonly bids?: readonly object[]
  }
}

interface Response {
  cur: string
  seatbid: [{ bid: { adm: string; price: number; burl: string }[] }]
}

const folder = new URL('../cases/bid/', import.meta.url)
for (const name of readdirSync(folder)) {
  const it = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case
  test(`${name}: ${it.why}`, () => {
    const bidder = bidderInProcess(catalogueOf([shopFile('shop0', [...it.campaigns])]), {
      ...(it.exchange === undefined ? {} : { exchange: it.exchange }),
      ...(it.publicUrl === undefined ? {} : { publicUrl: it.publicUrl }),
    })
    const reply = bidder.post(JSON.stringify(it.request))
    expect(reply.status).toBe(it.expect.status)
    if (it.expect.error !== undefined)
      expect(JSON.parse(reply.body)).toEqual({ error: it.expect.error })
    if (reply.status !== 200) {
      expect(reply.status === 204 ? reply.body : '').toBe('')
      return
    }
    const response = JSON.parse(reply.body) as Response
    if (it.expect.cur !== undefined) expect(response.cur).toBe(it.expect.cur)
    expect(response.seatbid[0].bid).toMatchObject(it.expect.bids ?? [{}])
  })
}

const campaign = { id: 'c', goal: 'cpm', bid: 10, maxCpm: 40, budget: {} }
const request = {
  id: 'r',
  imp: [
    { id: '1', banner: { w: 300, h: 250 } },
    { id: '2', banner: { w: 728, h: 90 } },
  ],
  user: { buyeruid: 'u' },
  cur: ['PLN'],
}
const shop = shopFile('shop0', [{ ...campaign, modifiers: [{ when: { cart: {} }, factor: 2 }] }])
const known = {
  stats: new ProfileStats(),
  readCount: 0,
  read(): Profile {
    this.readCount++
    const keys = ['p3', 'p2'].map(keyOf)
    return new Profile([new BidSlice(keyOf('shop0'), 5e6, 1, 1, 2, keys, [], [])], 1)
  },
}

test.each([
  ['coppa', { regs: { coppa: 1 } }],
  ['gdpr, in its place', { regs: { gdpr: 1 } }],
  ['gdpr, in ext', { regs: { ext: { gdpr: 1 } } }],
  ['gpp', { regs: { gpp_sid: [2] } }],
  ['us privacy, opted out', { regs: { us_privacy: '1YYN' } }],
  ['us privacy, malformed', { regs: { us_privacy: 'yes' } }],
  ['lmt', { device: { lmt: 1 } }],
  ['dnt', { device: { dnt: 1 } }],
])('without consent (%s) the store is not asked, and the bid is a stranger’s', (_, signals) => {
  known.readCount = 0
  const bidder = bidderInProcess(catalogueOf([shop]), { profiles: known })
  const priceOf = (json: object): number =>
    (JSON.parse(bidder.post(JSON.stringify(json)).body) as Response).seatbid[0].bid[0]!.price
  expect(priceOf(request)).toBe(20)
  expect(known.readCount).toBe(1)
  expect(priceOf({ ...request, ...signals })).toBe(10)
  expect(known.readCount).toBe(1)
})

test('a store that fails makes the bid a stranger’s, and is counted as what it is', () => {
  const stats = new ProfileStats()
  const broken = {
    stats,
    read(): null {
      stats.readErrors++
      return null
    },
  }
  const bidder = bidderInProcess(catalogueOf([shop]), { profiles: broken })
  expect(bidder.post(JSON.stringify(request)).status).toBe(200)
  const { profileReads } = bidder.metrics.slots
  expect(bidder.metrics.values[profileReads.error]).toBe(1)
  expect(bidder.metrics.values[profileReads.stranger]).toBe(0)
})

test('the person’s own products come first', () => {
  const bidder = bidderInProcess(catalogueOf([shop]), { profiles: known })
  const { adm } = (JSON.parse(bidder.post(JSON.stringify(request)).body) as Response).seatbid[0]
    .bid[0]!
  const shown = [...adm.matchAll(/alt="(Product \d)"/g)].map(([, title]) => title)
  expect(shown.slice(0, 2)).toEqual(['Product 3', 'Product 2'])
})

test('a banner shows the very variant that is in the cart, and none beside it', () => {
  const products = [{ group: 'shoe' }, {}, { group: 'sock' }, { group: 'shoe' }]
  const variants = shopFile('shop0', [campaign], 'PLN', { products })
  const bidder = bidderInProcess(catalogueOf([variants]), { profiles: known })
  const { bid } = (JSON.parse(bidder.post(JSON.stringify(request)).body) as Response).seatbid[0]
  for (const { adm } of bid) {
    const shown = [...adm.matchAll(/alt="(Product \d)"/g)].map(([, title]) => title)
    expect(shown).toEqual(['Product 3', 'Product 2', 'Product 1'])
  }
})

test('time that runs out at any point gives 204 and leaves nothing reserved', () => {
  for (const calls of [1, 2, 3, 4, 5, 6]) {
    const clock = new ManualClock()
    let left = calls
    // The clock jumps past the deadline at the n-th look at it.
    const jumpy = {
      nowMs: () => clock.nowMs(),
      elapsedMs: () => {
        if (--left === 0) clock.advance(200)
        return clock.elapsedMs()
      },
    }
    const cancelled: number[] = []
    const funds = new TestFunds()
    funds.cancel = (sequence?: number) => void cancelled.push(sequence!)
    const bidder = bidderInProcess(catalogueOf([shop]), { clock: jumpy, funds })
    const reply = bidder.post(JSON.stringify(request))
    if (calls === 1 || calls === 6) expect(reply.status, `look ${calls}`).toBe(200)
    else {
      expect(reply.status, `look ${calls}`).toBe(204)
      expect(cancelled.length, `look ${calls}`).toBe(
        [...funds.reserved.values()].reduce((n, v) => n + v / 1e7, 0),
      )
    }
  }
})

test('a tmax within the network margin is answered at once, without a look at anything', () => {
  known.readCount = 0
  const bidder = bidderInProcess(catalogueOf([shop]), { profiles: known })
  expect(
    bidder.post(JSON.stringify({ ...request, tmax: demoExchange.networkMarginMs })).status,
  ).toBe(204)
  expect(known.readCount).toBe(0)
})

test('a test request is bid on, reserves nothing, and its token says so', () => {
  const funds = new TestFunds()
  const bidder = bidderInProcess(catalogueOf([shop]), { funds })
  const reply = bidder.post(JSON.stringify({ ...request, test: 1 }))
  expect(reply.status).toBe(200)
  expect(funds.reserved.size).toBe(0)
  const bids = (JSON.parse(reply.body) as Response).seatbid[0].bid
  const tokens = bids.map(({ burl }) => signer.verify(/t=([\w-]+)/.exec(burl)![1]!)!)
  expect(tokens.map(({ isTest }) => isTest)).toEqual([true, true])
  expect(tokens[0]!.id.equals(tokens[1]!.id)).toBe(false)
})

test('a test request asks for no money, though there is none', () => {
  const wanted: number[] = []
  const funds = new TestFunds(() => 0)
  funds.want = (account?: number) => void wanted.push(account!)
  const bidder = bidderInProcess(catalogueOf([shop]), { funds })
  expect(bidder.post(JSON.stringify({ ...request, test: 1 })).status).toBe(204)
  expect(wanted).toEqual([])
  expect(bidder.post(JSON.stringify(request)).status).toBe(204)
  expect(wanted.length).toBeGreaterThan(0)
})

test('strings of a request come back byte for byte', () => {
  const id = `zażółć "quoted" \\ \u2028 😀 </script>${'x'.repeat(1_000)}`
  const bidder = bidderInProcess(catalogueOf([shop]))
  const json = { ...request, id, imp: [{ ...request.imp[0], id }] }
  const response = JSON.parse(bidder.post(JSON.stringify(json)).body) as {
    id: string
    seatbid: [{ bid: [{ impid: string }] }]
  }
  expect(response.id).toBe(id)
  expect(response.seatbid[0].bid[0].impid).toBe(id)
})
