/** Strings with escapes in them: rare, so they are written out behind the text first. */
import { memoryBytes, spareStart, utf8Characters } from './json-memory.js'

const bytes = memoryBytes
const backslash = 92

/** What stands behind a backslash, by its second byte. */
const meant = new Uint8Array(128)
meant[34] = 34
meant[92] = 92
meant[47] = 47
meant[98] = 8
meant[102] = 12
meant[110] = 10
meant[114] = 13
meant[116] = 9

const highStart = 0xd800
const lowStart = 0xdc00
const lowEnd = 0xe000
const replacement = 0xfffd

/** Half a surrogate pair stood alone: JavaScript's strings can hold that, UTF-8 can't. */
let isHalved = false

/**
 * Writes a string's characters into the spare room, as UTF-8.
 *
 * @param start first byte behind the quote. @param end the other quote; what is between is valid.
 * @returns the end of what is written; it begins at `spareStart()`.
 */
export function writeUnescaped(start: number, end: number): number {
  let to = spareStart()
  let at = start
  isHalved = false
  while (at < end) {
    const byte = bytes[at]!
    if (byte !== backslash) {
      bytes[to++] = byte
      at++
      continue
    }
    const letter = bytes[at + 1]!
    if (letter !== 117) {
      bytes[to++] = meant[letter]!
      at += 2
      continue
    }
    let code = unit(at + 2)
    at += 6
    if (code >= highStart && code < lowEnd) {
      const low = code < lowStart && bytes[at] === backslash && bytes[at + 1] === 117
      const second = low ? unit(at + 2) : 0
      if (second >= lowStart && second < lowEnd) {
        code = 0x10000 + ((code - highStart) << 10) + (second - lowStart)
        at += 6
      } else {
        isHalved = true
        code = replacement
      }
    }
    to = write(code, to)
  }
  return to
}

/** Four hexadecimal digits. */
function unit(at: number): number {
  let code = 0
  for (let i = 0; i < 4; i++) {
    const byte = bytes[at + i]!
    code = (code << 4) | (byte <= 57 ? byte - 48 : (byte | 32) - 87)
  }
  return code
}

function write(code: number, to: number): number {
  if (code < 0x80) bytes[to++] = code
  else if (code < 0x800) {
    bytes[to++] = 0xc0 | (code >> 6)
    bytes[to++] = 0x80 | (code & 63)
  } else {
    if (code < 0x10000) bytes[to++] = 0xe0 | (code >> 12)
    else {
      bytes[to++] = 0xf0 | (code >> 18)
      bytes[to++] = 0x80 | ((code >> 12) & 63)
    }
    bytes[to++] = 0x80 | ((code >> 6) & 63)
    bytes[to++] = 0x80 | (code & 63)
  }
  return to
}

/** A string's characters, escapes and all. */
export function escapedText(start: number, end: number): string {
  const written = writeUnescaped(start, end)
  return isHalved
    ? (JSON.parse(utf8Characters(start - 1, end + 1)) as string)
    : utf8Characters(spareStart(), written)
}
