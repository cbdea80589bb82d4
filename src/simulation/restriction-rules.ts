import { LossCode } from './auction.js'
import { isDomain, isDomainWithin } from './domains.js'
import { offerOf } from './formats.js'
import { insecureUrlsIn } from './markup.js'
import type { BidContext, BidRule } from './rule.js'
import {
  fieldOf,
  idsIn,
  isFlagSet,
  isObject,
  type LooseBid,
  type LooseRequest,
  numberOf,
  numbersIn,
  objectsIn,
  textOf,
  textsIn,
} from './wire.js'

/** What a request allows, of whatever format the bid is. */
export const restrictionRules: readonly BidRule[] = [
  {
    rule: 'adomain-not-blocked',
    number: 44,
    lossCode: LossCode.AdvertiserExclusion,
    find: ({ request, bid }) =>
      textsIn(bid.adomain).find((domain) =>
        textsIn(request.badv).some((blocked) => isDomainWithin(domain, blocked)),
      ) ?? null,
  },
  {
    rule: 'adomain-is-domain',
    number: 26,
    lossCode: LossCode.InvalidAdvertiserDomain,
    find: ({ bid }) => textsIn(bid.adomain).find((domain) => !isDomain(domain)) ?? null,
  },
  {
    rule: 'cat-not-blocked',
    number: 41,
    lossCode: LossCode.Category,
    find: ({ request, bid }) =>
      isSameTaxonomy(request, bid)
        ? (idsIn(bid.cat).find((cat) => isCategoryIn(cat, request.bcat)) ?? null)
        : null,
  },
  {
    rule: 'cat-allowed',
    number: 43,
    lossCode: LossCode.Category,
    find({ request, bid }) {
      if (idsIn(request.acat).length === 0 || !isSameTaxonomy(request, bid)) return null
      return idsIn(bid.cat).some((cat) => isCategoryIn(cat, request.acat)) ? null : `${bid.cat}`
    },
  },
  {
    rule: 'bundle-not-blocked',
    number: 45,
    lossCode: LossCode.AppExclusion,
    find: ({ request, bid }) =>
      idsIn(request.bapp).find((blocked) => blocked === bid.bundle) ?? null,
  },
  { rule: 'language-allowed', number: 48, lossCode: LossCode.Language, find: findOtherLanguage },
  { rule: 'seat-allowed', number: 47, lossCode: LossCode.SeatBlocked, find: findBlockedSeat },
  {
    rule: 'attributes-listed',
    number: 46,
    lossCode: LossCode.Attribute,
    find: ({ bid: { attr } }) =>
      attr === undefined || (Array.isArray(attr) && attr.every(isAttribute))
        ? null
        : JSON.stringify(attr),
  },
  {
    rule: 'attributes-not-blocked',
    number: 46,
    lossCode: LossCode.Attribute,
    find({ imp, bid, format }) {
      const blocked = numbersIn(offerOf(imp, format)?.battr)
      const found = numbersIn(bid.attr).find((it) => blocked.includes(it))
      return found === undefined ? null : `${found}`
    },
  },
  {
    rule: 'apis-offered',
    number: 51,
    lossCode: LossCode.Format,
    find({ imp, bid, format }) {
      const offered = numbersIn(offerOf(imp, format)?.api)
      const needed = [...numbersIn(bid.apis), ...numbersIn([bid.api])]
      const missing = needed.find((it) => it !== 0 && !offered.includes(it))
      return missing === undefined ? null : `${missing}`
    },
  },
  { rule: 'secure-markup', number: 49, lossCode: LossCode.NotSecure, find: findInsecure },
  { rule: 'dsa-told', number: 109, lossCode: LossCode.CreativeFiltered, find: findMissingDsa },
  {
    rule: 'billing-id-offered',
    number: null,
    lossCode: LossCode.InvalidResponse,
    find({ imp, bid }) {
      const offered = idsIn(fieldOf(imp.ext, 'billing_id'))
      const named = fieldOf(bid.ext, 'billing_id')
      if (named === undefined || offered.length === 0) return null
      return offered.includes(String(named)) ? null : String(named)
    },
  },
]

