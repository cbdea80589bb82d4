import { mimeBit } from '../base/mime.js'
import type { Bitmap } from '../catalogue/bitmaps.js'
import { CreativeFormat } from '../catalogue/media.js'
import { sizeCount, sizeIndexOf } from '../catalogue/sizes.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import { bitOf } from '../openrtb/offers.js'
import type { Impression } from '../openrtb/request.js'
import type { ClickRate } from './click-rate.js'
import { placementKindOf } from './click-rate.js'
import { videoPlacementOf, videoPositionOf } from './media-fit.js'
import { isNativeAnswerable } from './native-fit.js'
import { NoBid } from './no-bid.js'

const slotCountMax = sizeCount + 3

/** What our banners are: HTML (OpenRTB 2.6, list 5.2 "banner ad types": 2 XHTML banner). */
const bannerType = bitOf(2)
/** Where scripts are taken there is a page around them, which is what HTML needs. */
const bannerMimes = mimeBit('text/html') | mimeBit('application/javascript')

/**
 * What an impression could be filled with: each banner size that fits, a native ad, a video, a spot.
 * In falling order of click rate, which is the order of what they are worth to any campaign. Reused.
 */
export class Slots {
  count = 0
  /** One of `CreativeFormat`. */
  readonly formats = new Uint8Array(slotCountMax)
  /** Of a banner: index in catalogue/sizes. */
  readonly sizeIndexes = new Int32Array(slotCountMax)
  readonly clickRates = new Float64Array(slotCountMax)
  /** Rows that can fill it. */
  readonly rows: Bitmap[] = []
  /** Where there are none: NoBid's `unsupportedFormat` or `formatRestricted`. */
  miss: number = NoBid.unsupportedFormat
  /** A video or spot is among them: it may have a floor of its own. */
  hasMedia = false

  gather(impression: Impression, place: number, snapshot: Snapshot, clickRate: ClickRate): void {
    this.count = 0
    this.hasMedia = false
    const { native, video, audio } = impression
    const kind = placementKindOf(impression, place)
    if (impression.hasBanner && takesHtml(impression))
      for (let i = 0; i < impression.sizeCount; i++) {
        const index = sizeIndexOf(impression.sizeKeys[i]!)
        if (index >= 0)
          this.#add(
            CreativeFormat.banner,
            index,
            clickRate.ofSize(kind, index),
            snapshot.bySize[index]!,
          )
      }
    if (native.isOffered && isNativeAnswerable(native)) {
      const rate = clickRate.ofFormat(kind, CreativeFormat.native)
      this.#add(CreativeFormat.native, -1, rate, snapshot.native)
    }
    if (video.isOffered) {
      const rows = snapshot.video(videoPlacementOf(video), videoPositionOf(video))
      this.#add(CreativeFormat.video, -1, clickRate.ofFormat(kind, CreativeFormat.video), rows)
      this.hasMedia = true
    }
    if (audio.isOffered) {
      const rate = clickRate.ofFormat(kind, CreativeFormat.audio)
      this.#add(CreativeFormat.audio, -1, rate, snapshot.audio)
      this.hasMedia = true
    }
    const isSomething = impression.hasBanner || native.isOffered || this.hasMedia
    this.miss = isSomething ? NoBid.formatRestricted : NoBid.unsupportedFormat
  }

  /** Insertion sort: a slot offers a handful of sizes. */
  #add(format: number, sizeIndex: number, rate: number, rows: Bitmap): void {
    let at = this.count++
    for (; at > 0 && this.clickRates[at - 1]! < rate; at--) {
      this.formats[at] = this.formats[at - 1]!
      this.sizeIndexes[at] = this.sizeIndexes[at - 1]!
      this.clickRates[at] = this.clickRates[at - 1]!
      this.rows[at] = this.rows[at - 1]!
    }
    this.formats[at] = format
    this.sizeIndexes[at] = sizeIndex
    this.clickRates[at] = rate
    this.rows[at] = rows
  }
}

/** Whether a banner may be what ours are. */
export const takesHtml = ({ blockedBannerTypes, bannerMimes: offered }: Impression): boolean =>
  (blockedBannerTypes & bannerType) === 0 && (offered & bannerMimes) !== 0
