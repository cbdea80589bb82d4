/**
 * Texts that come again and again (currencies, categories, domains, hosts, systems): kept in their
 * normal form and found by their bytes, so that no string is made, and none is hashed twice by those
 * who look it up.
 */
import { mimeBit } from '../base/mime.js'
import { bareDomain, languageOf, lowerCase, upperCase } from './complete.js'
import { alpha3 } from './country.js'
import { systemOf } from './device.js'
import { escapedText } from './json-escape.js'
import { scanned } from './json-found.js'
import { endItems, firstItem, isItem, nextItem, skip, stringEnd } from './json-scan.js'
import {
  characters,
  composeBytesMax,
  composeStart,
  memoryBytes,
  memoryView,
  nextStop,
} from './json-text.js'
import { readName } from './json-values.js'
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

const slotBits = 11
/** Longer texts are made each time. */
const bytesMax = 32
const wordsPerSlot = bytesMax / 4

// As in json-scan, constants of its own.
const bytes = memoryBytes
const nowhere = 0
const openBracket = 91
const quote = 34
const found = scanned
const view = memoryView
const texts: string[] = new Array<string>(1 << slotBits).fill('')
/** `normal << 8 | length` of what is in a slot; 0 for an empty one. */
const tags = new Int32Array(1 << slotBits)
const words = new Int32Array((1 << slotBits) * wordsPerSlot)

/** @param normal one of `Normal`. */
export function readKnownText(at: number, normal: number): number {
  found.text = ''
  if (bytes[at] !== quote) return skip(at)
  const start = at + 1
  let end = nextStop(start)
  if (bytes[end] === quote) found.text = knownText(start, end, normal)
  else {
    end = stringEnd(start)
    if (end === nowhere) return nowhere
    found.text = normalText(escapedText(start, end), normal)
  }
  return end + 1
}

/** An id that recurs; whole numbers are taken for what they are written as. */
export function readKnownName(at: number): number {
  if (bytes[at] === quote) {
    at = readKnownText(at, Normal.asIs)
    if (found.text.length > idLengthMax) found.text = ''
    return at
  }
  return readName(at)
}

/** The normal form of the bytes of a string without escapes; '' where it is too long to be kept. */
export function knownText(start: number, end: number, normal: number): string {
  const length = end - start
  if (length > bytesMax || length === 0) return normalText(characters(start, end), normal)
  const tag = (normal << 8) | length
  let hash = tag
  let at = start
  for (; at + 4 <= end; at += 4) hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1)
  const rest = view.getInt32(at, true) & ((1 << ((end - at) << 3)) - 1)
  hash = Math.imul(hash ^ rest ^ (hash >>> 15), 0x85ebca6b)
  const slot = hash >>> (32 - slotBits)
  if (tags[slot] === tag && isSame(slot * wordsPerSlot, start, end, rest)) return texts[slot]!
  return keep(slot, tag, start, end)
}

function isSame(word: number, start: number, end: number, rest: number): boolean {
  let at = start
  for (; at + 4 <= end; at += 4) if (words[word++] !== view.getInt32(at, true)) return false
  return at === end || words[word] === rest
}

function keep(slot: number, tag: number, start: number, end: number): string {
  tags[slot] = tag
  let word = slot * wordsPerSlot
  let at = start
  for (; at + 4 <= end; at += 4) words[word++] = view.getInt32(at, true)
  if (at !== end) words[word] = view.getInt32(at, true) & ((1 << ((end - at) << 3)) - 1)
  const made = normalText(characters(start, end), tag >> 8)
  texts[slot] = made
  return made
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

/** Adds a list's texts to what is there; none that is empty, or too long to be kept. */
export function readKnownTexts(at: number, into: string[], normal: number): number {
  if (bytes[at] !== openBracket) return skip(at)
  for (at = firstItem(at); isItem(at); at = nextItem(at)) {
    at = readKnownText(at, normal)
    if (found.text !== '' && into.length < listCountMax) into.push(found.text)
  }
  return endItems(at)
}

/** Into `mimes`. */
export function readMimes(at: number): number {
  found.mimes = -1
  if (bytes[at] !== openBracket) return skip(at)
  let sum = 0
  let count = 0
  for (at = firstItem(at); isItem(at); at = nextItem(at)) {
    at = readKnownText(at, Normal.asIs)
    if (found.text === '' || count === listCountMax) continue
    sum |= mimeBit(found.text)
    count++
  }
  if (count !== 0) found.mimes = sum
  return endItems(at)
}

/** `country:region`, both as they are normally written, out of a region's bytes. */
export function knownRegion(country: string, start: number, end: number): string {
  const length = country.length + 1 + end - start
  if (length > composeBytesMax || length > bytesMax) return ''
  let to = composeStart
  for (let i = 0; i < country.length; i++) bytes[to++] = country.charCodeAt(i)
  bytes[to++] = 58
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte >= 128) return ''
    bytes[to++] = byte >= 97 && byte <= 122 ? byte - 32 : byte
  }
  return knownText(composeStart, to, Normal.asIs)
}
