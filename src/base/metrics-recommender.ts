/** The part of the vocabulary that is about recommendations; see metrics-vocabulary.ts. */
import { statusClasses } from './metrics-shop-side.js'
import type { MetricDefinition } from './metrics-vocabulary.js'

/** Kinds of pages, as requests name them; the recommender's own list, which a test holds beside this one. */
export const recommendPages = [
  'home',
  'category',
  'product',
  'cart',
  'search',
  'not-found',
  'thank-you',
  'out-of-stock',
] as const
/**
 * Where an answer's products are from. `full`: the slot's own sources; `partly`: these gave too few, the rest was
 * filled up; `fallback`: these gave none; `empty`: there are no products.
 */
export const recommendAnswers = ['full', 'partly', 'fallback', 'empty'] as const
export const feedbackTypes = ['view', 'click', 'order'] as const
/** `forged`: it names an answer that is not ours. `refused`: it can't be read, or there are too many. */
export const feedbackResults = ['counted', 'duplicate', 'forged', 'expired', 'refused'] as const
/** One slot, several, reports of what became of answers. */
export const limitedCalls = ['one', 'batch', 'events'] as const
export const modelBuildResults = ['built', 'failed'] as const
/**
 * `computed` is all that were chosen; they are then `unchanged`, or `sent` to be written into the slice. `dropped`:
 * nothing was chosen, as too many people waited.
 */
export const pickResults = ['computed', 'unchanged', 'sent', 'dropped'] as const

/** A request takes well under a millisecond; 0.05 is where the alert looks. */
const requestBounds = [
  0.00025, 0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075,
  0.1, 0.25, 0.5, 1,
] as const

const buildBounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900] as const

export const recommenderVocabulary = {
  recommendRequests: {
    name: 'grosz_recommend_requests_total',
    help: 'Requests to the recommender, by the class of their status.',
    type: 'counter',
    label: 'status',
    values: statusClasses,
  },
  recommendDuration: {
    name: 'grosz_recommend_duration_seconds',
    help: 'From the last byte of a request for recommendations to its answer handed to the socket.',
    type: 'histogram',
    bounds: requestBounds,
  },
  recommendLimited: {
    name: 'grosz_recommend_limited_total',
    help: 'Requests refused with 429, as too many came from one address without a key.',
    type: 'counter',
    label: 'call',
    values: limitedCalls,
  },
  recommendPages: {
    name: 'grosz_recommend_pages_total',
    help: 'Slots that were asked for, by the kind of page that they are on.',
    type: 'counter',
    label: 'page',
    values: recommendPages,
  },
  recommendAnswers: {
    name: 'grosz_recommend_answers_total',
    help: 'Slots that were answered, by where the products are from.',
    type: 'counter',
    label: 'source',
    values: recommendAnswers,
  },
  recommendedProducts: {
    name: 'grosz_recommended_products_total',
    help: 'Products in answers.',
    type: 'counter',
  },
  feedback: {
    name: 'grosz_recommend_feedback_total',
    help: 'Reports of what became of answers, by what became of the report.',
    type: 'counter',
    label: 'result',
    values: feedbackResults,
  },
  feedbackTypes: {
    name: 'grosz_recommend_feedback_types_total',
    help: 'Reports that were counted, by what they are of.',
    type: 'counter',
    label: 'type',
    values: feedbackTypes,
  },

  modelBuilds: {
    name: 'grosz_recommend_builds_total',
    help: 'Builds of shops’ models, by how they ended.',
    type: 'counter',
    label: 'result',
    values: modelBuildResults,
  },
  modelBuildDuration: {
    name: 'grosz_recommend_build_duration_seconds',
    help: 'Time that a shop’s model took to build.',
    type: 'histogram',
    bounds: buildBounds,
  },
  models: {
    name: 'grosz_recommend_models',
    help: 'Shops that have a model in use.',
    type: 'gauge',
    merge: 'max',
  },
  modelAge: {
    name: 'grosz_recommend_model_age_seconds',
    help: 'Time since a model was built or found to need no build, of the shop where that is longest ago.',
    type: 'gauge',
    merge: 'max',
  },
  modelBytes: {
    name: 'grosz_recommend_model_bytes',
    help: 'Memory that all models in use take.',
    type: 'gauge',
    merge: 'max',
  },
  modelItems: {
    name: 'grosz_recommend_model_items',
    help: 'Products in all models in use.',
    type: 'gauge',
    merge: 'max',
  },
  modelSessions: {
    name: 'grosz_recommend_model_sessions',
    help: 'Sessions in all models in use.',
    type: 'gauge',
    merge: 'max',
  },
  unreadableValues: {
    name: 'grosz_recommend_unreadable_values',
    help: 'Values of the books of people that models in use were built without, as they can’t be read.',
    type: 'gauge',
    merge: 'max',
  },
  liveSessions: {
    name: 'grosz_recommend_live_sessions',
    help: 'Visits under way or just over that are kept in memory.',
    type: 'gauge',
    merge: 'add',
  },
  liveSessionsDropped: {
    name: 'grosz_recommend_live_sessions_dropped_total',
    help: 'Visits forgotten before their time, as there were as many as may be.',
    type: 'counter',
  },
  journalLag: {
    name: 'grosz_recommend_journal_lag_events',
    help: 'Events that shops sent and that the recommender has not read yet.',
    type: 'gauge',
    merge: 'max',
  },
  picks: {
    name: 'grosz_recommend_picks_total',
    help: 'People whose next products were chosen for adverts, and what became of them.',
    type: 'counter',
    label: 'result',
    values: pickResults,
  },
  recommenderRestarts: {
    name: 'grosz_recommender_restarts_total',
    help: 'Times that the recommender was started again after it had died.',
    type: 'counter',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>
