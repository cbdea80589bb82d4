import type { Bitmap } from '../catalogue/bitmaps.js'
import { has } from '../catalogue/bitmaps.js'
import { deviceTypeCount, type Snapshot } from '../catalogue/snapshot.js'
import type { Deal } from '../openrtb/offers.js'
import type { BidRequest, Impression } from '../openrtb/request.js'
import { PlaceKind } from '../openrtb/request.js'
import { contentOneOf, contentOneWithin } from '../openrtb/taxonomy.js'
import type { ClickRate } from './click-rate.js'
import { Slots } from './slots.js'

/**
 * Which campaigns may show on an impression, as bitmaps gathered but not yet combined.
 *
 * `word(w)` gives 32 rows at a time, so a search that stops early combines only what it reads:
 * every `required` bitmap AND, of each group, at least one, AND none of `excluded`.
 * `forRequest` gathers what all impressions of a request share, `forImpression` the rest. Reused.
 */
export class Query {
  readonly required: Bitmap[] = []
  requiredCount = 0
  readonly grouped: Bitmap[] = []
  /** Group g is `grouped[groupEnd[g - 1], groupEnd[g])`. */
  readonly groupEnd = new Int32Array(8)
  groupCount = 0
  readonly excluded: Bitmap[] = []
  excludedCount = 0
  /** What each bitmap or group is about: the reason of a row that fails it. */
  readonly #requiredBy: string[] = []
  readonly #groupBy: string[] = []
  readonly #excludedBy: string[] = []

  /** What may be filled here; the rows that can are the last group. */
  readonly slots = new Slots()

  #sharedRequired = 0
  #sharedGroups = 0
  #sharedGrouped = 0

  /** @param blocked rows of shops that don't advertise on this exchange. */
  forRequest(
    request: BidRequest,
    snapshot: Snapshot,
    exchange: string,
    live: Bitmap,
    blocked: Bitmap,
  ): void {
    const { deviceType } = request
    this.requiredCount = 0
    this.#require(live, 'not_on_now')
    this.#require(snapshot.country.of(request.country), 'country')
    this.#require(snapshot.region.of(request.region), 'region')
    const known = deviceType > 0 && deviceType < deviceTypeCount
    this.#require(snapshot.byDeviceType[known ? deviceType | 0 : 0]!, 'device_type')
    this.#require(snapshot.os.of(request.os), 'os')
    this.#require(snapshot.exchange.of(exchange), 'exchange')
    this.#sharedRequired = this.requiredCount

    this.groupCount = 0
    this.#sharedGrouped = 0
    this.excludedCount = 0
    if (blocked !== snapshot.none) this.#exclude(blocked, 'shop_blocked')
    this.#inventory(request, snapshot)
    this.#categories(request, snapshot)
    this.#advertiser(request, snapshot)
    if (request.languages.length > 0) this.#languages(request, snapshot)
    this.#sharedGroups = this.groupCount
  }

  /**
   * @param deal the one that is to be bought under; null for the open market.
   * @returns false where nothing is offered that anybody here could fill; `slots.miss` says why.
   */
  forImpression(
    request: BidRequest,
    impression: Impression,
    deal: Deal | null,
    snapshot: Snapshot,
    clickRate: ClickRate,
  ): boolean {
    this.requiredCount = this.#sharedRequired
    this.groupCount = this.#sharedGroups
    let end = this.#sharedGrouped
    if (impression.secure) this.#require(snapshot.secure, 'secure')
    if (impression.interstitial) this.#require(snapshot.interstitial, 'interstitial')
    if (impression.rewarded) this.#require(snapshot.rewarded, 'rewarded')
    if (deal === null) {
      if (snapshot.hasDeals) this.#require(snapshot.openMarket, 'deals_only')
    } else {
      this.grouped[end++] = snapshot.anyDeal
      const named = snapshot.deal.get(deal.id)
      if (named !== undefined) this.grouped[end++] = named
      this.#endGroup(end, 'deal')
      if (deal.advertiserDomains.length > 0) {
        end = addNamed(this.grouped, end, snapshot.advertiserDomain, deal.advertiserDomains)
        this.#endGroup(end, 'deal_advertiser')
      }
    }
    this.slots.gather(impression, request.place, snapshot, clickRate)
    for (let i = 0; i < this.slots.count; i++) this.grouped[end++] = this.slots.rows[i]!
    this.#endGroup(end, 'format')
    return this.slots.count > 0
  }

  /** Rows `32 * word` to `32 * word + 31` that may show, a bit each. */
  word(word: number): number {
    let bits = this.required[0]![word]!
    for (let i = 1; i < this.requiredCount; i++) bits &= this.required[i]![word]!
    let from = 0
    for (let group = 0; group < this.groupCount && bits !== 0; group++) {
      const end = this.groupEnd[group]!
      let some = 0
      for (; from < end; from++) some |= this.grouped[from]![word]!
      bits &= some
    }
    for (let i = 0; i < this.excludedCount && bits !== 0; i++) bits &= ~this.excluded[i]![word]!
    return bits
  }

  /** Whether this one row may show. */
  matches(row: number): boolean {
    return ((this.word(row >>> 5) >>> (row & 31)) & 1) === 1
  }

