/**
 * The memory that a request's bytes are put into to be scanned, shared with WebAssembly: the text, room
 * for what is unescaped out of it, and what wasm/json-tape.ts makes of both.
 */

/** Longest text that is scanned. */
export const textBytesMax = 1_048_576
/** Room to put a text together in. NULs come before it: entry 0 of the tape is no value. */
export const composeStart = 64
export const composeBytesMax = 64
/** The text's first byte. Room for three: text within it is unescaped behind it, and strings within that. */
export const textStart = 128

/** As in wasm/json-tape.ts. The bits that it sets are up to the slots, its stack is before the tape. */
export const slotsStart = 3_539_456
export const namesStart = 3_543_552
export const tapeStart = 3_604_480
const pageBytes = 65_536
/** The tape has room for an entry of 16 bytes for every other byte of text, twice. */
const pages = tapeStart / pageBytes + 257

interface Memory {
  readonly buffer: ArrayBuffer
}
/** The types of Node leave WebAssembly out. */
declare const WebAssembly: {
  Memory: new (size: { initial: number; maximum: number }) => Memory
}

export const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })

/** Files keep these in constants of their own: what is imported is looked up at each use. */
export const memoryBytes = new Uint8Array(memory.buffer)
export const memoryWords = new Int32Array(memory.buffer)
export const memoryView = new DataView(memory.buffer)

/** Node's own, which its types leave out: `toString` costs a microsecond more. */
type SliceBuffer = Buffer & {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
}
const buffer = Buffer.from(memory.buffer) as SliceBuffer

let isAscii = true
let spare = textStart

/** Says of all text that is in memory whether it is ASCII. */
export function setAscii(is: boolean): void {
  isAscii = is
}

/** Where something can be put behind all text: a multiple of 32. */
export function spareStart(): number {
  return spare
}

/** Gives up what was put behind `end`. */
export function endTextAt(end: number): void {
  spare = (end + 64) & ~31
}

/** The characters of a stretch, as UTF-8; what isn't valid is U+FFFD, as everywhere in Node. */
export function characters(start: number, end: number): string {
  return isAscii ? buffer.latin1Slice(start, end) : buffer.utf8Slice(start, end)
}

/** The same of what may hold more than the text does, as its escapes are written out. */
export function utf8Characters(start: number, end: number): string {
  return buffer.utf8Slice(start, end)
}
