/**
 * JSON to a tape of what a bid request's readers may ask for: AssemblyScript, compiled to WebAssembly
 * by scripts/build-wasm.mjs into src/openrtb/json-tape-module.ts. See src/openrtb/json-tape.ts, which
 * shares the memory, for the tape and where everything is.
 *
 * The text is checked as JSON.parse checks it. First a bit is set for each byte that ends a run within
 * a string (`"`, `\`, control characters), 32 bytes at a time, so that strings are passed over without
 * a look at their bytes. There are NULs behind the text, which JSON allows nowhere, so no loop compares
 * with an end.
 */

/** As in src/openrtb/json-tape.ts. */
const marksStart: u32 = 3146112
const slotsStart: u32 = 3539456
const namesStart: u32 = 3543552
const stackStart: u32 = 3551744
const nameBytes: u32 = 32
const nameLengthMax: u32 = 24
const depthMax: u32 = 512

const kindText: u32 = 1
const kindEscaped: u32 = 2
const kindSmall: u32 = 3
const kindNumber: u32 = 4
const kindTrue: u32 = 5
const kindFalse: u32 = 6
const kindNull: u32 = 7
const kindObject: u32 = 8
const kindList: u32 = 9

const quote: u32 = 34
const comma: u32 = 44
const minus: u32 = 45
const dot: u32 = 46
const zero: u32 = 48
const colon: u32 = 58
const openBracket: u32 = 91
const backslash: u32 = 92
const closeBracket: u32 = 93
const openBrace: u32 = 123
const closeBrace: u32 = 125

/** A position that says that the text isn't JSON. */
const nowhere: u32 = 0

/** Number of a name that has escapes in it; 0 for one that nobody reads. */
// @ts-ignore: decorator
@external('env', 'numberOfEscaped')
declare function numberOfEscaped(start: u32, end: u32): u32

/** Where the next entry goes. */
let out: u32 = 0
let isDeep: bool = false
/** Set when the names are put into memory. */
let multiplier: u32 = 0

export function setMultiplier(value: u32): void {
  multiplier = value
}

/**
 * Scans the text from `from` (a multiple of 32) to `to` and writes its tape from `tape` on.
 *
 * @returns bits: 1 it isn't JSON, 2 it is nested too deep, 4 not all of it is ASCII.
 */
export function scan(from: u32, to: u32, tape: u32): u32 {
  const other: u32 = mark(from, to) != 0 ? 4 : 0
  out = tape
  isDeep = false
  const at = readValue(space(from), 0, 0)
  if (at != nowhere && space(at) == to) return other
  return other | (isDeep ? 3 : 1)
}

function mark(from: u32, to: u32): i32 {
  v128.store(to, i32x4.splat(0))
  v128.store(to, i32x4.splat(0), 16)
  let seen = i32x4.splat(0)
  let marks = marksStart + (from >>> 3)
  do {
    const low = v128.load(from)
    const high = v128.load(from, 16)
    seen = v128.or(seen, v128.or(low, high))
    store<u32>(marks, stops(low) | (stops(high) << 16))
    marks += 4
    from += 32
  } while (from <= to)
  return i8x16.bitmask(seen)
}

// @ts-ignore: decorator
@inline
function stops(block: v128): u32 {
  const controls = i8x16.lt_u(block, i8x16.splat(32))
  const ends = v128.or(i8x16.eq(block, i8x16.splat(34)), i8x16.eq(block, i8x16.splat(92)))
  return <u32>i8x16.bitmask(v128.or(controls, ends))
}

// @ts-ignore: decorator
@inline
function byteAt(at: u32): u32 {
  return load<u8>(at)
}

/** The first `"`, `\` or control character from here on. */
// @ts-ignore: decorator
@inline
function nextStop(at: u32): u32 {
  let word = marksStart + ((at >>> 5) << 2)
  let bits = load<u32>(word) >>> (at & 31)
  if (bits != 0) return at + ctz(bits)
  at &= ~31
  do {
    word += 4
    at += 32
    bits = load<u32>(word)
  } while (bits == 0)
  return at + ctz(bits)
}

