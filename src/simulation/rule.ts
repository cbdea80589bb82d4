import type { LossCode } from './auction.js'
import type { CurrencyRates } from './currencies.js'
import type { Format, Markup } from './formats.js'
import type { ExchangeHabits } from './habits.js'
import type { LooseBid, LooseImp, LooseRequest } from './wire.js'

/** One bid and what it has to fit. */
export interface BidContext {
  readonly request: LooseRequest
  readonly imp: LooseImp
  readonly bid: LooseBid
  readonly seat: unknown
  /** Of the whole response. */
  readonly currency: string
  readonly rates: CurrencyRates
  readonly habits: ExchangeHabits
  /** What the bid is for, and what its markup is. */
  readonly format: Format
  readonly markup: Markup
}

export interface BidRule {
  /** A short name that stays the same: reports are grouped by it. */
  readonly rule: string
  /** Of the statement in the conformance checklist; null for a rule of good manners. */
  readonly number: number | null
  /** What an exchange tells the bidder that it refuses; Won: it wouldn't notice. */
  readonly lossCode: LossCode
  /** @returns what is wrong, or null. */
  find(context: BidContext): string | null
}
