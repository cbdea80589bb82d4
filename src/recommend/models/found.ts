import type { ProductFacts } from '../facts.js'
import type { Query, Source } from '../query.js'
import type { Scores } from '../scores.js'
import type { ContentIndex } from './content-index.js'
import { found } from './scratch.js'
import { nearMax } from './word-buckets.js'
import { wordsOf } from './words.js'

/** Words of a search that are looked up. */
const wordsMax = 8
const textLengthMax = 200
const walkMax = 1_000
const comparedMax = 160
/** What a word counts beside its rarity, so that more words are better than rarer ones. */
const wordWorth = 3
/** A word that fewer products have stands for those like it, too. */
const enoughProducts = 20

/** For all shops, as `found`. */
const best = new Int32Array(comparedMax)

/**
 * What the words of a search are in the titles of, or in brands and categories. A word that is in few or none stands
 * for those, too, that begin or end a little differently, or with one slip; of these the ones that came after the
 * build aren't known.
 */
export class Found implements Source {
  readonly #index: ContentIndex
  readonly #facts: ProductFacts
  readonly #words: string[] = []
  /** By word, `nearMax` each: terms that answer to it, and what each is worth. */
  readonly #terms = new Int32Array(wordsMax * nearMax)
  readonly #worths = new Float64Array(wordsMax * nearMax)
  readonly #termCounts = new Int32Array(wordsMax)
  /** Words in the order in which they are looked up. */
  readonly #order = new Int32Array(wordsMax)

  constructor(index: ContentIndex, facts: ProductFacts) {
    this.#index = index
    this.#facts = facts
  }

  gather(query: Query, scores: Scores): void {
    if (query.text === '') return
    wordsOf(query.text.slice(0, textLengthMax), wordsMax, this.#words)
    const wordCount = this.#words.length
    for (let word = 0; word < wordCount; word++) this.#lookUp(word)
    this.#sortWords(wordCount)
    found.begin(this.#facts.flags.length)
    let walked = 0
    for (let i = 0; i < wordCount && walked < walkMax; i++) walked += this.#walk(this.#order[i]!)
    const count = found.top(comparedMax, best)
    for (let i = 0; i < count; i++) {
      const worth = this.#compare(best[i]!, wordCount)
      if (worth > 0) scores.add(best[i]!, worth)
    }
  }

  #lookUp(word: number): void {
    const at = word * nearMax
    const term = this.#index.terms.indexOf(this.#words[word]!)
    let count = 0
    if (term >= 0) {
      this.#terms[at] = term
      this.#worths[at] = wordWorth + this.#index.rarityOf(term)
      count = 1
    }
    if (term < 0 || this.#index.countOf(term) < enoughProducts) {
      const { near } = this.#index
      const nearCount = near.find(this.#words[word]!)
      for (let i = 0; i < nearCount && count < nearMax; i++) {
        const other = near.terms[i]!
        if (other === term) continue
        this.#terms[at + count] = other
        this.#worths[at + count] = near.worths[i]! * (wordWorth + this.#index.rarityOf(other))
        count++
      }
    }
    this.#termCounts[word] = count
  }

  /** Those that tell most first. */
  #sortWords(wordCount: number): void {
    for (let word = 0; word < wordCount; word++) {
      let place = word
      for (; place > 0 && this.#worthOf(word) > this.#worthOf(this.#order[place - 1]!); place--)
        this.#order[place] = this.#order[place - 1]!
      this.#order[place] = word
    }
  }

  #worthOf(word: number): number {
    return this.#termCounts[word] === 0 ? 0 : this.#worths[word * nearMax]!
  }

  #walk(word: number): number {
    let walked = 0
    const end = word * nearMax + this.#termCounts[word]!
    for (let at = word * nearMax; at < end; at++)
      walked += this.#index.addTo(found, this.#terms[at]!, this.#worths[at]!)
    return walked
  }

  /** Common words list only a part of their products, so what was reached is read again. */
  #compare(item: number, wordCount: number): number {
    let worth = 0
    const termCount = this.#index.termCountOf(item)
    for (let word = 0; word < wordCount; word++) {
      let wordBest = 0
      const end = word * nearMax + this.#termCounts[word]!
      for (let at = word * nearMax; at < end; at++)
        for (let i = 0; i < termCount; i++)
          if (this.#index.termAt(item, i) === this.#terms[at] && this.#worths[at]! > wordBest)
            wordBest = this.#worths[at]!
      worth += wordBest
    }
    return worth
  }
}
