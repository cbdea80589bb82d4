import { assert } from '../base/assert.js'
import type { CostNanos } from '../base/money.js'

export const noticeKinds = ['win', 'bill', 'imp', 'loss', 'click'] as const
export type NoticeKind = (typeof noticeKinds)[number]

/** A bid's identity: 16 bytes as a latin1 string. The first four are its time of issue, in seconds, big-endian. */
export type TokenId = string

export const tokenBytes = 16

/** When the bid was made, in seconds since 1970. */
export function issuedSecondsOf(token: TokenId): number {
  return (
    ((token.charCodeAt(0) << 24) |
      (token.charCodeAt(1) << 16) |
      (token.charCodeAt(2) << 8) |
      token.charCodeAt(3)) >>>
    0
  )
}

/** One thing that an exchange or a browser told us of one bid, its signature checked. Money is whole nanos. */
export interface Notice {
  readonly token: TokenId
  readonly kind: NoticeKind
  readonly account: number
  /** Which worker reserved, and as which of its reservations (the low 32 bits). */
  readonly incarnation: number
  readonly sequence: number
  /** What was reserved for the bid, in the shop's currency. */
  readonly bidNanos: CostNanos
  /** When the reservation ends: `reservationExpiresAtMs` of its time of issue. */
  readonly expiresAtMs: number
  /** This kind is the one that the exchange charges on. */
  readonly charges: boolean
  /** What the shop is to pay, in its currency: at most `bidNanos`. Read only where `charges`. */
  readonly chargeNanos: CostNanos
  /** What the exchange bills us for it, in the currency that was bid. Read only where `charges`. */
  readonly paidNanos: CostNanos
  readonly paidCurrency: string
  /** The exchange's code for why the bid lost (OpenRTB `${AUCTION_LOSS}`); 0 where it says none. */
  readonly lossReason: number
}

/**
 * What became of a notice, on disk by the time that it is told.
 *
 * - `counted`: new; no money moved.
 * - `charged`: new; the shop was charged.
 * - `duplicate`: this kind was already counted for this token.
 * - `over_budget`: new; counted, but the charge came too late to be covered and no budget is left.
 * - `unknown`: token older than the ledger remembers, or of an account that it doesn't have; not counted.
 *
 * A message carries the index.
 */
export const noticeOutcomes = ['counted', 'charged', 'duplicate', 'over_budget', 'unknown'] as const
export type NoticeOutcome = (typeof noticeOutcomes)[number]

/** What is remembered of a token, one bit each. Stored: never renumber. */
export const TokenBit = {
  Win: 1,
  Bill: 2,
  Imp: 4,
  Loss: 8,
  Click: 16,
  Charged: 32,
  /** A charge was asked for and refused; it isn't asked for again. */
  OverBudget: 64,
} as const

export const kindBit: Readonly<Record<NoticeKind, number>> = {
  win: TokenBit.Win,
  bill: TokenBit.Bill,
  imp: TokenBit.Imp,
  loss: TokenBit.Loss,
  click: TokenBit.Click,
}

/** The edge refuses what an exchange may get wrong; past it these hold, or we have a fault of our own. */
export function assertNotice(notice: Notice): void {
  assert(notice.token.length === tokenBytes, 'notice: a token has 16 bytes')
  assert(Number.isSafeInteger(notice.bidNanos) && notice.bidNanos > 0, 'notice: bid')
  if (!notice.charges) return
  assert(notice.kind !== 'loss', 'notice: nobody charges for a loss')
  assert(Number.isSafeInteger(notice.chargeNanos) && notice.chargeNanos >= 0, 'notice: charge')
  assert(notice.chargeNanos <= notice.bidNanos, 'notice: a charge never exceeds the bid')
  assert(Number.isSafeInteger(notice.paidNanos) && notice.paidNanos >= 0, 'notice: paid')
}
