import type { ProductFacts } from '../facts.js'
import { ItemTable } from '../item-table.js'
import type { Scores } from '../scores.js'
import type { ContentParts, ProductText } from './content-build.js'
import { chooseTerms, itemTermsMax, TermReader } from './content-terms.js'
import { GrowingInts, grownCount } from './growing.js'
import { pageOf } from './product-page.js'
import { NearWords } from './word-buckets.js'

/** Products that can be added between two builds; further ones wait for the next. */
export const addedMax = 200_000
/** Of those with one term, the last so many are looked at. */
const addedWalkMax = 200

/** Products by the terms that they have, as built and with what was added since. */
export class ContentIndex {
  readonly terms: ItemTable
  readonly near: NearWords
  #textCount: number
  #addedCount = 0
  readonly #reader: TermReader
  #counts: Int32Array<ArrayBuffer>
  readonly #postingStarts: Int32Array
  readonly #postings: Int32Array
  #itemFirsts: Int32Array<ArrayBuffer>
  #itemTermCounts: Uint8Array<ArrayBuffer>
  #pages: Int32Array<ArrayBuffer>
  readonly #builtTerms: Int32Array
  /** Terms of products that were added: their place is counted on from the built ones'. */
  readonly #addedTerms = new GrowingInts(16)
  /** By term: its last node, -1 where there is none. A node is a product, and the node before it. */
  #heads = new Int32Array(0)
  readonly #nodeItems = new GrowingInts(16)
  readonly #nodeNexts = new GrowingInts(16)
  readonly #choice = new Int32Array(itemTermsMax)

  constructor(parts: ContentParts) {
    // The table goes on where the parts end, and touches nothing that `near` reads.
    this.near = new NearWords(parts.terms, parts.buckets, parts.counts)
    this.terms = new ItemTable(parts.terms)
    this.#textCount = parts.textCount
    this.#reader = new TermReader(this.terms, parts.kinds)
    this.#counts = parts.counts
    this.#postingStarts = parts.postingStarts
    this.#postings = parts.postings
    this.#itemFirsts = parts.itemFirsts
    this.#itemTermCounts = parts.itemTermCounts
    this.#builtTerms = parts.itemTerms
    this.#pages = parts.pages
  }

  /** 0 for a product without a text. */
  termCountOf(item: number): number {
    return this.#itemTermCounts[item] ?? 0
  }

  /** @param i below the product's `termCountOf`. */
  termAt(item: number, i: number): number {
    const at = this.#itemFirsts[item]! + i
    const added = at - this.#builtTerms.length
    return added < 0 ? this.#builtTerms[at]! : this.#addedTerms.values[added]!
  }

  kindOf(term: number): number {
    return this.#reader.kinds[term]!
  }

  /** How much it tells that two products share a word, or that they are found by one: its rarity. */
  rarityOf(term: number): number {
    return Math.log(1 + this.#textCount / Math.max(1, this.#counts[term]!))
  }

  /** The largest rarity that there can be. */
  rarityMax(): number {
    return Math.log(1 + this.#textCount)
  }

  countOf(term: number): number {
    return this.#counts[term]!
  }

  /** What sizes and colours of one product share, see `pageOf`; 0 where nobody knows. */
  pageOf(item: number): number {
    return this.#pages[item] ?? 0
  }

  /** Adds `weight` to products that have the term. @returns how many those were. */
  addTo(scores: Scores, term: number, weight: number): number {
    let count = 0
    for (let node = this.#heads[term] ?? -1; node >= 0 && count < addedWalkMax; count++) {
      scores.add(this.#nodeItems.values[node]!, weight)
      node = this.#nodeNexts.values[node]!
    }
    if (term + 1 >= this.#postingStarts.length) return count
    const start = this.#postingStarts[term]!
    const end = this.#postingStarts[term + 1]!
    for (let at = start; at < end; at++) scores.add(this.#postings[at]!, weight)
    return count + end - start
  }

  /**
   * Takes in a product that was published since the build, or one with another title, brand or category.
   *
   * @returns whether there was room for it.
   */
  add(text: ProductText, facts: ProductFacts): boolean {
    if (this.#addedCount >= addedMax) return false
    const { item } = text
    const count = this.#reader.read(text, facts)
    const given = this.#reader.out
    this.#growTerms()
    for (let i = 0; i < count; i++) this.#counts[given[i]!]!++
    const chosen = chooseTerms(given, count, this.#counts, this.#reader.kinds, this.#choice)
    if (this.#hasChoice(item, chosen)) {
      for (let i = 0; i < count; i++) this.#counts[given[i]!]!--
      return true
    }
    this.#growItems(item)
    this.#pages[item] = pageOf(text.link)
    if (this.#itemTermCounts[item] === 0) this.#textCount++
    this.#itemFirsts[item] = this.#builtTerms.length + this.#addedTerms.count
    this.#itemTermCounts[item] = chosen
    for (let i = 0; i < chosen; i++) {
      const term = this.#choice[i]!
      this.#addedTerms.push(term)
      this.#nodeItems.push(item)
      this.#nodeNexts.push(this.#heads[term]!)
      this.#heads[term] = this.#nodeItems.count - 1
    }
    this.#addedCount++
    return true
  }

  /** Whether the product is there with the terms that were chosen. */
  #hasChoice(item: number, chosen: number): boolean {
    if (this.termCountOf(item) === 0) return false
    for (let i = 0; i < chosen; i++) if (!this.#has(item, this.#choice[i]!)) return false
    return true
  }

  #has(item: number, term: number): boolean {
    const count = this.termCountOf(item)
    for (let i = 0; i < count; i++) if (this.termAt(item, i) === term) return true
    return false
  }

  #growTerms(): void {
    const count = this.terms.count
    if (this.#heads.length >= count) return
    const before = this.#heads.length
    const heads = new Int32Array(grownCount(count)).fill(-1, before)
    heads.set(this.#heads)
    this.#heads = heads
    const counts = new Int32Array(heads.length)
    counts.set(this.#counts)
    this.#counts = counts
  }

  #growItems(item: number): void {
    if (item < this.#itemFirsts.length) return
    const firsts = new Int32Array(grownCount(item + 1))
    const counts = new Uint8Array(firsts.length)
    const pages = new Int32Array(firsts.length)
    firsts.set(this.#itemFirsts)
    pages.set(this.#pages)
    counts.set(this.#itemTermCounts)
    this.#itemFirsts = firsts
    this.#pages = pages
    this.#itemTermCounts = counts
  }
}
