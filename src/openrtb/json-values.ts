/**
 * Values out of JSON as a request's fields need them. As in json-scan, each takes a position and
 * returns the one behind the value; the value itself is fetched afterwards. One of another type than
 * is asked for is gone over and counts as absent.
 */
import { gppSectionBit } from './complete.js'
import { escapedText } from './json-escape.js'
import {
  dot,
  endItems,
  firstItem,
  isItem,
  minus,
  nextItem,
  openBracket,
  quote,
  skip,
  skipNumber,
  stringEnd,
  trueWord,
  zero,
} from './json-scan.js'
import { characters, memoryBytes, nextStop, nowhere, wordAt } from './json-text.js'
import { bitOf } from './offers.js'
import type { Applies } from './request.js'
import { idLengthMax, textLengthMax, unreadable } from './request.js'

const bytes = memoryBytes

/** Digits that a Number holds exactly, whichever they are. */
const exactDigits = 15
const powersOfTen = new Float64Array(exactDigits + 1)
for (let i = 0; i <= exactDigits; i++) powersOfTen[i] = 10 ** i

let number = 0

/** What `readNumber` read, also out of a string; NaN where there is none, 0 for -0. */
export function numberRead(): number {
  return number
}

export function readNumber(at: number): number {
  const start = at
  let digit = bytes[at]! - zero
  if (digit >>> 0 > 9) {
    if (bytes[at] !== minus) return readOtherNumber(at)
    digit = bytes[++at]! - zero
    if (digit >>> 0 > 9) return nowhere
  }
  let value = digit
  digit = bytes[++at]! - zero
  // None may follow a zero: a digit here is what the next step then fails on.
  if (value !== 0)
    while (digit >>> 0 <= 9) {
      value = value * 10 + digit
      digit = bytes[++at]! - zero
    }
  let scale = 0
  if (bytes[at] === dot) {
    const point = at
    digit = bytes[++at]! - zero
    while (digit >>> 0 <= 9) {
      value = value * 10 + digit
      digit = bytes[++at]! - zero
    }
    scale = at - point - 1
    if (scale === 0) return nowhere
  }
  if (at - start > exactDigits || (bytes[at]! | 32) === 101) return readLongNumber(start)
  if (scale !== 0) value /= powersOfTen[scale]!
  number = bytes[start] === minus ? 0 - value : value
  return at
}

function readLongNumber(start: number): number {
  const end = skipNumber(start)
  const value = Number(characters(start, end))
  number = end !== nowhere && Number.isFinite(value) ? value + 0 : Number.NaN
  return end
}

/** Not a number, but perhaps a string of one. */
function readOtherNumber(at: number): number {
  number = Number.NaN
  if (bytes[at] !== quote) return skip(at)
  at = readText(at)
  if (text !== '') {
    const value = Number(text)
    if (Number.isFinite(value)) number = value + 0
  }
  return at
}

let flag: Applies = -1

/** What `readFlag` read: 1, true, "1", "true" and 1.0 for yes, their likes for no, -1 for all else. */
export function flagRead(): Applies {
  return flag
}

export function readFlag(at: number): number {
  const digit = bytes[at]! - zero
  // One digit and nothing behind it that would go on with the number.
  if (digit >>> 0 <= 1 && isNumberEnd(bytes[at + 1]!)) {
    flag = digit === 1 ? 1 : 0
    return at + 1
  }
  return readOtherFlag(at)
}

function isNumberEnd(byte: number): boolean {
  return byte === 44 || byte === 125 || byte === 93
}

function readOtherFlag(at: number): number {
  const byte = bytes[at]
  flag = -1
  if (byte === 116 || byte === 102) {
    const isTrue = wordAt(at) === trueWord
    at = skip(at)
    flag = isTrue ? 1 : 0
    return at
  }
  at = readNumber(at)
  if (byte === quote && text === 'true') flag = 1
  else if (byte === quote && text === 'false') flag = 0
  else flag = number === 1 ? 1 : number === 0 ? 0 : -1
  return at
}

let text = ''
/** Longer than any text that is kept, so no text that was sent. */
const tooLong = '?'.repeat(idLengthMax + 1)

/** What `readText` and its likes read; '' where there is none, or one that is too long to be kept. */
export function textRead(): string {
  return text
}

/** A text that differs from request to request; those that recur are read by `readKnownText`. */
export function readText(at: number): number {
  return readBounded(at, textLengthMax, '')
}

/** A signal of consent: one that is too long to be kept is `unreadable`, which isn't absent. */
export function readSignal(at: number): number {
  return readBounded(at, textLengthMax, unreadable)
}

/** An id; whole numbers are taken for what they are written as. */
export function readName(at: number): number {
  if (bytes[at] === quote) return readBounded(at, idLengthMax, '')
  text = ''
  if ((bytes[at]! - zero) >>> 0 > 9 && bytes[at] !== minus) return skip(at)
  at = readNumber(at)
  if (Number.isSafeInteger(number)) text = String(number)
  return at
}

/** What is wrong with a value as an id that must come back as it was sent. */
export const IdFault = { none: 0, type: 1, empty: 2, length: 3 } as const

let idFault: (typeof IdFault)[keyof typeof IdFault] = IdFault.none

/** Of the id that `readId` read: one of `IdFault`. */
export function idFaultRead(): number {
  return idFault
}

/** An id that is a string, of some characters and not too many. */
export function readId(at: number): number {
  const isString = bytes[at] === quote
  at = readBounded(at, idLengthMax, tooLong)
  idFault = IdFault.none
  if (text === tooLong) {
    text = ''
    idFault = IdFault.length
  } else if (text === '') idFault = isString ? IdFault.empty : IdFault.type
  return at
}

/** `null`, which counts as no value; or what fails as JSON at the next step. */
export function isAbsent(at: number): boolean {
  return bytes[at] === 110 || bytes[at] === 0
}

function readBounded(at: number, lengthMax: number, whereLonger: string): number {
  text = ''
  if (bytes[at] !== quote) return skip(at)
  const start = at + 1
  let end = nextStop(start)
  if (bytes[end] === quote) text = characters(start, end)
  else {
    end = stringEnd(start)
    if (end === nowhere) return nowhere
    text = escapedText(start, end)
  }
  if (text.length > lengthMax) text = whereLonger
  return end + 1
}

let bits = 0

/** What `readBits` and `readSections` read: a bit for each listed value. */
export function bitsRead(): number {
  return bits
}

/** Values of one of OpenRTB's lists; a single one counts as a list of it. */
export function readBits(at: number): number {
  bits = 0
  if (bytes[at] !== openBracket) {
    at = readNumber(at)
    bits = bitOf(number)
    return at
  }
  let sum = 0
  for (at = firstItem(at); isItem(at); at = nextItem(at)) {
    at = readNumber(at)
    sum |= bitOf(number)
  }
  bits = sum
  return endItems(at)
}

/** Only in a list, as anything else isn't `gpp_sid`. */
export function readSections(at: number): number {
  bits = 0
  if (bytes[at] !== openBracket) return skip(at)
  let sum = 0
  for (at = firstItem(at); isItem(at); at = nextItem(at)) {
    at = readNumber(at)
    sum |= gppSectionBit(number)
  }
  bits = sum
  return endItems(at)
}
