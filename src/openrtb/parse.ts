import {
  clearDevice,
  clearPlace,
  clearRegulations,
  clearRequest,
  clearUser,
  empty,
} from './clear.js'
import { countOf } from './complete.js'
import { scanned } from './json-found.js'
import { keyNumbers } from './json-keys.js'
import { Normal, readKnownTexts } from './json-known-texts.js'
import {
  depthMax,
  endItems,
  enter,
  firstItem,
  isItem,
  next,
  nextItem,
  skip,
  space,
  wasTooDeep,
} from './json-scan.js'
import { load, memoryBytes, textBytesMax, textStart } from './json-text.js'
import {
  IdFault,
  idFaultRead,
  isAbsent,
  readCount,
  readFlag,
  readId,
  readNumber,
} from './json-values.js'
import { deviceFaults, readDevice } from './parse-device.js'
import { firstImpressionFault, firstRequestFault, requestFault } from './parse-faults.js'
import { impressionFaults, readImpression, secureSaid } from './parse-impression.js'
import { readRegulations, readSchain, readUser, regsFaults, userFaults } from './parse-person.js'
import { readPlace, wasPageSecure } from './parse-place.js'
import type { BidRequest } from './request.js'
import { idLengthMax, impressionCountMax, PlaceKind } from './request.js'

const Key = keyNumbers
const Form = Normal
const Kind = PlaceKind
// As in json-scan, constants of its own.
const bytes = memoryBytes
const nowhere = 0
const openBrace = 123
const openBracket = 91
const found = scanned

const idNotAString = requestFault('id: must be a string')
const idEmpty = requestFault('id: must not be empty')
const idTooLong = requestFault(`id: is longer than ${idLengthMax}`)
const impNotAList = requestFault('imp: must be an array')
const impEmpty = requestFault('imp: must not be empty')
const impTooMany = requestFault(`imp: has more than ${impressionCountMax} elements`)
const negativeAt = requestFault('at: must not be negative')
const negativeTmax = requestFault('tmax: must not be negative')
const oddSite = requestFault('site: must be an object')
const oddApp = requestFault('app: must be an object')
const oddDooh = requestFault('dooh: must be an object')
const oddDevice = requestFault('device: must be an object')
const oddUser = requestFault('user: must be an object')
const oddRegs = requestFault('regs: must be an object')
const oddSource = requestFault('source: must be an object')

/** Faults by where they are: a member that comes again takes back its own. */
let rootFaults = 0
let deviceBits = 0
let userBits = 0
let regsBits = 0
/** The first fault of an impression, in words; '' where there is none. */
let impressionFault = ''
/** `secure` of each impression, as it can only be decided when the page is known. */
const secure = new Int8Array(impressionCountMax)

/** Where values stand that are read when all is known that decides on them; 0 for nowhere. */
let siteAt = 0
let appAt = 0
let doohAt = 0
let languagesAt = 0
let sourceSchainAt = 0
let sourceExtSchainAt = 0
let extSchainAt = 0

/**
 * Reads an OpenRTB 2.x JSON bid request into `request`, overwriting all of it.
 *
 * Only what has no meaning without it is required (`id`, `imp`, each `imp.id`); anything else that
 * is missing, unknown or of an odd type is read as what it most likely means or as absent, because
 * live traffic is full of it. An impression that we can't serve is kept and offers nothing.
 *
 * One pass over the bytes: members are read into their fields as they come, and of two with one name
 * the last counts, as in JSON.parse. What JSON.parse refuses is refused.
 *
 * @param body the HTTP body: UTF-8 JSON of at most `textBytesMax` bytes.
 * @returns '' or the fault as `path: reason`, for the exchange's engineer; `request` is then unusable.
 */
export function parse(body: Buffer, request: BidRequest): string {
  clearRequest(request)
  const end = load(body)
  if (end === nowhere) return `body: is longer than ${textBytesMax} bytes`
  const start = space(textStart)
  const isObject = bytes[start] === openBrace
  const at = isObject ? readRequest(start, request) : skip(start)
  const isDeep = wasTooDeep()
  if (at === nowhere || space(at) !== end)
    return isDeep ? `body: is nested deeper than ${depthMax}` : 'body: is not JSON'
  if (!isObject) return 'body: must be a JSON object'
  return finish(request)
}

