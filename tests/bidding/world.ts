// Small worlds for tests: shops with campaigns, a catalogue of them, money that can be counted.
import { ClickRate } from '../../src/bidding/click-rate.js'
import type { Funds } from '../../src/bidding/funds.js'
import type { LiveCatalogue } from '../../src/bidding/live.js'
import { goLive } from '../../src/bidding/live.js'
import type { ExchangeTerms } from '../../src/bidding/terms.js'
import type { ShopFile, ShopFileInput } from '../../src/catalogue/model.js'
import { shopFileSchema } from '../../src/catalogue/model.js'
import { parse } from '../../src/openrtb/parse.js'
import { BidRequest } from '../../src/openrtb/request.js'
import { snapshotOf } from '../catalogue/snapshot-of.js'

export const nowMs = Date.parse('2026-03-04T12:00:00Z')
export const unitValue = { PLN: 1, EUR: 4.25, USD: 3.9 }

export const clickRates = {
  siteAboveFold: { default: 0.001, '300x250': 0.003, video: 0.004 },
  siteBelowFold: { default: 0.0005 },
  site: { default: 0.001, '300x250': 0.002, '728x90': 0.0015, native: 0.0017, audio: 0.0003 },
  app: { default: 0.004, video: 0.002 },
  interstitial: { default: 0.01 },
} as const
export const clickRate = new ClickRate(clickRates)

/** @param more fields of the shop that differ, and its videos and spots. */
export function shopFile(
  id: string,
  campaigns: object[],
  currency = 'PLN',
  more: {
    readonly shop?: object
    readonly videos?: readonly object[]
    readonly audios?: readonly object[]
    /** By product: what differs. */
    readonly products?: readonly object[]
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
      ...more.products?.[i],
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
  const snapshot = snapshotOf(files, { version: 1, unitValue, signTarget: () => 'signature' })
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

export function requestOf(json: object): BidRequest {
  const request = new BidRequest()
  const fault = parse(Buffer.from(JSON.stringify(json)), request)
  if (fault !== '') throw new Error(fault)
  return request
}
