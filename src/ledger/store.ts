import type { TokenId } from './notice.js'

/** What is kept of an account. Replaced whole at each commit that touches it. */
export interface AccountRow {
  /** Given once and for ever; from 1. */
  readonly account: number
  readonly shopId: string
  readonly campaignId: string
  /** The shop's; '' until a budget is first set, as is `timeZone`. */
  readonly currency: string
  readonly timeZone: string
  /** Null where there is no limit. */
  readonly budgetTotalNanos: bigint | null
  readonly budgetDailyNanos: bigint | null
  readonly postedTotalNanos: bigint
  /** Posted on `day`, `YYYY-MM-DD` in `timeZone`. */
  readonly postedTodayNanos: bigint
  readonly day: string
  /** What exchanges billed for what was posted, by the currency that was bid. */
  readonly paidNanos: Readonly<Record<string, bigint>>
  readonly counts: NoticeCounts
  /** By the exchange's reason code. */
  readonly losses: Readonly<Record<number, number>>
}

/** How many distinct bids each was said of. */
export interface NoticeCounts {
  readonly wins: number
  readonly bills: number
  readonly impressions: number
  readonly clicks: number
  readonly charges: number
  readonly overBudget: number
}

/** Accounts whose leases lie in one row: one budget touched rewrites 2 KB, 100,000 granted at once 400 rows. */
export const leaseRowAccounts = 256

/** What one incarnation of a worker holds of accounts `row * leaseRowAccounts` and the next 255. */
export interface LeaseRow {
  readonly incarnation: number
  readonly row: number
  /** `leaseRowAccounts` long. Null: it holds nothing of them any more. */
  readonly heldNanos: Float64Array | null
}

/** Everything that changed since the last one, as it now stands: writing it twice does no harm. */
export interface CommitBatch {
  /** Token and the bits that it now has. */
  readonly tokens: ReadonlyMap<TokenId, number>
  readonly accounts: readonly AccountRow[]
  readonly leases: readonly LeaseRow[]
  /** The last incarnation given out; null where it didn't change. */
  readonly incarnation: number | null
}

export interface StoredLedger {
  readonly accounts: readonly AccountRow[]
  readonly leases: readonly LeaseRow[]
  /** The last incarnation given out; 0 in a new store. */
  readonly incarnation: number
  /** Tokens issued before this second may have been forgotten. */
  readonly prunedBeforeSeconds: number
}

/**
 * Where the ledger survives. One process at a time writes to it; `tests/contracts/ledger-store.ts` says what
 * each implementation promises.
 */
export interface LedgerStore {
  /** Everything but the tokens; called once, before the first commit. */
  load(): StoredLedger

  /** The bits remembered of a token, 0 where there are none. Sees every commit that has resolved. */
  tokenBits(token: TokenId): number

  /**
   * Writes all of it or nothing. Resolves when it would survive the machine's losing power; rejects where that
   * isn't sure, and the batch must then be written again as a part of the next one.
   */
  commit(batch: CommitBatch): Promise<void>

  /**
   * Forgets some of the tokens issued before this second (at most a bounded number a call, so that no commit
   * waits for long) and remembers that they may be gone.
   *
   * @returns how many went; 0 when none is left.
   */
  prune(beforeSeconds: number): Promise<number>

  close(): Promise<void>
}
