import type { Boost, Slot, SlotRules, SourceName } from '../../catalogue/slots.js'
import { controlVariant } from '../../catalogue/slots.js'
import type { ProductFacts } from '../facts.js'
import type { ShopModel } from '../model.js'
import { brandNumber, categoryNumber, depthMax, unknownName } from './names.js'
import { strategiesOfPage } from './pages.js'

/** A boost of more than a category or brand alone: all that it says must hold. */
export interface CompiledBoost {
  /** Stands for those below it, too; -1: any. */
  readonly category: number
  /** -1: any. */
  readonly brand: number
  /** -1: any. */
  readonly product: number
  /** Shares; -Infinity and Infinity: any, also of products whose margin nobody knows. */
  readonly marginFrom: number
  readonly marginTo: number
  readonly priceFromMicros: number
  readonly priceToMicros: number
  readonly factor: number
}

/**
 * One variant of a slot in the numbers of one shop's model: made once for each model, read by every answer.
 * Of an old model it must not be used with a new one.
 */
export interface CompiledSlot {
  readonly slot: Slot
  /** `control` where the slot has no experiment. */
  readonly variant: string
  /** The variant's. */
  readonly title: string
  readonly strategies: readonly SourceName[]
  readonly priceFromMicros: number
  readonly priceToMicros: number
  /** No dearer than this share of what is in the cart; Infinity: any. */
  readonly cartShareMax: number
  /** By category + 1, so that products without one come first: 1 where they may be shown. null: all. */
  readonly categoriesShown: Uint8Array | null
  /** By brand + 1, likewise. */
  readonly brandsShown: Uint8Array | null
  /** Those that are never shown; by index. */
  readonly productsExcluded: Int32Array
  readonly boosts: readonly CompiledBoost[]
  /** By index, in the order of their places. */
  readonly pins: Int32Array
  /** Of each pin: 0 is the first. */
  readonly pinPlaces: Uint8Array
  /** 0: what was bought may be shown. */
  readonly boughtWithinSeconds: number
  readonly showCart: boolean
  readonly showViewed: boolean
  readonly diversity: number
  readonly exploreShare: number
  /** Rules that name what the shop doesn't have, as `rules.brands[0]: …`: those are as if not there. */
  readonly warnings: readonly string[]
}

const microsOf = (amount: number): number => Math.round(amount * 1_000_000)

/**
 * The slot as one variant of its experiment has it.
 *
 * Names that the shop doesn't have are ignored and told of. But of a list of all that may be shown which
 * has no other names, nothing may be shown: what a marketer kept apart isn't mixed by a renamed category.
 *
 * @param variantId one that the experiment doesn't have (any more) is `control`.
 */
export function compileSlot(slot: Slot, variantId: string, model: ShopModel): CompiledSlot {
  const variant = slot.experiment?.variants.find(({ id }) => id === variantId)
  const rules = changed(slot.rules, variant?.rules ?? {})
  const names = new Names(model)
  const boosts = rules.boosts.map((boost, index) => names.boost(boost, index))
  const pins = rules.pins
    .map(({ product, position }, index) => ({
      item: names.product(product, `rules.pins[${index}].product`),
      place: position - 1,
    }))
    .filter(({ item }) => item >= 0)
    .sort((a, b) => a.place - b.place)
  return {
    slot,
    variant: variant?.id ?? controlVariant,
    title: variant?.title ?? slot.title,
    strategies: variant?.strategies ?? slot.strategies ?? strategiesOfPage(slot.page),
    priceFromMicros: microsOf(rules.priceFrom ?? 0),
    priceToMicros: rules.priceTo === undefined ? Infinity : microsOf(rules.priceTo),
    cartShareMax: rules.priceToShareOfCart ?? Infinity,
    categoriesShown: categoriesShown(rules, names),
    brandsShown: brandsShown(rules, names),
    productsExcluded: Int32Array.from(names.products(rules.productsExcluded)),
    boosts: boosts.filter((it) => it !== null),
    pins: Int32Array.from(pins, ({ item }) => item),
    pinPlaces: Uint8Array.from(pins, ({ place }) => place),
    boughtWithinSeconds: rules.boughtWithinDays * 86_400,
    showCart: rules.showCart,
    showViewed: rules.showViewed,
    diversity: rules.diversity,
    exploreShare: rules.exploreShare,
    warnings: names.warnings,
  }
}

