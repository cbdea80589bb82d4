// The slow and obvious way to choose: lists of objects, everything worked out anew for each product.
import { plainCategory } from '../../../src/base/category.js'
import type { Slot, SourceName } from '../../../src/catalogue/slots.js'
import type { ChoiceOptions } from '../../../src/recommend/choose/choice.js'
import { fallbackStrategies, strategiesOfPage } from '../../../src/recommend/choose/pages.js'
import type { ShopModel } from '../../../src/recommend/model.js'
import type { Query } from '../../../src/recommend/query.js'
import { Scores } from '../../../src/recommend/scores.js'

interface Product {
  readonly item: number
  readonly isShown: boolean
  readonly price: number
  readonly margin: number
  /** The category and those above it. */
  readonly categories: readonly string[]
  readonly brand: string
  /** -1: of none. */
  readonly group: number
}

export interface SlowChoice {
  readonly item: number
  readonly by: SourceName | 'pin' | 'anything'
}

/** Of a slot without an experiment that explores nothing. */
export function chooseSlowly(
  model: ShopModel,
  query: Query,
  slot: Slot,
  { limit, excluded, filters }: Omit<ChoiceOptions, 'slot' | 'seed'>,
): SlowChoice[] {
  const { rules } = slot
  const products = Array.from({ length: model.items.count }, (_, item) => productOf(model, item))
  const found = (name: SourceName): Map<number, number> => {
    const scores = new Scores()
    scores.begin(model.items.count)
    model.sources[name].gather(query, scores)
    return new Map([...scores.items.subarray(0, scores.count)].map((it) => [it, scores.of(it)]))
  }
  const due = found('replenish')
  const fromSeconds = query.nowSeconds - rules.boughtWithinDays * 86_400
  const gone = new Set<number>()
  /** By group: the one product of it that may be shown, if it isn't gone. */
  const owners = new Map<number, number>()
  const claim = (item: number): void => {
    const { group } = products[item]!
    if (group >= 0 && !owners.has(group)) owners.set(group, item)
  }
  const block = (item: number): void => {
    gone.add(item)
    claim(item)
  }
  for (const item of excluded) block(item)
  for (const item of query.products) query.page === 'out-of-stock' ? gone.add(item) : block(item)
  for (const id of rules.productsExcluded) gone.add(model.items.indexOf(id))
  for (const item of query.cart) rules.showCart ? claim(item) : block(item)
  if (!rules.showViewed) for (const item of [...query.viewed, ...query.session]) block(item)
  if (rules.boughtWithinDays > 0) {
    for (const item of query.bought) if (due.has(item)) claim(item)
    query.bought.forEach((item, index) => {
      if (query.boughtAtSeconds[index]! >= fromSeconds && !due.has(item)) block(item)
    })
  }
  const cartWorth = query.cart.reduce((sum, item) => sum + products[item]!.price, 0)
  const known = {
    category: (name: string) => model.facts.categories.includes(plainCategory(name)),
    brand: (name: string) => model.facts.brands.includes(name.trim().toLowerCase()),
  }
  const isIn = (product: Product, category: string): boolean =>
    product.categories.includes(plainCategory(category))
  const isOf = (product: Product, brand: string): boolean =>
    product.brand !== '' && product.brand === brand.trim().toLowerCase()
  const isAsked = ({ price, categories, brand }: Product): boolean =>
    price >= filters.priceFromMicros &&
    price <= filters.priceToMicros &&
    (filters.category === -1 ||
      categories.includes(model.facts.categories[filters.category] ?? '?')) &&
    (filters.brands.length === 0 || filters.brands.some((it) => model.facts.brands[it] === brand))
  const isFree = ({ item, isShown, group }: Product): boolean =>
    isShown && !gone.has(item) && (rules.showVariants || (owners.get(group) ?? item) === item)

  const factorOf = (product: Product): number => {
    if (!isFree(product) || !isAsked(product)) return 0
    const { price } = product
    if (price < (rules.priceFrom ?? 0) * 1e6 || price > (rules.priceTo ?? Infinity) * 1e6) return 0
    if (rules.priceToShareOfCart !== undefined && cartWorth > 0)
      if (price > cartWorth * rules.priceToShareOfCart) return 0
    if (rules.categories && !rules.categories.some((it) => isIn(product, it))) return 0
    if (rules.categoriesExcluded.some((it) => isIn(product, it))) return 0
    if (rules.brands && !rules.brands.some((it) => isOf(product, it))) return 0
    if (rules.brandsExcluded.some((it) => isOf(product, it))) return 0
    let factor = 1
    for (const { when, factor: by } of rules.boosts) {
      if (when.category !== undefined && !known.category(when.category)) continue
      if (when.brand !== undefined && !known.brand(when.brand)) continue
      const asksMargin = when.marginAtLeast !== undefined || when.marginAtMost !== undefined
      const holds =
        (when.category === undefined || isIn(product, when.category)) &&
        (when.brand === undefined || isOf(product, when.brand)) &&
        (when.product === undefined || model.items.idOf(product.item) === when.product) &&
        (when.priceAtLeast === undefined || price >= when.priceAtLeast * 1e6) &&
        (when.priceAtMost === undefined || price <= when.priceAtMost * 1e6) &&
        (!asksMargin || product.margin >= 0) &&
        (when.marginAtLeast === undefined || product.margin >= when.marginAtLeast) &&
        (when.marginAtMost === undefined || product.margin <= when.marginAtMost)
      if (holds) factor *= by
    }
    return factor
  }

  const pins: { item: number; position: number }[] = []
  for (const { product, position } of rules.pins.toSorted((a, b) => a.position - b.position)) {
    const item = model.items.indexOf(product)
    if (position > limit || item < 0 || !isFree(products[item]!) || !isAsked(products[item]!))
      continue
    pins.push({ item, position })
    block(item)
  }
  const shown: SlowChoice[] = pins.map(({ item }) => ({ item, by: 'pin' }))

  const ofPage = ({ categories }: Product): boolean =>
    categories.includes(model.facts.categories[query.category]!)
  const anything = (isWanted: (product: Product) => boolean): void => {
    for (const product of products.toReversed())
      if (shown.length < limit && factorOf(product) > 0 && isWanted(product)) {
        shown.push({ item: product.item, by: 'anything' })
        block(product.item)
      }
  }
  const fill = (name: SourceName, isWanted: (product: Product) => boolean = () => true): void => {
    let left = [...found(name)]
      .filter(([item]) => isWanted(products[item]!))
      .map(([item, score]) => ({ item, score: score * factorOf(products[item]!) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || a.item - b.item)
    const groupAt = ({ item }: { item: number }): number => products[item]!.group
    if (!rules.showVariants)
      left = left.filter(
        (it, at) =>
          groupAt(it) < 0 || left.findIndex((other) => groupAt(other) === groupAt(it)) === at,
      )
    left = left.slice(0, 60)
    const best = left[0]?.score ?? 1
    while (shown.length < limit && left.length > 0) {
      const worths = left.map(({ item, score }) => {
        const likeness = shown.map((it) => likenessOf(model, products[item]!, products[it.item]!))
        return (
          (1 - rules.diversity) * (Math.log(score / best) / Math.log(5)) -
          rules.diversity * Math.max(0, ...likeness)
        )
      })
      const taken = left[worths.indexOf(Math.max(...worths))]!
      shown.push({ item: taken.item, by: name })
      block(taken.item)
      left = left.filter((it) => it !== taken)
    }
  }
  const sources = slot.strategies ?? strategiesOfPage(slot.page)
  const others = fallbackStrategies.filter((name) => !sources.includes(name))
  for (const name of sources) fill(name)
  if (!slot.mayBeEmpty) {
    if (query.category >= 0) {
      for (const name of others) fill(name, ofPage)
      anything(ofPage)
    }
    for (const name of others) fill(name)
    if (shown.length === 0) anything(() => true)
  }

  const unpinned = shown.filter(({ by }) => by !== 'pin')
  const waiting = pins.toSorted((a, b) => a.position - b.position)
  const laidOut: SlowChoice[] = []
  while (laidOut.length < shown.length) {
    const isPinsTurn =
      waiting.length > 0 && (waiting[0]!.position <= laidOut.length + 1 || unpinned.length === 0)
    laidOut.push(isPinsTurn ? { item: waiting.shift()!.item, by: 'pin' } : unpinned.shift()!)
  }
  return laidOut
}

function productOf({ facts }: ShopModel, item: number): Product {
  const categories: string[] = []
  for (let at = facts.category[item]!; at >= 0; at = facts.parent[at]!)
    categories.push(facts.categories[at]!)
  return {
    item,
    isShown: facts.flags[item] === 3,
    price: facts.priceMicros[item]!,
    margin: facts.marginShare[item]!,
    categories,
    brand: facts.brands[facts.brand[item]!] ?? '',
    group: facts.group[item]!,
  }
}

function likenessOf({ facts }: ShopModel, a: Product, b: Product): number {
  let likeness = 0
  const parentOf = ({ categories }: Product): string | undefined => categories[1]
  if (a.categories.length > 0 && a.categories[0] === b.categories[0]) likeness += 0.5
  else if (parentOf(a) !== undefined && parentOf(a) === parentOf(b)) likeness += 0.25
  if (a.brand !== '' && a.brand === b.brand) likeness += 0.3
  const apart = Math.abs(
    Math.log2(facts.priceMicros[a.item]!) - Math.log2(facts.priceMicros[b.item]!),
  )
  if (apart < 1) likeness += 0.2 * (1 - apart)
  return likeness
}
