/** `imp.native` with the request in it: a string of JSON, an object, or without a carrier at all. */
import { anyMime } from '../base/mime.js'
import { clearAsset, clearNative } from './clear.js'
import { nativeVersionOf, wholeOr } from './complete.js'
import { writeUnescaped } from './json-escape.js'
import { knownTextAt, mimesAt, Normal } from './json-known-texts.js'
import { endTextAt, memoryWords, spareStart } from './json-memory.js'
import {
  after,
  inside,
  isList,
  isObject,
  keyAt,
  Key as keys,
  loadWithin,
  memberOf,
} from './json-tape.js'
import { bitsAt, countAt, isSetAt, isTextAt, numberAt } from './json-values.js'
import type { AssetRequest, NativeOffer } from './offers.js'
import { AssetKind, assetCountMax, noAssetId } from './offers.js'

const Key = keys
const words = memoryWords

const newestVersion = 12
/** `event` of an impression, and of one that was seen. */
const impressionEvent = 1
const viewableEvent = 2

/** @param native where it is; 0 where there is none. A request that can't be read isn't offered. */
export function readNative(native: number, offer: NativeOffer): void {
  clearNative(offer)
  if (!isObject(native)) return
  offer.apis = bitsAt(memberOf(native, Key.api))
  offer.blockedAttributes = bitsAt(memberOf(native, Key.battr))
  const version = versionAt(memberOf(native, Key.ver))
  const carrier = memberOf(native, Key.request)
  if (isTextAt(carrier)) readRequestText(carrier, version, offer)
  else if (isObject(carrier)) readNativeRequest(carrier, version, offer)
  else {
    const twin = memberOf(native, Key.request_native)
    readNativeRequest(isObject(twin) ? twin : native, version, offer)
  }
}

/** A request that is JSON within a JSON string: written out behind the text, and scanned there. */
function readRequestText(text: number, version: number, offer: NativeOffer): void {
  const spare = spareStart()
  const end = writeUnescaped(words[text + 1]! + 1, words[text + 2]!)
  readNativeRequest(loadWithin(spare, end), version, offer)
  // Its room is free again, up to where the text before it ended.
  endTextAt(spare - 64)
}

/**
 * The request itself, bare or within `{"native": …}`.
 *
 * @param outer   where it is; not offered where it isn't an object.
 * @param version the carrier's, for a request that names none; 0 where that doesn't either.
 * @param offer   cleared before.
 */
export function readNativeRequest(outer: number, version: number, offer: NativeOffer): void {
  if (!isObject(outer)) return
  const wrapped = memberOf(outer, Key.native)
  const request = isObject(wrapped) ? wrapped : outer
  const assets = memberOf(request, Key.assets)
  // All of them or none: one that isn't looked at might be required.
  const count = objectCount(assets)
  if (count === 0 || count > assetCountMax) return
  offer.isOffered = true
  offer.isWrapped = request !== outer
  offer.version = versionAt(memberOf(request, Key.ver)) || version || newestVersion
  offer.context = countAt(memberOf(request, Key.context))
  offer.placementType = countAt(memberOf(request, Key.plcmttype))
  offer.wantsPrivacy = isSetAt(memberOf(request, Key.privacy))
  readTrackers(memberOf(request, Key.eventtrackers), offer)
  const end = after(assets)
  for (let at = inside(assets); at < end; at = after(at))
    if (isObject(at)) readAsset(at, offer.assetAt(offer.assetCount++))
}

function objectCount(list: number): number {
  let count = 0
  if (!isList(list)) return count
  const end = after(list)
  for (let at = inside(list); at < end; at = after(at)) if (isObject(at)) count++
  return count
}

/** 10, 11 or 12, out of a text or a number; 0 for any other. */
function versionAt(at: number): number {
  if (isTextAt(at)) return nativeVersionOf(knownTextAt(at, Normal.asIs))
  const number = numberAt(at)
  return number === 1.2 ? 12 : number === 1.1 ? 11 : number === 1 ? 10 : 0
}

function readTrackers(list: number, offer: NativeOffer): void {
  if (!isList(list)) return
  const end = after(list)
  for (let at = inside(list); at < end; at = after(at)) {
    if (!isObject(at)) continue
    const event = numberAt(memberOf(at, Key.event))
    const methods = memberOf(at, Key.methods)
    if (event === impressionEvent) offer.impressionMethods |= bitsAt(methods)
    if (event === viewableEvent) offer.viewableMethods |= bitsAt(methods)
  }
}

function readAsset(from: number, asset: AssetRequest): void {
  clearAsset(asset, anyMime)
  let title = 0
  let image = 0
  let data = 0
  let video = 0
  const end = after(from)
  for (let at = inside(from); at < end; at = after(at))
    switch (keyAt(at)) {
      case Key.id:
        asset.id = wholeOr(numberAt(at), noAssetId)
        break
      case Key.required:
        asset.isRequired = isSetAt(at)
        break
      case Key.title:
        title = isObject(at) ? at : 0
        break
      case Key.img:
        image = isObject(at) ? at : 0
        break
      case Key.data:
        data = isObject(at) ? at : 0
        break
      case Key.video:
        video = isObject(at) ? at : 0
        break
    }
  // Exactly one of the four, or we can't say what is asked for.
  const kind = title + image + data + video
  if (kind === 0) return
  if (kind === title) {
    asset.kind = AssetKind.title
    asset.lengthMax = countAt(memberOf(title, Key.len))
  } else if (kind === image) readImage(image, asset)
  else if (kind === data) {
    asset.kind = AssetKind.data
    asset.type = countAt(memberOf(data, Key.type))
    asset.lengthMax = countAt(memberOf(data, Key.len))
  } else if (kind === video) asset.kind = AssetKind.video
}

function readImage(image: number, asset: AssetRequest): void {
  asset.kind = AssetKind.image
  const end = after(image)
  for (let at = inside(image); at < end; at = after(at))
    switch (keyAt(at)) {
      case Key.type:
        asset.type = countAt(at)
        break
      case Key.w:
        asset.width = countAt(at)
        break
      case Key.h:
        asset.height = countAt(at)
        break
      case Key.wmin:
        asset.minWidth = countAt(at)
        break
      case Key.hmin:
        asset.minHeight = countAt(at)
        break
      case Key.mimes:
        asset.mimes = mimesAt(at, anyMime)
        break
    }
}
