import type { CpmMicros } from '../base/money.js'
import { formatCpm } from '../base/money.js'
import { has } from '../catalogue/bitmaps.js'
import { CreativeFormat, creativeFormats } from '../catalogue/media.js'
import { bannerSizes } from '../catalogue/sizes.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { Deal } from '../openrtb/offers.js'
import type { BidRequest, Impression } from '../openrtb/request.js'
import type { Profile } from '../profiles/profile.js'
import type { BidSlice } from '../profiles/slice.js'
import type { ClickRate } from './click-rate.js'
import { Decider } from './decide.js'
import { CreativeFit } from './fit.js'
import type { Funds } from './funds.js'
import type { LiveCatalogue } from './live.js'
import { NoBid, noBidReasons } from './no-bid.js'
import { Pods } from './pods.js'
import { Query } from './query.js'
import { type ExchangeTerms, isOurDeal } from './terms.js'
import { factorFor, isInSegment, valueCpmMicros } from './value.js'

/** What became of one campaign at one impression. Amounts as decimals. */
export interface CampaignVerdict {
  readonly shop: string
  readonly campaign: string
  /** The first thing that kept it out; `outbid` by a better one; or '' for the one that bids. */
  readonly reason: string
  /** What 1,000 impressions are worth to it, in its shop's currency; absent where it may not show. */
  readonly valueCpm?: string
  readonly currency?: string
  /** Product of the modifiers that hold for this person. */
  readonly factor?: number
  /** What it would show: `banner`, `native` …, and a banner's size. */
  readonly format?: string
  readonly size?: string
  /** The deal that it would be under. */
  readonly deal?: string
  /** The bid, in the response's currency; only of the one that bids. */
  readonly priceCpm?: string
}

type Ranked = CampaignVerdict & { readonly commonMicros: number }

/** A way to buy the impression: under a deal, or without. */
interface Way {
  readonly deal: Deal | null
  readonly query: Query
  readonly isFilled: boolean
  /** By which a floor comes to the common currency; `Infinity` from one that has no rate. */
  readonly floorToCommon: number
}

/**
 * Values every campaign for one impression, one after the other, and says of each why it doesn't bid.
 *
 * The winner is `Decider`'s own; the others are looked at in the slow and obvious way, from the same
 * bitmaps and the same valuation. For people: takes milliseconds for thousands of campaigns.
 */
export class Explainer {
  /** Why nobody bids on the impression explained last, as `Decider` has it: a NoBid code; 0 where one does. */
  miss = 0
  readonly #clickRate: ClickRate
  readonly #funds: Funds
  readonly #fit = new CreativeFit(new Pods())

  /** @param available what an account may still spend, in nanos of its currency; nothing is reserved. */
  constructor(clickRate: ClickRate, available: (account: number) => number) {
    this.#clickRate = clickRate
    this.#funds = { available, want: () => {}, reserve: () => 1, cancel: () => {} }
  }

