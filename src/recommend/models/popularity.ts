import { ActionKind, type Actions } from '../actions.js'
import { FactFlag, type ProductFacts } from '../facts.js'
import { type Counters, type CountersParts, countActions } from './counters.js'
import { GrowingInts } from './growing.js'
import { type Ranking, TopList } from './top-list.js'

/** What is wanted and sold most, as lists that are kept in order as things happen. */
export interface PopularityParts {
  readonly counters: CountersParts
  readonly trending: Int32Array<ArrayBuffer>
  readonly bestsellers: Int32Array<ArrayBuffer>
  /** By category: where its products begin in `categoryItems`, and where the last one's end. */
  readonly categoryStarts: Int32Array<ArrayBuffer>
  readonly categoryItems: Int32Array<ArrayBuffer>
}

export const listItemsMax = 500
export const categoryItemsMax = 100
/** Categories above a product's own in whose lists it is; a category can be nested in itself by mistake. */
const levelsMax = 8

/** Orders by what is wanted more and more. */
export class TrendRanking implements Ranking {
  readonly #counters: Counters

  constructor(counters: Counters) {
    this.#counters = counters
  }

  valueOf(item: number): number {
    return this.#counters.trendOf(item)
  }
}

export class SalesRanking implements Ranking {
  readonly #counters: Counters

  constructor(counters: Counters) {
    this.#counters = counters
  }

  valueOf(item: number): number {
    return this.#counters.salesOf(item)
  }
}

/** Lists over what can be bought now; what comes back into stock joins when something is done with it again. */
export function buildPopularity(
  actions: Actions,
  facts: ProductFacts,
  itemCount: number,
  nowSeconds: number,
): PopularityParts {
  const counters = countActions(actions, itemCount, nowSeconds)
  const lists = new PopularityLists(counters, facts)
  for (let item = 0; item < itemCount; item++) lists.join(item)
  const categoryStarts = new Int32Array(facts.categories.length + 1)
  const categoryItems = new GrowingInts()
  for (let category = 0; category < facts.categories.length; category++) {
    const list = lists.ofCategory(category)
    for (let at = 0; list !== null && at < list.count; at++) categoryItems.push(list.items[at]!)
    categoryStarts[category + 1] = categoryItems.count
  }
  return {
    counters: counters.parts(),
    trending: Int32Array.from(lists.trending.items.subarray(0, lists.trending.count)),
    bestsellers: Int32Array.from(lists.bestsellers.items.subarray(0, lists.bestsellers.count)),
    categoryStarts,
    categoryItems: categoryItems.trimmed(),
  }
}

/** The lists of one shop, and what has a place in them. */
export class PopularityLists {
  readonly trending: TopList
  readonly bestsellers: TopList
  readonly trend: TrendRanking
  readonly sales: SalesRanking
  readonly #counters: Counters
  readonly #facts: ProductFacts
  readonly #byCategory: (TopList | null)[] = []

  /** @param parts whose lists to go on with; without them all lists are empty. */
  constructor(counters: Counters, facts: ProductFacts, parts: PopularityParts | null = null) {
    this.#counters = counters
    this.#facts = facts
    this.trend = new TrendRanking(counters)
    this.sales = new SalesRanking(counters)
    this.trending = new TopList(listItemsMax, parts?.trending)
    this.bestsellers = new TopList(listItemsMax, parts?.bestsellers)
    if (parts === null) return
    for (let category = 0; category + 1 < parts.categoryStarts.length; category++) {
      const start = parts.categoryStarts[category]!
      const end = parts.categoryStarts[category + 1]!
      const own = parts.categoryItems.subarray(start, end)
      this.#byCategory.push(start === end ? null : new TopList(categoryItemsMax, own))
    }
  }

  /**
   * Counts what was done with a product, and puts it where it belongs by now.
   *
   * @param atSeconds not later than now.
   */
  note(item: number, kind: ActionKind, atSeconds: number): void {
    this.#counters.note(item, kind, atSeconds)
    this.#place(item, true, kind === ActionKind.purchase)
  }

  /** Takes the product into all lists that it is good enough for, if it can be bought. It is in none yet. */
  join(item: number): void {
    this.#place(item, false, true)
  }

  #place(item: number, mayBeThere: boolean, isSold: boolean): void {
    const { flags, category, parent } = this.#facts
    const mayJoin = ((flags[item] ?? 0) & FactFlag.inStock) !== 0
    if (isSold) this.#placeIn(this.bestsellers, item, this.sales, mayBeThere, mayJoin)
    this.#placeIn(this.trending, item, this.trend, mayBeThere, mayJoin)
    let above = this.#counters.trendOf(item) > 0 ? (category[item] ?? -1) : -1
    for (let level = 0; above >= 0 && level < levelsMax; level++) {
      this.#placeIn(this.#listOf(above), item, this.trend, mayBeThere, mayJoin)
      above = parent[above] ?? -1
    }
  }

  #placeIn(
    list: TopList,
    item: number,
    ranking: Ranking,
    mayBeThere: boolean,
    mayJoin: boolean,
  ): void {
    if (mayBeThere && list.move(item, ranking)) return
    if (mayJoin) list.join(item, ranking)
  }

  #listOf(category: number): TopList {
    while (this.#byCategory.length <= category) this.#byCategory.push(null)
    const known = this.#byCategory[category]!
    if (known !== null) return known
    const list = new TopList(categoryItemsMax)
    this.#byCategory[category] = list
    return list
  }

  /** What is trending in a category and those below it; null where nothing is. */
  ofCategory(category: number): TopList | null {
    return this.#byCategory[category] ?? null
  }
}
