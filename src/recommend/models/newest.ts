import { FactFlag, type ProductFacts } from '../facts.js'
import type { Query, Source } from '../query.js'
import type { Scores } from '../scores.js'

export const newestMax = 300

/**
 * What came into the catalogue last and can be bought, newest first.
 *
 * @param firstSeenSeconds by item, when it was first in the catalogue; null where nobody knows: then a higher
 *   number in the item table came later. Of two at one time the higher number came later.
 */
export function buildNewest(
  facts: ProductFacts,
  itemCount: number,
  firstSeenSeconds: Float64Array | Uint32Array | null,
): Int32Array<ArrayBuffer> {
  const newest = new Int32Array(newestMax)
  let count = 0
  for (let item = 0; item < itemCount; item++) {
    if (((facts.flags[item] ?? 0) & FactFlag.inStock) === 0) continue
    const seen = firstSeenSeconds === null ? item : firstSeenSeconds[item]!
    let place = count
    while (place > 0 && seen >= seenOf(newest[place - 1]!, firstSeenSeconds)) place--
    if (place === newestMax) continue
    if (count < newestMax) count++
    newest.copyWithin(place + 1, place, count - 1)
    newest[place] = item
  }
  return newest.slice(0, count)
}

const seenOf = (item: number, firstSeenSeconds: Float64Array | Uint32Array | null): number =>
  firstSeenSeconds === null ? item : firstSeenSeconds[item]!

/** What is new, newest first. */
export class Newest implements Source {
  /** A ring, the newest last. */
  readonly #ring = new Int32Array(newestMax)
  #count: number
  #next: number

  constructor(newest: Int32Array) {
    this.#count = Math.min(newest.length, newestMax)
    for (let i = 0; i < this.#count; i++) this.#ring[this.#count - 1 - i] = newest[i]!
    this.#next = this.#count % newestMax
  }

  /** A product that the catalogue never had before. */
  note(item: number): void {
    for (let i = 0; i < this.#count; i++) if (this.#ring[i] === item) return
    this.#ring[this.#next] = item
    this.#next = (this.#next + 1) % newestMax
    if (this.#count < newestMax) this.#count++
  }

  gather(_query: Query, scores: Scores): void {
    for (let i = 0; i < this.#count; i++) {
      const at = (this.#next - 1 - i + newestMax) % newestMax
      scores.add(this.#ring[at]!, 1 - i / newestMax)
    }
  }
}
