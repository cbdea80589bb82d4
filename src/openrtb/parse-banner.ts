import { anyMime } from '../base/mime.js'
import { clearBanner } from './clear.js'
import { addSize } from './complete.js'
import { scanned } from './json-found.js'
import { keyNumbers } from './json-keys.js'
import { readMimes } from './json-known-texts.js'
import { endItems, enter, firstItem, isItem, next, nextItem, skip } from './json-scan.js'
import { memoryBytes } from './json-text.js'
import { readBits, readCount, readNumber } from './json-values.js'
import { impressionFault } from './parse-faults.js'
import type { Impression } from './request.js'

const Key = keyNumbers
// As in json-scan, constants of its own.
const bytes = memoryBytes
const openBrace = 123
const openBracket = 91
const found = scanned

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
  for (at = enter(at); found.key > 0; at = next(at)) {
    switch (found.key) {
      case Key.w:
        at = readNumber(at)
        width = found.number
        break
      case Key.h:
        at = readNumber(at)
        height = found.number
        break
      case Key.format:
        at = readFormats(at, impression)
        break
      case Key.pos:
        at = readCount(at)
        impression.position = found.count
        break
      case Key.btype:
        at = readBits(at)
        impression.blockedBannerTypes = found.bits
        break
      case Key.battr:
        at = readBits(at)
        impression.blockedAttributes = found.bits
        break
      case Key.api:
        at = readBits(at)
        impression.apis = found.bits
        break
      case Key.mimes:
        at = readMimes(at)
        impression.bannerMimes = found.mimes === -1 ? anyMime : found.mimes
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
  return at
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
  for (at = enter(at); found.key > 0; at = next(at)) {
    const key = found.key
    if (key === Key.w) {
      at = readNumber(at)
      width = found.number
    } else if (key === Key.h) {
      at = readNumber(at)
      height = found.number
    } else if (key === Key.wmin) {
      at = readNumber(at)
      minWidth = found.number
    } else if (key === Key.wratio) {
      at = readNumber(at)
      widthRatio = found.number
    } else if (key === Key.hratio) {
      at = readNumber(at)
      heightRatio = found.number
    } else at = skip(at)
  }
  if (minWidth < 0 || widthRatio < 0 || heightRatio < 0) faults |= negativeRatio
  addSize(impression, width, height)
  return at
}
