/**
 * Video and Audio, which have the same fields under other numbers, and the companions beside them.
 * Cases are tags: `field << 3 | wire type`; a list of numbers has two, as it may be packed.
 */
import { addCompanionSize, countOf, floorMicros, wholeOr } from '../complete.js'
import type { MediaOffer } from '../offers.js'
import { bitOf, durationCountMax } from '../offers.js'
import { idLengthMax } from '../request.js'
import type { ImpressionDraft } from './draft.js'
import { readDurationFloor } from './duration-floor.js'
import type { ProtobufReader } from './reader.js'

export function readVideo(reader: ProtobufReader, offer: MediaOffer, draft: ImpressionDraft): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x0a: // mimes
        readMime(reader, offer)
        break
      case 0x10: // linearity
        offer.linearity = countOf(reader.int())
        break
      case 0x18: // minduration
        offer.minDurationS = reader.int()
        break
      case 0x20: // maxduration
        offer.maxDurationS = reader.int() || Number.POSITIVE_INFINITY
        break
      case 0x28: // protocol
        draft.videoProtocol = reader.int()
        break
      case 0x30: // w
        offer.width = reader.int()
        break
      case 0x38: // h
        offer.height = reader.int()
        break
      case 0x40: // startdelay
        offer.startDelay = wholeOr(reader.int(), -3)
        break
      case 0x48: // sequence
        draft.videoSequence = reader.int()
        break
      case 0x50: // battr
        offer.blockedAttributes |= bitOf(reader.int())
        break
      case 0x52:
        offer.blockedAttributes |= reader.packedBits()
        break
      case 0x60: // minbitrate
        offer.minBitrateKbps = reader.int()
        break
      case 0x68: // maxbitrate
        offer.maxBitrateKbps = reader.int()
        break
      case 0x80: // delivery
        offer.delivery |= bitOf(reader.int())
        break
      case 0x82:
        offer.delivery |= reader.packedBits()
        break
      case 0x88: // pos
        offer.position = countOf(reader.int())
        break
      case 0x92: // companionad
        readCompanion(reader, offer)
        break
      case 0x98: // api
        offer.apis |= bitOf(reader.int())
        break
      case 0x9a:
        offer.apis |= reader.packedBits()
        break
      case 0xa0: // companiontype
        offer.companionTypes |= bitOf(reader.int())
        break
      case 0xa2:
        offer.companionTypes |= reader.packedBits()
        break
      case 0xa8: // protocols
        offer.protocols |= bitOf(reader.int())
        break
      case 0xaa:
        offer.protocols |= reader.packedBits()
        break
      case 0xb8: // skip
        offer.skip = reader.bool() ? 1 : 0
        break
      case 0xc0: // skipmin
        offer.skipMinS = countOf(reader.int())
        break
      case 0xc8: // skipafter
        offer.skipAfterS = countOf(reader.int())
        break
      case 0xd0: // placement
        offer.placement = countOf(reader.int())
        break
      case 0xe0: // maxseq
        offer.maxSequence = reader.int()
        break
      case 0xe8: // poddur
        offer.podDurationS = countOf(reader.int())
        break
      case 0xf2: // podid
        offer.podId = reader.text(idLengthMax)
        break
      case 0x100: // rqddurs
        addDuration(offer, reader.int())
        break
      case 0x102:
        readDurations(reader, offer)
        break
      case 0x111: // mincpmpersec
        offer.minCpmPerSecondMicros = floorMicros(reader.double())
        break
      case 0x118: // plcmt
        offer.plcmt = countOf(reader.int())
        break
      case 0x122: // durfloors
        readDurationFloor(reader, offer.durationFloors)
        break
      case 0x128: // poddedupe
        offer.podDedupe |= bitOf(reader.int())
        break
      case 0x12a:
        offer.podDedupe |= reader.packedBits()
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

