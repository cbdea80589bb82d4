import type { ProductFacts } from '../facts.js'
import type { Query, Source } from '../query.js'
import type { Scores } from '../scores.js'
import type { PopularityLists } from './popularity.js'
import type { Ranking, TopList } from './top-list.js'

/** A category with fewer products that are in demand is filled up from the one above it. */
const enoughItems = 24
/** What products of the category above are worth beside those of the category itself. */
const aboveFactor = 0.2
const levelsMax = 8
/** Products of a query whose categories are looked at, and the categories that are made of them. */
const queryItemsMax = 20
const categoriesMax = 5

/** What is looked at and bought more and more these days. */
export class Trending implements Source {
  readonly #lists: PopularityLists

  constructor(lists: PopularityLists) {
    this.#lists = lists
  }

  gather(_query: Query, scores: Scores): void {
    addList(this.#lists.trending, this.#lists.trend, 1, scores)
  }
}

/** What was sold most in the last weeks. */
export class Bestsellers implements Source {
  readonly #lists: PopularityLists

  constructor(lists: PopularityLists) {
    this.#lists = lists
  }

  gather(_query: Query, scores: Scores): void {
    addList(this.#lists.bestsellers, this.#lists.sales, 1, scores)
  }
}

/**
 * What is trending in the page's category, or where the page is about none, in those of the query's products;
 * where that is little, in the categories above.
 */
export class TrendingInCategory implements Source {
  readonly #lists: PopularityLists
  readonly #facts: ProductFacts
  readonly #categories = new Int32Array(categoriesMax)

  constructor(lists: PopularityLists, facts: ProductFacts) {
    this.#lists = lists
    this.#facts = facts
  }

  gather(query: Query, scores: Scores): void {
    if (query.category >= 0) {
      this.#add(query.category, scores)
      return
    }
    const count = Math.min(query.products.length, queryItemsMax)
    let categoryCount = 0
    for (let i = 0; i < count && categoryCount < categoriesMax; i++) {
      const category = this.#facts.category[query.products[i]!] ?? -1
      if (category < 0 || this.#isAmong(category, categoryCount)) continue
      this.#categories[categoryCount++] = category
      this.#add(category, scores)
    }
  }

  #isAmong(category: number, count: number): boolean {
    for (let i = 0; i < count; i++) if (this.#categories[i] === category) return true
    return false
  }

  #add(category: number, scores: Scores): void {
    let factor = 1
    let above = category
    for (let level = 0; above >= 0 && level < levelsMax; level++) {
      const list = this.#lists.ofCategory(above)
      if (list !== null) addList(list, this.#lists.trend, factor, scores)
      if (list !== null && list.count >= enoughItems) return
      factor *= aboveFactor
      above = this.#facts.parent[above] ?? -1
    }
  }
}

/** The list's first product adds the factor, the others their share of it. */
function addList(list: TopList, ranking: Ranking, factor: number, scores: Scores): void {
  if (list.count === 0) return
  const scale = factor / ranking.valueOf(list.items[0]!)
  for (let at = 0; at < list.count; at++) {
    const item = list.items[at]!
    scores.add(item, ranking.valueOf(item) * scale)
  }
}
