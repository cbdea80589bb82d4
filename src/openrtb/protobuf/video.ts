/** Video. Cases are tags: `field << 3 | wire type`; a list of numbers has two, as it may be packed. */
import { countOf, floorMicros, wholeOr } from '../complete.js'
import type { MediaOffer } from '../offers.js'
import { bitOf } from '../offers.js'
import { idLengthMax } from '../request.js'
import type { ImpressionDraft } from './draft.js'
import { readDurationFloor } from './duration-floor.js'
import { addDuration, readCompanion, readDurations, readMime } from './media.js'
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
