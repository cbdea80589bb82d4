import { type PageType, type Slot, slotLimitMax } from '../catalogue/slots.js'
import type { Slice } from '../profiles/slice.js'
import { type Choice, type ChoiceFilters, chosenByName } from '../recommend/choose/choice.js'
import { Chooser } from '../recommend/choose/chooser.js'
import { type CompiledSlot, compileSlot } from '../recommend/choose/compile-slot.js'
import { brandNumber } from '../recommend/choose/names.js'
import { slotsById } from '../recommend/choose/pages.js'
import { FilledQuery, fillQuery } from '../recommend/choose/query-of.js'
import type { ShopModel } from '../recommend/model.js'
import type { Question } from './question.js'

export interface FillRequest {
  readonly model: ShopModel
  readonly slot: Slot
  /** `control`, or one of the slot's experiment. */
  readonly variant: string
  readonly page: PageType
  readonly question: Question
  /** What the person looked at, this visit included; null where nobody is known or may be. */
  readonly slice: Slice | null
  /** Products that are elsewhere on the page already. */
  readonly shown: ReadonlySet<string>
  readonly limit: number
  readonly nowMs: number
}

/** Compiled anew after so long: the model may have learnt of products that its rules name. */
const compiledMs = 60_000

interface Compiled {
  readonly slot: CompiledSlot
  readonly untilMs: number
  readonly categoryCount: number
  readonly brandCount: number
}

/**
 * Fills slots from a shop's model. One for all shops: what it gives is valid until its next call, and nothing
 * waits in between.
 */
export class Filler {
  /** Of the last filling: the first `count` hold. */
  count = 0
  readonly products: string[] = new Array<string>(slotLimitMax).fill('')
  /** How each was found, as slots name sources; or `pin`, `anything`, `exploration`. */
  readonly sources: string[] = new Array<string>(slotLimitMax).fill('')
  /** How likely each place was to go to what it went to; 1 where nothing was left to chance. */
  readonly propensities = new Float32Array(slotLimitMax)
  /** How many of them are from the slot's own strategies; the others fill it up. */
  ownCount = 0
  /** Some places may have been given away to what nobody knows much of. */
  isExploring = false
  readonly #chooser: Chooser
  readonly #query = new FilledQuery()
  readonly #excluded: number[] = []
  readonly #compiled = new WeakMap<ShopModel, WeakMap<Slot, Map<string, Compiled>>>()
  readonly #random: () => number

  /** @param random uniform in [0, 1): for what is explored. */
  constructor(chooser: Chooser = new Chooser(), random: () => number = Math.random) {
    this.#chooser = chooser
    this.#random = random
  }

  fill(request: FillRequest): void {
    const { model, question, slice, page, nowMs } = request
    fillQuery(this.#query, {
      model,
      slice,
      page,
      products: question.products,
      cart: question.cart,
      category: question.category,
      text: question.text,
      nowMs,
      recent: [],
    })
    this.#exclude(model, request)
    const slot = this.#compiledOf(request)
    const choice = this.#chooser.choose(model, this.#query, {
      slot,
      limit: request.limit,
      excluded: this.#excluded,
      filters: filtersOf(model, question),
      seed: Math.floor(this.#random() * 2 ** 32),
    })
    this.isExploring = slot.exploreShare > 0
    this.#take(choice, model, slot)
  }

  #take(choice: Choice, model: ShopModel, { strategies }: CompiledSlot): void {
    this.count = choice.count
    this.ownCount = 0
    for (let i = 0; i < choice.count; i++) {
      const source = chosenByName(choice.sources[i]!)
      this.products[i] = model.items.idOf(choice.items[i]!)
      this.sources[i] = source
      this.propensities[i] = choice.propensity[i]!
      if (source === 'pin' || source === 'exploration') this.ownCount++
      else if (source !== 'anything' && strategies.includes(source)) this.ownCount++
    }
  }

  #exclude({ items }: ShopModel, { shown, question: { exclude } }: FillRequest): void {
    const list = this.#excluded
    list.length = 0
    for (const id of shown) {
      const item = items.indexOf(id)
      if (item >= 0) list.push(item)
    }
    for (let i = 0; i < exclude.length; i++) {
      const item = items.indexOf(exclude[i]!)
      if (item >= 0) list.push(item)
    }
  }

  #compiledOf({ model, slot, variant, nowMs }: FillRequest): CompiledSlot {
    let ofModel = this.#compiled.get(model)
    if (ofModel === undefined) {
      ofModel = new WeakMap()
      this.#compiled.set(model, ofModel)
    }
    let ofSlot = ofModel.get(slot)
    if (ofSlot === undefined) {
      ofSlot = new Map()
      ofModel.set(slot, ofSlot)
    }
    const { categories, brands } = model.facts
    const known = ofSlot.get(variant)
    const isCurrent =
      known !== undefined &&
      nowMs < known.untilMs &&
      known.categoryCount === categories.length &&
      known.brandCount === brands.length
    if (isCurrent) return known.slot
    const compiled = {
      slot: compileSlot(slot, variant, model),
      untilMs: nowMs + compiledMs,
      categoryCount: categories.length,
      brandCount: brands.length,
    }
    ofSlot.set(variant, compiled)
    return compiled.slot
  }
}

function filtersOf(model: ShopModel, question: Question): ChoiceFilters {
  const { priceFromMicros, priceToMicros, brands } = question
  const numbers = brands.map((it) => brandNumber(model.facts, it))
  return { priceFromMicros, priceToMicros, category: -1, brands: numbers }
}

const slotsOf = new WeakMap<readonly Slot[], ReadonlyMap<string, Slot>>()

/** @param own the shop's. @returns null where neither the shop nor any page has one of this id. */
export function slotOf(own: readonly Slot[], id: string): Slot | null {
  let slots = slotsOf.get(own)
  if (slots === undefined) {
    slots = slotsById(own)
    slotsOf.set(own, slots)
  }
  return slots.get(id) ?? null
}
