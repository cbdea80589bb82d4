import { setImmediate as nextTurn } from 'node:timers/promises'
import { keyOf } from '../../base/key.js'
import type { Event } from '../../people/event.js'
import { isRefusing } from '../../people/fold.js'
import type { Person } from '../../people/person.js'
import type { LiveModel } from '../../recommend/live-model.js'
import type { Follower, JournalFollower } from './follower.js'
import { kindOfEvent } from './read-actions.js'
import type { ShopProductsNow } from './shop-products.js'

export interface CatchUpOptions {
  readonly shopId: string
  readonly model: LiveModel
  readonly products: ShopProductsNow
  readonly follower: JournalFollower
  /** What is in the log up to this number the model has. */
  readonly journalNumber: number
  isWanted(): boolean
  /** Somebody went who has a part in what was built, or nobody knows whether: it should be built anew soon. */
  onGone(): void
}

/**
 * Tells a model what happened since the log was read: some of it at a time, as requests go on meanwhile.
 *
 * @returns whether it is wanted by then; then it has everything, as long as nobody waits.
 */
export async function catchUp(options: CatchUpOptions): Promise<boolean> {
  const { shopId, model, products, follower, isWanted, onGone } = options
  const forget = (personKey: number): void => {
    if (model.forget(personKey)) onGone()
  }
  const told: Pick<Follower, 'onEvent' | 'onEnd'> = {
    onEvent(_, event, person) {
      if (isRefusing(person.slice)) forget(keyOf(person.id))
      else noteIn(model, products, event, person)
    },
    onEnd(_, goneKey, intoKey) {
      if (intoKey === 0) forget(goneKey)
      else model.join(goneKey, intoKey)
    },
  }
  let after = options.journalNumber
  for (; isWanted() && after < follower.position; await nextTurn()) {
    if (!follower.hasAllAfter(after)) onGone()
    after = follower.replaySome(shopId, after, told)
  }
  return isWanted()
}

/** @param person whose event it is; may not be one who refuses. */
export function noteIn(
  model: LiveModel,
  products: ShopProductsNow,
  event: Event,
  { id, former }: Person,
): void {
  const kind = kindOfEvent[event.type]
  // What was done while they said no isn't used once they agree, either.
  if (kind === undefined || event.consent?.personalization === false) return
  const personKey = keyOf(id)
  // The event may be what they were joined by, and belongs to the visit that is under way.
  for (const it of former) model.join(keyOf(it.id), personKey)
  const atSeconds = Math.floor(event.atMs / 1_000)
  for (const { product } of event.items)
    model.note(personKey, product, kind, atSeconds, () => products.get(product))
}
