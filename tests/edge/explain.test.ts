// Goal: what `explain` says of a request is true: where it names a bid the handler makes that bid, and
// where it names a reason the handler counts that one. Method: seeded random requests under every rule
// that could keep us out, explained and posted, with the same clock, money and people.
import { expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { Random } from '../../src/base/random.js'
import { noBidReasons } from '../../src/bidding/no-bid.js'
import { creativeFormats } from '../../src/catalogue/media.js'
import { exchangeSchema } from '../../src/edge/exchange.js'
import { type ExplainOptions, explain, type ImpressionExplanation } from '../../src/edge/explain.js'
import { consentConfigSchema } from '../../src/openrtb/consent/config.js'
import { ConsentRules } from '../../src/openrtb/consent/decision.js'
import { Networks } from '../../src/openrtb/networks.js'
import { ProfileStats } from '../../src/profiles/stats.js'
import { randomImpression, randomRequest } from '../bidding/random-request.js'
import { maybe, randomProfile, randomShop, shopIds } from '../bidding/random-world.js'
import { catalogueOf, clickRate, nowMs, TestFunds } from '../bidding/world.js'
import { bidderInProcess, demoExchange, type InProcess } from './in-process.js'

interface Bid {
  readonly impid: string
  readonly cid: string
  readonly price: number
  readonly mtype: number
  readonly dealid?: string
  readonly w?: number
  readonly h?: number
}

const seed = Number(process.env['SEED'] ?? 20260307)
const blockedNetworks = ['192.0.2.0/24']

function randomExchange(random: Random): object {
  return {
    ...maybe(random, 'currency', 'EUR'),
    ...maybe(random, 'multiBid', true),
    ...maybe(random, 'blockedShops', [random.pick(shopIds)]),
    ...maybe(random, 'blockedPublishers', [random.pick(['publisher', 'else'])], 0.1),
    ...maybe(random, 'blockedSites', ['sport.example', 'com.game'], 0.2),
    ...maybe(random, 'supplyChain', {
      required: random.chance(0.5),
      blockedSystems: ['bad.example'],
    }),
    ...maybe(random, 'auctionTypes', { 500: 1 }),
  }
}

/** What may keep us out of a request as a whole. */
function randomRules(random: Random): object {
  const system = random.pick(['bad.example', 'good.example'])
  return {
    ...maybe(random, 'cur', random.pick([['GBP'], ['gbp', 'PLN'], ['USD']]), 0.3),
    ...maybe(random, 'wseat', [random.pick(['grosz', 'else'])], 0.1),
    ...maybe(random, 'bseat', [random.pick(['grosz', 'else'])], 0.1),
    ...maybe(random, 'tmax', random.pick([10, 11, 200]), 0.2),
    ...maybe(random, 'test', 1, 0.1),
    ...maybe(
      random,
      'regs',
      random.pick([{ gdpr: 1 }, { gdpr: 0 }, { ext: { dsa: { dsarequired: 2 } } }]),
    ),
    ...maybe(random, 'user', { buyeruid: 'u' }, 0.7),
    ...maybe(
      random,
      'source',
      { schain: { complete: random.below(2), nodes: [{ asi: system, sid: '1', hp: 1 }] } },
      0.3,
    ),
  }
}

function randomJson(random: Random, impressionCount: number): object {
  const impressions = Array.from({ length: impressionCount }, (_, i) =>
    random.chance(0.95) ? randomImpression(random, String(i)) : { id: String(i) },
  )
  const json = randomRequest(random, impressions) as { device: object }
  return {
    ...json,
    ...randomRules(random),
    device: {
      ...json.device,
      ...maybe(random, 'ua', random.pick(['Googlebot/2.1', 'Mozilla/5.0']), 0.2),
      ...maybe(random, 'ip', random.pick(['192.0.2.7', '198.51.100.7']), 0.2),
      ...maybe(random, 'lmt', 1, 0.1),
    },
  }
}

/** What the handler counted since it was last asked, by reason. */
function countsOf({ metrics }: InProcess, before: Map<string, number>): string[] {
  return noBidReasons.filter((reason, index) => {
    const count = metrics.values[metrics.slots.noBids[index]!]!
    const isMore = count > (before.get(reason) ?? 0)
    before.set(reason, count)
    return isMore
  })
}

const isOf =
  ({ id, bid }: ImpressionExplanation) =>
  (own: Bid): boolean =>
    own.impid === id &&
    own.cid === bid!.campaign &&
    own.price === Number(bid!.priceCpm) &&
    creativeFormats[own.mtype - 1] === bid!.format &&
    own.dealid === bid!.deal &&
    (bid!.size === undefined || bid!.size === `${own.w}x${own.h}`)

test('what it says is what happens', async () => {
  const random = new Random(seed)
  const seen = new Map<string, number>()
  for (let world = 0; world < 60; world++) {
    const clock = new ManualClock(nowMs)
    const files = shopIds.map((id) => randomShop(random, id, random.below(40)))
    const exchange = randomExchange(random)
    const profile = randomProfile(random)
    const profiles = { stats: new ProfileStats(), read: () => profile }
    const publicUrl = random.chance(0.9) ? 'https://bid.example' : 'http://bid.example'
    const exchanges = [exchangeSchema.parse({ ...demoExchange, ...exchange })]
    const catalogue = catalogueOf(files, exchanges)
    const nanos = random.chance(0.8) ? Number.MAX_SAFE_INTEGER : 3_000_000
    const options: ExplainOptions = {
      ...{ exchanges, publicUrl, clickRate, profiles, clock },
      available: () => nanos,
      consent: new ConsentRules(consentConfigSchema.parse({})),
      networks: new Networks(blockedNetworks),
    }
    const funds = new TestFunds(() => nanos)
    const bidder = bidderInProcess(catalogue, {
      ...{ clock, profiles, publicUrl, exchange, blockedNetworks, funds },
    })
    const counts = new Map<string, number>()
    for (let round = 0; round < 15; round++) {
      // With other money spent in between, the next impression's outcome could be another.
      const json = randomJson(random, nanos > 1e9 ? 1 + random.below(2) : 1)
      funds.reserved.clear()
      const body = JSON.stringify(json)
      const where = `seed ${seed} world ${world} round ${round} ${JSON.stringify(exchange)} ${body}`
      const explanation = await explain(options, catalogue, 'demo', Buffer.from(body))
      const reply = bidder.post(body)
      if ('error' in explanation) {
        expect([reply.status, reply.body], where).toEqual([400, `${JSON.stringify(explanation)}\n`])
        continue
      }
      const { reason, impressions } = explanation
      const counted = countsOf(bidder, counts)
      const expected = impressions.filter(({ bid }) => bid !== null)
      const reasons = impressions.map((it) => it.reason)
      for (const it of [reason, ...reasons]) seen.set(it, (seen.get(it) ?? 0) + 1)
      if (expected.length === 0) {
        expect([reply.status, where]).toEqual([204, where])
        // Of several impressions the one that got furthest says why.
        expect(reason === '' ? reasons : [reason], where).toEqual(expect.arrayContaining(counted))
        expect(counted.length, where).toBe(1)
        continue
      }
      expect([reply.status, where]).toEqual([200, where])
      expect(counted, where).toEqual([])
      const { seatbid } = JSON.parse(reply.body) as { seatbid: [{ bid: Bid[] }] }
      for (const one of expected)
        expect(seatbid[0].bid.some(isOf(one)), `${where} ${JSON.stringify(one.bid)}`).toBe(true)
      const silent = impressions.filter(({ bid }) => bid === null).map(({ id }) => id)
      expect(
        seatbid[0].bid.filter(({ impid }) => silent.includes(impid)),
        where,
      ).toEqual([])
    }
  }
  console.info(Object.fromEntries(seen))
  for (const reason of noBidReasons.slice(0, noBidReasons.indexOf('too_many_reservations')))
    expect([reason, seen.has(reason)]).toEqual([reason, true])
  expect(seen.has('timeout')).toBe(true)
})
