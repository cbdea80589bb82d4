import { randomBytes } from 'node:crypto'
import { emptySlice, type Membership, type Slice } from '../profiles/slice.js'
import type { Book } from './book.js'
import { hourMs } from './book.js'
import type { Event } from './event.js'
import { notAhead } from './fold/ahead.js'
import { fold, isRefusing } from './fold.js'
import { identifiersOf, only } from './identifiers.js'
import { type Join, newJoinId, putJoin } from './join-log.js'
import { mergeSlices } from './merge.js'
import type { Person } from './person.js'
import { forgetPast } from './privacy.js'
import type { Resolution } from './resolve.js'
import { resolve } from './resolve.js'

/** Most identifiers of one person: more than any household's devices; beyond it is no person. */
export const identifierCountMax = 64
const formerCountMax = 256

/** What became of an event. `nobody`: nothing in it says whom it is about. */
export type Taken = 'taken' | 'duplicate' | 'nobody'

/** A shop's segments, as far as they are worked out for one person. */
export interface ShopSegments {
  /**
   * The memberships that rules give, with those of lists left as they are.
   * @returns also when time alone may change them; Infinity where never.
   */
  byRule(slice: Slice, nowMs: number): { segments: readonly Membership[]; dueAtMs: number }
  /** The lists that any of these identifiers is on. */
  byList(book: Book, identifiers: readonly string[], nowMs: number): readonly Membership[]
}

export interface DraftCounts {
  joins: number
  /** Events that named two people who are not joined by themselves. */
  apart: number
  /** Identifiers that were not linked, as the person had too many. */
  identifiersFull: number
}

export interface DraftOptions {
  readonly nowMs: number
  readonly segments: ShopSegments
  /** A number above all given before. */
  nextNumber(): number
  readonly counts: DraftCounts
}

/**
 * Changes to some of a shop's people: gathered, then written at once. Made and written within one
 * transaction of the books, or given up as a whole.
 */
export class Draft {
  readonly #book: Book
  readonly #options: DraftOptions
  /** By id, as they are now; null where they are gone. */
  readonly #people = new Map<string, Person | null>()
  readonly #changed = new Set<string>()
  readonly #links = new Map<string, string>()
  readonly #messages = new Set<string>()
  readonly #joinedInto = new Map<string, string>()
  /** By person: uids that don't lead to them any more. */
  readonly #goneUids = new Map<string, string[]>()
  readonly #writes: (() => void)[] = []

  constructor(book: Book, options: DraftOptions) {
    this.#book = book
    this.#options = options
  }

  person(id: string): Person | null {
    const known = this.#people.get(id)
    if (known !== undefined) return known
    const person = this.#book.person(id)
    this.#people.set(id, person)
    return person
  }

  /** Whom an identifier leads to. */
  personOf(identifier: string): Person | null {
    const id = this.#links.get(identifier) ?? this.#book.link(identifier)
    return id === '' ? null : this.person(id)
  }

  set(person: Person): void {
    this.#people.set(person.id, person)
    this.#changed.add(person.id)
  }

  /** Somebody of whom nothing is known yet but that these name them. */
  create(identifiers: readonly string[]): Person {
    const person: Person = {
      id: randomBytes(12).toString('base64url'),
      createdAtMs: this.#options.nowMs,
      identifiers: [],
      former: [],
      slice: emptySlice,
      dueAtMs: Infinity,
    }
    return this.link(person, identifiers)
  }

