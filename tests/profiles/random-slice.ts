import { keyOf } from '../../src/base/key.js'
import type { Random } from '../../src/base/random.js'
import * as bounds from '../../src/profiles/slice.js'

const hostile = [
  '__proto__',
  'constructor',
  'a\0b',
  '"}],{',
  '\ud83d\ude00',
  '\ud800',
  'naïve',
  ' ',
]

/** Any slice within its bounds: few ids, so that the same one is in several lists; hostile ones too. */
export function randomSlice(random: Random): bounds.Slice {
  const id = (): string => (random.chance(0.1) ? random.pick(hostile) : `id-${random.below(12)}`)
  const atMs = (): number => random.below(50)
  const list = <T>(most: number, make: () => T): T[] => {
    const count = random.chance(0.05) ? most : random.below(Math.min(most, 8))
    return Array.from({ length: count }, make)
  }
  const money = (): number => (random.chance(0.2) ? 0 : random.below(1e9) * 1_000)
  const productAt = (): bounds.ProductAt => ({ product: id(), atMs: atMs() })
  const fading = (): bounds.Fading => ({ key: id(), weight: random.next() * 9, atMs: atMs() })
  return {
    firstSeenAtMs: atMs(),
    lastSeenAtMs: random.chance(0.1) ? Number.MAX_SAFE_INTEGER : atMs(),
    visitCount: random.below(1_000),
    cart: random.chance(0.5)
      ? {
          items: list(bounds.cartItemCountMax, () => ({
            product: id(),
            quantity: random.below(300),
            priceMicros: money(),
          })),
          valueMicros: money(),
          changedAtMs: atMs(),
        }
      : null,
    viewed: list(bounds.viewedCountMax, productAt),
    searches: list(bounds.searchCountMax, () => ({ text: id(), atMs: atMs() })),
    purchases: list(bounds.purchaseCountMax, () => ({
      ...productAt(),
      quantity: random.below(5),
      priceMicros: money(),
      isGift: random.chance(0.3),
    })),
    orders: {
      count: random.below(100),
      giftCount: random.below(9),
      valueMicros: random.chance(0.1) ? Number.MAX_SAFE_INTEGER : money(),
      firstAtMs: atMs(),
      lastAtMs: atMs(),
      recent: list(bounds.orderCountKept, () => ({
        id: id(),
        atMs: atMs(),
        valueMicros: money(),
        isGift: random.chance(0.3),
      })),
      returned: list(bounds.returnedCountMax, id),
      early: list(bounds.earlyRefundCountMax, () => ({
        orderId: id(),
        key: random.below(2 ** 31),
        atMs: atMs(),
        items: list(bounds.earlyLineCountMax, () => ({
          ...{ product: id(), quantity: random.below(5), priceMicros: money() },
        })),
        valueMicros: random.chance(0.5) ? -1 : money(),
      })),
    },
    wished: list(bounds.wishCountMax, productAt),
    alerts: list(bounds.alertCountMax, productAt),
    reviews: list(bounds.reviewCountMax, () => ({ ...productAt(), rating: random.below(11) / 2 })),
    productInterest: list(bounds.interestCountMax, fading),
    categoryInterest: list(bounds.interestCountMax, fading),
    taste: random.chance(0.5)
      ? {
          priceMicros: money(),
          marginShare: random.chance(0.3) ? -1 : random.next(),
          weight: random.next() * 100,
          atMs: atMs(),
        }
      : null,
    consent: random.chance(0.5)
      ? { ads: random.chance(0.7), personalization: random.chance(0.7), atMs: atMs() }
      : null,
    segments: list(bounds.segmentCountMax, () => ({ segment: id(), expiresAtMs: atMs() })),
    picks: list(bounds.pickCountMax, id),
  }
}

