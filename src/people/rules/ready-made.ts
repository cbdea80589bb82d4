/** Segments that most shops want, to be taken as they are or copied and changed; right in any currency. */
export interface ReadyMadeSegment {
  readonly id: string
  readonly name: string
  readonly description: string
  /** Rules as text. */
  readonly rule: string
}

export const readyMadeSegments: readonly ReadyMadeSegment[] = [
  {
    id: 'abandoned-cart',
    name: 'Abandoned cart',
    description: 'Left something in the cart half an hour to two weeks ago.',
    rule: 'cart.abandonedFor >= 30m and cart.abandonedFor < 14d',
  },
  {
    id: 'product-viewers',
    name: 'Product viewers',
    description: 'Looked at a product in the last two weeks and has bought nothing since.',
    rule: 'viewed.count >= 1 within 14d and purchases.count = 0 within 14d',
  },
  {
    id: 'searchers',
    name: 'Searchers',
    description: 'Searched for something in the last two weeks.',
    rule: 'lastSearch.age < 14d',
  },
  {
    id: 'buyers',
    name: 'Buyers',
    description: 'Has bought something, whenever it was.',
    rule: 'purchases.count >= 1',
  },
  {
    id: 'never-bought',
    name: 'Never bought',
    description: 'Was here more than once and has bought nothing yet.',
    rule: 'purchases.count = 0 and visits.count > 1',
  },
  {
    id: 'new-customers',
    name: 'New customers',
    description: 'Bought for the first time in the last 30 days.',
    rule: 'firstPurchase.age < 30d',
  },
  {
    id: 'loyal',
    name: 'Loyal customers',
    description: 'Has bought more than three times.',
    rule: 'purchases.count > 3',
  },
  {
    id: 'lapsing',
    name: 'Lapsing customers',
    description: 'Bought twice at least, and nothing for three months to a year.',
    rule: 'purchases.count >= 2 and lastPurchase.age > 90d and lastPurchase.age <= 365d',
  },
  {
    id: 'lapsed',
    name: 'Lapsed customers',
    description: 'Bought once at least, and nothing for more than a year.',
    rule: 'lastPurchase.age > 365d',
  },
  {
    id: 'high-margin-browsers',
    name: 'High-margin browsers',
    description: 'Looks at products of whose price the shop keeps much.',
    rule: 'taste.marginShare >= 40% and lastViewed.age < 30d',
  },
  {
    id: 'gift-buyers',
    name: 'Gift buyers',
    description: 'Half of the orders at least were presents.',
    rule: 'gifts.share >= 50%',
  },
  {
    id: 'wishers',
    name: 'Wish lists',
    description: 'Has something on the wish list, or waits for it to be in stock again.',
    rule: 'wishlist.count >= 1 or alerts.count >= 1',
  },
  {
    id: 'rfm-champions',
    name: 'RFM: champions',
    description: 'Bought lately, often and for much.',
    rule: 'rfm.recency >= 4 and rfm.frequency >= 4 and rfm.monetary >= 4',
  },
  {
    id: 'rfm-loyal',
    name: 'RFM: loyal',
    description: 'Buys often and bought within half a year, but is no champion.',
    rule: 'rfm.recency >= 3 and rfm.frequency >= 3 and not (rfm.recency >= 4 and rfm.frequency >= 4 and rfm.monetary >= 4)',
  },
  {
    id: 'rfm-promising',
    name: 'RFM: promising',
    description: 'Bought lately, but only once or twice.',
    rule: 'rfm.recency >= 4 and rfm.frequency <= 2',
  },
  {
    id: 'rfm-fading',
    name: 'RFM: fading',
    description: 'Bought once or twice, the last time three months to half a year ago.',
    rule: 'rfm.recency = 3 and rfm.frequency <= 2',
  },
  {
    id: 'rfm-at-risk',
    name: 'RFM: at risk',
    description: 'Bought often, but nothing for half a year.',
    rule: 'rfm.recency <= 2 and rfm.frequency >= 3',
  },
  {
    id: 'rfm-sleeping',
    name: 'RFM: sleeping',
    description: 'Bought once or twice, and nothing for half a year.',
    rule: 'rfm.recency <= 2 and rfm.frequency <= 2',
  },
]
