import { bidRules } from './bid-rules.js'
import type { CurrencyRates } from './currencies.js'
import {
  impsOf,
  isBidRequest,
  isObject,
  type LooseBid,
  type LooseRequest,
  type LooseResponse,
  type LooseSeatBid,
  objectsIn,
  textOf,
  textsIn,
} from './wire.js'

/** One place where an answer breaks OpenRTB, or a rule that every exchange has. */
export interface BrokenRule {
  /** A short name that stays the same: reports are grouped by it. */
  readonly rule: string
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
}

export interface CheckedAnswer {
  readonly broken: readonly BrokenRule[]
  /** null where there is nothing to auction: no bid, or nothing that can be read. */
  readonly response: LooseResponse | null
}

const wholeAnswer = (rule: string, detail: string): BrokenRule => ({ rule, detail, bid: null })

/** Checks status, headers and body of an answer. @param request  as sent; null for what is no JSON object. */
export function checkAnswer(
  request: LooseRequest | null,
  answer: BidAnswer,
  rates: CurrencyRates,
): CheckedAnswer {
  const { status, text, contentType, excessBytes } = answer
  const broken: BrokenRule[] = []
  if (excessBytes > 0 || (status === 204 && text !== ''))
    broken.push(wholeAnswer('body-ends-where-it-should', `${excessBytes} bytes too many`))
  if (status !== 200) {
    const mayRefuse = status >= 400 && status < 500 && !isBidRequest(request)
    if (status !== 204 && !mayRefuse)
      broken.push(wholeAnswer('status-200-or-204', `${status} ${text.slice(0, 200)}`))
    return { broken, response: null }
  }
  if (!/^application\/json\s*(;|$)/i.test(contentType))
    broken.push(wholeAnswer('content-type-json', contentType === '' ? 'absent' : contentType))
  let response: unknown
  try {
    response = JSON.parse(text)
  } catch (error) {
    broken.push(wholeAnswer('json-object', error instanceof Error ? error.message : ''))
    return { broken, response: null }
  }
  if (!isObject(response)) {
    broken.push(wholeAnswer('json-object', text.slice(0, 50)))
    return { broken, response: null }
  }
  if (request === null) broken.push(wholeAnswer('request-was-valid', 'answered what is no request'))
  else broken.push(...checkResponse(request, response, rates, text))
  return { broken, response: request === null ? null : response }
}

/**
 * Checks a bid response against its request. Pure.
 *
 * @param text  the JSON as received, for how its numbers are written; '' where it isn't at hand.
 * @returns every rule that is broken, in no order; none for the legal forms of "no bid".
 */
export function checkResponse(
  request: LooseRequest,
  response: LooseResponse,
  rates: CurrencyRates,
  text = '',
): readonly BrokenRule[] {
  // `{}` and an empty `seatbid` with an id are two ways of not bidding (OpenRTB 2.6, section 4.3.1).
  if (Object.keys(response).length === 0) return []
  const broken = emptyValuesIn(response, '').map((path) => wholeAnswer('no-empty-values', path))
  if (response.id !== request.id)
    broken.push(wholeAnswer('id-echoed', `${JSON.stringify(response.id)} for ${request.id}`))
  if (!('nbr' in response)) broken.push(...emptySeats(response))

  const currency = response.cur === undefined ? 'USD' : response.cur
  const accepted = textsIn(request.cur).map((it) => it.toUpperCase())
  const isAccepted = accepted.length === 0 || accepted.includes(textOf(currency))
  if (!/^[A-Z]{3}$/.test(textOf(currency)) || !isAccepted)
    broken.push(wholeAnswer('currency-accepted', `${currency}, accepted: ${accepted.join(' ')}`))
  for (const [, price] of text.matchAll(/"price"\s*:\s*(-?\d[^,}\]\s]*)/g)) {
    if (!/^\d+(\.\d{1,6})?$/.test(price!)) broken.push(wholeAnswer('price-plain-decimal', price!))
  }

  const imps = impsOf(request)
  const seenIds = new Set<unknown>()
  for (const seatBid of objectsIn(response.seatbid) as LooseSeatBid[]) {
    for (const bid of objectsIn(seatBid.bid) as LooseBid[]) {
      if (textOf(bid.id) === '' || seenIds.has(bid.id))
        broken.push({ rule: 'bid-id-unique', detail: `${bid.id}`, bid })
      seenIds.add(bid.id)
      const imp = imps.find((it) => it.id === bid.impid)
      if (imp === undefined) {
        broken.push({ rule: 'impid-known', detail: `${bid.impid}`, bid })
        continue
      }
      const context = { request, imp, bid, seat: seatBid.seat, currency: textOf(currency), rates }
      for (const { rule, find } of bidRules) {
        const detail = find(context)
        if (detail !== null) broken.push({ rule, detail, bid })
      }
    }
  }
  return broken
}

function emptySeats(response: LooseResponse): readonly BrokenRule[] {
  if (!Array.isArray(response.seatbid) || response.seatbid.length === 0)
    return [wholeAnswer('seatbid-not-empty', JSON.stringify(response.seatbid) ?? 'absent')]
  const isEmpty = (it: unknown): boolean => objectsIn((it as LooseSeatBid | null)?.bid).length === 0
  return response.seatbid.some(isEmpty) ? [wholeAnswer('seat-has-bids', 'a seat without bids')] : []
}

/** Paths of values that a bidder's own missing values leave behind: null, "undefined", "NaN". */
function emptyValuesIn(value: unknown, path: string, depth = 0): readonly string[] {
  if (value === null) return [`${path} is null`]
  if (typeof value === 'string') return hollowText.test(value) ? [`${path}: ${value}`] : []
  if (typeof value !== 'object' || depth === depthMax) return []
  return Object.entries(value).flatMap(([key, item]) =>
    emptyValuesIn(item, path === '' ? key : `${path}.${key}`, depth + 1),
  )
}

/** No bid response is nested deeper; what is could exhaust the stack. */
const depthMax = 32

const hollowText = /^(null|undefined|NaN|\[object Object\])$/