export function readAudio(reader: ProtobufReader, offer: MediaOffer, draft: ImpressionDraft): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x0a: // mimes
        readMime(reader, offer)
        break
      case 0x10: // minduration
        offer.minDurationS = reader.int()
        break
      case 0x18: // maxduration
        offer.maxDurationS = reader.int() || Number.POSITIVE_INFINITY
        break
      case 0x20: // protocols
        offer.protocols |= bitOf(reader.int())
        break
      case 0x22:
        offer.protocols |= reader.packedBits()
        break
      case 0x28: // startdelay
        offer.startDelay = wholeOr(reader.int(), -3)
        break
      case 0x30: // sequence
        draft.audioSequence = reader.int()
        break
      case 0x38: // battr
        offer.blockedAttributes |= bitOf(reader.int())
        break
      case 0x3a:
        offer.blockedAttributes |= reader.packedBits()
        break
      case 0x48: // minbitrate
        offer.minBitrateKbps = reader.int()
        break
      case 0x50: // maxbitrate
        offer.maxBitrateKbps = reader.int()
        break
      case 0x58: // delivery
        offer.delivery |= bitOf(reader.int())
        break
      case 0x5a:
        offer.delivery |= reader.packedBits()
        break
      case 0x62: // companionad
        readCompanion(reader, offer)
        break
      case 0x68: // api
        offer.apis |= bitOf(reader.int())
        break
      case 0x6a:
        offer.apis |= reader.packedBits()
        break
      case 0xa0: // companiontype
        offer.companionTypes |= bitOf(reader.int())
        break
      case 0xa2:
        offer.companionTypes |= reader.packedBits()
        break
      case 0xa8: // maxseq
        offer.maxSequence = reader.int()
        break
      case 0xc8: // poddur
        offer.podDurationS = countOf(reader.int())
        break
      case 0xd0: // rqddurs
        addDuration(offer, reader.int())
        break
      case 0xd2:
        readDurations(reader, offer)
        break
      case 0xda: // podid
        offer.podId = reader.text(idLengthMax)
        break
      case 0xf1: // mincpmpersec
        offer.minCpmPerSecondMicros = floorMicros(reader.double())
        break
      case 0xfa: // durfloors
        readDurationFloor(reader, offer.durationFloors)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

/** An offer without any media types is none. */
function readMime(reader: ProtobufReader, offer: MediaOffer): void {
  offer.mimes |= reader.mime()
  offer.isOffered ||= reader.hasMime
}

/**
 * When the impression is whole: what may not be negative, and of which the last value counts.
 *
 * @returns the fault, after `imp[n]`; '' where there is none.
 */
export function faultOfMedia(offer: MediaOffer, sequence: number, path: string): string {
  if (offer.width < 0) return `${path}.w: must not be negative`
  if (offer.height < 0) return `${path}.h: must not be negative`
  if (offer.minDurationS < 0) return `${path}.minduration: must not be negative`
  if (offer.maxDurationS < 0) return `${path}.maxduration: must not be negative`
  if (offer.minBitrateKbps < 0) return `${path}.minbitrate: must not be negative`
  if (offer.maxBitrateKbps < 0) return `${path}.maxbitrate: must not be negative`
  if (offer.maxSequence < 0) return `${path}.maxseq: must not be negative`
  return sequence < 0 ? `${path}.sequence: must not be negative` : ''
}

function readDurations(reader: ProtobufReader, offer: MediaOffer): void {
  const end = reader.open()
  while (reader.at < end) addDuration(offer, reader.int())
  reader.close(end)
}

function addDuration(offer: MediaOffer, seconds: number): void {
  if (seconds > 0 && offer.requiredDurationCount < durationCountMax)
    offer.requiredDurationsS[offer.requiredDurationCount++] = seconds
}

/** A Banner of which only the sizes matter. */
function readCompanion(reader: ProtobufReader, offer: MediaOffer): void {
  let width = 0
  let height = 0
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x08) width = reader.int()
    else if (tag === 0x10) height = reader.int()
    else if (tag === 0x7a) readCompanionFormat(reader, offer)
    else reader.skip(tag)
  }
  reader.close(end)
  addCompanionSize(offer, width, height)
}

function readCompanionFormat(reader: ProtobufReader, offer: MediaOffer): void {
  let width = 0
  let height = 0
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x08) width = reader.int()
    else if (tag === 0x10) height = reader.int()
    else reader.skip(tag)
  }
  reader.close(end)
  addCompanionSize(offer, width, height)
}
