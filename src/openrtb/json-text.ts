/**
 * A request's bytes where they can be scanned: one block of memory, filled again for each request,
 * and in it a bit for each byte that ends a run within a string (`"`, `\`, control characters).
 *
 * The bits are set 32 bytes at a time (WebAssembly SIMD, 0.1 µs for 1.5 KB), so that strings, most of
 * what is sent, are passed over without a look at their bytes. There are NULs before and after the
 * text, which JSON allows nowhere, so that no loop compares with an end.
 */

/** Longest text that is scanned. */
export const textBytesMax = 1_048_576
/** Where nothing is: a scan that fails goes on here, and fails at every step after it. */
export const nowhere = 0
/** Room to put a text together in. */
export const composeStart = 64
export const composeBytesMax = 64
/** The text's first byte. */
export const textStart = 128

/** Behind it, text within the text is unescaped, and behind that, a string within it. */
const marksStart = textStart + 3 * textBytesMax + 256

/**
 * Assembled by wabt from
 *
 *     (memory (export "memory") 55 55)
 *     (func (export "mark") (param $from i32) (param $to i32) (param $marks i32) (result i32)
 *       (local $low v128) (local $high v128) (local $seen v128)
 *       (v128.store (local.get $to) (v128.const i32x4 0 0 0 0))
 *       (v128.store offset=16 (local.get $to) (v128.const i32x4 0 0 0 0))
 *       (loop $block
 *         (local.set $low (v128.load (local.get $from)))
 *         (local.set $high (v128.load offset=16 (local.get $from)))
 *         (local.set $seen (v128.or (local.get $seen) (v128.or (local.get $low) (local.get $high))))
 *         (i32.store (local.get $marks)
 *           (i32.or STOPS($low) (i32.shl STOPS($high) (i32.const 16))))
 *         (local.set $marks (i32.add (local.get $marks) (i32.const 4)))
 *         (br_if $block
 *           (i32.le_u (local.tee $from (i32.add (local.get $from) (i32.const 32))) (local.get $to))))
 *       (i8x16.bitmask (local.get $seen)))
 *
 * where STOPS($x) is the bitmask of `$x < 32 | ($x == 34 | $x == 92)` over bytes. It returns 0 where
 * all is ASCII.
 */
const module =
  'AGFzbQEAAAABCAFgA39/fwF/AwIBAAUEAQE3NwcRAgZtZW1vcnkCAARtYXJrAAAKhgIBgwIBA3sgAf0MAAAAAAAA' +
  'AAAAAAAAAAAAAP0LBAAgAf0MAAAAAAAAAAAAAAAAAAAAAP0LBBADQCAA/QAEACEDIAD9AAQQIQQgBSADIAT9UP1Q' +
  'IQUgAiAD/QwgICAgICAgICAgICAgICAg/SYgA/0MIiIiIiIiIiIiIiIiIiIiIv0jIAP9DFxcXFxcXFxcXFxcXFxc' +
  'XFz9I/1Q/VD9ZCAE/QwgICAgICAgICAgICAgICAg/SYgBP0MIiIiIiIiIiIiIiIiIiIiIv0jIAT9DFxcXFxcXFxc' +
  'XFxcXFxcXFz9I/1Q/VD9ZEEQdHI2AgAgAkEEaiECIABBIGoiACABTQ0ACyAF/WQL'

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly mark: (from: number, to: number, marks: number) => number
}
/** The types of Node leave WebAssembly out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object) => { readonly exports: unknown }
}

const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(module, 'base64')))
const { memory, mark } = instance.exports as Exports

/** Each file that reads these keeps them in constants of its own: the compiler then knows where they are. */
export const memoryBytes = new Uint8Array(memory.buffer)
export const memoryView = new DataView(memory.buffer)
export const memoryMarks = new Int32Array(memory.buffer, marksStart)
const bytes = memoryBytes
const view = memoryView
const marks = memoryMarks
marks[0] = -1

/** Node's own, which its types leave out: `toString` costs a microsecond more. */
type SliceBuffer = Buffer & {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
}
const buffer = Buffer.from(memory.buffer) as SliceBuffer

/** Whether all bytes marked since the last `load` are ASCII. */
let isAscii = true
/** Room behind all that is marked. */
let spare = textStart

/**
 * Takes a text in.
 *
 * @returns where it ends, or `nowhere` if it is longer than `textBytesMax`.
 */
export function load(text: Uint8Array): number {
  if (text.length > textBytesMax) return nowhere
  bytes.set(text, textStart)
  isAscii = true
  return markStops(textStart, textStart + text.length)
}

/**
 * Makes a stretch ready to be scanned; what is unescaped from now on goes behind it.
 *
 * @param start a multiple of 32.
 * @returns `end`.
 */
export function markStops(start: number, end: number): number {
  if (mark(start, end, marksStart + (start >>> 3)) !== 0) isAscii = false
  spare = (end + 64) & ~31
  return end
}

/** Where something can be put behind all that is marked: a multiple of 32. */
export function spareStart(): number {
  return spare
}

/** Gives up what was marked behind the text. */
export function setSpare(start: number): void {
  spare = start
}

/** The first `"`, `\` or control character from here on; there is always one before the text's end. */
export function nextStop(at: number): number {
  let word = at >>> 5
  let bits = marks[word]! >>> (at & 31)
  if (bits !== 0) return at + 31 - Math.clz32(bits & -bits)
  do bits = marks[++word]!
  while (bits === 0)
  return (word << 5) + 31 - Math.clz32(bits & -bits)
}

/** The characters of a stretch, as UTF-8; what isn't valid is U+FFFD, as everywhere in Node. */
export function characters(start: number, end: number): string {
  return isAscii ? buffer.latin1Slice(start, end) : buffer.utf8Slice(start, end)
}

/** The same of what may hold more than the text does, as its escapes are written out. */
export function utf8Characters(start: number, end: number): string {
  return buffer.utf8Slice(start, end)
}

export function wordAt(at: number): number {
  return view.getInt32(at, true)
}
