import type { ProductFacts } from './facts.js'
import type { ItemTable } from './item-table.js'
import type { Source } from './query.js'

/** Ways to find products, as slots name them. */
export const sourceNames = [
  /** What people who went the same way looked at next: session neighbours. */
  'next',
  /** What was bought in one order with the query's products or what is in the cart. */
  'bought-together',
  /** As `bought-together`, without what would replace them: nothing of their own categories. */
  'complements',
  /** What people who looked at the query's products bought in the end. */
  'viewed-then-bought',
  /** Alike by title, brand, category and price; also for products that nobody has looked at yet. */
  'similar',
  /** What the words of a search are in the titles of. */
  'found',
  /** What is looked at and bought more and more these days. */
  'trending',
  /** The same among the page's category, or those of the query's products. */
  'trending-in-category',
  'bestsellers',
  /** Came into the catalogue last. */
  'new',
  'recently-viewed',
  /** What is in the cart. */
  'cart',
  /** What the person bought and by now needs again, as others did. */
  'replenish',
] as const
export type SourceName = (typeof sourceNames)[number]

/** All that recommendations of one shop are made of. Nothing of another shop has a part in it. */
export interface ShopModel {
  readonly items: ItemTable
  readonly facts: ProductFacts
  readonly sources: Readonly<Record<SourceName, Source>>
}
