import { LossCode } from './auction.js'
import { type Tag, tagsOf } from './markup.js'
import { tracesOf } from './measuring.js'
import type { BidContext, BidRule } from './rule.js'
import {
  bannerOf,
  fieldOf,
  type LooseBanner,
  type LooseBid,
  numberOf,
  numbersIn,
  objectsIn,
  sizesOf,
  textsIn,
} from './wire.js'

export const bannerRules: readonly BidRule[] = [
  { rule: 'size-offered', number: 54, lossCode: LossCode.Size, find: findOtherSize },
  { rule: 'banner-type-not-blocked', number: 46, lossCode: LossCode.AdType, find: findBlockedType },
  { rule: 'banner-mime-offered', number: null, lossCode: LossCode.AdType, find: findOtherMime },
  { rule: 'mraid-offered', number: 51, lossCode: LossCode.Format, find: findUnsupportedMraid },
]

const bannerIn = ({ imp, format }: BidContext): LooseBanner | null =>
  format === 'banner' ? bannerOf(imp) : null

function findOtherSize(context: BidContext): string | null {
  const { bid } = context
  const banner = bannerIn(context)
  if (banner === null) return null
  const sizes = sizesOf(banner)
  const ratios = objectsIn(banner.format).filter((it) => numberOf(fieldOf(it, 'wratio')) > 0)
  const isAny = sizes.length === 0 && ratios.length === 0
  if (isAny && bid.w === undefined && bid.h === undefined) return null
  if (sizes.some(({ w, h }) => w === bid.w && h === bid.h)) return null
  if (ratios.some((ratio) => isOfRatio(bid, ratio))) return null
  return `${bid.w}x${bid.h}`
}

const isOfRatio = (bid: LooseBid, ratio: object): boolean =>
  bid.wratio === fieldOf(ratio, 'wratio') && bid.hratio === fieldOf(ratio, 'hratio')

const picturesIn = new Set(['picture', 'svg', 'video', 'canvas', 'object', 'embed'])

/** OpenRTB's banner ad types that a markup is: 1 text, 2 with pictures, 3 JavaScript, 4 iframe. */
function typesOf(html: string, tags: readonly Tag[], pixel: string): ReadonlySet<number> {
  const types = new Set<number>()
  if (tags.some(({ name }) => name === 'script')) types.add(3)
  if (tags.some(({ name }) => name === 'iframe')) types.add(4)
  if (types.size > 0) return types
  const hasPicture = tags.some(
    ({ name, attributes }) =>
      picturesIn.has(name) || (name === 'img' && attributes.get('src') !== pixel),
  )
  return types.add(hasPicture || /\burl\(/i.test(html) ? 2 : 1)
}

function findBlockedType(context: BidContext): string | null {
  const { bid, markup } = context
  const blocked = numbersIn(bannerIn(context)?.btype)
  if (blocked.length === 0 || markup.kind !== 'html') return null
  const pixel = tracesOf(markup, bid).impressions[0] ?? ''
  const types = typesOf(markup.html, tagsOf(markup.html), pixel)
  const found = blocked.find((type) => types.has(type))
  return found === undefined ? null : `${found}`
}

/** Where a banner's media types are named, HTML has to be among them, or a type of picture that it shows. */
function findOtherMime(context: BidContext): string | null {
  const mimes = textsIn(bannerIn(context)?.mimes).map((it) => it.trim().toLowerCase())
  if (mimes.length === 0 || context.markup.kind !== 'html') return null
  const isTaken = mimes.some((it) =>
    /^(text\/(html|javascript)|image\/|application\/(x-)?(javascript|xhtml))/.test(it),
  )
  return isTaken ? null : `HTML, accepted: ${mimes.join(' ')}`
}

function findUnsupportedMraid(context: BidContext): string | null {
  const { markup } = context
  const banner = bannerIn(context)
  if (banner === null || markup.kind !== 'html' || !/\bmraid\.js\b/.test(markup.html)) return null
  const hasMraid = numbersIn(banner.api).some((api) => api === 3 || api === 5 || api === 6)
  return hasMraid ? null : 'mraid.js, and no MRAID in api'
}
