import { clearRequest } from '../clear.js'
import { countOf, hostOf, isSecure, regionOf } from '../complete.js'
import type { BidRequest } from '../request.js'
import { impressionCountMax, PlaceKind, textLengthMax } from '../request.js'
import { agentOf } from '../user-agent.js'
import { caches, Draft } from './draft.js'
import { readImpression } from './impression.js'
import { faultOfDevice, readDevice, readUser } from './person.js'
import { readApp, readDooh, readSite } from './place.js'
import { ProtobufReader } from './reader.js'
import { readRegulations, readSource } from './regulations.js'

// Used again for each request: nothing here waits.
const reader = new ProtobufReader()
const draft = new Draft()

/**
 * Reads an OpenRTB 2.x bid request in protobuf into `request`, overwriting all of it, as `parse` reads
 * its twin in JSON: the same fields, faults and leniency.
 *
 * Takes what IAB's and Google's messages have: lists of numbers packed or not, fields in any order, a
 * message in several parts (the later value counts, lists are joined), Google's extensions. Fields that
 * we don't know, and known ones of another wire type, are passed over.
 *
 * @param body the HTTP body. Nothing of it is kept.
 * @returns '' or the fault as `path: reason`, for the exchange's engineer; `request` is then unusable.
 */
export function parseProtobuf(body: Buffer, request: BidRequest): string {
  reader.begin(body)
  draft.begin()
  clearRequest(request)
  while (reader.at < body.length) readField(request)
  if (reader.isBroken) return 'body: is not protobuf, or cut short'
  const fault = faultOf(request)
  if (fault === '') complete(request)
  return fault
}

/** Cases are tags: `field << 3 | wire type`. */
function readField(request: BidRequest): void {
  const tag = reader.int()
  switch (tag) {
    case 0x0a: // id
      request.id = reader.id()
      draft.idFault = reader.idFault
      break
    case 0x12: // imp
      addImpression(request, tag)
      break
    case 0x1a: // site
      readSite(reader, request, draft)
      break
    case 0x22: // app
      readApp(reader, request)
      break
    case 0x2a: // device
      readDevice(reader, request, draft)
      break
    case 0x32: // user
      readUser(reader, request, draft)
      break
    case 0x38: // at
      request.auctionType = reader.int()
      break
    case 0x40: // tmax
      request.tmaxMs = reader.int()
      break
    case 0x4a: // wseat
      reader.cachedInto(request.allowedSeats, caches.asIs)
      break
    case 0x5a: // cur
      reader.cachedInto(request.currencies, caches.upperCase)
      break
    case 0x62: // bcat
      reader.cachedInto(request.blockedCategories, caches.asIs)
      break
    case 0x6a: // badv
      reader.cachedInto(request.blockedDomains, caches.domain)
      break
    case 0x72: // regs
      readRegulations(reader, request, draft)
      break
    case 0x78: // test
      request.test = reader.bool()
      break
    case 0x82: // bapp
      reader.cachedInto(request.blockedApps, caches.asIs)
      break
    case 0x8a: // bseat
      reader.cachedInto(request.blockedSeats, caches.asIs)
      break
    case 0x92: // wlang
      reader.cachedInto(request.languages, caches.language)
      break
    case 0x9a: // source
      readSource(reader, request, draft)
      break
    case 0xa2: // wlangb
      reader.cachedInto(draft.otherLanguages, caches.language)
      break
    case 0xa8: // cattax
      request.categoryTaxonomy = countOf(reader.int()) || 1
      break
    case 0xb2: // dooh
      readDooh(reader, request)
      break
    case 0xba: // acat
      reader.cachedInto(request.allowedCategories, caches.asIs)
      break
    default:
      reader.skip(tag)
  }
}

function addImpression(request: BidRequest, tag: number): void {
  const index = request.impressionCount
  if (index === impressionCountMax) {
    draft.fault = `imp: has more than ${impressionCountMax} elements`
    reader.skip(tag)
    return
  }
  request.impressionCount = index + 1
  const impression = request.impressionAt(index)
  const fault = readImpression(reader, impression, draft.impression)
  if (fault !== '') draft.fault ||= `imp[${index}]${fault}`
  draft.secure[index] = draft.impression.secure
  for (let j = 0; j < index; j++)
    if (request.impressions[j]!.id === impression.id)
      draft.fault ||= `imp[${index}].id: repeats imp[${j}].id`
}

function faultOf(request: BidRequest): string {
  if (draft.idFault !== '') return `id${draft.idFault}`
  // As JSON without the member has it.
  if (request.impressionCount === 0) return 'imp: must be an array'
  if (draft.fault !== '') return draft.fault
  if (request.auctionType < 0) return 'at: must not be negative'
  if (request.tmaxMs < 0) return 'tmax: must not be negative'
  return faultOfDevice(draft)
}

/** What could only be decided once all fields were read. */
function complete(request: BidRequest): void {
  const { impressions, impressionCount } = request
  const page = reader.slice(draft.pageStart, draft.pageEnd, textLengthMax) ?? ''
  for (let i = 0; i < impressionCount; i++)
    impressions[i]!.secure = isSecure(draft.secure[i] as -1 | 0 | 1, page)
  if (request.place === PlaceKind.site && request.domain === '') request.domain = hostOf(page)

  if (request.languages.length === 0)
    for (let i = 0; i < draft.otherLanguages.length; i++)
      request.languages.push(draft.otherLanguages[i]!)

  request.region = regionOf(request.country, draft.region)
  request.os = draft.platform || draft.googlePlatform || draft.os || agentOf(request.userAgent).os
  if (request.ip === '') request.ip = draft.ipv6
  if (request.gdpr === -1) request.gdpr = draft.extGdpr
  request.tcString = draft.consent || draft.extConsent
}
