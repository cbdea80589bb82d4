import type { DialectName } from '../people/dialects/raw-event.js'

/** What became of an event. */
export type EventResult = 'taken' | 'duplicate' | 'nobody' | 'ignored' | 'refused'

/**
 * Why a whole body was not taken: `origin`: a page that isn't the shop's; `rate`: too often from one address;
 * `size`: too long; `malformed`: nothing of it can be read; `busy`: we are behind.
 */
export const eventBodyRefusals = ['origin', 'rate', 'size', 'malformed', 'busy'] as const
export type EventBodyRefusal = (typeof eventBodyRefusals)[number]

/** Where numbers about events go. */
export interface EventCounts {
  result(result: EventResult, count: number): void
  /** Events that could be read, by the form that they were in. */
  dialect(dialect: DialectName, count: number): void
  bodyRefused(reason: EventBodyRefusal): void
  /** Identifiers that named nobody, and were left out. */
  junkIds(count: number): void
}
