import type { Metrics } from '../base/metrics.js'
import { forgottenKinds } from '../base/metrics-shop-side.js'
import type { Endpoint } from '../collect/endpoint.js'
import type { EventCounts } from '../collect/events-counts.js'
import type { PeopleSide } from './people-side.js'

/** What the operator sees of the shops' side. */
export class ShopSideMetrics {
  readonly #metrics: Metrics
  readonly #people: PeopleSide
  /** What became of events, counted where they come in. */
  readonly events: EventCounts

  constructor(metrics: Metrics, people: PeopleSide) {
    this.#metrics = metrics
    this.#people = people
    const { slots } = metrics
    this.events = {
      result: (result, count) => metrics.add(slots.events[result], count),
      dialect: (dialect, count) => metrics.add(slots.eventDialects[dialect], count),
      bodyRefused: (reason) => metrics.inc(slots.eventBodiesRefused[reason]),
      junkIds: (count) => metrics.add(slots.junkIds, count),
    }
  }

  answered(_endpoint: Endpoint | null, status: number, seconds: number): void {
    const { slots } = this.#metrics
    const { apiRequests } = slots
    const byClass = [apiRequests['2xx'], apiRequests['3xx'], apiRequests['4xx'], apiRequests['5xx']]
    const slot = byClass[Math.floor(status / 100) - 2]
    if (slot !== undefined) this.#metrics.inc(slot)
    this.#metrics.observe(slots.apiDuration, seconds)
  }

  /** Copies the numbers of now. */
  update(): void {
    const { slots } = this.#metrics
    const { books, writer, publisher, retention, profiles, registry, wakeUps } = this.#people
    const set = (slot: number, value: number): void => this.#metrics.set(slot, value)
    set(slots.joins, writer.counts.joins)
    set(slots.apart, writer.counts.apart)
    set(slots.identifiersFull, writer.counts.identifiersFull)
    set(slots.published, publisher.counts.published)
    set(slots.publishFailures, publisher.counts.failures)
    set(slots.outboxPeople, publisher.waitingCount)
    set(slots.people, books.tables.count('people'))
    set(slots.segmentsFull, registry.leftOutCount)
    set(slots.wakeUps, wakeUps.waitingCount)
    set(slots.storeErrors.profiles, profiles.stats.writeErrors)
    for (const kind of forgottenKinds) set(slots.forgotten[kind], retention.counts[kind])
  }
}
