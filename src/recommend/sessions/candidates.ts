/**
 * Products that neighbours and transitions found for one request, with what each found: columns by slot, slots in
 * the order in which they were found. Only what was written is cleared again. One is enough for all shops.
 */
export class Candidates {
  count = 0
  /** By slot. */
  items = new Int32Array(1_024)
  /** Sum over the neighbours that have it; the largest of the summands; how many they are. */
  neighbours = new Float64Array(1_024)
  nearest = new Float64Array(1_024)
  neighbourCounts = new Float64Array(1_024)
  /** Came right after the newest look. */
  next = new Float64Array(1_024)
  /** The same where the look before was the same, too. */
  nextAfterPair = new Float64Array(1_024)
  /** Came somewhere after it, or before it. */
  ahead = new Float64Array(1_024)
  behind = new Float64Array(1_024)
  /** Came after, or before, an earlier look. */
  aheadOfEarlier = new Float64Array(1_024)
  behindEarlier = new Float64Array(1_024)
  /** What the two ways make of it: what products are ordered by, unless there is a ranker. */
  blend = new Float64Array(1_024)
  /** By product: its slot + 1; 0 where it has none. */
  #slots = new Int32Array(0)

  /** Forgets all. @param itemCount numbers of products are below it. */
  begin(itemCount: number): void {
    for (let slot = 0; slot < this.count; slot++) this.#slots[this.items[slot]!] = 0
    this.count = 0
    if (itemCount > this.#slots.length) this.#slots = new Int32Array(Math.ceil(itemCount * 1.25))
  }

  /** -1 where it wasn't found. */
  find(item: number): number {
    return this.#slots[item]! - 1
  }

  /** The product's slot, a new one with all columns 0 where it had none. */
  slotOf(item: number): number {
    const known = this.#slots[item]! - 1
    if (known >= 0) return known
    const slot = this.count++
    if (slot === this.items.length) this.#grow()
    this.#slots[item] = slot + 1
    this.items[slot] = item
    this.neighbours[slot] = 0
    this.nearest[slot] = 0
    this.neighbourCounts[slot] = 0
    this.nextAfterPair[slot] = 0
    this.blend[slot] = 0
    this.next[slot] = 0
    this.ahead[slot] = 0
    this.behind[slot] = 0
    this.aheadOfEarlier[slot] = 0
    this.behindEarlier[slot] = 0
    return slot
  }

  #grow(): void {
    const size = this.items.length * 2
    const items = new Int32Array(size)
    items.set(this.items)
    this.items = items
    this.neighbours = grown(this.neighbours, size)
    this.nearest = grown(this.nearest, size)
    this.neighbourCounts = grown(this.neighbourCounts, size)
    this.nextAfterPair = grown(this.nextAfterPair, size)
    this.blend = grown(this.blend, size)
    this.next = grown(this.next, size)
    this.ahead = grown(this.ahead, size)
    this.behind = grown(this.behind, size)
    this.aheadOfEarlier = grown(this.aheadOfEarlier, size)
    this.behindEarlier = grown(this.behindEarlier, size)
  }
}

function grown(from: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  const to = new Float64Array(size)
  to.set(from)
  return to
}
