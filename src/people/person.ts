/**
 * One person of one shop as the books have them. Little-endian:
 *
 *     0  u8   version
 *     1  u8   nothing yet
 *     2  u32  bytes of the head
 *     6  f64  when time alone may change their segments, ms; Infinity: never
 *    14  head, JSON: who they are
 *        the slice (profiles/slice-codec.ts)
 */
import type { Slice } from '../profiles/slice.js'
import { decodeSlice, encodeSlice } from '../profiles/slice-codec.js'

/** Somebody who was joined into a person. What was logged of them until then lies under their id. */
export interface Former {
  readonly id: string
  /** Id of the join. */
  readonly join: string
}

export interface Person {
  /** Ours, made at random; never shown to another shop. */
  readonly id: string
  readonly createdAtMs: number
  /** All that names them, each a link to them. */
  readonly identifiers: readonly string[]
  /** Who was joined into them, the newest first. */
  readonly former: readonly Former[]
  readonly slice: Slice
  /** When time alone may change their segments; Infinity where never. */
  readonly dueAtMs: number
}

interface Head {
  readonly createdAtMs: number
  readonly identifiers: readonly string[]
  readonly former?: readonly Former[]
}

const version = 1
const fixedBytes = 14
const dueAt = 6

export function encodePerson(person: Person): Buffer {
  const { createdAtMs, identifiers, former } = person
  const head: Head =
    former.length === 0 ? { createdAtMs, identifiers } : { createdAtMs, identifiers, former }
  const headText = JSON.stringify(head)
  const headBytes = Buffer.byteLength(headText)
  const slice = encodeSlice(person.slice)
  const bytes = Buffer.allocUnsafe(fixedBytes + headBytes + slice.length)
  bytes[0] = version
  bytes[1] = 0
  bytes.writeUInt32LE(headBytes, 2)
  bytes.writeDoubleLE(person.dueAtMs, dueAt)
  bytes.write(headText, fixedBytes)
  slice.copy(bytes, fixedBytes + headBytes)
  return bytes
}

/** @throws Error where the bytes are no person that this release can read. */
export function decodePerson(id: string, bytes: Buffer): Person {
  const slice = decodeSlice(sliceBytesOf(bytes))
  if (typeof slice === 'number') throw new Error(`books: the slice of ${id} can't be read`)
  const headText = bytes.toString('utf8', fixedBytes, fixedBytes + bytes.readUInt32LE(2))
  const head = JSON.parse(headText) as Head
  return {
    id,
    createdAtMs: head.createdAtMs,
    identifiers: head.identifiers,
    former: head.former ?? [],
    slice,
    dueAtMs: bytes.readDoubleLE(dueAt),
  }
}

/** The encoded slice within an encoded person; a view. @throws Error where there is none. */
export function sliceBytesOf(bytes: Buffer): Buffer {
  if (bytes.length < fixedBytes || bytes[0] !== version)
    throw new Error('books: a person was written by another release, or is damaged')
  return bytes.subarray(fixedBytes + bytes.readUInt32LE(2))
}

export const dueAtMsOf = (bytes: Buffer): number => bytes.readDoubleLE(dueAt)
