/**
 * Protobuf's parts, written into a `ByteWriter`. A tag is the field's number and how its value is
 * written: `tagOf(number, WireType)`.
 */
import { ByteWriter } from '../../base/byte-writer.js'
import { fieldValue } from './field-value.js'
import type { FieldSpec } from './schema.js'
import { fieldsOf, messages } from './schema.js'

export const WireType = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 }

export const tagOf = (field: number, wireType: number): number => (field << 3) | wireType

/** @param value a whole number, not negative, up to 2^53. */
export function writeVarint(out: ByteWriter, value: number): void {
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.byte((rest % 0x80) | 0x80)
  out.byte(rest)
}

/** @param value a whole number; negative ones take ten bytes, as protobuf has it. */
export function writeInt(out: ByteWriter, tag: number, value: number): void {
  writeVarint(out, tag)
  if (value >= 0) writeVarint(out, value)
  else writeLong(out, BigInt(value))
}

/** @param value in 64 bits, with or without a sign. */
export function writeLong(out: ByteWriter, value: bigint): void {
  let rest = BigInt.asUintN(64, value)
  for (; rest >= 0x80n; rest >>= 7n) out.byte(Number(rest & 0x7fn) | 0x80)
  out.byte(Number(rest))
}

const double = new Float64Array(1)
const doubleBytes = new Uint8Array(double.buffer)
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

export function writeDouble(out: ByteWriter, tag: number, value: number): void {
  writeVarint(out, tag)
  double[0] = value
  for (let i = 0; i < 8; i++) out.byte(doubleBytes[isLittleEndian ? i : 7 - i]!)
}

export function writeText(out: ByteWriter, tag: number, text: string): void {
  writeVarint(out, tag)
  // Up to here the length takes one byte whatever the characters are; it is set once they are written.
  if (text.length <= 42) {
    const lengthAt = out.length
    out.byte(0)
    out.utf8(text)
    out.buffer[lengthAt] = out.length - lengthAt - 1
  } else {
    writeVarint(out, Buffer.byteLength(text))
    out.utf8(text)
  }
}

export function writeBytes(out: ByteWriter, tag: number, bytes: Uint8Array): void {
  writeVarint(out, tag)
  writeVarint(out, bytes.length)
  out.bytes(bytes)
}

type Json = { readonly [name: string]: unknown }

/**
 * A message from its JSON, by the schema: for what is written once and kept, or seldom.
 *
 * @param name one of the schema's messages. Members that it doesn't have are left out.
 */
export function messageBytes(name: string, json: Json): Buffer {
  const out = new ByteWriter(256)
  for (const field of fieldsOf(name)) {
    const value = json[field.name]
    if (value === undefined || value === null) continue
    if (!field.isRepeated) writeField(out, field, value)
    else if (Array.isArray(value)) for (const element of value) writeField(out, field, element)
  }
  return Buffer.from(out.view())
}

function writeField(out: ByteWriter, { number, type }: FieldSpec, value: unknown): void {
  if (messages[type] !== undefined) {
    if (typeof value === 'object' && value !== null)
      writeBytes(out, tagOf(number, WireType.bytes), messageBytes(type, value as Json))
    return
  }
  const known = fieldValue(type, value)
  if (known === undefined) return
  if (type === 'string') writeText(out, tagOf(number, WireType.bytes), known as string)
  else if (type === 'double') writeDouble(out, tagOf(number, WireType.fixed64), known as number)
  else if (type === 'fixed64') {
    writeVarint(out, tagOf(number, WireType.fixed64))
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(known as string)))
    out.bytes(bytes)
  } else if (type === 'int64') {
    writeVarint(out, tagOf(number, WireType.varint))
    writeLong(out, BigInt(known as string))
  } else writeInt(out, tagOf(number, WireType.varint), Number(known))
}
