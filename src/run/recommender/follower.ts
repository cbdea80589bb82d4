import { type Log, Throttled } from '../../base/log.js'
import type { Books } from '../../people/books.js'
import type { Event } from '../../people/event.js'
import { identifiersOf } from '../../people/identifiers.js'
import { type JournalEntry, journalEnd, journalTrimmed, readJournal } from '../../people/journal.js'
import type { Person } from '../../people/person.js'
import { findIn } from '../../people/person-of.js'

/** Who wants to know what happens. */
export interface Follower {
  /** Nothing should be told for now. */
  readonly isFull: boolean
  /**
   * An event was taken. Not called for one that was forgotten since.
   *
   * @param person whose it is, as they are by now: who it was joined into, where they were.
   */
  onEvent(entry: JournalEntry, event: Event, person: Person): void
  /** Somebody's past is gone; where they were joined into another, who has it now, `intoKey` is that one's, else 0. */
  onEnd(shopId: string, personKey: number, intoKey: number): void
  /** Some of what happened will never be told: it was removed before it was read. */
  onMissed(): void
  /** All that there is for now has been told. */
  onCaughtUp(): void
}

export interface JournalFollowerOptions {
  /** Opened for reading. */
  readonly books: Books
  /** Sees from now on what the collector has written. */
  readonly refresh: () => void
  readonly log: Log
  /** What was told before; null: what there is when it is made isn't told at all. */
  readonly startAfter: number | null
}

/** Longest that an event isn't noticed. */
const pollMs = 50
/** Entries read in one go: a millisecond or two, then requests get their turn. */
const entriesPerTurn = 100

/** Follows what the collector writes in the books, and tells each thing once. */
export class JournalFollower {
  readonly #options: JournalFollowerOptions
  readonly #follower: Follower
  #position: number
  #timer: NodeJS.Timeout | null = null
  #isClosed = false
  readonly #complaints = new Throttled()

  constructor(options: JournalFollowerOptions, follower: Follower) {
    this.#options = options
    this.#follower = follower
    options.refresh()
    const end = journalEnd(options.books.tables)
    this.#position = Math.min(options.startAfter ?? end, end)
    this.#timer = setTimeout(() => this.#turn(), pollMs)
  }

  /** All entries up to this number have been told. */
  get position(): number {
    return this.#position
  }

  /** Numbers that were given and not looked at yet: about as many events. */
  get lag(): number {
    this.#options.refresh()
    return Math.max(0, journalEnd(this.#options.books.tables) - this.#position)
  }

  /**
   * Some of what was told of one shop after a number, once more, for a model that doesn't have it. What can't be read
   * is left out, as it was when it came.
   *
   * @returns the number to go on after; `position` once all has been told.
   */
  replaySome(
    shopId: string,
    afterNumber: number,
    told: Pick<Follower, 'onEvent' | 'onEnd'>,
  ): number {
    const entries = readJournal(this.#options.books.tables, afterNumber, entriesPerTurn)
    for (const entry of entries) {
      if (entry.shopId !== shopId || entry.number > this.#position) continue
      try {
        this.#tell(entry, told)
      } catch (error) {
        this.#complain(error)
      }
    }
    // Those after it will be told to whoever is there then.
    return Math.min(entries.at(-1)?.number ?? this.#position, this.#position)
  }

  /** Whether nothing was removed of what came after a number. */
  hasAllAfter(number: number): boolean {
    return journalTrimmed(this.#options.books.tables) <= number
  }

  close(): void {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #turn(): void {
    let isCaughtUp = true
    try {
      isCaughtUp = this.#read()
    } catch (error) {
      this.#complain(error)
    }
    if (this.#isClosed) return
    if (isCaughtUp) this.#timer = setTimeout(() => this.#turn(), pollMs)
    else setImmediate(() => this.#isClosed || this.#turn())
  }

  #read(): boolean {
    const { books, refresh } = this.#options
    if (this.#follower.isFull) return true
    refresh()
    const trimmed = journalTrimmed(books.tables)
    if (trimmed > this.#position) {
      this.#position = trimmed
      this.#follower.onMissed()
    }
    const entries = readJournal(books.tables, this.#position, entriesPerTurn)
    for (const entry of entries) {
      this.#position = entry.number
      this.#tell(entry, this.#follower)
    }
    if (entries.length === entriesPerTurn) return false
    this.#follower.onCaughtUp()
    return true
  }

  #tell(entry: JournalEntry, follower: Pick<Follower, 'onEvent' | 'onEnd'>): void {
    const { shopId, personId, personKey, intoKey, number } = entry
    if (personId === '') {
      follower.onEnd(shopId, personKey, intoKey)
      return
    }
    const event = this.#options.books.forShop(shopId).event(personId, number)
    const person = event === null ? null : this.#personOf(entry, event)
    if (event !== null && person !== null) follower.onEvent(entry, event, person)
  }

  /** null where they are gone: of that there is an entry of its own. */
  #personOf({ shopId, personId }: JournalEntry, { who }: Event): Person | null {
    const book = this.#options.books.forShop(shopId)
    const person = book.person(personId)
    if (person !== null) return person
    // Joined into somebody since: what was logged of them stays where it is.
    for (const identifier of identifiersOf(who)) {
      const other = findIn(book).byIdentifier(identifier)
      if (other?.former.some(({ id }) => id === personId)) return other
    }
    return null
  }

  #complain(error: unknown): void {
    const held = this.#complaints.due(performance.now())
    if (held >= 0)
      this.#options.log.error({ err: error, held }, 'recommender: the journal can’t be read')
  }
}
