/** More products of one shop than this are never shown to people it knows nothing of. */
export const strangersListMax = 1_024

/** What the order of products for strangers depends on, by place; grows as products are put. */
export class Shelf {
  readonly #numbers = new Map<string, number>()
  #category: Int32Array
  #margin: Float64Array

  constructor(countExpected: number) {
    this.#category = new Int32Array(countExpected)
    this.#margin = new Float64Array(countExpected)
  }

  put(
    place: number,
    { category, marginShare = 0 }: { category: string; marginShare?: number | undefined },
  ): void {
    if (place >= this.#category.length) this.#grow(place * 2 + 16)
    const known = this.#numbers.get(category)
    if (known === undefined) this.#numbers.set(category, this.#numbers.size)
    this.#category[place] = known ?? this.#numbers.size - 1
    this.#margin[place] = marginShare
  }

  /**
   * The first products that are shown to somebody of whom the shop knows nothing: the best margin
   * first, but one of each category in turn, as a stranger's taste is not known. Ties keep the feed's
   * order. One of each group comes before all others of any, so that few places are looked at for
   * products that are no variants of each other.
   *
   * @param count  products to choose from: places below it.
   * @param groups by place; 0 where it is of none. @param isShown of a place.
   * @returns places, `strangersListMax` at most.
   */
  order(count: number, groups: Float64Array, isShown: (place: number) => boolean): Int32Array {
    const margin = this.#margin
    const { places, start } = this.#byCategory(count, isShown)
    const better = (a: number, b: number): number => margin[b]! - margin[a]! || a - b
    const categoryCount = start.length - 1
    for (let c = 0; c < categoryCount; c++) places.subarray(start[c], start[c + 1]).sort(better)
    const next = start.slice(0, categoryCount)
    const order: number[] = []
    const others: number[] = []
    const groupsShown = new Set<number>()
    const isOther = (place: number): boolean => {
      if (groups[place] === 0 || !groupsShown.has(groups[place]!)) return false
      if (others.length < strangersListMax) others.push(place)
      return true
    }
    while (order.length < strangersListMax) {
      const round: number[] = []
      for (let c = 0; c < categoryCount; c++) {
        while (next[c]! < start[c + 1]! && isOther(places[next[c]!]!)) next[c]!++
        if (next[c]! < start[c + 1]!) round.push(places[next[c]!++]!)
      }
      if (round.length === 0) break
      for (const place of round.sort(better)) {
        if (isOther(place)) continue
        groupsShown.add(groups[place]!)
        order.push(place)
      }
    }
    return Int32Array.from([...order, ...others].slice(0, strangersListMax))
  }

  /** Shown places of category `c` at `places[start[c], start[c + 1])`, in their order. */
  #byCategory(
    count: number,
    isShown: (place: number) => boolean,
  ): { places: Int32Array; start: Int32Array } {
    const category = this.#category
    const start = new Int32Array(this.#numbers.size + 1)
    for (let place = 0; place < count; place++) if (isShown(place)) start[category[place]! + 1]!++
    for (let c = 0; c < this.#numbers.size; c++) start[c + 1]! += start[c]!
    const next = start.slice()
    const places = new Int32Array(start.at(-1)!)
    for (let place = 0; place < count; place++)
      if (isShown(place)) places[next[category[place]!]!++] = place
    return { places, start }
  }

  #grow(room: number): void {
    const { category, margin } = { category: this.#category, margin: this.#margin }
    this.#category = new Int32Array(room)
    this.#category.set(category)
    this.#margin = new Float64Array(room)
    this.#margin.set(margin)
  }
}
