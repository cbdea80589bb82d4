import { type CpmMicros, cpmMicros, formatCpm } from '../base/money.js'
import type { MacroValues } from '../openrtb/macros.js'
import { AuctionType, type Entry, holdAuction, LossCode, type Outcome } from './auction.js'
import { refusalFor } from './bid-rules.js'
import { type CurrencyRates, floorMicros } from './currencies.js'
import { floorFor, type LooseFloor } from './floors.js'
import { formatOf, markupOf, secondsOf } from './formats.js'
import type { BrokenRule } from './response-rules.js'
import {
  dealOf,
  impsOf,
  type LooseBid,
  type LooseImp,
  type LooseRequest,
  type LooseResponse,
  type LooseSeatBid,
  numberOf,
  objectsIn,
  textOf,
} from './wire.js'

/** What became of one bid, and what its notices and markup are told. */
export interface AuctionedBid {
  readonly bid: LooseBid
  /** Of the bid, in `currency`. */
  readonly cpmMicros: CpmMicros
  readonly currency: string
  readonly outcome: Outcome
  readonly macros: MacroValues
}

export interface AuctionTerms {
  /** The answer came after the deadline: its bids lose whatever they offer. */
  readonly isLate: boolean
  readonly rates: CurrencyRates
  /** For `${AUCTION_IMP_TS}`, milliseconds since 1970. */
  readonly nowMs: number
  /** What the others bid for an impression, in micros of the response's currency. */
  rivalBids(imp: LooseImp, impIndex: number, currency: string): readonly CpmMicros[]
}

interface PlacedBid {
  readonly bid: LooseBid
  readonly seat: string
}

/** Answers that break one of these are thrown away whole. */
const fatalRules = new Set(['id-echoed', 'currency-accepted'])

/**
 * Auctions off every impression that a response bids for.
 *
 * @param broken  what `checkResponse` found: bids that an exchange would refuse don't take part.
 * @returns an entry for each bid.
 */
export function auctionOff(
  request: LooseRequest,
  response: LooseResponse,
  broken: readonly BrokenRule[],
  terms: AuctionTerms,
): readonly AuctionedBid[] {
  const isRefusedWhole = broken.some(({ rule }) => fatalRules.has(rule))
  const refusals = new Map<LooseBid, LossCode>()
  for (const { rule, bid } of broken) {
    if (bid === null || refusals.has(bid)) continue
    const code = refusalFor(rule)
    if (code !== LossCode.Won) refusals.set(bid, code)
  }
  const refusalOf = (bid: LooseBid): LossCode => {
    if (terms.isLate) return LossCode.ImpressionExpired
    return isRefusedWhole ? LossCode.InvalidResponse : (refusals.get(bid) ?? LossCode.Won)
  }

  const currency = response.cur === undefined ? 'USD' : textOf(response.cur)
  const placed = placedBids(response)
  const auctioned: AuctionedBid[] = []
  const settle = (bids: readonly PlacedBid[], outcomes: readonly Outcome[]): void => {
    for (const [i, { bid, seat }] of bids.entries()) {
      const outcome = outcomes[i]!
      const micros = microsOf(bid)
      const macros = macrosFor(request, response, { bid, seat }, outcome, currency, terms.nowMs)
      auctioned.push({ bid, cpmMicros: micros, currency, outcome, macros })
    }
  }

  const imps = impsOf(request)
  for (const [impIndex, imp] of imps.entries()) {
    const bids = placed.filter(({ bid }) => bid.impid === imp.id)
    if (bids.length === 0) continue
    const entries = bids.map(({ bid }) => entryOf(bid, imp, request, currency, terms, refusalOf))
    const floor = knownFloor(imp, currency, terms.rates)
    settle(bids, holdAuction(entries, terms.rivalBids(imp, impIndex, currency), floor))
  }
  const strays = placed.filter(({ bid }) => imps.every((imp) => imp.id !== bid.impid))
  const strayOutcome: Outcome = {
    lossCode: LossCode.InvalidResponse,
    clearingMicros: -1,
    minToWinMicros: -1,
  }
  settle(
    strays,
    strays.map(() => strayOutcome),
  )
  return auctioned
}

const placedBids = (response: LooseResponse): readonly PlacedBid[] =>
  (objectsIn(response.seatbid) as LooseSeatBid[]).flatMap(({ seat, bid }) =>
    objectsIn(bid).map((it) => ({ bid: it, seat: textOf(seat) })),
  )

/** 0 for what is no price: a rule of its own refuses those. */
function microsOf(bid: LooseBid): CpmMicros {
  const micros = cpmMicros(numberOf(bid.price))
  return Number.isSafeInteger(micros) && micros > 0 ? micros : (0 as CpmMicros)
}

function entryOf(
  bid: LooseBid,
  imp: LooseImp,
  request: LooseRequest,
  currency: string,
  terms: AuctionTerms,
  refusalOf: (bid: LooseBid) => LossCode,
): Entry {
  const deal = dealOf(imp, bid)
  const markup = markupOf(bid)
  const floor = floorFor(imp, deal, formatOf(bid, imp, markup), secondsOf(bid, markup))
  return {
    cpmMicros: microsOf(bid),
    floorMicros: knownFloor(floor, currency, terms.rates),
    auctionType: numberOf(deal?.at ?? request.at ?? AuctionType.SecondPrice),
    isDeal: deal !== null,
    refusedFor: refusalOf(bid),
  }
}

/** A floor in a currency without a rate can't be held against anybody. */
function knownFloor(from: LooseFloor, currency: string, rates: CurrencyRates): CpmMicros {
  const floor = floorMicros(from.bidfloor, from.bidfloorcur, currency, rates)
  return floor < 0 ? (0 as CpmMicros) : (floor as CpmMicros)
}

function macrosFor(
  request: LooseRequest,
  response: LooseResponse,
  { bid, seat }: PlacedBid,
  outcome: Outcome,
  currency: string,
  nowMs: number,
): MacroValues {
  const { lossCode, clearingMicros, minToWinMicros } = outcome
  const hasWon = lossCode === LossCode.Won
  const price = (micros: CpmMicros | -1): string =>
    micros < 0 ? '' : formatCpm(micros as CpmMicros)
  return {
    AUCTION_ID: textOf(request.id),
    AUCTION_BID_ID: textOf(response.bidid),
    AUCTION_IMP_ID: textOf(bid.impid),
    AUCTION_SEAT_ID: seat,
    AUCTION_AD_ID: textOf(bid.adid),
    AUCTION_PRICE: price(clearingMicros),
    AUCTION_CURRENCY: currency,
    AUCTION_MBR: hasWon ? formatCpm(cpmMicros(clearingMicros / microsOf(bid))) : '',
    AUCTION_LOSS: String(lossCode),
    AUCTION_MIN_TO_WIN: price(minToWinMicros),
    AUCTION_MULTIPLIER: hasWon ? '1' : '',
    AUCTION_IMP_TS: hasWon ? String(nowMs) : '',
  }
}
