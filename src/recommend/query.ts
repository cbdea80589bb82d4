import type { PageType } from '../catalogue/slots.js'
import type { Scores } from './scores.js'

/**
 * What is known where products are to be chosen: the page, and, with their consent, the person. One object for
 * all requests, filled anew for each. Products by index, none of them -1.
 */
export interface Query {
  readonly page: PageType
  readonly nowSeconds: number
  /** What the page is about: a product, what was just bought. */
  readonly products: readonly number[]
  /** Of the page; -1 where it is about none. */
  readonly category: number
  /** What was searched for; '' where nothing was. */
  readonly text: string
  /** What the person has looked at in this visit, newest last, the page's own product included. */
  readonly session: readonly number[]
  /** What they looked at before and in this visit, newest first, each once. */
  readonly viewed: readonly number[]
  /** What is in the cart, last put in first. */
  readonly cart: readonly number[]
  /** What they bought, newest first, and when. */
  readonly bought: readonly number[]
  readonly boughtAtSeconds: readonly number[]
}

/** One way to find products. Allocates nothing per query. */
export interface Source {
  /**
   * Adds what it finds to `scores`, best scores highest; what the scores of two sources are worth against each
   * other is the caller's to say. The products of the query may be among what it finds.
   */
  gather(query: Query, scores: Scores): void
}
