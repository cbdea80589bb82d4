/**
 * What values mean, however they came: the rules that the readers of JSON and of protobuf share. A
 * reader turns its wire into plain numbers and texts; what is kept of them is decided here.
 */
import { cpmMicros, cpmMicrosMax } from '../base/money.js'
import type { DurationFloors, MediaOffer } from './offers.js'
import { bitOf, companionSizeCountMax, durationFloorCountMax } from './offers.js'
import type { Applies, BidRequest, Impression } from './request.js'
import { eidCountMax, schainNodeCountMax, sizeCountMax } from './request.js'

/** RFC 1035. Each label costs a look-up, so a longer one would be a way to keep us busy. */
const hostLengthMax = 253
const widthMax = 0x7fff
const heightMax = 0xffff
const int32Max = 0x7fffffff

/** Whole numbers only, so that a field never changes its kind; `otherwise` for all others. */
export function wholeOr(value: number, otherwise: number): number {
  return value >= -int32Max && value <= int32Max && Math.floor(value) === value
    ? value | 0
    : otherwise
}

/** As `wholeOr`, and 0 for what is below it: counts, lengths and listed values. */
export function countOf(value: number): number {
  return value > 0 ? wholeOr(value, 0) : 0
}

/** A floor in units for 1,000 to micros. One past anything that is ever paid stays 'no bid'. */
export function floorMicros(cpm: number): number {
  return cpm > 0 ? Math.min(cpmMicros(cpm), cpmMicrosMax * 10) : 0
}

/** `width << 16 | height`; 0 for what is no size. */
export function sizeKey(width: number, height: number): number {
  const isSize = width >= 1 && width <= widthMax && height >= 1 && height <= heightMax
  return isSize ? (width << 16) | height : 0
}

/** One more size that a banner may have; each is kept once, and what isn't one is left out. */
export function addSize(impression: Impression, width: number, height: number): void {
  const key = sizeKey(width, height)
  if (key === 0 || impression.sizeCount === sizeCountMax) return
  for (let i = 0; i < impression.sizeCount; i++) if (impression.sizeKeys[i] === key) return
  impression.sizeKeys[impression.sizeCount++] = key
}

export function addCompanionSize(media: MediaOffer, width: number, height: number): void {
  const key = sizeKey(width, height)
  if (key === 0 || media.companionSizeCount === companionSizeCountMax) return
  for (let i = 0; i < media.companionSizeCount; i++) if (media.companionSizeKeys[i] === key) return
  media.companionSizeKeys[media.companionSizeCount++] = key
}

/** One of `durfloors`; without an upper end where `maxS` is 0. */
export function addDurationFloor(
  floors: DurationFloors,
  minS: number,
  maxS: number,
  cpm: number,
): void {
  if (floors.count === durationFloorCountMax) return
  floors.fromS[floors.count] = minS > 0 ? minS : 0
  floors.toS[floors.count] = maxS > 0 ? maxS : Number.POSITIVE_INFINITY
  floors.floorCpmMicros[floors.count++] = floorMicros(cpm)
}

/** `WWW.Shop.example` → `shop.example`; '' where it is longer than any host name. */
export function bareDomain(domain: string): string {
  if (domain.length > hostLengthMax) return ''
  const lower = domain.toLowerCase()
  return lower.startsWith('www.') ? lower.slice(4) : lower
}

/** The host of a page's address without a URL parser: half of what is sent would make one throw. */
export function hostOf(page: string): string {
  const start = page.indexOf('://') + 3
  if (start < 3) return ''
  let end = start
  while (end < page.length && !'/?#:'.includes(page[end]!)) end++
  return bareDomain(page.slice(start, end))
}

/** `en-GB` → `en`. */
export function languageOf(tag: string): string {
  const dash = tag.indexOf('-')
  return (dash < 0 ? tag : tag.slice(0, dash)).toLowerCase()
}

export function upperCase(text: string): string {
  return text.toUpperCase()
}

export function lowerCase(text: string): string {
  return text.toLowerCase()
}

/** @param country as `alpha3` gives it. */
export function regionOf(country: string, region: string): string {
  return region === '' || country === '' ? '' : `${country}:${region.toUpperCase()}`
}

/** An advertising id; '' for the one that says that there is none: zeros, dashes left aside. */
export function advertisingIdOf(ifa: string): string {
  for (let i = 0; i < ifa.length; i++) {
    const code = ifa.charCodeAt(i)
    if (code !== 48 && code !== 45) return ifa.toLowerCase()
  }
  return ''
}

/** Bit of one of `gpp_sid`; 0 for none (-1: no section applies), bit 0 for one that isn't known. */
export function gppSectionBit(section: number): number {
  if (!(section > 0)) return 0
  return bitOf(section) || 1
}

/** `1.1` → 11; 0 for what is no version of Native. */
export function nativeVersionOf(text: string): number {
  if (text === '1.2') return 12
  if (text === '1.1') return 11
  return text === '1' || text === '1.0' || text === '1.0.0' ? 10 : 0
}

/** One uid of `user.eids`. */
export function addEid(request: BidRequest, source: string, id: string): void {
  if (source === '' || id === '' || request.eidIds.length === eidCountMax) return
  request.eidSources.push(source)
  request.eidIds.push(id)
}

/** One node of `schain`, also one without a name: where it stands says who is before and after. */
export function addSchainNode(request: BidRequest, system: string, seller: string): void {
  if (request.schainSystems.length === schainNodeCountMax) return
  request.schainSystems.push(system)
  request.schainSellers.push(seller)
}

/**
 * Whether an impression's assets must come over https.
 *
 * @param said `imp.secure`, -1 where it isn't said.
 * @param page `site.page`: one that was loaded over https can't show anything else.
 */
export function isSecure(said: Applies, page: string): boolean {
  return said === -1 ? page.startsWith('https:') : said === 1
}
