import { type NativeAnswer, nativeAnswerOf, nativeAskOf } from './native.js'
import { looksLikeVast, readVast, type Vast } from './vast.js'
import {
  bannerOf,
  fieldOf,
  isObject,
  type LooseBid,
  type LooseImp,
  type LooseMedia,
  type LooseOffer,
  numberOf,
  objectsIn,
  textOf,
  textsIn,
} from './wire.js'

export const formats = ['banner', 'video', 'audio', 'native'] as const
export type Format = (typeof formats)[number]

/** By `bid.mtype` (OpenRTB 2.6, list "creative markup types"). */
const formatByMtype: Readonly<Record<number, Format>> = {
  1: 'banner',
  2: 'video',
  3: 'audio',
  4: 'native',
}

/** What a bid's markup turned out to be. */
export type Markup =
  | { readonly kind: 'html'; readonly html: string }
  | { readonly kind: 'vast'; readonly vast: Vast | null; readonly fault: string }
  | { readonly kind: 'native'; readonly answer: NativeAnswer }
  | { readonly kind: 'none' }

export function markupOf(bid: LooseBid): Markup {
  const { adm } = bid
  if (bid.adm_native !== undefined || isObject(adm) || /^\s*\{/.test(textOf(adm)))
    return { kind: 'native', answer: nativeAnswerOf(bid) }
  const text = textOf(adm)
  if (text === '') return { kind: 'none' }
  if (!looksLikeVast(text)) return { kind: 'html', html: text }
  const reading = readVast(text)
  return reading.ok
    ? { kind: 'vast', vast: reading.vast, fault: '' }
    : { kind: 'vast', vast: null, fault: reading.fault }
}

/** What a bid is for: what it says in `mtype`, else what its markup looks like. */
export function formatOf(bid: LooseBid, imp: LooseImp, markup: Markup): Format {
  const told = formatByMtype[numberOf(bid.mtype)]
  if (told !== undefined) return told
  if (markup.kind === 'native') return 'native'
  if (markup.kind === 'vast') return isObject(imp.audio) && !isObject(imp.video) ? 'audio' : 'video'
  return 'banner'
}

/** What an impression's object of a format restricts; null where it isn't offered in a usable form. */
export function offerOf(imp: LooseImp, format: Format): LooseOffer | null {
  if (format === 'banner') return bannerOf(imp)
  if (format === 'native') return nativeAskOf(imp) === null ? null : (imp.native as LooseOffer)
  return mediaOf(imp, format)
}

/** null where there is none, or it names no media type, as it has to. */
export function mediaOf(imp: LooseImp, format: Format): LooseMedia | null {
  if (format !== 'video' && format !== 'audio') return null
  const media: LooseMedia | null = isObject(imp[format]) ? imp[format] : null
  return textsIn(media?.mimes).length > 0 ? media : null
}

/** Formats that an impression has an object for, usable or not. */
export const formatsIn = (imp: LooseImp): readonly Format[] =>
  formats.filter((format) => isObject(imp[format]))

/** Seconds that a bid's ad plays: what its VAST says, else `bid.dur`; NaN where neither does. */
export function secondsOf(bid: LooseBid, markup: Markup): number {
  const linears = markup.kind === 'vast' ? (markup.vast?.ads ?? []).flatMap((ad) => ad.linears) : []
  const found = linears.find(({ durationS }) => !Number.isNaN(durationS))
  return found?.durationS ?? numberOf(bid.dur)
}

/** Sizes of companions that a player shows besides the ad. */
export const companionSizesOf = (media: LooseMedia): readonly object[] =>
  objectsIn(media.companionad).flatMap((it) => [it, ...objectsIn(fieldOf(it, 'format'))])
