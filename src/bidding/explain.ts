import type { CpmMicros } from '../base/money.js'
import { formatCpm } from '../base/money.js'
import { has } from '../catalogue/bitmaps.js'
import { bannerSizes } from '../catalogue/sizes.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { BidRequest, Impression } from '../openrtb/request.js'
import type { Profile } from '../profiles/profile.js'
import type { BidSlice } from '../profiles/slice.js'
import type { ClickRate } from './click-rate.js'
import type { Funds, LiveCatalogue } from './decide.js'
import { Decider } from './decide.js'
import { NoBid } from './no-bid.js'
import { Query } from './query.js'
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
  readonly size?: string
  /** The bid, in the response's currency; only of the one that bids. */
  readonly priceCpm?: string
}

/**
 * Values every campaign for one impression, one after the other, and says of each why it doesn't bid.
 *
 * The winner is `Decider`'s own; the others are looked at in the slow and obvious way, from the same
 * bitmaps and the same valuation. For people: takes milliseconds for thousands of campaigns.
 */
export class Explainer {
  readonly #clickRate: ClickRate
  readonly #funds: Funds

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
    exchange: string,
    currency: number,
    catalogue: LiveCatalogue,
    profile: Profile | null,
    nowMs: number,
  ): CampaignVerdict[] {
    const { snapshot } = catalogue
    const decider = new Decider(this.#clickRate, this.#funds)
    decider.begin(request, exchange, currency, catalogue, profile, nowMs)
    const chosen = decider.decide(impression)
    const query = new Query()
    query.forRequest(request, snapshot, exchange, catalogue.live.at(nowMs))
    const fits = query.forImpression(request, impression, snapshot, this.#clickRate)
    const floorCurrency = Math.max(0, snapshot.rates.indexOf(impression.floorCurrency))
    const floorMicros = impression.floorCpmMicros * snapshot.rates.rate(floorCurrency, 0)

    const verdicts: (CampaignVerdict & { commonMicros: number })[] = []
    for (let row = 0; row < snapshot.rowCount; row++) {
      const shopIndex = snapshot.shopOf[row]!
      if (shopIndex < 0) continue
      const shop = snapshot.shops[shopIndex]!
      const slice = sliceOf(snapshot, profile, shopIndex)
      const base = { shop: shop.id, campaign: snapshot.campaignId(row) }
      const why = !fits
        ? 'size'
        : query.reasonAgainst(row) || personReason(snapshot, row, slice, nowMs)
      if (why !== '') {
        verdicts.push({ ...base, reason: why, commonMicros: -1 })
        continue
      }
      const place = sizeFor(query, snapshot, row)
      const value = valueCpmMicros(snapshot, row, query.clickRates[place]!, slice, nowMs)
      const commonMicros = value * snapshot.toCommon[row]!
      let reason = 'outbid'
      if (row === chosen) reason = ''
      else if (value <= 0 || commonMicros < floorMicros || chosen === NoBid.belowFloor)
        reason = 'below_floor'
      else if (this.#funds.available(catalogue.accounts[row]!) < value) reason = 'no_budget'
      const { width, height } = bannerSizes[query.sizeIndexes[place]!]!
      verdicts.push({
        ...base,
        reason,
        valueCpm: formatCpm(value as CpmMicros),
        currency: shop.currency,
        factor: slice === null ? 1 : factorFor(snapshot, row, slice, nowMs),
        size: `${width}x${height}`,
        ...(row === chosen ? { priceCpm: formatCpm(decider.priceCpmMicros) } : {}),
        commonMicros,
      })
    }
    verdicts.sort(
      (a, b) =>
        Number(b.reason === '') - Number(a.reason === '') || b.commonMicros - a.commonMicros,
    )
    return verdicts.map(({ commonMicros: _, ...verdict }) => verdict)
  }
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

/** Place, among the sizes of the query, of the best that the campaign takes. */
function sizeFor(query: Query, snapshot: Snapshot, row: number): number {
  for (let place = 0; place < query.sizeIndexCount; place++)
    if (has(snapshot.bySize[query.sizeIndexes[place]!]!, row)) return place
  return 0
}
