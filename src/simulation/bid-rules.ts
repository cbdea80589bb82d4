import { findStrayMacros } from '../openrtb/macros.js'
import { LossCode } from './auction.js'
import { bannerRules } from './banner-rules.js'
import { emptyValueInMarkup, emptyValuesIn } from './empty-values.js'
import { offerOf } from './formats.js'
import { parseHttpUrl } from './markup.js'
import { tracesOf } from './measuring.js'
import { mediaRules } from './media-rules.js'
import { nativeRules } from './native-rules.js'
import { priceRules } from './price-rules.js'
import { restrictionRules } from './restriction-rules.js'
import type { BidContext, BidRule } from './rule.js'
import { idsIn, isObject, type LooseBid, numberOf, textOf, textsIn } from './wire.js'

const isMissing = (value: unknown): boolean => textOf(value) === ''

const presence = (name: 'cid' | 'crid' | 'adomain' | 'cat', lossCode: LossCode): BidRule => ({
  rule: `${name}-present`,
  number: 26,
  lossCode,
  find({ bid }) {
    const value = bid[name]
    if (name === 'cat' && idsIn(value).length > 0) return null
    if (name === 'adomain' && textsIn(value).length > 0) return null
    if ((name === 'cid' || name === 'crid') && !isMissing(value)) return null
    return JSON.stringify(value) ?? 'absent'
  },
})

/** A notice URL that was agreed has to be there, absolute, and to hold one of these macros as it stands. */
const notice = (
  name: 'nurl' | 'burl' | 'lurl',
  kind: 'win' | 'bill' | 'loss',
  otherMacro = '',
): BidRule => ({
  rule: `${name}-usable`,
  number: 94,
  lossCode: LossCode.Won,
  find({ bid, habits }) {
    const url = textOf(bid[name])
    if (url === '') return habits.notices[kind] ? 'absent' : null
    if (parseHttpUrl(url) === null) return `not absolute: ${url}`
    const isTold =
      url.includes(habits.priceMacro) || (otherMacro !== '' && url.includes(otherMacro))
    return isTold ? null : `without ${habits.priceMacro}: ${url}`
  },
})

const commonRules: readonly BidRule[] = [
  {
    rule: 'format-offered',
    number: 58,
    lossCode: LossCode.Format,
    find: ({ imp, format }) =>
      offerOf(imp, format) === null ? `the impression takes no ${format}` : null,
  },
  { rule: 'mtype-matches', number: 27, lossCode: LossCode.Format, find: findOtherMtype },
  {
    rule: 'adm-present',
    number: 26,
    lossCode: LossCode.MissingMarkup,
    find: ({ bid, markup }) =>
      markup.kind === 'none' ? (JSON.stringify(bid.adm) ?? 'absent') : null,
  },
  presence('adomain', LossCode.InvalidAdvertiserDomain),
  presence('crid', LossCode.MissingCreativeId),
  presence('cid', LossCode.Won),
  presence('cat', LossCode.Won),
  notice('nurl', 'win'),
  notice('burl', 'bill'),
  notice('lurl', 'loss', '${AUCTION_LOSS}'),
  { rule: 'macros-plain', number: 94, lossCode: LossCode.Won, find: findStrayMacro },
  {
    rule: 'iurl-usable',
    number: 26,
    lossCode: LossCode.Won,
    find: ({ bid: { iurl } }) =>
      iurl === undefined || parseHttpUrl(textOf(iurl)) !== null ? null : `${iurl}`,
  },
  {
    // What is longer than a day is no time to wait for an impression.
    rule: 'exp-sane',
    number: null,
    lossCode: LossCode.Won,
    find: ({ bid: { exp } }) =>
      exp === undefined || (Number.isInteger(exp) && numberOf(exp) > 0 && numberOf(exp) <= 86_400)
        ? null
        : `${exp}`,
  },
  {
    rule: 'only-known-fields',
    number: 28,
    lossCode: LossCode.Won,
    find: ({ bid }) => findOtherField(bid),
  },
  { rule: 'markup-counts-and-links', number: null, lossCode: LossCode.Won, find: findUnmeasured },
  { rule: 'markup-without-empty-values', number: 28, lossCode: LossCode.Won, find: findEmptyValue },
]

export const bidRules: readonly BidRule[] = [
  ...commonRules,
  ...priceRules,
  ...restrictionRules,
  ...bannerRules,
  ...nativeRules,
  ...mediaRules,
]

const ruleLossCodes = new Map(bidRules.map(({ rule, lossCode }) => [rule, lossCode]))

/** With which code a bid that breaks this rule is refused; `Won` where it may still take part. */
export const refusalFor = (rule: string): LossCode =>
  ruleLossCodes.get(rule) ?? LossCode.InvalidResponse

const markupByFormat = { banner: 'html', video: 'vast', audio: 'vast', native: 'native' } as const

function findOtherMtype({ bid: { mtype }, format, markup }: BidContext): string | null {
  if (
    mtype !== undefined &&
    !(Number.isInteger(mtype) && numberOf(mtype) >= 1 && numberOf(mtype) <= 4)
  )
    return `${mtype}`
  if (markup.kind === 'none' || markup.kind === markupByFormat[format]) return null
  return `${format}, but the markup is ${markup.kind}`
}

function findStrayMacro({ bid, habits }: BidContext): string | null {
  const adm = isObject(bid.adm) ? JSON.stringify(bid.adm) : textOf(bid.adm)
  const texts = [bid.nurl, bid.burl, bid.lurl].map(textOf)
  for (const text of [
    ...texts,
    adm,
    bid.adm_native === undefined ? '' : JSON.stringify(bid.adm_native),
  ])
    for (const { text: macro } of findStrayMacros(text))
      if (macro !== habits.priceMacro) return macro
  return null
}

/** OpenRTB 2.5 and 2.6, object Bid; `adm_native` is Google's. */
const bidFields = new Set(
  (
    'id impid price adid nurl burl lurl adm adm_native adomain bundle iurl cid crid tactic cattax cat ' +
    'attr api apis protocol qagmediarating language langb dealid w h wratio hratio exp dur mtype ' +
    'slotinpod ext'
  ).split(' '),
)

const findOtherField = (bid: LooseBid): string | null =>
  Object.keys(bid).find((name) => !bidFields.has(name)) ?? null

function findUnmeasured({ bid, markup, habits, format }: BidContext): string | null {
  const isReadable =
    markup.kind === 'html' ||
    (markup.kind === 'vast' && markup.vast !== null) ||
    (markup.kind === 'native' && markup.answer.body !== null)
  if (!isReadable) return null
  const traces = tracesOf(markup, bid, habits.clickMacro)
  if (traces.impressions.length === 0) return `no impression pixel in ${format}`
  return traces.clicks.length + traces.clickTrackers.length === 0
    ? `no click link in ${format}`
    : null
}

function findEmptyValue({ markup }: BidContext): string | null {
  if (markup.kind === 'html') return emptyValueInMarkup(markup.html)
  if (markup.kind === 'vast') {
    const texts = markup.vast?.texts ?? []
    return texts.map((it) => emptyValueInMarkup(`"${it}"`)).find((it) => it !== null) ?? null
  }
  if (markup.kind === 'none') return null
  const { body } = markup.answer
  if (body === null) return null
  return emptyValuesIn(body, '')[0] ?? emptyValueInMarkup(JSON.stringify(body) ?? '')
}
