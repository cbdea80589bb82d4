import type { ProductFacts } from '../facts.js'
import type { ItemTable } from '../item-table.js'
import { grownCount } from './growing.js'
import { addWords, wordsOf } from './words.js'

/** Words that are read of a title, with its brand and the last step of its category. */
const wordsMax = 24
/** Words that a product is found by: its rarest that others have too … */
const sharedMax = 8
/** … and as many that nobody else has: model numbers, which people search for. */
const ownMax = 2
/** And its category, and its brand. */
export const itemTermsMax = sharedMax + ownMax + 2
/** Further words are left out: a feed of random letters must not fill memory. */
const termCountMax = 4_000_000

export const TermKind = { word: 0, category: 1, brand: 2 } as const

const categoryMark = '/'
const brandMark = '@'

/** A product's terms, as numbers of a table that grows along. */
export class TermReader {
  /** The terms that were read last. */
  readonly out = new Int32Array(wordsMax + 2)
  /** By term; as long as the table, or longer. */
  kinds: Uint8Array<ArrayBuffer>
  readonly #terms: ItemTable
  readonly #words: string[] = []

  /** @param kinds of the terms that the table has by now. */
  constructor(terms: ItemTable, kinds: Uint8Array<ArrayBuffer> = new Uint8Array(0)) {
    this.#terms = terms
    this.kinds = kinds
  }

  /** @returns how many there are in `out`. */
  read(text: { item: number; title: string }, facts: ProductFacts): number {
    const category = facts.categories[facts.category[text.item] ?? -1] ?? ''
    const brand = facts.brands[facts.brand[text.item] ?? -1] ?? ''
    const words = this.#words
    wordsOf(text.title, wordsMax, words)
    addWords(brand, wordsMax, words)
    addWords(category.slice(category.lastIndexOf('/') + 1), wordsMax, words)
    let count = 0
    for (let i = 0; i < words.length; i++) count = this.#take(words[i]!, TermKind.word, count)
    if (category !== '') count = this.#take(categoryMark + category, TermKind.category, count)
    if (brand !== '') count = this.#take(brandMark + brand, TermKind.brand, count)
    return count
  }

  #take(term: string, kind: number, count: number): number {
    const isFull = this.#terms.count >= termCountMax
    const number = isFull ? this.#terms.indexOf(term) : this.#terms.add(term)
    if (number < 0) return count
    if (number >= this.kinds.length) {
      const kinds = new Uint8Array(grownCount(number + 1))
      kinds.set(this.kinds)
      this.kinds = kinds
    }
    this.kinds[number] = kind
    this.out[count] = number
    return count + 1
  }
}

/**
 * Of a product's terms those that it is found by: words rarest first, then category and brand.
 *
 * @param given `count` different ones; `counts` how many products have each, this one included.
 * @param out has room for `itemTermsMax`.
 * @returns how many were chosen.
 */
export function chooseTerms(
  given: Int32Array,
  count: number,
  counts: Int32Array,
  kinds: Uint8Array,
  out: Int32Array,
): number {
  let ownCount = 0
  let chosen = 0
  for (let i = 0; i < count; i++)
    if (counts[given[i]!] === 1 && ownCount < ownMax && kinds[given[i]!] === TermKind.word) {
      out[chosen++] = given[i]!
      ownCount++
    }
  for (let i = 0; i < count; i++) {
    const term = given[i]!
    if (counts[term]! < 2 || kinds[term] !== TermKind.word) continue
    let place = chosen
    while (place > ownCount && counts[out[place - 1]!]! > counts[term]!) place--
    if (place === ownCount + sharedMax) continue
    if (chosen < ownCount + sharedMax) chosen++
    for (let at = chosen - 1; at > place; at--) out[at] = out[at - 1]!
    out[place] = term
  }
  for (let i = 0; i < count; i++) if (kinds[given[i]!] !== TermKind.word) out[chosen++] = given[i]!
  return chosen
}
