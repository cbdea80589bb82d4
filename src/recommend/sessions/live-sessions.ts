/** Sessions that came since the index was built: at once part of what neighbours are looked for in. */

export interface LiveSettings {
  /** Sessions that are kept; when there are more, those that began first give way. */
  readonly countMax: number
  /** A person who does nothing for longer begins a new session. */
  readonly idleSeconds: number
  /** Looks of one session; after that it goes on as a new one. */
  readonly lengthMax: number
}

export const liveDefaults: LiveSettings = { countMax: 50_000, idleSeconds: 1_800, lengthMax: 32 }

export type PersonKey = number | string

const countMin = 64
/** Sessions of a person among which the one is looked for that something told late belongs to. */
const lookedBackMax = 8

/**
 * Each session has a place of `lengthMax` looks; a look is known by its number `place * lengthMax + position`.
 * The first look at a product in each session is in that product's list, newest first, linked both ways, so that
 * a session is taken out of all of its lists in O(length).
 */
export class LiveSessions {
  /** Products by look. */
  items: Int32Array
  /** Looks that each place has; 0 where it is free. */
  lengths: Uint8Array
  /** By product: its newest look; -1 where it has none. May be shorter than there are products. */
  heads = new Int32Array(0)
  /** By look: the next older one of the same product; -1 at the end. */
  older: Int32Array
  readonly lengthMax: number
  /** Sessions that gave way to newer ones, since the start. */
  droppedCount = 0
  #newer: Int32Array
  /** When each place's visit began, and when last something was done in it. */
  #firstSeconds: Uint32Array
  #lastSeconds: Uint32Array
  /** By place: whose session it is; null where it is free. */
  readonly #persons: (PersonKey | null)[] = []
  /** By place: the person's next older and next newer session; -1 where there is none. */
  #earlier: Int32Array
  #later: Int32Array
  /** Each person's newest session. */
  readonly #newest = new Map<PersonKey, number>()
  readonly #settings: LiveSettings
  #capacity: number
  #nextPlace = 0
  #count = 0

  /** @param settings `lengthMax` of at most 255. */
  constructor(settings: LiveSettings = liveDefaults) {
    this.#settings = settings
    this.lengthMax = Math.min(255, settings.lengthMax)
    this.#capacity = Math.min(countMin, settings.countMax)
    const lookCount = this.#capacity * this.lengthMax
    this.items = new Int32Array(lookCount)
    this.older = new Int32Array(lookCount)
    this.#newer = new Int32Array(lookCount)
    this.lengths = new Uint8Array(this.#capacity)
    this.#firstSeconds = new Uint32Array(this.#capacity)
    this.#lastSeconds = new Uint32Array(this.#capacity)
    this.#earlier = new Int32Array(this.#capacity)
    this.#later = new Int32Array(this.#capacity)
  }

  /** Sessions that are kept now. */
  get count(): number {
    return this.#count
  }

  /** Places of sessions are below it. */
  get capacity(): number {
    return this.#capacity
  }

  get bytes(): number {
    return this.items.byteLength * 3 + this.heads.byteLength + this.#capacity * 17
  }

  /**
   * What somebody does with a product: a look of the visit that went on then, or the first of a new one. Found by the
   * very next request. O(length).
   *
   * As visits are cut of a log (cut-sessions): whatever else than a view is done with a product that the visit has a
   * look at is no further look, but the visit goes on.
   *
   * @param item any number from 0: also of a product that came after the index was built.
   */
  note(personKey: PersonKey, item: number, atSeconds: number, isView = true): void {
    let place = this.#placeAt(personKey, atSeconds)
    if (place < 0) place = this.#open(personKey, atSeconds)
    this.#stretch(place, atSeconds)
    let isFirst = !this.#includes(place, item)
    if (!isView && !isFirst) return
    if (this.lengths[place]! === this.lengthMax) {
      place = this.#open(personKey, atSeconds)
      isFirst = true
    }
    const look = place * this.lengthMax + this.lengths[place]!
    this.items[look] = item
    this.lengths[place]!++
    if (isFirst) this.#link(look, item)
    else this.older[look] = this.#newer[look] = -1
  }

  /** None of the person's sessions is found from now on. @returns how many there were. */
  forget(personKey: PersonKey): number {
    let forgotten = 0
    for (let place = this.#newest.get(personKey) ?? -1; place >= 0; forgotten++) {
      const earlier = this.#earlier[place]!
      this.#clear(place)
      place = earlier
    }
    return forgotten
  }

  /** The sessions of one person are another's from now on, who goes on with the newest of both. O(sessions). */
  join(goneKey: PersonKey, intoKey: PersonKey): void {
    let gone = this.#newest.get(goneKey) ?? -1
    let own = this.#newest.get(intoKey) ?? -1
    if (gone < 0 || goneKey === intoKey) return
    this.#newest.delete(goneKey)
    let later = -1
    while (gone >= 0 || own >= 0) {
      const isGone = own < 0 || (gone >= 0 && this.#lastSeconds[gone]! > this.#lastSeconds[own]!)
      const place = isGone ? gone : own
      if (isGone) gone = this.#earlier[gone]!
      else own = this.#earlier[own]!
      this.#persons[place] = intoKey
      this.#later[place] = later
      if (later < 0) this.#newest.set(intoKey, place)
      else this.#earlier[later] = place
      later = place
    }
    this.#earlier[later] = -1
  }

  /** The person's session that went on then, of the few that began last; -1 where there is none. */
  #placeAt(personKey: PersonKey, atSeconds: number): number {
    const { idleSeconds } = this.#settings
    let place = this.#newest.get(personKey) ?? -1
    for (let i = 0; i < lookedBackMax && place >= 0; i++) {
      const isThen =
        atSeconds <= this.#lastSeconds[place]! + idleSeconds &&
        atSeconds >= this.#firstSeconds[place]! - idleSeconds
      if (isThen) return place
      place = this.#earlier[place]!
    }
    return -1
  }

  #stretch(place: number, atSeconds: number): void {
    if (atSeconds > this.#lastSeconds[place]!) this.#lastSeconds[place] = atSeconds
    if (atSeconds < this.#firstSeconds[place]!) this.#firstSeconds[place] = atSeconds
  }

  #includes(place: number, item: number): boolean {
    const start = place * this.lengthMax
    return this.#hasWithin(start, start + this.lengths[place]!, item)
  }

  #hasWithin(start: number, end: number, item: number): boolean {
    for (let look = start; look < end; look++) if (this.items[look] === item) return true
    return false
  }

