import type { ItemTableParts } from '../item-table.js'

/** Terms by how they begin: by a hash of their first three letters. */
export interface WordBucketsParts {
  /** A power of two buckets: where each one's terms begin, and where the last one's end. */
  readonly starts: Int32Array<ArrayBuffer>
  readonly terms: Int32Array<ArrayBuffer>
}

const headLength = 3
const bucketCountMax = 65_536
/** Terms that are looked at for one word. */
const lookedAtMax = 4_000
/** Words shorter than this are not taken for a slip of another one. */
const slipLengthMin = 4
/** Letters that a word may be longer than what it is found by: endings. */
const endingLengthMax = 2

/** How well a term answers to a word that is in no title. */
const endingWorth = 0.8
const beginningWorth = 0.6
const slipWorth = 0.5

export const nearMax = 5

export function buildWordBuckets(table: ItemTableParts): WordBucketsParts {
  let bucketCount = 16
  while (bucketCount < bucketCountMax && bucketCount * 4 < table.count) bucketCount *= 2
  const starts = new Int32Array(bucketCount + 1)
  for (let term = 0; term < table.count; term++) starts[bucketOf(table, term, bucketCount) + 1]!++
  for (let bucket = 0; bucket < bucketCount; bucket++) starts[bucket + 1]! += starts[bucket]!
  const next = starts.slice()
  const terms = new Int32Array(table.count)
  for (let term = 0; term < table.count; term++)
    terms[next[bucketOf(table, term, bucketCount)]!++] = term
  return { starts, terms }
}

/** Finds terms for a word that isn't one: the same with another ending, cut off, or with one slip. */
export class NearWords {
  readonly terms = new Int32Array(nearMax)
  /** What a term that was found is worth, 1 at most. */
  readonly worths = new Float64Array(nearMax)
  readonly #ranks = new Float64Array(nearMax)
  #count = 0
  readonly #table: ItemTableParts
  readonly #buckets: WordBucketsParts
  readonly #counts: Int32Array

  /** @param counts how many products have each term: of those that fit as well the commonest are found. */
  constructor(table: ItemTableParts, buckets: WordBucketsParts, counts: Int32Array) {
    this.#table = table
    this.#buckets = buckets
    this.#counts = counts
  }

  /** @returns how many were found, best first. Words of less than three letters find nothing. */
  find(word: string): number {
    this.#count = 0
    if (word.length < headLength) return 0
    const bucketCount = this.#buckets.starts.length - 1
    const bucket =
      hashOf(word.charCodeAt(0), word.charCodeAt(1), word.charCodeAt(2)) & (bucketCount - 1)
    const start = this.#buckets.starts[bucket]!
    const end = Math.min(this.#buckets.starts[bucket + 1]!, start + lookedAtMax)
    for (let at = start; at < end; at++) {
      const term = this.#buckets.terms[at]!
      const worth = this.#worthOf(term, word)
      if (worth > 0) this.#offer(term, worth)
    }
    return this.#count
  }

  #worthOf(term: number, word: string): number {
    const { starts, units } = this.#table
    const start = starts[term]!
    const length = starts[term + 1]! - start
    let same = 0
    while (same < length && same < word.length && units[start + same] === word.charCodeAt(same))
      same++
    if (same < headLength) return 0
    if (same === length) return word.length - length <= endingLengthMax ? endingWorth : 0
    if (same === word.length) return length - same <= endingLengthMax ? endingWorth : beginningWorth
    if (word.length < slipLengthMin) return 0
    const isSlip =
      this.#isSame(start + same + 1, start + length, word, same + 1) ||
      this.#isSame(start + same, start + length, word, same + 1) ||
      this.#isSame(start + same + 1, start + length, word, same) ||
      (units[start + same] === word.charCodeAt(same + 1) &&
        units[start + same + 1] === word.charCodeAt(same) &&
        this.#isSame(start + same + 2, start + length, word, same + 2))
    return isSlip ? slipWorth : 0
  }

  /** Whether the rest of the term is the rest of the word. */
  #isSame(from: number, end: number, word: string, wordFrom: number): boolean {
    if (end - from !== word.length - wordFrom) return false
    for (let i = 0; from + i < end; i++)
      if (this.#table.units[from + i] !== word.charCodeAt(wordFrom + i)) return false
    return true
  }

  #offer(term: number, worth: number): void {
    const rank = worth * Math.log(2 + this.#counts[term]!)
    let place = this.#count
    while (place > 0 && this.#ranks[place - 1]! < rank) place--
    if (place === nearMax) return
    if (this.#count < nearMax) this.#count++
    for (let at = this.#count - 1; at > place; at--) {
      this.terms[at] = this.terms[at - 1]!
      this.worths[at] = this.worths[at - 1]!
      this.#ranks[at] = this.#ranks[at - 1]!
    }
    this.terms[place] = term
    this.worths[place] = worth
    this.#ranks[place] = rank
  }
}

function bucketOf(table: ItemTableParts, term: number, bucketCount: number): number {
  const start = table.starts[term]!
  const end = table.starts[term + 1]!
  const unit = (at: number): number => (start + at < end ? table.units[start + at]! : 0)
  return hashOf(unit(0), unit(1), unit(2)) & (bucketCount - 1)
}

function hashOf(a: number, b: number, c: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x27d4eb2f)
  return (hash ^ (hash >>> 13)) >>> 0
}
