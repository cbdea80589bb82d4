/** Audio, which has most of Video's fields under other numbers. Cases are tags. */
import { countOf, floorMicros, wholeOr } from '../complete.js'
import type { MediaOffer } from '../offers.js'
import { bitOf } from '../offers.js'
import { idLengthMax } from '../request.js'
import type { ImpressionDraft } from './draft.js'
import { readDurationFloor } from './duration-floor.js'
import { addDuration, readCompanion, readDurations, readMime } from './media.js'
import type { ProtobufReader } from './reader.js'

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
