import { clearPlace, clearSchain } from './clear.js'
import { knownTextsAt, Normal } from './json-known-texts.js'
import {
  after,
  inside,
  isAbsent,
  isList,
  isObject,
  keyAt,
  Key as keys,
  load,
  memberOf,
  root,
} from './json-tape.js'
import { anyTextAt, countAt, faultOfId, isNegativeAt, isSetAt, positiveAt } from './json-values.js'
import { readDevice } from './parse-device.js'
import { readImpression } from './parse-impression.js'
import { readRegulations, readSchain, readUser } from './parse-person.js'
import { isHttpsAt, readPlace } from './parse-place.js'
import type { BidRequest } from './request.js'
import { impressionCountMax, PlaceKind } from './request.js'

const Key = keys
const Form = Normal
const Place = PlaceKind

/** Where the request's members are, by the number of their name; 0 for nowhere. */
const members = new Int32Array(256)

/**
 * Reads an OpenRTB 2.x JSON bid request into `request`, overwriting all of it.
 *
 * Only what has no meaning without it is required (`id`, `imp`, each `imp.id`); anything else that
 * is missing, unknown or of an odd type is read as what it most likely means or as absent, because
 * live traffic is full of it. An impression that we can't serve is kept and offers nothing.
 *
 * What JSON.parse refuses is refused, and of two members with one name the last counts, as there.
 *
 * @param body the HTTP body: UTF-8 JSON of at most `textBytesMax` bytes.
 * @returns '' or the fault as `path: reason`, for the exchange's engineer; `request` is then unusable.
 */
export function parse(body: Buffer, request: BidRequest): string {
  const fault = load(body)
  if (fault !== '') return fault
  if (!isObject(root)) return 'body: must be a JSON object'
  const end = after(root)
  for (let at = inside(root); at < end; at = after(at)) members[keyAt(at)] = at
  const found = readMembers(request)
  for (let at = inside(root); at < end; at = after(at)) members[keyAt(at)] = 0
  return found
}

/** Sets each field, so that nothing of an earlier request is left. */
function readMembers(request: BidRequest): string {
  request.id = anyTextAt(members[Key.id]!)
  const idFault = faultOfId(members[Key.id]!, request.id)
  if (idFault !== '') return `id${idFault}`
  const impFault = readImpressions(members[Key.imp]!, request)
  if (impFault !== '') return impFault
  if (isNegativeAt(members[Key.at]!)) return 'at: must not be negative'
  if (isNegativeAt(members[Key.tmax]!)) return 'tmax: must not be negative'
  request.auctionType = countAt(members[Key.at]!)
  request.tmaxMs = positiveAt(members[Key.tmax]!)
  request.test = isSetAt(members[Key.test]!)
  request.categoryTaxonomy = countAt(members[Key.cattax]!) || 1
  readLists(request)
  readChain(request)
  return (
    readPlaces(request) ||
    faultOfObject(members[Key.device]!, 'device: must be an object') ||
    faultOfObject(members[Key.user]!, 'user: must be an object') ||
    faultOfObject(members[Key.regs]!, 'regs: must be an object') ||
    faultOfObject(members[Key.source]!, 'source: must be an object') ||
    readDevice(members[Key.device]!, request) ||
    readUser(members[Key.user]!, request) ||
    readRegulations(members[Key.regs]!, request)
  )
}

function faultOfObject(at: number, fault: string): string {
  return isObject(at) || isAbsent(at) ? '' : fault
}

function readImpressions(list: number, request: BidRequest): string {
  if (!isList(list)) return 'imp: must be an array'
  const site = members[Key.site]!
  const isPageSecure = isObject(site) && isHttpsAt(memberOf(site, Key.page))
  let count = 0
  const end = after(list)
  for (let at = inside(list); at < end; at = after(at)) {
    if (count === impressionCountMax) return `imp: has more than ${impressionCountMax} elements`
    const fault = readImpression(at, request.impressionAt(count), isPageSecure)
    if (fault !== '') return `imp[${count}]${fault}`
    const repeated = indexOfId(request, count)
    if (repeated !== count) return `imp[${count}].id: repeats imp[${repeated}].id`
    count++
  }
  request.impressionCount = count
  return count === 0 ? 'imp: must not be empty' : ''
}

/** The first impression up to this one that has this one's id. */
function indexOfId(request: BidRequest, index: number): number {
  const { impressions } = request
  const { id } = impressions[index]!
  let i = 0
  while (impressions[i]!.id !== id) i++
  return i
}

function readLists(request: BidRequest): void {
  knownTextsAt(members[Key.cur]!, request.currencies, Form.upper)
  knownTextsAt(members[Key.bcat]!, request.blockedCategories, Form.asIs)
  knownTextsAt(members[Key.acat]!, request.allowedCategories, Form.asIs)
  knownTextsAt(members[Key.badv]!, request.blockedDomains, Form.domain)
  knownTextsAt(members[Key.bapp]!, request.blockedApps, Form.asIs)
  knownTextsAt(members[Key.wseat]!, request.allowedSeats, Form.asIs)
  knownTextsAt(members[Key.bseat]!, request.blockedSeats, Form.asIs)
  knownTextsAt(members[Key.wlang]!, request.languages, Form.language)
  if (request.languages.length === 0)
    knownTextsAt(members[Key.wlangb]!, request.languages, Form.language)
}

/** Requests with more than one occur; the page is then what a web view inside of the app shows. */
function readPlaces(request: BidRequest): string {
  const site = members[Key.site]!
  const app = members[Key.app]!
  const dooh = members[Key.dooh]!
  if (!isObject(site) && !isAbsent(site)) return 'site: must be an object'
  if (!isObject(app) && !isAbsent(app)) return 'app: must be an object'
  if (!isObject(dooh) && !isAbsent(dooh)) return 'dooh: must be an object'
  clearPlace(request)
  if (isObject(site)) readPlace(site, request, Place.site)
  else if (isObject(app)) readPlace(app, request, Place.app)
  else if (isObject(dooh)) readPlace(dooh, request, Place.dooh)
  return ''
}

/** The chain of sellers, where the newest version that is followed has it. */
function readChain(request: BidRequest): void {
  clearSchain(request)
  const source = members[Key.source]!
  const newest = memberOf(source, Key.schain)
  if (isObject(newest)) readSchain(newest, request)
  else {
    const older = memberOf(memberOf(source, Key.ext), Key.schain)
    const oldest = isObject(older) ? older : memberOf(members[Key.ext]!, Key.schain)
    if (isObject(oldest)) readSchain(oldest, request)
  }
}