  /** For people: the first thing that keeps this row out; '' where it may show. */
  reasonAgainst(row: number): string {
    for (let i = 0; i < this.requiredCount; i++)
      if (!has(this.required[i]!, row)) return this.#requiredBy[i]!
    let from = 0
    for (let group = 0; group < this.groupCount; group++) {
      const end = this.groupEnd[group]!
      let some = false
      for (; from < end; from++) some ||= has(this.grouped[from]!, row)
      if (!some) return this.#groupBy[group]!
    }
    for (let i = 0; i < this.excludedCount; i++)
      if (has(this.excluded[i]!, row)) return this.#excludedBy[i]!
    return ''
  }

  /** The page's host and the domains above it, or the app's id. */
  #inventory(request: BidRequest, snapshot: Snapshot): void {
    const { inventory, inventoryExcluded } = snapshot
    let end = this.#sharedGrouped
    this.grouped[end++] = inventory.any
    const isApp = request.place === PlaceKind.app
    let name = isApp ? request.bundle : request.domain
    while (name !== '') {
      const named = inventory.named(name)
      if (named !== undefined) this.grouped[end++] = named
      const excluded = inventoryExcluded.get(name)
      if (excluded !== undefined) this.#exclude(excluded, 'site_or_app_excluded')
      const dot = isApp ? -1 : name.indexOf('.')
      name = dot < 0 ? '' : name.slice(dot + 1)
    }
    this.#endSharedGroup(end, 'site_or_app')
  }

  #categories(request: BidRequest, snapshot: Snapshot): void {
    const { category, categoryExcluded } = snapshot
    let end = this.#sharedGrouped
    this.grouped[end++] = category.any
    for (let i = 0; i < request.categories.length; i++) {
      const id = request.categories[i]!
      const dash = id.indexOf('-')
      for (let parent = 0; parent < (dash < 0 ? 1 : 2); parent++) {
        const name = parent === 0 ? id : id.slice(0, dash)
        const named = category.named(name)
        if (named !== undefined) this.grouped[end++] = named
        const excluded = categoryExcluded.get(name)
        if (excluded !== undefined) this.#exclude(excluded, 'category_excluded')
      }
    }
    this.#endSharedGroup(end, 'category')
  }

  /** What the publisher doesn't want to see advertised, or wants only. */
  #advertiser(request: BidRequest, snapshot: Snapshot): void {
    for (let i = 0; i < request.blockedDomains.length; i++) {
      const rows = snapshot.advertiserDomain.get(request.blockedDomains[i]!)
      if (rows !== undefined) this.#exclude(rows, 'advertiser_domain_blocked')
    }
    for (let i = 0; i < request.blockedApps.length; i++) {
      const rows = snapshot.advertiserApp.get(request.blockedApps[i]!)
      if (rows !== undefined) this.#exclude(rows, 'advertiser_app_blocked')
    }
    const { categoryTaxonomy: taxonomy } = request
    for (let i = 0; i < request.blockedCategories.length; i++)
      this.#blockCategory(request.blockedCategories[i]!, taxonomy, snapshot)
    if (request.allowedCategories.length === 0) return
    let end = this.#sharedGrouped
    for (let i = 0; i < request.allowedCategories.length; i++) {
      const id = request.allowedCategories[i]!
      if (taxonomy === 1) end = addRows(this.grouped, end, snapshot.advertiserCategory.get(id))
      else {
        const ours = contentOneWithin(taxonomy, id)
        if (ours !== null) end = addNamed(this.grouped, end, snapshot.advertiserCategory, ours)
      }
    }
    this.#endSharedGroup(end, 'advertiser_category_not_allowed')
  }

  /** Shops' categories are of content taxonomy 1.0; others are looked up there, unknown ones block nothing. */
  #blockCategory(id: string, taxonomy: number, snapshot: Snapshot): void {
    if (taxonomy === 1) {
      const rows = snapshot.advertiserCategory.get(id)
      if (rows !== undefined) this.#exclude(rows, 'advertiser_category_blocked')
      return
    }
    const ours = contentOneOf(taxonomy, id)
    if (ours === null) return
    for (let i = 0; i < ours.length; i++) {
      const rows = snapshot.advertiserCategory.get(ours[i]!)
      if (rows !== undefined) this.#exclude(rows, 'advertiser_category_blocked')
    }
  }

  #languages(request: BidRequest, snapshot: Snapshot): void {
    const { creativeLanguage } = snapshot
    let end = addNamed(this.grouped, this.#sharedGrouped, creativeLanguage, request.languages)
    // What has no words is understood everywhere.
    end = addRows(this.grouped, end, creativeLanguage.get('xx'))
    this.#endSharedGroup(end, 'language')
  }

  #require(rows: Bitmap, by: string): void {
    this.#requiredBy[this.requiredCount] = by
    this.required[this.requiredCount++] = rows
  }

  #exclude(rows: Bitmap, by: string): void {
    this.#excludedBy[this.excludedCount] = by
    this.excluded[this.excludedCount++] = rows
  }

  #endGroup(end: number, by: string): void {
    this.#groupBy[this.groupCount] = by
    this.groupEnd[this.groupCount++] = end
  }

  #endSharedGroup(end: number, by: string): void {
    this.#endGroup(end, by)
    this.#sharedGrouped = end
  }
}

function addRows(into: Bitmap[], end: number, rows: Bitmap | undefined): number {
  if (rows === undefined) return end
  into[end] = rows
  return end + 1
}

function addNamed(
  into: Bitmap[],
  end: number,
  from: ReadonlyMap<string, Bitmap>,
  names: readonly string[],
): number {
  for (let i = 0; i < names.length; i++) end = addRows(into, end, from.get(names[i]!))
  return end
}
