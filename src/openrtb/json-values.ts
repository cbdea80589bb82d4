/**
 * Values on the tape as a request's fields need them. One of another type than is asked for counts as
 * one that isn't there; numbers and flags also come as strings.
 */
import { countOf, gppSectionBit } from './complete.js'
import { escapedText } from './json-escape.js'
import { characters, memoryBytes, memoryWords } from './json-memory.js'
import { after, inside, Kind } from './json-tape.js'
import { bitOf } from './offers.js'
import type { Applies } from './request.js'
import { idLengthMax, textLengthMax, unreadable } from './request.js'

// Constants of its own, as in json-memory.
const bytes = memoryBytes
const words = memoryWords
const kindText = Kind.text
const kindEscaped = Kind.escaped
const kindSmall = Kind.small
const kindNumber = Kind.number
const kindTrue = Kind.true
const kindFalse = Kind.false
const kindList = Kind.list
const textMax = textLengthMax
const idMax = idLengthMax

const dot = 46
const minus = 45
const zero = 48

/** Digits that a Number holds exactly, whichever they are. */
const exactDigits = 15
const powersOfTen = new Float64Array(exactDigits + 1)
for (let i = 0; i <= exactDigits; i++) powersOfTen[i] = 10 ** i

/** NaN where there is none, or none that is finite; 0 for -0. */
export function numberAt(at: number): number {
  return (words[at]! & 255) === kindSmall ? words[at + 2]! : otherNumberAt(at)
}

function otherNumberAt(at: number): number {
  const kind = words[at]! & 255
  if (kind === kindNumber) return decimal(words[at + 1]!, words[at + 2]!)
  if (kind !== kindText && kind !== kindEscaped) return Number.NaN
  const text = textAt(at)
  return text === '' ? Number.NaN : finite(Number(text))
}

function finite(number: number): number {
  return Number.isFinite(number) ? number + 0 : Number.NaN
}

/** Of a number as JSON writes it. */
function decimal(start: number, end: number): number {
  if (end - start > exactDigits) return finite(Number(characters(start, end)))
  let value = 0
  let scale = 0
  for (let at = bytes[start] === minus ? start + 1 : start; at < end; at++) {
    const byte = bytes[at]!
    if (byte === dot) scale = end - at - 1
    else if (byte > 57 || byte < zero) return finite(Number(characters(start, end)))
    else value = value * 10 + byte - zero
  }
  if (scale !== 0) value /= powersOfTen[scale]!
  return bytes[start] === minus ? 0 - value : value
}

/** A count or a listed value: whole; 0 for anything else. */
export function countAt(at: number): number {
  return (words[at]! & 255) === kindSmall ? words[at + 2]! : countOf(otherNumberAt(at))
}

export function positiveAt(at: number): number {
  const number = numberAt(at)
  return number > 0 ? number : 0
}

export function isNegativeAt(at: number): boolean {
  return (words[at]! & 255) !== kindSmall && otherNumberAt(at) < 0
}

/** 1, true, "1", "true" and 1.0 are yes, their likes no; -1 is all else. */
export function flagAt(at: number): Applies {
  const kind = words[at]! & 255
  if (kind === 0) return -1
  if (kind === kindTrue) return 1
  if (kind === kindFalse) return 0
  if (kind === kindText || kind === kindEscaped) {
    const text = textAt(at)
    if (text === 'true') return 1
    if (text === 'false') return 0
  }
  const number = numberAt(at)
  return number === 1 ? 1 : number === 0 ? 0 : -1
}

export function isSetAt(at: number): boolean {
  return flagAt(at) === 1
}

/** Listed values as bits; a single one counts as a list of it. */
export function bitsAt(list: number): number {
  if ((words[list]! & 255) !== kindList) return bitOf(numberAt(list))
  let bits = 0
  const end = after(list)
  for (let at = inside(list); at < end; at = after(at))
    if ((words[at]! & 255) === kindSmall) bits |= words[at + 2]! < 31 ? 1 << words[at + 2]! : 0
    else bits |= bitOf(otherNumberAt(at))
  return bits
}

/** `gpp_sid`: only a list. */
export function sectionsAt(list: number): number {
  let bits = 0
  if ((words[list]! & 255) !== kindList) return bits
  const end = after(list)
  for (let at = inside(list); at < end; at = after(at)) bits |= gppSectionBit(numberAt(at))
  return bits
}

export function isTextAt(at: number): boolean {
  const kind = words[at]! & 255
  return kind === kindText || kind === kindEscaped
}

/** A text without escapes. */
export function isPlainTextAt(at: number): boolean {
  return (words[at]! & 255) === kindText
}

/** A text of any length; '' where there is none. */
export function anyTextAt(at: number): string {
  const kind = words[at]! & 255
  if (kind === kindText) return characters(words[at + 1]! + 1, words[at + 2]!)
  return kind === kindEscaped ? escapedText(words[at + 1]! + 1, words[at + 2]!) : ''
}

/** '' where there is none, or one that is too long to be kept. */
export function textAt(at: number): string {
  const text = anyTextAt(at)
  return text.length <= textMax ? text : ''
}

/** A signal of consent: one that is too long to be kept is `unreadable`, which isn't absent. */
export function signalAt(at: number): string {
  const text = anyTextAt(at)
  return text.length <= textMax ? text : unreadable
}

/** An id; whole numbers are taken for what they are written as. */
export function nameAt(at: number): string {
  if (isTextAt(at)) {
    const text = anyTextAt(at)
    return text.length <= idMax ? text : ''
  }
  const number = numberAt(at)
  return Number.isSafeInteger(number) ? String(number) : ''
}

/** What is wrong with an id that must come back as it was sent; '' where nothing is. */
export function faultOfId(at: number, id: string): string {
  if (!isTextAt(at)) return ': must be a string'
  if (id === '') return ': must not be empty'
  return id.length > idMax ? `: is longer than ${idMax}` : ''
}
