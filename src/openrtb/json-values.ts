/**
 * Values out of JSON as a request's fields need them. As in json-scan, each takes a position and
 * returns the one behind the value; the value goes into `scanned`. One of another type than is asked
 * for is gone over and counts as absent.
 */
import { countOf, gppSectionBit } from './complete.js'
import { escapedText } from './json-escape.js'
import { scanned } from './json-found.js'
import { endItems, firstItem, isItem, nextItem, skip, skipNumber, stringEnd } from './json-scan.js'
import { characters, memoryBytes, nextStop, wordAt } from './json-text.js'
import { bitOf } from './offers.js'
import { idLengthMax, textLengthMax, unreadable } from './request.js'

// As in json-scan, constants of its own.
const bytes = memoryBytes
const nowhere = 0
const dot = 46
const minus = 45
const openBracket = 91
const quote = 34
const trueWord = 0x65757274
const zero = 48
const found = scanned

/** Digits that a Number holds exactly, whichever they are; and that a small integer does. */
const exactDigits = 15
const smallDigits = 9
const powersOfTen = new Float64Array(exactDigits + 1)
for (let i = 0; i <= exactDigits; i++) powersOfTen[i] = 10 ** i

/** Most numbers: some digits, and nothing of a number behind them. @returns 0 where it is another. */
function readSmall(at: number): number {
  const start = at
  let value = bytes[at]! - zero
  if (value >>> 0 > 9) return 0
  let digit = bytes[++at]! - zero
  while (digit >>> 0 <= 9) {
    value = (value * 10 + digit) | 0
    digit = bytes[++at]! - zero
  }
  const byte = bytes[at]
  if (byte !== 44 && byte !== 125 && byte !== 93) return 0
  if (at - start !== 1 && (at - start > smallDigits || bytes[start] === zero)) return 0
  found.count = value
  return at
}

/** Into `number`. */
export function readNumber(at: number): number {
  const end = readSmall(at)
  if (end === 0) return readAnyNumber(at)
  found.number = found.count
  return end
}

/** Into `count`. */
export function readCount(at: number): number {
  const end = readSmall(at)
  if (end !== 0) return end
  at = readAnyNumber(at)
  found.count = countOf(found.number)
  return at
}

function readAnyNumber(at: number): number {
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
  found.number = bytes[start] === minus ? 0 - value : value
  return at
}

function readLongNumber(start: number): number {
  const end = skipNumber(start)
  const value = Number(characters(start, end))
  found.number = end !== nowhere && Number.isFinite(value) ? value + 0 : Number.NaN
  return end
}

/** Not a number, but perhaps a string of one. */
function readOtherNumber(at: number): number {
  found.number = Number.NaN
  if (bytes[at] !== quote) return skip(at)
  at = readText(at)
  if (found.text !== '') {
    const value = Number(found.text)
    if (Number.isFinite(value)) found.number = value + 0
  }
  return at
}

/** Into `flag`. */
export function readFlag(at: number): number {
  const end = readSmall(at)
  if (end === 0) return readOtherFlag(at)
  found.flag = found.count === 1 ? 1 : found.count === 0 ? 0 : -1
  return end
}

function readOtherFlag(at: number): number {
  const byte = bytes[at]
  if (byte === 116 || byte === 102) {
    found.flag = wordAt(at) === trueWord ? 1 : 0
    return skip(at)
  }
  at = readAnyNumber(at)
  const isText = byte === quote
  if (isText && found.text === 'true') found.flag = 1
  else if (isText && found.text === 'false') found.flag = 0
  else found.flag = found.number === 1 ? 1 : found.number === 0 ? 0 : -1
  return at
}

/** Longer than any text that is kept, so no text that was sent. */
const tooLong = '?'.repeat(idLengthMax + 1)

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
  found.text = ''
  if ((bytes[at]! - zero) >>> 0 > 9 && bytes[at] !== minus) return skip(at)
  at = readAnyNumber(at)
  if (Number.isSafeInteger(found.number)) found.text = String(found.number)
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
  if (found.text === tooLong) {
    found.text = ''
    idFault = IdFault.length
  } else if (found.text === '') idFault = isString ? IdFault.empty : IdFault.type
  return at
}

/** `null`, which counts as no value; or what fails as JSON at the next step. */
export function isAbsent(at: number): boolean {
  return bytes[at] === 110 || bytes[at] === 0
}

function readBounded(at: number, lengthMax: number, whereLonger: string): number {
  found.text = ''
  if (bytes[at] !== quote) return skip(at)
  const start = at + 1
  let end = nextStop(start)
  if (bytes[end] === quote) found.text = characters(start, end)
  else {
    end = stringEnd(start)
    if (end === nowhere) return nowhere
    found.text = escapedText(start, end)
  }
  if (found.text.length > lengthMax) found.text = whereLonger
  return end + 1
}

/** Values of one of OpenRTB's lists, into `bits`; a single one counts as a list of it. */
export function readBits(at: number): number {
  if (bytes[at] !== openBracket) {
    at = readAnyNumber(at)
    found.bits = bitOf(found.number)
    return at
  }
  let sum = 0
  for (at = firstItem(at); isItem(at); at = nextItem(at)) {
    const end = readSmall(at)
    if (end !== 0) {
      at = end
      if (found.count < 31) sum |= 1 << found.count
    } else {
      at = readAnyNumber(at)
      sum |= bitOf(found.number)
    }
  }
  found.bits = sum
  return endItems(at)
}

/** `gpp_sid`, into `bits`: only a list. */
export function readSections(at: number): number {
  found.bits = 0
  if (bytes[at] !== openBracket) return skip(at)
  let sum = 0
  for (at = firstItem(at); isItem(at); at = nextItem(at)) {
    at = readNumber(at)
    sum |= gppSectionBit(found.number)
  }
  found.bits = sum
  return endItems(at)
}
