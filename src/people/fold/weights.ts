/** What each thing that people do says of what they want, and how long it says so. */
import type { EventType } from '../event.js'

const dayMs = 86_400_000

/** Whoever wants a certain pair of shoes buys it within a week or two, or another one elsewhere. */
export const productHalfLifeMs = 7 * dayMs
/** Looking for shoes takes longer than looking at a pair. */
export const categoryHalfLifeMs = 21 * dayMs
/** What people can and like to pay changes with the seasons of their lives. */
export const tasteHalfLifeMs = 90 * dayMs

/**
 * In views of a product. Putting something into the cart takes four of them: most shops see about that
 * many views to a cart. A purchase says it of the category and of the taste only: the product is bought.
 * A list is half of a view, as people pass through it; whoever searches says what for.
 */
export const interestWeights: Readonly<Partial<Record<EventType, number>>> = {
  view_item: 1,
  view_item_list: 0.5,
  search: 2,
  add_to_wishlist: 2,
  back_in_stock: 3,
  add_to_cart: 4,
  begin_checkout: 4,
  purchase: 6,
}
