/** The plain reader's part for what an impression offers. */

import { anyMime } from '../../src/base/mime.js'
import {
  clearAsset,
  clearBanner,
  clearDeal,
  clearMedia,
  clearNative,
} from '../../src/openrtb/clear.js'
import {
  addCompanionSize,
  addDurationFloor,
  addSize,
  bareDomain,
  floorMicros,
  nativeVersionOf,
  upperCase,
  wholeOr,
} from '../../src/openrtb/complete.js'
import type { AssetRequest, Deal, MediaOffer, NativeOffer } from '../../src/openrtb/offers.js'
import {
  AssetKind,
  assetCountMax,
  dealCountMax,
  durationCountMax,
  noAssetId,
} from '../../src/openrtb/offers.js'
import type { Impression } from '../../src/openrtb/request.js'
import type { Json } from './reference-values.js'
import {
  applies,
  asIs,
  bits,
  count,
  isNegative,
  isObject,
  isSet,
  listIn,
  mimes,
  name,
  numberOr,
  objectIn,
  positive,
  text,
  texts,
} from './reference-values.js'

export function readBanner(banner: Json | undefined, impression: Impression): string {
  clearBanner(impression)
  if (banner === undefined) return ''
  impression.position = count(banner['pos'])
  impression.blockedBannerTypes = bits(banner['btype'])
  impression.blockedAttributes = bits(banner['battr'])
  impression.apis = bits(banner['api'])
  impression.bannerMimes = mimes(banner['mimes'], anyMime)
  let isRatioNegative = false
  for (const format of listIn(banner, 'format')) {
    if (!isObject(format)) continue
    addSize(impression, numberOr(format['w'], 0), numberOr(format['h'], 0))
    if ([format['wratio'], format['hratio'], format['wmin']].some(isNegative))
      isRatioNegative = true
  }
  // Where both are sent and differ, `w` and `h` are one more size that the slot takes.
  addSize(impression, numberOr(banner['w'], 0), numberOr(banner['h'], 0))
  impression.hasBanner = impression.sizeCount > 0
  for (const field of ['w', 'h'])
    if (isNegative(banner[field])) return `.${field}: must not be negative`
  return isRatioNegative ? '.format: wmin, wratio and hratio must not be negative' : ''
}

export function readMedia(media: Json | undefined, offer: MediaOffer): string {
  clearMedia(offer)
  if (media === undefined) return ''
  offer.isOffered = mimes(media['mimes'], -1) !== -1
  offer.mimes = mimes(media['mimes'], 0)
  offer.minDurationS = positive(media['minduration'])
  offer.maxDurationS = positive(media['maxduration']) || Number.POSITIVE_INFINITY
  for (const duration of listIn(media, 'rqddurs'))
    if (positive(duration) > 0 && offer.requiredDurationCount < durationCountMax)
      offer.requiredDurationsS[offer.requiredDurationCount++] = positive(duration)
  offer.protocols = bits(media['protocols']) | bits(media['protocol'])
  offer.width = count(media['w'])
  offer.height = count(media['h'])
  offer.startDelay = wholeOr(numberOr(media['startdelay'], -3), -3)
  offer.linearity = count(media['linearity'])
  offer.skip = applies(media['skip'])
  offer.skipMinS = positive(media['skipmin'])
  offer.skipAfterS = positive(media['skipafter'])
  offer.plcmt = count(media['plcmt'])
  offer.placement = count(media['placement'])
  offer.minBitrateKbps = count(media['minbitrate'])
  offer.maxBitrateKbps = count(media['maxbitrate'])
  offer.delivery = bits(media['delivery'])
  offer.blockedAttributes = bits(media['battr'])
  offer.apis = bits(media['api'])
  offer.position = count(media['pos'])
  for (const companion of listIn(media, 'companionad')) {
    if (!isObject(companion)) continue
    for (const format of listIn(companion, 'format'))
      if (isObject(format))
        addCompanionSize(offer, numberOr(format['w'], 0), numberOr(format['h'], 0))
    addCompanionSize(offer, numberOr(companion['w'], 0), numberOr(companion['h'], 0))
  }
  offer.companionTypes = bits(media['companiontype'])
  offer.podId = name(media['podid'])
  offer.podDurationS = positive(media['poddur'])
  offer.maxSequence = count(media['maxseq'])
  offer.podDedupe = bits(media['poddedupe'])
  offer.minCpmPerSecondMicros = floorMicros(numberOr(media['mincpmpersec'], 0))
  readDurationFloors(media, offer)
  for (const field of [
    'w',
    'h',
    'minduration',
    'maxduration',
    'minbitrate',
    'maxbitrate',
    'sequence',
    'maxseq',
  ])
    if (isNegative(media[field])) return `.${field}: must not be negative`
  return ''
}

