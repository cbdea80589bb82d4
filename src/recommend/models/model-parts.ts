import type { SourceName } from '../../catalogue/slots.js'
import type { Actions } from '../actions.js'
import type { ProductFacts } from '../facts.js'
import type { Source } from '../query.js'
import { BoughtTogether, Complements } from './bought-together.js'
import { buildContent, type ContentParts, type ProductText } from './content-build.js'
import { ContentIndex } from './content-index.js'
import { Counters } from './counters.js'
import { Found } from './found.js'
import { basketsOf, ordersOf } from './groups.js'
import { buildNewest, type FirstDays, Newest } from './newest.js'
import { buildPopularity, PopularityLists, type PopularityParts } from './popularity.js'
import { Bestsellers, Trending, TrendingInCategory } from './popularity-sources.js'
import { buildRelatedRows, RelatedRows, type RelatedRowsParts } from './related-rows.js'
import { buildReplenish, Replenish, type ReplenishParts } from './replenish.js'
import { Similar } from './similar.js'
import { Cart, RecentlyViewed } from './simple-sources.js'
import { ViewedThenBought } from './viewed-then-bought.js'

/** All models but the session neighbours, as typed arrays: built in a thread, handed over without a copy. */
export interface ModelParts {
  readonly boughtTogether: RelatedRowsParts
  readonly viewedThenBought: RelatedRowsParts
  readonly popularity: PopularityParts
  readonly content: ContentParts
  readonly newest: Int32Array<ArrayBuffer>
  readonly replenish: ReplenishParts
}

export interface BuildInput {
  readonly actions: Actions
  /** Products in the item table after all events and the whole catalogue were read. */
  readonly itemCount: number
  /** May be filled while `texts` are read: nothing looks at them before their end. */
  readonly facts: ProductFacts
  readonly texts: Iterable<ProductText>
  /** Not before the last action. */
  readonly nowSeconds: number
  readonly firstDays: FirstDays
}

export function buildModels(input: BuildInput): ModelParts {
  const { actions, facts, itemCount, nowSeconds } = input
  const content = buildContent(input.texts, facts, itemCount)
  const baskets = basketsOf(actions, itemCount)
  const boughtTogether = buildRelatedRows(itemCount, baskets, baskets)
  const { seen, bought } = ordersOf(actions, itemCount)
  return {
    boughtTogether,
    viewedThenBought: buildRelatedRows(itemCount, seen, bought),
    popularity: buildPopularity(actions, facts, itemCount, nowSeconds),
    content,
    newest: buildNewest(facts, itemCount, input.firstDays),
    replenish: buildReplenish(actions, itemCount),
  }
}

/** What to hand over along with the parts (or with facts, or a part of either): their memory, each piece once. */
export function transferablesOf(parts: object): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  const collect = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) buffers.add(value.buffer as ArrayBuffer)
    else if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const inner of Object.values(value)) collect(inner)
  }
  collect(parts)
  return [...buffers]
}

/** Bytes of memory by part. */
export function bytesOf(parts: ModelParts): Readonly<Record<keyof ModelParts, number>> {
  const bytes = (part: object): number =>
    transferablesOf({ part }).reduce((sum, buffer) => sum + buffer.byteLength, 0)
  return {
    boughtTogether: bytes(parts.boughtTogether),
    viewedThenBought: bytes(parts.viewedThenBought),
    popularity: bytes(parts.popularity),
    content: bytes(parts.content),
    newest: bytes(parts.newest),
    replenish: bytes(parts.replenish),
  }
}

export type ModelSources = Readonly<Record<Exclude<SourceName, 'next'>, Source>>

/** The sources of one shop, and what is to be told of what happens since the build. */
export interface Models {
  readonly sources: ModelSources
  /** `note` for every action. */
  readonly popularity: PopularityLists
  /** `add` for every product with a new title, brand or category, after its facts were updated. */
  readonly content: ContentIndex
  /** `note` for every product that is new. */
  readonly newest: Newest
  readonly replenish: Replenish
}

/** @param facts kept up to date by the caller. `parts` are not to be used after that. */
export function modelsFrom(parts: ModelParts, facts: ProductFacts): Models {
  const boughtTogether = new RelatedRows(parts.boughtTogether)
  const viewedThenBought = new RelatedRows(parts.viewedThenBought)
  const counters = new Counters(parts.popularity.counters)
  const popularity = new PopularityLists(counters, facts, parts.popularity)
  const content = new ContentIndex(parts.content)
  const newest = new Newest(parts.newest)
  const replenish = new Replenish(parts.replenish)
  return {
    sources: {
      'bought-together': new BoughtTogether(boughtTogether),
      complements: new Complements(boughtTogether, facts),
      'viewed-then-bought': new ViewedThenBought(viewedThenBought),
      similar: new Similar(content, facts),
      found: new Found(content, facts),
      trending: new Trending(popularity),
      'trending-in-category': new TrendingInCategory(popularity, facts),
      bestsellers: new Bestsellers(popularity),
      new: newest,
      'recently-viewed': new RecentlyViewed(),
      cart: new Cart(),
      replenish,
    },
    popularity,
    content,
    newest,
    replenish,
  }
}
