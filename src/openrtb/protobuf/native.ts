/** Native and NativeRequest with its parts. Cases are tags: `field << 3 | wire type`. */
import { anyMime } from '../../base/mime.js'
import { clearAsset, clearNative } from '../clear.js'
import { countOf, nativeVersionOf } from '../complete.js'
import type { AssetRequest, NativeOffer } from '../offers.js'
import { AssetKind, assetCountMax, bitOf } from '../offers.js'
import type { ImpressionDraft } from './draft.js'
import { caches } from './draft.js'
import { readNativeText } from './native-text.js'
import type { ProtobufReader } from './reader.js'

export function readNative(
  reader: ProtobufReader,
  offer: NativeOffer,
  draft: ImpressionDraft,
): void {
  const end = reader.open()
  draft.hasNative = true
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x0a: // request
        draft.nativeEnd = reader.open()
        draft.nativeStart = reader.at
        draft.hasNativeText = true
        reader.at = draft.nativeEnd
        break
      case 0x12: // ver
        draft.nativeVersion = nativeVersionOf(reader.cached(caches.asIs))
        break
      case 0x18: // api
        offer.apis |= bitOf(reader.int())
        break
      case 0x1a:
        offer.apis |= reader.packedBits()
        break
      case 0x20: // battr
        offer.blockedAttributes |= bitOf(reader.int())
        break
      case 0x22:
        offer.blockedAttributes |= reader.packedBits()
        break
      case 0x192: // request_native
        readRequest(reader, offer, draft)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

/** When the impression is whole: the request as text goes before the one as a message. */
export function endNative(
  reader: ProtobufReader,
  offer: NativeOffer,
  draft: ImpressionDraft,
): void {
  if (!draft.hasNative || reader.isBroken) return
  if (!draft.hasNativeText && draft.assetCount > 0 && draft.assetCount <= assetCountMax) {
    offer.isOffered = true
    offer.version = draft.requestVersion || draft.nativeVersion || 12
    return
  }
  const { apis, blockedAttributes } = offer
  clearNative(offer)
  if (draft.hasNativeText)
    readNativeText(reader.bytes, draft.nativeStart, draft.nativeEnd, draft.nativeVersion, offer)
  offer.apis = apis
  offer.blockedAttributes = blockedAttributes
}

function readRequest(reader: ProtobufReader, offer: NativeOffer, draft: ImpressionDraft): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x0a: // ver
        draft.requestVersion = nativeVersionOf(reader.cached(caches.asIs))
        break
      case 0x32: // assets
        if (draft.assetCount++ < assetCountMax) readAsset(reader, offer.assetAt(offer.assetCount++))
        else reader.skip(tag)
        break
      case 0x38: // context
        offer.context = countOf(reader.int())
        break
      case 0x48: // plcmttype
        offer.placementType = countOf(reader.int())
        break
      case 0x6a: // eventtrackers
        readEventTracker(reader, offer)
        break
      case 0x70: // privacy
        offer.wantsPrivacy = reader.bool()
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

function readEventTracker(reader: ProtobufReader, offer: NativeOffer): void {
  let event = 0
  let methods = 0
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x08) event = reader.int()
    else if (tag === 0x10) methods |= bitOf(reader.int())
    else if (tag === 0x12) methods |= reader.packedBits()
    else reader.skip(tag)
  }
  reader.close(end)
  if (event === 1) offer.impressionMethods |= methods
  if (event === 2) offer.viewableMethods |= methods
}

const kindBit = { title: 1, image: 2, video: 4, data: 8 } as const

function readAsset(reader: ProtobufReader, asset: AssetRequest): void {
  clearAsset(asset, anyMime)
  let kinds = 0
  let mimes = 0
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x08: // id
        asset.id = reader.int()
        break
      case 0x10: // required
        asset.isRequired = reader.bool()
        break
      case 0x1a: // title
        kinds |= kindBit.title
        asset.kind = AssetKind.title
        readTitle(reader, asset)
        break
      case 0x22: // img
        kinds |= kindBit.image
        asset.kind = AssetKind.image
        mimes = readImage(reader, asset, mimes)
        break
      case 0x2a: // video
        kinds |= kindBit.video
        asset.kind = AssetKind.video
        reader.skip(tag)
        break
      case 0x32: // data
        kinds |= kindBit.data
        asset.kind = AssetKind.data
        readData(reader, asset)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
  if (mimes !== 0) asset.mimes = mimes & anyMime
  // Each asset asks for one thing; of one that asks for more, or for nothing, we know too little.
  if ((kinds & (kinds - 1)) === 0) return
  const { id, isRequired } = asset
  clearAsset(asset, anyMime)
  asset.id = id
  asset.isRequired = isRequired
}

function readTitle(reader: ProtobufReader, asset: AssetRequest): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x08) asset.lengthMax = countOf(reader.int())
    else reader.skip(tag)
  }
  reader.close(end)
}

function readData(reader: ProtobufReader, asset: AssetRequest): void {
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 0x08) asset.type = countOf(reader.int())
    else if (tag === 0x10) asset.lengthMax = countOf(reader.int())
    else reader.skip(tag)
  }
  reader.close(end)
}

/** Set where media types are named, beside their bits: they may all be unknown to us. */
const mimesNamed = 1 << 31

/** @returns bits of the media types named so far. */
function readImage(reader: ProtobufReader, asset: AssetRequest, mimesBefore: number): number {
  let mimes = mimesBefore
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x08: // type
        asset.type = countOf(reader.int())
        break
      case 0x10: // w
        asset.width = countOf(reader.int())
        break
      case 0x18: // h
        asset.height = countOf(reader.int())
        break
      case 0x20: // wmin
        asset.minWidth = countOf(reader.int())
        break
      case 0x28: // hmin
        asset.minHeight = countOf(reader.int())
        break
      case 0x32: // mimes
        mimes |= reader.mime()
        if (reader.hasMime) mimes |= mimesNamed
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
  return mimes
}
