import type { Clock } from '../base/clock.js'
import type { CpmMicros } from '../base/money.js'
import { formatCpm } from '../base/money.js'
import type { ClickRate } from '../bidding/click-rate.js'
import type { CampaignVerdict } from '../bidding/explain.js'
import { Explainer } from '../bidding/explain.js'
import type { LiveCatalogue } from '../bidding/live.js'
import { NoBid, noBidReasons } from '../bidding/no-bid.js'
import { isSecureUrl } from '../catalogue/creative/url.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { Consent, ConsentRules } from '../openrtb/consent/decision.js'
import type { Networks } from '../openrtb/networks.js'
import { AssetKind, type MediaOffer, type NativeOffer } from '../openrtb/offers.js'
import { parse } from '../openrtb/parse.js'
import type { Impression } from '../openrtb/request.js'
import { BidRequest, PlaceKind } from '../openrtb/request.js'
import { contentOneOf, taxonomyName } from '../openrtb/taxonomy.js'
import { ProfileFetch } from '../profiles/fetch.js'
import type { Profile } from '../profiles/profile.js'
import type { ProfileReader } from '../profiles/store.js'
import { Admission, answerMsMax, isUnrendered, responseCurrency } from './admission.js'
import type { Exchange } from './exchange.js'
import { Identity } from './identity.js'

