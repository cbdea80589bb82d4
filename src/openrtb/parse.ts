import { cpmMicros, cpmMicrosMax } from '../base/money.js'
import { operatingSystem } from './device.js'
import type { BidRequest, Impression } from './request.js'
import { impressionCountMax, listCountMax, PlaceKind, sizeCountMax } from './request.js'

/** What JSON.parse makes of an object: members of unknown type. */
type Json = { readonly [name: string]: unknown }

/** Node's own decoder, which its types leave out: `toString` costs a microsecond more. */
type Utf8Buffer = Buffer & { utf8Slice(start: number, end: number): string }

/** RFC 1035. Each label costs a look-up, so a longer one would be a way to keep us busy. */
const hostLengthMax = 253

const nothing: Json = Object.freeze(Object.create(null))
const notAnObject: Json = Object.freeze(Object.create(null))

/**
 * Reads an OpenRTB 2.x JSON bid request into `request`, overwriting all of it.
 *
 * Only what has no meaning without it is required (`id`, `imp`, each `imp.id`); anything else that
 * is missing, unknown or of an odd type is read as what it most likely means or as absent, because
 * live traffic is full of it. An impression that we can't serve is kept with `hasBanner` false.
 *
 * @param body the HTTP body: UTF-8 JSON.
 * @returns '' or the fault as `path: reason`, for the exchange's engineer; `request` is then unusable.
 */
export function parse(body: Buffer, request: BidRequest): string {
  let root: unknown
  try {
    root = JSON.parse((body as Utf8Buffer).utf8Slice(0, body.length))
  } catch {
    return 'body: is not JSON'
  }
  if (!isObject(root)) return 'body: must be a JSON object'
  if (typeof root['id'] !== 'string') return 'id: must be a string'
  if (root['id'] === '') return 'id: must not be empty'
  request.id = root['id']

  const imps = root['imp']
  if (!Array.isArray(imps)) return 'imp: must be an array'
  if (imps.length === 0) return 'imp: must not be empty'
  if (imps.length > impressionCountMax) return `imp: has more than ${impressionCountMax} elements`
  request.impressionCount = imps.length
  for (let i = 0; i < imps.length; i++) {
    const fault = readImpression(imps[i], request.impressionAt(i))
    if (fault !== '') return `imp[${i}]${fault}`
    for (let j = 0; j < i; j++)
      if (request.impressions[j]!.id === request.impressions[i]!.id)
        return `imp[${i}].id: repeats imp[${j}].id`
  }

  request.auctionType = numberOr(root['at'], 2)
  request.tmaxMs = numberOr(root['tmax'], 0)
  if (request.tmaxMs < 0) return 'tmax: must not be negative'
  request.test = numberOr(root['test'], 0) === 1
  readTexts(root['cur'], request.currencies, upperCase)
  readTexts(root['bcat'], request.blockedCategories, asIs)
  readTexts(root['acat'], request.allowedCategories, asIs)
  request.categoryTaxonomy = numberOr(root['cattax'], 1)
  readTexts(root['badv'], request.blockedDomains, bareDomain)
  readTexts(root['wseat'], request.allowedSeats, asIs)
  readTexts(root['bseat'], request.blockedSeats, asIs)

  return (
    readPlace(root, request) ||
    readDevice(root, request) ||
    readUser(root, request) ||
    readRegulations(root, request)
  )
}

function readImpression(value: unknown, impression: Impression): string {
  if (!isObject(value)) return ': must be an object'
  if (typeof value['id'] !== 'string') return '.id: must be a string'
  if (value['id'] === '') return '.id: must not be empty'
  impression.id = value['id']
  impression.secure = isSet(value['secure'])
  impression.interstitial = isSet(value['instl'])
  impression.floorCurrency = textOr(value['bidfloorcur'], 'USD').toUpperCase()
  const floor = numberOr(value['bidfloor'], 0)
  // A floor past anything that is ever paid is kept, as 'no bid', rather than overflowing.
  impression.floorCpmMicros = floor > 0 ? Math.min(cpmMicros(floor), cpmMicrosMax * 10) : 0
  const pmp = objectAt(value, 'pmp')
  if (pmp === notAnObject) return '.pmp: must be an object'
  impression.dealsOnly = isSet(pmp['private_auction'])

  impression.sizeCount = 0
  impression.position = 0
  const banner = objectAt(value, 'banner')
  if (banner === notAnObject) return '.banner: must be an object'
  if (banner !== nothing) {
    impression.position = numberOr(banner['pos'], 0)
    const formats = banner['format']
    if (Array.isArray(formats))
      for (const format of formats)
        if (isObject(format)) addSize(impression, format['w'], format['h'])
    // Where both are sent and differ, `w` and `h` are one more size that the slot takes.
    addSize(impression, banner['w'], banner['h'])
  }
  impression.hasBanner = impression.sizeCount > 0
  return ''
}

