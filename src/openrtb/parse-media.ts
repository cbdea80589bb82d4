/** `imp.video` and `imp.audio`, and the floors by duration that they share with deals. */
import { clearMedia } from './clear.js'
import { addCompanionSize, addDurationFloor, countOf, floorMicros, wholeOr } from './complete.js'
import { keyNumbers } from './json-keys.js'
import { mimesRead, readMimes } from './json-known-texts.js'
import {
  endItems,
  endMembers,
  firstItem,
  firstMember,
  isItem,
  memberKey,
  memberValue,
  nextItem,
  nextMember,
  openBrace,
  openBracket,
  quote,
  skip,
} from './json-scan.js'
import { memoryBytes } from './json-text.js'
import {
  bitsRead,
  flagRead,
  numberRead,
  readBits,
  readFlag,
  readName,
  readNumber,
  textRead,
} from './json-values.js'
import type { DurationFloors, MediaOffer } from './offers.js'
import { durationCountMax } from './offers.js'
import { impressionFault } from './parse-faults.js'

const Key = keyNumbers
const bytes = memoryBytes

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
  faults = numberRead() < 0 ? faults | fault : faults & ~fault
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
  for (at = firstMember(at); bytes[at] === quote; at = nextMember(at)) {
    at = memberValue(at)
    switch (memberKey()) {
      case 0:
        at = skip(at)
        break
      case Key.mimes:
        at = readMimes(at)
        offer.isOffered = mimesRead() !== -1
        offer.mimes = offer.isOffered ? mimesRead() : 0
        break
      case Key.w:
        at = readPositive(at, fault.w)
        offer.width = countOf(numberRead())
        break
      case Key.h:
        at = readPositive(at, fault.h)
        offer.height = countOf(numberRead())
        break
      case Key.minduration:
        at = readPositive(at, fault.minDuration)
        offer.minDurationS = positive(numberRead())
        break
      case Key.maxduration:
        at = readPositive(at, fault.maxDuration)
        offer.maxDurationS = positive(numberRead()) || Number.POSITIVE_INFINITY
        break
      case Key.protocols:
        at = readBits(at)
        listed = bitsRead()
        break
      case Key.protocol:
        at = readBits(at)
        single = bitsRead()
        break
      case Key.startdelay:
        at = readNumber(at)
        offer.startDelay = wholeOr(numberRead(), -3)
        break
      case Key.linearity:
        at = readNumber(at)
        offer.linearity = countOf(numberRead())
        break
      case Key.placement:
        at = readNumber(at)
        offer.placement = countOf(numberRead())
        break
      case Key.plcmt:
        at = readNumber(at)
        offer.plcmt = countOf(numberRead())
        break
      case Key.skip:
        at = readFlag(at)
        offer.skip = flagRead()
        break
      case Key.skipmin:
        at = readNumber(at)
        offer.skipMinS = positive(numberRead())
        break
      case Key.skipafter:
        at = readNumber(at)
        offer.skipAfterS = positive(numberRead())
        break
      case Key.minbitrate:
        at = readPositive(at, fault.minBitrate)
        offer.minBitrateKbps = countOf(numberRead())
        break
      case Key.maxbitrate:
        at = readPositive(at, fault.maxBitrate)
        offer.maxBitrateKbps = countOf(numberRead())
        break
      case Key.delivery:
        at = readBits(at)
        offer.delivery = bitsRead()
        break
      case Key.battr:
        at = readBits(at)
        offer.blockedAttributes = bitsRead()
        break
      case Key.api:
        at = readBits(at)
        offer.apis = bitsRead()
        break
      case Key.pos:
        at = readNumber(at)
        offer.position = countOf(numberRead())
        break
      case Key.companionad:
        at = readCompanions(at, offer)
        break
      case Key.companiontype:
        at = readBits(at)
        offer.companionTypes = bitsRead()
        break
      case Key.rqddurs:
        at = readDurations(at, offer)
        break
      case Key.sequence:
        at = readPositive(at, fault.sequence)
        break
      case Key.maxseq:
        at = readPositive(at, fault.maxSequence)
        offer.maxSequence = countOf(numberRead())
        break
      case Key.podid:
        at = readName(at)
        offer.podId = textRead()
        break
      case Key.poddur:
        at = readNumber(at)
        offer.podDurationS = positive(numberRead())
        break
      case Key.poddedupe:
        at = readBits(at)
        offer.podDedupe = bitsRead()
        break
      case Key.mincpmpersec:
        at = readNumber(at)
        offer.minCpmPerSecondMicros = floorMicros(numberRead())
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
  return endMembers(at)
}

function readExtension(at: number): number {
  isRewarded = false
  if (bytes[at] !== openBrace) return skip(at)
  for (at = firstMember(at); bytes[at] === quote; at = nextMember(at)) {
    at = memberValue(at)
    if (memberKey() === Key.rewarded) {
      at = readFlag(at)
      isRewarded = flagRead() === 1
    } else at = skip(at)
  }
  return endMembers(at)
}

function readDurations(at: number, offer: MediaOffer): number {
  offer.requiredDurationCount = 0
  if (bytes[at] !== openBracket) return skip(at)
  for (at = firstItem(at); isItem(at); at = nextItem(at)) {
    at = readNumber(at)
    if (numberRead() > 0 && offer.requiredDurationCount < durationCountMax)
      offer.requiredDurationsS[offer.requiredDurationCount++] = numberRead()
  }
  return endItems(at)
}

let width = 0
let height = 0

/** `{w, h}`, where anything else in it means nothing. @param at an opening brace. */
function readSize(at: number): number {
  width = 0
  height = 0
  for (at = firstMember(at); bytes[at] === quote; at = nextMember(at)) {
    at = memberValue(at)
    const key = memberKey()
    if (key === Key.w) {
      at = readNumber(at)
      width = numberRead()
    } else if (key === Key.h) {
      at = readNumber(at)
      height = numberRead()
    } else at = skip(at)
  }
  return endMembers(at)
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
  let at = firstMember(start)
  for (; bytes[at] === quote; at = nextMember(at)) {
    at = memberValue(at)
    if (memberKey() === Key.format) formatAt = at
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
  at = endMembers(at)
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
  for (at = firstMember(at); bytes[at] === quote; at = nextMember(at)) {
    at = memberValue(at)
    const key = memberKey()
    at = readNumber(at)
    if (key === Key.mindur) from = numberRead()
    else if (key === Key.maxdur) to = numberRead()
    else if (key === Key.bidfloor) floor = numberRead()
  }
  addDurationFloor(floors, from, to, floor)
  return endMembers(at)
}
