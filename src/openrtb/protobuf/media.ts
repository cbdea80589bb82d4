/** What Video and Audio have in common, and the companions beside them. Cases are tags. */
import { addCompanionSize } from '../complete.js'
import type { MediaOffer } from '../offers.js'
import { durationCountMax } from '../offers.js'
import type { ProtobufReader } from './reader.js'

/** An offer without any media types is none. */
export function readMime(reader: ProtobufReader, offer: MediaOffer): void {
  offer.mimes |= reader.mime()
  offer.isOffered ||= reader.hasMime
}

/**
 * When the impression is whole: what may not be negative, and of which the last value counts.
 *
 * @returns the fault, after `imp[n]`; '' where there is none.
 */
export function faultOfMedia(offer: MediaOffer, sequence: number, path: string): string {
  if (offer.width < 0) return `${path}.w: must not be negative`
  if (offer.height < 0) return `${path}.h: must not be negative`
  if (offer.minDurationS < 0) return `${path}.minduration: must not be negative`
  if (offer.maxDurationS < 0) return `${path}.maxduration: must not be negative`
  if (offer.minBitrateKbps < 0) return `${path}.minbitrate: must not be negative`
  if (offer.maxBitrateKbps < 0) return `${path}.maxbitrate: must not be negative`
  if (offer.maxSequence < 0) return `${path}.maxseq: must not be negative`
  return sequence < 0 ? `${path}.sequence: must not be negative` : ''
}

export function readDurations(reader: ProtobufReader, offer: MediaOffer): void {
  const end = reader.open()
  while (reader.at < end) addDuration(offer, reader.int())
  reader.close(end)
}

export function addDuration(offer: MediaOffer, seconds: number): void {
  if (seconds > 0 && offer.requiredDurationCount < durationCountMax)
    offer.requiredDurationsS[offer.requiredDurationCount++] = seconds
}

/** A Banner of which only the sizes matter. */
export function readCompanion(reader: ProtobufReader, offer: MediaOffer): void {
  let width = 0
  let height = 0
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x08) width = reader.int()
    else if (tag === 0x10) height = reader.int()
    else if (tag === 0x7a) readCompanionFormat(reader, offer)
    else reader.skip(tag)
  }
  reader.close(end)
  addCompanionSize(offer, width, height)
}

function readCompanionFormat(reader: ProtobufReader, offer: MediaOffer): void {
  let width = 0
  let height = 0
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x08) width = reader.int()
    else if (tag === 0x10) height = reader.int()
    else reader.skip(tag)
  }
  reader.close(end)
  addCompanionSize(offer, width, height)
}
