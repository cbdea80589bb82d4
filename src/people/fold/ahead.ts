import type { Slice } from '../../profiles/slice.js'
import { togetherMs } from './cart.js'

/**
 * The slice with nothing in it later than now that overrules what is older: where the clock was put back, what
 * happened before then would go on doing so, also over somebody's no.
 */
export function notAhead(slice: Slice, nowMs: number): Slice {
  const { cart, consent } = slice
  const isCartAhead = cart !== null && cart.changedAtMs > nowMs
  const isConsentAhead = consent !== null && consent.atMs > nowMs
  if (!isCartAhead && !isConsentAhead) return slice
  const beforeMs = nowMs - togetherMs
  return {
    ...slice,
    cart: isCartAhead ? { ...cart, changedAtMs: beforeMs } : cart,
    consent: isConsentAhead ? { ...consent, atMs: beforeMs } : consent,
  }
}
