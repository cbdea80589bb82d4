import { clearDevice } from './clear.js'
import { advertisingIdOf, regionOf } from './complete.js'
import { scanned } from './json-found.js'
import { keyNumbers } from './json-keys.js'
import { knownRegion, Normal, readKnownText } from './json-known-texts.js'
import { enter, next, skip } from './json-scan.js'
import { memoryBytes, nextStop } from './json-text.js'
import { isAbsent, readCount, readFlag, readName, readNumber, readText } from './json-values.js'
import { requestFault } from './parse-faults.js'
import type { BidRequest } from './request.js'
import { agentOf } from './user-agent.js'

const Key = keyNumbers
const Form = Normal
// As in json-scan, constants of its own.
const bytes = memoryBytes
const openBrace = 123
const quote = 34
const found = scanned

const oddGeo = requestFault('device.geo: must be an object')
const negativeWidth = requestFault('device.w: must not be negative')
const negativeHeight = requestFault('device.h: must not be negative')
const negativePpi = requestFault('device.ppi: must not be negative')
const negativeAccuracy = requestFault('device.geo.accuracy: must not be negative')

let faults = 0

/** Bits of the last device's faults. */
export function deviceFaults(): number {
  return faults
}

/** @param at an opening brace. */
export function readDevice(at: number, request: BidRequest): number {
  clearDevice(request)
  faults = 0
  let system = ''
  let suaAt = 0
  let extAt = 0
  let ipv6At = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    switch (found.key) {
      case Key.ua:
        at = readText(at)
        request.userAgent = found.text
        break
      case Key.ip:
        at = readText(at)
        request.ip = found.text
        break
      case Key.geo:
        at = readGeo(at, request)
        break
      case Key.os:
        at = readKnownText(at, Form.system)
        system = found.text
        break
      case Key.devicetype:
        at = readCount(at)
        request.deviceType = found.count
        break
      case Key.w:
        at = readPositive(at, negativeWidth)
        break
      case Key.h:
        at = readPositive(at, negativeHeight)
        break
      case Key.ppi:
        at = readPositive(at, negativePpi)
        break
      case Key.ifa:
        at = readName(at)
        request.ifa = advertisingIdOf(found.text)
        break
      case Key.dnt:
        at = readFlag(at)
        request.doNotTrack = found.flag === 1
        break
      case Key.lmt:
        at = readFlag(at)
        request.limitAdTracking = found.flag === 1
        break
      case Key.sua:
        suaAt = at
        at = skip(at)
        break
      case Key.ext:
        extAt = at
        at = skip(at)
        break
      case Key.ipv6:
        ipv6At = at
        at = skip(at)
        break
      default:
        at = skip(at)
    }
  }
  if (request.ip === '' && ipv6At !== 0) {
    readText(ipv6At)
    request.ip = found.text
  }
  let platform = readPlatform(suaAt)
  if (platform === '' && extAt !== 0) platform = readPlatform(memberIn(extAt, Key.sua))
  if (platform !== '') request.os = platform
  else request.os = system === '' ? agentOf(request.userAgent).os : system
  return at
}

/** A number that must not be negative: the fault's bit is set, or taken back. */
function readPositive(at: number, fault: number): number {
  at = readNumber(at)
  faults = found.number < 0 ? faults | fault : faults & ~fault
  return at
}

function readGeo(at: number, request: BidRequest): number {
  request.country = ''
  request.region = ''
  faults &= ~(oddGeo | negativeAccuracy)
  if (bytes[at] !== openBrace) {
    if (!isAbsent(at)) faults |= oddGeo
    return skip(at)
  }
  let regionAt = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    const key = found.key
    if (key === Key.country) {
      at = readKnownText(at, Form.country)
      request.country = found.text
    } else if (key === Key.region) {
      regionAt = at
      at = skip(at)
    } else if (key === Key.accuracy) at = readPositive(at, negativeAccuracy)
    else at = skip(at)
  }
  if (regionAt !== 0 && request.country !== '')
    request.region = readRegion(request.country, regionAt)
  return at
}

function readRegion(country: string, at: number): string {
  if (bytes[at] !== quote || bytes[at + 1] === quote) return ''
  const end = nextStop(at + 1)
  const known = bytes[end] === quote ? knownRegion(country, at + 1, end) : ''
  if (known !== '') return known
  readText(at)
  return regionOf(country, found.text)
}

/** The system that `sua` names, '' where it names none. @param at where its value is; 0 for nowhere. */
function readPlatform(at: number): string {
  const brandAt = memberIn(memberIn(at, Key.platform), Key.brand)
  if (brandAt === 0) return ''
  readKnownText(brandAt, Form.system)
  return found.text
}

/** Where an object has a member, its last of that name; 0 where it has none, or isn't an object. */
function memberIn(at: number, key: number): number {
  let last = 0
  if (bytes[at] !== openBrace) return last
  for (at = enter(at); found.key > 0; at = next(at)) {
    if (found.key === key) last = at
    at = skip(at)
  }
  return last
}
