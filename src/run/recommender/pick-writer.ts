import type { Person } from '../../people/person.js'
import type { Slice } from '../../profiles/slice.js'
import type { PersonPicks } from '../messages.js'

export interface PickWriterOptions {
  /** null where nobody has this id any more. */
  person(shopId: string, personId: string): Person | null
  /** null where the shop has no model yet. */
  choose(shopId: string, slice: Slice): readonly string[] | null
  /** Hands them on to whoever writes slices. */
  send(rows: readonly PersonPicks[]): void
  readonly waitingMax: number
}

export interface PickCounts {
  computed: number
  unchanged: number
  sent: number
  /** People who went without, as too many waited. */
  dropped: number
}

/** Time that one turn takes, so that requests for recommendations needn't wait for longer. */
const turnMs = 2
/** More are sent in another message. */
const rowsPerMessageMax = 500

/**
 * Chooses products ahead for whoever has just done something. Somebody who does much in a short time waits once,
 * and those who came last go first: theirs is the next bid.
 */
export class PickWriter {
  readonly counts: PickCounts = { computed: 0, unchanged: 0, sent: 0, dropped: 0 }
  readonly #options: PickWriterOptions
  /** By shop and person, in the order in which they came. */
  readonly #waiting = new Map<string, readonly [shopId: string, personId: string]>()
  /** Those whose shop has no model yet. */
  readonly #early = new Map<string, readonly [shopId: string, personId: string]>()
  #isWorking = false
  #isClosed = false

  constructor(options: PickWriterOptions) {
    this.#options = options
  }

  want(shopId: string, personId: string): void {
    const key = `${shopId}\0${personId}`
    this.#waiting.delete(key)
    this.#waiting.set(key, [shopId, personId])
    if (this.#waiting.size > this.#options.waitingMax) {
      const [oldest] = this.#waiting.keys()
      this.#waiting.delete(oldest!)
      this.counts.dropped++
    }
  }

  /** The shop has a model: whoever came before it gets their turn. */
  ready(shopId: string): void {
    for (const [key, early] of this.#early) {
      if (early[0] !== shopId) continue
      this.#early.delete(key)
      this.#waiting.set(key, early)
    }
    this.wake()
  }

  /** Begins with those who wait. */
  wake(): void {
    if (this.#isWorking || this.#waiting.size === 0) return
    this.#isWorking = true
    setImmediate(() => this.#turn())
  }

  close(): void {
    this.#isClosed = true
  }

  #turn(): void {
    if (this.#isClosed) return
    const endMs = performance.now() + turnMs
    const batch = [...this.#waiting].slice(-rowsPerMessageMax).reverse()
    const rows: PersonPicks[] = []
    for (const [key, [shopId, personId]] of batch) {
      this.#waiting.delete(key)
      const row = this.#choose(shopId, personId)
      if (row !== null) rows.push(row)
      if (performance.now() > endMs) break
    }
    if (rows.length > 0) this.#options.send(rows)
    this.counts.sent += rows.length
    this.#isWorking = false
    this.wake()
  }

  #choose(shopId: string, personId: string): PersonPicks | null {
    const person = this.#options.person(shopId, personId)
    if (person === null) return null
    const { slice } = person
    const picks = this.#options.choose(shopId, slice)
    if (picks === null) {
      if (this.#early.size < this.#options.waitingMax)
        this.#early.set(`${shopId}\0${personId}`, [shopId, personId])
      return null
    }
    this.counts.computed++
    if (areSame(picks, slice.picks)) {
      this.counts.unchanged++
      return null
    }
    return { shopId, personId, seenAtMs: slice.lastSeenAtMs, picks }
  }
}

const areSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, place) => id === b[place])
