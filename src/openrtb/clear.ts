/** Objects of an earlier request made as new, by part: a reader fills only what its request has. */
import type { AssetRequest, Deal, MediaOffer, NativeOffer } from './offers.js'
import { noAssetId } from './offers.js'
import type { BidRequest, Impression } from './request.js'

/** All but the impressions, which are cleared when they begin. */
export function clearRequest(request: BidRequest): void {
  request.id = ''
  request.impressionCount = 0
  request.auctionType = 0
  request.tmaxMs = 0
  request.test = false
  empty(request.currencies)
  empty(request.blockedCategories)
  empty(request.allowedCategories)
  request.categoryTaxonomy = 1
  empty(request.blockedDomains)
  empty(request.blockedApps)
  empty(request.allowedSeats)
  empty(request.blockedSeats)
  empty(request.languages)
  clearPlace(request)
  clearDevice(request)
  clearUser(request)
  clearRegulations(request)
  clearSchain(request)
}

export function clearPlace(request: BidRequest): void {
  request.place = 0
  request.placeId = ''
  request.publisherId = ''
  request.domain = ''
  request.bundle = ''
  empty(request.categories)
}

export function clearDevice(request: BidRequest): void {
  request.country = ''
  request.region = ''
  request.deviceType = 0
  request.os = ''
  request.userAgent = ''
  request.ip = ''
  request.ifa = ''
  request.doNotTrack = false
  request.limitAdTracking = false
}

export function clearUser(request: BidRequest): void {
  request.buyerUid = ''
  request.userId = ''
  request.tcString = ''
  clearEids(request)
}

export function clearEids(request: BidRequest): void {
  empty(request.eidSources)
  empty(request.eidIds)
}

export function clearRegulations(request: BidRequest): void {
  request.gdpr = -1
  request.coppa = false
  request.globalPrivacyControl = false
  request.usPrivacy = ''
  request.gpp = ''
  request.gppSections = 0
  request.dsaRequired = 0
  request.dsaPublisherRenders = 0
}

export function clearSchain(request: BidRequest): void {
  request.schainComplete = -1
  empty(request.schainSystems)
  empty(request.schainSellers)
}

export function clearImpression(impression: Impression): void {
  impression.id = ''
  clearBanner(impression)
  clearMedia(impression.video)
  clearMedia(impression.audio)
  clearNative(impression.native)
  impression.floorCpmMicros = 0
  impression.floorCurrency = 'USD'
  impression.secure = false
  impression.interstitial = false
  impression.rewarded = false
  impression.expirySeconds = 0
  clearDeals(impression)
  impression.billingId = ''
}

export function clearBanner(impression: Impression): void {
  impression.hasBanner = false
  impression.sizeCount = 0
  impression.position = 0
  impression.blockedBannerTypes = 0
  impression.blockedAttributes = 0
  impression.apis = 0
  impression.bannerMimes = 0
}

export function clearDeals(impression: Impression): void {
  impression.dealsOnly = false
  impression.dealCount = 0
}

export function clearMedia(media: MediaOffer): void {
  media.isOffered = false
  media.mimes = 0
  media.minDurationS = 0
  media.maxDurationS = Number.POSITIVE_INFINITY
  media.requiredDurationCount = 0
  media.protocols = 0
  media.width = 0
  media.height = 0
  media.startDelay = -3
  media.linearity = 0
  media.skip = -1
  media.skipMinS = 0
  media.skipAfterS = 0
  media.plcmt = 0
  media.placement = 0
  media.minBitrateKbps = 0
  media.maxBitrateKbps = 0
  media.delivery = 0
  media.blockedAttributes = 0
  media.apis = 0
  media.position = 0
  media.companionSizeCount = 0
  media.companionTypes = 0
  media.podId = ''
  media.podDurationS = 0
  media.maxSequence = 0
  media.podDedupe = 0
  media.minCpmPerSecondMicros = 0
  media.durationFloors.count = 0
}

export function clearNative(native: NativeOffer): void {
  native.isOffered = false
  native.version = 12
  native.isWrapped = false
  native.context = 0
  native.placementType = 0
  native.assetCount = 0
  native.impressionMethods = 0
  native.viewableMethods = 0
  native.wantsPrivacy = false
  native.blockedAttributes = 0
  native.apis = 0
}

/** @param mimes `anyMime` for an asset that may be of any. */
export function clearAsset(asset: AssetRequest, mimes: number): void {
  asset.id = noAssetId
  asset.isRequired = false
  asset.kind = 0
  asset.type = 0
  asset.lengthMax = 0
  asset.width = 0
  asset.height = 0
  asset.minWidth = 0
  asset.minHeight = 0
  asset.mimes = mimes
}

export function clearDeal(deal: Deal): void {
  deal.id = ''
  deal.floorCpmMicros = 0
  deal.floorCurrency = 'USD'
  deal.auctionType = 0
  empty(deal.seats)
  empty(deal.advertiserDomains)
  deal.isGuaranteed = false
  deal.minCpmPerSecondMicros = 0
  deal.durationFloors.count = 0
}

/** Item by item, which keeps the list's room: to set its length would give that up, and cost more. */
export function empty(list: string[]): void {
  while (list.length !== 0) list.pop()
}
