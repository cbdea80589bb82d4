import { bidRules } from './bid-rules.js'
import { type CurrencyRates, ratesDefault } from './currencies.js'
import { emptyValuesIn } from './empty-values.js'
import { formatOf, markupOf } from './formats.js'
import { type ExchangeHabits, habitsDefault } from './habits.js'
import { findCrowded, type PlacedBid } from './pod-rules.js'
import { isTrueRefusal } from './refusals.js'
import {
  impsOf,
  isBidRequest,
  isFlagSet,
  isObject,
  type LooseBid,
  type LooseRequest,
  type LooseResponse,
  type LooseSeatBid,
  numberOf,
  objectsIn,
  textOf,
  textsIn,
} from './wire.js'

/** One place where an answer breaks OpenRTB, or a rule that every exchange has. */
export interface BrokenRule {
  /** A short name that stays the same: reports are grouped by it. */
  readonly rule: string
  /** Of the statement in the conformance checklist; null for a rule of good manners. */
  readonly number: number | null
  /** What was found, for a person. */
  readonly detail: string
  /** The bid that breaks it; null where it is the whole answer. */
  readonly bid: LooseBid | null
}

/** An answer to a bid request as it came over HTTP. */
export interface BidAnswer {
  readonly status: number
  /** The header; '' where absent. */
  readonly contentType: string
  readonly text: string
  /** Bytes that came, or were announced, where none belong. */
  readonly excessBytes: number
  /** What it was written in before it was put into `text`. Default: JSON. */
  readonly wire?: 'json' | 'protobuf'
}

export interface CheckedAnswer {
  readonly broken: readonly BrokenRule[]
  /** null where there is nothing to auction: no bid, or nothing that can be read. */
  readonly response: LooseResponse | null
}

/** Rules of a whole answer, or of a bid among the others, with their checklist numbers. */
export const answerRules = {
  'body-ends-where-it-should': 2,
  'status-200-or-204': 2,
  'content-type-json': 1,
  'content-type-protobuf': 19,
  'json-object': 1,
  'request-was-valid': 5,
  'no-empty-values': 28,
  'id-echoed': 21,
  'seatbid-not-empty': 24,
  'seat-has-bids': 24,
  'nbr-known': 29,
  'currency-accepted': 25,
  'price-plain-decimal': 23,
  'bid-id-unique': 22,
  'impid-known': 22,
  'group-unused': 84,
  'response-known-fields': 28,
  'one-bid-per-imp': 80,
  'pod-kept': 66,
} as const
export type AnswerRule = keyof typeof answerRules

const brokenRule = (rule: AnswerRule, detail: string, bid: LooseBid | null = null): BrokenRule => ({
  rule,
  number: answerRules[rule],
  detail,
  bid,
})

const typePatterns = {
  json: /^application\/json\s*(;|$)/i,
  // The names that exchanges give it.
  protobuf: /^application\/(x-protobuf|protobuf|octet-stream)\s*(;|$)/i,
} as const

/** Checks status, headers and body of an answer. @param request  as sent; null for what is no JSON object. */
export function checkAnswer(
  request: LooseRequest | null,
  answer: BidAnswer,
  rates: CurrencyRates,
  habits: ExchangeHabits = habitsDefault,
): CheckedAnswer {
  const { status, text, contentType, excessBytes, wire = 'json' } = answer
  const broken: BrokenRule[] = []
  if (excessBytes > 0 || (status === 204 && text !== ''))
    broken.push(brokenRule('body-ends-where-it-should', `${excessBytes} bytes too many`))
  if (status !== 200) {
    const mayRefuse =
      (status >= 400 && status < 500 && !isBidRequest(request)) ||
      (status === 400 && request !== null && isTrueRefusal(request, text))
    if (status !== 204 && !mayRefuse)
      broken.push(brokenRule('status-200-or-204', `${status} ${text.slice(0, 200)}`))
    return { broken, response: null }
  }
  if (!typePatterns[wire].test(contentType))
    broken.push(brokenRule(`content-type-${wire}`, contentType === '' ? 'absent' : contentType))
  let response: unknown
  try {
    response = JSON.parse(text)
  } catch (error) {
    broken.push(brokenRule('json-object', error instanceof Error ? error.message : ''))
    return { broken, response: null }
  }
  if (!isObject(response)) {
    broken.push(brokenRule('json-object', text.slice(0, 50)))
    return { broken, response: null }
  }
  if (request === null) broken.push(brokenRule('request-was-valid', 'answered what is no request'))
  else broken.push(...checkResponse(request, response, rates, text, habits))
  return { broken, response: request === null ? null : response }
}

/**
 * Checks a bid response against its request. Pure.
 *
 * @param text  the JSON as received, for how its numbers are written; '' where it isn't at hand.
 * @param habits  what was agreed with the exchange.
 * @returns every rule that is broken, in no order; none for the legal forms of "no bid".
 */
