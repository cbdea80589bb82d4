// Small random worlds for tests of bidding: shops with campaigns, people, requests.
import { keyOf } from '../../src/base/key.js'
import type { Random } from '../../src/base/random.js'
import { ClickRate } from '../../src/bidding/click-rate.js'
import type { Funds } from '../../src/bidding/funds.js'
import type { LiveCatalogue } from '../../src/bidding/live.js'
import { goLive } from '../../src/bidding/live.js'
import type { ExchangeTerms } from '../../src/bidding/terms.js'
import { compile } from '../../src/catalogue/compile.js'
import type { ShopFile, ShopFileInput } from '../../src/catalogue/model.js'
import { shopFileSchema } from '../../src/catalogue/model.js'
import { Snapshot } from '../../src/catalogue/snapshot.js'
import { parse } from '../../src/openrtb/parse.js'
import { BidRequest } from '../../src/openrtb/request.js'
import { Profile } from '../../src/profiles/profile.js'
import { BidSlice } from '../../src/profiles/slice.js'

export const nowMs = Date.parse('2026-03-04T12:00:00Z')
export const unitValue = { PLN: 1, EUR: 4.25, USD: 3.9 }

export const clickRate = new ClickRate({
  siteAboveFold: { default: 0.001, '300x250': 0.003 },
  siteBelowFold: { default: 0.0005 },
  site: { default: 0.001, '300x250': 0.002, '728x90': 0.0015 },
  app: { default: 0.004 },
  interstitial: { default: 0.01 },
})

/** @param more fields of the shop that differ, and its videos and spots. */
export function shopFile(
  id: string,
  campaigns: object[],
  currency = 'PLN',
  more: {
    readonly shop?: object
    readonly videos?: readonly object[]
    readonly audios?: readonly object[]
  } = {},
): ShopFile {
  const input = {
    shop: {
      id,
      name: `Shop ${id}`,
      domain: `${id}.example`,
      url: `https://${id}.example/`,
      currency,
      timeZone: 'Europe/Warsaw',
      language: 'en',
      logo: '/logo.svg',
      colours: { primary: '#112233', onPrimary: '#ffffff', background: '#ffffff', text: '#111111' },
      callToAction: 'Buy',
      categories: ['IAB22-1'],
      ...more.shop,
    },
    videos: more.videos ?? [],
    audios: more.audios ?? [],
    campaigns,
    products: Array.from({ length: 4 }, (_, i) => ({
      id: `p${i}`,
      title: `Product ${i}`,
      link: `/p/${i}`,
      image: `/i/${i}.png`,
      priceMicros: (i + 1) * 10_000_000,
      currency,
      inStock: true,
      category: 'Things',
    })),
  }
  return shopFileSchema.parse(input as ShopFileInput)
}

export const terms: ExchangeTerms = {
  name: 'demo',
  seat: 'grosz',
  auctionTypeDefault: 2,
  auctionTypes: {},
  blockedShops: [],
  videoProtocolDefault: 3,
}

export function catalogueOf(
  files: readonly ShopFile[],
  exchanges: readonly ExchangeTerms[] = [terms],
): LiveCatalogue {
  const compiled = compile(files, { version: 1, unitValue, signTarget: () => 'signature' })
  const snapshot = new Snapshot(compiled.file)
  // Row r has account r, which is all that tests need.
  const accounts = Int32Array.from({ length: snapshot.rowCount }, (_, row) => row)
  return goLive(snapshot, accounts, exchanges)
}

/** Each account has what `nanosOf` says, less what was reserved. */
export class TestFunds implements Funds {
  readonly reserved = new Map<number, number>()
  readonly #nanosOf: (account: number) => number
  #sequence = 0
  constructor(nanosOf: (account: number) => number = () => Number.MAX_SAFE_INTEGER) {
    this.#nanosOf = nanosOf
  }
  available(account: number): number {
    return this.#nanosOf(account) - (this.reserved.get(account) ?? 0)
  }
  want(): void {}
  reserve(account: number, cost: number): number {
    if (this.available(account) < cost) return -1
    this.reserved.set(account, (this.reserved.get(account) ?? 0) + cost)
    return ++this.#sequence
  }
  cancel(): void {}
}

export const countries = ['POL', 'DEU', 'CZE'] as const
export const sizes = ['300x250', '728x90', '160x600'] as const
export const segments = ['vip', 'new', 'lapsing'] as const
const domains = ['news.example', 'sport.example', 'a.sport.example'] as const
const categories = ['IAB1', 'IAB7', 'IAB7-39'] as const

