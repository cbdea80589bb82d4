import { ItemTable } from '../../item-table.js'
import type { Sessions } from '../../sessions.js'

/** Sessions as a file has them, and what of it was left out. */
export interface ReadSessions {
  readonly items: ItemTable
  readonly sessions: Sessions
  /** Of one look: they tell nothing about what comes next. */
  readonly singleCount: number
  /** Of which only the newest `lengthMax` looks are kept. */
  readonly longCount: number
  /** What was done beside looking, where the file says what is a look. */
  readonly otherCount: number
}

/** Hardly a person looks at more in one visit, and the time of an answer grows with it; no published data has more. */
export const lengthMax = 200
const dayMs = 86_400_000

/**
 * The looks of a log, one after the other in any order: 17 bytes each, besides the keys of sessions or users and the
 * ids of products.
 */
export class Looks {
  readonly #keys = new ItemTable()
  readonly #items = new ItemTable()
  #count = 0
  #key = new Int32Array(1_024)
  #item = new Int32Array(1_024)
  #atMs = new Float64Array(1_024)
  /** 1 for an event that isn't a look. */
  #isOther = new Uint8Array(1_024)
  #lookCount = 0

  add(key: string, item: string, atMs: number, isOther: boolean): void {
    const at = this.#count++
    if (at === this.#key.length) this.#grow()
    this.#key[at] = this.#keys.add(key)
    this.#item[at] = this.#items.add(item)
    this.#atMs[at] = atMs
    this.#isOther[at] = isOther ? 1 : 0
    if (!isOther) this.#lookCount++
  }

  /**
   * The sessions, those of one look left out. Of equal times what stands first in the file is the older. Where no
   * event is known as a look, all are.
   *
   * @param gapMs where keys are of users: their visits end where so long nothing is looked at; else null.
   */
  sessions(gapMs: number | null): ReadSessions {
    const otherCount = this.#lookCount === 0 ? 0 : this.#count - this.#lookCount
    const { starts, rows } = this.#byKey(otherCount > 0)
    const visits = new Visits()
    for (let key = 0; key < this.#keys.count; key++) {
      const end = starts[key + 1]!
      this.#sortByTime(rows, starts[key]!, end)
      for (let from = starts[key]!; from < end; ) {
        let until = from + 1
        while (until < end && !(gapMs !== null && this.#gapMs(rows, until) > gapMs)) until++
        visits.add(from, until, this.#atMs[rows[until - 1]!]!)
        from = until
      }
    }
    const items = new Int32Array(rows.length)
    for (let at = 0; at < rows.length; at++) items[at] = this.#item[rows[at]!]!
    return { ...visits.sessions(items, this.#items, true), otherCount }
  }

  /** Whether more than half of the keys with two looks have them on more than one day: no session goes on for that long. */
  get lastDays(): boolean {
    const first = new Float64Array(this.#keys.count).fill(Number.POSITIVE_INFINITY)
    const last = new Float64Array(this.#keys.count)
    const counts = new Uint32Array(this.#keys.count)
    for (let at = 0; at < this.#count; at++) {
      const key = this.#key[at]!
      counts[key]!++
      first[key] = Math.min(first[key]!, this.#atMs[at]!)
      last[key] = Math.max(last[key]!, this.#atMs[at]!)
    }
    let severalCount = 0
    let longCount = 0
    for (let key = 0; key < this.#keys.count; key++) {
      if (counts[key]! > 1) severalCount++
      if (last[key]! - first[key]! > dayMs) longCount++
    }
    return longCount * 2 > severalCount
  }

  /** Numbers of rows, those of one key beside each other and in the order of the file. */
  #byKey(withoutOthers: boolean): { starts: Uint32Array; rows: Uint32Array } {
    const starts = new Uint32Array(this.#keys.count + 1)
    const counts = (at: number): boolean => !withoutOthers || this.#isOther[at] === 0
    for (let at = 0; at < this.#count; at++) if (counts(at)) starts[this.#key[at]! + 1]!++
    for (let key = 0; key < this.#keys.count; key++) starts[key + 1]! += starts[key]!
    const places = starts.slice()
    const rows = new Uint32Array(starts[this.#keys.count]!)
    for (let at = 0; at < this.#count; at++) if (counts(at)) rows[places[this.#key[at]!]!++] = at
    return { starts, rows }
  }

  #sortByTime(rows: Uint32Array, start: number, end: number): void {
    for (let at = start + 1; at < end; at++)
      if (this.#gapMs(rows, at) < 0) {
        rows.subarray(start, end).sort((a, b) => this.#atMs[a]! - this.#atMs[b]! || a - b)
        return
      }
  }

  /** From the row before to that one. */
  #gapMs(rows: Uint32Array, at: number): number {
    return this.#atMs[rows[at]!]! - this.#atMs[rows[at - 1]!]!
  }

  #grow(): void {
    const length = Math.ceil(this.#count * 1.5)
    this.#key = grown(this.#key, new Int32Array(length))
    this.#item = grown(this.#item, new Int32Array(length))
    this.#atMs = grown(this.#atMs, new Float64Array(length))
    this.#isOther = grown(this.#isOther, new Uint8Array(length))
  }
}

function grown<T extends Int32Array | Uint32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** Sessions one after the other, each from a place in a list of products on until before another. */
export class Visits {
  #count = 0
  #from = new Uint32Array(1_024)
  #until = new Uint32Array(1_024)
  #endMs = new Float64Array(1_024)
  #lookCount = 0
  #singleCount = 0
  #longCount = 0

  add(from: number, until: number, endMs: number): void {
    if (until - from < 2) {
      this.#singleCount += until - from
      return
    }
    const at = this.#count++
    if (at === this.#from.length) this.#grow()
    const isLong = until - from > lengthMax
    if (isLong) this.#longCount++
    this.#from[at] = isLong ? until - lengthMax : from
    this.#until[at] = until
    this.#endMs[at] = endMs
    this.#lookCount += Math.min(lengthMax, until - from)
  }

  /**
   * By when they ended, of equal times in the order in which they were added. Products get numbers in the order in
   * which they are in it: so that nothing depends on how a file is ordered.
   *
   * @param all      what `from` and `until` are places of, in numbers of `ids`.
   * @param hasTimes otherwise the order in which they were added is that of their time.
   */
  sessions(
    all: ArrayLike<number>,
    ids: ItemTable,
    hasTimes: boolean,
  ): Omit<ReadSessions, 'otherCount'> {
    const count = this.#count
    const order = new Uint32Array(count)
    for (let i = 0; i < count; i++) order[i] = i
    if (hasTimes) order.sort((a, b) => this.#endMs[a]! - this.#endMs[b]! || a - b)
    const starts = new Uint32Array(count + 1)
    const endSeconds = new Uint32Array(hasTimes ? count : 0)
    const looks = new Int32Array(this.#lookCount)
    const items = new ItemTable()
    const numbers = new Int32Array(ids.count).fill(-1)
    let at = 0
    for (let i = 0; i < count; i++) {
      const visit = order[i]!
      for (let from = this.#from[visit]!; from < this.#until[visit]!; from++) {
        const item = all[from]!
        if (numbers[item]! < 0) numbers[item] = items.add(ids.idOf(item))
        looks[at++] = numbers[item]!
      }
      starts[i + 1] = at
      if (hasTimes) endSeconds[i] = this.#endMs[visit]! / 1_000
    }
    return {
      items,
      sessions: { count, starts, items: looks, endSeconds, hasTimes },
      singleCount: this.#singleCount,
      longCount: this.#longCount,
    }
  }

  #grow(): void {
    const length = Math.ceil(this.#count * 1.5)
    this.#from = grown(this.#from, new Uint32Array(length))
    this.#until = grown(this.#until, new Uint32Array(length))
    this.#endMs = grown(this.#endMs, new Float64Array(length))
  }
}