/** Lists with different ids can't be compared. Content Taxonomy 1.0 where nothing is said. */
const isSameTaxonomy = (request: LooseRequest, bid: LooseBid): boolean =>
  numberOf(request.cattax ?? 1) === numberOf(bid.cattax ?? 1)

/** `IAB7-39` is in `IAB7`, `IAB70` isn't. Other taxonomies' ids don't show what is in what. */
const isCategoryIn = (cat: string, list: unknown): boolean =>
  idsIn(list).some(
    (outer) => cat === outer || (/^IAB\d+$/.test(outer) && cat.startsWith(`${outer}-`)),
  )

/** OpenRTB's list of creative attributes, and vendors' own. */
const isAttribute = (value: unknown): boolean =>
  Number.isInteger(value) &&
  ((numberOf(value) >= 1 && numberOf(value) <= 23) || numberOf(value) >= 500)

const primaryLanguage = (language: string): string => language.toLowerCase().split(/[-_]/)[0]!

function findOtherLanguage({ request, bid }: BidContext): string | null {
  const allowed = [...textsIn(request.wlang), ...textsIn(request.wlangb)].map(primaryLanguage)
  const language = primaryLanguage(textOf(bid.language) || textOf(bid.langb))
  // `xx` is a creative without words.
  if (allowed.length === 0 || language === '' || language === 'xx') return null
  return allowed.includes(language) ? null : language
}

function findBlockedSeat({ request, seat }: BidContext): string | null {
  const allowed = textsIn(request.wseat)
  if (allowed.length > 0 && !allowed.includes(textOf(seat))) return `${seat} is not in wseat`
  return textsIn(request.bseat).includes(textOf(seat)) ? `${seat} is in bseat` : null
}

/** https is asked for; or nothing is said and the page itself is loaded so, which then lets nothing else in. */
const isSecureAsked = ({ request, imp }: BidContext): boolean =>
  imp.secure === undefined
    ? /^https:/i.test(textOf(fieldOf(request.site, 'page')))
    : isFlagSet(imp.secure)

function findInsecure(context: BidContext): string | null {
  if (!isSecureAsked(context)) return null
  const { markup, bid } = context
  const texts = [textOf(bid.iurl)]
  if (markup.kind === 'html') texts.push(markup.html)
  else if (markup.kind === 'vast') texts.push(...(markup.vast?.texts ?? []))
  else if (markup.kind === 'native') texts.push(JSON.stringify(markup.answer.body) ?? '')
  return insecureUrlsIn(texts.join('\n'))[0] ?? null
}

/** The Digital Services Act's part: who pays for whom, and what the ad was chosen by. */
function findMissingDsa({ request, bid }: BidContext): string | null {
  const asked = fieldOf(fieldOf(request.regs, 'ext'), 'dsa')
  const isRequired = numberOf(fieldOf(asked, 'dsarequired')) >= 2
  const dsa = fieldOf(bid.ext, 'dsa')
  if (dsa === undefined) return isRequired ? 'ext.dsa is absent' : null
  if (!isObject(dsa)) return 'ext.dsa is no object'
  for (const name of ['behalf', 'paid']) {
    const value = textOf(fieldOf(dsa, name))
    if (value === '' || value.length > 100) return `ext.dsa.${name}: ${value || 'absent'}`
  }
  if (
    isRequired &&
    numberOf(fieldOf(asked, 'pubrender') ?? 0) === 0 &&
    fieldOf(dsa, 'adrender') !== 1
  )
    return 'ext.dsa.adrender is not 1, and the publisher does not render it'
  const transparency = objectsIn(fieldOf(dsa, 'transparency'))
  if (isRequired && transparency.length === 0) return 'ext.dsa.transparency is absent'
  for (const entry of transparency) {
    if (textOf(fieldOf(entry, 'domain')) === '') return 'ext.dsa.transparency without a domain'
    const params = numbersIn(fieldOf(entry, 'dsaparams'))
    if (params.length === 0 || params.some((it) => it !== 1 && it !== 2 && it !== 3))
      return `ext.dsa.transparency: dsaparams ${params}`
  }
  return null
}
