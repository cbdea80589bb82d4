import type { MetricsSnapshot } from '../base/metrics.js'
import type { ProductRef } from '../catalogue/product-files.js'
import type { CampaignSpend } from '../collect/budgets.js'
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
  /** By shop: its table of products. */
  readonly products: readonly ProductRef[]
}

/** Some products of a table are different: in use at once, before the next request. */
export interface ProductsChanged {
  readonly type: 'products'
  readonly ref: ProductRef
}

/** Exchanges have come, changed or gone: from the next request on. */
export interface ExchangesChanged extends ExchangeSet {
  readonly type: 'exchanges'
}

export type ToBidder =
  | WorkerStart
  | CatalogueReady
  | ExchangesChanged
  | ProductsChanged
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

/** What a shop's campaigns were charged, by their ids. */
export interface SpendAnswer {
  readonly type: 'spend'
  readonly question: number
  readonly campaigns: ReadonlyMap<string, CampaignSpend>
}

export type ToCollector =
  | CollectorStart
  | SpendAnswer
  | PicksChosen
  | { readonly type: 'metrics?' }
  | { readonly type: 'drain' }

export type FromCollector =
  /** It is there to be told what to do. */
  | { readonly type: 'hello' }
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'spend?'; readonly question: number; readonly shopId: string }
  | { readonly type: 'metrics'; readonly snapshot: MetricsSnapshot }

/** What the recommender is given to begin with. */
export interface RecommenderStart {
  readonly type: 'start'
  readonly settings: Settings
  readonly exchanges: readonly Pick<Exchange, 'name'>[]
  /** 0 picks a free one. */
  readonly port: number
  readonly secret: Uint8Array
}

/** Products were chosen for people: to be left in their slices. */
export interface PicksChosen {
  readonly type: 'picks'
  readonly rows: readonly PersonPicks[]
}

export interface PersonPicks {
  readonly shopId: string
  readonly personId: string
  /** `lastSeenAtMs` of the slice that they were chosen for: of a newer one others will come. */
  readonly seenAtMs: number
  readonly picks: readonly string[]
}

export type ToRecommender =
  | RecommenderStart
  | { readonly type: 'metrics?' }
  | { readonly type: 'drain' }

export type FromRecommender =
  /** It is there to be told what to do. */
  | { readonly type: 'hello' }
  | { readonly type: 'ready'; readonly port: number }
  | PicksChosen
  | { readonly type: 'metrics'; readonly snapshot: MetricsSnapshot }
