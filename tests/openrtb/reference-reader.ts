/**
 * The plain reader: JSON.parse, then each field by name. Slow and obvious; what `parse` is compared
 * with. Of two faults it may name the other one.
 */
import {
  clearDevice,
  clearEids,
  clearImpression,
  clearPlace,
  clearRequest,
} from '../../src/openrtb/clear.js'
import {
  addEid,
  addSchainNode,
  advertisingIdOf,
  bareDomain,
  floorMicros,
  gppSectionBit,
  hostOf,
  isSecure,
  languageOf,
  lowerCase,
  regionOf,
  upperCase,
} from '../../src/openrtb/complete.js'
import { alpha3 } from '../../src/openrtb/country.js'
import { operatingSystem } from '../../src/openrtb/device.js'
import type { BidRequest, Impression } from '../../src/openrtb/request.js'
import { idLengthMax, impressionCountMax, PlaceKind } from '../../src/openrtb/request.js'
import { readBanner, readDeals, readMedia, readNative } from './reference-offers.js'
import type { Json } from './reference-values.js'
import {
  applies,
  asIs,
  count,
  isNegative,
  isObject,
  isOdd,
  isSet,
  listIn,
  name,
  nothing,
  numberOr,
  objectIn,
  signal,
  text,
  texts,
} from './reference-values.js'

type Utf8Buffer = Buffer & { utf8Slice(start: number, end: number): string }

/** As `parse` of src/openrtb. */
export function referenceParse(body: Buffer, request: BidRequest): string {
  let root: unknown
  try {
    root = JSON.parse((body as Utf8Buffer).utf8Slice(0, body.length))
  } catch {
    return 'body: is not JSON'
  }
  return readRequest(root, request)
}

/** Of a body that JSON.parse took. */
export function readRequest(root: unknown, request: BidRequest): string {
  clearRequest(request)
  if (!isObject(root)) return 'body: must be a JSON object'
  const idFault = faultOfId(root['id'])
  if (idFault !== '') return `id${idFault}`
  request.id = root['id'] as string

  request.auctionType = count(root['at'])
  request.tmaxMs = numberOr(root['tmax'], 0)
  request.test = isSet(root['test'])
  texts(root['cur'], request.currencies, upperCase)
  texts(root['bcat'], request.blockedCategories, asIs)
  texts(root['acat'], request.allowedCategories, asIs)
  request.categoryTaxonomy = count(root['cattax']) || 1
  texts(root['badv'], request.blockedDomains, bareDomain)
  texts(root['bapp'], request.blockedApps, asIs)
  texts(root['wseat'], request.allowedSeats, asIs)
  texts(root['bseat'], request.blockedSeats, asIs)
  texts(root['wlang'], request.languages, languageOf)
  if (request.languages.length === 0) texts(root['wlangb'], request.languages, languageOf)

  const fault = readImpressions(root, request)
  if (fault !== '') return fault
  if (isNegative(root['at'])) return 'at: must not be negative'
  if (isNegative(root['tmax'])) return 'tmax: must not be negative'
  for (const field of ['site', 'app', 'dooh', 'device', 'user', 'regs', 'source'])
    if (isOdd(root, field)) return `${field}: must be an object`
  readPlace(root, request)
  readSchain(root, request)
  return (
    readDevice(objectIn(root, 'device'), request) ||
    readUser(objectIn(root, 'user'), request) ||
    readRegulations(objectIn(root, 'regs'), request)
  )
}

function faultOfId(id: unknown): string {
  if (typeof id !== 'string') return ': must be a string'
  if (id === '') return ': must not be empty'
  return id.length > idLengthMax ? `: is longer than ${idLengthMax}` : ''
}

function readImpressions(root: Json, request: BidRequest): string {
  const imps = root['imp']
  if (!Array.isArray(imps)) return 'imp: must be an array'
  if (imps.length === 0) return 'imp: must not be empty'
  if (imps.length > impressionCountMax) return `imp: has more than ${impressionCountMax} elements`
  const page = text(objectIn(root, 'site')['page'])
  for (let i = 0; i < imps.length; i++) {
    const fault = readImpression(imps[i], request.impressionAt(i), page)
    if (fault !== '') return `imp[${i}]${fault}`
    for (let j = 0; j < i; j++)
      if (request.impressions[j]!.id === request.impressions[i]!.id)
        return `imp[${i}].id: repeats imp[${j}].id`
  }
  request.impressionCount = imps.length
  return ''
}

function readImpression(value: unknown, impression: Impression, page: string): string {
  clearImpression(impression)
  if (!isObject(value)) return ': must be an object'
  const idFault = faultOfId(value['id'])
  if (idFault !== '') return `.id${idFault}`
  impression.id = value['id'] as string
  impression.floorCpmMicros = floorMicros(numberOr(value['bidfloor'], 0))
  impression.floorCurrency = upperCase(text(value['bidfloorcur'])) || 'USD'
  impression.secure = isSecure(applies(value['secure']), page)
  impression.interstitial = isSet(value['instl'])
  impression.expirySeconds = count(value['exp'])
  const ext = objectIn(value, 'ext')
  const rewarded = applies(value['rwdd'])
  impression.rewarded =
    rewarded === -1
      ? isSet(ext['rewarded']) ||
        isSet(ext['is_rewarded_inventory']) ||
        isSet(objectIn(ext, 'prebid')['is_rewarded_inventory']) ||
        isSet(objectIn(objectIn(value, 'video'), 'ext')['rewarded'])
      : rewarded === 1
  impression.billingId = name(listIn(ext, 'billing_id')[0])
  for (const field of ['banner', 'video', 'audio', 'native', 'pmp'])
    if (isOdd(value, field)) return `.${field}: must be an object`
  const partOf = (field: string): Json | undefined => value[field] as Json | undefined
  readDeals(objectIn(value, 'pmp'), impression)
  readNative(partOf('native') ?? undefined, impression.native)
  const banner = readBanner(partOf('banner') ?? undefined, impression)
  if (banner !== '') return `.banner${banner}`
  const video = readMedia(partOf('video') ?? undefined, impression.video)
  if (video !== '') return `.video${video}`
  const audio = readMedia(partOf('audio') ?? undefined, impression.audio)
  return audio === '' ? '' : `.audio${audio}`
}

