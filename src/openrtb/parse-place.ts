import { clearPlace } from './clear.js'
import { hostOf, isSecure } from './complete.js'
import { scanned } from './json-found.js'
import { keyNumbers } from './json-keys.js'
import {
  knownText,
  Normal,
  readKnownName,
  readKnownText,
  readKnownTexts,
} from './json-known-texts.js'
import { enter, next, skip } from './json-scan.js'
import { memoryBytes, nextStop, wordAt } from './json-text.js'
import { readText } from './json-values.js'
import type { BidRequest } from './request.js'
import { PlaceKind, textLengthMax } from './request.js'

const Key = keyNumbers
const Form = Normal
const Kind = PlaceKind
// As in json-scan, constants of its own.
const bytes = memoryBytes
const openBrace = 123
const quote = 34
const found = scanned

/** `http`, `s://` and `://` as words. */
const http = 0x70747468
const secureEnd = 0x2f2f3a73
const plainEnd = 0x2f2f3a

let isPageSecure = false

/** Whether the last site read has a page that was loaded over https. */
export function wasPageSecure(): boolean {
  return isPageSecure
}

/**
 * `site`, `app` or `dooh`: what is kept of them has the same names.
 *
 * @param at an opening brace. @param kind one of `PlaceKind`.
 */
export function readPlace(at: number, request: BidRequest, kind: number): number {
  clearPlace(request)
  request.place = kind
  isPageSecure = false
  let pageAt = 0
  let catAt = 0
  let sectionAt = 0
  let pageCatAt = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    switch (found.key) {
      case Key.id:
        at = readKnownName(at)
        request.placeId = found.text
        break
      case Key.publisher:
        at = readPublisher(at, request)
        break
      case Key.domain:
        if (kind === Kind.app) at = skip(at)
        else {
          at = readKnownText(at, Form.domain)
          request.domain = found.text
        }
        break
      case Key.page:
        pageAt = at
        at = skip(at)
        break
      case Key.bundle:
        at = readKnownText(at, Form.asIs)
        if (kind === Kind.app) request.bundle = found.text
        break
      case Key.cat:
        catAt = at
        at = skip(at)
        break
      case Key.sectioncat:
        sectionAt = at
        at = skip(at)
        break
      case Key.pagecat:
        pageCatAt = at
        at = skip(at)
        break
      default:
        at = skip(at)
    }
  }
  if (catAt !== 0) readKnownTexts(catAt, request.categories, Form.asIs)
  if (sectionAt !== 0) readKnownTexts(sectionAt, request.categories, Form.asIs)
  if (pageCatAt !== 0) readKnownTexts(pageCatAt, request.categories, Form.asIs)
  if (kind === Kind.site && pageAt !== 0) readPage(pageAt, request)
  return at
}

function readPublisher(at: number, request: BidRequest): number {
  request.publisherId = ''
  if (bytes[at] !== openBrace) return skip(at)
  for (at = enter(at); found.key > 0; at = next(at)) {
    if (found.key === Key.id) {
      at = readKnownName(at)
      request.publisherId = found.text
    } else at = skip(at)
  }
  return at
}

/** Whether it is secure, and its host where the site names no domain: without making it a string. */
function readPage(at: number, request: BidRequest): void {
  if (bytes[at] !== quote) return
  const start = at + 1
  const end = nextStop(start)
  if (wordAt(start) === http && end - start <= textLengthMax && bytes[end] === quote) {
    const word = wordAt(start + 4)
    isPageSecure = word === secureEnd
    if (isPageSecure || (word & 0xffffff) === plainEnd) {
      if (request.domain === '') request.domain = hostBetween(start + (isPageSecure ? 8 : 7), end)
      return
    }
  }
  readText(at)
  const page = found.text
  isPageSecure = isSecure(-1, page)
  if (request.domain === '') request.domain = hostOf(page)
}

function hostBetween(start: number, end: number): string {
  let at = start
  for (; at < end; at++) {
    const byte = bytes[at]
    if (byte === 47 || byte === 63 || byte === 35 || byte === 58) break
  }
  return knownText(start, at, Form.domain)
}
