import { plainCategory } from '../../base/category.js'
import * as bounds from '../../profiles/slice.js'
import type { RuleField } from './field.js'
import * as make from './field-makers.js'
import { frequency, monetary, recency } from './rfm.js'

/** What people buy, and what that says of them. */
export const buyingFields: readonly RuleField[] = [
  make.counted(
    'purchases.count',
    'orders',
    bounds.orderCountKept,
    ({ orders }) => orders.recent,
    ({ orders }) => orders.count,
  ),
  make.spent(
    'spent.total',
    `what was paid, refunds taken off; within a time, for the newest ${bounds.orderCountKept} orders`,
  ),
  make.measured(
    'averageOrder.value',
    'money',
    'what an order is worth on average',
    ({ orders }) => {
      return orders.count === 0 ? NaN : orders.valueMicros / orders.count
    },
  ),
  make.measured('lastOrder.value', 'money', 'what the last order is worth', ({ orders }) => {
    return orders.recent[0]?.valueMicros ?? NaN
  }),
  make.ageOf('lastPurchase.age', 'since the last order', ({ orders }) => orders.lastAtMs),
  make.ageOf('firstPurchase.age', 'since the first order', ({ orders }) => orders.firstAtMs),
  make.didOnList('bought.product', 'bought the product', ({ purchases }) => purchases),
  make.did(
    'bought.category',
    'category',
    'bought something that the catalogue has in the category or below it',
    (of, { words }) => {
      const wanted = of.map(plainCategory)
      return (slice) => {
        const categories = words.boughtCategories(slice)
        for (let i = 0; i < categories.length; i++)
          if (make.isAnyBelow(categories[i]!, wanted)) return slice.purchases[i]!.atMs
        return 0
      }
    },
  ),
  make.measured('gifts.share', 'share', 'orders that were presents, of all', ({ orders }) => {
    return orders.count === 0 ? NaN : orders.giftCount / orders.count
  }),
  make.counted('reviews.count', 'reviews written', bounds.reviewCountMax, ({ reviews }) => reviews),
  make.measured(
    'taste.marginShare',
    'share',
    'what the shop keeps of the price of what they look at and buy, on average',
    ({ taste }) => (taste === null || taste.marginShare < 0 ? NaN : taste.marginShare),
  ),
  make.measured(
    'taste.price',
    'money',
    'price of what they look at and buy, on average',
    ({ taste }) => taste?.priceMicros ?? NaN,
  ),
  make.scored('rfm.recency', 'how recently they bought, 5 being best', recency),
  make.scored('rfm.frequency', 'how often they bought, 5 being best', frequency),
  make.scored('rfm.monetary', 'for how much they bought, 5 being best', monetary),
]