/** Past white space. */
// @ts-ignore: decorator
@inline
function space(at: u32): u32 {
  return byteAt(at) > 32 ? at : longSpace(at)
}

function longSpace(at: u32): u32 {
  let byte = byteAt(at)
  while (byte == 32 || byte == 10 || byte == 13 || byte == 9) byte = byteAt(++at)
  return at
}

/** A string's closing quote, from the stop that was found first. */
function escapedEnd(stop: u32): u32 {
  while (byteAt(stop) == backslash) {
    const letter = byteAt(stop + 1)
    if (letter == 117) {
      for (let i: u32 = 2; i < 6; i++) if (!isHex(byteAt(stop + i))) return nowhere
      stop = nextStop(stop + 6)
    } else if (isEscape(letter)) stop = nextStop(stop + 2)
    else return nowhere
  }
  return byteAt(stop) == quote ? stop : nowhere
}

function isHex(byte: u32): bool {
  const letter = byte | 32
  return (byte >= zero && byte <= 57) || (letter >= 97 && letter <= 102)
}

/** `"`, `\`, `/`, b, f, n, r, t. */
function isEscape(byte: u32): bool {
  return (
    byte == quote ||
    byte == backslash ||
    byte == 47 ||
    byte == 98 ||
    byte == 102 ||
    byte == 110 ||
    byte == 114 ||
    byte == 116
  )
}

/** From a string's opening quote to its closing one. */
// @ts-ignore: decorator
@inline
function stringEnd(at: u32): u32 {
  const stop = nextStop(at + 1)
  return byteAt(stop) == quote ? stop : escapedEnd(stop)
}

/** From behind a name to its value. */
// @ts-ignore: decorator
@inline
function afterColon(at: u32): u32 {
  at = space(at)
  return byteAt(at) == colon ? space(at + 1) : nowhere
}

/** Number of the name that stands between `start` and `end`; 0 for one that nobody reads. */
function numberOfName(start: u32, end: u32): u32 {
  const length = end - start
  if (length > nameLengthMax) return 0
  let first = load<u32>(start)
  let last = first
  if (length >= 4) last = load<u32>(end - 4)
  else last = first &= (1 << (length << 3)) - 1
  const hash = (first ^ ((last + length) * 0x85ebca6b)) * multiplier
  const number: u32 = load<u8>(slotsStart + (hash >>> 20))
  if (number == 0) return 0
  let name = namesStart + number * nameBytes
  if (load<u32>(name) != length || load<u32>(name, 4) != first) return 0
  if (length <= 4) return number
  for (let at = start + 4; at + 4 < end; at += 4) {
    name += 4
    if (load<u32>(name, 4) != load<u32>(at)) return 0
  }
  return load<u32>(name, 8) == last ? number : 0
}

/** A value that gets an entry. @returns the position behind it. */
function readValue(at: u32, key: u32, depth: u32): u32 {
  const entry = out
  out += 16
  const start = at
  const byte = byteAt(at)
  let kind: u32
  let extra: u32
  if (byte == quote) {
    extra = nextStop(at + 1)
    kind = kindText
    if (byteAt(extra) != quote) {
      extra = escapedEnd(extra)
      kind = kindEscaped
      if (extra == nowhere) return nowhere
    }
    at = extra + 1
  } else if (byte == openBrace) {
    kind = kindObject
    at = extra = readObject(at, depth + 1)
  } else if (byte == openBracket) {
    kind = kindList
    at = extra = readList(at, depth + 1)
  } else if (byte - 48 <= 9) {
    extra = byte - 48
    at++
    let digit = byteAt(at) - 48
    if (byte != zero)
      while (digit <= 9) {
        extra = extra * 10 + digit
        digit = byteAt(++at) - 48
      }
    const next = byteAt(at)
    kind = kindSmall
    if (at - start > 9 || next == dot || (next | 32) == 101) {
      kind = kindNumber
      at = extra = numberEnd(start)
    }
  } else {
    at = extra = scalarEnd(at)
    kind = byte == 116 ? kindTrue : byte == 102 ? kindFalse : byte == 110 ? kindNull : kindNumber
  }
  if (at == nowhere) return nowhere
  store<u32>(entry, (key << 8) | kind)
  store<u32>(entry, start, 4)
  store<u32>(entry, extra, 8)
  store<u32>(entry, out >>> 2, 12)
  return at
}

