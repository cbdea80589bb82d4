// Random shops, slots and people, in which every rule meets every other one now and then.
import type { Random } from '../../../src/base/random.js'
import {
  pageTypes,
  type Slot,
  type SourceName,
  slotSchema,
  sourceNames,
} from '../../../src/catalogue/slots.js'
import type { ChoiceFilters } from '../../../src/recommend/choose/choice.js'
import { unknownName } from '../../../src/recommend/choose/names.js'
import { FilledQuery } from '../../../src/recommend/choose/query-of.js'
import type { ShopModel } from '../../../src/recommend/model.js'
import { type Finds, type GivenProduct, worldOf } from './world.js'

const categories = ['a', 'a/b', 'a/b/c', 'a/d', 'e', 'e/f', '']
const brands = ['x', 'y', 'z', '']

export function randomModel(random: Random): ShopModel {
  const grouped = random.pick([0, 0.3, 0.9])
  const products: GivenProduct[] = Array.from({ length: random.below(120) }, (_, index) => ({
    id: `p${index}`,
    price: random.chance(0.05) ? 0 : 1 + random.below(40),
    margin: random.chance(0.3) ? -1 : random.below(5) / 4,
    category: random.pick(categories),
    brand: random.pick(brands),
    ...(random.chance(grouped) && { group: `g${random.below(20)}` }),
    stock: random.chance(0.8),
    listed: random.chance(0.95),
  }))
  const finds: Partial<Record<SourceName, Finds>> = {}
  for (const name of sourceNames) {
    if (name === 'recently-viewed' || name === 'cart') continue
    const count = random.chance(0.3) ? 0 : random.below(products.length * 1.5)
    const found = new Map<string, number>()
    // Scores of powers of two, so that boosts multiply without rounding, and many are equal.
    for (let i = 0; i < count && products.length > 0; i++)
      found.set(random.pick(products).id, 2 ** random.below(6))
    finds[name] = () => [...found]
  }
  return worldOf(products, finds)
}

const some = <T>(random: Random, countMax: number, make: () => T): T[] =>
  Array.from({ length: random.below(countMax + 1) }, make)

export function randomSlot(random: Random): Slot {
  const maybe = <T extends object>(chance: number, it: T): T | object =>
    random.chance(chance) ? it : {}
  const product = (): string => `p${random.below(130)}`
  const category = (): string => random.pick([...categories.filter((it) => it !== ''), 'none'])
  const brand = (): string => random.pick(['X', 'y', ' z ', 'none'])
  const distinct = <T>(list: readonly T[]): T[] => [...new Set(list)]
  const positions = distinct(some(random, 4, () => 1 + random.below(14)))
  const pinned = distinct(some(random, 4, product))
  const price = random.below(20)
  return slotSchema.parse({
    id: 'slot',
    page: random.pick(pageTypes),
    mayBeEmpty: random.chance(0.5),
    ...maybe(0.7, {
      strategies: distinct([
        random.pick(sourceNames),
        ...some(random, 4, () => random.pick(sourceNames)),
      ]),
    }),
    rules: {
      ...maybe(0.2, { priceFrom: price }),
      ...maybe(0.2, { priceTo: price + random.below(20) }),
      ...maybe(0.2, { priceToShareOfCart: random.below(5) / 4 }),
      ...maybe(0.2, { categories: [category(), ...some(random, 2, category)] }),
      ...maybe(0.2, { brands: [brand(), ...some(random, 2, brand)] }),
      ...maybe(0.2, { categoriesExcluded: some(random, 2, category) }),
      ...maybe(0.2, { brandsExcluded: some(random, 2, brand) }),
      ...maybe(0.3, { productsExcluded: some(random, 20, product) }),
      ...maybe(0.3, {
        pins: pinned
          .slice(0, positions.length)
          .map((it, index) => ({ product: it, position: positions[index]! })),
      }),
      ...maybe(0.4, {
        boosts: some(random, 4, () => ({
          when: {
            priceAtLeast: random.below(20),
            ...maybe(0.3, { category: category() }),
            ...maybe(0.3, { brand: brand() }),
            ...maybe(0.2, { product: product() }),
            ...maybe(0.2, { marginAtLeast: random.below(5) / 4 }),
            ...maybe(0.2, { marginAtMost: random.below(5) / 4 }),
            ...maybe(0.2, { priceAtMost: 20 + random.below(20) }),
          },
          factor: random.pick([0, 0.25, 0.5, 1, 2, 4, 64]),
        })),
      }),
      boughtWithinDays: random.pick([0, 1, 30]),
      showCart: random.chance(0.3),
      showViewed: random.chance(0.7),
      showVariants: random.chance(0.2),
      diversity: random.pick([0, 0, 0.3, 0.5, 1]),
    },
  })
}

export function randomQuery(random: Random, { items }: ShopModel): FilledQuery {
  const query = new FilledQuery()
  const list = (countMax: number): number[] =>
    items.count === 0 ? [] : some(random, countMax, () => random.below(items.count))
  const bought = list(6)
  return Object.assign(query, {
    page: random.pick(pageTypes),
    nowSeconds: 100 * 86_400,
    products: list(2),
    session: list(4),
    viewed: [...new Set(list(10))],
    cart: [...new Set(list(4))],
    bought,
    boughtAtSeconds: bought.map(() => (100 - random.below(60)) * 86_400),
  })
}

export function randomFilters(random: Random, { facts }: ShopModel): ChoiceFilters {
  const isAny = random.chance(0.7)
  const from = random.below(20)
  return {
    priceFromMicros: isAny ? 0 : from * 1e6,
    priceToMicros: isAny ? Infinity : (from + random.below(30)) * 1e6,
    category: random.chance(0.8) ? -1 : random.below(facts.categories.length + 1) - 2,
    brands: random.chance(0.8)
      ? []
      : [random.chance(0.2) ? unknownName : random.below(facts.brands.length)],
  }
}
