import type { Event } from '../../people/event.js'
import { isRefusing } from '../../people/fold.js'
import type { JournalEntry } from '../../people/journal.js'
import type { Person } from '../../people/person.js'
import type { FeedbackLog } from '../../recommend/report/feedback-log.js'
import type { LiveSessions } from '../../storefront/live-sessions.js'
import type { FollowedWrites } from './followed-writes.js'
import type { Follower } from './follower.js'
import type { PickWriter } from './pick-writer.js'
import type { ShopModels } from './shop-models.js'

export interface FollowedEventsOptions {
  readonly models: ShopModels
  readonly picks: PickWriter | null
  readonly sessions: LiveSessions
  readonly feedback: FeedbackLog
  readonly writes: FollowedWrites
  /** Looks who is gone, and forgets them in reports. */
  onMissed(): void
}

/** What each event changes in the recommender, and who is told when a person's past is gone. */
export class FollowedEvents implements Follower {
  readonly #options: FollowedEventsOptions

  constructor(options: FollowedEventsOptions) {
    this.#options = options
  }

  get isFull(): boolean {
    return this.#options.writes.isFull
  }

  onEvent({ shopId }: JournalEntry, event: Event, person: Person): void {
    const { models, picks, sessions, feedback } = this.#options
    const shown = sessions.know(shopId, person.identifiers, person.id)
    // Whoever refuses has none, which is chosen as well.
    picks?.want(shopId, person.id)
    const isRefused = isRefusing(person.slice)
    // What was counted before they said no is less by it all the same.
    if (event.type === 'refund') this.#refund(shopId, event, !isRefused)
    if (isRefused) return
    for (const { placement, atMs } of shown) feedback.shown(shopId, person.id, placement, atMs)
    models.note(shopId, event, person)
    if (event.type === 'purchase') this.#order(shopId, person, event)
  }

  onEnd(shopId: string, goneKey: number, intoKey: number): void {
    const { models, feedback, sessions, writes } = this.#options
    if (intoKey !== 0) {
      models.join(shopId, goneKey, intoKey)
      sessions.join(shopId, goneKey, intoKey)
      writes.add(() => feedback.join(shopId, goneKey, intoKey))
      return
    }
    models.forget(shopId, goneKey)
    sessions.forget(shopId, goneKey)
    writes.add(() => feedback.forget(shopId, goneKey))
  }

  /** Models are right again with their next build. */
  onMissed(): void {
    this.#options.models.missed()
    this.#options.onMissed()
  }

  onCaughtUp(): void {
    this.#options.picks?.wake()
  }

  #order(shopId: string, person: Person, { orderId, items, valueMicros, atMs }: Event): void {
    const ids = [person.id, ...person.former.map(({ id }) => id)]
    const order = { orderId, lines: items, valueMicros, atMs }
    const { feedback, writes } = this.#options
    writes.add(() => feedback.order(shopId, ids, order))
  }

  #refund(shopId: string, event: Event, mayWait: boolean): void {
    const { messageId: refundId, orderId, items: lines, valueMicros } = event
    const { feedback, writes } = this.#options
    writes.add(() => feedback.refund(shopId, { refundId, orderId, lines, valueMicros }, mayWait))
  }
}
