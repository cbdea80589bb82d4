/**
 * What a native ad takes of a product, or of a shop, as one record of bytes: parts, each ready to be
 * copied between the quotes of a JSON string, and what a fit is decided by.
 *
 * A part that stands in the banner's piece of the same product already isn't kept twice: offsets
 * below the piece's length point into the piece (the record's *host*), those above into the record.
 *
 * Layout, little-endian: picture's width u16, height u16 (0 unknown) | kind u8: place in
 * `pictureTypes`, and `sizeAtLeast` | part count u8 | per part: offset u16, bytes u16, UTF-16 units u8,
 * cut count u8 | per cut, in the parts' order: bytes u16, 0 where nothing would be left | own bytes.
 */
import { assert } from '../../base/assert.js'
import type { ByteWriter } from '../../base/byte-writer.js'
import { mimeBit } from '../../base/mime.js'
import { jsonBytes, jsonText } from './escape.js'
import { cutEnd, cutLengths } from './native-text.js'

/** Of pictures, by the end of their address; the first stands for unknown. */
const pictureTypes = [
  '',
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/svg+xml',
  'image/avif',
] as const
const pictureMimes = Int32Array.from(pictureTypes, mimeBit)

export interface Picture {
  readonly url: string
  /** 0 where unknown. */
  readonly width: number
  readonly height: number
  /** The picture may be larger than that. */
  readonly isAtLeast: boolean
}

export interface Part {
  readonly text: string
  /** The same as it stands in JSON, and how many bytes that is. */
  readonly json: string
  readonly bytes: number
  /** May be cut where less room is asked for. */
  readonly isShortened: boolean
}

export function partOf(text: string, isShortened: boolean): Part {
  const json = jsonText(text)
  return { text, json, bytes: Buffer.byteLength(json), isShortened }
}

/** Of a text without any character that JSON would escape or that is longer than a byte. */
export const plainPart = (text: string): Part => ({
  ...{ text, json: text, bytes: text.length },
  isShortened: false,
})

const headBytes = 6
const partBytes = 6
const sizeAtLeast = 0x80

/**
 * @param host the text that the record lies right behind, as the inside of a JSON string; its bytes are
 *   `hostLength`.
 * @returns the record; an empty one where it would be too large to be told in 16 bits, which no
 * product of real length is.
 */
export function packRecord(
  picture: Picture | null,
  parts: readonly Part[],
  host: string,
  hostLength: number,
): Buffer {
  const cuts: (readonly number[])[] = []
  let length = headBytes + partBytes * parts.length
  for (const part of parts) {
    const its = part.isShortened ? cutBytes(part) : noCuts
    cuts.push(its)
    length += 2 * its.length
  }
  const ownStart = length
  let own = ''
  const offsets: number[] = []
  for (let index = 0; index < parts.length; index++) {
    const { json, bytes } = parts[index]!
    const at = host.indexOf(json)
    if (at >= 0) {
      offsets.push(hostLength === host.length ? at : Buffer.byteLength(host.slice(0, at)))
      continue
    }
    // Two parts may say the same: a title that stands in for a description.
    let same = 0
    while (parts[same]!.json !== json) same++
    if (same < index) offsets.push(offsets[same]!)
    else {
      offsets.push(hostLength + length)
      own += json
      length += bytes
    }
  }
  if (hostLength + length > 0xffff) return Buffer.alloc(0)

  const record = Buffer.allocUnsafe(length)
  writeU16(record, 0, picture?.width ?? 0)
  writeU16(record, 2, picture?.height ?? 0)
  const type = picture === null ? 0 : pictureType(picture.url)
  record[4] = type | (picture?.isAtLeast === true ? sizeAtLeast : 0)
  record[5] = parts.length
  let cutAt = headBytes + partBytes * parts.length
  for (let index = 0; index < parts.length; index++) {
    const at = headBytes + partBytes * index
    writeU16(record, at, offsets[index]!)
    writeU16(record, at + 2, parts[index]!.bytes)
    record[at + 4] = Math.min(parts[index]!.text.length, 0xff)
    record[at + 5] = cuts[index]!.length
    for (const bytes of cuts[index]!) {
      writeU16(record, cutAt, bytes)
      cutAt += 2
    }
  }
  record.write(own, ownStart)
  return record
}

const noCuts: readonly number[] = []

function writeU16(record: Buffer, at: number, value: number): void {
  record[at] = value & 0xff
  record[at + 1] = value >>> 8
}

