import { plainCategory } from '../../base/category.js'
import type { Cart, Slice } from '../../profiles/slice.js'
import * as bounds from '../../profiles/slice.js'
import { categoryHalfLifeMs, productHalfLifeMs } from '../fold/weights.js'
import { isBelow } from './category.js'
import type { RuleField } from './field.js'
import * as make from './field-makers.js'
import { fadedAt } from './measure.js'
import { plainWords } from './slice-words.js'

/** What people look at, look for and put aside. */
export const browsingFields: readonly RuleField[] = [
  make.measured('cart.value', 'money', 'what is in the cart is worth', (slice) => {
    return cartOf(slice)?.valueMicros ?? NaN
  }),
  make.measured('cart.count', 'count', 'pieces in the cart', (slice) => {
    let count = 0
    for (const { quantity } of cartOf(slice)?.items ?? []) count += quantity
    return count
  }),
  make.ageOf(
    'cart.abandonedFor',
    'since the cart was last changed, while something is in it',
    (slice) => cartOf(slice)?.changedAtMs ?? 0,
  ),
  {
    ...make.did('cart.product', 'product', 'the product is in the cart', (of) => (slice) => {
      const cart = cartOf(slice)
      return cart?.items.some(({ product }) => of.includes(product)) ? cart.changedAtMs : 0
    }),
    hasWindow: false,
  },
  make.counted(
    'viewed.count',
    'different products looked at',
    bounds.viewedCountMax,
    ({ viewed }) => viewed,
  ),
  make.didOnList('viewed.product', 'looked at the product', ({ viewed }) => viewed),
  make.did(
    'viewed.category',
    'category',
    'looked at, carted or bought something in the category or below it',
    (of) => {
      const wanted = of.map(plainCategory)
      return ({ categoryInterest }) => {
        let lastAtMs = 0
        for (const { key, atMs } of categoryInterest)
          if (atMs > lastAtMs && make.isAnyBelow(key, wanted)) lastAtMs = atMs
        return lastAtMs
      }
    },
  ),
  make.ageOf('lastViewed.age', 'since a product was last looked at', ({ viewed }) => {
    return viewed[0]?.atMs ?? 0
  }),
  make.interest(
    'interest.category',
    'category',
    'interest in the category and those below it, as it is after fading',
    categoryHalfLifeMs,
    (of) => {
      const wanted = plainCategory(of)
      return ({ categoryInterest }, ms) => {
        let weight = 0
        for (const interest of categoryInterest)
          if (isBelow(interest.key, wanted)) weight += fadedAt(interest, categoryHalfLifeMs, ms)
        return weight
      }
    },
  ),
  make.interest(
    'interest.product',
    'product',
    'interest in the product, as it is after fading',
    productHalfLifeMs,
    (of) => (slice, ms) => {
      for (const interest of slice.productInterest)
        if (interest.key === of) return fadedAt(interest, productHalfLifeMs, ms)
      return 0
    },
  ),
  make.did(
    'searched',
    'text',
    'searched for these words, or for words that begin so',
    (of, { words }) => {
      const wanted = of.map(plainWords)
      return (slice) => {
        const searches = words.searches(slice)
        for (let i = 0; i < searches.length; i++)
          for (const text of wanted) if (searches[i]!.includes(text)) return slice.searches[i]!.atMs
        return 0
      }
    },
  ),
  make.counted(
    'searches.count',
    'different searches',
    bounds.searchCountMax,
    ({ searches }) => searches,
  ),
  make.ageOf('lastSearch.age', 'since the last search', ({ searches }) => searches[0]?.atMs ?? 0),
  make.counted(
    'wishlist.count',
    'products on the wish list; within a time, put there in it',
    bounds.wishCountMax,
    ({ wished }) => wished,
  ),
  make.didOnList('wishlist.product', 'the product is on the wish list', ({ wished }) => wished),
  make.counted(
    'alerts.count',
    'products that they want to hear of when they are back in stock',
    bounds.alertCountMax,
    ({ alerts }) => alerts,
  ),
  make.didOnList(
    'alerts.product',
    'they want to hear when the product is back in stock',
    ({ alerts }) => alerts,
  ),
]

/** A cart with something in it; some shops tell what a cart is worth without saying what is in it. */
function cartOf({ cart }: Slice): Cart | null {
  return cart !== null && (cart.items.length > 0 || cart.valueMicros > 0) ? cart : null
}
