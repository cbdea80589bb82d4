import { FactFlag, type ProductFacts } from '../facts.js'
import type { Query, Source } from '../query.js'
import type { Scores } from '../scores.js'

export const newestMax = 300

/** By item, in seconds since 1970: since when a product is there. */
export interface FirstDays {
  /** When it came into the catalogue. */
  readonly added: Uint32Array
  /** When somebody first did something with it: tells apart what came at one time, as all of a first feed. */
  readonly looked: Uint32Array
}

/**
 * What came into the catalogue last and can be bought, newest first, of each group one. Of two that are as new the
 * higher number in the item table came later.
 */
export function buildNewest(
  facts: ProductFacts,
  itemCount: number,
  days: FirstDays,
): Int32Array<ArrayBuffer> {
  const ofGroup = new Int32Array(facts.groupCount).fill(-1)
  for (let item = 0; item < itemCount; item++) {
    const group = facts.group[item]!
    if (group < 0 || ((facts.flags[item] ?? 0) & FactFlag.inStock) === 0) continue
    if (ofGroup[group] === -1 || isNewer(days, item, ofGroup[group]!)) ofGroup[group] = item
  }
  const newest = new Int32Array(newestMax)
  let count = 0
  for (let item = 0; item < itemCount; item++) {
    if (((facts.flags[item] ?? 0) & FactFlag.inStock) === 0) continue
    const group = facts.group[item]!
    if (group >= 0 && ofGroup[group] !== item) continue
    let place = count
    while (place > 0 && isNewer(days, item, newest[place - 1]!)) place--
    if (place === newestMax) continue
    if (count < newestMax) count++
    newest.copyWithin(place + 1, place, count - 1)
    newest[place] = item
  }
  return newest.slice(0, count)
}

function isNewer({ added, looked }: FirstDays, item: number, other: number): boolean {
  if (added[item] !== added[other]) return added[item]! > added[other]!
  if (looked[item] !== looked[other]) return looked[item]! > looked[other]!
  return item > other
}

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
