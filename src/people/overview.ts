import { keyOf } from '../base/key.js'
import { decodeForBid } from '../profiles/slice-codec.js'
import type { Book } from './book.js'
import { sliceBytesOf } from './person.js'

/** How large segments are and how many people are in two of them, as of one moment. */
export interface Overview {
  readonly atMs: number
  /** People known to the shop, in a segment or not. */
  readonly peopleCount: number
  readonly segments: readonly SegmentSize[]
}

export interface SegmentSize {
  readonly segment: string
  readonly peopleCount: number
  /** Of these, how many bidders can meet: a browser or device of theirs is known. */
  readonly reachableCount: number
  /** By the other segment's id, how many are in both. */
  readonly overlap: Readonly<Record<string, number>>
}

/** People looked at before others get their turn: a few milliseconds. */
const peoplePerTurn = 2_000

/**
 * Counts all people of a shop by segment. Reads the first section of each slice only: a million people
 * take seconds, in small steps between other work.
 *
 * @param ids the shop's segments.
 */
export async function overviewOf(
  book: Book,
  ids: readonly string[],
  nowMs: number,
): Promise<Overview> {
  const placeOf = new Map(ids.map((id, place) => [keyOf(id), place]))
  const size = new Float64Array(ids.length)
  const reachable = new Float64Array(ids.length)
  const both = new Float64Array(ids.length * ids.length)
  let peopleCount = 0
  let after = ''
  for (;;) {
    const before = peopleCount
    for (const { id, bytes } of book.people(after, peoplePerTurn)) {
      peopleCount++
      after = id
      const places = segmentKeysOf(bytes, nowMs).flatMap((key) => placeOf.get(key) ?? [])
      if (places.length === 0) continue
      // The head is JSON with identifiers as text: what bidders can meet begins with `uid:`.
      const isReachable = bytes.includes('"uid:')
      for (const a of places) {
        size[a]!++
        if (isReachable) reachable[a]!++
        for (const b of places) both[a * ids.length + b]!++
      }
    }
    if (peopleCount - before < peoplePerTurn) break
    await new Promise(setImmediate)
  }
  return {
    atMs: nowMs,
    peopleCount,
    segments: ids.map((segment, a) => ({
      segment,
      peopleCount: size[a]!,
      reachableCount: reachable[a]!,
      overlap: Object.fromEntries(
        ids.flatMap((other, b) => {
          const count = both[a * ids.length + b]!
          return a === b || count === 0 ? [] : [[other, count]]
        }),
      ),
    })),
  }
}

/** `keyOf` of the segments that a person, as encoded, is in. */
export function segmentKeysOf(person: Buffer, nowMs: number): readonly number[] {
  const slice = sliceBytesOf(person)
  const view = new DataView(slice.buffer, slice.byteOffset, slice.length)
  const read = decodeForBid(view, 0, slice.length, 0)
  if (typeof read === 'number') return []
  return read.segmentKeys.filter((_, i) => read.segmentExpiresAtMs[i]! > nowMs)
}
