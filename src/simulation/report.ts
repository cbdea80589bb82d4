import type { FailureReason } from './http-connection.js'
import type { SpendDifference } from './ledger-check.js'
import type { NoticeCounts, NoticeKind } from './notices.js'

/** Milliseconds. */
export interface LatencyReport {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

export interface SpendLine {
  /** `bid.cid`. */
  readonly campaign: string
  readonly currency: string
  readonly impressions: number
  /** Whole nanos in decimal: sums may be larger than a JSON number holds. */
  readonly nanos: string
  /** The same in units of the currency. */
  readonly units: string
}

/** CPM in units of the currency. */
export interface ClearingPrices {
  readonly currency: string
  readonly count: number
  readonly p10: string
  readonly p50: string
  readonly p90: string
  readonly max: string
}

export interface BrokenRuleReport {
  readonly rule: string
  readonly count: number
  /** The first answer that broke it. */
  readonly example: {
    readonly detail: string
    readonly requestId: string
    readonly request: string
    readonly response: string
  }
}

/** What one run saw, as `--json` prints it. */
export interface ExchangeReport {
  readonly url: string
  readonly seed: number
  readonly targetRate: number
  /** Requests sent a second, while sending. */
  readonly achievedRate: number
  readonly seconds: number
  readonly sent: number
  /** Were due, but no connection came free. */
  readonly unsent: number
  /** From known people. */
  readonly personalised: number
  readonly answered: number
  readonly answeredByStatus: Readonly<Record<string, number>>
  readonly failed: Readonly<Record<FailureReason, number>>
  readonly reconnects: number
  /** Answered within the request's `tmax`, and the exchange's own limit. */
  readonly inTime: number
  readonly late: number
  /** Answers with at least one bid, and their share of all answers. */
  readonly bidResponses: number
  readonly bidRate: number
  readonly bids: number
  /** For requests marked `test`: auctioned, but neither notified nor paid. */
  readonly testBids: number
  readonly wins: number
  /** Of the bids that were not a test. */
  readonly winRate: number
  readonly losses: number
  /** By OpenRTB's loss reason code. */
  readonly lossesByReason: Readonly<Record<string, number>>
  readonly notices: Readonly<Record<NoticeKind, Readonly<NoticeCounts>>>
  /** False where notices were still under way when the waiting for them was over. */
  readonly drained: boolean
  readonly spend: readonly SpendLine[]
  readonly clearingPrices: readonly ClearingPrices[]
  /** From the due time to the answer. */
  readonly latencyMs: LatencyReport
  /** From the sending to the answer, without the wait for a connection. */
  readonly serviceMs: LatencyReport
  readonly brokenRules: readonly BrokenRuleReport[]
  /** Whether spend by campaign is what the ledger posted meanwhile; null where that isn't known. */
  readonly ledger: {
    readonly agrees: boolean
    readonly differences: readonly SpendDifference[]
  } | null
  /** Why `ledger` is null. */
  readonly ledgerReason?: string
}
