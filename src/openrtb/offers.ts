/**
 * What an impression offers besides a banner, and under which deals: flat, every field always set,
 * filled again for each request. Lists have a count beside them; what lies beyond it is of an earlier
 * request. Enumerations of OpenRTB are kept as bits: bit `n` stands for value `n` (see `bitOf`).
 */

export const durationCountMax = 16
export const durationFloorCountMax = 16
export const companionSizeCountMax = 16
export const assetCountMax = 32
export const dealCountMax = 32

/** Bit of a listed value; 0 for one that no list of OpenRTB has so far (vendor codes from 500 on, say). */
export const bitOf = (value: number): number =>
  value >= 0 && value < 31 && Number.isInteger(value) ? 1 << value : 0

/** A floor for creatives of a range of durations (`durfloors`): seconds, both ends included. */
export class DurationFloors {
  count = 0
  readonly fromS = new Float64Array(durationFloorCountMax)
  /** `Infinity` where the range has no end. */
  readonly toS = new Float64Array(durationFloorCountMax)
  readonly floorCpmMicros = new Float64Array(durationFloorCountMax)
}

/** `imp.video` or `imp.audio`. What only one of them has keeps its default in the other. */
export class MediaOffer {
  /** False where there is no such object, or one without `mimes`, which nothing can be bid on. */
  isOffered = false
  /** Media types taken, bits of base/mime; 0 where none of them is known to us. */
  mimes = 0
  minDurationS = 0
  /** `Infinity` where there is no limit. */
  maxDurationS = Number.POSITIVE_INFINITY
  /** Exact durations taken (`rqddurs`), instead of the two above; none where not asked for. */
  readonly requiredDurationsS = new Float64Array(durationCountMax)
  requiredDurationCount = 0
  /** Bits of `protocols` (and the deprecated `protocol`); 0 where the exchange names none. */
  protocols = 0
  width = 0
  height = 0
  /** `startdelay`: > 0 second of a mid-roll, 0 pre, -1 mid, -2 post; -3 where absent. */
  startDelay = -3
  /** 1 linear, 2 non-linear; 0 where any. */
  linearity = 0
  /** 1 where the player lets people skip, 0 where not, -1 where it isn't said. */
  skip = -1
  /** Creatives must be longer than this to be skipped, and may be after `skipAfterS`. */
  skipMinS = 0
  skipAfterS = 0
  /** `plcmt` of 2.6: 1 instream, 2 accompanying content, 3 interstitial, 4 standalone …; 0 unknown. */
  plcmt = 0
  /** `placement` of 2.5: 1 in-stream, 2 in-banner, 3 in-article, 4 in-feed, 5 interstitial; 0 unknown. */
  placement = 0
  /** kbit/s; 0 where there is no limit. */
  minBitrateKbps = 0
  maxBitrateKbps = 0
  /** Bits: 1 streaming, 2 progressive, 3 download; 0 where any. */
  delivery = 0
  blockedAttributes = 0
  apis = 0
  position = 0
  /** Sizes of `companionad`, `width << 16 | height`, each once. */
  readonly companionSizeKeys = new Int32Array(companionSizeCountMax)
  companionSizeCount = 0
  /** Bits: 1 static, 2 HTML, 3 iframe; 0 where any. */
  companionTypes = 0
  /** Impressions of one pod share its id; '' outside of pods. */
  podId = ''
  /** Length of a dynamic pod, and most ads in it; 0 where the pod is not dynamic. */
  podDurationS = 0
  maxSequence = 0
  /** Bits of `poddedupe`: 1 advertiser domain, 2 category, 3 creative id, 4 media file, 5 nothing. */
  podDedupe = 0
  /** `mincpmpersec`, in micros of the impression's floor currency; 0 where there is none. */
  minCpmPerSecondMicros = 0
  readonly durationFloors = new DurationFloors()
}

/** Which kind of asset is asked for: exactly one each. */
export const AssetKind = { none: 0, title: 1, image: 2, data: 3, video: 4 } as const

/** `id` of an asset that has none: the answer couldn't name it. */
export const noAssetId = -1

/** One asset of a native request. */
export class AssetRequest {
  id = noAssetId
  isRequired = false
  /** One of `AssetKind`; `none` for one that we can't make out. */
  kind = 0
  /** `img.type` (1 icon or logo, 3 main) or `data.type` (1 sponsored … 12 call to action). */
  type = 0
  /** Most characters of a title or data; 0 where there is no limit. */
  lengthMax = 0
  /** Exact size of an image; 0 where free. */
  width = 0
  height = 0
  /** Least size of an image; 0 where free. */
  minWidth = 0
  minHeight = 0
  /** Media types taken, bits of base/mime; `anyMime` where the request names none. */
  mimes = 0
}

/** `imp.native`: the request within it, whether it came as text or as an object. */
export class NativeOffer {
  /** False where there is none, or none that can be read. */
  isOffered = false
  /** 10, 11 or 12 for 1.0 to 1.2. Named by the request, else by `native.ver`, else 12. */
  version = 12
  /** Came within `{"native": …}`, as 1.0 has it; the answer is then wrapped too. */
  isWrapped = false
  /** 1 content, 2 social, 3 product; 0 unknown. */
  context = 0
  /** `plcmttype`: 1 in feed, 2 atomic unit, 3 outside, 4 recommendation widget; 0 unknown. */
  placementType = 0
  /** The first `assetCount` hold; grown by `assetAt`. */
  readonly assets: AssetRequest[] = []
  assetCount = 0
  /** Methods (bits: 1 image, 2 JavaScript) offered for event 1 (impression); 0 where none is. */
  impressionMethods = 0
  /** Methods offered for event 2 (viewable, MRC 50%). */
  viewableMethods = 0
  /** A link to the privacy notice may be sent. */
  wantsPrivacy = false
  blockedAttributes = 0
  apis = 0

  /** @param index below `assetCountMax`. */
  assetAt(index: number): AssetRequest {
    while (this.assets.length <= index) this.assets.push(new AssetRequest())
    return this.assets[index]!
  }
}

/** One deal of `imp.pmp`. */
export class Deal {
  id = ''
  floorCpmMicros = 0
  /** USD where the deal names none: it doesn't inherit the impression's. */
  floorCurrency = 'USD'
  /** 1 first price, 2 second price plus, 3 the floor is the agreed price; 0 where it follows the request. */
  auctionType = 0
  /** Seats and advertiser domains that may buy; none where all may. Domains as in `blockedDomains`. */
  readonly seats: string[] = []
  readonly advertiserDomains: string[] = []
  /** The bidder must bid (2.6). */
  isGuaranteed = false
  minCpmPerSecondMicros = 0
  readonly durationFloors = new DurationFloors()
}
