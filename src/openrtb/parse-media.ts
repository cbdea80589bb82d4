/** `imp.video` and `imp.audio`, and the floors by duration that they share with deals. */
import { clearMedia } from './clear.js'
import { addCompanionSize, addDurationFloor, countOf, floorMicros, wholeOr } from './complete.js'
import { scanned } from './json-found.js'
import { keyNumbers } from './json-keys.js'
import { readMimes } from './json-known-texts.js'
import { endItems, enter, firstItem, isItem, next, nextItem, skip } from './json-scan.js'
import { memoryBytes } from './json-text.js'
import { readBits, readCount, readFlag, readName, readNumber } from './json-values.js'
import type { DurationFloors, MediaOffer } from './offers.js'
import { durationCountMax } from './offers.js'
import { impressionFault } from './parse-faults.js'

const Key = keyNumbers
// As in json-scan, constants of its own.
const bytes = memoryBytes
const openBrace = 123
const openBracket = 91
const found = scanned

/** Bits of the faults that one kind of offer may have. */
class MediaFaults {
  readonly w: number
  readonly h: number
  readonly minDuration: number
  readonly maxDuration: number
  readonly minBitrate: number
  readonly maxBitrate: number
  readonly sequence: number
  readonly maxSequence: number
  constructor(kind: 'video' | 'audio') {
    this.w = impressionFault(`.${kind}.w: must not be negative`)
    this.h = impressionFault(`.${kind}.h: must not be negative`)
    this.minDuration = impressionFault(`.${kind}.minduration: must not be negative`)
    this.maxDuration = impressionFault(`.${kind}.maxduration: must not be negative`)
    this.minBitrate = impressionFault(`.${kind}.minbitrate: must not be negative`)
    this.maxBitrate = impressionFault(`.${kind}.maxbitrate: must not be negative`)
    this.sequence = impressionFault(`.${kind}.sequence: must not be negative`)
    this.maxSequence = impressionFault(`.${kind}.maxseq: must not be negative`)
  }
}
export const videoFaults = new MediaFaults('video')
export const audioFaults = new MediaFaults('audio')

let faults = 0
let isRewarded = false

/** Faults of the last offer read. */
export function mediaFaults(): number {
  return faults
}

/** Whether the last offer read is one that the person gets something for (`ext.rewarded`). */
export function isMediaRewarded(): boolean {
  return isRewarded
}

/** A number that must not be negative, and 0 where it is; the fault's bit is set or taken back. */
function readPositive(at: number, fault: number): number {
  at = readNumber(at)
  faults = found.number < 0 ? faults | fault : faults & ~fault
  return at
}

const positive = (number: number): number => (number > 0 ? number : 0)

/** @param at an opening brace. */
export function readMedia(at: number, offer: MediaOffer, fault: MediaFaults): number {
  clearMedia(offer)
  faults = 0
  isRewarded = false
  let single = 0
  let listed = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    switch (found.key) {
      case Key.mimes:
        at = readMimes(at)
        offer.isOffered = found.mimes !== -1
        offer.mimes = offer.isOffered ? found.mimes : 0
        break
      case Key.w:
        at = readPositive(at, fault.w)
        offer.width = countOf(found.number)
        break
      case Key.h:
        at = readPositive(at, fault.h)
        offer.height = countOf(found.number)
        break
      case Key.minduration:
        at = readPositive(at, fault.minDuration)
        offer.minDurationS = positive(found.number)
        break
      case Key.maxduration:
        at = readPositive(at, fault.maxDuration)
        offer.maxDurationS = positive(found.number) || Number.POSITIVE_INFINITY
        break
      case Key.protocols:
        at = readBits(at)
        listed = found.bits
        break
      case Key.protocol:
        at = readBits(at)
        single = found.bits
        break
      case Key.startdelay:
        at = readNumber(at)
        offer.startDelay = wholeOr(found.number, -3)
        break
      case Key.linearity:
        at = readCount(at)
        offer.linearity = found.count
        break
      case Key.placement:
        at = readCount(at)
        offer.placement = found.count
        break
      case Key.plcmt:
        at = readCount(at)
        offer.plcmt = found.count
        break
      case Key.skip:
        at = readFlag(at)
        offer.skip = found.flag
        break
      case Key.skipmin:
        at = readNumber(at)
        offer.skipMinS = positive(found.number)
        break
      case Key.skipafter:
        at = readNumber(at)
        offer.skipAfterS = positive(found.number)
        break
      case Key.minbitrate:
        at = readPositive(at, fault.minBitrate)
        offer.minBitrateKbps = countOf(found.number)
        break
      case Key.maxbitrate:
        at = readPositive(at, fault.maxBitrate)
        offer.maxBitrateKbps = countOf(found.number)
        break
      case Key.delivery:
        at = readBits(at)
        offer.delivery = found.bits
        break
      case Key.battr:
        at = readBits(at)
        offer.blockedAttributes = found.bits
        break
      case Key.api:
        at = readBits(at)
        offer.apis = found.bits
        break
      case Key.pos:
        at = readCount(at)
        offer.position = found.count
        break
      case Key.companionad:
        at = readCompanions(at, offer)
        break
      case Key.companiontype:
        at = readBits(at)
        offer.companionTypes = found.bits
        break
      case Key.rqddurs:
        at = readDurations(at, offer)
        break
      case Key.sequence:
        at = readPositive(at, fault.sequence)
        break
      case Key.maxseq:
        at = readPositive(at, fault.maxSequence)
        offer.maxSequence = countOf(found.number)
        break
      case Key.podid:
        at = readName(at)
        offer.podId = found.text
        break
      case Key.poddur:
        at = readNumber(at)
        offer.podDurationS = positive(found.number)
        break
      case Key.poddedupe:
        at = readBits(at)
        offer.podDedupe = found.bits
        break
      case Key.mincpmpersec:
        at = readNumber(at)
        offer.minCpmPerSecondMicros = floorMicros(found.number)
        break
      case Key.durfloors:
        at = readDurationFloors(at, offer.durationFloors)
        break
      case Key.ext:
        at = readExtension(at)
        break
      default:
        at = skip(at)
    }
  }
  offer.protocols = listed | single
  return at
}

