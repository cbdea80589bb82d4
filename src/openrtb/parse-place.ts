import { hostOf } from './complete.js'
import { addKnownTexts, knownNameAt, knownText, knownTextAt, Normal } from './json-known-texts.js'
import { memoryBytes, memoryView, memoryWords } from './json-memory.js'
import { after, inside, keyAt, Key as keys, memberOf } from './json-tape.js'
import { isPlainTextAt, textAt } from './json-values.js'
import type { BidRequest } from './request.js'
import { PlaceKind, textLengthMax } from './request.js'

const Key = keys
const Form = Normal
const Place = PlaceKind
const bytes = memoryBytes
const view = memoryView
const words = memoryWords

/** `http`, `s://` and `://` as words. */
const http = 0x70747468
const secureEnd = 0x2f2f3a73
const plainEnd = 0x2f2f3a

/** `site`, `app` or `dooh`, an object each: what is kept of them has the same names. Cleared before. */
export function readPlace(place: number, request: BidRequest, kind: number): void {
  request.place = kind
  let page = 0
  let cat = 0
  let sectionCat = 0
  let pageCat = 0
  const end = after(place)
  for (let at = inside(place); at < end; at = after(at))
    switch (keyAt(at)) {
      case Key.id:
        request.placeId = knownNameAt(at)
        break
      case Key.publisher:
        request.publisherId = knownNameAt(memberOf(at, Key.id))
        break
      case Key.domain:
        if (kind !== Place.app) request.domain = knownTextAt(at, Form.domain)
        break
      case Key.bundle:
        if (kind === Place.app) request.bundle = knownTextAt(at, Form.asIs)
        break
      case Key.page:
        page = at
        break
      case Key.cat:
        cat = at
        break
      case Key.sectioncat:
        sectionCat = at
        break
      case Key.pagecat:
        pageCat = at
        break
    }
  if (kind === Place.site && request.domain === '') request.domain = hostAt(page)
  const { categories } = request
  addKnownTexts(cat, categories, 0, Form.asIs)
  if (sectionCat !== 0) addKnownTexts(sectionCat, categories, categories.length, Form.asIs)
  if (pageCat !== 0) addKnownTexts(pageCat, categories, categories.length, Form.asIs)
}

/** Whether a page was loaded over https. */
export function isHttpsAt(page: number): boolean {
  if (!isPlainTextAt(page)) return textAt(page).startsWith('https:')
  const start = words[page + 1]! + 1
  const isShort = words[page + 2]! - start <= textLengthMax
  const isSecure = view.getInt32(start, true) === http && bytes[start + 4] === 115
  return isShort && isSecure && bytes[start + 5] === 58
}

/** The host of a page, mostly without making a string of it. */
function hostAt(page: number): string {
  if (isPlainTextAt(page)) {
    let start = words[page + 1]! + 1
    const end = words[page + 2]!
    const second = view.getInt32(start + 4, true)
    const isSecure = second === secureEnd
    const isPlain = (second & 0xffffff) === plainEnd
    if (
      view.getInt32(start, true) === http &&
      (isSecure || isPlain) &&
      end - start <= textLengthMax
    ) {
      start += isSecure ? 8 : 7
      return knownText(start, hostEnd(start, end), Form.domain)
    }
  }
  return hostOf(textAt(page))
}

function hostEnd(start: number, end: number): number {
  let at = start
  for (; at < end; at++) {
    const byte = bytes[at]
    if (byte === 47 || byte === 63 || byte === 35 || byte === 58) break
  }
  return at
}
