import { type CpmMicros, cpmMicros } from '../base/money.js'
import { numberOf } from './wire.js'

/** What one unit of each currency is worth, in units of any one of them. */
export type CurrencyRates = Readonly<Record<string, number>>

/** In złoty, and the same as in `config/default.yaml`: floors are to be compared alike. */
export const ratesDefault: CurrencyRates = {
  PLN: 1,
  EUR: 4.25,
  USD: 3.9,
  GBP: 4.95,
  CHF: 4.55,
  CZK: 0.17,
  SEK: 0.38,
  DKK: 0.57,
  NOK: 0.36,
  HUF: 0.0107,
  RON: 0.85,
  UAH: 0.094,
  JPY: 0.026,
  AUD: 2.55,
  CAD: 2.8,
  BRL: 0.7,
  INR: 0.046,
  TRY: 0.11,
}

/** As floors are stated: whole hundredths, at least one. */
export const cents = (amount: number): number => Math.max(0.01, Math.round(amount * 100) / 100)

/** @returns the amount in `to`, not rounded; NaN where a rate is missing. */
export function convert(amount: number, from: string, to: string, rates: CurrencyRates): number {
  if (from === to) return amount
  return (amount * (rates[from] ?? Number.NaN)) / (rates[to] ?? Number.NaN)
}

/**
 * A floor as whole micros of `currency`, rounded up so that a bid of it is never under the floor.
 *
 * @param floor, floorCurrency  as they stand in an impression or a deal: absent is 0 and USD
 *   (OpenRTB 2.6, imp.bidfloor); what is no number or negative is no floor.
 * @returns -1 where the rate isn't known.
 */
export function floorMicros(
  floor: unknown,
  floorCurrency: unknown,
  currency: string,
  rates: CurrencyRates,
): CpmMicros | -1 {
  const amount = numberOf(floor)
  if (!(amount > 0)) return 0 as CpmMicros
  const from = typeof floorCurrency === 'string' ? floorCurrency.toUpperCase() : 'USD'
  if (from === currency) return cpmMicros(amount)
  const converted = convert(amount, from, currency, rates)
  // A ten-thousandth of a micro is taken off first: what binary fractions add is no floor.
  return Number.isNaN(converted) ? -1 : (Math.ceil(converted * 1e6 - 1e-4) as CpmMicros)
}
