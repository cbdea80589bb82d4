import type { Person } from '../../people/person.js'
import type { Slice } from '../../profiles/slice.js'
import type { PersonPicks } from '../messages.js'
import { NewestFirst } from './newest-first.js'

export interface PickWriterOptions {
  /** null where nobody has this id any more. @throws whatever reading of them throws. */
  person(shopId: string, personId: string): Person | null
  /** null where the shop has no model yet. */
  choose(shopId: string, slice: Slice): readonly string[] | null
  /** Hands them on to whoever writes slices. */
  send(rows: readonly PersonPicks[]): void
  /** Somebody can't be read, and goes without. */
  onFault(shopId: string, error: unknown): void
  readonly waitingMax: number
}

export interface PickCounts {
  computed: number
  unchanged: number
  sent: number
  /** People who went without, as too many waited, or they can't be read. */
  dropped: number
}

/** Time that one turn takes, so that requests for recommendations needn't wait for longer. */
const turnMs = 2
/** More are sent in another message. */
const rowsPerMessageMax = 500
/** People of one shop who wait for its first model; of more, those who came last. */
const earlyCountMax = 10_000

/**
 * Chooses products ahead for whoever has just done something. Somebody who does much in a short time waits once,
 * and those who came last go first: theirs is the next bid. Shops take turns, one person each, so that nobody waits
 * for what goes on at another one.
 */
export class PickWriter {
  readonly counts: PickCounts = { computed: 0, unchanged: 0, sent: 0, dropped: 0 }
  readonly #options: PickWriterOptions
  /** People by shop; the shop whose turn it is comes first. */
  readonly #waiting = new Map<string, NewestFirst>()
  #waitingCount = 0
  /** People whose shop has no model yet. */
  readonly #early = new Map<string, NewestFirst>()
  #isWorking = false
  #isClosed = false

  constructor(options: PickWriterOptions) {
    this.#options = options
  }

  want(shopId: string, personId: string): void {
    const people = peopleOf(this.#waiting, shopId)
    const before = people.size
    people.put(personId)
    this.#waitingCount += people.size - before
    if (this.#waitingCount > this.#options.waitingMax) this.#dropOne()
  }

  /** The shop has a model: whoever came before it gets their turn. */
  ready(shopId: string): void {
    const early = this.#early.get(shopId)
    this.#early.delete(shopId)
    // Whoever came last is to go first once more.
    const names: string[] = []
    while (early !== undefined && early.size > 0) names.push(early.takeNewest())
    for (const personId of names.reverse()) this.want(shopId, personId)
    this.wake()
  }

  /** Begins with those who wait. */
  wake(): void {
    if (this.#isWorking || this.#waitingCount === 0) return
    this.#isWorking = true
    setImmediate(() => this.#turn())
  }

  close(): void {
    this.#isClosed = true
  }

  #turn(): void {
    if (this.#isClosed) return
    const endMs = performance.now() + turnMs
    const rows: PersonPicks[] = []
    while (this.#waitingCount > 0 && rows.length < rowsPerMessageMax) {
      const [shopId, personId] = this.#next()
      const row = this.#choose(shopId, personId)
      if (row !== null) rows.push(row)
      if (performance.now() > endMs) break
    }
    if (rows.length > 0) this.#options.send(rows)
    this.counts.sent += rows.length
    this.#isWorking = false
    this.wake()
  }

  #next(): readonly [shopId: string, personId: string] {
    const [first] = this.#waiting
    const [shopId, people] = first!
    const personId = people.takeNewest()
    this.#waitingCount--
    this.#waiting.delete(shopId)
    if (people.size > 0) this.#waiting.set(shopId, people)
    return [shopId, personId]
  }

  /** Of the shop where most wait, whoever came first. */
  #dropOne(): void {
    let largest = new NewestFirst()
    for (const people of this.#waiting.values()) if (people.size > largest.size) largest = people
    largest.dropOldest()
    this.#waitingCount--
    this.counts.dropped++
  }

  #choose(shopId: string, personId: string): PersonPicks | null {
    const person = this.#personOf(shopId, personId)
    if (person === null) return null
    const { slice } = person
    const picks = this.#options.choose(shopId, slice)
    if (picks === null) {
      const early = peopleOf(this.#early, shopId)
      early.put(personId)
      if (early.size > earlyCountMax) early.dropOldest()
      return null
    }
    this.counts.computed++
    if (areSame(picks, slice.picks)) {
      this.counts.unchanged++
      return null
    }
    return { shopId, personId, seenAtMs: slice.lastSeenAtMs, picks }
  }

  #personOf(shopId: string, personId: string): Person | null {
    try {
      return this.#options.person(shopId, personId)
    } catch (error) {
      this.counts.dropped++
      this.#options.onFault(shopId, error)
      return null
    }
  }
}

function peopleOf(byShop: Map<string, NewestFirst>, shopId: string): NewestFirst {
  let people = byShop.get(shopId)
  if (people === undefined) {
    people = new NewestFirst()
    byShop.set(shopId, people)
  }
  return people
}

const areSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, place) => id === b[place])
