/** Banner and Format. Cases are tags: `field << 3 | wire type`; a list of numbers has two. */
import { anyMime } from '../../base/mime.js'
import { addSize, countOf } from '../complete.js'
import { bitOf } from '../offers.js'
import type { Impression } from '../request.js'
import type { ImpressionDraft } from './draft.js'
import type { ProtobufReader } from './reader.js'

export function readBanner(
  reader: ProtobufReader,
  impression: Impression,
  draft: ImpressionDraft,
): void {
  const end = reader.open()
  draft.hasBanner = true
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x08: // w
        draft.bannerWidth = reader.int()
        break
      case 0x10: // h
        draft.bannerHeight = reader.int()
        break
      case 0x20: // pos
        impression.position = countOf(reader.int())
        break
      case 0x28: // btype
        impression.blockedBannerTypes |= bitOf(reader.int())
        break
      case 0x2a: // btype, packed
        impression.blockedBannerTypes |= reader.packedBits()
        break
      case 0x30: // battr
        impression.blockedAttributes |= bitOf(reader.int())
        break
      case 0x32: // battr, packed
        impression.blockedAttributes |= reader.packedBits()
        break
      case 0x3a: // mimes
        impression.bannerMimes |= reader.mime()
        draft.hasBannerMimes ||= reader.hasMime
        break
      case 0x50: // api
        impression.apis |= bitOf(reader.int())
        break
      case 0x52: // api, packed
        impression.apis |= reader.packedBits()
        break
      case 0x7a: // format
        readFormat(reader, impression, draft)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
}

function readFormat(reader: ProtobufReader, impression: Impression, draft: ImpressionDraft): void {
  let width = 0
  let height = 0
  let widthRatio = 0
  let heightRatio = 0
  let widthMin = 0
  const end = reader.open()
  while (reader.at < end) {
    const tag = reader.int()
    switch (tag) {
      case 0x08: // w
        width = reader.int()
        break
      case 0x10: // h
        height = reader.int()
        break
      case 0x18: // wratio
        widthRatio = reader.int()
        break
      case 0x20: // hratio
        heightRatio = reader.int()
        break
      case 0x28: // wmin
        widthMin = reader.int()
        break
      default:
        reader.skip(tag)
    }
  }
  reader.close(end)
  addSize(impression, width, height)
  if (widthRatio < 0 || heightRatio < 0 || widthMin < 0)
    draft.fault ||= '.banner.format: wmin, wratio and hratio must not be negative'
}

/** When the impression is whole. */
export function endBanner(impression: Impression, draft: ImpressionDraft): void {
  if (!draft.hasBanner) return
  if (!draft.hasBannerMimes) impression.bannerMimes = anyMime
  // Where both are sent and differ, `w` and `h` are one more size that the slot takes.
  addSize(impression, draft.bannerWidth, draft.bannerHeight)
  impression.hasBanner = impression.sizeCount > 0
  if (draft.bannerWidth < 0) draft.fault ||= '.banner.w: must not be negative'
  if (draft.bannerHeight < 0) draft.fault ||= '.banner.h: must not be negative'
}
