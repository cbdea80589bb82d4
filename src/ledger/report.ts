import type { Account } from './account.js'
import type { NoticeCounts } from './store.js'

/** One account, for people and for comparison with what exchanges say. Nanos of `currency` unless said. */
export interface AccountReport {
  readonly account: number
  readonly shopId: string
  readonly campaignId: string
  /** '' where no budget was ever set. */
  readonly currency: string
  /** Bids may be made on it. */
  readonly isOpen: boolean
  readonly budgetTotalNanos: bigint | null
  readonly budgetDailyNanos: bigint | null
  readonly postedTotalNanos: bigint
  readonly postedTodayNanos: bigint
  /** Leased to workers: reserved for bids in the air, or ready for the next ones. */
  readonly heldNanos: bigint
  /** The smaller of what remains of both budgets, held or not. Null: no limit. */
  readonly leftNanos: bigint | null
  /** What exchanges billed, by the currency that was bid. */
  readonly paidNanos: Readonly<Record<string, bigint>>
  readonly counts: NoticeCounts
  /** By the exchange's reason code; 0 where it gave none, -1 for codes past the first 64. */
  readonly losses: Readonly<Record<number, number>>
}

export function reportOf(account: Account, nowMs: number): AccountReport {
  // Asked first, as this is what ends the day in the row.
  const postedTodayNanos = account.postedTodayNanos(nowMs)
  const row = account.row()
  return {
    account: row.account,
    shopId: row.shopId,
    campaignId: row.campaignId,
    currency: row.currency,
    isOpen: account.isOpen,
    budgetTotalNanos: row.budgetTotalNanos,
    budgetDailyNanos: row.budgetDailyNanos,
    postedTotalNanos: row.postedTotalNanos,
    postedTodayNanos,
    heldNanos: account.heldNanos,
    leftNanos: account.leftNanos(nowMs),
    paidNanos: row.paidNanos,
    counts: row.counts,
    losses: row.losses,
  }
}
