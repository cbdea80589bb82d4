import type { Log } from '../base/log.js'
import type { Draft } from '../people/draft.js'
import type { Writer } from '../people/intake.js'
import type { Person } from '../people/person.js'
import { pickCountMax } from '../profiles/slice.js'
import type { PersonPicks } from './messages.js'

/**
 * Leaves what was chosen for people in their slices. Picks for somebody who has done something since, or is
 * nobody any more, are let go: others are on their way, or none are wanted.
 */
export function leavePicks(writer: Writer, rows: readonly PersonPicks[], log: Log): void {
  for (const shopId of new Set(rows.map((row) => row.shopId))) {
    const ofShop = rows.filter((row) => row.shopId === shopId)
    writer
      .change(shopId, (draft) => leaveIn(draft, ofShop), ofShop.length)
      .catch((error: unknown) => log.error({ err: error, shopId }, 'picks: not kept'))
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
