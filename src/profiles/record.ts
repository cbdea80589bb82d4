/**
 * What a store holds under a uid for the bidder: the first section of every shop's slice, together,
 * so that one read finds all. Little-endian:
 *
 *     0  f64  stamp: another number with every write
 *     8  u32  version
 *    12  per shop:  f64 shop key | u32 bytes | first section of its slice
 */
import { Profile } from './profile.js'
import type { BidSlice } from './slice.js'
import { decodeForBid } from './slice-codec.js'
import type { ProfileStats } from './stats.js'

const version = 1
const fixedBytes = 12
const entryBytes = 12

export const stampOf = (view: DataView): number => view.getFloat64(0, true)

/**
 * Every slice that can be read; those that can't are left out and counted.
 *
 * @param view holds the record at `[0, length)`; nothing of it is kept.
 * @returns null where nothing can be read.
 */
export function decodeProfile(view: DataView, length: number, stats: ProfileStats): Profile | null {
  if (length < fixedBytes || view.getUint32(8, true) !== version) {
    stats.unreadableSlices++
    return null
  }
  const slices: BidSlice[] = []
  let at = fixedBytes
  while (at < length) {
    const end = at + entryBytes > length ? Infinity : endOfEntry(view, at)
    if (end > length) {
      stats.unreadableSlices++
      break
    }
    const slice = decodeForBid(view, at + entryBytes, end, view.getFloat64(at, true))
    if (typeof slice === 'number') stats.unreadableSlices++
    else slices.push(slice)
    at = end
  }
  return slices.length === 0 ? null : new Profile(slices, stampOf(view))
}

/**
 * The record with one shop's slice put in, in place of its former one where there is one, or taken
 * out. All other shops' bytes stay as they are.
 *
 * @param record null where nothing is known yet.
 * @param hot the first section of the shop's slice; null takes it out.
 * @returns null where no slice is left.
 * @throws Error where the record was written by a release that this one doesn't know.
 */
export function withSlice(
  record: Uint8Array | null,
  shopKey: number,
  hot: Uint8Array | null,
  stamp: number,
): Buffer | null {
  const before = record === null ? null : new DataView(record.buffer, record.byteOffset)
  const length = record === null ? 0 : record.length
  if (before !== null && length >= fixedBytes && before.getUint32(8, true) !== version)
    throw new Error(`record version ${before.getUint32(8, true)} is unknown`)
  // Where the shop's entry is now, or where the whole entries end.
  let from = Math.min(fixedBytes, length)
  let to = from
  let wholeEnd = from
  for (let at = from; before !== null && at + entryBytes <= length; at = wholeEnd) {
    const end = endOfEntry(before, at)
    if (end > length) break
    wholeEnd = end
    if (before.getFloat64(at, true) === shopKey) {
      from = at
      to = end
    }
  }
  if (to === from) {
    from = wholeEnd
    to = wholeEnd
  }
  const head = Math.max(from, fixedBytes)
  const own = hot === null ? 0 : entryBytes + hot.length
  const after = Buffer.allocUnsafe(head + own + wholeEnd - to)
  if (after.length === fixedBytes) return null
  if (record !== null) {
    after.set(record.subarray(0, from), 0)
    after.set(record.subarray(to, wholeEnd), head + own)
  }
  after.writeDoubleLE(stamp, 0)
  after.writeUInt32LE(version, 8)
  if (hot !== null) {
    after.writeDoubleLE(shopKey, head)
    after.writeUInt32LE(hot.length, head + 8)
    after.set(hot, head + entryBytes)
  }
  return after
}

function endOfEntry(view: DataView, at: number): number {
  return at + entryBytes + view.getUint32(at + 8, true)
}