function readRequest(at: number, request: BidRequest): number {
  rootFaults = idNotAString | impNotAList
  deviceBits = userBits = regsBits = 0
  impressionFault = ''
  siteAt = appAt = doohAt = languagesAt = 0
  sourceSchainAt = sourceExtSchainAt = extSchainAt = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    at = readMember(at, found.key, request)
  }
  return at
}

function readMember(at: number, key: number, request: BidRequest): number {
  const isObject = bytes[at] === openBrace
  switch (key) {
    case Key.id:
      at = readId(at)
      request.id = found.text
      rootFaults &= ~(idNotAString | idEmpty | idTooLong)
      if (idFaultRead() !== IdFault.none) rootFaults |= idFaultBit(idFaultRead())
      return at
    case Key.imp:
      return readImpressions(at, request)
    case Key.site:
      siteAt = isObject ? at : 0
      checkObject(at, oddSite)
      return isObject ? readPlace(at, request, Kind.site) : skip(at)
    case Key.app:
      appAt = isObject ? at : 0
      checkObject(at, oddApp)
      return isObject && siteAt === 0 ? readPlace(at, request, Kind.app) : skip(at)
    case Key.dooh:
      doohAt = isObject ? at : 0
      checkObject(at, oddDooh)
      return skip(at)
    case Key.device:
      checkObject(at, oddDevice)
      if (isObject) at = readDevice(at, request)
      else {
        clearDevice(request)
        at = skip(at)
      }
      deviceBits = isObject ? deviceFaults() : 0
      return at
    case Key.user:
      checkObject(at, oddUser)
      if (isObject) at = readUser(at, request)
      else {
        clearUser(request)
        at = skip(at)
      }
      userBits = isObject ? userFaults() : 0
      return at
    case Key.regs:
      checkObject(at, oddRegs)
      if (isObject) at = readRegulations(at, request)
      else {
        clearRegulations(request)
        at = skip(at)
      }
      regsBits = isObject ? regsFaults() : 0
      return at
    case Key.source:
      checkObject(at, oddSource)
      return readSource(at)
    case Key.ext:
      return readExtension(at)
    case Key.at:
      at = readNumber(at)
      request.auctionType = countOf(found.number)
      return checkPositive(at, negativeAt)
    case Key.tmax:
      at = readNumber(at)
      request.tmaxMs = found.number > 0 ? found.number : 0
      return checkPositive(at, negativeTmax)
    case Key.test:
      at = readFlag(at)
      request.test = found.flag === 1
      return at
    case Key.cattax:
      at = readCount(at)
      request.categoryTaxonomy = found.count || 1
      return at
    case Key.wlangb:
      languagesAt = at
      return skip(at)
    default:
      return readLists(at, key, request)
  }
}

function readLists(at: number, key: number, request: BidRequest): number {
  switch (key) {
    case Key.cur:
      empty(request.currencies)
      return readKnownTexts(at, request.currencies, Form.upper)
    case Key.bcat:
      empty(request.blockedCategories)
      return readKnownTexts(at, request.blockedCategories, Form.asIs)
    case Key.badv:
      empty(request.blockedDomains)
      return readKnownTexts(at, request.blockedDomains, Form.domain)
    case Key.bapp:
      empty(request.blockedApps)
      return readKnownTexts(at, request.blockedApps, Form.asIs)
    case Key.acat:
      empty(request.allowedCategories)
      return readKnownTexts(at, request.allowedCategories, Form.asIs)
    case Key.wseat:
      empty(request.allowedSeats)
      return readKnownTexts(at, request.allowedSeats, Form.asIs)
    case Key.bseat:
      empty(request.blockedSeats)
      return readKnownTexts(at, request.blockedSeats, Form.asIs)
    case Key.wlang:
      empty(request.languages)
      return readKnownTexts(at, request.languages, Form.language)
    default:
      return skip(at)
  }
}

