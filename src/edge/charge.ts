import { assert } from '../base/assert.js'
import type { CostNanos, CpmMicros } from '../base/money.js'
import type { Token } from './signer.js'

/**
 * What the shop pays, in its own currency, for an impression that the exchange bills at `paid`.
 *
 * The rate is the one that the bid was made at: the same share of what was reserved as `paid` is of
 * the bid, rounded up to a whole nano, never more than was reserved. Without a conversion that is
 * `paid` exactly.
 */
export function chargeFor(
  paid: CpmMicros,
  bid: Pick<Token, 'reservedNanos' | 'bidCpmMicros'>,
): CostNanos {
  assert(paid <= bid.bidCpmMicros, 'the edge refuses a price above the bid')
  if (bid.reservedNanos === bid.bidCpmMicros) return paid as number as CostNanos
  const share = Math.ceil((paid / bid.bidCpmMicros) * bid.reservedNanos)
  return Math.min(share, bid.reservedNanos) as CostNanos
}
