/** The part of the vocabulary that is about the shops' side; see metrics-vocabulary.ts. */
import type { MetricDefinition } from './metrics-vocabulary.js'

export const statusClasses = ['2xx', '3xx', '4xx', '5xx'] as const
/** `nobody`: it says of whom in no way that we know. `ignored`: it is of a kind that tells us nothing. */
export const eventResults = ['taken', 'duplicate', 'nobody', 'ignored', 'refused'] as const
/** Forms that events come in. */
export const eventDialects = ['own', 'segment', 'ga4', 'orders'] as const
export const eventBodyRefusals = ['origin', 'rate', 'size', 'malformed', 'busy'] as const
export const forgottenKinds = ['people', 'events', 'messages', 'members'] as const

/** An upload takes as long as its sender needs. */
const apiBounds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
] as const

export const shopSideVocabulary = {
  apiRequests: {
    name: 'grosz_api_requests_total',
    help: 'Requests to the shops’ API, by the class of their status.',
    type: 'counter',
    label: 'status',
    values: statusClasses,
  },
  apiDuration: {
    name: 'grosz_api_duration_seconds',
    help: 'From the head of a request to the shops’ API to its answer.',
    type: 'histogram',
    bounds: apiBounds,
  },
  events: {
    name: 'grosz_events_total',
    help: 'Events that shops sent, by what became of them.',
    type: 'counter',
    label: 'result',
    values: eventResults,
  },
  eventDialects: {
    name: 'grosz_event_dialects_total',
    help: 'Events that could be read, by the form that they came in.',
    type: 'counter',
    label: 'dialect',
    values: eventDialects,
  },
  eventBodiesRefused: {
    name: 'grosz_event_bodies_refused_total',
    help: 'Bodies of events of which nothing was taken.',
    type: 'counter',
    label: 'reason',
    values: eventBodyRefusals,
  },
  junkIds: {
    name: 'grosz_junk_ids_total',
    help: 'Identifiers that name nobody (null, zeros, unfilled macros), left out of events.',
    type: 'counter',
  },
  joins: {
    name: 'grosz_people_joins_total',
    help: 'Times that two people turned out to be one.',
    type: 'counter',
  },
  apart: {
    name: 'grosz_people_apart_total',
    help: 'Events that named two people who are not joined by themselves.',
    type: 'counter',
  },
  identifiersFull: {
    name: 'grosz_people_identifiers_full_total',
    help: 'Identifiers not taken, as their person had as many as one may have.',
    type: 'counter',
  },
  people: {
    name: 'grosz_people',
    help: 'People known to shops; somebody known to two shops counts twice.',
    type: 'gauge',
    merge: 'max',
  },
  outboxPeople: {
    name: 'grosz_outbox_people',
    help: 'People whose change has not reached bidders yet.',
    type: 'gauge',
    merge: 'max',
  },
  segmentsFull: {
    name: 'grosz_segments_full_total',
    help: 'Memberships left out, as their person is in as many segments as one may be.',
    type: 'counter',
  },
  wakeUps: {
    name: 'grosz_wake_ups',
    help: 'People who will be looked at again within the hour, as time alone may change their segments.',
    type: 'gauge',
    merge: 'max',
  },
  published: {
    name: 'grosz_published_total',
    help: 'Changes of people that reached bidders.',
    type: 'counter',
  },
  publishFailures: {
    name: 'grosz_publish_failures_total',
    help: 'Times that the profile store did not take changes; they are tried again.',
    type: 'counter',
  },
  forgotten: {
    name: 'grosz_forgotten_total',
    help: 'What was kept long enough, and removed.',
    type: 'counter',
    label: 'kind',
    values: forgottenKinds,
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>