export interface ExplainOptions {
  readonly exchanges: readonly Exchange[]
  /** Where exchanges and browsers reach us. */
  readonly publicUrl: string
  readonly clickRate: ClickRate
  /** What an account may still spend, in nanos of its currency. */
  readonly available: (account: number) => number
  readonly profiles: ProfileReader
  readonly consent: ConsentRules
  readonly networks: Networks
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
export async function explain(
  options: ExplainOptions,
  catalogue: LiveCatalogue,
  exchangeName: string,
  body: Buffer,
): Promise<Explanation> {
  const exchange = options.exchanges.find(({ name }) => name === exchangeName)
  if (exchange === undefined) return { error: `exchange: ${exchangeName} is unknown` }
  const request = new BidRequest()
  const fault = parse(body, request)
  if (fault !== '') return { error: fault }

  const { snapshot } = catalogue
  const consent = options.consent.decide(request)
  const profile = consent.mayReadProfile
    ? await recognise(request, exchange, options.profiles, snapshot)
    : null
  const { rates } = snapshot
  const currency = responseCurrency(request, exchange.currency, rates)
  const refusal = new Admission(exchange, options.networks).refusal(request)
  let miss: number = refusal
  if (miss === 0 && currency === '') miss = NoBid.unknownCurrency
  if (miss === 0 && answerMsMax(request, exchange) <= 0) miss = NoBid.timeout
  const reason = miss === 0 ? '' : noBidReasons[-1 - miss]!
  const explainer = new Explainer(options.clickRate, options.available)
  const nowMs = options.clock.nowMs()
  return {
    understood: understood(request, currency),
    person: person(request, consent, profile, catalogue, nowMs),
    reason,
    impressions: request.impressions.slice(0, request.impressionCount).map((impression) => {
      const own = reason || impressionReason(request, impression, options.publicUrl)
      const place = rates.indexOf(currency)
      const campaigns =
        own === ''
          ? explainer.explain(request, impression, exchange, place, catalogue, profile, nowMs)
          : []
      const best = campaigns[0]
      const bid = best?.reason === '' ? best : null
      return {
        id: impression.id,
        understood: understoodImpression(impression),
        reason: own || (bid === null ? noBidReasons[-1 - explainer.miss]! : ''),
        bid,
        campaigns,
      }
    }),
  }
}

/** The person behind the request, however long the store takes. */
async function recognise(
  request: BidRequest,
  exchange: Exchange,
  profiles: ProfileReader,
  snapshot: Snapshot,
): Promise<Profile | null> {
  const identity = new Identity(profiles)
  identity.swap(snapshot)
  const profile = identity.profileOf(request, exchange)
  if (!identity.isPending) return profile
  const uids = identity.uidsOf(request, exchange)
  const fetched = await new Promise<ProfileFetch>((resolve) => {
    const fetch = new ProfileFetch(uids, () => resolve(fetch))
    profiles.fetch!(fetch)
  })
  return identity.profileFrom(fetched, request, exchange)
}

/** Of the impression itself, before any campaign is looked at. */
function impressionReason(request: BidRequest, impression: Impression, publicUrl: string): string {
  if (impression.secure && !isSecureUrl(publicUrl)) return noBidReasons[-1 - NoBid.insecure]!
  return isUnrendered(request) ? noBidReasons[-1 - NoBid.transparencyNotRendered]! : ''
}

const placeNames = ['unknown', 'site', 'app', 'screen'] as const

function understood(request: BidRequest, currency: string): object {
  const { id, auctionType, tmaxMs, test, domain, bundle, categories } = request
  const { country, region, deviceType, os, currencies, blockedCategories, blockedDomains } = request
  const { categoryTaxonomy, blockedApps, languages } = request
  const place = {
    place: placeNames[request.place],
    ...(request.place === PlaceKind.app ? { bundle } : { domain }),
  }
  return {
    ...{ id, auctionType, tmaxMs, test, ...place, categories, country, region, deviceType, os },
    ...{
      currencies,
      bidIn: currency,
      categoryTaxonomy: taxonomyName(categoryTaxonomy),
      blockedCategories,
      blockedDomains,
    },
    ...{ blockedApps, languages },
    /** Ids that mean nothing to us block nothing. */
    categoriesUnknown: blockedCategories.filter(
      (id) => contentOneOf(categoryTaxonomy, id) === null,
    ),
  }
}

function understoodImpression(impression: Impression): object {
  const { hasBanner, video, audio, native } = impression
  return {
    ...(hasBanner ? { banner: { sizes: sizesOf(impression), position: impression.position } } : {}),
    ...(native.isOffered ? { native: understoodNative(native) } : {}),
    ...(video.isOffered ? { video: understoodMedia(video) } : {}),
    ...(audio.isOffered ? { audio: understoodMedia(audio) } : {}),
    floorCpm: formatCpm(impression.floorCpmMicros as CpmMicros),
    floorCurrency: impression.floorCurrency,
    secure: impression.secure,
    interstitial: impression.interstitial,
    rewarded: impression.rewarded,
    dealsOnly: impression.dealsOnly,
    deals: impression.deals.slice(0, impression.dealCount).map((deal) => ({
      id: deal.id,
      floorCpm: formatCpm(deal.floorCpmMicros as CpmMicros),
      floorCurrency: deal.floorCurrency,
    })),
  }
}

const sizesOf = ({ sizeKeys, sizeCount }: Impression): string[] =>
  Array.from(sizeKeys.subarray(0, sizeCount), (key) => `${key >>> 16}x${key & 0xffff}`)

function understoodMedia(offer: MediaOffer): object {
  const { minDurationS, maxDurationS, skip, linearity } = offer
  return { minDurationS, maxDurationS, skip, linearity, protocols: listed(offer.protocols) }
}

function understoodNative(offer: NativeOffer): object {
  const names = Object.keys(AssetKind)
  return {
    version: offer.version / 10,
    assets: offer.assets.slice(0, offer.assetCount).map((asset) => ({
      id: asset.id,
      kind: names[asset.kind],
      type: asset.type,
      isRequired: asset.isRequired,
    })),
  }
}

const listed = (bits: number): number[] =>
  Array.from({ length: 31 }, (_, bit) => bit).filter((bit) => (bits & (1 << bit)) !== 0)

function person(
  request: BidRequest,
  consent: Consent,
  profile: Profile | null,
  { snapshot }: LiveCatalogue,
  nowMs: number,
): object {
  const minutesSince = (atMs: number): number | null =>
    atMs === 0 ? null : Math.round((nowMs - atMs) / 60_000)
  return {
    uid: consent.mayReadProfile ? request.buyerUid : '',
    mayUseProfile: consent.mayReadProfile,
    consent: consent.reason,
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
