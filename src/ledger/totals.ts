import type { NoticeKind } from './notice.js'

/** What the ledger has done since it was opened: plain sums, for whoever exports them. */
export class LedgerTotals {
  /** Distinct bids that each kind of notice was counted for. */
  readonly notices: Record<NoticeKind, number> = { win: 0, bill: 0, imp: 0, loss: 0, click: 0 }
  charges = 0
  /** Charges that no reservation covered any more, paid from what was free. Among `charges`. */
  lateCharges = 0
  /** What exchanges billed for the charges, by the currency that was bid. Exact up to 9 million units. */
  readonly paidNanos: Record<string, number> = {}
  duplicates = 0
  overBudget = 0
  /** Tokens too old or of no account here. */
  unknown = 0
  /** Notices turned away because too many waited for the disk. */
  busy = 0
  commits = 0
  commitFailures = 0
  grants = 0
  recalls = 0
  /** Workers that gave back more than they held: a fault of ours, and harmless. */
  misreports = 0
}
