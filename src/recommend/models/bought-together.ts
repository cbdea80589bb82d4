import type { ProductFacts } from '../facts.js'
import type { Query, Source } from '../query.js'
import type { Scores } from '../scores.js'
import { queryItemsMax, type RelatedRows } from './related-rows.js'

/** What a product in the cart counts beside one that the page is about. */
const cartFactor = 0.5
/** Prices that differ less than this are in one band. */
const priceRatioMax = 1.3

/** What was bought in one order with the query's products, or with what is in the cart. */
export class BoughtTogether implements Source {
  readonly #rows: RelatedRows

  constructor(rows: RelatedRows) {
    this.#rows = rows
  }

  gather(query: Query, scores: Scores): void {
    const { products, cart } = query
    const productCount = Math.min(products.length, queryItemsMax)
    for (let i = 0; i < productCount; i++) this.#rows.addTo(scores, products[i]!, 1)
    const cartCount = Math.min(cart.length, queryItemsMax)
    for (let i = 0; i < cartCount; i++)
      if (!products.includes(cart[i]!)) this.#rows.addTo(scores, cart[i]!, cartFactor)
  }
}

/**
 * What was bought together and goes with it rather than in its place. Left out are products of the category of
 * one of the query's, or of what is in the cart, unless it is sure that people buy both; and always what is
 * alike: one category or none, one brand, about one price.
 */
export class Complements implements Source {
  readonly #rows: RelatedRows
  readonly #facts: ProductFacts
  readonly #given = new Int32Array(queryItemsMax * 2)
  #givenCount = 0

  constructor(rows: RelatedRows, facts: ProductFacts) {
    this.#rows = rows
    this.#facts = facts
  }

  gather(query: Query, scores: Scores): void {
    const { products, cart } = query
    const productCount = Math.min(products.length, queryItemsMax)
    const cartCount = Math.min(cart.length, queryItemsMax)
    this.#givenCount = 0
    for (let i = 0; i < productCount; i++) this.#given[this.#givenCount++] = products[i]!
    for (let i = 0; i < cartCount; i++)
      if (!products.includes(cart[i]!)) this.#given[this.#givenCount++] = cart[i]!
    for (let i = 0; i < this.#givenCount; i++)
      this.#addRow(scores, this.#given[i]!, i < productCount ? 1 : cartFactor)
  }

  #addRow(scores: Scores, item: number, factor: number): void {
    const rows = this.#rows
    if (item + 1 >= rows.starts.length) return
    const end = rows.starts[item + 1]!
    for (let at = rows.starts[item]!; at < end; at++) {
      const other = rows.items[at]!
      if (!this.#replaces(other, rows.sure[at] === 1)) scores.add(other, rows.weights[at]! * factor)
    }
  }

  #replaces(other: number, isSure: boolean): boolean {
    const { category, brand, priceMicros } = this.#facts
    const itsCategory = category[other] ?? -1
    const itsBrand = brand[other] ?? -1
    for (let i = 0; i < this.#givenCount; i++) {
      const given = this.#given[i]!
      const givenCategory = category[given] ?? -1
      if (itsCategory >= 0 && givenCategory >= 0 && itsCategory !== givenCategory) continue
      const isOfCategory = itsCategory >= 0 && itsCategory === givenCategory
      if (isOfCategory && !isSure) return true
      if (itsBrand < 0 || itsBrand !== (brand[given] ?? -1)) continue
      if (isNear(priceMicros[other] ?? 0, priceMicros[given] ?? 0)) return true
    }
    return false
  }
}

function isNear(a: number, b: number): boolean {
  return a > 0 && b > 0 && a < b * priceRatioMax && b < a * priceRatioMax
}
