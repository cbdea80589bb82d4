import type { CostNanos } from '../base/money.js'

/** What may be spent; ledger's wallet is one. Amounts in nanos of the account's own currency. */
export interface Funds {
  available(account: number): number
  /** A bid of this cost was passed over for lack of money: get more, if there is any. */
  want(account: number, cost: CostNanos): void
  /** @returns a sequence number (>= 1), the cost set aside; or a negative code and nothing changed. */
  reserve(account: number, cost: CostNanos, nowMs: number): number
  /** The bid was not sent after all. */
  cancel(sequence: number): void
}