function addSize(impression: Impression, w: unknown, h: unknown): void {
  const width = numberOr(w, 0)
  const height = numberOr(h, 0)
  if (!(width >= 1 && width <= 0x7fff && height >= 1 && height <= 0xffff)) return
  if (impression.sizeCount === sizeCountMax) return
  const key = (width << 16) | height
  for (let i = 0; i < impression.sizeCount; i++) if (impression.sizeKeys[i] === key) return
  impression.sizeKeys[impression.sizeCount++] = key
}

function readPlace(root: Json, request: BidRequest): string {
  request.domain = ''
  request.bundle = ''
  request.categories.length = 0
  const app = objectAt(root, 'app')
  const site = objectAt(root, 'site')
  if (app === notAnObject) return 'app: must be an object'
  if (site === notAnObject) return 'site: must be an object'
  // Requests with both occur; the page is then what a web view inside of the app shows.
  request.place =
    site !== nothing ? PlaceKind.site : app !== nothing ? PlaceKind.app : PlaceKind.unknown
  const isApp = request.place === PlaceKind.app
  const place = isApp ? app : site
  if (isApp) request.bundle = textOr(app['bundle'], '')
  else request.domain = bareDomain(textOr(site['domain'], '')) || hostOf(textOr(site['page'], ''))
  addTexts(place['cat'], request.categories)
  addTexts(place['sectioncat'], request.categories)
  addTexts(place['pagecat'], request.categories)
  return ''
}

function readDevice(root: Json, request: BidRequest): string {
  const device = objectAt(root, 'device')
  if (device === notAnObject) return 'device: must be an object'
  const geo = objectAt(device, 'geo')
  if (geo === notAnObject) return 'device.geo: must be an object'
  request.country = textOr(geo['country'], '').toUpperCase()
  const region = textOr(geo['region'], '')
  request.region =
    region === '' || request.country === '' ? '' : `${request.country}:${region.toUpperCase()}`
  request.deviceType = numberOr(device['devicetype'], 0)
  request.os = operatingSystem(textOr(device['os'], ''), textOr(device['ua'], ''))
  request.doNotTrack = isSet(device['dnt'])
  request.limitAdTracking = isSet(device['lmt'])
  return ''
}

function readUser(root: Json, request: BidRequest): string {
  const user = objectAt(root, 'user')
  if (user === notAnObject) return 'user: must be an object'
  request.buyerUid = textOr(user['buyeruid'], '')
  return ''
}

function readRegulations(root: Json, request: BidRequest): string {
  const regs = objectAt(root, 'regs')
  if (regs === notAnObject) return 'regs: must be an object'
  const ext = objectAt(regs, 'ext')
  if (ext === notAnObject) return 'regs.ext: must be an object'
  const gdpr = numberOr(regs['gdpr'] ?? ext['gdpr'], -1)
  request.gdpr = gdpr === 0 || gdpr === 1 ? gdpr : -1
  request.coppa = isSet(regs['coppa'])
  request.usPrivacy = textOr(regs['us_privacy'] ?? ext['us_privacy'], '')
  const sections = regs['gpp_sid'] ?? ext['gpp_sid']
  request.gppSections =
    Array.isArray(sections) && sections.some((section) => numberOr(section, 0) > 0) ? 1 : 0
  return ''
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object under `name`; `nothing` where absent or null; `notAnObject` where it is something else. */
function objectAt(parent: Json, name: string): Json {
  const value = parent[name]
  if (value === undefined || value === null) return nothing
  return isObject(value) ? value : notAnObject
}

/** A number, also where it comes as a string of one; `otherwise` for anything that isn't finite. */
function numberOr(value: unknown, otherwise: number): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : otherwise
  if (typeof value !== 'string' || value === '') return otherwise
  const number = Number(value)
  return Number.isFinite(number) ? number : otherwise
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}

/** Flags come as 1, true, "1" and 1.0. */
function isSet(value: unknown): boolean {
  return value === 1 || value === true || value === '1' || value === 'true'
}

function readTexts(value: unknown, into: string[], normal: (text: string) => string): void {
  into.length = 0
  if (!Array.isArray(value)) return
  const count = Math.min(value.length, listCountMax)
  for (let i = 0; i < count; i++) {
    const text: unknown = value[i]
    if (typeof text === 'string' && text !== '') into.push(normal(text))
  }
}

function addTexts(value: unknown, into: string[]): void {
  if (!Array.isArray(value)) return
  for (const text of value)
    if (typeof text === 'string' && into.length < listCountMax) into.push(text)
}

const asIs = (text: string): string => text
const upperCase = (text: string): string => text.toUpperCase()

/** `WWW.Shop.example` → `shop.example`; '' where it is longer than any host name. */
function bareDomain(domain: string): string {
  if (domain.length > hostLengthMax) return ''
  const lower = domain.toLowerCase()
  return lower.startsWith('www.') ? lower.slice(4) : lower
}

/** The host of a page's address without a URL parser: half of what is sent would make one throw. */
function hostOf(page: string): string {
  const start = page.indexOf('://') + 3
  if (start < 3) return ''
  let end = start
  while (end < page.length && !'/?#:'.includes(page[end]!)) end++
  return bareDomain(page.slice(start, end))
}