/** Every list full, every text of the greatest length in what takes the most bytes, every number large. */
export function largestSlice(): bounds.Slice {
  let made = 0
  const text = (length: number): string => `${made++}`.padStart(length, '\u0142')
  const product = (): string => text(bounds.productIdLengthMax)
  // One after the other as far apart as can be.
  const atMs = (): number => (made % 2 === 0 ? Number.MAX_SAFE_INTEGER : 0)
  const most = Number.MAX_SAFE_INTEGER
  const list = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)
  const productAt = (): bounds.ProductAt => ({ product: product(), atMs: atMs() })
  const line = () => ({ product: product(), quantity: most, priceMicros: most })
  const fading = (): bounds.Fading => ({
    key: text(bounds.categoryLengthMax),
    weight: 1 / 3,
    atMs: atMs(),
  })
  return {
    firstSeenAtMs: 0,
    lastSeenAtMs: most,
    visitCount: most,
    cart: { items: list(bounds.cartItemCountMax, line), valueMicros: most, changedAtMs: most },
    viewed: list(bounds.viewedCountMax, productAt),
    searches: list(bounds.searchCountMax, () => ({
      text: text(bounds.searchTextLengthMax),
      atMs: atMs(),
    })),
    purchases: list(bounds.purchaseCountMax, () => ({ ...line(), atMs: atMs(), isGift: true })),
    orders: {
      count: most,
      giftCount: most,
      valueMicros: most,
      firstAtMs: 0,
      lastAtMs: most,
      recent: list(bounds.orderCountKept, () => ({
        id: text(bounds.orderIdLengthMax),
        atMs: atMs(),
        valueMicros: most,
        isGift: false,
      })),
      returned: list(bounds.returnedCountMax, () => text(bounds.orderIdLengthMax)),
      early: list(bounds.earlyRefundCountMax, () => ({
        ...{ orderId: text(bounds.orderIdLengthMax), key: most, atMs: atMs(), valueMicros: most },
        items: list(bounds.earlyLineCountMax, line),
      })),
    },
    wished: list(bounds.wishCountMax, productAt),
    alerts: list(bounds.alertCountMax, productAt),
    reviews: list(bounds.reviewCountMax, () => ({ ...productAt(), rating: 5 })),
    productInterest: list(bounds.interestCountMax, fading),
    categoryInterest: list(bounds.interestCountMax, fading),
    taste: { priceMicros: most, marginShare: 0.5, weight: 1 / 3, atMs: 0 },
    consent: { ads: true, personalization: true, atMs: most },
    segments: list(bounds.segmentCountMax, () => ({
      segment: text(bounds.segmentIdLengthMax),
      expiresAtMs: most,
    })),
    picks: list(bounds.pickCountMax, product),
  }
}

/** What a bid should see of a slice, worked out as plainly as can be. */
export function expectedBidSlice(shopId: string, slice: bounds.Slice): bounds.BidSlice {
  const { cart, viewed, wished, purchases, picks, segments } = slice
  const inCart = (cart?.items ?? []).map((item) => item.product)
  const isBought = (product: string): boolean => {
    const wanted = [...viewed, ...wished]
      .filter((view) => view.product === product)
      .map((view) => view.atMs)
    if (inCart.includes(product)) wanted.push(cart!.changedAtMs)
    const lastWantedMs = Math.max(0, ...wanted)
    return purchases.some((bought) => bought.product === product && bought.atMs >= lastWantedMs)
  }
  const left = inCart.filter((product) => !isBought(product))
  const wanted = [...wished, ...viewed].map((seen) => seen.product)
  const shown = [...left, ...picks, ...wanted.filter((product) => !isBought(product))]
    .filter((product, i, all) => all.indexOf(product) === i)
    .slice(0, bounds.bidProductCountMax)
  const hasCart = left.length > 0 || (inCart.length === 0 && (cart?.valueMicros ?? 0) > 0)
  const names = [...new Set(segments.map((membership) => membership.segment))]
  return new bounds.BidSlice(
    keyOf(shopId),
    hasCart ? cart!.valueMicros : 0,
    hasCart ? cart!.changedAtMs : 0,
    Math.max(0, ...viewed.map((view) => view.atMs)),
    left.length,
    shown.map(keyOf),
    names.map(keyOf),
    names.map((name) =>
      Math.max(...segments.filter((s) => s.segment === name).map((s) => s.expiresAtMs)),
    ),
  )
}
