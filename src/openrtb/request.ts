/**
 * A bid request as bidding reads it: flat, every field always set and keeping its type, so that all
 * requests share one shape. `parse` fills the same object again for each request; nothing here
 * outlives the answer.
 */

export const impressionCountMax = 64
export const sizeCountMax = 32
/** Longest list of categories, domains or currencies that is looked at; the rest is ignored. */
export const listCountMax = 1_024

export const AuctionType = { firstPrice: 1, secondPrice: 2, fixedPrice: 3 } as const

/** `gdpr`: whether the exchange says that the law applies; -1 where it says nothing. */
export type Applies = -1 | 0 | 1

export class Impression {
  id = ''
  /** False where nothing that we can serve is offered here (video, native, audio only; no usable size). */
  hasBanner = false
  /** Sizes offered, each `width << 16 | height` in device-independent pixels. */
  readonly sizeKeys = new Int32Array(sizeCountMax)
  sizeCount = 0
  /** Least accepted for 1,000 impressions, in micros of `floorCurrency`; 0 where there is none. */
  floorCpmMicros = 0
  floorCurrency = 'USD'
  /** Every asset must come over https. */
  secure = false
  interstitial = false
  /** `banner.pos`: 0 unknown, 1 above the fold, 3 below, 7 full screen (OpenRTB 2.6, list 5.4). */
  position = 0
  /** Only bids under a deal are taken (`pmp.private_auction`). */
  dealsOnly = false
}

export class BidRequest {
  id = ''
  readonly impressions: Impression[] = []
  impressionCount = 0
  /** 1 first price, 2 second price plus, 3 the floor is the agreed price. */
  auctionType = 2
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
  readonly allowedSeats: string[] = []
  readonly blockedSeats: string[] = []

  isApp = false
  /** Host that shows the page, lower case, without `www.`; '' where unknown or an app. */
  domain = ''
  /** App id in its store; '' on a site. */
  bundle = ''
  /** Content categories of site, section and page, or of the app. */
  readonly categories: string[] = []

  /** ISO 3166-1 alpha-3, upper case; '' where absent. */
  country = ''
  /** `country:region`, upper case, as in `POL:14`; '' where either is absent. */
  region = ''
  /** OpenRTB 2.6, list 5.21: 1 mobile or tablet, 2 computer, 3 TV, 4 phone, 5 tablet …; 0 unknown. */
  deviceType = 0
  /** `ios`, `android`, `windows`, `macos`, `linux`, another name in lower case, or ''. */
  os = ''

  /** Our id for this browser or device (`user.buyeruid`); '' for a stranger. */
  uid = ''
  gdpr: Applies = -1
  coppa = false
  doNotTrack = false
  limitAdTracking = false
  /** US Privacy string, or ''. */
  usPrivacy = ''
  /** Whether any GPP section is said to apply. */
  gppApplies = false

  constructor() {
    for (let i = 0; i < impressionCountMax; i++) this.impressions.push(new Impression())
  }
}
