/** `imp.native` with the request in it: a string of JSON, an object, or without a carrier at all. */
import { anyMime } from '../base/mime.js'
import { clearAsset, clearNative } from './clear.js'
import { countOf, nativeVersionOf, wholeOr } from './complete.js'
import { writeUnescaped } from './json-escape.js'
import { scanned } from './json-found.js'
import { keyNumbers } from './json-keys.js'
import { Normal, readKnownText, readMimes } from './json-known-texts.js'
import {
  endItems,
  enter,
  firstItem,
  isItem,
  next,
  nextItem,
  skip,
  space,
  stringEnd,
  wasTooDeep,
} from './json-scan.js'
import { markStops, memoryBytes, setSpare, spareStart } from './json-text.js'
import { readBits, readCount, readFlag, readNumber } from './json-values.js'
import type { AssetRequest, NativeOffer } from './offers.js'
import { AssetKind, assetCountMax, noAssetId } from './offers.js'

const Key = keyNumbers
const Form = Normal
const Kind = AssetKind
// As in json-scan, constants of its own.
const bytes = memoryBytes
const nowhere = 0
const openBrace = 123
const openBracket = 91
const quote = 34
const found = scanned

const newestVersion = 12
/** `event` of an impression, and of one that was seen. */
const impressionEvent = 1
const viewableEvent = 2

/** @param start an opening brace. A request that can't be read isn't offered, which is no fault. */
export function readNative(start: number, offer: NativeOffer): number {
  clearNative(offer)
  let requestAt = 0
  let twinAt = 0
  let version = 0
  let at = enter(start)
  for (; found.key > 0; at = next(at)) {
    switch (found.key) {
      case Key.request:
        requestAt = at
        at = skip(at)
        break
      case Key.request_native:
        twinAt = at
        at = skip(at)
        break
      case Key.ver:
        at = readVersion(at)
        version = versionRead
        break
      case Key.api:
        at = readBits(at)
        offer.apis = found.bits
        break
      case Key.battr:
        at = readBits(at)
        offer.blockedAttributes = found.bits
        break
      default:
        at = skip(at)
    }
  }
  const end = at
  if (end === nowhere) return nowhere
  if (requestAt !== 0 && bytes[requestAt] === quote) readRequestText(requestAt + 1, offer)
  else if (requestAt !== 0 && bytes[requestAt] === openBrace) readRequest(requestAt, offer)
  else readRequest(twinAt !== 0 && bytes[twinAt] === openBrace ? twinAt : start, offer)
  if (offer.isOffered) {
    if (offer.version === 0) offer.version = version === 0 ? newestVersion : version
  } else clearRequest(offer)
  return end
}

function clearRequest(offer: NativeOffer): void {
  const { apis, blockedAttributes } = offer
  clearNative(offer)
  offer.apis = apis
  offer.blockedAttributes = blockedAttributes
}

/** A request that is JSON within a JSON string: written out behind the text, and scanned there. */
function readRequestText(start: number, offer: NativeOffer): void {
  const spare = spareStart()
  const end = markStops(spare, writeUnescaped(start, stringEnd(start)))
  const at = space(spare)
  if (bytes[at] !== openBrace || space(readRequest(at, offer)) !== end) offer.isOffered = false
  // Nested too deep for us is one more that can't be read; the text around it may go on.
  wasTooDeep()
  setSpare(spare)
}

let wrappedAt = 0

function readRequest(at: number, offer: NativeOffer): number {
  const end = readMembers(at, offer)
  if (wrappedAt !== 0) {
    readMembers(wrappedAt, offer)
    offer.isWrapped = true
  }
  return end
}

let versionRead = 0

/** 10, 11 or 12, out of a text or a number; 0 for any other. */
function readVersion(at: number): number {
  if (bytes[at] === quote) {
    at = readKnownText(at, Form.asIs)
    versionRead = nativeVersionOf(found.text)
    return at
  }
  at = readNumber(at)
  const number = found.number
  versionRead = number === 1.2 ? 12 : number === 1.1 ? 11 : number === 1 ? 10 : 0
  return at
}

/** The request's own members; `wrappedAt` is then where another request stands in it, or 0. */
function readMembers(at: number, offer: NativeOffer): number {
  clearRequest(offer)
  offer.version = 0
  wrappedAt = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    switch (found.key) {
      case Key.native:
        wrappedAt = bytes[at] === openBrace ? at : 0
        at = skip(at)
        break
      case Key.ver:
        at = readVersion(at)
        offer.version = versionRead
        break
      case Key.context:
        at = readCount(at)
        offer.context = found.count
        break
      case Key.plcmttype:
        at = readCount(at)
        offer.placementType = found.count
        break
      case Key.privacy:
        at = readFlag(at)
        offer.wantsPrivacy = found.flag === 1
        break
      case Key.assets:
        at = readAssets(at, offer)
        break
      case Key.eventtrackers:
        at = readTrackers(at, offer)
        break
      default:
        at = skip(at)
    }
  }
  return at
}

