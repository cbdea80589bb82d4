/**
 * Steps over JSON without making anything of it. Each takes the position where it begins and returns
 * the one behind it; `nowhere` where the text isn't JSON, from where all further steps fail too, so
 * that a fault needs no branch of its own until the end.
 */
import { escapedText } from './json-escape.js'
import { scanned } from './json-found.js'
import { numberOfName, numberOfText } from './json-keys.js'
import { memoryBytes, nextStop, wordAt } from './json-text.js'

/** Deepest nesting of objects and lists within a value that nobody reads. */
export const depthMax = 512

// Not shared with other files: what a file exports is looked up at each use.
const nowhere = 0
const quote = 34
const comma = 44
const minus = 45
const dot = 46
const zero = 48
const colon = 58
const openBracket = 91
const backslash = 92
const closeBracket = 93
const openBrace = 123
const closeBrace = 125

/** `true` and `null` as words; `alse` without its first letter. */
const trueWord = 0x65757274
const falseWord = 0x65736c61
const nullWord = 0x6c6c756e

const bytes = memoryBytes
const found = scanned
/** What is open around the value at hand, for `skipNested`. */
const open = new Uint8Array(depthMax + 64)

let isDeep = false

/** Whether the last scan failed because of `depthMax`; asked for once. */
export function wasTooDeep(): boolean {
  const was = isDeep
  isDeep = false
  return was
}

/** Past white space. */
export function space(at: number): number {
  return bytes[at]! > 32 ? at : longSpace(at)
}

function longSpace(at: number): number {
  for (;;) {
    const byte = bytes[at]!
    if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return at
    at++
  }
}

/** The quote that ends the string whose characters begin here. */
export function stringEnd(at: number): number {
  const stop = nextStop(at)
  return bytes[stop] === quote ? stop : escapedEnd(stop)
}

function escapedEnd(stop: number): number {
  while (bytes[stop] === backslash) {
    const letter = bytes[stop + 1]!
    if (letter === 117) {
      for (let i = 2; i < 6; i++) if (!isHex(bytes[stop + i]!)) return nowhere
      stop = nextStop(stop + 6)
    } else if (isEscape(letter)) stop = nextStop(stop + 2)
    else return nowhere
  }
  return bytes[stop] === quote ? stop : nowhere
}

function isHex(byte: number): boolean {
  const letter = byte | 32
  return (byte >= zero && byte <= 57) || (letter >= 97 && letter <= 102)
}

/** `"`, `\`, `/`, b, f, n, r, t. */
function isEscape(byte: number): boolean {
  return (
    byte === quote ||
    byte === backslash ||
    byte === 47 ||
    byte === 98 ||
    byte === 102 ||
    byte === 110 ||
    byte === 114 ||
    byte === 116
  )
}

/** From an opening brace to the first value whose name is known (`key`), or to behind the object. */
export function enter(at: number): number {
  at = space(at + 1)
  if (bytes[at] === closeBrace) {
    found.key = -1
    return at + 1
  }
  at = nameTo(at)
  return found.key === 0 ? next(skip(at)) : at
}

/** From behind a value to the next one whose name is known (`key`), or to behind the object. */
export function next(at: number): number {
  for (;;) {
    at = space(at)
    const byte = bytes[at]
    if (byte !== comma) {
      found.key = -1
      return byte === closeBrace ? at + 1 : nowhere
    }
    at = nameTo(space(at + 1))
    if (found.key !== 0) return at
    // Nobody reads it.
    const first = bytes[at]!
    if (first === quote) {
      at = nextStop(at + 1)
      if (bytes[at] !== quote) at = escapedEnd(at)
      if (at !== nowhere) at++
    } else if (first === openBrace || first === openBracket) at = skipNested(at)
    else at = skipScalar(at)
  }
}

