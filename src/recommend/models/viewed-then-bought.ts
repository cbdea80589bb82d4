import type { Query, Source } from '../query.js'
import type { Scores } from '../scores.js'
import { queryItemsMax, type RelatedRows } from './related-rows.js'

/** What was looked at before in this visit counts, beside what the page is about, half, a quarter … */
const sessionItemsMax = 4
const sessionFactor = 0.5

/** What people who looked at the query's products ordered within a week. */
export class ViewedThenBought implements Source {
  readonly #rows: RelatedRows

  constructor(rows: RelatedRows) {
    this.#rows = rows
  }

  gather(query: Query, scores: Scores): void {
    const { products, session } = query
    const productCount = Math.min(products.length, queryItemsMax)
    for (let i = 0; i < productCount; i++) this.#rows.addTo(scores, products[i]!, 1)
    let factor = sessionFactor
    const oldest = Math.max(0, session.length - sessionItemsMax)
    for (let i = session.length - 1; i >= oldest; i--) {
      if (products.includes(session[i]!)) continue
      this.#rows.addTo(scores, session[i]!, factor)
      factor *= sessionFactor
    }
  }
}
