import { anyMime } from '../base/mime.js'
import { clearBanner } from './clear.js'
import { addSize } from './complete.js'
import { mimesAt } from './json-known-texts.js'
import { after, inside, isList, isObject, keyAt, Key as keys } from './json-tape.js'
import { bitsAt, countAt, numberAt } from './json-values.js'
import type { Impression } from './request.js'

const Key = keys

/**
 * `imp.banner`.
 *
 * @param banner where it is; 0 where there is none.
 * @returns '' or the fault.
 */
export function readBanner(banner: number, impression: Impression): string {
  clearBanner(impression)
  if (!isObject(banner)) return ''
  impression.bannerMimes = anyMime
  let width = 0
  let height = 0
  let format = 0
  const end = after(banner)
  for (let at = inside(banner); at < end; at = after(at))
    switch (keyAt(at)) {
      case Key.w:
        width = numberAt(at)
        break
      case Key.h:
        height = numberAt(at)
        break
      case Key.format:
        format = at
        break
      case Key.pos:
        impression.position = countAt(at)
        break
      case Key.btype:
        impression.blockedBannerTypes = bitsAt(at)
        break
      case Key.battr:
        impression.blockedAttributes = bitsAt(at)
        break
      case Key.api:
        impression.apis = bitsAt(at)
        break
      case Key.mimes:
        impression.bannerMimes = mimesAt(at, anyMime)
        break
    }
  const fault = readFormats(format, impression)
  // Where both are sent and differ, `w` and `h` are one more size that the slot takes.
  addSize(impression, width, height)
  impression.hasBanner = impression.sizeCount > 0
  if (width < 0) return '.w: must not be negative'
  return height < 0 ? '.h: must not be negative' : fault
}

function readFormats(formats: number, impression: Impression): string {
  let fault = ''
  if (!isList(formats)) return fault
  const end = after(formats)
  for (let at = inside(formats); at < end; at = after(at))
    if (isObject(at) && !readFormat(at, impression))
      fault = '.format: wmin, wratio and hratio must not be negative'
  return fault
}

/** @returns whether its bounds are what they can be. */
function readFormat(format: number, impression: Impression): boolean {
  let width = 0
  let height = 0
  let minWidth = 0
  let widthRatio = 0
  let heightRatio = 0
  const end = after(format)
  for (let at = inside(format); at < end; at = after(at)) {
    const key = keyAt(at)
    if (key === Key.w) width = numberAt(at)
    else if (key === Key.h) height = numberAt(at)
    else if (key === Key.wmin) minWidth = numberAt(at)
    else if (key === Key.wratio) widthRatio = numberAt(at)
    else if (key === Key.hratio) heightRatio = numberAt(at)
  }
  addSize(impression, width, height)
  return !(minWidth < 0 || widthRatio < 0 || heightRatio < 0)
}
