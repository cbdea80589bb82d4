import type { Query, Source } from '../query.js'
import type { Scores } from '../scores.js'

/** Products of one list that are looked at; the rest is too long ago. */
const listItemsMax = 100

/** What the person looked at, newest first, without what the page is about. */
export class RecentlyViewed implements Source {
  gather(query: Query, scores: Scores): void {
    const count = Math.min(query.viewed.length, listItemsMax)
    for (let i = 0; i < count; i++)
      if (!query.products.includes(query.viewed[i]!)) scores.add(query.viewed[i]!, 1 / (1 + i))
  }
}

/** What is in the cart, last put in first. */
export class Cart implements Source {
  gather(query: Query, scores: Scores): void {
    const count = Math.min(query.cart.length, listItemsMax)
    for (let i = 0; i < count; i++) scores.add(query.cart[i]!, 1 / (1 + i))
  }
}
