// Goal: the decision is exact (what the plainest possible code would pick) for every format, deal and
// floor, the explainer agrees campaign by campaign, each shop's people stay its own, and the hot path
// allocates nothing. Method: seeded random worlds against `naiveBids`, two worlds that differ in one
// shop's data, and a heap measurement.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import { Decider } from '../../src/bidding/decide.js'
import { Explainer } from '../../src/bidding/explain.js'
import type { LiveCatalogue } from '../../src/bidding/live.js'
import { NoBid } from '../../src/bidding/no-bid.js'
import { creativeFormats } from '../../src/catalogue/media.js'
import { bannerSizes } from '../../src/catalogue/sizes.js'
import { Profile } from '../../src/profiles/profile.js'
import { bestOf, type NaiveBid, naiveBids, worth } from './naive.js'
import { randomImpression, randomRequest } from './random-request.js'
import { currencies, randomProfile, randomShop, randomSlice, shopIds } from './random-world.js'
import { catalogueOf, clickRate, nowMs, requestOf, shopFile, TestFunds, terms } from './world.js'

const seed = Number(process.env['SEED'] ?? 20260304)

/** Whether what was decided is this bid. */
function isBid(decider: Decider, { shop, campaign, creative, deal }: NaiveBid, at: LiveCatalogue) {
  const { snapshot } = at
  const { format, name } = creative
  const place = snapshot.shopOf[decider.row]!
  if (snapshot.shops[place]!.id !== shop || snapshot.campaignId(decider.row) !== campaign)
    return false
  if (decider.deal !== deal || creativeFormats[decider.format - 1] !== format) return false
  if (format === 'native') return decider.product === snapshot.products[place]!.find(keyOf(name))
  if (format !== 'banner') return decider.media === snapshot.media.find(place, format, name)
  const { width, height } = bannerSizes[decider.sizeIndex]!
  return name === `${width}x${height}`
}

const priceOf = (decider: Decider, currency: number, micros: number, from: number): number =>
  Math.abs(decider.priceCpmMicros - (micros * from) / worth[currencies[currency]!]!)