  /**
   * @param currency index of the response's currency in the snapshot's rates.
   * @returns a verdict for each campaign, the one that bids first, then by falling value.
   */
  explain(
    request: BidRequest,
    impression: Impression,
    exchange: ExchangeTerms,
    currency: number,
    catalogue: LiveCatalogue,
    profile: Profile | null,
    nowMs: number,
  ): CampaignVerdict[] {
    const { snapshot } = catalogue
    const decider = new Decider(this.#clickRate, this.#funds)
    decider.begin(request, exchange, currency, catalogue, profile, nowMs)
    let chosen: number = NoBid.dealsOnly
    if (impression.dealCount > 0) chosen = decider.decideDeals(impression)
    if (chosen < 0 && !impression.dealsOnly) chosen = decider.decide(impression)
    this.miss = Math.min(0, chosen)
    this.#fit.begin(exchange.videoProtocolDefault)
    const ways = this.#ways(request, impression, exchange, catalogue, nowMs)

    const verdicts: Ranked[] = []
    for (let row = 0; row < snapshot.rowCount; row++) {
      const shopIndex = snapshot.shopOf[row]!
      if (shopIndex < 0) continue
      const slice = sliceOf(snapshot, profile, shopIndex)
      const own = ways.map((way) =>
        this.#verdict(way, row, slice, request, impression, catalogue, nowMs),
      )
      // Of several ways the one that it would bid by, else the last, which is the open market's.
      const best =
        own.find(({ reason }) => reason === 'outbid') ?? own.at(-1) ?? noDeal(snapshot, row)
      verdicts.push(
        row === chosen
          ? {
              ...best,
              reason: '',
              priceCpm: formatCpm(decider.priceCpmMicros),
              ...shown(decider.format, decider.sizeIndex),
              ...(decider.deal === null ? {} : { deal: decider.deal.id }),
            }
          : best,
      )
    }
    verdicts.sort(
      (a, b) =>
        Number(b.reason === '') - Number(a.reason === '') || b.commonMicros - a.commonMicros,
    )
    return verdicts.map(({ commonMicros: _, ...verdict }) => verdict)
  }

  #ways(
    request: BidRequest,
    impression: Impression,
    exchange: ExchangeTerms,
    catalogue: LiveCatalogue,
    nowMs: number,
  ): Way[] {
    const { snapshot } = catalogue
    const { rates } = snapshot
    const deals: (Deal | null)[] = impression.deals
      .slice(0, impression.dealCount)
      .filter((deal) => isOurDeal(deal, exchange.seat))
    return [...deals, ...(impression.dealsOnly ? [] : [null])].map((deal) => {
      const query = new Query()
      const blocked = catalogue.blocked.get(exchange.name) ?? snapshot.none
      query.forRequest(request, snapshot, exchange.name, catalogue.live.at(nowMs), blocked)
      const isFilled = query.forImpression(request, impression, deal, snapshot, this.#clickRate)
      const floorCurrency = (deal ?? impression).floorCurrency
      const from = rates.indexOf(floorCurrency)
      const floorToCommon = from < 0 ? Number.POSITIVE_INFINITY : rates.rate(from, 0)
      return { deal, query, isFilled, floorToCommon }
    })
  }

  #verdict(
    way: Way,
    row: number,
    slice: BidSlice | null,
    request: BidRequest,
    impression: Impression,
    { snapshot, accounts }: LiveCatalogue,
    nowMs: number,
  ): Ranked {
    const { query, deal } = way
    const { slots } = query
    const shop = snapshot.shops[snapshot.shopOf[row]!]!
    const base = { shop: shop.id, campaign: snapshot.campaignId(row) }
    const why = way.isFilled
      ? query.reasonAgainst(row) || personReason(snapshot, row, slice, nowMs)
      : noBidReasons[-1 - slots.miss]!
    if (why !== '') return { ...base, reason: why, commonMicros: -1 }
    let miss = 'no_creative'
    for (let slot = 0; slot < slots.count; slot++) {
      if (!has(slots.rows[slot]!, row)) continue
      const value = valueCpmMicros(snapshot, row, slots.clickRates[slot]!, slice, nowMs)
      const commonMicros = value * snapshot.toCommon[row]!
      const format = slots.formats[slot]!
      const found = this.#fit.find(
        ...([format, row, slice, request, impression, deal, snapshot] as const),
        ...([-1, Number.POSITIVE_INFINITY] as const),
      )
      if (!found) continue
      const { floorMicros } = this.#fit
      const below =
        floorMicros > 0 && way.floorToCommon === Number.POSITIVE_INFINITY
          ? 'unknown_currency'
          : 'below_floor'
      miss = below
      const isBelow =
        value <= 0 || (floorMicros > 0 && commonMicros < floorMicros * way.floorToCommon)
      if (isBelow && slot < slots.count - 1) continue
      const isPoor = this.#funds.available(accounts[row]!) < value
      return {
        ...base,
        reason: isBelow ? below : isPoor ? 'no_budget' : 'outbid',
        valueCpm: formatCpm(value as CpmMicros),
        currency: shop.currency,
        factor: slice === null ? 1 : factorFor(snapshot, row, slice, nowMs),
        ...shown(format, slots.sizeIndexes[slot]!),
        ...(deal === null ? {} : { deal: deal.id }),
        commonMicros,
      }
    }
    return { ...base, reason: miss, commonMicros: -1 }
  }
}

function shown(format: number, sizeIndex: number): { format: string; size?: string } {
  const name = creativeFormats[format - 1]!
  if (format !== CreativeFormat.banner) return { format: name }
  const { width, height } = bannerSizes[sizeIndex]!
  return { format: name, size: `${width}x${height}` }
}

function noDeal(snapshot: Snapshot, row: number): Ranked {
  const shop = snapshot.shops[snapshot.shopOf[row]!]!.id
  return { shop, campaign: snapshot.campaignId(row), reason: 'deals_only', commonMicros: -1 }
}

function sliceOf(snapshot: Snapshot, profile: Profile | null, shop: number): BidSlice | null {
  const known = profile?.slices.find((slice) => snapshot.shopIndexOf(slice.shopKey) === shop)
  return known ?? null
}

/** Why the person keeps the campaign out; '' where not. */
function personReason(
  snapshot: Snapshot,
  row: number,
  slice: BidSlice | null,
  nowMs: number,
): string {
  if (slice === null) return has(snapshot.strangers, row) ? '' : 'person_unknown_to_shop'
  let isIn = has(snapshot.withoutSegment, row)
  for (const key of slice.segmentKeys) {
    if (!isInSegment(slice, key, nowMs)) continue
    const excluded = snapshot.bySegmentExcluded.get(key)
    if (excluded !== undefined && has(excluded, row)) return 'in_excluded_segment'
    const included = snapshot.bySegment.get(key)
    isIn ||= included !== undefined && has(included, row)
  }
  return isIn ? '' : 'not_in_segment'
}
