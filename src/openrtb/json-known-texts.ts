/**
 * Texts that come again and again (currencies, categories, domains, systems, user agents): kept in their
 * normal form and found by their bytes, so that no string is made, and none is hashed twice by those
 * who look it up.
 */
import { mimeBit } from '../base/mime.js'
import { bareDomain, languageOf, lowerCase, upperCase } from './complete.js'
import { alpha3 } from './country.js'
import { systemOf } from './device.js'
import {
  characters,
  composeBytesMax,
  composeStart,
  memoryBytes,
  memoryView,
  memoryWords,
} from './json-memory.js'
import { after, inside, isList, Kind } from './json-tape.js'
import { anyTextAt, isTextAt, nameAt, textAt } from './json-values.js'
import { idLengthMax, listCountMax, textLengthMax } from './request.js'

/** How a text is brought into its normal form. */
export const Normal = {
  asIs: 0,
  upper: 1,
  lower: 2,
  domain: 3,
  language: 4,
  country: 5,
  system: 6,
} as const

const bytes = memoryBytes
const view = memoryView
const tape = memoryWords
const kindText = Kind.text
const asIs = Normal.asIs
const countMax = listCountMax

/** Short texts in many slots, and user agents, which are long, in some. */
const shortBytesMax = 32
const shortSlotBits = 11
const longBytesMax = 256
const longSlotBits = 10
/** Ids of impressions longer than this hardly recur. */
const idBytesKnown = 8

class Slots {
  readonly #texts: string[]
  /** `normal << 16 | length` of what is in a slot; 0 for an empty one. */
  readonly #tags: Int32Array
  readonly #words: Int32Array
  readonly #shift: number
  readonly #wordCount: number

  constructor(slotBits: number, bytesMax: number) {
    this.#texts = new Array<string>(1 << slotBits).fill('')
    this.#tags = new Int32Array(1 << slotBits)
    this.#words = new Int32Array((bytesMax / 4) << slotBits)
    this.#shift = 32 - slotBits
    this.#wordCount = bytesMax / 4
  }

  /** @param end at most `bytesMax` behind `start`, and behind it. */
  find(start: number, end: number, normal: number): string {
    const tag = (normal << 16) | (end - start)
    let hash = tag
    let at = start
    for (; at + 4 <= end; at += 4) hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1)
    const rest = view.getInt32(at, true) & ((1 << ((end - at) << 3)) - 1)
    hash = Math.imul(hash ^ rest ^ (hash >>> 15), 0x85ebca6b)
    const slot = hash >>> this.#shift
    const words = this.#words
    let word = slot * this.#wordCount
    if (this.#tags[slot] !== tag) return this.#keep(slot, tag, start, end)
    for (at = start; at + 4 <= end; at += 4)
      if (words[word++] !== view.getInt32(at, true)) return this.#keep(slot, tag, start, end)
    if (at !== end && words[word] !== rest) return this.#keep(slot, tag, start, end)
    return this.#texts[slot]!
  }

  #keep(slot: number, tag: number, start: number, end: number): string {
    this.#tags[slot] = tag
    let word = slot * this.#wordCount
    let at = start
    for (; at + 4 <= end; at += 4) this.#words[word++] = view.getInt32(at, true)
    if (at !== end) this.#words[word] = view.getInt32(at, true) & ((1 << ((end - at) << 3)) - 1)
    const text = normalText(characters(start, end), tag >> 16)
    this.#texts[slot] = text
    return text
  }
}

const short = new Slots(shortSlotBits, shortBytesMax)
const long = new Slots(longSlotBits, longBytesMax)

/** '' where there is none, or one that is too long to be kept. @param normal one of `Normal`. */
export function knownTextAt(at: number, normal: number): string {
  return (tape[at]! & 255) === kindText
    ? knownText(tape[at + 1]! + 1, tape[at + 2]!, normal)
    : normalText(textAt(at), normal)
}

/** The normal form of the bytes of a string without escapes; '' where it is too long to be kept. */
export function knownText(start: number, end: number, normal: number): string {
  const length = end - start
  if (length <= shortBytesMax && length !== 0) return short.find(start, end, normal)
  return length === 0 ? '' : normalText(characters(start, end), normal)
}

/** A user agent, as it is. */
export function knownAgentAt(at: number): string {
  if ((tape[at]! & 255) !== kindText) return textAt(at)
  const start = tape[at + 1]! + 1
  const end = tape[at + 2]!
  return end - start <= longBytesMax && end !== start ? long.find(start, end, asIs) : textAt(at)
}

/** An id of any length: those of impressions are mostly numbers from 1 on. */
export function knownIdAt(at: number): string {
  const length = (tape[at]! & 255) === kindText ? tape[at + 2]! - tape[at + 1]! - 1 : 0
  return length > 0 && length <= idBytesKnown
    ? short.find(tape[at + 1]! + 1, tape[at + 2]!, asIs)
    : anyTextAt(at)
}

/** An id that recurs; whole numbers are taken for what they are written as. */
export function knownNameAt(at: number): string {
  if (!isTextAt(at)) return nameAt(at)
  const text = knownTextAt(at, asIs)
  return text.length <= idLengthMax ? text : ''
}

function normalText(raw: string, normal: number): string {
  if (raw.length > textLengthMax) return ''
  switch (normal) {
    case Normal.upper:
      return upperCase(raw)
    case Normal.lower:
      return lowerCase(raw)
    case Normal.domain:
      return bareDomain(raw)
    case Normal.language:
      return languageOf(raw)
    case Normal.country:
      return alpha3(raw)
    case Normal.system:
      return systemOf(raw)
    default:
      return raw
  }
}

/** A list's texts instead of what is there; none that is empty, or too long to be kept. */
export function knownTextsAt(list: number, into: string[], normal: number): void {
  addKnownTexts(list, into, 0, normal)
}

/** The same behind the first `count`. */
export function addKnownTexts(list: number, into: string[], count: number, normal: number): void {
  if (isList(list)) {
    const end = after(list)
    for (let at = inside(list); at < end; at = after(at)) {
      if (count === countMax) break
      const text = knownTextAt(at, normal)
      if (text === '') continue
      if (count < into.length) into[count++] = text
      else {
        into.push(text)
        count++
      }
    }
  }
  // Item by item, which keeps the list's room: to set its length would give that up, and cost more.
  while (into.length > count) into.pop()
}

/** Bits of the media types listed; `whereNone` where there are none. */
export function mimesAt(list: number, whereNone: number): number {
  if (!isList(list)) return whereNone
  let bits = 0
  let count = 0
  const end = after(list)
  for (let at = inside(list); at < end; at = after(at)) {
    if (count === countMax) break
    const text = knownTextAt(at, asIs)
    if (text === '') continue
    bits |= mimeBit(text)
    count++
  }
  return count === 0 ? whereNone : bits
}

/** `country:region`, both as they are normally written; '' where the region isn't a short plain text. */
export function knownRegion(country: string, at: number): string {
  if ((tape[at]! & 255) !== kindText) return ''
  const start = tape[at + 1]! + 1
  const end = tape[at + 2]!
  const length = country.length + 1 + end - start
  if (start === end || length > composeBytesMax || length > shortBytesMax) return ''
  let to = composeStart
  for (let i = 0; i < country.length; i++) bytes[to++] = country.charCodeAt(i)
  bytes[to++] = 58
  for (let from = start; from < end; from++) {
    const byte = bytes[from]!
    if (byte >= 128) return ''
    bytes[to++] = byte >= 97 && byte <= 122 ? byte - 32 : byte
  }
  return short.find(composeStart, to, asIs)
}
