/** What a row says a product costs: before, now, and to the shop. */
import { type Amount, readAmount, readCurrency } from './amount.js'
import type { FeedRefusal } from './feed.js'
import type { Field, Fields } from './fields.js'

export interface Prices {
  readonly priceMicros: number
  readonly salePriceMicros: number | null
  readonly currency: string
  readonly marginShare: number | null
}
export interface PriceProblem {
  readonly field: string
  readonly refusal: FeedRefusal
  readonly reason: string
}
export interface PriceOptions {
  /** The shop's. */
  readonly currency: string
  readonly nowMs: number
  readonly pointIsDecimal: boolean
}

/** A sale price below this share of the price is a rate of a loan, or a slip: nobody is promised that. */
const saleShareMin = 0.05

/**
 * @param warn told of what was left out of a product that has a price all the same.
 * @returns the prices, or why there are none.
 */
export function readPrices(
  fields: Fields,
  options: PriceOptions,
  warn: (problem: PriceProblem) => void,
): { ok: true; prices: Prices } | { ok: false; problem: PriceProblem } {
  const named = fields.get('currency')
  const own = named === '' ? options.currency : readCurrency(named, options.currency)
  if (own === null)
    return { ok: false, problem: problem('currency', 'bad_currency', `"${named}" is no currency`) }
  const amountOf = (field: Field): Amount | null => {
    const text = fields.get(field)
    if (text === '') return null
    return readAmount(text, { currency: own, pointIsDecimal: options.pointIsDecimal })
  }
  const said = microsOf(fields, 'priceMicros', own) ?? amountOf('price')
  const isOnSale = isNow(fields.get('saleDates'), options.nowMs)
  const sale = microsOf(fields, 'salePriceMicros', own) ?? amountOf('salePrice')
  const price = said ?? amountOf('oldPrice') ?? sale
  if (price === null)
    return { ok: false, problem: problem('price', 'no_price', 'there is no price') }
  if (!price.ok) return { ok: false, problem: problem('price', price.refusal, price.reason) }
  const { currency } = price
  let priceMicros = price.micros
  let salePriceMicros: number | null = null
  const before = amountOf('oldPrice')
  if (before?.ok === true && before.currency === currency && before.micros > priceMicros) {
    salePriceMicros = priceMicros
    priceMicros = before.micros
  }
  if (sale !== null && sale !== price) {
    const fault = saleFault(sale, price.micros, currency, isOnSale)
    if (fault !== null) warn(problem('sale_price', 'bad_price', fault))
    else if (sale.ok && isOnSale === true && sale.micros < price.micros)
      salePriceMicros = sale.micros
  }
  if (salePriceMicros !== null && salePriceMicros < priceMicros * saleShareMin) {
    warn(problem('sale_price', 'bad_price', 'is less than a twentieth of the price'))
    if (before?.ok === true && before.micros === priceMicros) priceMicros = price.micros
    salePriceMicros = null
  }
  const cost = amountOf('cost')
  const paid = salePriceMicros ?? priceMicros
  const marginShare =
    cost?.ok === true && cost.currency === currency
      ? Math.max(0, 1 - cost.micros / paid)
      : shareOf(fields.get('marginShare'))
  return { ok: true, prices: { priceMicros, salePriceMicros, currency, marginShare } }
}

const problem = (field: string, refusal: FeedRefusal, reason: string): PriceProblem => ({
  field,
  refusal,
  reason,
})

function saleFault(
  sale: Amount,
  priceMicros: number,
  currency: string,
  isOnSale: boolean | null,
): string | null {
  if (!sale.ok) return sale.reason
  if (sale.currency !== currency) return `is in ${sale.currency}, the price in ${currency}`
  if (isOnSale === null) return 'nobody can tell from when to when it holds'
  return sale.micros > priceMicros ? 'is above the price' : null
}

/** Amounts as our own catalogue has them. */
function microsOf(fields: Fields, field: Field, currency: string): Amount | null {
  const text = fields.get(field)
  if (text === '') return null
  const micros = Number(text)
  if (Number.isSafeInteger(micros) && micros > 0) return { ok: true, micros, currency }
  return {
    ok: false,
    refusal: 'bad_price',
    reason: `"${text.slice(0, 40)}" is no whole number above zero`,
  }
}

function shareOf(text: string): number | null {
  const share = text === '' ? Number.NaN : Number(text)
  return share >= 0 && share <= 1 ? share : null
}

/**
 * @param dates `2026-11-01T00:00+0100/2026-11-08`; '' for always.
 * @returns null where they can't be read.
 */
export function isNow(dates: string, nowMs: number): boolean | null {
  if (dates === '') return true
  const [start, end, more] = dates.split(/\/|,|\s+-\s+/).map((date) => date.trim())
  if (start === undefined || end === undefined || more !== undefined) return null
  const startMs = instantOf(start, false)
  const endMs = instantOf(end, true)
  if (Number.isNaN(startMs) || Number.isNaN(endMs)) return null
  return nowMs >= startMs && nowMs < endMs
}

/** A day by itself counts up to its end. */
function instantOf(text: string, isEnd: boolean): number {
  const parts =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i.exec(
      text,
    )
  if (parts === null) return Number.NaN
  const [, day, minutes, seconds = ':00', zone = 'Z'] = parts
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const offset = /^z$/i.test(zone) ? 'Z' : `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
  const ms = Date.parse(`${day}T${minutes ?? '00:00'}${seconds}${offset}`)
  return minutes === undefined && isEnd ? ms + 86_400_000 : ms
}