  #open(personKey: PersonKey, atSeconds: number): number {
    if (this.#nextPlace === this.#capacity) {
      if (this.#capacity < this.#settings.countMax) this.#grow()
      else this.#nextPlace = 0
    }
    const place = this.#nextPlace++
    if (this.lengths[place]! > 0) {
      this.#clear(place)
      this.droppedCount++
    }
    const earlier = this.#newest.get(personKey) ?? -1
    if (earlier >= 0) this.#later[earlier] = place
    this.#earlier[place] = earlier
    this.#later[place] = -1
    this.#persons[place] = personKey
    this.#newest.set(personKey, place)
    this.#firstSeconds[place] = this.#lastSeconds[place] = atSeconds
    this.#count++
    return place
  }

  #clear(place: number): void {
    const start = place * this.lengthMax
    for (let i = this.lengths[place]! - 1; i >= 0; i--) {
      // Only the first look at a product is in its list.
      if (!this.#hasWithin(start, start + i, this.items[start + i]!)) this.#unlink(start + i)
    }
    this.lengths[place] = 0
    const earlier = this.#earlier[place]!
    const later = this.#later[place]!
    const person = this.#persons[place]!
    if (earlier >= 0) this.#later[earlier] = later
    if (later >= 0) this.#earlier[later] = earlier
    else if (earlier >= 0) this.#newest.set(person, earlier)
    else this.#newest.delete(person)
    this.#persons[place] = null
    this.#count--
  }

  #link(look: number, item: number): void {
    if (item >= this.heads.length) {
      const heads = new Int32Array(Math.ceil(item * 1.25) + 64).fill(-1)
      heads.set(this.heads)
      this.heads = heads
    }
    const head = this.heads[item]!
    if (head >= 0) this.#newer[head] = look
    this.older[look] = head
    this.#newer[look] = -1
    this.heads[item] = look
  }

  #unlink(look: number): void {
    const older = this.older[look]!
    const newer = this.#newer[look]!
    if (older >= 0) this.#newer[older] = newer
    if (newer >= 0) this.older[newer] = older
    else this.heads[this.items[look]!] = older
  }

  #grow(): void {
    this.#capacity = Math.min(this.#settings.countMax, this.#capacity * 2)
    const lookCount = this.#capacity * this.lengthMax
    this.items = grown(this.items, new Int32Array(lookCount))
    this.older = grown(this.older, new Int32Array(lookCount))
    this.#newer = grown(this.#newer, new Int32Array(lookCount))
    this.lengths = grown(this.lengths, new Uint8Array(this.#capacity))
    this.#firstSeconds = grown(this.#firstSeconds, new Uint32Array(this.#capacity))
    this.#lastSeconds = grown(this.#lastSeconds, new Uint32Array(this.#capacity))
    this.#earlier = grown(this.#earlier, new Int32Array(this.#capacity))
    this.#later = grown(this.#later, new Int32Array(this.#capacity))
  }
}

function grown<T extends Int32Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from)
  return to
}