/** From a name's quote to its value. */
function nameTo(at: number): number {
  found.key = -1
  if (bytes[at] !== quote) return nowhere
  const start = at + 1
  at = nextStop(start)
  if (bytes[at] === quote) found.key = numberOfName(start, at)
  else {
    at = escapedEnd(at)
    if (at === nowhere) return nowhere
    found.key = numberOfText(escapedText(start, at))
  }
  if (bytes[++at] !== colon) {
    at = space(at)
    if (bytes[at] !== colon) {
      found.key = -1
      return nowhere
    }
  }
  return space(at + 1)
}

export function firstItem(at: number): number {
  return space(at + 1)
}

/** From behind an item to the next one, or to the closing bracket. */
export function nextItem(at: number): number {
  at = space(at)
  const byte = bytes[at]
  if (byte === comma) {
    at = space(at + 1)
    return bytes[at] === closeBracket ? nowhere : at
  }
  return byte === closeBracket ? at : nowhere
}

/** Whether a list goes on here. */
export function isItem(at: number): boolean {
  const byte = bytes[at]
  return byte !== closeBracket && byte !== 0
}

export function endItems(at: number): number {
  return bytes[at] === closeBracket ? at + 1 : nowhere
}

/** Any value. */
export function skip(at: number): number {
  const byte = bytes[at]!
  if (byte === quote) return afterString(at)
  return byte === openBrace || byte === openBracket ? skipNested(at) : skipScalar(at)
}

/** @param at an opening quote. */
export function afterString(at: number): number {
  const end = stringEnd(at + 1)
  return end === nowhere ? nowhere : end + 1
}

function skipNested(at: number): number {
  let depth = 0
  for (;;) {
    const byte = bytes[at]!
    if (byte === quote) at = afterString(at)
    else if (byte === openBrace || byte === openBracket) {
      if (depth === depthMax) {
        isDeep = true
        return nowhere
      }
      open[depth++] = byte
      at = space(at + 1)
      // What closes is two after what opens.
      if (bytes[at] !== byte + 2) {
        if (byte === openBrace) at = skipName(at)
        continue
      }
      at++
      depth--
    } else at = skipScalar(at)
    for (;;) {
      if (depth === 0) return at
      at = space(at)
      const next = bytes[at]!
      const outer = open[depth - 1]!
      if (next === outer + 2) {
        at++
        depth--
      } else if (next === comma) {
        at = space(at + 1)
        if (outer === openBrace) at = skipName(at)
        break
      } else return nowhere
    }
  }
}

function skipName(at: number): number {
  if (bytes[at] !== quote) return nowhere
  at = afterString(at)
  if (bytes[at] !== colon) {
    at = space(at)
    if (bytes[at] !== colon) return nowhere
  }
  return space(at + 1)
}

/** A number, `true`, `false` or `null`. */
export function skipScalar(at: number): number {
  const byte = bytes[at]!
  if (byte === 116) return wordAt(at) === trueWord ? at + 4 : nowhere
  if (byte === 102) return wordAt(at + 1) === falseWord ? at + 5 : nowhere
  if (byte === 110) return wordAt(at) === nullWord ? at + 4 : nowhere
  return skipNumber(at)
}

export function skipNumber(at: number): number {
  // Most are short and whole.
  if ((bytes[at]! - 49) >>> 0 <= 8) {
    while ((bytes[++at]! - zero) >>> 0 <= 9);
    return bytes[at] === dot ? fraction(at) : exponent(at)
  }
  if (bytes[at] === minus) at++
  if (bytes[at] === zero) at++
  else {
    at = digits(at)
    if (at === nowhere) return nowhere
  }
  return bytes[at] === dot ? fraction(at) : exponent(at)
}

function fraction(at: number): number {
  at = digits(at + 1)
  return at === nowhere ? nowhere : exponent(at)
}

function exponent(at: number): number {
  if ((bytes[at]! | 32) !== 101) return at
  const sign = bytes[++at]!
  return digits(sign === minus || sign === 43 ? at + 1 : at)
}

/** One digit at least. */
function digits(at: number): number {
  const start = at
  while ((bytes[at]! - zero) >>> 0 <= 9) at++
  return at === start ? nowhere : at
}
