/** Ticks are grouped by 256, those by 256 again, and so on: four levels reach further than any timer. */
const levelBits = 8
const slotCount = 1 << levelBits
const slotMask = slotCount - 1
const levelCount = 4
const tickCountMax = 2 ** (levelBits * levelCount) - 1
/** Heads of lists: those of the levels' slots, then of what is being called right now. */
const dueList = slotCount * levelCount
const none = -1
const capacityMin = 1_024

export interface TimerWheelOptions {
  readonly startMs: number
  /** How much time shares a slot: costs of looking at a slot too early against slots to look at. */
  readonly tickMs: number
  /** Most timers at a time; more are refused. */
  readonly countMax: number
}

/**
 * Wakes very many keys, each at its moment: a hierarchical timing wheel (Varghese and Lauck, 1987).
 *
 * Setting, moving and cancelling a timer take the same time however many there are; time passing costs
 * a look at each slot that it passes, and each timer is moved at most three times before it is due.
 * Nothing is ever called before its moment; it is called at the first `advance` from then on.
 *
 * Timers lie in typed arrays, those of a slot in a doubly linked list by index.
 */
export class TimerWheel {
  readonly #tickMs: number
  readonly #countMax: number
  /** All up to this moment have been called. */
  #nowMs: number
  #tick: number
  readonly #indexes = new Map<string, number>()
  #keys: (string | undefined)[] = []
  #dueAtMs = new Float64Array(capacityMin)
  /** In a list; also of places that are free. */
  #next = new Int32Array(capacityMin)
  #previous = new Int32Array(capacityMin)
  /** The list that each is in. */
  #lists = new Uint16Array(capacityMin)
  readonly #heads = new Int32Array(dueList + 1).fill(none)
  readonly #countByLevel = new Int32Array(levelCount + 1)
  #free = none
  #usedCount = 0

  constructor({ startMs, tickMs, countMax }: TimerWheelOptions) {
    this.#tickMs = tickMs
    this.#countMax = countMax
    this.#nowMs = startMs
    this.#tick = Math.floor(startMs / tickMs)
  }

  /** Timers that are set. */
  get count(): number {
    return this.#indexes.size
  }

  /** When the key is due; Infinity where it has no timer. */
  dueAtMs(key: string): number {
    const index = this.#indexes.get(key)
    return index === undefined ? Infinity : this.#dueAtMs[index]!
  }

  /**
   * Sets the key's timer, or moves it. One for a moment that has passed is called at the next `advance`.
   *
   * @param dueAtMs Infinity: never, which is to cancel it.
   * @returns false where there are as many timers as there may be, and it wasn't set.
   */
  set(key: string, dueAtMs: number): boolean {
    if (dueAtMs === Infinity) {
      this.cancel(key)
      return true
    }
    let index = this.#indexes.get(key)
    if (index !== undefined) this.#unlink(index)
    else {
      if (this.#indexes.size >= this.#countMax) return false
      index = this.#take()
      this.#keys[index] = key
      this.#indexes.set(key, index)
    }
    this.#dueAtMs[index] = dueAtMs
    this.#place(index)
    return true
  }

  /** @returns whether there was a timer. */
  cancel(key: string): boolean {
    const index = this.#indexes.get(key)
    if (index === undefined) return false
    this.#unlink(index)
    this.#release(index)
    return true
  }

  /**
   * Calls every timer that is due, once: it is gone by then, and may be set anew. Those of one tick
   * come in any order, those of different ticks in theirs.
   */
  advance(nowMs: number, onDue: (key: string) => void): void {
    if (nowMs < this.#nowMs) return
    this.#nowMs = nowMs
    const lastTick = Math.floor(nowMs / this.#tickMs)
    this.#callDue(onDue)
    while (this.#tick < lastTick) {
      this.#tick = Math.min(this.#nextTick(), lastTick)
      this.#cascade()
      this.#callDue(onDue)
    }
  }

  /** The next tick at which anything can be due or has to be moved: empty levels are passed at once. */
  #nextTick(): number {
    let span = 1
    for (let level = 0; level < levelCount; level++) {
      if (this.#countByLevel[level] !== 0) break
      span *= slotCount
    }
    return (Math.floor(this.#tick / span) + 1) * span
  }

  /** Where a slot of a higher level begins, its timers go to lower ones. */
  #cascade(): void {
    let span = slotCount
    for (let level = 1; level < levelCount && this.#tick % span === 0; level++) {
      const slot = Math.floor(this.#tick / span) & slotMask
      let index = this.#heads[level * slotCount + slot]!
      while (index !== none) {
        const next = this.#next[index]!
        this.#unlink(index)
        this.#place(index)
        index = next
      }
      span *= slotCount
    }
  }

  /**
   * Calls what is due of the tick's slot. That is taken out first, as what is called may set and cancel
   * others; what it sets for a moment that has passed waits for the next `advance`, or a later tick.
   */
  #callDue(onDue: (key: string) => void): void {
    let index = this.#heads[this.#tick & slotMask]!
    while (index !== none) {
      const next = this.#next[index]!
      if (this.#dueAtMs[index]! <= this.#nowMs) {
        this.#unlink(index)
        this.#link(index, dueList)
      }
      index = next
    }
    for (;;) {
      index = this.#heads[dueList]!
      if (index === none) return
      const key = this.#keys[index]!
      this.#unlink(index)
      this.#release(index)
      onDue(key)
    }
  }

  #place(index: number): void {
    const tick = Math.max(Math.floor(this.#dueAtMs[index]! / this.#tickMs), this.#tick)
    // What lies beyond the last level waits at its end, and is placed anew there.
    const ahead = Math.min(tick - this.#tick, tickCountMax)
    let level = 0
    let span = 1
    while (ahead >= span * slotCount) {
      level++
      span *= slotCount
    }
    const slot = Math.floor((this.#tick + ahead) / span) & slotMask
    this.#link(index, level * slotCount + slot)
  }

  #link(index: number, list: number): void {
    const first = this.#heads[list]!
    this.#next[index] = first
    this.#previous[index] = none
    this.#lists[index] = list
    if (first !== none) this.#previous[first] = index
    this.#heads[list] = index
    this.#countByLevel[list >>> levelBits]!++
  }
  #unlink(index: number): void {
    const next = this.#next[index]!
    const previous = this.#previous[index]!
    const list = this.#lists[index]!
    if (previous === none) this.#heads[list] = next
    else this.#next[previous] = next
    if (next !== none) this.#previous[next] = previous
    this.#countByLevel[list >>> levelBits]!--
  }

  /** A place for one more; the arrays double where there is none. */
  #take(): number {
    const free = this.#free
    if (free !== none) {
      this.#free = this.#next[free]!
      return free
    }
    const index = this.#usedCount++
    if (index === this.#next.length) {
      const capacity = Math.min(index * 2, this.#countMax)
      this.#dueAtMs = grown(this.#dueAtMs, new Float64Array(capacity))
      this.#next = grown(this.#next, new Int32Array(capacity))
      this.#previous = grown(this.#previous, new Int32Array(capacity))
      this.#lists = grown(this.#lists, new Uint16Array(capacity))
    }
    return index
  }

  #release(index: number): void {
    this.#indexes.delete(this.#keys[index]!)
    this.#keys[index] = undefined
    this.#next[index] = this.#free
    this.#free = index
  }
}

function grown<T extends { set(from: T): void }>(from: T, into: T): T {
  into.set(from)
  return into
}
