/**
 * Products gathered for one answer, with a score each: a dense array that is cleared by stamping. One is made
 * per process and used again for every request of every shop; nothing that uses it waits in between.
 */
export class Scores {
  /** Products that have a score, in the order in which they got it; the first `count` hold. */
  items = new Int32Array(1_024)
  count = 0
  #scores = new Float64Array(0)
  #stamps = new Uint32Array(0)
  #epoch = 0
  #heap = new Int32Array(0)

  /** Forgets all. @param itemCount products that the shop has. */
  begin(itemCount: number): void {
    this.count = 0
    if (itemCount > this.#scores.length) this.#grow(itemCount)
    if (++this.#epoch <= 0xffff_ffff) return
    this.#stamps.fill(0)
    this.#epoch = 1
  }

  has(item: number): boolean {
    return this.#stamps[item] === this.#epoch
  }

  /** 0 where it has none. */
  of(item: number): number {
    return this.#stamps[item] === this.#epoch ? this.#scores[item]! : 0
  }

  /** @param item below the `itemCount` that was begun with. */
  add(item: number, score: number): void {
    if (this.#stamps[item] === this.#epoch) this.#scores[item]! += score
    else this.#begin(item, score)
  }

  set(item: number, score: number): void {
    if (this.#stamps[item] === this.#epoch) this.#scores[item] = score
    else this.#begin(item, score)
  }

  /** The largest score; 0 where there is none. */
  max(): number {
    let max = 0
    for (let i = 0; i < this.count; i++) max = Math.max(max, this.#scores[this.items[i]!]!)
    return max
  }

  /**
   * The best, best first; of two with one score the one with the lower index. Scores of 0 and below count for
   * nothing. O(count · log countMax), allocates nothing once it has been called with as many.
   *
   * @param out has room for `countMax`.
   * @returns how many there are.
   */
  top(countMax: number, out: Int32Array): number {
    if (countMax > this.#heap.length) this.#heap = new Int32Array(countMax)
    let size = 0
    for (let i = 0; i < this.count; i++) {
      const item = this.items[i]!
      if (!(this.#scores[item]! > 0)) continue
      if (size < countMax) this.#rise(size++, item)
      else if (countMax > 0 && this.#isWorse(this.#heap[0]!, item)) this.#sink(size, item)
    }
    for (let left = size; left > 0; left--) {
      out[left - 1] = this.#heap[0]!
      this.#sink(left - 1, this.#heap[left - 1]!)
    }
    return size
  }

  #begin(item: number, score: number): void {
    this.#stamps[item] = this.#epoch
    this.#scores[item] = score
    if (this.count === this.items.length) {
      const items = new Int32Array(this.items.length * 2)
      items.set(this.items)
      this.items = items
    }
    this.items[this.count++] = item
  }

  #isWorse(a: number, b: number): boolean {
    const difference = this.#scores[a]! - this.#scores[b]!
    return difference < 0 || (difference === 0 && a > b)
  }

  /** The worst is at the top of the heap. */
  #rise(place: number, item: number): void {
    const heap = this.#heap
    let at = place
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isWorse(item, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = item
  }

  #sink(size: number, item: number): void {
    const heap = this.#heap
    let at = 0
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#isWorse(heap[child + 1]!, heap[child]!)) child++
      if (!this.#isWorse(heap[child]!, item)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = item
  }

  #grow(itemCount: number): void {
    const size = Math.ceil(itemCount * 1.25)
    this.#scores = new Float64Array(size)
    this.#stamps = new Uint32Array(size)
    this.#epoch = 0
  }
}
