import { clearDeal, clearImpression } from './clear.js'
import { floorMicros } from './complete.js'
import { knownIdAt, knownNameAt, knownTextAt, knownTextsAt, Normal } from './json-known-texts.js'
import {
  after,
  inside,
  isAbsent,
  isList,
  isObject,
  keyAt,
  Key as keys,
  memberOf,
} from './json-tape.js'
import { countAt, faultOfId, flagAt, isSetAt, nameAt, numberAt } from './json-values.js'
import { readNative } from './native-request.js'
import { dealCountMax } from './offers.js'
import { readBanner } from './parse-banner.js'
import { readDurationFloors, readMedia } from './parse-media.js'
import type { Impression } from './request.js'

const Key = keys
const Form = Normal

/**
 * One of `imp`.
 *
 * @param isPageSecure decides where the impression doesn't say that assets must come over https.
 * @returns '' or the fault, its path within the impression.
 */
export function readImpression(
  from: number,
  impression: Impression,
  isPageSecure: boolean,
): string {
  clearImpression(impression)
  if (!isObject(from)) return ': must be an object'
  let id = 0
  let banner = 0
  let video = 0
  let audio = 0
  let native = 0
  let pmp = 0
  let ext = 0
  let secure = -1
  let rewarded = -1
  const end = after(from)
  for (let at = inside(from); at < end; at = after(at))
    switch (keyAt(at)) {
      case Key.id:
        id = at
        break
      case Key.banner:
        banner = at
        break
      case Key.video:
        video = at
        break
      case Key.audio:
        audio = at
        break
      case Key.native:
        native = at
        break
      case Key.pmp:
        pmp = at
        break
      case Key.ext:
        ext = at
        break
      case Key.bidfloor:
        impression.floorCpmMicros = floorMicros(numberAt(at))
        break
      case Key.bidfloorcur:
        impression.floorCurrency = knownTextAt(at, Form.upper) || 'USD'
        break
      case Key.secure:
        secure = flagAt(at)
        break
      case Key.instl:
        impression.interstitial = isSetAt(at)
        break
      case Key.rwdd:
        rewarded = flagAt(at)
        break
      case Key.exp:
        impression.expirySeconds = countAt(at)
        break
    }
  impression.id = knownIdAt(id)
  const idFault = faultOfId(id, impression.id)
  if (idFault !== '') return `.id${idFault}`
  impression.secure = secure === -1 ? isPageSecure : secure === 1
  impression.rewarded = rewarded === -1 ? isRewarded(ext, video) : rewarded === 1
  if (isObject(ext)) impression.billingId = firstName(memberOf(ext, Key.billing_id))
  if (!isObject(banner) && !isAbsent(banner)) return '.banner: must be an object'
  if (!isObject(video) && !isAbsent(video)) return '.video: must be an object'
  if (!isObject(audio) && !isAbsent(audio)) return '.audio: must be an object'
  if (!isObject(native) && !isAbsent(native)) return '.native: must be an object'
  if (!isObject(pmp) && !isAbsent(pmp)) return '.pmp: must be an object'
  if (isObject(pmp)) readPrivateMarket(pmp, impression)
  readNative(native, impression.native)
  return readFormats(banner, video, audio, impression)
}

function readFormats(banner: number, video: number, audio: number, impression: Impression): string {
  const bannerFault = readBanner(banner, impression)
  if (bannerFault !== '') return `.banner${bannerFault}`
  const videoFault = readMedia(video, impression.video)
  if (videoFault !== '') return `.video${videoFault}`
  const audioFault = readMedia(audio, impression.audio)
  return audioFault === '' ? '' : `.audio${audioFault}`
}

/** Exchanges say in places of their own that the person gets something for watching. */
function isRewarded(ext: number, video: number): boolean {
  if (isObject(ext)) {
    if (isSetAt(memberOf(ext, Key.rewarded))) return true
    if (isSetAt(memberOf(ext, Key.is_rewarded_inventory))) return true
    if (isSetAt(memberOf(memberOf(ext, Key.prebid), Key.is_rewarded_inventory))) return true
  }
  return isObject(video) && isSetAt(memberOf(memberOf(video, Key.ext), Key.rewarded))
}

function firstName(list: number): string {
  return isList(list) && inside(list) < after(list) ? nameAt(inside(list)) : ''
}

function readPrivateMarket(pmp: number, impression: Impression): void {
  impression.dealsOnly = isSetAt(memberOf(pmp, Key.private_auction))
  const deals = memberOf(pmp, Key.deals)
  if (!isList(deals)) return
  const end = after(deals)
  for (let at = inside(deals); at < end; at = after(at))
    if (isObject(at) && impression.dealCount < dealCountMax) readDeal(at, impression)
}

/** One without an id couldn't be named in a bid: it is left out. */
function readDeal(from: number, impression: Impression): void {
  const deal = impression.dealAt(impression.dealCount)
  clearDeal(deal)
  const end = after(from)
  for (let at = inside(from); at < end; at = after(at))
    switch (keyAt(at)) {
      case Key.id:
        deal.id = knownNameAt(at)
        break
      case Key.bidfloor:
        deal.floorCpmMicros = floorMicros(numberAt(at))
        break
      case Key.bidfloorcur:
        deal.floorCurrency = knownTextAt(at, Form.upper) || 'USD'
        break
      case Key.at:
        deal.auctionType = countAt(at)
        break
      case Key.wseat:
        knownTextsAt(at, deal.seats, Form.asIs)
        break
      case Key.wadomain:
        knownTextsAt(at, deal.advertiserDomains, Form.domain)
        break
      case Key.guar:
        deal.isGuaranteed = isSetAt(at)
        break
      case Key.mincpmpersec:
        deal.minCpmPerSecondMicros = floorMicros(numberAt(at))
        break
      case Key.durfloors:
        readDurationFloors(at, deal.durationFloors)
        break
    }
  if (deal.id !== '') impression.dealCount++
}