function readTrackers(at: number, offer: NativeOffer): number {
  offer.impressionMethods = 0
  offer.viewableMethods = 0
  if (bytes[at] !== openBracket) return skip(at)
  for (at = firstItem(at); isItem(at); at = nextItem(at))
    at = bytes[at] === openBrace ? readTracker(at, offer) : skip(at)
  return endItems(at)
}

function readTracker(at: number, offer: NativeOffer): number {
  let event = 0
  let methods = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    const key = found.key
    if (key === Key.event) {
      at = readNumber(at)
      event = found.number
    } else if (key === Key.methods) {
      at = readBits(at)
      methods = found.bits
    } else at = skip(at)
  }
  if (event === impressionEvent) offer.impressionMethods |= methods
  if (event === viewableEvent) offer.viewableMethods |= methods
  return at
}

/** All of them or none: one that isn't looked at might be required. */
function readAssets(at: number, offer: NativeOffer): number {
  offer.assetCount = 0
  offer.isOffered = false
  if (bytes[at] !== openBracket) return skip(at)
  let count = 0
  for (at = firstItem(at); isItem(at); at = nextItem(at))
    if (bytes[at] !== openBrace) at = skip(at)
    else if (count++ < assetCountMax) at = readAsset(at, offer.assetAt(offer.assetCount++))
    else at = skip(at)
  offer.isOffered = count > 0 && count <= assetCountMax
  return endItems(at)
}

let length = 0
let type = 0
let width = 0
let height = 0
let minWidth = 0
let minHeight = 0
let mimes = 0

function readAsset(at: number, asset: AssetRequest): number {
  clearAsset(asset, anyMime)
  let titleAt = 0
  let imageAt = 0
  let dataAt = 0
  let videoAt = 0
  for (at = enter(at); found.key > 0; at = next(at)) {
    const objectAt = bytes[at] === openBrace ? at : 0
    switch (found.key) {
      case Key.id:
        at = readNumber(at)
        asset.id = wholeOr(found.number, noAssetId)
        break
      case Key.required:
        at = readFlag(at)
        asset.isRequired = found.flag === 1
        break
      case Key.title:
        titleAt = objectAt
        at = skip(at)
        break
      case Key.img:
        imageAt = objectAt
        at = skip(at)
        break
      case Key.data:
        dataAt = objectAt
        at = skip(at)
        break
      case Key.video:
        videoAt = objectAt
        at = skip(at)
        break
      default:
        at = skip(at)
    }
  }
  const end = at
  // Exactly one of the four, or we can't say what is asked for.
  const objectAt = titleAt + imageAt + dataAt + videoAt
  if (end === nowhere || objectAt === 0) return end
  if (objectAt === titleAt) asset.kind = Kind.title
  else if (objectAt === imageAt) asset.kind = Kind.image
  else if (objectAt === dataAt) asset.kind = Kind.data
  else if (objectAt === videoAt) asset.kind = Kind.video
  else return end
  readAssetObject(objectAt)
  if (asset.kind === Kind.title) asset.lengthMax = length
  else if (asset.kind === Kind.data) {
    asset.type = type
    asset.lengthMax = length
  } else if (asset.kind === Kind.image) {
    asset.type = type
    asset.width = width
    asset.height = height
    asset.minWidth = minWidth
    asset.minHeight = minHeight
    asset.mimes = mimes
  }
  return end
}

/** What a title, an image or data may say of itself, whichever it is. */
function readAssetObject(at: number): void {
  length = type = width = height = minWidth = minHeight = 0
  mimes = anyMime
  for (at = enter(at); found.key > 0; at = next(at)) {
    const key = found.key
    if (key === Key.mimes) {
      at = readMimes(at)
      mimes = found.mimes === -1 ? anyMime : found.mimes
      continue
    }
    at = readNumber(at)
    const count = countOf(found.number)
    if (key === Key.len) length = count
    else if (key === Key.type) type = count
    else if (key === Key.w) width = count
    else if (key === Key.h) height = count
    else if (key === Key.wmin) minWidth = count
    else if (key === Key.hmin) minHeight = count
  }
}
