/**
 * A file of typed columns: what one process compiles and many processes read without decoding.
 *
 * Layout, little-endian: `GRSZ` | u32 CRC-32 of all that follows | u32 header bytes | header (JSON: text
 * parts and where each column lies) | columns, each aligned to 8 bytes. A reader's columns are views of
 * the file's bytes.
 */
import { crc32 } from 'node:zlib'

export type Column = Uint8Array | Int32Array | Uint32Array | Float64Array

const magic = 0x5a535247
const sumAt = 4
const summedFrom = 8
const headerAt = 12
const kinds = { u8: Uint8Array, i32: Int32Array, u32: Uint32Array, f64: Float64Array } as const
type Kind = keyof typeof kinds

interface Header {
  readonly meta: unknown
  readonly columns: Readonly<Record<string, readonly [kind: Kind, offset: number, length: number]>>
}

function kindOf(column: Column): Kind {
  if (column instanceof Int32Array) return 'i32'
  if (column instanceof Uint32Array) return 'u32'
  if (column instanceof Float64Array) return 'f64'
  return 'u8'
}

const aligned = (offset: number): number => (offset + 7) & ~7

/** @param meta whatever small thing JSON can hold; `columns` by name, copied. */
export function encodeColumns(meta: unknown, columns: Readonly<Record<string, Column>>): Buffer {
  const places: Record<string, readonly [Kind, number, number]> = {}
  let length = 0
  for (const [name, column] of Object.entries(columns)) {
    places[name] = [kindOf(column), length, column.length]
    length = aligned(length + column.byteLength)
  }
  const header = Buffer.from(JSON.stringify({ meta, columns: places } satisfies Header))
  const start = aligned(headerAt + header.length)
  const file = Buffer.alloc(start + length)
  file.writeUInt32LE(magic, 0)
  file.writeUInt32LE(header.length, summedFrom)
  header.copy(file, headerAt)
  for (const [name, column] of Object.entries(columns))
    file.set(
      new Uint8Array(column.buffer, column.byteOffset, column.byteLength),
      start + places[name]![1],
    )
  file.writeUInt32LE(crc32(file.subarray(summedFrom)), sumAt)
  return file
}

/** Whether these are all bytes of a column file, as they were written: for who doesn't know where it is from. */
export function isWhole(file: Buffer): boolean {
  if (file.length < headerAt || file.readUInt32LE(0) !== magic) return false
  return file.readUInt32LE(sumAt) === crc32(file.subarray(summedFrom))
}

/**
 * @param file bytes whose underlying memory stays untouched from now on.
 * @throws Error where the file isn't one of ours, is cut short or lacks a column that is asked for.
 */
export function decodeColumns(file: Uint8Array): { meta: unknown; column: ColumnReader } {
  // Views need aligned memory, which a slice of a pooled buffer may not be.
  const bytes = file.byteOffset % 8 === 0 ? file : new Uint8Array(file)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < headerAt || view.getUint32(0, true) !== magic)
    throw new Error('not a column file')
  const headerLength = view.getUint32(summedFrom, true)
  const start = aligned(headerAt + headerLength)
  if (start > bytes.length) throw new Error('column file is cut short')
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + headerAt, headerLength).toString()
  const header = JSON.parse(text) as Header
  const column = ((name: string, kind: Kind) => {
    const place = header.columns[name]
    if (place === undefined || place[0] !== kind) throw new Error(`column file lacks ${name}`)
    const [, offset, length] = place
    const from = bytes.byteOffset + start + offset
    if (start + offset + length * kinds[kind].BYTES_PER_ELEMENT > bytes.length)
      throw new Error('column file is cut short')
    return new kinds[kind](bytes.buffer as ArrayBuffer, from, length)
  }) as ColumnReader
  return { meta: header.meta, column }
}

export interface ColumnReader {
  (name: string, kind: 'u8'): Uint8Array
  (name: string, kind: 'i32'): Int32Array
  (name: string, kind: 'u32'): Uint32Array
  (name: string, kind: 'f64'): Float64Array
}