/** An object whose members get entries, those with names that somebody reads. */
function readObject(at: u32, depth: u32): u32 {
  if (depth > depthMax) return tooDeep()
  at = space(at + 1)
  if (byteAt(at) == closeBrace) return at + 1
  while (true) {
    if (byteAt(at) != quote) return nowhere
    const start = at + 1
    let end = nextStop(start)
    let key: u32
    if (byteAt(end) == quote) key = numberOfName(start, end)
    else {
      end = escapedEnd(end)
      if (end == nowhere) return nowhere
      key = numberOfEscaped(start, end)
    }
    at = afterColon(end + 1)
    at = key != 0 ? readValue(at, key, depth) : skip(at, depth)
    at = space(at)
    const byte = byteAt(at)
    if (byte != comma) return byte == closeBrace ? at + 1 : nowhere
    at = space(at + 1)
  }
}

/** A list whose items get entries. */
function readList(at: u32, depth: u32): u32 {
  if (depth > depthMax) return tooDeep()
  at = space(at + 1)
  if (byteAt(at) == closeBracket) return at + 1
  while (true) {
    at = space(readValue(at, 0, depth))
    const byte = byteAt(at)
    if (byte != comma) return byte == closeBracket ? at + 1 : nowhere
    at = space(at + 1)
  }
}

/** A value that nobody reads. */
function skip(at: u32, outerDepth: u32): u32 {
  let depth: u32 = 0
  while (true) {
    const byte = byteAt(at)
    if (byte == quote) {
      at = stringEnd(at)
      if (at == nowhere) return nowhere
      at++
    } else if (byte == openBrace || byte == openBracket) {
      if (outerDepth + depth == depthMax) return tooDeep()
      store<u8>(stackStart + depth++, <u8>byte)
      at = space(at + 1)
      // What closes is two after what opens.
      if (byteAt(at) != byte + 2) {
        if (byte == openBrace) at = skipName(at)
        continue
      }
      at++
      depth--
    } else at = scalarEnd(at)
    while (true) {
      if (depth == 0) return at
      at = space(at)
      const next = byteAt(at)
      const outer: u32 = load<u8>(stackStart + depth - 1)
      if (next == outer + 2) {
        at++
        depth--
      } else if (next == comma) {
        at = space(at + 1)
        if (outer == openBrace) at = skipName(at)
        break
      } else return nowhere
    }
  }
}

function skipName(at: u32): u32 {
  if (byteAt(at) != quote) return nowhere
  const end = stringEnd(at)
  return end == nowhere ? nowhere : afterColon(end + 1)
}

function tooDeep(): u32 {
  isDeep = true
  return nowhere
}

/** A number, `true`, `false` or `null`. */
function scalarEnd(at: u32): u32 {
  const byte = byteAt(at)
  if (byte == 116) return load<u32>(at) == 0x65757274 ? at + 4 : nowhere
  if (byte == 102) return load<u32>(at + 1) == 0x65736c61 ? at + 5 : nowhere
  if (byte == 110) return load<u32>(at) == 0x6c6c756e ? at + 4 : nowhere
  return numberEnd(at)
}

function numberEnd(at: u32): u32 {
  if (byteAt(at) == minus) at++
  if (byteAt(at) == zero) at++
  else {
    at = digits(at)
    if (at == nowhere) return nowhere
  }
  if (byteAt(at) == dot) {
    at = digits(at + 1)
    if (at == nowhere) return nowhere
  }
  if ((byteAt(at) | 32) != 101) return at
  const sign = byteAt(++at)
  return digits(sign == minus || sign == 43 ? at + 1 : at)
}

/** One digit at least. */
function digits(at: u32): u32 {
  const start = at
  while (byteAt(at) - 48 <= 9) at++
  return at == start ? nowhere : at
}
