import type { Clock } from '../base/clock.js'
import type { CpmMicros } from '../base/money.js'
import { formatCpm } from '../base/money.js'
import type { ClickRate } from '../bidding/click-rate.js'
import type { LiveCatalogue } from '../bidding/decide.js'
import type { CampaignVerdict } from '../bidding/explain.js'
import { Explainer } from '../bidding/explain.js'
import { mayUseProfile } from '../openrtb/consent.js'
import { parse } from '../openrtb/parse.js'
import type { Impression } from '../openrtb/request.js'
import { BidRequest, PlaceKind } from '../openrtb/request.js'
import type { Profile } from '../profiles/profile.js'
import type { ProfileReader } from '../profiles/store.js'
import { mayBuy, responseCurrency } from './bid.js'
import type { Exchange } from './exchange.js'

export interface ExplainOptions {
  readonly exchanges: readonly Exchange[]
  readonly clickRate: ClickRate
  /** What an account may still spend, in nanos of its currency. */
  readonly available: (account: number) => number
  readonly profiles: ProfileReader
  readonly clock: Clock
}

export type Explanation =
  | { readonly error: string }
  | {
      readonly understood: object
      readonly person: object
      /** What keeps us from bidding on the whole request; '' where nothing does. */
      readonly reason: string
      readonly impressions: readonly ImpressionExplanation[]
    }

export interface ImpressionExplanation {
  readonly id: string
  readonly understood: object
  /** What keeps us from bidding here; '' where we bid. */
  readonly reason: string
  readonly bid: CampaignVerdict | null
  readonly campaigns: readonly CampaignVerdict[]
}

/**
 * Says of one request what was understood, which campaigns were considered, and of each why it fell
 * out or what it would pay. Bids nothing, reserves nothing, counts nothing.
 */
export function explain(
  options: ExplainOptions,
  catalogue: LiveCatalogue,
  exchangeName: string,
  body: Buffer,
): Explanation {
  const exchange = options.exchanges.find(({ name }) => name === exchangeName)
  if (exchange === undefined) return { error: `exchange: ${exchangeName} is unknown` }
  const request = new BidRequest()
  const fault = parse(body, request)
  if (fault !== '') return { error: fault }

  const mayRead = mayUseProfile(request)
  const profile =
    request.buyerUid !== '' && mayRead ? options.profiles.read(request.buyerUid) : null
  const { rates } = catalogue.snapshot
  const currency = responseCurrency(request, exchange.currency, rates)
  let reason = ''
  if (!mayBuy(request, exchange.seat)) reason = 'seat_blocked'
  else if (currency === '') reason = 'unknown_currency'
  const explainer = new Explainer(options.clickRate, options.available)
  const nowMs = options.clock.nowMs()
  return {
    understood: understood(request, currency),
    person: person(request, mayRead, profile, catalogue, nowMs),
    reason,
    impressions: request.impressions.slice(0, request.impressionCount).map((impression) => {
      const own = reason || impressionReason(impression, rates)
      const campaigns =
        own === ''
          ? explainer.explain(
              request,
              impression,
              exchange.name,
              rates.indexOf(currency),
              catalogue,
              profile,
              nowMs,
            )
          : []
      const best = campaigns[0]
      const bid = best?.reason === '' ? best : null
      return {
        id: impression.id,
        understood: understoodImpression(impression),
        reason: own || (bid === null ? 'no_campaign_bids' : ''),
        bid,
        campaigns,
      }
    }),
  }
}

function impressionReason(
  impression: Impression,
  rates: { indexOf(currency: string): number },
): string {
  if (!impression.hasBanner) return 'unsupported_format'
  if (impression.dealsOnly) return 'deals_only'
  const isUnknown = rates.indexOf(impression.floorCurrency) < 0
  return isUnknown && impression.floorCpmMicros > 0 ? 'unknown_currency' : ''
}

function understood(request: BidRequest, currency: string): object {
  const { id, auctionType, tmaxMs, test, place: placeKind, domain, bundle, categories } = request
  const { country, region, deviceType, os, currencies, blockedCategories, blockedDomains } = request
  const place = placeKind === PlaceKind.app ? { bundle } : { domain }
  return {
    ...{ id, auctionType, tmaxMs, test, ...place, categories, country, region, deviceType, os },
    ...{ currencies, bidIn: currency, blockedCategories, blockedDomains },
  }
}

function understoodImpression(impression: Impression): object {
  const sizes = Array.from(impression.sizeKeys.subarray(0, impression.sizeCount))
  return {
    sizes: sizes.map((key) => `${key >>> 16}x${key & 0xffff}`),
    floorCpm: formatCpm(impression.floorCpmMicros as CpmMicros),
    floorCurrency: impression.floorCurrency,
    secure: impression.secure,
    interstitial: impression.interstitial,
    position: impression.position,
  }
}

function person(
  request: BidRequest,
  mayRead: boolean,
  profile: Profile | null,
  { snapshot }: LiveCatalogue,
  nowMs: number,
): object {
  const minutesSince = (atMs: number): number | null =>
    atMs === 0 ? null : Math.round((nowMs - atMs) / 60_000)
  return {
    uid: request.buyerUid,
    mayUseProfile: mayRead,
    knownTo: (profile?.slices ?? []).map((slice) => ({
      shop: snapshot.shops[snapshot.shopIndexOf(slice.shopKey)]?.id ?? 'a shop without campaigns',
      cart: {
        products: slice.cartCount,
        value: formatCpm(slice.cartValueMicros as CpmMicros),
        minutesSinceChange: minutesSince(slice.cartChangedAtMs),
      },
      minutesSinceView: minutesSince(slice.lastViewedAtMs),
      segments: slice.segmentKeys.length,
    })),
  }
}
