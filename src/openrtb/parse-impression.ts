import { clearBanner, clearDeals, clearImpression, clearMedia, clearNative } from './clear.js'
import { countOf, floorMicros } from './complete.js'
import { keyNumbers } from './json-keys.js'
import { knownTextRead, Normal, readKnownText } from './json-known-texts.js'
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
  flagRead,
  IdFault,
  idFaultRead,
  isAbsent,
  numberRead,
  readFlag,
  readId,
  readName,
  readNumber,
  textRead,
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
const bytes = memoryBytes

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
  for (at = firstMember(at); bytes[at] === quote; at = nextMember(at)) {
    at = memberValue(at)
    switch (memberKey()) {
      case 0:
        at = skip(at)
        break
      case Key.id:
        at = readId(at)
        impression.id = textRead()
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
        impression.floorCpmMicros = floorMicros(numberRead())
        break
      case Key.bidfloorcur:
        at = readKnownText(at, Form.upper)
        impression.floorCurrency = knownTextRead() || 'USD'
        break
      case Key.secure:
        at = readFlag(at)
        secure = flagRead()
        break
      case Key.instl:
        at = readFlag(at)
        impression.interstitial = flagRead() === 1
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
        rewarded = flagRead()
        break
      case Key.exp:
        at = readNumber(at)
        impression.expirySeconds = countOf(numberRead())
        break
      default:
        at = skip(at)
    }
  }
  impression.rewarded = rewarded === -1 ? isExtensionRewarded || isVideoRewarded : rewarded === 1
  faults = own | banner | video | audio
  return endMembers(at)
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
  for (at = firstMember(at); bytes[at] === quote; at = nextMember(at)) {
    at = memberValue(at)
    switch (memberKey()) {
      case 0:
        at = skip(at)
        break
      case Key.rewarded:
        at = readFlag(at)
        rewarded = flagRead() === 1
        break
      case Key.is_rewarded_inventory:
        at = readFlag(at)
        inventory = flagRead() === 1
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
  return endMembers(at)
}

let isPrebidRewarded = false

function readPrebid(at: number): number {
  isPrebidRewarded = false
  if (bytes[at] !== openBrace) return skip(at)
  for (at = firstMember(at); bytes[at] === quote; at = nextMember(at)) {
    at = memberValue(at)
    if (memberKey() === Key.is_rewarded_inventory) {
      at = readFlag(at)
      isPrebidRewarded = flagRead() === 1
    } else at = skip(at)
  }
  return endMembers(at)
}

function readBillingIds(at: number, impression: Impression): number {
  impression.billingId = ''
  if (bytes[at] !== openBracket) return skip(at)
  const start = firstItem(at)
  for (at = start; isItem(at); at = nextItem(at))
    if (at === start) {
      at = readName(at)
      impression.billingId = textRead()
    } else at = skip(at)
  return endItems(at)
}
