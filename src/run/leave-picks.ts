import { type Log, Throttled } from '../base/log.js'
import type { Draft } from '../people/draft.js'
import type { Writer } from '../people/intake.js'
import type { Person } from '../people/person.js'
import { pickCountMax } from '../profiles/slice.js'
import type { PersonPicks } from './messages.js'

/**
 * Leaves what was chosen for people in their slices. Picks for somebody who has done something since, or is
 * nobody any more, are let go: others are on their way, or none are wanted.
 */
export class PickLeaver {
  readonly #writer: Writer
  readonly #log: Log
  readonly #complaints = new Throttled()

  constructor(writer: Writer, log: Log) {
    this.#writer = writer
    this.#log = log
  }

  leave(rows: readonly PersonPicks[]): void {
    for (const shopId of new Set(rows.map((row) => row.shopId))) {
      const ofShop = rows.filter((row) => row.shopId === shopId)
      this.#writer
        .change(shopId, (draft) => leaveIn(draft, ofShop), ofShop.length)
        .catch((error: unknown) => this.#complain(shopId, error))
    }
  }

  /** The disk is full, or too much is waiting: neither is over at once. */
  #complain(shopId: string, error: unknown): void {
    const held = this.#complaints.due(performance.now())
    if (held >= 0) this.#log.error({ err: error, shopId, held }, 'picks: not kept')
  }
}

function leaveIn(draft: Draft, rows: readonly PersonPicks[]): void {
  for (const { personId, seenAtMs, picks } of rows) {
    const person = draft.person(personId)
    if (person === null || person.slice.lastSeenAtMs !== seenAtMs) continue
    // Those from before they refused go.
    if (isDenied(person) && picks.length > 0) continue
    draft.set({ ...person, slice: { ...person.slice, picks: picks.slice(0, pickCountMax) } })
  }
}

const isDenied = ({ slice: { consent } }: Person): boolean => consent !== null && !consent.ads
