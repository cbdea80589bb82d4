// Goal: what one process writes another reads unchanged, and a file that isn't whole is refused.
import { expect, test } from 'vitest'
import { decodeColumns, encodeColumns, isWhole } from '../../src/base/columns.js'

const columns = {
  bytes: Uint8Array.of(1, 2, 3),
  signed: Int32Array.of(-1, 2),
  unsigned: Uint32Array.of(4_294_967_295),
  doubles: Float64Array.of(Math.PI, -0, Number.MAX_SAFE_INTEGER),
  nothing: new Float64Array(0),
}
const file = encodeColumns({ name: 'zażółć' }, columns)

test('reads back what was written, from memory at any offset', () => {
  const odd = new Uint8Array(file.length + 1).subarray(1)
  odd.set(file)
  for (const source of [file, odd]) {
    const { meta, column } = decodeColumns(source)
    expect(meta).toEqual({ name: 'zażółć' })
    expect(column('bytes', 'u8')).toEqual(columns.bytes)
    expect(column('signed', 'i32')).toEqual(columns.signed)
    expect(column('unsigned', 'u32')).toEqual(columns.unsigned)
    expect(column('doubles', 'f64')).toEqual(columns.doubles)
    expect(column('nothing', 'f64')).toHaveLength(0)
  }
})

test('refuses what is cut short, foreign, or lacks a column', () => {
  expect(() => decodeColumns(Buffer.from('{}'))).toThrow('not a column file')
  expect(() => decodeColumns(file.subarray(0, 20))).toThrow('cut short')
  const { column } = decodeColumns(file.subarray(0, file.length - 8))
  expect(() => column('doubles', 'f64')).toThrow('cut short')
  expect(() => decodeColumns(file).column('bytes', 'f64')).toThrow('lacks bytes')
})

test('knows of any byte that is another one, missing or added', () => {
  expect(isWhole(file)).toBe(true)
  for (let length = 0; length < file.length; length++)
    expect(isWhole(file.subarray(0, length)), `${length}`).toBe(false)
  expect(isWhole(Buffer.concat([file, Buffer.alloc(1)]))).toBe(false)
  for (let at = 0; at < file.length; at++) {
    const other = Buffer.from(file)
    other[at]! ^= 0x10
    expect(isWhole(other), `${at}`).toBe(false)
  }
})
