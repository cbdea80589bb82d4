/**
 * What a request says before it is known whether it counts: fields come in any order, the same message
 * may come in parts, and of what stands in two places one goes first. Filled anew for each request.
 */
import { bareDomain, languageOf, lowerCase, upperCase } from '../complete.js'
import { alpha3 } from '../country.js'
import { systemOf } from '../device.js'
import type { Applies } from '../request.js'
import { idLengthMax, impressionCountMax } from '../request.js'
import { TextCache } from './text-cache.js'

/** Texts that requests have in common. Ids of people, addresses and pages are in none of them. */
export const caches = {
  asIs: new TextCache((text) => text),
  name: new TextCache((text) => (text.length > idLengthMax ? '' : text)),
  domain: new TextCache(bareDomain),
  upperCase: new TextCache(upperCase),
  lowerCase: new TextCache(lowerCase),
  language: new TextCache(languageOf),
  country: new TextCache(alpha3),
  system: new TextCache(systemOf),
} as const

export class Draft {
  /** `path: reason` of what can't be, the first that was found; '' where all is well. */
  fault = ''
  idFault = ''
  /** `wlangb`, which counts where `wlang` is absent. */
  readonly otherLanguages: string[] = []

  /** By impression: `secure` as said, -1 where it isn't. */
  readonly secure = new Int8Array(impressionCountMax)
  impression: ImpressionDraft = new ImpressionDraft()

  /** Where `site.page` lies in the body; 0, 0 where it isn't. */
  pageStart = 0
  pageEnd = 0

  region = ''
  os = ''
  platform = ''
  /** Google's own description of the browser, before `sua` was there. */
  googlePlatform = ''
  ipv6 = ''
  screenWidth = 0
  screenHeight = 0
  pixelsPerInch = 0
  accuracy = 0

  consent = ''
  extConsent = ''
  hasOwnEids = false
  readonly uidIds: string[] = []
  extGdpr: Applies = -1
  /** Where the supply chain was found: 0 nowhere, 1 in Google's extension, 2 in `source`. */
  schainRank = 0

  begin(): void {
    this.fault = ''
    this.idFault = ': must be a string'
    this.otherLanguages.length = 0
    this.pageStart = 0
    this.pageEnd = 0
    this.region = ''
    this.os = ''
    this.platform = ''
    this.googlePlatform = ''
    this.ipv6 = ''
    this.screenWidth = 0
    this.screenHeight = 0
    this.pixelsPerInch = 0
    this.accuracy = 0
    this.consent = ''
    this.extConsent = ''
    this.hasOwnEids = false
    this.extGdpr = -1
    this.schainRank = 0
  }
}

/** The same for one impression. */
export class ImpressionDraft {
  /** What can't be, after `imp[n]`; '' where all is well. The id's is its last one's. */
  fault = ''
  idFault = ''
  secure: Applies = -1
  rewarded: Applies = -1
  isRewardedForGoogle = false
  bannerWidth = 0
  bannerHeight = 0
  hasBanner = false
  hasBannerMimes = false
  /** `video.protocol`, one value, before `protocols`. */
  videoProtocol = -1
  videoSequence = 0
  audioSequence = 0
  /** `native`, and a request within it: as text, which goes first and lies there in the body. */
  hasNative = false
  hasNativeText = false
  nativeStart = 0
  nativeEnd = 0
  /** `native.ver`, and the one that the request within it names; 0 where it names none. */
  nativeVersion = 0
  requestVersion = 0
  /** Assets asked for, also those past the most that are kept. */
  assetCount = 0

  begin(): void {
    this.fault = ''
    this.idFault = ': must be a string'
    this.secure = -1
    this.rewarded = -1
    this.isRewardedForGoogle = false
    this.bannerWidth = 0
    this.bannerHeight = 0
    this.hasBanner = false
    this.hasBannerMimes = false
    this.videoProtocol = -1
    this.videoSequence = 0
    this.audioSequence = 0
    this.hasNative = false
    this.hasNativeText = false
    this.nativeStart = 0
    this.nativeEnd = 0
    this.nativeVersion = 0
    this.requestVersion = 0
    this.assetCount = 0
  }
}