function readExtension(at: number): number {
  isRewarded = false
  if (bytes[at] !== openBrace) return skip(at)
  for (at = enter(at); found.key > 0; at = next(at)) {
    if (found.key === Key.rewarded) {
      at = readFlag(at)
      isRewarded = found.flag === 1
    } else at = skip(at)
  }
  return at
}

function readDurations(at: number, offer: MediaOffer): number {
  offer.requiredDurationCount = 0
  if (bytes[at] !== openBracket) return skip(at)
  for (at = firstItem(at); isItem(at); at = nextItem(at)) {
    at = readNumber(at)
    if (found.number > 0 && offer.requiredDurationCount < durationCountMax)
      offer.requiredDurationsS[offer.requiredDurationCount++] = found.number
  }
  return endItems(at)
}

let width = 0
let height = 0

/** `{w, h}`, where anything else in it means nothing. @param at an opening brace. */
function readSize(at: number): number {
  width = 0
  height = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    const key = found.key
    if (key === Key.w) {
      at = readNumber(at)
      width = found.number
    } else if (key === Key.h) {
      at = readNumber(at)
      height = found.number
    } else at = skip(at)
  }
  return at
}

function readCompanions(at: number, offer: MediaOffer): number {
  offer.companionSizeCount = 0
  if (bytes[at] !== openBracket) return skip(at)
  for (at = firstItem(at); isItem(at); at = nextItem(at))
    at = bytes[at] === openBrace ? readCompanion(at, offer) : skip(at)
  return endItems(at)
}

/** A banner of which only the sizes matter. */
function readCompanion(start: number, offer: MediaOffer): number {
  let formatAt = 0
  let at = enter(start)
  for (; found.key > 0; at = next(at)) {
    if (found.key === Key.format) formatAt = at
    at = skip(at)
  }
  if (formatAt !== 0 && bytes[formatAt] === openBracket)
    for (let item = firstItem(formatAt); isItem(item); item = nextItem(item)) {
      if (bytes[item] !== openBrace) {
        item = skip(item)
        continue
      }
      item = readSize(item)
      addCompanionSize(offer, width, height)
    }
  readSize(start)
  addCompanionSize(offer, width, height)
  return at
}

/** `durfloors`. */
export function readDurationFloors(at: number, floors: DurationFloors): number {
  floors.count = 0
  if (bytes[at] !== openBracket) return skip(at)
  for (at = firstItem(at); isItem(at); at = nextItem(at))
    at = bytes[at] === openBrace ? readDurationFloor(at, floors) : skip(at)
  return endItems(at)
}

function readDurationFloor(at: number, floors: DurationFloors): number {
  let from = 0
  let to = 0
  let floor = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    const key = found.key
    at = readNumber(at)
    if (key === Key.mindur) from = found.number
    else if (key === Key.maxdur) to = found.number
    else if (key === Key.bidfloor) floor = found.number
  }
  addDurationFloor(floors, from, to, floor)
  return at
}
