import type { Slot, SlotRules, SourceName } from '../../catalogue/slots.js'
import { controlVariant } from '../../catalogue/slots.js'
import type { ShopModel } from '../model.js'
import { type CompiledBoosts, compileBoosts, microsOf } from './boosts.js'
import { strategiesOfPage } from './pages.js'
import { RuleNames } from './rule-names.js'

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
  readonly boosts: CompiledBoosts
  /** By index, in the order of their places. */
  readonly pins: Int32Array
  /** Of each pin: 0 is the first. */
  readonly pinPlaces: Uint8Array
  /** 0: what was bought may be shown. */
  readonly boughtWithinSeconds: number
  readonly showCart: boolean
  readonly showViewed: boolean
  readonly showVariants: boolean
  readonly diversity: number
  readonly exploreShare: number
  /**
   * Rules that name what the shop doesn't have, as `rules.brands[0]: …`: those are as if not there. And sources of
   * which the rules leave nothing.
   */
  readonly warnings: readonly string[]
}

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
  const names = new RuleNames(model)
  const strategies = variant?.strategies ?? slot.strategies ?? strategiesOfPage(slot.page)
  warnOfSources(strategies, rules, names.warnings)
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
    strategies,
    priceFromMicros: microsOf(rules.priceFrom ?? 0),
    priceToMicros: rules.priceTo === undefined ? Infinity : microsOf(rules.priceTo),
    cartShareMax: rules.priceToShareOfCart ?? Infinity,
    categoriesShown: categoriesShown(rules, names),
    brandsShown: brandsShown(rules, names),
    productsExcluded: Int32Array.from(names.products(rules.productsExcluded)),
    boosts: compileBoosts(rules.boosts, names),
    pins: Int32Array.from(pins, ({ item }) => item),
    pinPlaces: Uint8Array.from(pins, ({ place }) => place),
    boughtWithinSeconds: rules.boughtWithinDays * 86_400,
    showCart: rules.showCart,
    showViewed: rules.showViewed,
    showVariants: rules.showVariants,
    diversity: rules.diversity,
    exploreShare: rules.exploreShare,
    warnings: names.warnings,
  }
}

/** Sources of which the rules leave nothing. */
function warnOfSources(
  strategies: readonly SourceName[],
  rules: SlotRules,
  warnings: string[],
): void {
  for (const [index, name] of strategies.entries()) {
    const rule =
      name === 'cart' && !rules.showCart
        ? 'showCart'
        : name === 'recently-viewed' && !rules.showViewed
          ? 'showViewed'
          : ''
    if (rule !== '')
      warnings.push(`strategies[${index}]: ${name} shows nothing while rules.${rule} is false`)
  }
}

/** What isn't said stays as it is. */
function changed(rules: SlotRules, changes: object): SlotRules {
  const said = Object.entries(changes).filter(([, value]) => value !== undefined)
  return { ...rules, ...Object.fromEntries(said) }
}

function categoriesShown(rules: SlotRules, names: RuleNames): Uint8Array | null {
  const { categories, categoriesExcluded } = rules
  if (categories === undefined && categoriesExcluded.length === 0) return null
  const only = categories && names.within(categories, (it) => `rules.categories[${it}]`)
  return without(
    only,
    names.within(categoriesExcluded, (it) => `rules.categoriesExcluded[${it}]`),
  )
}

function brandsShown(rules: SlotRules, names: RuleNames): Uint8Array | null {
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
