import { vastInline, vastWrapper } from '../catalogue/creative/vast-forms.js'
import { videoPlacements, videoPositions } from '../catalogue/media.js'
import type { MediaTable } from '../catalogue/media-table.js'
import { fileFits, MediaFlag } from '../catalogue/media-table.js'
import { sizeIndexOf } from '../catalogue/sizes.js'
import type { Deal, DurationFloors, MediaOffer } from '../openrtb/offers.js'
import { bitOf } from '../openrtb/offers.js'

/** Attribute of a creative that people may skip (OpenRTB, list of creative attributes). */
const skippable = bitOf(16)
/** How our files come: progressive, which is also how they can be downloaded first. */
const ourDelivery = bitOf(2) | bitOf(3)
const htmlCompanion = bitOf(2)
const nonLinear = 2

/**
 * Whether a player takes a video or spot: type, length, bitrate, delivery, attributes, frameworks, https.
 * Which VAST version it takes is for `vastProtocolFor` to say.
 */
export function mediaFits(
  table: MediaTable,
  creative: number,
  offer: MediaOffer,
  secure: boolean,
): boolean {
  if ((table.mimes[creative]! & offer.mimes) === 0 || offer.linearity === nonLinear) return false
  if (!durationFits(table.durationSeconds[creative]!, offer)) return false
  if (secure && (table.flags[creative]! & MediaFlag.secure) === 0) return false
  if (offer.delivery !== 0 && (offer.delivery & ourDelivery) === 0) return false
  // Frameworks that aren't listed aren't there (OpenRTB, `api`).
  if ((table.apis[creative]! & ~offer.apis) !== 0) return false
  const attributes = mediaAttributes(table, creative, offer)
  if ((attributes & offer.blockedAttributes) !== 0) return false
  // The player draws a skip button, so none may be part of the video.
  if (offer.skip === 1 && (attributes & skippable) !== 0) return false
  return hasFile(table, creative, offer)
}

function durationFits(seconds: number, offer: MediaOffer): boolean {
  const count = offer.requiredDurationCount
  if (count === 0) return seconds >= offer.minDurationS && seconds <= offer.maxDurationS
  for (let i = 0; i < count; i++) if (offer.requiredDurationsS[i] === seconds) return true
  return false
}

function hasFile(table: MediaTable, creative: number, offer: MediaOffer): boolean {
  const end = table.fileStart[creative + 1]!
  for (let file = table.fileStart[creative]!; file < end; file++)
    if (fileFits(table, file, offer)) return true
  return false
}

/**
 * VAST version to answer with: the newest that the player takes and we write.
 *
 * @param protocolDefault what is written where the request names none: 2, 3 or 7, as in `protocols`.
 * @returns a number of OpenRTB's list; 0 where the player takes none of ours.
 */
export function vastProtocolFor(
  table: MediaTable,
  creative: number,
  offer: MediaOffer,
  protocolDefault: number,
): number {
  const ours = (table.flags[creative]! & MediaFlag.wrapper) !== 0 ? vastWrapper : vastInline
  for (let i = 0; i < ours.length; i++) {
    const isTaken =
      offer.protocols === 0
        ? vastInline[i] === protocolDefault
        : (offer.protocols & bitOf(ours[i]!)) !== 0
    if (isTaken) return ours[i]!
  }
  return 0
}

/** Bits of what a bid with it has to own up to: what its shop says, and that it can be skipped. */
export function mediaAttributes(table: MediaTable, creative: number, offer: MediaOffer): number {
  const own = table.attributes[creative]!
  const isSkippable = offer.skip !== 1 && table.skipAfterSeconds[creative]! >= 0
  return isSkippable ? own | skippable : own
}

/**
 * What its document says of skipping: whole seconds that must have played first, -1 for never. A
 * player that lets people skip says when; elsewhere it is for the creative to say.
 */
export function mediaSkipAfter(table: MediaTable, creative: number, offer: MediaOffer): number {
  if (offer.skip !== 1) return table.skipAfterSeconds[creative]!
  const duration = table.durationSeconds[creative]!
  if (duration <= offer.skipMinS) return -1
  const after = Math.ceil(offer.skipAfterS)
  return after < duration ? Math.max(0, after) : -1
}

/**
 * Least that is accepted for a creative of this length, as a CPM: of the deal where there is one, else
 * of the video or spot, else of the impression. Where several hold (a price by the second and one by
 * range, ranges that share an end), the dearest is safe.
 *
 * @param impFloorMicros in the impression's floor currency, as are the offer's; the deal's are in its own.
 */
export function mediaFloorMicros(
  offer: MediaOffer,
  deal: Deal | null,
  durationSeconds: number,
  impFloorMicros: number,
): number {
  return deal === null
    ? floorOf(offer, durationSeconds, impFloorMicros)
    : floorOf(deal, durationSeconds, deal.floorCpmMicros)
}

interface PlayFloors {
  readonly minCpmPerSecondMicros: number
  readonly durationFloors: DurationFloors
}

function floorOf(floors: PlayFloors, durationSeconds: number, otherwise: number): number {
  const ranges = floors.durationFloors
  let floor = Math.ceil(floors.minCpmPerSecondMicros * durationSeconds)
  for (let i = 0; i < ranges.count; i++)
    if (durationSeconds >= ranges.fromS[i]! && durationSeconds <= ranges.toS[i]!)
      floor = Math.max(floor, ranges.floorCpmMicros[i]!)
  return floor > 0 ? floor : otherwise
}

const placementOf = (name: (typeof videoPlacements)[number]): number =>
  videoPlacements.indexOf(name) + 1
const positionOf = (name: (typeof videoPositions)[number]): number =>
  videoPositions.indexOf(name) + 1
const standalone = placementOf('standalone')
/** By `plcmt` of 2.6; those from 5 on (pause, screen saver …) are none of ours. */
const byPlcmt = [
  0,
  placementOf('instream'),
  placementOf('accompanying'),
  placementOf('interstitial'),
  standalone,
]
/** By `placement` of 2.5: in-banner, in-article and in-feed players have no content of their own. */
const byPlacement = [
  0,
  placementOf('instream'),
  standalone,
  standalone,
  standalone,
  placementOf('interstitial'),
]

/** What kind of player it is: a number of catalogue/media's `videoPlacements`; 0 where it isn't known. */
export const videoPlacementOf = ({ plcmt, placement }: MediaOffer): number =>
  plcmt === 0 ? (byPlacement[placement] ?? 0) : (byPlcmt[plcmt] ?? 0)

/** Where in the content it plays: a number of catalogue/media's `videoPositions`; 0 where it isn't known. */
export function videoPositionOf({ startDelay }: MediaOffer): number {
  if (startDelay === 0) return positionOf('pre')
  if (startDelay > 0 || startDelay === -1) return positionOf('mid')
  return startDelay === -2 ? positionOf('post') : 0
}

/** Size of the banner to show beside it, an index of catalogue/sizes: the first that we have; -1 for none. */
export function companionSizeOf(offer: MediaOffer): number {
  if (offer.companionTypes !== 0 && (offer.companionTypes & htmlCompanion) === 0) return -1
  for (let i = 0; i < offer.companionSizeCount; i++) {
    const index = sizeIndexOf(offer.companionSizeKeys[i]!)
    if (index >= 0) return index
  }
  return -1
}
