// What `Decider` must agree with: every campaign, way to buy and creative one after the other, straight
// from the shop files and the parsed request.
import { keyOf } from '../../src/base/key.js'
import type { Campaign, Shop, ShopFile } from '../../src/catalogue/model.js'
import { hourOfWeek } from '../../src/catalogue/schedule.js'
import type { Deal } from '../../src/openrtb/offers.js'
import type { BidRequest, Impression } from '../../src/openrtb/request.js'
import { PlaceKind } from '../../src/openrtb/request.js'
import { contentOneOf, contentOneWithin } from '../../src/openrtb/taxonomy.js'
import type { Profile } from '../../src/profiles/profile.js'
import type { BidSlice } from '../../src/profiles/slice.js'
import { type NaiveCreative, naiveCreatives } from './naive-creatives.js'
import { clickRates, nowMs, terms, unitValue } from './world.js'

export interface NaiveBid {
  readonly shop: string
  readonly campaign: string
  readonly creative: NaiveCreative
  /** Null on the open market. */
  readonly deal: Deal | null
  /** What it is worth, and the least that is taken. */
  readonly commonMicros: number
  readonly floorCommonMicros: number
}

const devices = { desktop: [2], phone: [1, 4], tablet: [1, 5], tv: [3, 6, 7] }
/** All shops of these worlds are there. */
const warsawHour = hourOfWeek('Europe/Warsaw', nowMs)
export const worth = unitValue as Record<string, number>

/** Everything that could be bid on an impression under one of its deals (`isDeal`), or without. */
export function naiveBids(
  files: readonly ShopFile[],
  request: BidRequest,
  impression: Impression,
  profile: Profile | null,
  isDeal: boolean,
  blockedShops: readonly string[] = [],
): NaiveBid[] {
  const bids: NaiveBid[] = []
  const deals: (Deal | null)[] = isDeal ? impression.deals.slice(0, impression.dealCount) : [null]
  for (const file of files) {
    const { shop } = file
    const slice = profile?.slices.find((s) => s.shopKey === keyOf(shop.id)) ?? null
    for (const campaign of file.campaigns) {
      if (blockedShops.includes(shop.id) || !mayAdvertise(shop, request)) continue
      if (!mayShow(file, campaign, request, impression, slice)) continue
      for (const deal of deals.filter((one) => mayBuy(shop, campaign, impression, one)))
        for (const creative of naiveCreatives(file, campaign, request, impression, deal)) {
          const rate = rateOf(request, impression, creative)
          const commonMicros = naiveValue(campaign, rate, slice) * worth[shop.currency]!
          const currency = deal === null ? impression.floorCurrency : deal.floorCurrency
          // An unknown currency matters only where there is a floor in it.
          const floorCommonMicros =
            creative.floorMicros === 0 ? 0 : creative.floorMicros * worth[currency]!
          if (commonMicros > 0 && commonMicros >= floorCommonMicros) {
            const names = { shop: shop.id, campaign: campaign.id }
            bids.push({ ...names, creative, deal, commonMicros, floorCommonMicros })
          }
        }
    }
  }
  return bids
}

export const bestOf = (bids: readonly NaiveBid[]): number =>
  bids.reduce((most, { commonMicros }) => Math.max(most, commonMicros), 0)

function rateOf(request: BidRequest, impression: Impression, { format, name }: NaiveCreative) {
  const { interstitial, position } = impression
  const kind =
    interstitial || position === 7
      ? 'interstitial'
      : request.place === PlaceKind.app
        ? 'app'
        : position === 1
          ? 'siteAboveFold'
          : position === 3
            ? 'siteBelowFold'
            : 'site'
  const rates: Record<string, number> = clickRates[kind]
  return rates[format === 'banner' ? name : format] ?? rates['default']!
}

function mayBuy(
  shop: Shop,
  { targeting }: Campaign,
  impression: Impression,
  deal: Deal | null,
): boolean {
  if (deal === null)
    return !impression.dealsOnly && (targeting.openMarket ?? targeting.deals === undefined)
  const { seats, advertiserDomains } = deal
  return (
    targeting.deals?.some((id) => id === '*' || id === deal.id) === true &&
    (seats.length === 0 || seats.includes(terms.seat)) &&
    (advertiserDomains.length === 0 || advertiserDomains.some((d) => isWithin(shop.domain, d)))
  )
}

