import { clearBanner, clearDeals, clearImpression, clearMedia, clearNative } from './clear.js'
import { floorMicros } from './complete.js'
import { scanned } from './json-found.js'
import { keyNumbers } from './json-keys.js'
import { Normal, readKnownText } from './json-known-texts.js'
import { endItems, enter, firstItem, isItem, next, nextItem, skip } from './json-scan.js'
import { memoryBytes } from './json-text.js'
import {
  IdFault,
  idFaultRead,
  isAbsent,
  readCount,
  readFlag,
  readId,
  readName,
  readNumber,
} from './json-values.js'
import { readNative } from './native-request.js'
import { bannerFaults, readBanner } from './parse-banner.js'
import { readPrivateMarket } from './parse-deals.js'
import { impressionFault } from './parse-faults.js'
import { audioFaults, isMediaRewarded, mediaFaults, readMedia, videoFaults } from './parse-media.js'
import type { Applies, Impression } from './request.js'
import { idLengthMax } from './request.js'

const Key = keyNumbers
const Form = Normal
const Video = videoFaults
const Audio = audioFaults
// As in json-scan, constants of its own.
const bytes = memoryBytes
const openBrace = 123
const openBracket = 91
const found = scanned

const notAnObject = impressionFault(': must be an object')
const idNotAString = impressionFault('.id: must be a string')
const idEmpty = impressionFault('.id: must not be empty')
const idTooLong = impressionFault(`.id: is longer than ${idLengthMax}`)
const oddBanner = impressionFault('.banner: must be an object')
const oddVideo = impressionFault('.video: must be an object')
const oddAudio = impressionFault('.audio: must be an object')
const oddNative = impressionFault('.native: must be an object')
const oddMarket = impressionFault('.pmp: must be an object')

let faults = 0
let secure: Applies = -1
/** Says of itself that the person gets something: `ext` as exchanges have it. */
let isExtensionRewarded = false

/** Bits of the last impression's faults. */
export function impressionFaults(): number {
  return faults
}

/** `secure` of the last impression; -1 where it isn't said. */
export function secureSaid(): Applies {
  return secure
}

/** One of `imp`. */
export function readImpression(at: number, impression: Impression): number {
  clearImpression(impression)
  secure = -1
  if (bytes[at] !== openBrace) {
    faults = notAnObject
    return skip(at)
  }
  let own = idNotAString
  let banner = 0
  let video = 0
  let audio = 0
  let rewarded: Applies = -1
  let isVideoRewarded = false
  isExtensionRewarded = false
  for (at = enter(at); found.key > 0; at = next(at)) {
    switch (found.key) {
      case Key.id:
        at = readId(at)
        impression.id = found.text
        own &= ~(idNotAString | idEmpty | idTooLong)
        if (idFaultRead() !== IdFault.none) own |= idFaultBit(idFaultRead())
        break
      case Key.banner:
        if (bytes[at] === openBrace) {
          at = readBanner(at, impression)
          banner = bannerFaults()
        } else {
          clearBanner(impression)
          banner = isAbsent(at) ? 0 : oddBanner
          at = skip(at)
        }
        break
      case Key.bidfloor:
        at = readNumber(at)
        impression.floorCpmMicros = floorMicros(found.number)
        break
      case Key.bidfloorcur:
        at = readKnownText(at, Form.upper)
        impression.floorCurrency = found.text || 'USD'
        break
      case Key.secure:
        at = readFlag(at)
        secure = found.flag
        break
      case Key.instl:
        at = readFlag(at)
        impression.interstitial = found.flag === 1
        break
      case Key.ext:
        at = readExtension(at, impression)
        break
      case Key.video:
        isVideoRewarded = false
        if (bytes[at] === openBrace) {
          at = readMedia(at, impression.video, Video)
          video = mediaFaults()
          isVideoRewarded = isMediaRewarded()
        } else {
          clearMedia(impression.video)
          video = isAbsent(at) ? 0 : oddVideo
          at = skip(at)
        }
        break
      case Key.audio:
        if (bytes[at] === openBrace) {
          at = readMedia(at, impression.audio, Audio)
          audio = mediaFaults()
        } else {
          clearMedia(impression.audio)
          audio = isAbsent(at) ? 0 : oddAudio
          at = skip(at)
        }
        break
      case Key.native:
        own &= ~oddNative
        if (bytes[at] === openBrace) at = readNative(at, impression.native)
        else {
          clearNative(impression.native)
          if (!isAbsent(at)) own |= oddNative
          at = skip(at)
        }
        break
      case Key.pmp:
        own &= ~oddMarket
        if (bytes[at] === openBrace) at = readPrivateMarket(at, impression)
        else {
          clearDeals(impression)
          if (!isAbsent(at)) own |= oddMarket
          at = skip(at)
        }
        break
      case Key.rwdd:
        at = readFlag(at)
        rewarded = found.flag
        break
      case Key.exp:
        at = readCount(at)
        impression.expirySeconds = found.count
        break
      default:
        at = skip(at)
    }
  }
  impression.rewarded = rewarded === -1 ? isExtensionRewarded || isVideoRewarded : rewarded === 1
  faults = own | banner | video | audio
  return at
}

function idFaultBit(fault: number): number {
  return fault === IdFault.type ? idNotAString : fault === IdFault.empty ? idEmpty : idTooLong
}

function readExtension(at: number, impression: Impression): number {
  isExtensionRewarded = false
  impression.billingId = ''
  if (bytes[at] !== openBrace) return skip(at)
  let rewarded = false
  let inventory = false
  let prebid = false
  for (at = enter(at); found.key > 0; at = next(at)) {
    switch (found.key) {
      case Key.rewarded:
        at = readFlag(at)
        rewarded = found.flag === 1
        break
      case Key.is_rewarded_inventory:
        at = readFlag(at)
        inventory = found.flag === 1
        break
      case Key.prebid:
        at = readPrebid(at)
        prebid = isPrebidRewarded
        break
      case Key.billing_id:
        at = readBillingIds(at, impression)
        break
      default:
        at = skip(at)
    }
  }
  isExtensionRewarded = rewarded || inventory || prebid
  return at
}

let isPrebidRewarded = false

function readPrebid(at: number): number {
  isPrebidRewarded = false
  if (bytes[at] !== openBrace) return skip(at)
  for (at = enter(at); found.key > 0; at = next(at)) {
    if (found.key === Key.is_rewarded_inventory) {
      at = readFlag(at)
      isPrebidRewarded = found.flag === 1
    } else at = skip(at)
  }
  return at
}

function readBillingIds(at: number, impression: Impression): number {
  impression.billingId = ''
  if (bytes[at] !== openBracket) return skip(at)
  const start = firstItem(at)
  for (at = start; isItem(at); at = nextItem(at))
    if (at === start) {
      at = readName(at)
      impression.billingId = found.text
    } else at = skip(at)
  return endItems(at)
}
