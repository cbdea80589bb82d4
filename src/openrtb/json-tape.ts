/**
 * JSON as a tape: an entry for each value that somebody may read, in the order of the text. An object
 * has entries for its members with known names, a list for its items, and both are followed by what is
 * in them; all else leaves nothing. Checking and scanning are done in WebAssembly (wasm/json-tape.ts).
 *
 * A position on the tape, `at`, is an index of four words: `name << 8 | kind`, where the value starts
 * in memory, where it ends, and the position behind it. 0 is the position of a value that isn't there.
 */
import { keyNumbers, numberOfEscaped, placeNames } from './json-keys.js'
import {
  endTextAt,
  memory,
  memoryBytes,
  memoryWords,
  setAscii,
  tapeStart,
  textBytesMax,
  textStart,
} from './json-memory.js'
import { tapeModule } from './json-tape-module.js'

/** Deepest nesting of objects and lists. */
export const depthMax = 512

/** What kind of value an entry is of; 0 is that of none. `small`: its end is the number itself. */
export const Kind = {
  text: 1,
  /** A text with escapes in it. */
  escaped: 2,
  small: 3,
  number: 4,
  true: 5,
  false: 6,
  null: 7,
  object: 8,
  list: 9,
} as const

export const Key = keyNumbers

interface Exports {
  readonly setMultiplier: (multiplier: number) => void
  /** @returns bits: 1 it isn't JSON, 2 it is nested too deep, 4 not all of it is ASCII. */
  readonly scan: (from: number, to: number, tape: number) => number
}
/** The types of Node leave WebAssembly out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

const { setMultiplier, scan } = new WebAssembly.Instance(
  new WebAssembly.Module(Buffer.from(tapeModule, 'base64')),
  { env: { memory, numberOfEscaped } },
).exports as Exports
setMultiplier(placeNames())

const bytes = memoryBytes
const words = memoryWords
const kindObject = Kind.object
const kindList = Kind.list
const kindNull = Kind.null
const notJson = 1
const tooDeep = 2
const notAscii = 4

/** Position of the whole body. */
export const root = tapeStart / 4

/**
 * Takes a body in.
 *
 * @returns '' or the fault; `root` is then the position of what it is.
 */
export function load(body: Uint8Array): string {
  const { length } = body
  if (length > textBytesMax) return `body: is longer than ${textBytesMax} bytes`
  bytes.set(body, textStart)
  endTextAt(textStart + length)
  const found = scan(textStart, textStart + length, tapeStart)
  setAscii((found & notAscii) === 0)
  if ((found & notJson) === 0) return ''
  return (found & tooDeep) === 0 ? 'body: is not JSON' : `body: is nested deeper than ${depthMax}`
}

/**
 * Takes in JSON that was unescaped into memory, behind the body; its tape is behind the body's.
 *
 * @param start a multiple of 32.
 * @returns the position of what it is, 0 where it isn't JSON.
 */
export function loadWithin(start: number, end: number): number {
  const at = words[root + 3]!
  endTextAt(end)
  const found = scan(start, end, at * 4)
  if ((found & notAscii) !== 0) setAscii(false)
  return (found & notJson) === 0 ? at : 0
}

export function keyAt(at: number): number {
  return words[at]! >> 8
}

export function isObject(at: number): boolean {
  return (words[at]! & 255) === kindObject
}

export function isList(at: number): boolean {
  return (words[at]! & 255) === kindList
}

/** Nothing, or `null`, which says as much. */
export function isAbsent(at: number): boolean {
  return at === 0 || (words[at]! & 255) === kindNull
}

/** First of what is in an object or list; equal to `after` of that where there is nothing. */
export function inside(at: number): number {
  return at + 4
}

export function after(at: number): number {
  return words[at + 3]!
}

/** Where an object has a member, its last of that name; 0 where it has none or isn't an object. */
export function memberOf(object: number, key: number): number {
  let last = 0
  if (!isObject(object)) return last
  const end = after(object)
  for (let at = inside(object); at < end; at = after(at)) if (keyAt(at) === key) last = at
  return last
}
