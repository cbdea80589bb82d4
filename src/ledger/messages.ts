import type { Notice } from './notice.js'

/**
 * What workers and the ledger's process say to one another, over channels that deliver in order, each message
 * once, or are closed. Typed arrays side by side are columns of one table.
 */

/** Worker → ledger: what it would like to have and what it gives back, all accounts at once. */
export interface WalletReport {
  readonly type: 'ledger.report'
  readonly wantAccounts: Uint32Array
  /** What it lacks for a bid that it wanted to make; 0 where it only runs low. */
  readonly wantNanos: Float64Array
  readonly giveAccounts: Uint32Array
  readonly giveNanos: Float64Array
  /** It makes no bids any more: nothing is to be leased to it. */
  readonly isStopping: boolean
}

/** Ledger → worker: what was decided since the last one. */
export interface WalletUpdate {
  readonly type: 'ledger.update'
  /** Charged: this reservation's cost has left the worker's lease. */
  readonly settledSequences: Uint32Array
  readonly settledAccounts: Uint32Array
  readonly settledNanos: Float64Array
  /** Lost: this reservation's cost may be used again. */
  readonly voidedSequences: Uint32Array
  readonly grantedAccounts: Uint32Array
  readonly grantedNanos: Float64Array
  /** Others need it: give back at least this much (infinity: all) of what isn't reserved, or half if that is more. */
  readonly recalledAccounts: Uint32Array
  readonly recalledNanos: Float64Array
  /** Every charge of a reservation that expires by this time has been told, here or before. */
  readonly watermarkMs: number
}

/** Worker → ledger: notices, numbered from `firstId`. */
export interface NoticeBatch {
  readonly type: 'ledger.notices'
  readonly firstId: number
  readonly notices: readonly Notice[]
}

/** Ledger → worker: what became of some of them; on disk. */
export interface OutcomeBatch {
  readonly type: 'ledger.outcomes'
  readonly ids: Float64Array
  /** Index into `noticeOutcomes`, or one of `OutcomeFault`. */
  readonly outcomes: Uint8Array
}

/** No outcome, but an error at the other end. */
export const OutcomeFault = { Store: 254, Busy: 255 } as const

export type FromWorker = WalletReport | NoticeBatch
export type ToWorker = WalletUpdate | OutcomeBatch

/** One end of such a channel. `send` must not throw once the other end is gone. */
export interface LedgerPort<In, Out> {
  send(message: Out): void
  onMessage(callback: (message: In) => void): void
}
