/**
 * Money is a whole number of small units, never a fraction.
 *
 * - `CpmMicros`: price of 1,000 impressions, in millionths of a currency unit.
 * - `CostNanos`: price of one impression, in billionths of it. One impression bought at
 *   `cpmMicros = n` costs exactly `costNanos = n`, so nothing is rounded once a price is read.
 *
 * Both are exact in a Number up to 2^53: 9.0 million currency units in nanos. Sums that may pass
 * that are BigInt (see ledger/accounts).
 */

declare const unit: unique symbol
export type CpmMicros = number & { readonly [unit]: 'cpmMicros' }
export type CostNanos = number & { readonly [unit]: 'costNanos' }

/** The largest CPM read or sent: 1,000,000 units for 1,000 impressions. More is a peer's mistake. */
export const cpmMicrosMax = 1e12 as CpmMicros

/** OpenRTB's float `price` (units per 1,000 impressions) to whole micros, rounded to the nearest. */
export const cpmMicros = (price: number): CpmMicros => Math.round(price * 1e6) as CpmMicros

/** What one impression costs at this CPM, in the same currency. */
export const costOf = (cpm: CpmMicros): CostNanos => cpm as number as CostNanos

/**
 * Reads a CPM as exchanges write it into `${AUCTION_PRICE}`: plain decimal digits.
 *
 * Digits past the sixth decimal place are cut off, as we are never to be charged more than was said.
 * @returns whole micros, or -1 for anything else: empty, `AUDIT`, an unreplaced macro, a sign, an
 *   exponent, more than `cpmMicrosMax`.
 */
export function parseCpm(text: string): CpmMicros | -1 {
  const match = /^(\d{1,7})(?:\.(\d{0,20}))?$/.exec(text)
  if (match === null) return -1
  const micros = Number(match[1]) * 1e6 + Number((match[2] ?? '').slice(0, 6).padEnd(6, '0'))
  return micros <= cpmMicrosMax ? (micros as CpmMicros) : -1
}

/** A CPM as a plain decimal without an exponent or trailing zeros: 1234500 → `1.2345`. */
export function formatCpm(cpm: CpmMicros): string {
  const whole = Math.floor(cpm / 1e6)
  const fraction = cpm - whole * 1e6
  if (fraction === 0) return String(whole)
  return `${whole}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
}

/** Nanos as a plain decimal of the currency unit, for people: 5_000_000_000n → `5`. */
export function formatNanos(nanos: bigint): string {
  const sign = nanos < 0n ? '-' : ''
  const size = nanos < 0n ? -nanos : nanos
  const fraction = (size % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '')
  return `${sign}${size / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}`
}
