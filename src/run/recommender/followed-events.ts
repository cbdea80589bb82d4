import { keyOf } from '../../base/key.js'
import type { Log } from '../../base/log.js'
import type { Books } from '../../people/books.js'
import type { Event } from '../../people/event.js'
import type { JournalEntry } from '../../people/journal.js'
import type { FeedbackLog } from '../../recommend/report/feedback-log.js'
import type { LiveSessions } from '../../storefront/live-sessions.js'
import type { Follower } from './follower.js'
import type { PickWriter } from './pick-writer.js'
import type { ShopModels } from './shop-models.js'

export interface FollowedEventsOptions {
  readonly books: Books
  readonly models: ShopModels
  readonly picks: PickWriter | null
  readonly sessions: LiveSessions
  readonly feedback: FeedbackLog
  readonly log: Log
}

/** What each event changes in the recommender, and whom a person's end is told. */
export class FollowedEvents implements Follower {
  readonly #options: FollowedEventsOptions

  constructor(options: FollowedEventsOptions) {
    this.#options = options
  }

  onEvent(entry: JournalEntry, event: Event): void {
    const { models, picks } = this.#options
    const { shopId, personId } = entry
    models.note(entry, event)
    picks?.want(shopId, personId)
    if (event.type === 'purchase') this.#order(shopId, personId, event)
    else if (event.consent?.personalization === false) this.#withdrawn(shopId, entry.personKey)
  }

  onEnd(shopId: string, goneKey: number, intoKey: number): void {
    const { models, feedback } = this.#options
    models.forget(shopId, goneKey)
    this.#forgetRecent(shopId, goneKey)
    if (intoKey === 0) this.#kept(feedback.forget(shopId, goneKey))
    else this.#kept(feedback.join(shopId, goneKey, intoKey))
  }

  onCaughtUp(): void {
    this.#options.picks?.wake()
  }

  /** They are in nobody's neighbours any more, and in no report. */
  #withdrawn(shopId: string, personKey: number): void {
    this.#options.models.forget(shopId, personKey)
    this.#forgetRecent(shopId, personKey)
    this.#kept(this.#options.feedback.forget(shopId, personKey))
  }

  #forgetRecent(shopId: string, personKey: number): void {
    this.#options.sessions.forget(shopId, (personId) => keyOf(personId) === personKey)
  }

  #order(shopId: string, personId: string, { orderId, items, valueMicros, atMs }: Event): void {
    const { books, feedback } = this.#options
    const person = books.forShop(shopId).person(personId)
    if (person === null) return
    const ids = [person.id, ...person.former.map(({ id }) => id)]
    this.#kept(feedback.order(shopId, ids, { orderId, lines: items, valueMicros, atMs }))
  }

  #kept(written: Promise<void>): void {
    written.catch((error: unknown) =>
      this.#options.log.error({ err: error }, 'recommend: what came of answers was not kept'),
    )
  }
}
