/** More products of one shop than this are never shown to people it knows nothing of. */
export const strangersListMax = 1_024

/** What the order for strangers depends on: of one product. */
export interface Shelved {
  readonly category: string
  readonly marginShare?: number | undefined
}

/** Of all products of a table, as it is kept. */
export interface ShelfColumns {
  /** By number of a category: its name. */
  readonly names: readonly string[]
  /** By product: its category's number, and what the shop keeps of the price. */
  readonly category: Int32Array
  readonly margin: Float64Array
}

/** What the order of products for strangers depends on, by place; grows as products are put. */
export class Shelf {
  readonly #names: string[] = []
  readonly #numbers = new Map<string, number>()
  #category: Int32Array
  #margin: Float64Array

  constructor(countExpected: number) {
    this.#category = new Int32Array(countExpected)
    this.#margin = new Float64Array(countExpected)
  }

  /** @param columns become its own. */
  static from({ names, category, margin }: ShelfColumns): Shelf {
    const shelf = new Shelf(0)
    for (const name of names) shelf.#numberOf(name)
    shelf.#category = category
    shelf.#margin = margin
    return shelf
  }

  /** Of the products at places below `count`. */
  columns(count: number): ShelfColumns {
    return {
      names: this.#names,
      category: this.#category.subarray(0, count),
      margin: this.#margin.subarray(0, count),
    }
  }

  put(place: number, { category, marginShare = 0 }: Shelved): void {
    if (place >= this.#category.length) this.#grow(place * 2 + 16)
    this.#category[place] = this.#numberOf(category)
    this.#margin[place] = marginShare
  }

  /** What was put of a product. */
  at(place: number): Shelved {
    return { category: this.#names[this.#category[place]!]!, marginShare: this.#margin[place]! }
  }

  #numberOf(category: string): number {
    const known = this.#numbers.get(category)
    if (known !== undefined) return known
    this.#numbers.set(category, this.#names.length)
    return this.#names.push(category) - 1
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
    for (let c = 0; c < categoryCount; c++) sort(places.subarray(start[c], start[c + 1]), margin)
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

/**
 * The best margin first, then in the order of places.
 *
 * By numbers alone: a comparison of our own would make a million places take a second.
 *
 * @param places rising.
 */
function sort(places: Int32Array, margin: Float64Array): void {
  const margins = new Set<number>()
  let isSorted = true
  let last = Number.POSITIVE_INFINITY
  for (const place of places) {
    if (margin[place]! > last) isSorted = false
    last = margin[place]!
    margins.add(last)
  }
  if (isSorted) return
  const falling = Float64Array.from(margins).sort().reverse()
  const ranks = new Map(Array.from(falling, (value, rank) => [value, rank]))
  const keys = Float64Array.from(places, (place) => ranks.get(margin[place]!)! * placeMax + place)
  keys.sort()
  for (const [at, key] of keys.entries()) places[at] = key % placeMax
}

/** More than any place, and small enough for as many ranks in a number's 53 bits. */
const placeMax = 2 ** 32
