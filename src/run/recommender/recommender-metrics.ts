import type { Metrics } from '../../base/metrics.js'
import type { PageType } from '../../catalogue/slots.js'
import type { FeedbackType } from '../../recommend/report/feedback-log.js'
import type { AnswerKind } from '../../storefront/answers.js'
import type { FeedbackResult } from '../../storefront/feedback.js'
import type { LiveSessions } from '../../storefront/live-sessions.js'
import type { LimitedCall } from '../../storefront/routes.js'
import type { JournalFollower } from './follower.js'
import type { PickWriter } from './pick-writer.js'
import type { ShopModels } from './shop-models.js'

export interface Watched {
  readonly models: ShopModels
  readonly follower: JournalFollower
  readonly picks: PickWriter | null
  readonly sessions: LiveSessions
}

/** What the operator sees of the recommender. */
export class RecommenderMetrics {
  readonly #metrics: Metrics
  #recentDroppedCount = 0

  constructor(metrics: Metrics) {
    this.#metrics = metrics
  }

  answered(status: number, seconds: number): void {
    const { recommendRequests, recommendDuration } = this.#metrics.slots
    const byClass = [
      ...[recommendRequests['2xx'], recommendRequests['3xx']],
      ...[recommendRequests['4xx'], recommendRequests['5xx']],
    ]
    const slot = byClass[Math.floor(status / 100) - 2]
    if (slot !== undefined) this.#metrics.inc(slot)
    this.#metrics.observe(recommendDuration, seconds)
  }

  limited(call: LimitedCall): void {
    this.#metrics.inc(this.#metrics.slots.recommendLimited[call])
  }

  slot(page: PageType, kind: AnswerKind, itemCount: number): void {
    const { slots } = this.#metrics
    this.#metrics.inc(slots.recommendPages[page])
    this.#metrics.inc(slots.recommendAnswers[kind])
    this.#metrics.add(slots.recommendedProducts, itemCount)
  }

  feedback(result: FeedbackResult, type: FeedbackType | null): void {
    const { slots } = this.#metrics
    this.#metrics.inc(slots.feedback[result])
    if (result === 'counted' && type !== null) this.#metrics.inc(slots.feedbackTypes[type])
  }

  /** @param seconds null: it failed. */
  built(seconds: number | null): void {
    const { modelBuilds, modelBuildDuration } = this.#metrics.slots
    this.#metrics.inc(seconds === null ? modelBuilds.failed : modelBuilds.built)
    if (seconds !== null) this.#metrics.observe(modelBuildDuration, seconds)
  }

  storeFailed(): void {
    this.#metrics.inc(this.#metrics.slots.storeErrors.recommend)
  }

  recentDropped(): void {
    this.#recentDroppedCount++
  }

  /** Copies the numbers of now. */
  update({ models, follower, picks, sessions }: Watched): void {
    const { slots } = this.#metrics
    const set = (slot: number, value: number): void => this.#metrics.set(slot, value)
    let [bytes, items, built, dropped] = [0, 0, 0, this.#recentDroppedCount + models.droppedCount]
    let live = sessions.count
    const inUse = models.models
    for (const model of inUse) {
      bytes += model.bytes
      items += model.itemCount
      built += model.sessionCount
      live += model.liveCount
      dropped += model.droppedCount
    }
    set(slots.models, inUse.length)
    set(slots.modelAge, models.ageMs / 1_000)
    set(slots.modelBytes, bytes)
    set(slots.modelItems, items)
    set(slots.modelSessions, built)
    set(slots.liveSessions, live)
    set(slots.liveSessionsDropped, dropped)
    set(slots.unreadableValues, models.unreadableCount)
    set(slots.journalLag, follower.lag)
    if (picks === null) return
    const { computed, unchanged, sent, dropped: without } = picks.counts
    set(slots.picks.computed, computed)
    set(slots.picks.unchanged, unchanged)
    set(slots.picks.sent, sent)
    set(slots.picks.dropped, without)
  }
}