function readDurationFloors(from: Json, into: MediaOffer | Deal): void {
  into.durationFloors.count = 0
  for (const floor of listIn(from, 'durfloors'))
    if (isObject(floor))
      addDurationFloor(
        into.durationFloors,
        numberOr(floor['mindur'], 0),
        numberOr(floor['maxdur'], 0),
        numberOr(floor['bidfloor'], 0),
      )
}

export function readDeals(pmp: Json, impression: Impression): void {
  impression.dealsOnly = isSet(pmp['private_auction'])
  impression.dealCount = 0
  for (const from of listIn(pmp, 'deals')) {
    if (!isObject(from) || name(from['id']) === '' || impression.dealCount === dealCountMax)
      continue
    const deal = impression.dealAt(impression.dealCount++)
    clearDeal(deal)
    deal.id = name(from['id'])
    deal.floorCpmMicros = floorMicros(numberOr(from['bidfloor'], 0))
    deal.floorCurrency = upperCase(text(from['bidfloorcur'])) || 'USD'
    deal.auctionType = count(from['at'])
    texts(from['wseat'], deal.seats, asIs)
    texts(from['wadomain'], deal.advertiserDomains, bareDomain)
    deal.isGuaranteed = isSet(from['guar'])
    deal.minCpmPerSecondMicros = floorMicros(numberOr(from['mincpmpersec'], 0))
    readDurationFloors(from, deal)
  }
}

export function readNative(native: Json | undefined, offer: NativeOffer): void {
  clearNative(offer)
  if (native === undefined) return
  offer.blockedAttributes = bits(native['battr'])
  offer.apis = bits(native['api'])
  const outer = nativeRequest(native)
  const request = isObject(outer['native']) ? outer['native'] : outer
  const assets = listIn(request, 'assets')
  const objects = assets.filter(isObject)
  if (objects.length === 0 || objects.length > assetCountMax) return
  offer.isOffered = true
  offer.isWrapped = request !== outer
  offer.version = version(request['ver']) || version(native['ver']) || 12
  offer.context = count(request['context'])
  offer.placementType = count(request['plcmttype'])
  offer.wantsPrivacy = isSet(request['privacy'])
  for (const tracker of listIn(request, 'eventtrackers')) {
    if (!isObject(tracker)) continue
    const event = numberOr(tracker['event'], 0)
    if (event === 1) offer.impressionMethods |= bits(tracker['methods'])
    if (event === 2) offer.viewableMethods |= bits(tracker['methods'])
  }
  for (const asset of objects) readAsset(asset, offer.assetAt(offer.assetCount++))
}

/** The first that is there: as text, as an object, as a message's twin, or without a carrier. */
function nativeRequest(native: Json): Json {
  const request = native['request']
  if (isObject(request)) return request
  if (typeof request === 'string')
    try {
      const parsed: unknown = JSON.parse(request)
      return isObject(parsed) ? parsed : {}
    } catch {
      return {}
    }
  return isObject(native['request_native']) ? native['request_native'] : native
}

function version(value: unknown): number {
  return nativeVersionOf(typeof value === 'number' ? String(value) : text(value))
}

function readAsset(from: Json, asset: AssetRequest): void {
  clearAsset(asset, anyMime)
  asset.id = wholeOr(numberOr(from['id'], noAssetId), noAssetId)
  asset.isRequired = isSet(from['required'])
  const kinds = ['title', 'img', 'data', 'video'].filter((kind) => isObject(from[kind]))
  if (kinds.length !== 1) return
  const [kind] = kinds
  const title = objectIn(from, 'title')
  const image = objectIn(from, 'img')
  const data = objectIn(from, 'data')
  if (kind === 'title') asset.kind = AssetKind.title
  if (kind === 'video') asset.kind = AssetKind.video
  asset.lengthMax = count(title['len'])
  if (kind === 'data') {
    asset.kind = AssetKind.data
    asset.type = count(data['type'])
    asset.lengthMax = count(data['len'])
  }
  if (kind === 'img') {
    asset.kind = AssetKind.image
    asset.type = count(image['type'])
    asset.width = count(image['w'])
    asset.height = count(image['h'])
    asset.minWidth = count(image['wmin'])
    asset.minHeight = count(image['hmin'])
    asset.mimes = mimes(image['mimes'], anyMime)
  }
}
