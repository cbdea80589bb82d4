/** All that is held of one person, to be shown to them, or forgotten. */
import { emptySlice, type Membership } from '../profiles/slice.js'
import type { Book, LoggedEvent } from './book.js'
import type { Draft } from './draft.js'
import { getJoin, putJoin, removeJoin } from './join-log.js'
import { membershipsOf, putList, readList } from './lists.js'
import type { Person } from './person.js'
import { fromSortable } from './tables.js'

/** What of a person isn't in their slice. */
export interface PersonRecord {
  readonly person: Person
  /** Lists that any of their identifiers is on, also where nobody was told yet. */
  readonly lists: readonly Membership[]
  readonly joins: readonly {
    readonly join: string
    readonly atMs: number
    readonly by: string
    /** What named the one who was joined in. */
    readonly identifiers: readonly string[]
  }[]
}

/** @param listIds the shop's segments by list. */
export function recordOf(book: Book, person: Person, listIds: readonly string[]): PersonRecord {
  const joins = person.former.flatMap(({ join: id }) => {
    const join = getJoin(book, id)
    if (join === null) return []
    return [{ join: id, atMs: join.atMs, by: join.by, identifiers: join.from.identifiers }]
  })
  return { person, lists: membershipsOf(book, listIds, person.identifiers, 0), joins }
}

/** All events of a person, those from before a join too, in no order across joins. */
export function* eventsOf(book: Book, person: Person): Iterable<LoggedEvent> {
  yield* book.events(person.id)
  for (const { id } of person.former) yield* book.events(id)
}

/**
 * Forgets a person: who they are, what they did, the lists they are on. Bidders are told by the
 * outbox. What names them may come again; it is then somebody new.
 */
export function erase(book: Book, draft: Draft, person: Person): void {
  draft.remove(person)
  const ids = [person.id, ...person.former.map(({ id }) => id)]
  const isTheirs = new Set(person.identifiers)
  draft.also(() => {
    for (const id of ids) {
      book.removeEvents(id)
      for (const { key } of [...book.under('apart')])
        if (key.split('\0').includes(id)) book.remove('apart', key)
    }
    for (const { join } of person.former) removeJoin(book, join)
    for (const { key: segment } of [...book.under('lists')]) removeMembers(book, segment, isTheirs)
    if (person.dueAtMs !== Infinity) book.removeDue(person.id, person.dueAtMs)
  })
}

/**
 * Forgets what a person did until now, who doesn't want it kept any more; who they are, and what they
 * agreed to, stays. A join can still be undone, but gives nothing back.
 */
export function forgetPast(book: Book, person: Person): void {
  for (const id of [person.id, ...person.former.map((it) => it.id)]) book.removeEvents(id)
  for (const { join: id } of person.former) {
    const join = getJoin(book, id)
    if (join === null) continue
    const from = { ...join.from, slice: emptySlice }
    putJoin(book, id, { ...join, intoSlice: emptySlice, from })
  }
}

/** Out of every generation of a list: those that are being gathered, too. */
function removeMembers(book: Book, segment: string, identifiers: ReadonlySet<string>): void {
  const before = readList(book, segment)
  const { generation, pending } = before
  let gone = 0
  let gonePending = 0
  for (const place of book.generationsOf(segment))
    for (const identifier of identifiers) {
      if (book.get('members', segment, place, identifier) === undefined) continue
      book.remove('members', segment, place, identifier)
      if (fromSortable(place) === generation) gone++
      else if (fromSortable(place) === pending?.generation) gonePending++
    }
  if (gone + gonePending === 0) return
  const left = pending && { ...pending, memberCount: pending.memberCount - gonePending }
  putList(book, segment, { ...before, memberCount: before.memberCount - gone, pending: left })
}
