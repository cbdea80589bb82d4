import { cpmMicros } from '../base/money.js'
import { findStrayMacros } from '../openrtb/macros.js'
import { LossCode } from './auction.js'
import { type CurrencyRates, floorMicros } from './currencies.js'
import { clickLinksOf, insecureUrlsIn, originOf, parseHttpUrl, pixelOf, tagsOf } from './markup.js'
import {
  bannerOf,
  dealOf,
  isFlagSet,
  type LooseBid,
  type LooseImp,
  type LooseRequest,
  numberOf,
  sizesOf,
  textOf,
  textsIn,
} from './wire.js'

export interface BidContext {
  readonly request: LooseRequest
  readonly imp: LooseImp
  readonly bid: LooseBid
  readonly seat: unknown
  /** Of the whole response. */
  readonly currency: string
  readonly rates: CurrencyRates
}

export interface BidRule {
  readonly rule: string
  /** What an exchange tells the bidder that it refuses; Won: it wouldn't notice. */
  readonly lossCode: LossCode
  /** @returns what is wrong, or null. */
  find(context: BidContext): string | null
}

const isMissing = (value: unknown): boolean => textOf(value) === ''

const presence = (
  name: 'cid' | 'crid' | 'adm' | 'adomain' | 'cat',
  lossCode: LossCode,
): BidRule => ({
  rule: `${name}-present`,
  lossCode,
  find({ bid }) {
    const value = bid[name]
    const isList = name === 'adomain' || name === 'cat'
    if (isList ? textsIn(value).length > 0 : !isMissing(value)) return null
    return JSON.stringify(value) ?? 'absent'
  },
})

/** A notice URL has to be there, absolute, and to hold one of these macros as it stands. */
const notice = (name: 'nurl' | 'burl' | 'lurl', macros: readonly string[]): BidRule => ({
  rule: `${name}-usable`,
  lossCode: LossCode.Won,
  find({ bid }) {
    const url = textOf(bid[name])
    if (url === '') return 'absent'
    if (parseHttpUrl(url) === null) return `not absolute: ${url}`
    return macros.some((macro) => url.includes(macro)) ? null : `without ${macros[0]}: ${url}`
  },
})

export const bidRules: readonly BidRule[] = [
  {
    rule: 'price-positive',
    lossCode: LossCode.MissingPrice,
    find: ({ bid: { price } }) =>
      typeof price === 'number' && Number.isFinite(price) && price > 0 ? null : `${price}`,
  },
  // The auction itself refuses these, with a code for the floor or the deal's floor.
  { rule: 'price-at-least-floor', lossCode: LossCode.Won, find: findBelowFloor },
  {
    rule: 'deal-offered',
    lossCode: LossCode.InvalidDeal,
    find: ({ imp, bid }) =>
      bid.dealid === undefined || dealOf(imp, bid) !== null ? null : `${bid.dealid}`,
  },
  {
    rule: 'banner-offered',
    lossCode: LossCode.Format,
    find: ({ imp }) => (bannerOf(imp) === null ? 'the impression takes no banner' : null),
  },
  { rule: 'size-offered', lossCode: LossCode.Size, find: findOtherSize },
  {
    rule: 'mtype-banner',
    lossCode: LossCode.Format,
    find: ({ bid: { mtype } }) => (mtype === undefined || mtype === 1 ? null : `${mtype}`),
  },
  presence('adm', LossCode.MissingMarkup),
  presence('adomain', LossCode.InvalidAdvertiserDomain),
  presence('crid', LossCode.MissingCreativeId),
  presence('cid', LossCode.Won),
  presence('cat', LossCode.Won),
  {
    rule: 'adomain-not-blocked',
    lossCode: LossCode.AdvertiserExclusion,
    find: ({ request, bid }) =>
      textsIn(bid.adomain).find((domain) =>
        textsIn(request.badv).some((blocked) => isDomainWithin(domain, blocked)),
      ) ?? null,
  },
  {
    rule: 'cat-not-blocked',
    lossCode: LossCode.Category,
    find: ({ request, bid }) =>
      textsIn(bid.cat).find((cat) =>
        textsIn(request.bcat).some((blocked) => isCategoryWithin(cat, blocked)),
      ) ?? null,
  },
  { rule: 'seat-allowed', lossCode: LossCode.SeatBlocked, find: findBlockedSeat },
  notice('nurl', ['${AUCTION_PRICE}']),
  notice('burl', ['${AUCTION_PRICE}']),
  notice('lurl', ['${AUCTION_PRICE}', '${AUCTION_LOSS}']),
  {
    rule: 'macros-plain',
    lossCode: LossCode.Won,
    find: ({ bid }) =>
      [bid.nurl, bid.burl, bid.lurl, bid.adm].flatMap((it) => findStrayMacros(textOf(it)))[0]
        ?.text ?? null,
  },
  {
    rule: 'secure-markup',
    lossCode: LossCode.NotSecure,
    find: ({ imp, bid }) =>
      isFlagSet(imp.secure) ? (insecureUrlsIn(textOf(bid.adm))[0] ?? null) : null,
  },
  { rule: 'markup-counts-and-links', lossCode: LossCode.Won, find: findUnmeasured },
  {
    rule: 'markup-without-empty-values',
    lossCode: LossCode.Won,
    find: ({ bid }) => hollowMarkup.exec(textOf(bid.adm))?.[0] ?? null,
  },
]