function idFaultBit(fault: number): number {
  return fault === IdFault.type ? idNotAString : fault === IdFault.empty ? idEmpty : idTooLong
}

function checkObject(at: number, fault: number): void {
  if (bytes[at] === openBrace || isAbsent(at)) rootFaults &= ~fault
  else rootFaults |= fault
}

/** Of the number just read. */
function checkPositive(at: number, fault: number): number {
  rootFaults = found.number < 0 ? rootFaults | fault : rootFaults & ~fault
  return at
}

function readImpressions(at: number, request: BidRequest): number {
  request.impressionCount = 0
  impressionFault = ''
  rootFaults &= ~(impNotAList | impEmpty | impTooMany)
  if (bytes[at] !== openBracket) {
    rootFaults |= impNotAList
    return skip(at)
  }
  let count = 0
  for (at = firstItem(at); isItem(at); at = nextItem(at)) {
    if (count === impressionCountMax) {
      rootFaults |= impTooMany
      at = skip(at)
      continue
    }
    at = readImpression(at, request.impressionAt(count))
    secure[count] = secureSaid()
    if (impressionFault === '') checkImpression(request, count)
    count++
  }
  if (count === 0) rootFaults |= impEmpty
  request.impressionCount = count
  return endItems(at)
}

function checkImpression(request: BidRequest, index: number): void {
  if (impressionFaults() !== 0) {
    impressionFault = firstImpressionFault(impressionFaults(), index)
    return
  }
  const { impressions } = request
  for (let i = 0; i < index; i++)
    if (impressions[i]!.id === impressions[index]!.id) {
      impressionFault = `imp[${index}].id: repeats imp[${i}].id`
      return
    }
}

function readSource(at: number): number {
  sourceSchainAt = sourceExtSchainAt = 0
  if (bytes[at] !== openBrace) return skip(at)
  for (at = enter(at); found.key > 0; at = next(at)) {
    const key = found.key
    if (key === Key.ext) {
      at = readSchainIn(at)
      sourceExtSchainAt = schainAt
    } else {
      if (key === Key.schain) sourceSchainAt = bytes[at] === openBrace ? at : 0
      at = skip(at)
    }
  }
  return at
}

function readExtension(at: number): number {
  at = readSchainIn(at)
  extSchainAt = schainAt
  return at
}

let schainAt = 0

/** `schainAt` is then where the value, if it is an object, has a chain; 0 for nowhere. */
function readSchainIn(at: number): number {
  schainAt = 0
  if (bytes[at] !== openBrace) return skip(at)
  for (at = enter(at); found.key > 0; at = next(at)) {
    if (found.key === Key.schain) schainAt = bytes[at] === openBrace ? at : 0
    at = skip(at)
  }
  return at
}

/** What can only be decided now: between places, and of what stands in several of them. */
function finish(request: BidRequest): string {
  const listFaults = rootFaults & (impTooMany * 2 - 1)
  if (listFaults !== 0) return firstRequestFault(listFaults)
  if (impressionFault !== '') return impressionFault
  const faults = rootFaults | deviceBits | userBits | regsBits
  if (faults !== 0) return firstRequestFault(faults)

  // Requests with more than one occur; the page is then what a web view inside of the app shows.
  if (siteAt === 0) finishPlace(request)
  const isPageSecure = siteAt !== 0 && wasPageSecure()
  for (let i = 0; i < request.impressionCount; i++)
    request.impressions[i]!.secure = secure[i] === -1 ? isPageSecure : secure[i] === 1
  if (request.languages.length === 0 && languagesAt !== 0)
    readKnownTexts(languagesAt, request.languages, Form.language)
  const schain = sourceSchainAt || sourceExtSchainAt || extSchainAt
  if (schain !== 0) readSchain(schain, request)
  return ''
}

function finishPlace(request: BidRequest): void {
  const kind = appAt !== 0 ? Kind.app : doohAt !== 0 ? Kind.dooh : Kind.unknown
  if (request.place === kind) return
  if (kind === Kind.unknown) clearPlace(request)
  else readPlace(appAt !== 0 ? appAt : doohAt, request, kind)
}
