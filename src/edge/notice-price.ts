import { keyOf } from '../base/key.js'
import type { Log } from '../base/log.js'
import { Throttled } from '../base/log.js'
import type { CpmMicros } from '../base/money.js'
import type { NoticeKind } from '../ledger/notice.js'
import type { Exchange } from './exchange.js'
import type { PriceReader } from './price.js'
import { priceReaderFor, priceRefusals } from './price.js'
import type { Token } from './signer.js'

/** Why what an exchange wants for an impression is not charged. */
export const paidRefusals = [...priceRefusals, 'above_bid', 'wrong_currency'] as const

export interface PaidFault {
  readonly reason: (typeof paidRefusals)[number]
  /** What to tell who sent it. */
  readonly error: string
}

interface Biller {
  readonly name: string
  readonly chargeOn: NoticeKind
  readonly prices: PriceReader
  /** By reason, so that none hides another. */
  readonly complaints: Map<string, Throttled>
}

/** Most of a price that was refused that is put into the log: a whole encrypted one, and not much more. */
const loggedLengthMax = 64

/** Reads what each exchange says that an impression cost, and tells the operator where it makes no sense. */
export class NoticePrices {
  /** By the key in tokens. */
  readonly #billers: ReadonlyMap<number, Biller>
  readonly #log: Log

  constructor(exchanges: readonly Exchange[], log: Log) {
    this.#billers = new Map(
      exchanges.map((exchange) => [
        keyOf(exchange.name),
        {
          name: exchange.name,
          chargeOn: exchange.chargeOn,
          prices: priceReaderFor(exchange),
          complaints: new Map(),
        },
      ]),
    )
    this.#log = log
  }

  /** The kind of notice that an exchange charges on; undefined where we don't deal with it any more. */
  chargesOn(exchangeKey: number): NoticeKind | undefined {
    return this.#billers.get(exchangeKey)?.chargeOn
  }

  /**
   * The clearing price of a notice that charges, checked against the bid; or why it can't be charged.
   *
   * @param query `p` the price as the exchange writes it, `c` its currency.
   */
  paidFor(token: Token, query: URLSearchParams, nowMs: number): CpmMicros | PaidFault {
    const biller = this.#billers.get(token.exchangeKey)!
    const price = query.get('p') ?? ''
    const currency = query.get('c') ?? ''
    const paid = biller.prices.read(price, token.id.toString('latin1'), nowMs)
    const fault = typeof paid === 'number' ? paidFault(token, paid, currency) : paid
    if (fault === null) return paid as CpmMicros
    const complaints = biller.complaints.get(fault.reason) ?? new Throttled()
    biller.complaints.set(fault.reason, complaints)
    const held = complaints.due(nowMs)
    if (held < 0) return fault
    this.#log.warn(
      {
        exchange: biller.name,
        reason: fault.reason,
        price: price.slice(0, loggedLengthMax),
        currency: currency.slice(0, loggedLengthMax),
        readAsMicros: typeof paid === 'number' ? paid : null,
        bidMicros: token.bidCpmMicros,
        bidCurrency: token.currency,
        held,
      },
      'a price was refused: nothing is charged',
    )
    return fault
  }
}

/** Why a price that could be read can't be charged for this bid; null where it can. */
function paidFault(token: Token, paid: CpmMicros, currency: string): PaidFault | null {
  if (paid > token.bidCpmMicros) return { reason: 'above_bid', error: 'p: is above the bid' }
  // Exchanges that don't know the macro leave it as it is, or empty.
  if (/^[A-Z]{3}$/i.test(currency) && currency.toUpperCase() !== token.currency)
    return { reason: 'wrong_currency', error: `c: must be ${token.currency}` }
  return null
}
