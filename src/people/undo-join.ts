import type { Slice } from '../profiles/slice.js'
import type { Book, LoggedEvent } from './book.js'
import type { Draft } from './draft.js'
import { fold } from './fold.js'
import { identifiersOf } from './identifiers.js'
import { getJoin, type Join, removeJoin } from './join-log.js'
import { mergeSlices } from './merge.js'
import type { Person } from './person.js'

/**
 * Makes two people of one again. Each becomes what they were before the join and all that has been
 * taken since is given to whom it names: to the one who was joined in where it has one of their
 * identifiers, else to the other. They are never joined by themselves again.
 *
 * @returns why it can't be; '' where it was done.
 */
export function undoJoin(book: Book, draft: Draft, id: string): string {
  const join = getJoin(book, id)
  if (join === null) return 'is unknown, or was undone before'
  const into = draft.person(join.into)
  if (into === null || !into.former.some((it) => it.join === id))
    return 'whoever has all since was joined into somebody else: undo that join first'

  const since = [...book.events(into.id, join.number)]
  const theirs = since.filter((logged) => isAbout(join.from, logged))
  const others = since.filter((logged) => !isAbout(join.from, logged))
  const isTheirs = new Set(join.from.identifiers)
  const fromFormer = new Set([join.from.id, ...join.from.former.map((it) => it.id)])
  const later = into.former.flatMap((it) => {
    const other = getJoin(book, it.join)
    return other === null || other.number <= join.number ? [] : [other]
  })
  draft.set({
    ...into,
    identifiers: into.identifiers.filter((identifier) => !isTheirs.has(identifier)),
    former: into.former.filter((it) => !fromFormer.has(it.id)),
    slice: replayed(join.intoSlice, others, later),
  })
  draft.restore({ ...join.from, slice: replayed(join.from.slice, theirs, []) }, into.id)
  draft.also(() => {
    for (const { number: n, event } of theirs) {
      book.removeEvent(into.id, n)
      book.putEvent(join.from.id, n, event)
    }
    removeJoin(book, id)
    book.putApart(into.id, join.from.id)
  })
  return ''
}

const isAbout = ({ identifiers }: Person, { event }: LoggedEvent): boolean =>
  identifiersOf(event.who).some((identifier) => identifiers.includes(identifier))

/** A slice with what was taken since, in the order in which it was: events, and people joined in. */
function replayed(start: Slice, events: readonly LoggedEvent[], joins: readonly Join[]): Slice {
  const steps = [
    ...events.map(({ number, event }) => ({ number, apply: (slice: Slice) => fold(slice, event) })),
    ...joins.map(({ number, from }) => ({
      number,
      apply: (slice: Slice) => mergeSlices(slice, from.slice),
    })),
  ].sort((a, b) => a.number - b.number)
  let slice = start
  for (const { apply } of steps) slice = apply(slice)
  return slice
}