/** Bytes that are left of a text at each of `cutLengths` that is shorter than it. */
function cutBytes({ text, bytes: whole }: Part): readonly number[] {
  const cuts: number[] = []
  let end = 0
  let bytes = 0
  for (let i = 0; i < cutLengths.length && cutLengths[i]! < text.length; i++) {
    const cut = cutEnd(text, cutLengths[i]!)
    // A longer one never ends earlier, so each adds to the one before.
    assert(cut >= end, 'cuts of a text grow')
    // As many bytes as units: each is one of its own.
    bytes += whole === text.length ? cut - end : jsonBytes(text, end, cut)
    end = cut
    cuts.push(bytes)
  }
  return cuts
}

/** By the end of a picture's address, its type's place in `pictureTypes`. */
const typeByEnding: ReadonlyMap<string, number> = new Map(
  [...pictureTypes.entries()].flatMap(([place, type]) => {
    const name = type.slice('image/'.length)
    const endings = name === 'jpeg' ? [name, 'jpg'] : name === 'svg+xml' ? ['svg'] : [name]
    return place === 0 ? [] : endings.map((ending) => [ending, place] as const)
  }),
)

/** @param url as `resolveHttp` gives it. */
function pictureType(url: string): number {
  const pathEnd = url.search(/[?#]/)
  const end = pathEnd < 0 ? url.length : pathEnd
  const ending = url.slice(url.lastIndexOf('.', end) + 1, end)
  return typeByEnding.get(ending.toLowerCase()) ?? 0
}

/** By a length asked for: one more than the place in `cutLengths` of the most that it has room for. */
const cutFor = Uint8Array.from(
  { length: 256 },
  (_, length) => cutLengths.filter((cut) => cut <= length).length,
)

const u16 = (bytes: Buffer, at: number): number => bytes[at]! | (bytes[at + 1]! << 8)

export const pictureWidth = (records: Buffer, record: number): number => u16(records, record)
export const pictureHeight = (records: Buffer, record: number): number => u16(records, record + 2)
/** Bit of base/mime; 0 where the picture's type isn't known. */
export const pictureMime = (records: Buffer, record: number): number =>
  pictureMimes[records[record + 4]! & (sizeAtLeast - 1)]!
export const isPictureAtLeast = (records: Buffer, record: number): boolean =>
  (records[record + 4]! & sizeAtLeast) !== 0

/** Whether the record has this part at all. */
export const hasPart = (records: Buffer, record: number, part: number): boolean =>
  u16(records, record + headBytes + partBytes * part + 2) > 0

/** @param lengthMax most UTF-16 units; 0 where there is no limit. */
export function partFits(
  records: Buffer,
  record: number,
  part: number,
  lengthMax: number,
): boolean {
  const at = record + headBytes + partBytes * part
  if (u16(records, at + 2) === 0) return false
  if (lengthMax === 0 || records[at + 4]! <= lengthMax) return true
  return cutOf(records, record, part, lengthMax) > 0
}

/** Bytes that stand before the `…`; 0 where the part can't be shortened to this. */
function cutOf(records: Buffer, record: number, part: number, lengthMax: number): number {
  const parts = record + headBytes
  // A negative length (exchanges send everything) has room for nothing.
  const cut = lengthMax < 0 ? 0 : cutFor[Math.min(lengthMax, 255)]!
  if (cut === 0 || records[parts + partBytes * part + 5]! < cut) return 0
  let at = parts + partBytes * records[record + 5]!
  for (let i = 0; i < part; i++) at += 2 * records[parts + partBytes * i + 5]!
  return u16(records, at + 2 * (cut - 1))
}

const ellipsis = Buffer.from('…')

/**
 * Writes a part that fits, without quotes.
 *
 * @param host the piece that the record shares parts with: `hosts[hostStart, hostEnd)`.
 */
export function writePart(
  out: ByteWriter,
  records: Buffer,
  record: number,
  part: number,
  lengthMax: number,
  hosts: Buffer,
  hostStart: number,
  hostEnd: number,
): void {
  const at = record + headBytes + partBytes * part
  const isWhole = lengthMax === 0 || records[at + 4]! <= lengthMax
  const length = isWhole ? u16(records, at + 2) : cutOf(records, record, part, lengthMax)
  const offset = u16(records, at)
  const hostLength = hostEnd - hostStart
  if (offset < hostLength) out.range(hosts, hostStart + offset, hostStart + offset + length)
  else {
    const start = record + offset - hostLength
    out.range(records, start, start + length)
  }
  if (!isWhole) out.bytes(ellipsis)
}
