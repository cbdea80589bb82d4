/**
 * A slice as bytes, little-endian. The first section is all that a bid reads; the keys in it were
 * worked out when it was written, so reading it hashes no text and makes none.
 *
 *     0  u8   version
 *     1  u8   cart count | 2  u8  product count P | 3  u8  segment count S
 *     4  u32  bytes of the second section
 *     8  f64  cart value, micros | 16  f64  cart changed, ms | 24  f64  last viewed, ms
 *    32  f64 × P  product keys, then f64 × S  segment keys, then f64 × S  segment expiries, ms
 *        second section: the whole slice (slice-body.ts), then u32  CRC-32 of all bytes before
 *
 * Writing checks bounds; reading takes what the CRC says is as it was written. Version 1, of releases
 * before events were folded, isn't read: what it held is told anew.
 */
import { crc32 } from 'node:zlib'
import { keyOf } from '../base/key.js'
import { interestOf } from './interest.js'
import { BidSlice, type Slice } from './slice.js'
import { readSlice, writeSlice } from './slice-body.js'
import { SliceReader } from './slice-reader.js'
import { SliceWriter } from './slice-writer.js'

/** The largest slice, of texts that take the most; one of everyday is a hundredth of it. */
export const sliceBytesMax = 180_000

const version = 2
const fixedBytes = 32
const crcBytes = 4
const noKeys: readonly number[] = []
const writer = new SliceWriter()

/** Why bytes are no slice. */
export const SliceFault = { unknownVersion: -1, truncated: -2, malformed: -3 } as const
export type SliceFault = (typeof SliceFault)[keyof typeof SliceFault]

/** @throws Error where something in the slice is out of bounds; what, `checkSlice` says. */
export function encodeSlice(slice: Slice): Buffer {
  writer.begin()
  writeSlice(writer, slice)
  const interest = interestOf(slice)
  // Of a segment that is there twice, the membership that lasts longer.
  const expiries = new Map<number, number>()
  for (const { segment, expiresAtMs } of slice.segments) {
    const key = keyOf(segment)
    expiries.set(key, Math.max(expiresAtMs, expiries.get(key) ?? 0))
  }
  const hotBytes = hotBytesOf(interest.products.length, expiries.size)
  const bytes = Buffer.allocUnsafe(hotBytes + crcBytes + writer.byteLength)
  bytes[0] = version
  bytes[1] = interest.cartCount
  bytes[2] = interest.products.length
  bytes[3] = expiries.size
  bytes.writeUInt32LE(crcBytes + writer.byteLength, 4)
  bytes.writeDoubleLE(interest.cartValueMicros, 8)
  bytes.writeDoubleLE(interest.cartChangedAtMs, 16)
  bytes.writeDoubleLE(interest.lastViewedAtMs, 24)
  let at = fixedBytes
  for (const product of interest.products) at = bytes.writeDoubleLE(keyOf(product), at)
  for (const key of expiries.keys()) at = bytes.writeDoubleLE(key, at)
  for (const expiresAtMs of expiries.values()) at = bytes.writeDoubleLE(expiresAtMs, at)
  writer.finish(bytes, hotBytes)
  const crcAt = bytes.length - crcBytes
  bytes.writeUInt32LE(crc32(bytes.subarray(0, crcAt)), crcAt)
  return bytes
}

/** The first section of an encoded slice; a view. */
export function hotSection(encoded: Buffer): Buffer {
  return encoded.subarray(0, hotBytesOf(encoded[2]!, encoded[3]!))
}

/**
 * What a bid needs, from the first section alone.
 *
 * @param view holds the section at `[at, end)`; nothing of it is kept.
 */
export function decodeForBid(
  view: DataView,
  at: number,
  end: number,
  shopKey: number,
): BidSlice | SliceFault {
  if (end - at < fixedBytes) return SliceFault.truncated
  if (view.getUint8(at) !== version) return SliceFault.unknownVersion
  const productCount = view.getUint8(at + 2)
  const segmentCount = view.getUint8(at + 3)
  const productsAt = at + fixedBytes
  const segmentsAt = productsAt + productCount * 8
  const expiriesAt = segmentsAt + segmentCount * 8
  if (expiriesAt + segmentCount * 8 > end) return SliceFault.truncated
  return new BidSlice(
    shopKey,
    view.getFloat64(at + 8, true),
    view.getFloat64(at + 16, true),
    view.getFloat64(at + 24, true),
    view.getUint8(at + 1),
    doublesAt(view, productsAt, segmentsAt),
    doublesAt(view, segmentsAt, expiriesAt),
    doublesAt(view, expiriesAt, expiriesAt + segmentCount * 8),
  )
}

/** @returns the slice as it was given to `encodeSlice`. */
export function decodeSlice(bytes: Buffer): Slice | SliceFault {
  if (bytes.length < fixedBytes) return SliceFault.truncated
  if (bytes[0] !== version) return SliceFault.unknownVersion
  const hotBytes = hotBytesOf(bytes[2]!, bytes[3]!)
  if (hotBytes + bytes.readUInt32LE(4) !== bytes.length) return SliceFault.truncated
  const crcAt = bytes.length - crcBytes
  const checked = bytes.subarray(0, crcAt)
  if (bytes.readUInt32LE(crcAt) !== crc32(checked)) return SliceFault.malformed
  try {
    const reader = new SliceReader(checked, hotBytes)
    const slice = readSlice(reader)
    reader.end()
    return slice
  } catch {
    return SliceFault.malformed
  }
}

function hotBytesOf(productCount: number, segmentCount: number): number {
  return fixedBytes + productCount * 8 + segmentCount * 16
}

function doublesAt(view: DataView, from: number, end: number): readonly number[] {
  if (from === end) return noKeys
  const doubles: number[] = []
  for (let at = from; at < end; at += 8) doubles.push(view.getFloat64(at, true))
  return doubles
}
