import { categoryLengthMax, type Slice } from '../../profiles/slice.js'
import type { Event } from '../event.js'
import { joinedTaste, withInterest } from './fading.js'
import { isBoughtSince, isProduct } from './lines.js'
import { categoryHalfLifeMs, interestWeights, productHalfLifeMs } from './weights.js'
import { whole } from './whole.js'

/**
 * Adds what an event says of interests and taste, each by the event's weight; a category counts once
 * however many items of it there are. What was bought is of no interest any more.
 */
export function withInterests(slice: Slice, event: Event): Slice {
  const weight = interestWeights[event.type] ?? 0
  const atMs = whole(event.atMs)
  let { productInterest, categoryInterest, taste } = slice
  const categories = new Set<string>()
  if (event.category !== '') categories.add(event.category)
  // Lists and searches show many products; that somebody is after one of them nobody knows.
  const isChosen = event.type !== 'view_item_list' && event.type !== 'search'
  for (const { product, category, priceMicros, marginShare } of isChosen ? event.items : []) {
    if (category !== '') categories.add(category)
    if (isProduct(product) && !isBoughtSince(slice, product, atMs)) {
      const interest = { key: product, weight, atMs }
      productInterest = withInterest(productInterest, interest, productHalfLifeMs)
    }
    if (priceMicros > 0)
      taste = joinedTaste(taste, {
        priceMicros: whole(priceMicros),
        marginShare: marginShare >= 0 ? Math.min(marginShare, 1) : -1,
        weight,
        atMs,
      })
  }
  for (const category of categories) {
    const interest = { key: category.slice(0, categoryLengthMax), weight, atMs }
    categoryInterest = withInterest(categoryInterest, interest, categoryHalfLifeMs)
  }
  return { ...slice, productInterest, categoryInterest, taste }
}