  /** From now on these lead to the person; those beyond what one person may have are left out. */
  link(person: Person, identifiers: readonly string[]): Person {
    const added = identifiers.slice(0, identifierCountMax - person.identifiers.length)
    this.#options.counts.identifiersFull += identifiers.length - added.length
    const linked = { ...person, identifiers: [...person.identifiers, ...added] }
    for (const identifier of added) this.#links.set(identifier, person.id)
    this.set(this.#withLists(linked, added))
    return this.person(person.id)!
  }

  /** Puts one event to whom it is about. */
  take(event: Event): Taken {
    const { messageId, who } = event
    if (this.#messages.has(messageId) || this.#book.hasMessage(messageId)) return 'duplicate'
    if (identifiersOf(who).length === 0) return 'nobody'
    const resolution = resolve(
      who,
      (identifier) => this.personOf(identifier),
      (a, b) => !this.#book.areApart(a.id, b.id),
    )
    const person = this.#personOf(resolution)
    const slice = fold(notAhead(person.slice, this.#options.nowMs), event)
    this.set({ ...person, slice })
    this.#messages.add(messageId)
    if (isUnwanted(slice) && !isUnwanted(person.slice))
      this.#writes.push(() => forgetPast(this.#book, this.person(person.id)!))
    const number = this.#options.nextNumber()
    // What names somebody else, as on a browser that two use, isn't kept among what this one did.
    const kept =
      resolution.apart.length === 0 ? event : { ...event, who: only(who, person.identifiers) }
    this.#writes.push(() => {
      this.#book.putMessage(messageId, this.#options.nowMs)
      if (isKept(slice, event)) this.#book.putEvent(person.id, number, kept)
    })
    return 'taken'
  }

  #personOf({ person, linked, joined, apart }: Resolution): Person {
    const { counts } = this.#options
    if (apart.length > 0) counts.apart++
    let target = person === null ? this.create([]) : this.person(person.id)!
    for (const other of joined) target = this.join(target, this.person(other.id)!, 'event')
    return linked.length === 0 ? target : this.link(target, linked)
  }

  /**
   * Makes one person of two, and logs how to take it back.
   *
   * @param by `event`, or the key that asked for it.
   * @returns the first, who now has all; unchanged where it would be too much for one.
   */
  join(into: Person, from: Person, by: string): Person {
    const { counts, nowMs, nextNumber } = this.#options
    const identifierCount = into.identifiers.length + from.identifiers.length
    const formerCount = into.former.length + from.former.length + 1
    if (identifierCount > identifierCountMax || formerCount > formerCountMax) {
      counts.identifiersFull++
      return into
    }
    const id = newJoinId(nowMs)
    const number = nextNumber()
    const entry: Join = { number, atMs: nowMs, by, into: into.id, intoSlice: into.slice, from }
    this.#writes.push(() => putJoin(this.#book, id, entry))
    const joined: Person = {
      ...into,
      createdAtMs: Math.min(into.createdAtMs, from.createdAtMs),
      identifiers: [...into.identifiers, ...from.identifiers],
      former: [{ id: from.id, join: id }, ...from.former, ...into.former],
      slice: mergeSlices(into.slice, from.slice),
    }
    for (const identifier of from.identifiers) this.#links.set(identifier, into.id)
    this.#people.set(from.id, null)
    this.#changed.add(from.id)
    this.#joinedInto.set(from.id, into.id)
    this.set(joined)
    // Whoever wants nothing kept gets no past by being joined with somebody who has one.
    if (isUnwanted(joined.slice)) this.#writes.push(() => forgetPast(this.#book, joined))
    counts.joins++
    return joined
  }

  /** Puts somebody back who was joined into another, with all that named them. */
  restore(person: Person, outOf: string): void {
    for (const identifier of person.identifiers) {
      this.unlink(outOf, identifier)
      this.#links.set(identifier, person.id)
    }
    this.set(person)
  }

  /** Takes the person out, with what leads to them. What is logged of them is the caller's. */
  remove(person: Person): void {
    for (const identifier of person.identifiers) this.unlink(person.id, identifier)
    this.#people.set(person.id, null)
    this.#changed.add(person.id)
  }

  /** The identifier leads to nobody any more. */
  unlink(personId: string, identifier: string): void {
    this.#links.set(identifier, '')
    if (identifier.startsWith('uid:'))
      this.#goneUids.set(personId, [...(this.#goneUids.get(personId) ?? []), identifier.slice(4)])
  }

  /** Something else to be written with the rest. */
  also(write: () => void): void {
    this.#writes.push(write)
  }

  /** Writes all of it, segments brought up to date. @returns ids of the people who changed. */
  write(): ReadonlySet<string> {
    const { nextNumber } = this.#options
    for (const write of this.#writes) write()
    for (const [identifier, personId] of this.#links)
      if (personId === '') this.#book.removeLink(identifier)
      else this.#book.putLink(identifier, personId)
    for (const id of this.#changed) {
      const person = this.#people.get(id) ?? null
      if (person === null) {
        this.#book.removePerson(id)
        this.#book.noteEnd(id, this.#heirOf(id), nextNumber())
      } else {
        if (this.#isNewRefusal(person)) this.#book.noteEnd(id, '', nextNumber())
        this.#writePerson(person)
      }
      this.#book.putOutbox(id, nextNumber(), this.#goneUids.get(id))
    }
    return this.#changed
  }

  /** Who has the past of somebody who is gone; '' for nobody: also where that one doesn't want any used. */
  #heirOf(id: string): string {
    const into = this.#joinedInto.get(id) ?? ''
    const person = into === '' ? null : this.person(into)
    return person !== null && isRefusing(person.slice) ? '' : into
  }

  /** Whether what the person did may not be used any more from this change on, however it came about. */
  #isNewRefusal({ id, slice }: Person): boolean {
    if (!isRefusing(slice)) return false
    const before = this.#book.person(id)
    return before !== null && !isRefusing(before.slice)
  }

  #writePerson(person: Person): void {
    const { segments, dueAtMs } = this.#options.segments.byRule(person.slice, this.#options.nowMs)
    this.#book.putPerson({ ...person, slice: { ...person.slice, segments }, dueAtMs })
    if (Math.floor(dueAtMs / hourMs) === Math.floor(person.dueAtMs / hourMs)) return
    if (person.dueAtMs !== Infinity) this.#book.removeDue(person.id, person.dueAtMs)
    if (dueAtMs !== Infinity) this.#book.putDue(person.id, dueAtMs)
  }

  /** The person on the lists that what names them from now on is on. */
  #withLists(person: Person, added: readonly string[]): Person {
    const { segments, nowMs } = this.#options
    const listed = segments.byList(this.#book, added, nowMs)
    if (listed.length === 0) return person
    const ends = new Map(person.slice.segments.map((it) => [it.segment, it.expiresAtMs]))
    for (const { segment, expiresAtMs } of listed)
      ends.set(segment, Math.max(expiresAtMs, ends.get(segment) ?? 0))
    const memberships = Array.from(ends, ([segment, expiresAtMs]) => ({ segment, expiresAtMs }))
    return { ...person, slice: { ...person.slice, segments: memberships } }
  }
}

/** Whether nothing is to be kept of the person but that. */
const isUnwanted = ({ consent }: Slice): boolean =>
  consent !== null && !consent.ads && !consent.personalization

/** Whoever wants nothing kept of them has no log but of that. */
const isKept = (slice: Slice, { type }: Event): boolean => type === 'consent' || !isUnwanted(slice)
