import type { MetricsSnapshot } from '../base/metrics.js'
import type { Exchange } from '../edge/exchange.js'
import type { FromWorker, ToWorker } from '../ledger/messages.js'
import type { ExchangeSet } from './exchange-set.js'
import type { Settings } from './settings.js'

/** What a bidder worker is given to begin with. */
export interface WorkerStart {
  readonly type: 'start'
  readonly name: string
  readonly settings: Settings
  readonly exchanges: readonly Exchange[]
  /** Shared with the other workers. */
  readonly port: number
  /** Where exchanges and browsers reach it, without a slash at the end. */
  readonly publicUrl: string
  readonly secret: Uint8Array
  /** Its number in the ledger, never used before. */
  readonly incarnation: number
}

/** A new catalogue, to be used from the next request on. */
export interface CatalogueReady {
  readonly type: 'catalogue'
  readonly path: string
  /** By row: the campaign's account. */
  readonly accounts: Int32Array
}

/** Exchanges have come, changed or gone: from the next request on. */
export interface ExchangesChanged extends ExchangeSet {
  readonly type: 'exchanges'
}

export type ToBidder =
  | WorkerStart
  | CatalogueReady
  | ExchangesChanged
  | { readonly type: 'metrics?' }
  | { readonly type: 'drain' }
  | ToWorker

export type FromBidder =
  /** It is there to be told what to do. */
  | { readonly type: 'hello' }
  /** A catalogue is in use: bids can be made. */
  | { readonly type: 'ready' }
  | { readonly type: 'metrics'; readonly snapshot: MetricsSnapshot }
  | FromWorker

/** What the collector is given to begin with. */
export interface CollectorStart {
  readonly type: 'start'
  readonly settings: Settings
  readonly exchanges: readonly Exchange[]
  /** 0 picks a free one. */
  readonly port: number
  readonly secret: Uint8Array
}

export type ToCollector =
  | CollectorStart
  | { readonly type: 'metrics?' }
  | { readonly type: 'drain' }

export type FromCollector =
  /** It is there to be told what to do. */
  | { readonly type: 'hello' }
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'metrics'; readonly snapshot: MetricsSnapshot }
