import type { Boost } from '../../catalogue/slots.js'
import type { ProductFacts } from '../facts.js'
import { unknownName } from './names.js'
import { bitsBelow, type RuleNames } from './rule-names.js'

/** A slot's boosts. Which of them hold for a category, and for a brand, is worked out ahead: a bit for each boost. */
export interface CompiledBoosts {
  /** Bits of all of them. */
  readonly all: number
  /** By category + 1: those that don't ask for another one. null where none asks for any. */
  readonly ofCategory: Uint32Array | null
  /** By brand + 1, likewise. */
  readonly ofBrand: Uint32Array | null
  /** The rest of what they ask for, by bit. */
  readonly product: Int32Array
  readonly priceFromMicros: Float64Array
  readonly priceToMicros: Float64Array
  /** Below 0: any, also of products whose margin nobody knows. */
  readonly marginFrom: Float64Array
  readonly marginTo: Float64Array
  readonly factor: Float64Array
}

export const microsOf = (amount: number): number => Math.round(amount * 1_000_000)

/** One that names what the shop doesn't have holds for nothing. */
export function compileBoosts(boosts: readonly Boost[], names: RuleNames): CompiledBoosts {
  const { facts } = names
  const categoryOf: number[] = []
  const brandOf: number[] = []
  const productOf: number[] = []
  const known: Boost[] = []
  for (const [index, boost] of boosts.entries()) {
    const { category, brand, product } = boost.when
    const where = `rules.boosts[${index}].when`
    const asked = [
      category === undefined ? -1 : names.category(category, `${where}.category`),
      brand === undefined ? -1 : names.brand(brand, `${where}.brand`),
      product === undefined ? -1 : names.product(product, `${where}.product`),
    ] as const
    if (asked.includes(unknownName)) continue
    known.push(boost)
    categoryOf.push(asked[0])
    brandOf.push(asked[1])
    productOf.push(asked[2])
  }
  return {
    all: known.length === 32 ? -1 : (1 << known.length) - 1,
    ofCategory: bitsOf(categoryOf, facts.categories.length, (tops) => bitsBelow(facts, tops)),
    ofBrand: bitsOf(brandOf, facts.brands.length, (bits) => Uint32Array.of(0, ...bits)),
    product: Int32Array.from(productOf),
    priceFromMicros: Float64Array.from(known, ({ when }) => microsOf(when.priceAtLeast ?? 0)),
    priceToMicros: Float64Array.from(known, ({ when }) =>
      when.priceAtMost === undefined ? Infinity : microsOf(when.priceAtMost),
    ),
    marginFrom: Float64Array.from(
      known,
      ({ when }) => when.marginAtLeast ?? (when.marginAtMost === undefined ? -1 : 0),
    ),
    marginTo: Float64Array.from(known, ({ when }) => when.marginAtMost ?? Infinity),
    factor: Float64Array.from(known, ({ factor }) => factor),
  }
}

/** @param asked by boost: the number that it asks for, or -1. @returns by number + 1. */
function bitsOf(
  asked: readonly number[],
  count: number,
  spread: (bits: Uint32Array) => Uint32Array,
): Uint32Array | null {
  if (asked.every((number) => number === -1)) return null
  const bits = new Uint32Array(count)
  let ofAny = 0
  for (const [boost, number] of asked.entries())
    if (number === -1) ofAny |= 1 << boost
    else bits[number]! |= 1 << boost
  return spread(bits).map((own) => own | ofAny)
}

/** @returns what all boosts that hold for the product multiply its score by. */
export function boostOf(boosts: CompiledBoosts, facts: ProductFacts, item: number): number {
  const { ofCategory, ofBrand } = boosts
  let left = boosts.all
  if (ofCategory !== null) left &= ofCategory[facts.category[item]! + 1]!
  if (ofBrand !== null) left &= ofBrand[facts.brand[item]! + 1]!
  let factor = 1
  for (; left !== 0; left &= left - 1) {
    const boost = 31 - Math.clz32(left & -left)
    if (boosts.product[boost] !== -1 && boosts.product[boost] !== item) continue
    const price = facts.priceMicros[item]!
    if (price < boosts.priceFromMicros[boost]! || price > boosts.priceToMicros[boost]!) continue
    const margin = facts.marginShare[item]!
    if (margin < boosts.marginFrom[boost]! || margin > boosts.marginTo[boost]!) continue
    factor *= boosts.factor[boost]!
  }
  return factor
}
