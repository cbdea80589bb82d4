import { plainCategory } from '../../base/category.js'
import type { ProductFacts } from '../facts.js'

/** A category or brand that is asked for and that the shop doesn't have: of no product. */
export const unknownName = -2

/** Numbers by name, for lists that only ever get longer. */
const numbersOf = new WeakMap<readonly string[], Map<string, number>>()

function numberOf(names: readonly string[], name: string): number {
  let numbers = numbersOf.get(names)
  if (numbers === undefined) {
    numbers = new Map()
    numbersOf.set(names, numbers)
  }
  for (let i = numbers.size; i < names.length; i++) numbers.set(names[i]!, i)
  return numbers.get(name) ?? unknownName
}

/** @param category as anybody writes it. @returns its number, or `unknownName`. */
export const categoryNumber = (facts: ProductFacts, category: string): number =>
  numberOf(facts.categories, plainCategory(category))

/** @param brand as anybody writes it. @returns its number, or `unknownName`. */
export const brandNumber = (facts: ProductFacts, brand: string): number =>
  numberOf(facts.brands, brand.normalize('NFC').trim().toLowerCase())

/** Steps from a category to the top; more are a circle, which is a mistake. */
export const depthMax = 32

/** Whether a category is `top`, or below it. @param category -1 for none. */
export function isWithin(facts: ProductFacts, category: number, top: number): boolean {
  let at = category
  for (let depth = 0; at >= 0 && depth < depthMax; depth++) {
    if (at === top) return true
    at = facts.parent[at] ?? -1
  }
  return false
}