export function checkResponse(
  request: LooseRequest,
  response: LooseResponse,
  rates: CurrencyRates,
  text = '',
  habits: ExchangeHabits = habitsDefault,
): readonly BrokenRule[] {
  // `{}` and an empty `seatbid` with an id are two ways of not bidding (OpenRTB 2.6, section 4.3.1).
  if (Object.keys(response).length === 0) return []
  const broken = emptyValuesIn(response, '').map((path) => brokenRule('no-empty-values', path))
  broken.push(...checkEnvelope(request, response, text))

  const currency = textOf(response.cur === undefined ? 'USD' : response.cur)
  const imps = impsOf(request)
  const placed: PlacedBid[] = []
  const seenIds = new Set<unknown>()
  for (const seatBid of objectsIn(response.seatbid) as LooseSeatBid[]) {
    for (const bid of objectsIn(seatBid.bid) as LooseBid[]) {
      if (textOf(bid.id) === '' || seenIds.has(bid.id))
        broken.push(brokenRule('bid-id-unique', `${bid.id}`, bid))
      seenIds.add(bid.id)
      const imp = imps.find((it) => it.id === bid.impid)
      if (imp === undefined) {
        broken.push(brokenRule('impid-known', `${bid.impid}`, bid))
        continue
      }
      placed.push({ bid, imp })
      const markup = markupOf(bid)
      const format = formatOf(bid, imp, markup)
      const { seat } = seatBid
      const context = { request, imp, bid, seat, currency, rates, habits, format, markup }
      for (const { rule, number, find } of bidRules) {
        const detail = find(context)
        if (detail !== null) broken.push({ rule, number, detail, bid })
      }
    }
  }
  for (const { rule, detail, bid } of findCrowded(request, placed, habits.multiBid))
    broken.push(brokenRule(rule, detail, bid))
  return broken
}

/** OpenRTB 2.5 and 2.6, objects BidResponse and SeatBid. */
const responseFields = new Set(['id', 'seatbid', 'bidid', 'cur', 'customdata', 'nbr', 'ext'])
const seatFields = new Set(['bid', 'seat', 'group', 'ext'])

/** Everything but the bids themselves. */
function checkEnvelope(
  request: LooseRequest,
  response: LooseResponse,
  text: string,
): readonly BrokenRule[] {
  const broken: BrokenRule[] = []
  if (response.id !== request.id)
    broken.push(brokenRule('id-echoed', `${JSON.stringify(response.id)} for ${request.id}`))
  if (response.nbr === undefined) broken.push(...emptySeats(response))
  else if (!isNoBidReason(response.nbr)) broken.push(brokenRule('nbr-known', `${response.nbr}`))

  const currency = response.cur === undefined ? 'USD' : response.cur
  const accepted = textsIn(request.cur).map((it) => it.toUpperCase())
  const isAccepted = accepted.length === 0 || accepted.includes(textOf(currency))
  // Where nothing is bid, the currency says nothing.
  const mayOmit = response.cur === undefined && objectsIn(response.seatbid).length === 0
  if (!mayOmit && (!/^[A-Z]{3}$/.test(textOf(currency)) || !isAccepted))
    broken.push(brokenRule('currency-accepted', `${currency}, accepted: ${accepted.join(' ')}`))
  for (const [, price] of text.matchAll(/"price"\s*:\s*(-?\d[^,}\]\s]*)/g)) {
    if (!/^\d+(\.\d{1,6})?$/.test(price!)) broken.push(brokenRule('price-plain-decimal', price!))
  }

  const seatBids = objectsIn(response.seatbid) as LooseSeatBid[]
  if (seatBids.some(({ group }) => isFlagSet(group)))
    broken.push(brokenRule('group-unused', 'group is 1'))
  const others = [
    ...Object.keys(response).filter((name) => !responseFields.has(name)),
    ...seatBids.flatMap((it) => Object.keys(it).filter((name) => !seatFields.has(name))),
  ]
  if (others.length > 0) broken.push(brokenRule('response-known-fields', others.join(' ')))
  return broken
}

/** OpenRTB's list of no-bid reasons, and vendors' own. */
const isNoBidReason = (value: unknown): boolean =>
  Number.isInteger(value) &&
  ((numberOf(value) >= 0 && numberOf(value) <= 17) || numberOf(value) >= 500)

function emptySeats(response: LooseResponse): readonly BrokenRule[] {
  if (!Array.isArray(response.seatbid) || response.seatbid.length === 0)
    return [brokenRule('seatbid-not-empty', JSON.stringify(response.seatbid) ?? 'absent')]
  const isEmpty = (it: unknown): boolean => objectsIn((it as LooseSeatBid | null)?.bid).length === 0
  return response.seatbid.some(isEmpty) ? [brokenRule('seat-has-bids', 'a seat without bids')] : []
}

/** What differs from an exchange without habits of its own, and the rates that floors are held against. */
export interface JudgeOptions extends Partial<ExchangeHabits> {
  readonly rates?: CurrencyRates
}

/**
 * Everything that is wrong with the body of a bidder's 200, for tests and tools that have no HTTP at hand.
 *
 * @param requestJson  text, or what was parsed of it; what is no JSON object was no request.
 * @param responseBody  as received; an empty one is a 204's.
 */
export function brokenRules(
  requestJson: unknown,
  responseBody: string | Buffer,
  options: JudgeOptions = {},
): readonly BrokenRule[] {
  const { rates = ratesDefault, ...habits } = options
  const text = responseBody.toString()
  const answer = {
    status: text === '' ? 204 : 200,
    contentType: 'application/json',
    text,
    excessBytes: 0,
  }
  return checkAnswer(requestOf(requestJson), answer, rates, { ...habitsDefault, ...habits }).broken
}

function requestOf(json: unknown): object | null {
  try {
    const request: unknown = typeof json === 'string' ? JSON.parse(json) : json
    return isObject(request) ? request : null
  } catch {
    return null
  }
}
