import { CreativeFormat } from '../catalogue/media.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { Deal } from '../openrtb/offers.js'
import type { BidRequest, Impression } from '../openrtb/request.js'
import type { BidSlice } from '../profiles/slice.js'
import { mediaFits, mediaFloorMicros, vastProtocolFor } from './media-fit.js'
import { NativeFinder } from './native-finder.js'
import type { Pods } from './pods.js'

/**
 * Finds what a campaign fills a slot with, where that takes more than a size: the first of its
 * videos or spots that the player takes (where floors depend on their length, of the ones with the
 * least), the first product that has every asset asked for.
 * The result stands in the fields until the next call.
 */
export class CreativeFit {
  /** Place in the snapshot's media table; -1 for other formats. */
  media = -1
  /** VAST version to write, as in `protocols`. */
  protocol = 0
  /** Place in the product table; -1 for other formats than native. */
  product = -1
  /** Least that is accepted for it, in the currency of the floor; of the deal where there is one. */
  floorMicros = 0

  readonly #natives = new NativeFinder()
  readonly #pods: Pods
  #protocolDefault = 0

  constructor(pods: Pods) {
    this.#pods = pods
  }

  begin(protocolDefault: number): void {
    this.#protocolDefault = protocolDefault
    this.#natives.begin()
  }

  /**
   * @param format one of `CreativeFormat`.
   * @param pod see `Pods`; `secondsLeft` is what is left of a dynamic one, else `Infinity`.
   * @returns false where this campaign has nothing that fits.
   */
  find(
    format: number,
    row: number,
    slice: BidSlice | null,
    request: BidRequest,
    impression: Impression,
    deal: Deal | null,
    snapshot: Snapshot,
    pod: number,
    secondsLeft: number,
  ): boolean {
    this.media = -1
    this.product = -1
    this.protocol = 0
    this.floorMicros = deal === null ? impression.floorCpmMicros : deal.floorCpmMicros
    if (format === CreativeFormat.video || format === CreativeFormat.audio)
      return this.#findMedia(format, row, request, impression, deal, snapshot, pod, secondsLeft)
    // A shop's videos may speak other languages than the shop, which is what lets its row through.
    if (!speaks(request, snapshot.shops[snapshot.shopOf[row]!]!.language)) return false
    if (format === CreativeFormat.banner) return true
    this.product = this.#natives.find(impression.native, row, slice, snapshot)
    return this.product >= 0
  }

  #findMedia(
    format: number,
    row: number,
    request: BidRequest,
    impression: Impression,
    deal: Deal | null,
    snapshot: Snapshot,
    pod: number,
    secondsLeft: number,
  ): boolean {
    const { media } = snapshot
    const offer = format === CreativeFormat.video ? impression.video : impression.audio
    const hasOneFloor =
      deal === null
        ? offer.minCpmPerSecondMicros === 0 && offer.durationFloors.count === 0
        : deal.minCpmPerSecondMicros === 0 && deal.durationFloors.count === 0
    const end = snapshot.mediaStart[row + 1]!
    for (let i = snapshot.mediaStart[row]!; i < end; i++) {
      const creative = snapshot.rowMedia[i]!
      if (media.format[creative] !== format) continue
      if (media.durationSeconds[creative]! > secondsLeft) continue
      if (!speaks(request, media.languageOf(creative))) continue
      if (!this.#pods.mayUse(pod, offer.podDedupe, snapshot.shopOf[row]!, creative, snapshot.shops))
        continue
      if (!mediaFits(media, creative, offer, impression.secure)) continue
      const protocol = vastProtocolFor(media, creative, offer, this.#protocolDefault)
      if (protocol === 0) continue
      const floorMicros = mediaFloorMicros(
        offer,
        deal,
        media.durationSeconds[creative]!,
        impression.floorCpmMicros,
      )
      if (this.media >= 0 && floorMicros >= this.floorMicros) continue
      this.media = creative
      this.protocol = protocol
      this.floorMicros = floorMicros
      if (hasOneFloor) return true
    }
    return this.media >= 0
  }
}

const speaks = ({ languages }: BidRequest, language: string): boolean =>
  languages.length === 0 || language === 'xx' || languages.includes(language)
