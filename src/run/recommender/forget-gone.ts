import { setImmediate as nextTurn } from 'node:timers/promises'
import { keyOf } from '../../base/key.js'
import type { Books } from '../../people/books.js'
import { isRefusing } from '../../people/fold.js'
import { decodePerson, type Person } from '../../people/person.js'
import { keysUnder, partOf, type ReportTables } from '../../recommend/report/tables.js'

export interface ForgetGoneOptions {
  readonly books: Books
  readonly reports: ReportTables
  /** @param personKey `keyOf` their id. */
  forget(shopId: string, personKey: number): void
  /** Whoever was called the one is called the other. */
  join(shopId: string, goneKey: number, personKey: number): void
}

/** Tables that have people in their keys. */
const personal = ['clicks', 'exposures', 'buyers'] as const

/** Looked at in one go: a millisecond or two. */
const atOnceMax = 200

/**
 * Forgets whoever is named in a shop's report and isn't there any more, refuses or can't be read; and joins who is one
 * by now: for when nobody was told of their end. Goes through all of the shop's people, some at a time.
 */
export async function forgetGone(shopId: string, options: ForgetGoneOptions): Promise<void> {
  const { books, reports, forget, join } = options
  // First who is in the report: whoever comes meanwhile isn't among them.
  const named = new Set<string>()
  for (const table of personal) await namesIn(reports, table, shopId, named)
  const book = books.forShop(shopId)
  for (let after = ''; named.size > 0; await nextTurn()) {
    const people = Array.from(book.people(after, atOnceMax), ({ id, bytes }) => ({
      ...{ id, person: personIn(id, bytes) },
    }))
    for (const { id, person } of people) {
      after = id
      if (person === null || isRefusing(person.slice)) continue
      const { former } = person
      named.delete(partOf(keyOf(id)))
      for (const { id: before } of former)
        if (named.delete(partOf(keyOf(before)))) join(shopId, keyOf(before), keyOf(id))
    }
    if (people.length < atOnceMax) break
  }
  for (const name of named) forget(shopId, Number.parseInt(name, 36))
}

/** null for who can't be read: nobody knows what they agreed to. */
function personIn(id: string, bytes: Buffer): Person | null {
  try {
    return decodePerson(id, bytes)
  } catch {
    return null
  }
}

async function namesIn(
  reports: ReportTables,
  table: (typeof personal)[number],
  shopId: string,
  names: Set<string>,
): Promise<void> {
  const { from, end } = keysUnder(shopId)
  let seenCount = 0
  for (let start = from; ; ) {
    const [next] = reports.range(table, start, end, 1)
    if (next === undefined) return
    const [name = ''] = next.key.slice(from.length).split('\0', 1)
    names.add(name)
    // Past all else of the same person's.
    start = `${from}${name}\x01`
    if (++seenCount % atOnceMax === 0) await nextTurn()
  }
}
