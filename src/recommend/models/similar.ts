import { FactFlag, type ProductFacts } from '../facts.js'
import type { Query, Source } from '../query.js'
import type { Scores } from '../scores.js'
import type { ContentIndex } from './content-index.js'
import { itemTermsMax, TermKind } from './content-terms.js'
import { familyOf } from './family.js'
import { found } from './scratch.js'

/** Products of a query that others are found by, each worth half the one before. */
const givenMax = 3
/** Products that are looked at, and of those the best that are compared term by term. */
const walkMax = 1_200
const comparedMax = 160
/** What is shared beside words, in parts of what the rarest word is worth. */
const categoryWorth = 0.5
const brandWorth = 0.15
const priceWorth = 0.25
/** Prices that differ by this factor, and more, have nothing in common. */
const priceRatioMax = 2.5
/** What the same in another size or colour is worth: it is there where there is nothing else. */
const variantFactor = 0.1

/** For all shops, as `found`. */
const best = new Int32Array(comparedMax)
const families = new Int32Array(comparedMax + 1)
const pages = new Int32Array(comparedMax + 1)

/**
 * What is like the query's products by the words of the title, by category, brand and price; where the page is
 * about none, like the one that was looked at last.
 *
 * Products are found by the rarest terms first, until enough are; the best of them are compared in full, as
 * a common term only lists a part of the products that have it. Of those that differ in size or colour only,
 * the first counts in full.
 */
export class Similar implements Source {
  readonly #index: ContentIndex
  readonly #facts: ProductFacts
  readonly #given = new Int32Array(givenMax)
  #givenCount = 0
  readonly #terms = new Int32Array(givenMax * itemTermsMax)
  readonly #weights = new Float64Array(givenMax * itemTermsMax)
  #termCount = 0
  #familyCount = 0

  constructor(index: ContentIndex, facts: ProductFacts) {
    this.#index = index
    this.#facts = facts
  }

  gather(query: Query, scores: Scores): void {
    this.#take(query)
    if (this.#termCount === 0) return
    found.begin(this.#facts.flags.length)
    let walked = 0
    for (let i = 0; i < this.#termCount && walked < walkMax; i++) {
      const term = this.#terms[i]!
      if (this.#index.kindOf(term) !== TermKind.word && found.count >= comparedMax) continue
      walked += this.#index.addTo(found, term, this.#weights[i]!)
    }
    const count = found.top(comparedMax, best)
    this.#familyCount = 0
    this.#takeFamily(this.#given[0]!, familyOf(this.#given[0]!, this.#index, this.#facts))
    for (let i = 0; i < count; i++) {
      const item = best[i]!
      if (this.#isGiven(item)) continue
      const worth = this.#compare(item)
      if (worth > 0) scores.add(item, this.#isVariant(item) ? worth * variantFactor : worth)
    }
  }

  /** Whether it is the given product, or one that came before it, in another size or colour. */
  #isVariant(item: number): boolean {
    const family = familyOf(item, this.#index, this.#facts)
    const page = this.#index.pageOf(item)
    for (let i = 0; i < this.#familyCount; i++)
      if (families[i] === family || (page !== 0 && pages[i] === page)) return true
    // What can't be bought must not stand for those that can.
    if (((this.#facts.flags[item] ?? 0) & FactFlag.inStock) !== 0) this.#takeFamily(item, family)
    return false
  }

  #takeFamily(item: number, family: number): void {
    families[this.#familyCount] = family
    pages[this.#familyCount++] = this.#index.pageOf(item)
  }

  #take(query: Query): void {
    const { products, session } = query
    this.#givenCount = 0
    this.#termCount = 0
    const productCount = Math.min(products.length, givenMax)
    for (let i = 0; i < productCount; i++) this.#takeItem(products[i]!, 1 / 2 ** i)
    if (productCount === 0 && session.length > 0) this.#takeItem(session[session.length - 1]!, 1)
    this.#sortTerms()
  }

  #takeItem(item: number, factor: number): void {
    this.#given[this.#givenCount++] = item
    const count = this.#index.termCountOf(item)
    for (let i = 0; i < count; i++) {
      const term = this.#index.termAt(item, i)
      const weight = factor * this.#worthOf(term)
      const place = this.#placeOf(term)
      this.#weights[place] = place < this.#termCount ? this.#weights[place]! + weight : weight
      this.#terms[place] = term
      if (place === this.#termCount) this.#termCount++
    }
  }

  #worthOf(term: number): number {
    switch (this.#index.kindOf(term)) {
      case TermKind.category:
        return categoryWorth * this.#index.rarityMax()
      case TermKind.brand:
        return brandWorth * this.#index.rarityMax()
      default:
        return this.#index.rarityOf(term)
    }
  }

  #placeOf(term: number): number {
    let place = 0
    while (place < this.#termCount && this.#terms[place] !== term) place++
    return place
  }

  /** Words by their worth, then categories and brands. */
  #sortTerms(): void {
    for (let i = 1; i < this.#termCount; i++) {
      const term = this.#terms[i]!
      const weight = this.#weights[i]!
      let place = i
      for (; place > 0 && this.#isBefore(term, weight, place - 1); place--) {
        this.#terms[place] = this.#terms[place - 1]!
        this.#weights[place] = this.#weights[place - 1]!
      }
      this.#terms[place] = term
      this.#weights[place] = weight
    }
  }

  #isBefore(term: number, weight: number, place: number): boolean {
    const kind = this.#index.kindOf(term)
    const otherKind = this.#index.kindOf(this.#terms[place]!)
    return kind === otherKind ? weight > this.#weights[place]! : kind < otherKind
  }

  #isGiven(item: number): boolean {
    for (let i = 0; i < this.#givenCount; i++) if (this.#given[i] === item) return true
    return false
  }

  #compare(item: number): number {
    let worth = 0
    const count = this.#index.termCountOf(item)
    for (let i = 0; i < count; i++) {
      const place = this.#placeOf(this.#index.termAt(item, i))
      if (place < this.#termCount) worth += this.#weights[place]!
    }
    if (worth === 0) return 0
    const price = this.#facts.priceMicros[item] ?? 0
    const given = this.#facts.priceMicros[this.#given[0]!] ?? 0
    if (price > 0 && given > 0) {
      const apart = Math.abs(Math.log(price / given)) / Math.log(priceRatioMax)
      if (apart < 1) worth += priceWorth * this.#index.rarityMax() * (1 - apart)
    }
    return worth
  }
}