const ruleLossCodes = new Map(bidRules.map(({ rule, lossCode }) => [rule, lossCode]))

/** With which code a bid that breaks this rule is refused; `Won` where it may still take part. */
export const refusalFor = (rule: string): LossCode =>
  ruleLossCodes.get(rule) ?? LossCode.InvalidResponse

/** An attribute, query parameter or element whose whole text is a value that was missing. */
const hollowMarkup = /["'=>](null|undefined|NaN|\[object Object\])(?=["'<&]|$)/

/** Between currencies, bidder and exchange may round a millionth differently. */
const conversionSlack = 1e-6

function findBelowFloor({ imp, bid, currency, rates }: BidContext): string | null {
  const deal = dealOf(imp, bid)
  const { bidfloor, bidfloorcur } = deal ?? imp
  const floor = floorMicros(bidfloor, bidfloorcur, currency, rates)
  const price = cpmMicros(numberOf(bid.price))
  const isSameCurrency = textOf(bidfloorcur ?? 'USD').toUpperCase() === currency
  if (floor < 0 || price >= floor * (isSameCurrency ? 1 : 1 - conversionSlack)) return null
  // What is no price at all breaks a rule of its own.
  return !(price > 0) ? null : `${bid.price} ${currency}, floor ${bidfloor} ${bidfloorcur}`
}

function findOtherSize({ imp, bid }: BidContext): string | null {
  const banner = bannerOf(imp)
  if (banner === null) return null
  const sizes = sizesOf(banner)
  if (sizes.length === 0 && bid.w === undefined && bid.h === undefined) return null
  return sizes.some(({ w, h }) => w === bid.w && h === bid.h) ? null : `${bid.w}x${bid.h}`
}

const bareDomain = (domain: string): string => domain.toLowerCase().replace(/^www\./, '')

/** `shop.example.com` is within `example.com`, `notexample.com` isn't. */
function isDomainWithin(domain: string, blocked: string): boolean {
  const [inner, outer] = [bareDomain(domain), bareDomain(blocked)]
  return inner === outer || (outer !== '' && inner.endsWith(`.${outer}`))
}

/** `IAB7-39` is within `IAB7`, `IAB70` isn't. */
const isCategoryWithin = (cat: string, blocked: string): boolean =>
  cat === blocked || (blocked !== '' && cat.startsWith(`${blocked}-`))

function findBlockedSeat({ request, seat }: BidContext): string | null {
  const allowed = textsIn(request.wseat)
  if (allowed.length > 0 && !allowed.includes(textOf(seat))) return `${seat} is not in wseat`
  return textsIn(request.bseat).includes(textOf(seat)) ? `${seat} is in bseat` : null
}

/** The origins that a bid's notices go to: where its pixel and click links have to go, too. */
export function noticeOriginsOf(bid: LooseBid): ReadonlySet<string> {
  const origins = [bid.nurl, bid.burl, bid.lurl].map((url) => originOf(textOf(url)))
  return new Set(origins.filter((origin) => origin !== ''))
}

function findUnmeasured({ bid }: BidContext): string | null {
  if (isMissing(bid.adm)) return null
  const tags = tagsOf(textOf(bid.adm))
  const origins = noticeOriginsOf(bid)
  if (pixelOf(tags, origins) === '') return 'no impression pixel'
  return clickLinksOf(tags, origins).length === 0 ? 'no click link' : null
}
