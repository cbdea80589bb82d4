import type { ProductFacts } from '../facts.js'
import type { ShopModel } from '../model.js'
import { brandNumber, categoryNumber, depthMax, unknownName } from './names.js'

/** Looks rules' names up, and notes those that there aren't. */
export class RuleNames {
  readonly facts: ProductFacts
  readonly warnings: string[] = []
  readonly #model: ShopModel

  constructor(model: ShopModel) {
    this.#model = model
    this.facts = model.facts
  }

  /** @returns `unknownName` for one that there isn't; so do those below. */
  product(id: string, where: string): number {
    const item = this.#model.items.indexOf(id)
    if (item >= 0) return item
    this.warnings.push(`${where}: the shop has no product ${id}`)
    return unknownName
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
    const tops = new Uint32Array(this.facts.categories.length)
    for (const [index, name] of names.entries()) {
      const top = this.category(name, where(index))
      if (top >= 0) tops[top] = 1
    }
    return Uint8Array.from(bitsBelow(this.facts, tops))
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
}

/** @param tops bits by category. @returns by category + 1: its own bits, and those of all above it. */
export function bitsBelow({ categories, parent }: ProductFacts, tops: Uint32Array): Uint32Array {
  const bits = new Uint32Array(categories.length + 1)
  for (let category = 0; category < categories.length; category++)
    for (let at = category, depth = 0; at >= 0 && depth < depthMax; at = parent[at]!, depth++)
      bits[category + 1]! |= tops[at]!
  return bits
}
