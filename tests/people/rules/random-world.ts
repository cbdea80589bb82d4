/** Rules and slices at random, close in time: a rule's milliseconds can be gone through one by one. */
import type { Random } from '../../../src/base/random.js'
import { categoryHalfLifeMs } from '../../../src/people/fold/weights.js'
import type { RuleContext } from '../../../src/people/rules/field.js'
import { emptySlice, type Slice } from '../../../src/profiles/slice.js'

/** Slices lie in the `spanMs` before and after it. */
export const startMs = 1_750_000_000_000
export const spanMs = 60

const categories = ['Shoes', 'Shoes > Running', 'shoes/trail', 'Bags', 'Bagsies']
const products = ['p1', 'p2', 'p3', 'p4', 'p5']
const texts = ['buty zimowe', 'Red SHOES', 'żółte buty', 'bag']

export const context: RuleContext = {
  currency: 'PLN',
  unitValue: { PLN: 1, EUR: 4, CZK: 0.2 },
  categoryOf: (product) => ({ p1: 'Shoes', p2: 'Bags', p3: 'Shoes/Running' })[product] ?? '',
}

export function randomSlice(random: Random): Slice {
  const atMs = (): number => startMs - spanMs + random.below(2 * spanMs)
  const list = <T extends { readonly atMs: number }>(make: () => T): T[] =>
    Array.from({ length: random.below(5) }, make).sort((a, b) => b.atMs - a.atMs)
  const productAt = () => ({ product: random.pick(products), atMs: atMs() })
  const recent = list(() => ({
    id: 'o',
    atMs: atMs(),
    valueMicros: random.below(4) * 100_000_000,
    isGift: false,
  }))
  const fading = (key: string) => ({ key, weight: 1 + random.below(5) * 1e8, atMs: atMs() })
  return {
    ...emptySlice,
    firstSeenAtMs: random.chance(0.2) ? 0 : atMs(),
    lastSeenAtMs: atMs(),
    visitCount: random.below(4),
    cart: random.chance(0.4)
      ? null
      : {
          items: list(() => ({ ...productAt(), quantity: random.below(3), priceMicros: 0 })),
          valueMicros: random.below(4) * 100_000_000,
          changedAtMs: atMs(),
        },
    viewed: list(productAt),
    searches: list(() => ({ text: random.pick(texts), atMs: atMs() })),
    purchases: list(() => ({ ...productAt(), quantity: 1, priceMicros: 0, isGift: false })),
    orders: {
      count: recent.length,
      returned: [],
      early: [],
      giftCount: random.below(recent.length + 1),
      valueMicros: recent.reduce((sum, order) => sum + order.valueMicros, 0),
      firstAtMs: recent.at(-1)?.atMs ?? 0,
      lastAtMs: recent[0]?.atMs ?? 0,
      recent,
    },
    wished: list(productAt),
    alerts: list(productAt),
    productInterest: products.filter(() => random.chance(0.4)).map(fading),
    categoryInterest: categories.filter(() => random.chance(0.4)).map(fading),
    taste: random.chance(0.3)
      ? null
      : {
          priceMicros: random.below(4) * 100_000_000,
          marginShare: random.chance(0.2) ? -1 : random.below(5) / 4,
          weight: 1,
          atMs: atMs(),
        },
    consent: random.chance(0.3)
      ? null
      : { ads: random.chance(0.5), personalization: random.chance(0.5), atMs: atMs() },
    segments: ['vip', 'staff']
      .filter(() => random.chance(0.5))
      .map((segment) => ({
        segment,
        expiresAtMs: random.chance(0.2) ? Number.MAX_SAFE_INTEGER : atMs() + spanMs,
      })),
  }
}

/** The text of a rule that holds of about every second slice. */
export function randomRule(random: Random, depth = 3): string {
  if (depth === 0 || random.chance(0.3)) return randomTerm(random)
  const parts = Array.from({ length: 2 + random.below(2) }, () => randomRule(random, depth - 1))
  const rule = `(${parts.join(random.chance(0.5) ? ' and ' : ' or ')})`
  return random.chance(0.3) ? `not ${rule}` : rule
}

function randomTerm(random: Random): string {
  const exact = ['>=', '>', '<', '<=', '=', '!=']
  const inexact = exact.slice(0, 4)
  const comparison = (): string => random.pick(exact)
  const duration = (): string => `${(1 + random.below(spanMs)) / 1_000}s`
  const within = (): string => (random.chance(0.7) ? ` within ${duration()}` : '')
  const product = (): string => `"${random.pick(products)}"`
  const category = (): string => `"${random.pick(categories)}"`
  const money = (): string => random.pick(['100', '200 PLN', '50 EUR', '0', '500 CZK'])
  const several = (one: () => string): string => `${one()}, ${one()}`
  // Fades to about this while the milliseconds are gone through.
  const faded = (): number =>
    Number(
      ((1 + random.below(5) * 1e8) * 2 ** (-random.below(2 * spanMs) / categoryHalfLifeMs)).toFixed(
        6,
      ),
    )
  return random.pick<() => string>([
    () => `cart.value ${comparison()} ${money()}`,
    () => `cart.count ${comparison()} ${random.below(4)}`,
    () => `cart.abandonedFor ${random.pick(inexact)} ${duration()}`,
    () => `cart.product(${product()})`,
    () => `viewed.count ${comparison()} ${random.below(4)}${within()}`,
    () => `viewed.product(${several(product)})${within()}`,
    () => `viewed.category is one of [${several(category)}]${within()}`,
    () => `lastViewed.age ${random.pick(inexact)} ${duration()}`,
    () => `interest.category(${category()}) ${random.pick(inexact)} ${faded()}`,
    () => `searched("${random.pick(['buty', 'sho', 'zimo', 'oes', 'bag'])}")${within()}`,
    () => `searches.count is one of [${random.below(4)}, ${random.below(4)}]${within()}`,
    () => `purchases.count ${comparison()} ${random.below(4)}${within()}`,
    () => `spent.total ${comparison()} ${money()}${within()}`,
    () => `averageOrder.value ${comparison()} ${money()}`,
    () => `lastOrder.value ${comparison()} ${money()}`,
    () => `lastPurchase.age ${random.pick(inexact)} ${duration()}`,
    () => `bought.product(${product()})${within()}`,
    () => `bought.category(${category()})${within()}`,
    () => `gifts.share ${comparison()} ${random.pick(['50%', '0.25', '0%', '100%'])}`,
    () => `taste.marginShare ${comparison()} ${random.pick(['50%', '25%'])}`,
    () => `taste.price ${comparison()} ${money()}`,
    () => `wishlist.count ${comparison()} ${random.below(4)}${within()}`,
    () => `alerts.product(${product()})`,
    () => `visits.count ${comparison()} ${random.below(4)}`,
    () => `firstSeen.age ${random.pick(inexact)} ${duration()}`,
    () => `rfm.recency ${comparison()} ${1 + random.below(5)}`,
    () => `rfm.frequency ${comparison()} ${1 + random.below(5)}`,
    () => `rfm.monetary ${comparison()} ${1 + random.below(5)}`,
    () => random.pick(['consent.ads', 'not consent.personalization']),
    () => `inSegment("${random.pick(['vip', 'staff'])}")`,
  ])()
}
