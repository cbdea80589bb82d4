import type { ProductAt, Review, Search, Slice } from '../../profiles/slice.js'
import * as bounds from '../../profiles/slice.js'
import type { Event } from '../event.js'
import { isBoughtSince, isProduct } from './lines.js'
import { productOf, textOf, withNewest } from './newest.js'
import { whole } from './whole.js'

export function viewedWith({ viewed }: Slice, event: Event): readonly ProductAt[] {
  return withProducts(viewed, productsOf(event), event, bounds.viewedCountMax)
}

export function wishedWith(slice: Slice, event: Event): readonly ProductAt[] {
  return withProducts(slice.wished, wantedOf(slice, event), event, bounds.wishCountMax)
}

export function alertsWith(slice: Slice, event: Event): readonly ProductAt[] {
  return withProducts(slice.alerts, wantedOf(slice, event), event, bounds.alertCountMax)
}

/** The list without these products, but for what was put in after `untilMs`. */
export function without(
  list: readonly ProductAt[],
  { items }: Event,
  untilMs: number,
): readonly ProductAt[] {
  if (list.length === 0) return list
  const isOut = new Set(items.map(productOf))
  return list.filter(({ product, atMs }) => atMs > untilMs || !isOut.has(product))
}

export function searchesWith({ searches }: Slice, event: Event): readonly Search[] {
  const text = event.query.trim().slice(0, bounds.searchTextLengthMax)
  if (text === '') return searches
  return withNewest(searches, { text, atMs: whole(event.atMs) }, textOf, bounds.searchCountMax)
}

export function reviewsWith({ reviews }: Slice, event: Event): readonly Review[] {
  if (!(event.rating >= 0)) return reviews
  const rating = Math.min(event.rating, 5)
  let list = reviews
  for (const product of productsOf(event)) {
    const review = { product, atMs: whole(event.atMs), rating }
    list = withNewest(list, review, productOf, bounds.reviewCountMax)
  }
  return list
}

function withProducts(
  list: readonly ProductAt[],
  products: readonly string[],
  event: Event,
  countMax: number,
): readonly ProductAt[] {
  const atMs = whole(event.atMs)
  let now = list
  for (const product of products) now = withNewest(now, { product, atMs }, productOf, countMax)
  return now
}

const productsOf = ({ items }: Event): string[] => items.map(productOf).filter(isProduct)

/** Without those that were bought then or later. */
const wantedOf = (slice: Slice, event: Event): string[] =>
  productsOf(event).filter((product) => !isBoughtSince(slice, product, event.atMs))
