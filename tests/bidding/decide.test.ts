// Goal: the decision is exact (what the plainest possible code would pick), each shop's people stay
// its own, and the hot path allocates nothing. Method: seeded random worlds against `naiveBest`, the
// explainer against the decider, two worlds that differ in one shop's data, and a heap measurement.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { Decider } from '../../src/bidding/decide.js'
import { Explainer } from '../../src/bidding/explain.js'
import { NoBid } from '../../src/bidding/no-bid.js'
import { Profile } from '../../src/profiles/profile.js'
import { naiveBest } from './naive.js'
import {
  catalogueOf,
  clickRate,
  nowMs,
  randomCampaign,
  randomProfile,
  randomRequest,
  randomSlice,
  requestOf,
  shopFile,
  TestFunds,
  terms,
  unitValue,
} from './world.js'

const seed = Number(process.env['SEED'] ?? 20260304)
const shopIds = ['shop0', 'shop1', 'shop2']

const rateOf = (currency: string | undefined): number =>
  (unitValue as Record<string, number>)[currency ?? ''] ?? 0

function randomFiles(random: Random) {
  return shopIds.map((id, shop) =>
    shopFile(
      id,
      Array.from({ length: random.below(50) }, (_, i) => randomCampaign(random, `c${i}`)),
      ['PLN', 'EUR', 'PLN'][shop],
    ),
  )
}

test('agrees with the naive choice, and the explainer with it, on random worlds', () => {
  const random = new Random(seed)
  let bids = 0
  for (let world = 0; world < 150; world++) {
    const files = randomFiles(random)
    const catalogue = catalogueOf(files)
    const { snapshot } = catalogue
    for (let round = 0; round < 20; round++) {
      const json = randomRequest(random)
      const request = requestOf(json)
      const profile = randomProfile(random, shopIds)
      const funds = new TestFunds()
      const decider = new Decider(clickRate, funds)
      decider.begin(request, terms, 0, catalogue, profile, nowMs)
      const row = decider.decide(request.impressions[0]!)
      const want = naiveBest(files, request, profile)
      const verdicts = new Explainer(clickRate, () => Number.MAX_SAFE_INTEGER).explain(
        ...([request, request.impressions[0]!, terms, 0, catalogue, profile, nowMs] as const),
      )
      const [best] = verdicts
      const where = `seed ${seed} world ${world} round ${round} ${JSON.stringify(json)}`
      if (row < 0) {
        // A price in another currency may miss the floor by a part of a micro where the value doesn't.
        if (want > 0) expect(decider.row, where).toBe(NoBid.belowFloor)
        expect(best?.reason ?? 'none', where).not.toBe('')
        continue
      }
      bids++
      expect(decider.priceCpmMicros, where).toBeGreaterThan(0)
      if (request.auctionType !== 3)
        expect(Math.abs(decider.priceCpmMicros - want), where).toBeLessThanOrEqual(1)
      expect(decider.costNanos, where).toBeLessThanOrEqual(snapshot.maxCpmMicros[row]!)
      expect(best?.reason, where).toBe('')
      expect(best?.campaign, where).toBe(snapshot.campaignId(row))
      const worth = Math.max(...verdicts.map((v) => Number(v.valueCpm ?? 0) * rateOf(v.currency)))
      expect(Math.abs(worth * 1e6 - want), where).toBeLessThanOrEqual(1)
      expect(best?.shop, where).toBe(snapshot.shops[snapshot.shopOf[row]!]!.id)
      expect(funds.reserved.get(row), where).toBe(decider.costNanos)
    }
  }
  expect(bids).toBeGreaterThan(500)
})

test('a shop bids and values the same whatever another shop knows of the person', () => {
  const random = new Random(seed + 1)
  for (let world = 0; world < 60; world++) {
    const mine = shopFile(
      'shop0',
      Array.from({ length: 20 }, (_, i) => randomCampaign(random, `c${i}`)),
    )
    const other = shopFile('shop1', [])
    const catalogue = catalogueOf([mine, other])
    const own = randomSlice(random, 'shop0')
    const request = requestOf(randomRequest(random))
    const outcomes = [randomSlice(random, 'shop1'), randomSlice(random, 'shop1'), null].map(
      (foreign) => {
        const decider = new Decider(clickRate, new TestFunds())
        const profile = new Profile(foreign === null ? [own] : [foreign, own], 1)
        decider.begin(request, terms, 0, catalogue, profile, nowMs)
        decider.decide(request.impressions[0]!)
        return [decider.row, decider.priceCpmMicros, decider.costNanos, decider.sizeIndex]
      },
    )
    expect(outcomes[1], `seed ${seed} world ${world}`).toEqual(outcomes[0])
    expect(outcomes[2], `seed ${seed} world ${world}`).toEqual(outcomes[0])
  }
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

test('allocates nothing', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const random = new Random(seed + 2)
  const files = [
    shopFile(
      'shop0',
      Array.from({ length: 2_000 }, (_, i) => randomCampaign(random, `c${i}`)),
    ),
  ]
  const catalogue = catalogueOf(files)
  const request = requestOf(randomRequest(random))
  const profile = new Profile([randomSlice(random, 'shop0')], 1)
  const funds = { available: () => 1e15, want: () => {}, reserve: () => 1, cancel: () => {} }
  const decider = new Decider(clickRate, funds)
  const impression = request.impressions[0]!
  const run = (times: number): void => {
    for (let i = 0; i < times; i++) {
      decider.begin(request, terms, 0, catalogue, i % 2 === 0 ? profile : null, nowMs)
      decider.decide(impression)
    }
  }
  run(5_000)
  let leastBytes = Number.POSITIVE_INFINITY
  const leastBytesMax = 128
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
