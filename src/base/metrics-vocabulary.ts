/**
 * Every number that Grosz tells Prometheus: the closed vocabulary. Names, types and labels are
 * relied on by dashboards, alerts and checks outside of the project; docs/operations.md explains
 * each to an operator.
 *
 * Base units (seconds, bytes) as Prometheus asks for; money in nanos of its currency, because
 * that is what the ledger counts.
 */

/** Exchanges that there may be over a process's life; those that have gone keep their numbers. */
export const exchangeCountMax = 128

import { recommenderVocabulary } from './metrics-recommender.js'
import { shopSideVocabulary } from './metrics-shop-side.js'

/** Label values that only configuration or another room knows; a value's place is its index. */
export interface MetricLabels {
  readonly exchanges: readonly string[]
  /** Every currency that a shop may be charged in: the ones with a rate. */
  readonly currencies: readonly string[]
  readonly noBidReasons: readonly string[]
  readonly noticeRefusals: readonly string[]
  readonly lossReasons: readonly string[]
  readonly consentReasons: readonly string[]
  readonly badRequestReasons: readonly string[]
}

export type MetricType = 'counter' | 'gauge' | 'histogram'

/** One family. Without `label` it is one series; with it, one for each of `values` or of `from`'s. */
export interface MetricDefinition {
  readonly name: string
  readonly help: string
  readonly type: MetricType
  readonly label?: string
  readonly values?: readonly string[]
  readonly from?: keyof MetricLabels
  /** How the gauges of several processes make one; counters and histograms are always added. */
  readonly merge?: 'add' | 'max'
  /** Upper ends of a histogram's buckets in seconds, rising; the last bucket has none. */
  readonly bounds?: readonly number[]
}

/** A family whose label values are open-ended (shops, campaigns): asked for at each scrape. */
export interface CollectedDefinition {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly labels: readonly string[]
}

/** Closest around the 100 ms that an exchange waits; 0.08 is where the alert looks. */
const requestBounds = [
  0.00025, 0.0005, 0.00075, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.015, 0.02,
  0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.25, 0.5, 1,
] as const

/** A stage takes microseconds where all is well. */
const stageBounds = [
  0.000002, 0.000005, 0.00001, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01,
  0.02, 0.05, 0.1,
] as const

/** `decide` ends with the reply's bytes ready; `encode` is only met by a deadline that falls there. */
export const stages = ['parse', 'profile', 'decide', 'encode'] as const
export const noticeKinds = ['win', 'bill', 'loss', 'imp', 'click'] as const
/** What a video or spot reports by itself, as VAST calls it; `click` of a wrapped one alone. */
export const videoEvents = [
  'start',
  'firstQuartile',
  'midpoint',
  'thirdQuartile',
  'complete',
  'skip',
  'click',
] as const
/** What became of a browser that came to `/sync`. */
export const syncResults = ['new', 'known', 'no_consent', 'refused'] as const
/** `late`: it wasn't at hand and didn't come in time, or too many waited for theirs. */
export const profileReadResults = [
  'hit',
  'stranger',
  'late',
  'no_consent',
  'no_user',
  'error',
] as const
export const storeNames = ['profiles', 'ledger', 'catalogue', 'people', 'recommend'] as const
export const processRoles = ['supervisor', 'bidder', 'collector', 'recommender'] as const