const some = <T>(random: Random, from: readonly T[]): T[] => from.filter(() => random.chance(0.5))
const maybe = <T>(random: Random, name: string, value: T): object =>
  random.chance(0.4) ? { [name]: value } : {}

export function randomCampaign(random: Random, id: string): object {
  const bid = 1 + random.below(40) / 4
  const goal = random.pick(['cpm', 'cpc'])
  const factors = [0.5, 1.5, 2, 3]
  return {
    id,
    goal,
    bid: goal === 'cpc' ? bid / 4 : bid,
    maxCpm: 2 + random.below(40) / 2,
    budget: { total: 1_000 },
    withoutProfile: random.pick(['bid', 'bid', 'skip']),
    paused: random.chance(0.05),
    ...maybe(random, 'flight', {
      start: random.pick(['2026-03-01T00:00:00Z', '2026-03-05T00:00:00Z']),
      end: random.pick(['2026-03-04T11:00:00Z', '2026-04-01T00:00:00Z']),
    }),
    targeting: {
      ...maybe(random, 'countries', some(random, countries)),
      ...maybe(random, 'sizes', some(random, sizes)),
      ...maybe(random, 'deviceTypes', some(random, ['desktop', 'phone', 'tablet'])),
      ...maybe(random, 'os', some(random, ['ios', 'android'])),
      ...maybe(random, 'domains', some(random, domains)),
      ...maybe(random, 'domainsExcluded', some(random, domains)),
      ...maybe(random, 'categories', some(random, categories)),
      ...maybe(random, 'categoriesExcluded', some(random, categories)),
      ...maybe(random, 'exchanges', some(random, ['demo', 'other'])),
      ...maybe(random, 'interstitial', random.chance(0.5)),
      ...maybe(random, 'hours', [{ days: ['wed'], from: random.pick([8, 13, 14]), to: 20 }]),
      ...(random.chance(0.3)
        ? {
            segments: {
              ...maybe(random, 'any', some(random, segments)),
              ...maybe(random, 'none', some(random, segments)),
            },
          }
        : {}),
    },
    modifiers: [
      { when: { segment: random.pick(segments) }, factor: random.pick(factors) },
      {
        when: { cart: { valueAtLeast: random.pick([0, 500]), abandonedForAtLeastMinutes: 30 } },
        factor: random.pick(factors),
      },
      { when: { viewedWithinMinutes: random.pick([10, 100]) }, factor: random.pick(factors) },
    ].filter(() => random.chance(0.4)),
  }
}

export function randomSlice(random: Random, shopId: string): BidSlice {
  const memberships = some(random, segments)
  return new BidSlice(
    keyOf(shopId),
    random.pick([0, 400, 600]) * 1e6,
    random.chance(0.5) ? nowMs - random.pick([10, 50]) * 60_000 : 0,
    random.chance(0.5) ? nowMs - random.pick([5, 50, 500]) * 60_000 : 0,
    0,
    [],
    memberships.map(keyOf),
    memberships.map(() => nowMs + random.pick([-1, 1_000])),
  )
}

export function randomProfile(random: Random, shopIds: readonly string[]): Profile | null {
  const known = some(random, shopIds)
  return known.length === 0
    ? null
    : new Profile(
        known.map((id) => randomSlice(random, id)),
        1,
      )
}

export function randomRequest(random: Random): object {
  const offered = some(random, sizes)
  const format = (offered.length > 0 ? offered : [sizes[0]]).map((size) => {
    const [w, h] = size.split('x').map(Number)
    return { w, h }
  })
  return {
    id: 'r',
    at: random.pick([1, 2, 3]),
    imp: [
      {
        id: '1',
        banner: { format, pos: random.pick([0, 1, 3]) },
        bidfloor: random.pick([0, 0, 0.5, 2, 5]),
        bidfloorcur: random.pick(['PLN', 'USD']),
        secure: random.below(2),
        instl: Number(random.chance(0.2)),
      },
    ],
    site: { domain: random.pick([...domains, 'else.example']), cat: some(random, categories) },
    device: {
      os: random.pick(['ios', 'android', 'windows']),
      devicetype: random.pick([0, 1, 2, 4, 5]),
      geo: { country: random.pick([...countries, 'XXX']) },
    },
    bcat: random.chance(0.1) ? ['IAB22'] : [],
    badv: random.chance(0.2) ? ['www.shop1.example'] : [],
  }
}

export function requestOf(json: object): BidRequest {
  const request = new BidRequest()
  const fault = parse(Buffer.from(JSON.stringify(json)), request)
  if (fault !== '') throw new Error(fault)
  return request
}
