/** Where the impression is: Site, App, Dooh, Publisher. Cases are tags: `field << 3 | wire type`. */
import { clearPlace } from '../clear.js'
import type { BidRequest } from '../request.js'
import { PlaceKind } from '../request.js'
import type { Draft } from './draft.js'
import { caches } from './draft.js'
import type { ProtobufReader } from './reader.js'

/**
 * Of several places in a request the site counts, then the app. Whether this one does is decided when
 * it begins; what came of a lesser one is then forgotten.
 *
 * @returns false where it doesn't count; the reader is then past it.
 */
function begins(reader: ProtobufReader, end: number, kind: number, request: BidRequest): boolean {
  const { place } = request
  // The kinds' numbers are in the order of their rank.
  if (place !== PlaceKind.unknown && place < kind) {
    reader.at = end
    return false
  }
  if (place > kind) clearPlace(request)
  request.place = kind
  return true
}

export function readSite(reader: ProtobufReader, request: BidRequest, draft: Draft): void {
  const end = reader.open()
  if (!begins(reader, end, PlaceKind.site, request)) return
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x0a: // id
        request.placeId = reader.cached(caches.name)
        break
      case 0x1a: // domain
        request.domain = reader.cached(caches.domain)
        break
      case 0x22: // cat
      case 0x2a: // sectioncat
      case 0x32: // pagecat
        reader.cachedInto(request.categories, caches.asIs)
        break
      case 0x3a: // page
        draft.pageEnd = reader.open()
        draft.pageStart = reader.at
        reader.at = draft.pageEnd
        break
      case 0x5a: // publisher
        readPublisher(reader, request)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

export function readApp(reader: ProtobufReader, request: BidRequest): void {
  const end = reader.open()
  if (!begins(reader, end, PlaceKind.app, request)) return
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x0a: // id
        request.placeId = reader.cached(caches.name)
        break
      case 0x22: // cat
      case 0x2a: // sectioncat
      case 0x32: // pagecat
        reader.cachedInto(request.categories, caches.asIs)
        break
      case 0x42: // bundle
        request.bundle = reader.cached(caches.asIs)
        break
      case 0x5a: // publisher
        readPublisher(reader, request)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

export function readDooh(reader: ProtobufReader, request: BidRequest): void {
  const end = reader.open()
  if (!begins(reader, end, PlaceKind.dooh, request)) return
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x0a: // id
        request.placeId = reader.cached(caches.name)
        break
      case 0x2a: // publisher
        readPublisher(reader, request)
        break
      case 0x32: // domain
        request.domain = reader.cached(caches.domain)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

function readPublisher(reader: ProtobufReader, request: BidRequest): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x0a) request.publisherId = reader.cached(caches.name)
    else reader.skip(tag)
  }
  reader.close(end)
}
