/** What is for sale: Imp, Pmp, Deal. Cases are tags: `field << 3 | wire type`. */
import { clearDeal, clearImpression } from '../clear.js'
import { countOf, floorMicros } from '../complete.js'
import type { Deal } from '../offers.js'
import { bitOf, dealCountMax } from '../offers.js'
import type { Impression } from '../request.js'
import { readAudio } from './audio.js'
import { endBanner, readBanner } from './banner.js'
import type { ImpressionDraft } from './draft.js'
import { caches } from './draft.js'
import { readDurationFloor } from './duration-floor.js'
import { faultOfMedia } from './media.js'
import { endNative, readNative } from './native.js'
import type { ProtobufReader } from './reader.js'
import { readVideo } from './video.js'

/** @returns the fault, after `imp[n]`; '' where there is none. */
export function readImpression(
  reader: ProtobufReader,
  impression: Impression,
  draft: ImpressionDraft,
): string {
  const end = reader.open()
  clearImpression(impression)
  draft.begin()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x0a: // id
        impression.id = reader.id()
        draft.idFault = reader.idFault
        break
      case 0x12: // banner
        readBanner(reader, impression, draft)
        break
      case 0x1a: // video
        readVideo(reader, impression.video, draft)
        break
      case 0x30: // instl
        impression.interstitial = reader.bool()
        break
      case 0x41: // bidfloor
        impression.floorCpmMicros = floorMicros(reader.double())
        break
      case 0x4a: // bidfloorcur
        impression.floorCurrency = reader.cached(caches.upperCase) || 'USD'
        break
      case 0x5a: // pmp
        readPmp(reader, impression)
        break
      case 0x60: // secure
        draft.secure = reader.bool() ? 1 : 0
        break
      case 0x6a: // native
        readNative(reader, impression.native, draft)
        break
      case 0x70: // exp
        impression.expirySeconds = countOf(reader.int())
        break
      case 0x7a: // audio
        readAudio(reader, impression.audio, draft)
        break
      case 0x90: // rwdd
        draft.rewarded = reader.bool() ? 1 : 0
        break
      case 0x1f8a: // Google's extension, 1009
        readImpressionExt(reader, impression, draft)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
  impression.rewarded = draft.rewarded === -1 ? draft.isRewardedForGoogle : draft.rewarded === 1
  endBanner(impression, draft)
  endNative(reader, impression.native, draft)
  if (draft.videoProtocol !== -1) impression.video.protocols |= bitOf(draft.videoProtocol)
  if (draft.idFault !== '') return `.id${draft.idFault}`
  return (
    draft.fault ||
    faultOfMedia(impression.video, draft.videoSequence, '.video') ||
    faultOfMedia(impression.audio, draft.audioSequence, '.audio')
  )
}

function readImpressionExt(
  reader: ProtobufReader,
  impression: Impression,
  draft: ImpressionDraft,
): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x08: // billing_id
        if (impression.billingId === '') impression.billingId = reader.long()
        else reader.skip(tag)
        break
      case 0x0a: // billing_id, packed
        readBillingIds(reader, impression)
        break
      case 0x38: // is_rewarded_inventory
        draft.isRewardedForGoogle = reader.bool()
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

function readBillingIds(reader: ProtobufReader, impression: Impression): void {
  const end = reader.open()
  if (impression.billingId === '' && reader.at < end) impression.billingId = reader.long()
  // The others aren't looked at, but they must not go past their end either.
  while (reader.at < end) reader.bool()
  reader.close(end)
}

function readPmp(reader: ProtobufReader, impression: Impression): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x08: // private_auction
        impression.dealsOnly = reader.bool()
        break
      case 0x12: // deals
        if (impression.dealCount === dealCountMax) reader.skip(tag)
        else {
          const deal = impression.dealAt(impression.dealCount)
          readDeal(reader, deal)
          if (deal.id !== '') impression.dealCount++
        }
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

function readDeal(reader: ProtobufReader, deal: Deal): void {
  clearDeal(deal)
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x0a: // id
        deal.id = reader.cached(caches.name)
        break
      case 0x11: // bidfloor
        deal.floorCpmMicros = floorMicros(reader.double())
        break
      case 0x1a: // bidfloorcur
        deal.floorCurrency = reader.cached(caches.upperCase) || 'USD'
        break
      case 0x22: // wseat
        reader.cachedInto(deal.seats, caches.asIs)
        break
      case 0x2a: // wadomain
        reader.cachedInto(deal.advertiserDomains, caches.domain)
        break
      case 0x30: // at
        deal.auctionType = countOf(reader.int())
        break
      case 0x38: // guar
        deal.isGuaranteed = reader.int() === 1
        break
      case 0x41: // mincpmpersec
        deal.minCpmPerSecondMicros = floorMicros(reader.double())
        break
      case 0x4a: // durfloors
        readDurationFloor(reader, deal.durationFloors)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}
