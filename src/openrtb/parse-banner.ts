import { anyMime } from '../base/mime.js'
import { clearBanner } from './clear.js'
import { addSize, countOf } from './complete.js'
import { keyNumbers } from './json-keys.js'
import { mimesRead, readMimes } from './json-known-texts.js'
import {
  endItems,
  endMembers,
  firstItem,
  firstMember,
  isItem,
  memberKey,
  memberValue,
  nextItem,
  nextMember,
  openBrace,
  openBracket,
  quote,
  skip,
} from './json-scan.js'
import { memoryBytes } from './json-text.js'
import { bitsRead, numberRead, readBits, readNumber } from './json-values.js'
import { impressionFault } from './parse-faults.js'
import type { Impression } from './request.js'

const Key = keyNumbers
const bytes = memoryBytes

const negativeWidth = impressionFault('.banner.w: must not be negative')
const negativeHeight = impressionFault('.banner.h: must not be negative')
const negativeRatio = impressionFault(
  '.banner.format: wmin, wratio and hratio must not be negative',
)

let faults = 0

/** Faults of the last banner read. */
export function bannerFaults(): number {
  return faults
}

/** `imp.banner`. @param at an opening brace. */
export function readBanner(at: number, impression: Impression): number {
  clearBanner(impression)
  impression.bannerMimes = anyMime
  faults = 0
  let width = 0
  let height = 0
  for (at = firstMember(at); bytes[at] === quote; at = nextMember(at)) {
    at = memberValue(at)
    switch (memberKey()) {
      case 0:
        at = skip(at)
        break
      case Key.w:
        at = readNumber(at)
        width = numberRead()
        break
      case Key.h:
        at = readNumber(at)
        height = numberRead()
        break
      case Key.format:
        at = readFormats(at, impression)
        break
      case Key.pos:
        at = readNumber(at)
        impression.position = countOf(numberRead())
        break
      case Key.btype:
        at = readBits(at)
        impression.blockedBannerTypes = bitsRead()
        break
      case Key.battr:
        at = readBits(at)
        impression.blockedAttributes = bitsRead()
        break
      case Key.api:
        at = readBits(at)
        impression.apis = bitsRead()
        break
      case Key.mimes:
        at = readMimes(at)
        impression.bannerMimes = mimesRead() === -1 ? anyMime : mimesRead()
        break
      default:
        at = skip(at)
    }
  }
  if (width < 0) faults |= negativeWidth
  if (height < 0) faults |= negativeHeight
  // Where both are sent and differ, `w` and `h` are one more size that the slot takes.
  addSize(impression, width, height)
  impression.hasBanner = impression.sizeCount > 0
  return endMembers(at)
}

function readFormats(at: number, impression: Impression): number {
  impression.sizeCount = 0
  faults &= ~negativeRatio
  if (bytes[at] !== openBracket) return skip(at)
  for (at = firstItem(at); isItem(at); at = nextItem(at))
    at = bytes[at] === openBrace ? readFormat(at, impression) : skip(at)
  return endItems(at)
}

function readFormat(at: number, impression: Impression): number {
  let width = 0
  let height = 0
  let minWidth = 0
  let widthRatio = 0
  let heightRatio = 0
  for (at = firstMember(at); bytes[at] === quote; at = nextMember(at)) {
    at = memberValue(at)
    const key = memberKey()
    if (key === Key.w) {
      at = readNumber(at)
      width = numberRead()
    } else if (key === Key.h) {
      at = readNumber(at)
      height = numberRead()
    } else if (key === Key.wmin) {
      at = readNumber(at)
      minWidth = numberRead()
    } else if (key === Key.wratio) {
      at = readNumber(at)
      widthRatio = numberRead()
    } else if (key === Key.hratio) {
      at = readNumber(at)
      heightRatio = numberRead()
    } else at = skip(at)
  }
  if (minWidth < 0 || widthRatio < 0 || heightRatio < 0) faults |= negativeRatio
  addSize(impression, width, height)
  return endMembers(at)
}