/** What isn't said stays as it is. */
function changed(rules: SlotRules, changes: object): SlotRules {
  const said = Object.entries(changes).filter(([, value]) => value !== undefined)
  return { ...rules, ...Object.fromEntries(said) }
}

/** Looks rules' names up, and notes those that there aren't. */
class Names {
  readonly facts: ProductFacts
  readonly warnings: string[] = []
  readonly #model: ShopModel

  constructor(model: ShopModel) {
    this.#model = model
    this.facts = model.facts
  }

  /** @returns below 0 for one that there isn't. */
  product(id: string, where: string): number {
    const item = this.#model.items.indexOf(id)
    if (item < 0) this.warnings.push(`${where}: the shop has no product ${id}`)
    return item
  }

  products(ids: readonly string[]): number[] {
    return ids
      .map((id, index) => this.product(id, `rules.productsExcluded[${index}]`))
      .filter((item) => item >= 0)
  }

  category(name: string, where: string): number {
    const category = categoryNumber(this.facts, name)
    if (category === unknownName) this.warnings.push(`${where}: the shop has no category ${name}`)
    return category
  }

  brand(name: string, where: string): number {
    const brand = brandNumber(this.facts, name)
    if (brand === unknownName) this.warnings.push(`${where}: the shop has no brand ${name}`)
    return brand
  }

  /** By category + 1: 1 in those that are named and below them. */
  within(names: readonly string[], where: (index: number) => string): Uint8Array {
    const { categories, parent } = this.facts
    const tops = new Uint8Array(categories.length)
    for (const [index, name] of names.entries()) {
      const top = this.category(name, where(index))
      if (top >= 0) tops[top] = 1
    }
    const marks = new Uint8Array(categories.length + 1)
    for (let category = 0; category < categories.length; category++)
      for (let at = category, depth = 0; at >= 0 && depth < depthMax; at = parent[at]!, depth++)
        if (tops[at] === 1) marks[category + 1] = 1
    return marks
  }

  /** By brand + 1: 1 where it is named. */
  among(names: readonly string[], where: (index: number) => string): Uint8Array {
    const marks = new Uint8Array(this.facts.brands.length + 1)
    for (const [index, name] of names.entries()) {
      const brand = this.brand(name, where(index))
      if (brand >= 0) marks[brand + 1] = 1
    }
    return marks
  }

  /** null where it can't hold for any product. */
  boost({ when, factor }: Boost, index: number): CompiledBoost | null {
    const where = `rules.boosts[${index}].when`
    const category =
      when.category === undefined ? -1 : this.category(when.category, `${where}.category`)
    const brand = when.brand === undefined ? -1 : this.brand(when.brand, `${where}.brand`)
    const product = when.product === undefined ? -1 : this.product(when.product, `${where}.product`)
    const isAnyUnknown =
      category === unknownName ||
      brand === unknownName ||
      (when.product !== undefined && product < 0)
    if (isAnyUnknown) return null
    return {
      category,
      brand,
      product,
      marginFrom: when.marginAtLeast ?? -Infinity,
      marginTo: when.marginAtMost ?? Infinity,
      priceFromMicros: microsOf(when.priceAtLeast ?? 0),
      priceToMicros: when.priceAtMost === undefined ? Infinity : microsOf(when.priceAtMost),
      factor,
    }
  }
}

function categoriesShown(rules: SlotRules, names: Names): Uint8Array | null {
  const { categories, categoriesExcluded } = rules
  if (categories === undefined && categoriesExcluded.length === 0) return null
  const only = categories && names.within(categories, (it) => `rules.categories[${it}]`)
  return without(
    only,
    names.within(categoriesExcluded, (it) => `rules.categoriesExcluded[${it}]`),
  )
}

function brandsShown(rules: SlotRules, names: Names): Uint8Array | null {
  const { brands, brandsExcluded } = rules
  if (brands === undefined && brandsExcluded.length === 0) return null
  const only = brands && names.among(brands, (it) => `rules.brands[${it}]`)
  return without(
    only,
    names.among(brandsExcluded, (it) => `rules.brandsExcluded[${it}]`),
  )
}

const without = (only: Uint8Array | undefined, excluded: Uint8Array): Uint8Array =>
  excluded.map((isOut, it) => (isOut === 0 && (only === undefined || only[it] === 1) ? 1 : 0))
