// What `Decider` must agree with: one campaign after the other, straight from the shop files.
import { keyOf } from '../../src/base/key.js'
import type { Campaign, Shop, ShopFile } from '../../src/catalogue/model.js'
import { hourOfWeek } from '../../src/catalogue/schedule.js'
import type { BidRequest } from '../../src/openrtb/request.js'
import type { Profile } from '../../src/profiles/profile.js'
import type { BidSlice } from '../../src/profiles/slice.js'
import { nowMs, unitValue } from './world.js'

const rates: Record<string, Record<string, number>> = {
  site0: { '300x250': 0.002, '728x90': 0.0015, '160x600': 0.001 },
  site1: { '300x250': 0.003, '728x90': 0.001, '160x600': 0.001 },
  site3: { '300x250': 0.0005, '728x90': 0.0005, '160x600': 0.0005 },
  interstitial: { '300x250': 0.01, '728x90': 0.01, '160x600': 0.01 },
}
const devices = { desktop: [2], phone: [1, 4], tablet: [1, 5], tv: [3, 6, 7] }
/** All shops of these worlds are there. */
const warsawHour = hourOfWeek('Europe/Warsaw', nowMs)
const worth = unitValue as Record<string, number>

/** The most that any campaign bids, in the common currency; 0 where none does. */
export function naiveBest(
  files: readonly ShopFile[],
  request: BidRequest,
  profile: Profile | null,
): number {
  let best = 0
  for (const { shop, campaigns } of files) {
    const slice = profile?.slices.find((s) => s.shopKey === keyOf(shop.id)) ?? null
    for (const campaign of campaigns) {
      const size = bestSize(campaign, request)
      if (size === null || !mayShow(shop, campaign, request, slice)) continue
      const value = naiveValue(campaign, request, size, slice) * worth[shop.currency]!
      const { floorCpmMicros, floorCurrency } = request.impressions[0]!
      if (value > 0 && value >= floorCpmMicros * (worth[floorCurrency] ?? 0))
        best = Math.max(best, value)
    }
  }
  return best
}

function rateOf(request: BidRequest, size: string): number {
  const { interstitial, position } = request.impressions[0]!
  return rates[interstitial ? 'interstitial' : `site${position}`]![size]!
}

function bestSize(campaign: Campaign, request: BidRequest): string | null {
  const impression = request.impressions[0]!
  const offered = Array.from(impression.sizeKeys.subarray(0, impression.sizeCount))
    .map((key) => `${key >>> 16}x${key & 0xffff}`)
    .filter((size) => campaign.targeting.sizes?.includes(size) ?? true)
  return offered.sort((a, b) => rateOf(request, b) - rateOf(request, a))[0] ?? null
}

function mayShow(
  shop: Shop,
  { targeting: t, flight, paused, withoutProfile }: Campaign,
  request: BidRequest,
  slice: BidSlice | null,
): boolean {
  const impression = request.impressions[0]!
  const hosts = ['', ...request.domain.split('.')].map((_, i, all) => all.slice(i).join('.'))
  const cats = request.categories.flatMap((c) => [c, c.split('-')[0]!])
  const inSegment = (name: string): boolean => {
    const at = slice?.segmentKeys.indexOf(keyOf(name)) ?? -1
    return at >= 0 && slice!.segmentExpiresAtMs[at]! > nowMs
  }
  const day = Math.floor(warsawHour / 24)
  const hour = warsawHour % 24
  const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
  return (
    !paused &&
    nowMs >= Date.parse(flight.start ?? '2000-01-01T00:00:00Z') &&
    nowMs < Date.parse(flight.end ?? '2100-01-01T00:00:00Z') &&
    (t.countries?.includes(request.country) ?? true) &&
    (t.deviceTypes?.some((d) => devices[d].includes(request.deviceType)) ?? true) &&
    (t.os?.includes(request.os) ?? true) &&
    (t.domains?.some((d) => hosts.includes(d)) ?? true) &&
    !t.domainsExcluded?.some((d) => hosts.includes(d)) &&
    (t.categories?.some((c) => cats.includes(c)) ?? true) &&
    !t.categoriesExcluded?.some((c) => cats.includes(c)) &&
    (t.exchanges?.includes('demo') ?? true) &&
    !(impression.interstitial && t.interstitial === false) &&
    (t.hours?.some((h) => h.days.includes(dayNames[day]!) && h.from <= hour && hour < h.to) ??
      true) &&
    (slice === null
      ? withoutProfile === 'bid' && t.segments?.any === undefined
      : (t.segments?.any?.some(inSegment) ?? true) && !t.segments?.none?.some(inSegment)) &&
    !request.blockedCategories.some((b) =>
      shop.categories.some((c) => c === b || c.startsWith(`${b}-`)),
    ) &&
    !request.blockedDomains.some((b) => shop.domain === b || shop.domain.endsWith(`.${b}`))
  )
}

function naiveValue(
  campaign: Campaign,
  request: BidRequest,
  size: string,
  slice: BidSlice | null,
): number {
  let value = Math.round(campaign.bid * 1e6)
  if (campaign.goal === 'cpc') value *= rateOf(request, size) * 1_000
  let factor = 1
  for (const { when, factor: f } of campaign.modifiers) {
    if (slice === null) continue
    let holds = false
    if ('segment' in when) {
      const at = slice.segmentKeys.indexOf(keyOf(when.segment))
      holds = at >= 0 && slice.segmentExpiresAtMs[at]! > nowMs
    } else if ('cart' in when)
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