export const vocabulary = {
  ...shopSideVocabulary,
  ...recommenderVocabulary,
  bidRequests: {
    name: 'grosz_bid_requests_total',
    help: 'Bid requests received from an exchange that we know.',
    type: 'counter',
    label: 'exchange',
    from: 'exchanges',
  },
  bids: { name: 'grosz_bids_total', help: 'Bids sent.', type: 'counter' },
  noBids: {
    name: 'grosz_no_bids_total',
    help: 'Bid requests answered without a bid, by the reason that came last.',
    type: 'counter',
    label: 'reason',
    from: 'noBidReasons',
  },
  badRequests: {
    name: 'grosz_bad_requests_total',
    help: 'What was sent to the bid endpoint but refused with a 4xx status.',
    type: 'counter',
    label: 'reason',
    from: 'badRequestReasons',
  },
  timeouts: {
    name: 'grosz_timeouts_total',
    help: 'Bid requests given up before this stage because the deadline was too near.',
    type: 'counter',
    label: 'stage',
    values: stages,
  },
  requestDuration: {
    name: 'grosz_request_duration_seconds',
    help: 'From the last byte of a bid request to its answer handed to the socket.',
    type: 'histogram',
    label: 'exchange',
    from: 'exchanges',
    bounds: requestBounds,
  },
  stageDuration: {
    name: 'grosz_stage_duration_seconds',
    help: 'Time spent in a stage of answering a bid request; a sample of the requests.',
    type: 'histogram',
    label: 'stage',
    values: stages,
    bounds: stageBounds,
  },

  notices: {
    name: 'grosz_notices_total',
    help: 'Notices received, whatever became of them.',
    type: 'counter',
    label: 'kind',
    values: noticeKinds,
  },
  noticesRefused: {
    name: 'grosz_notices_refused_total',
    help: 'Notices that changed nothing because something about them was wrong.',
    type: 'counter',
    label: 'reason',
    from: 'noticeRefusals',
  },
  noticesDuplicate: {
    name: 'grosz_notices_duplicate_total',
    help: 'Notices that had been taken before and changed nothing again.',
    type: 'counter',
  },
  wins: { name: 'grosz_wins_total', help: 'Auctions won.', type: 'counter' },
  losses: {
    name: 'grosz_losses_total',
    help: 'Auctions lost, by the reason the exchange gave.',
    type: 'counter',
    label: 'reason',
    from: 'lossReasons',
  },
  impressions: { name: 'grosz_impressions_total', help: 'Creatives shown.', type: 'counter' },
  clicks: { name: 'grosz_clicks_total', help: 'Clicks on a creative.', type: 'counter' },
  videoEvents: {
    name: 'grosz_video_events_total',
    help: 'What players reported of videos and spots; a report that comes twice counts twice.',
    type: 'counter',
    label: 'event',
    values: videoEvents,
  },
  syncs: {
    name: 'grosz_syncs_total',
    help: 'Browsers that an exchange sent to be recognised, by what became of them.',
    type: 'counter',
    label: 'result',
    values: syncResults,
  },
  charges: { name: 'grosz_charges_total', help: 'Charges posted to the ledger.', type: 'counter' },
  chargedNanos: {
    name: 'grosz_charged_nanos_total',
    help: 'What exchanges charged, in billionths of the unit of the currency that was bid.',
    type: 'counter',
    label: 'currency',
    from: 'currencies',
  },
  reservationsFull: {
    name: 'grosz_reservations_full_total',
    help: 'Bids not made because a process held as many open reservations as it may.',
    type: 'counter',
  },

  profileReads: {
    name: 'grosz_profile_reads_total',
    help: 'Profiles looked for, by what was found.',
    type: 'counter',
    label: 'result',
    values: profileReadResults,
  },
  consent: {
    name: 'grosz_consent_total',
    help: 'Requests with an id, by what consent says: ok, or why no profile may be read.',
    type: 'counter',
    label: 'reason',
    from: 'consentReasons',
  },
  profileCacheHits: {
    name: 'grosz_profile_cache_hits_total',
    help: 'Profiles that were still in memory.',
    type: 'counter',
  },
  profileCacheEvictions: {
    name: 'grosz_profile_cache_evictions_total',
    help: 'Profiles and strangers that made room in memory for others, as it holds no more.',
    type: 'counter',
  },
  profileCacheDrops: {
    name: 'grosz_profile_cache_drops_total',
    help: 'Times that a worker forgot all it remembered, as Redis may have told of changes unheard.',
    type: 'counter',
  },
  profileChangesTold: {
    name: 'grosz_profile_changes_told_total',
    help: 'Changed profiles that Redis told workers of.',
    type: 'counter',
  },
  storeErrors: {
    name: 'grosz_store_errors_total',
    help: 'Reads and writes that a store failed.',
    type: 'counter',
    label: 'store',
    values: storeNames,
  },

  catalogueVersion: {
    name: 'grosz_catalogue_version',
    help: 'Number of the newest catalogue in use: when it was made, in milliseconds since 1970.',
    type: 'gauge',
    merge: 'max',
  },
  catalogueCampaigns: {
    name: 'grosz_catalogue_campaigns',
    help: 'Campaigns in the newest catalogue in use.',
    type: 'gauge',
    merge: 'max',
  },
  catalogueSwaps: {
    name: 'grosz_catalogue_swaps_total',
    help: 'Catalogues taken into use by a process.',
    type: 'counter',
  },
  catalogueRefused: {
    name: 'grosz_catalogue_refused_total',
    help: 'Catalogues not taken into use because something about them was wrong.',
    type: 'counter',
  },

  workers: {
    name: 'grosz_workers',
    help: 'Bidder workers that are up and ready.',
    type: 'gauge',
    merge: 'max',
  },
  workerRestarts: {
    name: 'grosz_worker_restarts_total',
    help: 'Bidder workers started again after they had died.',
    type: 'counter',
  },
  collectorRestarts: {
    name: 'grosz_collector_restarts_total',
    help: 'Times that the collector was started again after it had died.',
    type: 'counter',
  },
  eventLoopLag: {
    name: 'grosz_event_loop_lag_seconds',
    help: 'Longest that any process kept its event loop waiting, over the last 15 seconds.',
    type: 'gauge',
    merge: 'max',
  },
  processCpu: {
    name: 'grosz_process_cpu_seconds_total',
    help: 'Processor time used, user and system, by all processes of a role.',
    type: 'counter',
    label: 'role',
    values: processRoles,
  },
  processResidentMemory: {
    name: 'grosz_process_resident_memory_bytes',
    help: 'Memory resident, by all processes of a role; pages that they share count for each.',
    type: 'gauge',
    merge: 'add',
    label: 'role',
    values: processRoles,
  },
  rowsCut: {
    name: 'grosz_collected_rows_cut_total',
    help: 'Times that a family had more rows than a scrape may carry, and the rest was left out.',
    type: 'counter',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>

export const collectedVocabulary = {
  budgetLeft: {
    name: 'grosz_budget_left_nanos',
    help: 'What a campaign may still spend: the smaller of what is left in all and for today.',
    type: 'gauge',
    labels: ['shop', 'campaign', 'currency'],
  },
  budgetSpent: {
    name: 'grosz_budget_spent_nanos_total',
    help: 'What a campaign has been charged in all.',
    type: 'counter',
    labels: ['shop', 'campaign', 'currency'],
  },
  buildInfo: {
    name: 'grosz_build_info',
    help: 'Always 1; its labels say what runs.',
    type: 'gauge',
    labels: ['version', 'node'],
  },
} as const satisfies Readonly<Record<string, CollectedDefinition>>

export type CollectedFamily = keyof typeof collectedVocabulary
