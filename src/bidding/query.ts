import type { Bitmap } from '../catalogue/bitmaps.js'
import { has } from '../catalogue/bitmaps.js'
import { sizeCount, sizeIndexOf } from '../catalogue/sizes.js'
import { deviceTypeCount, type Snapshot } from '../catalogue/snapshot.js'
import type { BidRequest, Impression } from '../openrtb/request.js'
import { PlaceKind } from '../openrtb/request.js'
import type { ClickRate } from './click-rate.js'
import { placementKindOf } from './click-rate.js'

const requiredNames = ['not_on_now', 'country', 'region', 'device_type', 'os', 'exchange'] as const
const groupNames = ['site_or_app', 'category', 'advertiser_category_not_allowed'] as const
const excludedNames = [
  'site_or_app_excluded',
  'category_excluded',
  'advertiser_domain_blocked',
  'advertiser_category_blocked',
] as const

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
  readonly groupEnd = new Int32Array(4)
  groupCount = 0
  readonly excluded: Bitmap[] = []
  /** Why each bitmap of `excluded` excludes: an index into `excludedNames`. */
  readonly excludedBy: number[] = []
  excludedCount = 0

  /** Sizes that fit and that we have a layout for, by falling click rate; indexes in catalogue/sizes. */
  readonly sizeIndexes = new Int32Array(sizeCount)
  readonly clickRates = new Float64Array(sizeCount)
  sizeIndexCount = 0

  #sharedRequired = 0
  #sharedGroups = 0
  #sharedGrouped = 0
  #isSecure = false

  forRequest(request: BidRequest, snapshot: Snapshot, exchange: string, live: Bitmap): void {
    const { required } = this
    const deviceType = request.deviceType
    required[0] = live
    required[1] = snapshot.country.of(request.country)
    required[2] = snapshot.region.of(request.region)
    required[3] =
      snapshot.byDeviceType[deviceType > 0 && deviceType < deviceTypeCount ? deviceType | 0 : 0]!
    required[4] = snapshot.os.of(request.os)
    required[5] = snapshot.exchange.of(exchange)
    this.#sharedRequired = 6

    this.groupCount = 0
    this.#sharedGrouped = 0
    this.excludedCount = 0
    this.#inventory(request, snapshot)
    this.#categories(request, snapshot)
    this.#advertiser(request, snapshot)
    this.#sharedGroups = this.groupCount
  }

  /** @returns false where we have no layout for any of the sizes offered. */
  forImpression(
    request: BidRequest,
    impression: Impression,
    snapshot: Snapshot,
    clickRate: ClickRate,
  ): boolean {
    this.requiredCount = this.#sharedRequired
    this.groupCount = this.#sharedGroups
    this.#isSecure = impression.secure
    if (impression.secure) this.required[this.requiredCount++] = snapshot.secure
    if (impression.interstitial) this.required[this.requiredCount++] = snapshot.interstitial
    this.#sizes(impression, placementKindOf(impression, request.place === PlaceKind.app), clickRate)
    let end = this.#sharedGrouped
    for (let i = 0; i < this.sizeIndexCount; i++)
      this.grouped[end++] = snapshot.bySize[this.sizeIndexes[i]!]!
    this.groupEnd[this.groupCount++] = end
    return this.sizeIndexCount > 0
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
      if (!has(this.required[i]!, row)) return this.#requiredName(i)
    let from = 0
    for (let group = 0; group < this.groupCount; group++) {
      const end = this.groupEnd[group]!
      let some = false
      for (; from < end; from++) some ||= has(this.grouped[from]!, row)
      if (!some) return this.#groupName(group)
    }
    for (let i = 0; i < this.excludedCount; i++)
      if (has(this.excluded[i]!, row)) return excludedNames[this.excludedBy[i]!]!
    return ''
  }

  #requiredName(index: number): string {
    if (index < this.#sharedRequired) return requiredNames[index]!
    // 'secure' stands before 'interstitial' where both are asked for.
    return index === this.#sharedRequired && this.#isSecure ? 'secure' : 'interstitial'
  }

  #groupName(group: number): string {
    return group === this.groupCount - 1 ? 'size' : groupNames[group]!
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
      if (excluded !== undefined) this.#exclude(excluded, 0)
      const dot = isApp ? -1 : name.indexOf('.')
      name = dot < 0 ? '' : name.slice(dot + 1)
    }
    this.#endGroup(end)
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
        if (excluded !== undefined) this.#exclude(excluded, 1)
      }
    }
    this.#endGroup(end)
  }

  /**
   * What the publisher doesn't want to see advertised. Categories of another taxonomy than ours
   * (content 1.0) don't compare and block nothing.
   */
  #advertiser(request: BidRequest, snapshot: Snapshot): void {
    for (let i = 0; i < request.blockedDomains.length; i++) {
      const rows = snapshot.advertiserDomain.get(request.blockedDomains[i]!)
      if (rows !== undefined) this.#exclude(rows, 2)
    }
    if (request.categoryTaxonomy !== 1) return
    for (let i = 0; i < request.blockedCategories.length; i++) {
      const rows = snapshot.advertiserCategory.get(request.blockedCategories[i]!)
      if (rows !== undefined) this.#exclude(rows, 3)
    }
    if (request.allowedCategories.length === 0) return
    let end = this.#sharedGrouped
    for (let i = 0; i < request.allowedCategories.length; i++) {
      const rows = snapshot.advertiserCategory.get(request.allowedCategories[i]!)
      if (rows !== undefined) this.grouped[end++] = rows
    }
    this.#endGroup(end)
  }

  #exclude(rows: Bitmap, by: number): void {
    this.excludedBy[this.excludedCount] = by
    this.excluded[this.excludedCount++] = rows
  }

  #endGroup(end: number): void {
    this.groupEnd[this.groupCount++] = end
    this.#sharedGrouped = end
  }

  /** Insertion sort: a slot offers a handful of sizes. */
  #sizes(impression: Impression, placementKind: number, clickRate: ClickRate): void {
    let count = 0
    for (let i = 0; i < impression.sizeCount; i++) {
      const index = sizeIndexOf(impression.sizeKeys[i]!)
      if (index < 0) continue
      const rate = clickRate.of(placementKind, index)
      let at = count++
      for (; at > 0 && this.clickRates[at - 1]! < rate; at--) {
        this.clickRates[at] = this.clickRates[at - 1]!
        this.sizeIndexes[at] = this.sizeIndexes[at - 1]!
      }
      this.clickRates[at] = rate
      this.sizeIndexes[at] = index
    }
    this.sizeIndexCount = count
  }
}
