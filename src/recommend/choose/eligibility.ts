import { FactFlag, type ProductFacts } from '../facts.js'
import type { ShopModel } from '../model.js'
import type { Query } from '../query.js'
import type { Scores } from '../scores.js'
import { boostOf } from './boosts.js'
import type { ChoiceFilters, ChoiceOptions } from './choice.js'
import type { CompiledSlot } from './compile-slot.js'
import { isWithin } from './names.js'
import { Variants } from './variants.js'

const shownFlags = FactFlag.listed | FactFlag.inStock
/** Of a list longer than this the rest isn't looked at: nothing that is known of a person is as long. */
const blockedCountMax = 10_000

/**
 * Which products one answer may show. Whatever the rules are, never one that can't be bought now, that the
 * page is about, or that stands on it already, nor, unless the slot shows variants, another variant of these, of what
 * is in the cart, or of what the person looked at or bought where those aren't shown. Only a page whose product is
 * sold out may show one that stands in for it. Used again for each answer, clears itself by stamping.
 */
export class Eligibility {
  #stamps = new Uint32Array(0)
  #epoch = 0
  readonly #variants = new Variants()
  #facts!: ProductFacts
  #slot!: CompiledSlot
  #filters!: ChoiceFilters
  #priceFromMicros = 0
  #priceToMicros = Infinity
  /** Of the request, on categories or brands: prices are in the two above. */
  #hasFilters = false
  #within = -1

  /**
   * @param scores used to ask what is due again: of what was bought within the slot's days only that may be
   *   shown which the source `replenish` finds.
   */
  begin(model: ShopModel, query: Query, options: ChoiceOptions, scores: Scores): void {
    const { slot, filters, excluded } = options
    this.#facts = model.facts
    this.#slot = slot
    this.#filters = filters
    this.#within = -1
    this.#hasFilters = filters.category !== -1 || filters.brands.length > 0
    this.#priceFromMicros = Math.max(slot.priceFromMicros, filters.priceFromMicros)
    this.#priceToMicros = Math.min(slot.priceToMicros, filters.priceToMicros)
    this.#beginStamps(model.items.count)
    this.#variants.begin(model.facts, !slot.showVariants)
    this.#blockAll(excluded)
    if (query.page === 'out-of-stock') this.#leaveOut(query.products)
    else this.#blockAll(query.products)
    this.#leaveOut(slot.productsExcluded)
    if (!slot.showCart) this.#blockAll(query.cart)
    else this.#claimAll(query.cart)
    if (!slot.showViewed) {
      this.#blockAll(query.viewed)
      this.#blockAll(query.session)
    }
    if (slot.boughtWithinSeconds > 0 && query.bought.length > 0)
      this.#blockBought(model, query, scores)
    if (slot.cartShareMax < Infinity) this.#priceByCart(query)
  }

  /** From now on only what is in the category or below it may be shown; -1: any again. */
  keepWithin(category: number): void {
    this.#within = category
  }

  /** From now on neither it nor another variant of it may be shown any more. */
  block(item: number): void {
    this.#stamps[item] = this.#epoch
    this.#variants.claim(item)
  }

  /** Of what a source has found, only the best of each group keeps its score. */
  keepBest(scores: Scores): void {
    this.#variants.keepBest(scores)
  }

  /** Whether a pin can be shown: of the slot's rules on prices, categories and brands it is free. */
  mayPin(item: number): boolean {
    return this.#isFree(item) && this.#fitsFilters(item)
  }

  /** What the product's score is multiplied by; 0 where it may not be shown. */
  factorOf(item: number): number {
    if (!this.#isFree(item)) return 0
    const facts = this.#facts
    const price = facts.priceMicros[item]!
    if (price < this.#priceFromMicros || price > this.#priceToMicros) return 0
    const { categoriesShown, brandsShown, boosts } = this.#slot
    if (categoriesShown !== null && categoriesShown[facts.category[item]! + 1] !== 1) return 0
    if (brandsShown !== null && brandsShown[facts.brand[item]! + 1] !== 1) return 0
    if (this.#hasFilters && !this.#fitsFilters(item)) return 0
    if (this.#within !== -1 && !isWithin(facts, facts.category[item]!, this.#within)) return 0
    return boosts.all === 0 ? 1 : boostOf(boosts, facts, item)
  }

  #isFree(item: number): boolean {
    return (
      (this.#facts.flags[item]! & shownFlags) === shownFlags &&
      this.#stamps[item] !== this.#epoch &&
      this.#variants.isFree(item)
    )
  }

  #fitsFilters(item: number): boolean {
    const { priceFromMicros, priceToMicros, category, brands } = this.#filters
    const price = this.#facts.priceMicros[item]!
    if (price < priceFromMicros || price > priceToMicros) return false
    if (category !== -1 && !isWithin(this.#facts, this.#facts.category[item]!, category))
      return false
    return brands.length === 0 || brands.includes(this.#facts.brand[item]!)
  }

  #beginStamps(itemCount: number): void {
    if (itemCount > this.#stamps.length) {
      this.#stamps = new Uint32Array(Math.ceil(itemCount * 1.25))
      this.#epoch = 0
    }
    if (++this.#epoch <= 0xffff_ffff) return
    this.#stamps.fill(0)
    this.#epoch = 1
  }

  #blockAll(items: ArrayLike<number>): void {
    const count = Math.min(items.length, blockedCountMax)
    for (let i = 0; i < count; i++) this.block(items[i]!)
  }

  /** These, but not their variants. */
  #leaveOut(items: ArrayLike<number>): void {
    const count = Math.min(items.length, blockedCountMax)
    for (let i = 0; i < count; i++) this.#stamps[items[i]!] = this.#epoch
  }

  /** These rather than their variants. */
  #claimAll(items: ArrayLike<number>): void {
    const count = Math.min(items.length, blockedCountMax)
    for (let i = 0; i < count; i++) this.#variants.claim(items[i]!)
  }

  #blockBought(model: ShopModel, query: Query, scores: Scores): void {
    scores.begin(model.items.count)
    model.sources.replenish.gather(query, scores)
    const fromSeconds = query.nowSeconds - this.#slot.boughtWithinSeconds
    const count = Math.min(query.bought.length, blockedCountMax)
    // What is due again isn't kept back by a variant of it that isn't.
    for (let i = 0; i < count; i++)
      if (scores.has(query.bought[i]!)) this.#variants.claim(query.bought[i]!)
    for (let i = 0; i < count; i++)
      if (query.boughtAtSeconds[i]! >= fromSeconds && !scores.has(query.bought[i]!))
        this.block(query.bought[i]!)
  }

  /** An empty cart, or one of unknown worth, sets no bound. */
  #priceByCart({ cart }: Query): void {
    let worthMicros = 0
    const count = Math.min(cart.length, blockedCountMax)
    for (let i = 0; i < count; i++) worthMicros += this.#facts.priceMicros[cart[i]!] ?? 0
    if (worthMicros > 0)
      this.#priceToMicros = Math.min(this.#priceToMicros, worthMicros * this.#slot.cartShareMax)
  }
}
