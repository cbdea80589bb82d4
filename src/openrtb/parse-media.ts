/** `imp.video` and `imp.audio`, and the floors by duration that they share with deals. */
import { clearMedia } from './clear.js'
import { addCompanionSize, addDurationFloor, floorMicros, wholeOr } from './complete.js'
import { mimesAt } from './json-known-texts.js'
import { after, inside, isList, isObject, keyAt, Key as keys, memberOf } from './json-tape.js'
import {
  bitsAt,
  countAt,
  flagAt,
  isNegativeAt,
  nameAt,
  numberAt,
  positiveAt,
} from './json-values.js'
import type { DurationFloors, MediaOffer } from './offers.js'
import { durationCountMax } from './offers.js'

const Key = keys

/** What must not be negative, by name. */
const positives: readonly (readonly [key: number, fault: string])[] = [
  [Key.w, '.w: must not be negative'],
  [Key.h, '.h: must not be negative'],
  [Key.minduration, '.minduration: must not be negative'],
  [Key.maxduration, '.maxduration: must not be negative'],
  [Key.minbitrate, '.minbitrate: must not be negative'],
  [Key.maxbitrate, '.maxbitrate: must not be negative'],
  [Key.sequence, '.sequence: must not be negative'],
  [Key.maxseq, '.maxseq: must not be negative'],
]

/**
 * @param media where it is; 0 where there is none.
 * @returns '' or the fault.
 */
export function readMedia(media: number, offer: MediaOffer): string {
  clearMedia(offer)
  if (!isObject(media)) return ''
  let mimes = -1
  let single = 0
  let listed = 0
  let isNegative = false
  const end = after(media)
  for (let at = inside(media); at < end; at = after(at)) {
    switch (keyAt(at)) {
      case Key.mimes:
        mimes = mimesAt(at, -1)
        break
      case Key.w:
        offer.width = countAt(at)
        isNegative ||= isNegativeAt(at)
        break
      case Key.h:
        offer.height = countAt(at)
        isNegative ||= isNegativeAt(at)
        break
      case Key.minduration:
        offer.minDurationS = positiveAt(at)
        isNegative ||= isNegativeAt(at)
        break
      case Key.maxduration:
        offer.maxDurationS = positiveAt(at) || Number.POSITIVE_INFINITY
        isNegative ||= isNegativeAt(at)
        break
      case Key.protocols:
        listed = bitsAt(at)
        break
      case Key.protocol:
        single = bitsAt(at)
        break
      case Key.startdelay:
        offer.startDelay = wholeOr(numberAt(at), -3)
        break
      case Key.linearity:
        offer.linearity = countAt(at)
        break
      case Key.placement:
        offer.placement = countAt(at)
        break
      case Key.plcmt:
        offer.plcmt = countAt(at)
        break
      case Key.skip:
        offer.skip = flagAt(at)
        break
      case Key.skipmin:
        offer.skipMinS = positiveAt(at)
        break
      case Key.skipafter:
        offer.skipAfterS = positiveAt(at)
        break
      case Key.minbitrate:
        offer.minBitrateKbps = countAt(at)
        isNegative ||= isNegativeAt(at)
        break
      case Key.maxbitrate:
        offer.maxBitrateKbps = countAt(at)
        isNegative ||= isNegativeAt(at)
        break
      case Key.delivery:
        offer.delivery = bitsAt(at)
        break
      case Key.battr:
        offer.blockedAttributes = bitsAt(at)
        break
      case Key.api:
        offer.apis = bitsAt(at)
        break
      case Key.pos:
        offer.position = countAt(at)
        break
      case Key.companionad:
        readCompanions(at, offer)
        break
      case Key.companiontype:
        offer.companionTypes = bitsAt(at)
        break
      case Key.rqddurs:
        readDurations(at, offer)
        break
      case Key.sequence:
        isNegative ||= isNegativeAt(at)
        break
      case Key.maxseq:
        offer.maxSequence = countAt(at)
        isNegative ||= isNegativeAt(at)
        break
      case Key.podid:
        offer.podId = nameAt(at)
        break
      case Key.poddur:
        offer.podDurationS = positiveAt(at)
        break
      case Key.poddedupe:
        offer.podDedupe = bitsAt(at)
        break
      case Key.mincpmpersec:
        offer.minCpmPerSecondMicros = floorMicros(numberAt(at))
        break
      case Key.durfloors:
        readDurationFloors(at, offer.durationFloors)
        break
    }
  }
  offer.isOffered = mimes !== -1
  offer.mimes = offer.isOffered ? mimes : 0
  offer.protocols = listed | single
  return isNegative ? faultOf(media) : ''
}

/** Of a name that came twice, the last counts. */
function faultOf(media: number): string {
  for (const [key, fault] of positives) if (isNegativeAt(memberOf(media, key))) return fault
  return ''
}

function readDurations(list: number, offer: MediaOffer): void {
  offer.requiredDurationCount = 0
  if (!isList(list)) return
  const end = after(list)
  for (let at = inside(list); at < end; at = after(at)) {
    const seconds = positiveAt(at)
    if (seconds > 0 && offer.requiredDurationCount < durationCountMax)
      offer.requiredDurationsS[offer.requiredDurationCount++] = seconds
  }
}

/** Banners of which only the sizes matter. */
function readCompanions(list: number, offer: MediaOffer): void {
  offer.companionSizeCount = 0
  if (!isList(list)) return
  const end = after(list)
  for (let at = inside(list); at < end; at = after(at)) {
    if (!isObject(at)) continue
    const formats = memberOf(at, Key.format)
    if (isList(formats)) {
      const formatsEnd = after(formats)
      for (let format = inside(formats); format < formatsEnd; format = after(format))
        if (isObject(format)) addCompanion(format, offer)
    }
    addCompanion(at, offer)
  }
}

function addCompanion(size: number, offer: MediaOffer): void {
  addCompanionSize(offer, numberAt(memberOf(size, Key.w)), numberAt(memberOf(size, Key.h)))
}

/** `durfloors`; none where `list` isn't one. */
export function readDurationFloors(list: number, floors: DurationFloors): void {
  floors.count = 0
  if (!isList(list)) return
  const end = after(list)
  for (let at = inside(list); at < end; at = after(at))
    if (isObject(at))
      addDurationFloor(
        floors,
        numberAt(memberOf(at, Key.mindur)),
        numberAt(memberOf(at, Key.maxdur)),
        numberAt(memberOf(at, Key.bidfloor)),
      )
}