const isWithin = (domain: string, of: string): boolean => domain === of || domain.endsWith(`.${of}`)
const isIn = (category: string, of: string): boolean =>
  category === of || category.startsWith(`${of}-`)

/** What the publisher has against the shop, whatever it shows. */
function mayAdvertise(shop: Shop, request: BidRequest): boolean {
  const { categoryTaxonomy: taxonomy, allowedCategories } = request
  const blocked = request.blockedCategories.flatMap((id) =>
    taxonomy === 1 ? [id] : (contentOneOf(taxonomy, id) ?? []),
  )
  const allowed = allowedCategories.flatMap((id) =>
    taxonomy === 1 ? [id] : (contentOneWithin(taxonomy, id) ?? []),
  )
  return (
    !blocked.some((id) => shop.categories.some((own) => isIn(own, id))) &&
    (allowedCategories.length === 0 ||
      allowed.some((id) => shop.categories.some((own) => isIn(own, id)))) &&
    !request.blockedDomains.some((d) => isWithin(shop.domain, d)) &&
    !request.blockedApps.some((app) => app === shop.appBundle)
  )
}

function mayShow(
  { shop }: ShopFile,
  { targeting: t, flight, paused, withoutProfile }: Campaign,
  request: BidRequest,
  impression: Impression,
  slice: BidSlice | null,
): boolean {
  const names =
    request.place === PlaceKind.app
      ? [request.bundle]
      : request.domain.split('.').map((_, i, all) => all.slice(i).join('.'))
  const cats = request.categories.flatMap((c) => [c, c.split('-')[0]!])
  const day = Math.floor(warsawHour / 24)
  const hour = warsawHour % 24
  const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
  const places =
    t.domains === undefined && t.bundles === undefined
      ? undefined
      : [...(t.domains ?? []), ...(t.bundles ?? [])]
  return (
    !paused &&
    nowMs >= Date.parse(flight.start ?? '2000-01-01T00:00:00Z') &&
    nowMs < Date.parse(flight.end ?? '2100-01-01T00:00:00Z') &&
    (t.countries?.includes(request.country) ?? true) &&
    (t.regions?.includes(request.region) ?? true) &&
    (t.deviceTypes?.some((d) => devices[d].includes(request.deviceType)) ?? true) &&
    (t.os?.includes(request.os) ?? true) &&
    (places?.some((d) => names.includes(d)) ?? true) &&
    !t.domainsExcluded?.some((d) => names.includes(d)) &&
    (t.categories?.some((c) => cats.includes(c)) ?? true) &&
    !t.categoriesExcluded?.some((c) => cats.includes(c)) &&
    (t.exchanges?.includes(terms.name) ?? true) &&
    !(impression.interstitial && t.interstitial === false) &&
    !(impression.rewarded && t.rewarded === false) &&
    // A shop whose home, pictures or links aren't on https has nothing to show there.
    !(impression.secure && shop.url.startsWith('http:')) &&
    (t.hours?.some((h) => h.days.includes(dayNames[day]!) && h.from <= hour && hour < h.to) ??
      true) &&
    (slice === null
      ? withoutProfile === 'bid' && t.segments?.any === undefined
      : (t.segments?.any?.some((name) => isMember(slice, name)) ?? true) &&
        !t.segments?.none?.some((name) => isMember(slice, name)))
  )
}

function isMember(slice: BidSlice, segment: string): boolean {
  const at = slice.segmentKeys.indexOf(keyOf(segment))
  return at >= 0 && slice.segmentExpiresAtMs[at]! > nowMs
}

function naiveValue(campaign: Campaign, clickRate: number, slice: BidSlice | null): number {
  let value = Math.round(campaign.bid * 1e6)
  if (campaign.goal === 'cpc') value *= clickRate * 1_000
  let factor = 1
  for (const { when, factor: f } of campaign.modifiers) {
    if (slice === null) continue
    let holds = false
    if ('segment' in when) holds = isMember(slice, when.segment)
    else if ('cart' in when)
      holds =
        slice.cartChangedAtMs > 0 &&
        slice.cartValueMicros >= when.cart.valueAtLeast * 1e6 &&
        nowMs - slice.cartChangedAtMs >= when.cart.abandonedForAtLeastMinutes * 60_000
    else
      holds =
        slice.lastViewedAtMs > 0 && nowMs - slice.lastViewedAtMs <= when.viewedWithinMinutes * 6e4
    if (holds) factor *= f
  }
  return Math.floor(Math.min(value * factor, Math.round(campaign.maxCpm * 1e6)))
}
