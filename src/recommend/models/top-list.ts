/** What a list is in order of. */
export interface Ranking {
  /** Above 0 for what may be in a list. */
  valueOf(item: number): number
}

/** The best products by a ranking, best first, of two with one value the lower number. */
export class TopList {
  /** The first `count` hold. */
  items: Int32Array
  count: number
  readonly #countMax: number

  /** @param items in order; taken over. */
  constructor(countMax: number, items: Int32Array = new Int32Array(0)) {
    this.items = items
    this.count = items.length
    this.#countMax = countMax
  }

  /** Puts a product to where it belongs after its value changed. @returns whether it is in the list. */
  move(item: number, ranking: Ranking): boolean {
    for (let at = 0; at < this.count; at++)
      if (this.items[at] === item) {
        this.#settle(at, item, ranking)
        return true
      }
    return false
  }

  /** Takes a product in that isn't in the list, if it is good enough. */
  join(item: number, ranking: Ranking): void {
    const value = ranking.valueOf(item)
    if (!(value > 0)) return
    if (this.count === this.#countMax) {
      const last = this.items[this.count - 1]!
      if (!isBefore(item, value, last, ranking.valueOf(last))) return
    } else {
      if (this.count === this.items.length) this.#grow()
      this.count++
    }
    this.#settle(this.count - 1, item, ranking)
  }

  #settle(from: number, item: number, ranking: Ranking): void {
    const { items } = this
    const value = ranking.valueOf(item)
    let at = from
    for (; at > 0; at--) {
      const other = items[at - 1]!
      if (!isBefore(item, value, other, ranking.valueOf(other))) break
      items[at] = other
    }
    for (; at + 1 < this.count; at++) {
      const other = items[at + 1]!
      if (!isBefore(other, ranking.valueOf(other), item, value)) break
      items[at] = other
    }
    items[at] = item
  }

  #grow(): void {
    const items = new Int32Array(Math.min(this.#countMax, Math.max(4, this.items.length * 2)))
    items.set(this.items)
    this.items = items
  }
}

function isBefore(a: number, aValue: number, b: number, bValue: number): boolean {
  return aValue > bValue || (aValue === bValue && a < b)
}