function readPlace(root: Json, request: BidRequest): void {
  clearPlace(request)
  // Requests with more than one occur; the page is then what a web view inside of the app shows.
  const field = ['site', 'app', 'dooh'].find((each) => isObject(root[each]))
  if (field === undefined) return
  const place = objectIn(root, field)
  request.place = PlaceKind[field as 'site' | 'app' | 'dooh']
  request.placeId = name(place['id'])
  request.publisherId = name(objectIn(place, 'publisher')['id'])
  if (field === 'app') request.bundle = text(place['bundle'])
  else request.domain = bareDomain(text(place['domain']))
  if (field === 'site') request.domain ||= hostOf(text(place['page']))
  for (const list of ['cat', 'sectioncat', 'pagecat']) texts(place[list], request.categories, asIs)
}

function readDevice(device: Json, request: BidRequest): string {
  clearDevice(request)
  if (isOdd(device, 'geo')) return 'device.geo: must be an object'
  const geo = objectIn(device, 'geo')
  request.country = alpha3(text(geo['country']))
  request.region = regionOf(request.country, text(geo['region']))
  request.deviceType = count(device['devicetype'])
  request.userAgent = text(device['ua'])
  const platform =
    text(objectIn(objectIn(device, 'sua'), 'platform')['brand']) ||
    text(objectIn(objectIn(objectIn(device, 'ext'), 'sua'), 'platform')['brand'])
  request.os = operatingSystem(text(device['os']), request.userAgent, platform)
  request.ip = text(device['ip']) || text(device['ipv6'])
  request.ifa = advertisingIdOf(name(device['ifa']))
  request.doNotTrack = isSet(device['dnt'])
  request.limitAdTracking = isSet(device['lmt'])
  for (const field of ['w', 'h', 'ppi'])
    if (isNegative(device[field])) return `device.${field}: must not be negative`
  return isNegative(geo['accuracy']) ? 'device.geo.accuracy: must not be negative' : ''
}

function readUser(user: Json, request: BidRequest): string {
  if (isOdd(user, 'ext')) return 'user.ext: must be an object'
  const ext = objectIn(user, 'ext')
  for (const [path, from] of [
    ['user', user],
    ['user.ext', ext],
  ] as const) {
    const consent = from['consent']
    if (consent !== undefined && consent !== null && typeof consent !== 'string')
      return `${path}.consent: must be a string`
  }
  request.buyerUid = name(user['buyeruid'])
  request.userId = name(user['id'])
  request.tcString = signal(user['consent']) || signal(ext['consent'])
  readEids(user, request)
  if (request.eidIds.length === 0) readEids(ext, request)
  return ''
}

function readEids(from: Json, request: BidRequest): void {
  clearEids(request)
  for (const eid of listIn(from, 'eids'))
    if (isObject(eid))
      for (const uid of listIn(eid, 'uids'))
        if (isObject(uid)) addEid(request, lowerCase(text(eid['source'])), name(uid['id']))
}

function readRegulations(regs: Json, request: BidRequest): string {
  if (isOdd(regs, 'ext')) return 'regs.ext: must be an object'
  const ext = objectIn(regs, 'ext')
  const gdpr = applies(regs['gdpr'])
  request.gdpr = gdpr === -1 ? applies(ext['gdpr']) : gdpr
  request.coppa = isSet(regs['coppa'])
  request.globalPrivacyControl = isSet(ext['gpc'])
  request.usPrivacy = signal(regs['us_privacy']) || signal(ext['us_privacy'])
  request.gpp = signal(regs['gpp']) || signal(ext['gpp'])
  request.gppSections = sections(regs['gpp_sid']) || sections(ext['gpp_sid'])
  const dsa = objectIn(ext, 'dsa')
  request.dsaRequired = count(dsa['dsarequired'])
  request.dsaPublisherRenders = count(dsa['pubrender'])
  return ''
}

function sections(value: unknown): number {
  const list = Array.isArray(value) ? value : []
  return list.reduce<number>((bits, item) => bits | gppSectionBit(numberOr(item, 0)), 0)
}

function readSchain(root: Json, request: BidRequest): void {
  const source = objectIn(root, 'source')
  const chain = [source, objectIn(source, 'ext'), objectIn(root, 'ext')].find((from) =>
    isObject(from['schain']),
  )
  const schain = objectIn(chain ?? nothing, 'schain')
  if (chain === undefined) return
  request.schainComplete = isSet(schain['complete']) ? 1 : 0
  for (const node of listIn(schain, 'nodes'))
    if (isObject(node)) addSchainNode(request, lowerCase(text(node['asi'])), name(node['sid']))
}