test('agrees with the naive choice, and the explainer with both, on random worlds', () => {
  const random = new Random(seed)
  const bidsOf = { banner: 0, video: 0, audio: 0, native: 0, deal: 0, fixed: 0, outpriced: 0 }
  for (let world = 0; world < 100; world++) {
    const files = shopIds.map((id) => randomShop(random, id, random.below(40)))
    const blockedShops = random.chance(0.2) ? [random.pick(shopIds)] : []
    const catalogue = catalogueOf(files, [{ ...terms, blockedShops }])
    for (let round = 0; round < 20; round++) {
      const json = randomRequest(random)
      const request = requestOf(json)
      const impression = request.impressions[0]!
      const profile = randomProfile(random)
      const currency = random.below(currencies.length)
      const where = `seed ${seed} world ${world} round ${round} ${JSON.stringify(json)}`
      const bids = [true, false].map((isDeal) => {
        const wanted = naiveBids(files, request, impression, profile, isDeal, blockedShops)
        const funds = new TestFunds()
        const decider = new Decider(clickRate, funds)
        decider.begin(request, terms, currency, catalogue, profile, nowMs)
        if (isDeal) decider.decideDeals(impression)
        else decider.decide(impression)
        const best = bestOf(wanted)
        if (decider.row < 0) {
          // A price in another currency may miss the floor by a part of a micro where the value doesn't.
          if (best > 0) {
            expect(decider.row, where).toBe(NoBid.belowFloor)
            const isAtFloor = (bid: NaiveBid): boolean => best - bid.floorCommonMicros < 10
            expect(wanted.filter((bid) => bid.commonMicros === best).some(isAtFloor), where).toBe(
              true,
            )
            bidsOf.outpriced++
          }
          return { decider, wanted }
        }
        const own = wanted.find((bid) => isBid(decider, bid, catalogue))
        expect(own?.commonMicros, where).toBe(best)
        const at = own!.deal?.auctionType || request.auctionType
        if (at === 3 && own!.creative.floorMicros > 0) {
          const { floorCurrency } = own!.deal ?? impression
          const floor = own!.creative.floorMicros
          expect(priceOf(decider, currency, floor, worth[floorCurrency]!), where).toBeLessThan(1.01)
          bidsOf.fixed++
        } else expect(priceOf(decider, currency, best, 1), where).toBeLessThan(1.01)
        expect(funds.reserved, where).toEqual(new Map([[decider.row, decider.costNanos]]))
        expect(decider.costNanos, where).toBeLessThanOrEqual(
          catalogue.snapshot.maxCpmMicros[decider.row]!,
        )
        bidsOf[own!.creative.format]++
        if (isDeal) bidsOf.deal++
        return { decider, wanted }
      })
      const isRounded = bids.some(({ decider, wanted }) => decider.row < 0 && wanted.length > 0)
      if (isRounded) continue
      const chosen = bids.find(({ decider }) => decider.row >= 0)
      const verdicts = new Explainer(clickRate, () => Number.MAX_SAFE_INTEGER).explain(
        ...([request, impression, terms, currency, catalogue, profile, nowMs] as const),
      )
      const could = new Set(
        bids.flatMap(({ wanted }) => wanted.map((b) => `${b.shop} ${b.campaign}`)),
      )
      const untrue = verdicts.filter(({ shop, campaign, reason }) => {
        const isOut = reason !== '' && reason !== 'outbid'
        return isOut === could.has(`${shop} ${campaign}`)
      })
      expect(untrue, where).toEqual([])
      const bidding = verdicts.filter(({ reason }) => reason === '')
      expect(bidding.length, where).toBe(chosen === undefined ? 0 : 1)
      if (chosen === undefined) continue
      const { snapshot } = catalogue
      const { row, priceCpmMicros, deal } = chosen.decider
      expect(verdicts[0], where).toMatchObject({
        shop: snapshot.shops[snapshot.shopOf[row]!]!.id,
        campaign: snapshot.campaignId(row),
        format: creativeFormats[chosen.decider.format - 1],
        ...(deal === null ? {} : { deal: deal.id }),
      })
      expect(Number(verdicts[0]!.priceCpm) * 1e6, where).toBeCloseTo(priceCpmMicros, 3)
    }
  }
  console.info(bidsOf)
  for (const [name, count] of Object.entries(bidsOf))
    if (name !== 'outpriced') expect([name, count > 30]).toEqual([name, true])
  expect(bidsOf.outpriced).toBeLessThan(5)
})

test('a shop bids and values the same whatever another shop knows of the person', () => {
  const random = new Random(seed + 1)
  let bids = 0
  for (let world = 0; world < 150; world++) {
    const catalogue = catalogueOf([randomShop(random, 'shop0', 20), randomShop(random, 'shop1', 0)])
    const own = randomSlice(random, 'shop0')
    const json = randomRequest(random)
    const request = requestOf(json)
    const outcomes = [randomSlice(random, 'shop1'), randomSlice(random, 'shop1'), null].map(
      (foreign) => {
        const decider = new Decider(clickRate, new TestFunds())
        const profile = new Profile(foreign === null ? [own] : [foreign, own], 1)
        decider.begin(request, terms, 0, catalogue, profile, nowMs)
        return [true, false].map((isDeal) => {
          if (isDeal) decider.decideDeals(request.impressions[0]!)
          else decider.decide(request.impressions[0]!)
          const { row, priceCpmMicros, costNanos, format, sizeIndex } = decider
          if (row < 0) return [row]
          bids++
          const { media, protocol, product, deal } = decider
          const creative = { format, sizeIndex, media, protocol, product }
          return [row, priceCpmMicros, costNanos, creative, deal?.id]
        })
      },
    )
    expect(outcomes[1], `seed ${seed} world ${world}`).toEqual(outcomes[0])
    expect(outcomes[2], `seed ${seed} world ${world}`).toEqual(outcomes[0])
  }
  expect(bids).toBeGreaterThan(100)
})

