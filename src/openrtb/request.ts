/**
 * A bid request as bidding reads it: flat, every field always set and keeping its type, so that all
 * requests share one shape. `parse` (JSON) and `parseProtobuf` fill the same object again for each
 * request; nothing here outlives the answer.
 */
import { Deal, MediaOffer, NativeOffer } from './offers.js'

export const impressionCountMax = 64
export const sizeCountMax = 32
/** Longest list of categories, domains, currencies … that is looked at; the rest is ignored. */
export const listCountMax = 1_024
export const eidCountMax = 32
export const schainNodeCountMax = 32
/** Longest id, in UTF-16 units: what must come back byte for byte and would be a fault otherwise. */
export const idLengthMax = 2_048
/** Longest other text that is kept. */
export const textLengthMax = 8_192
/** What a text that is too long to be kept is read as, where its absence would say something else. */
export const unreadable = '?'

export const AuctionType = { firstPrice: 1, secondPrice: 2, fixedPrice: 3 } as const

/** What shows the impression. */
export const PlaceKind = { unknown: 0, site: 1, app: 2, dooh: 3 } as const

/** `gdpr`: whether the exchange says that the law applies; -1 where it says nothing. */
export type Applies = -1 | 0 | 1

export class Impression {
  id = ''

  /** A banner is offered in at least one exact size. */
  hasBanner = false
  /** Sizes offered, each `width << 16 | height` in device-independent pixels. */
  readonly sizeKeys = new Int32Array(sizeCountMax)
  sizeCount = 0
  /** `banner.pos`: 0 unknown, 1 above the fold, 3 below, 7 full screen (OpenRTB 2.6, list 5.4). */
  position = 0
  /** Bits of `banner.btype`, `battr`, `api`. */
  blockedBannerTypes = 0
  blockedAttributes = 0
  apis = 0
  /** Bits of base/mime; `anyMime` where the banner names none. */
  bannerMimes = 0

  readonly video = new MediaOffer()
  readonly audio = new MediaOffer()
  readonly native = new NativeOffer()

  /** Least accepted for 1,000 impressions, in micros of `floorCurrency`; 0 where there is none. */
  floorCpmMicros = 0
  floorCurrency = 'USD'
  /** Every asset must come over https: asked for, or not said and the page is loaded over https. */
  secure = false
  interstitial = false
  /** The person gets something for watching (`rwdd`). */
  rewarded = false
  /** Seconds that may pass between the auction and the impression; 0 where it isn't said. */
  expirySeconds = 0
  /** Only bids under a deal are taken (`pmp.private_auction`). */
  dealsOnly = false
  /** The first `dealCount` hold; grown by `dealAt`. */
  readonly deals: Deal[] = []
  dealCount = 0
  /** Google's `imp.ext.billing_id`, the first; '' elsewhere. */
  billingId = ''

  /** @param index below `dealCountMax`. */
  dealAt(index: number): Deal {
    while (this.deals.length <= index) this.deals.push(new Deal())
    return this.deals[index]!
  }
}

export class BidRequest {
  id = ''
  /** The first `impressionCount` hold; grown by `impressionAt`. */
  readonly impressions: Impression[] = []
  impressionCount = 0
  /** 1 first price, 2 second price plus, others as the exchange has it; 0 where it isn't said. */
  auctionType = 0
  /** What the exchange allows, network included; 0 where it doesn't say. */
  tmaxMs = 0
  test = false
  /** Currencies that may be bid in, upper case; none where the request names none. */
  readonly currencies: string[] = []
  /** Blocked advertiser categories as sent, meaningful in taxonomy `categoryTaxonomy`. */
  readonly blockedCategories: string[] = []
  readonly allowedCategories: string[] = []
  categoryTaxonomy = 1
  /** Blocked advertiser domains, lower case, without `www.`. */
  readonly blockedDomains: string[] = []
  /** Blocked advertised apps, by their id in the store. */
  readonly blockedApps: string[] = []
  readonly allowedSeats: string[] = []
  readonly blockedSeats: string[] = []
  /** Languages that creatives may be in (`wlang`, `wlangb`): lower case, up to the first `-`. */
  readonly languages: string[] = []

  /** One of `PlaceKind`. Where both are sent, a site: what a web view inside of an app shows. */
  place = 0
  /** `id` of the site, app or screen; and of its publisher. '' where absent. */
  placeId = ''
  publisherId = ''
  /** Host that shows the page, lower case, without `www.`; '' where unknown or an app. */
  domain = ''
  /** App id in its store; '' elsewhere. */
  bundle = ''
  /** Content categories of site, section and page, or of the app. */
  readonly categories: string[] = []

  /** ISO 3166-1 alpha-3, upper case; two letters are read as what they stand for; '' where absent. */
  country = ''
  /** `country:region`, upper case, as in `POL:14`; '' where either is absent. */
  region = ''
  /** OpenRTB 2.6, list 5.21: 1 mobile or tablet, 2 computer, 3 TV, 4 phone, 5 tablet …; 0 unknown. */
  deviceType = 0
  /** `ios`, `android`, `windows`, `macos`, `linux`, another name in lower case, or ''. */
  os = ''
  /** `device.ua` as sent; '' where absent. */
  userAgent = ''
  /** IPv4 or IPv6 as sent; '' where absent. Compared with blocked networks, never kept or logged. */
  ip = ''

  /** `user.buyeruid`: our id for this browser or device as the exchange keeps it; '' where absent. */
  buyerUid = ''
  /** `user.id`: the exchange's own. */
  userId = ''
  /** `device.ifa`, lower case; '' where absent or all zeros. */
  ifa = ''
  /** `user.eids`: pairs of a source in lower case and an id there, one for each uid. */
  readonly eidSources: string[] = []
  readonly eidIds: string[] = []

  gdpr: Applies = -1
  coppa = false
  doNotTrack = false
  limitAdTracking = false
  /** Global Privacy Control (`regs.ext.gpc`, as browsers send it). */
  globalPrivacyControl = false
  /** TCF consent string as sent; '' where absent, `unreadable` where it is too long to be one. */
  tcString = ''
  /** US Privacy string, or ''. */
  usPrivacy = ''
  gpp = ''
  /** Bits of `gpp_sid`: bit n for section n, bit 0 for one that we don't know (it is restrictive). */
  gppSections = 0
  /** `regs.ext.dsa`: 0 not required, 1 supported, 2 required, 3 required of a platform. */
  dsaRequired = 0
  /** `pubrender`: 0 the publisher can't show it, 1 may, 2 will. */
  dsaPublisherRenders = 0

  /** `schain.complete`; -1 where there is no chain. Nodes from the owner on, as pairs. */
  schainComplete: Applies = -1
  readonly schainSystems: string[] = []
  readonly schainSellers: string[] = []

  /** @param index below `impressionCountMax`. */
  impressionAt(index: number): Impression {
    while (this.impressions.length <= index) this.impressions.push(new Impression())
    return this.impressions[index]!
  }
}