test('never bids more than is left, and takes the next best campaign instead', () => {
  const campaigns = [
    { id: 'rich', goal: 'cpm', bid: 9, maxCpm: 9, budget: { total: 1 } },
    { id: 'poor', goal: 'cpm', bid: 5, maxCpm: 5, budget: { total: 1 } },
  ]
  const catalogue = catalogueOf([shopFile('shop0', campaigns)])
  const funds = new TestFunds(() => 20_000_000)
  const decider = new Decider(clickRate, funds)
  const request = requestOf({ id: 'r', imp: [{ id: '1', banner: { w: 300, h: 250 } }] })
  const won: string[] = []
  for (let i = 0; i < 8; i++) {
    decider.begin(request, terms, 0, catalogue, null, nowMs)
    const row = decider.decide(request.impressions[0]!)
    won.push(row < 0 ? 'none' : catalogue.snapshot.campaignId(row))
  }
  expect(won).toEqual(['rich', 'rich', 'poor', 'poor', 'poor', 'poor', 'none', 'none'])
  expect(decider.row).toBe(NoBid.noBudget)
})

const everyFormat = {
  id: '1',
  banner: { format: [{ w: 300, h: 250 }] },
  video: { mimes: ['video/mp4'], protocols: [2, 3, 7], mincpmpersec: 0.01, w: 640, h: 360 },
  audio: { mimes: ['audio/mpeg', 'audio/ogg'], durfloors: [{ mindur: 1, maxdur: 60 }] },
  native: {
    request: JSON.stringify({
      assets: [
        { id: 1, required: 1, title: { len: 90 } },
        { id: 2, data: { type: 3 } },
        { id: 3, img: { type: 3, wmin: 300, hmin: 300 } },
      ],
    }),
  },
  pmp: { deals: [{ id: 'gold', bidfloor: 0.1 }, { id: 'silver' }, { id: 'other' }] },
}

test.each([
  [
    'a banner',
    (random: Random) => randomRequest(random, [randomImpression(random, '1', ['banner'])]),
  ],
  ['every format, under deals and without', () => ({ id: 'r', imp: [everyFormat] })],
])('allocates nothing: %s', (_, jsonOf) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const random = new Random(seed + 2)
  const catalogue = catalogueOf([randomShop(random, 'shop0', 2_000)])
  const request = requestOf(jsonOf(random))
  const profile = new Profile([randomSlice(random, 'shop0')], 1)
  const funds = { available: () => 1e15, want: () => {}, reserve: () => 1, cancel: () => {} }
  const decider = new Decider(clickRate, funds)
  const impression = request.impressions[0]!
  const run = (times: number): void => {
    for (let i = 0; i < times; i++) {
      decider.begin(request, terms, 0, catalogue, i % 2 === 0 ? profile : null, nowMs)
      if (impression.dealCount > 0) decider.decideDeals(impression)
      decider.decide(impression)
    }
  }
  run(5_000)
  let leastBytes = Number.POSITIVE_INFINITY
  const leastBytesMax = 128 * (impression.dealCount + 1)
  // Until the compiler has got to it, which takes longer on a busy machine, doubles are boxed.
  for (let round = 0; round < 60 && leastBytes >= leastBytesMax; round++) {
    collect()
    const before = process.memoryUsage().heapUsed
    run(1_000)
    leastBytes = Math.min(leastBytes, (process.memoryUsage().heapUsed - before) / 1_000)
  }
  // Boxed doubles in fields cost 12 to 16 bytes each; an object per campaign would cost thousands.
  expect(leastBytes, `${leastBytes.toFixed(1)} B a decision`).toBeLessThan(leastBytesMax)
})
