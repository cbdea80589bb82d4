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
  return {
    cart: random.chance(0.5)
      ? {
          products: list(bounds.cartProductCountMax, id),
          valueMicros: random.chance(0.2) ? 0 : random.below(1e9) * 1_000,
          changedAtMs: atMs(),
        }
      : null,
    viewed: list(bounds.viewedCountMax, () => ({ product: id(), atMs: atMs() })),
    searches: list(bounds.searchCountMax, () => ({ text: id(), atMs: atMs() })),
    purchases: list(bounds.purchaseCountMax, () => ({ product: id(), atMs: atMs() })),
    segments: list(bounds.segmentCountMax, () => ({ segment: id(), expiresAtMs: atMs() })),
    picks: list(bounds.pickCountMax, id),
  }
}

/** What a bid should see of a slice, worked out as plainly as can be. */
export function expectedBidSlice(shopId: string, slice: bounds.Slice): bounds.BidSlice {
  const { cart, viewed, purchases, picks, segments } = slice
  const inCart = cart?.products ?? []
  const isBought = (product: string): boolean => {
    const wanted = viewed.filter((view) => view.product === product).map((view) => view.atMs)
    if (inCart.includes(product)) wanted.push(cart!.changedAtMs)
    const lastWantedMs = Math.max(0, ...wanted)
    return purchases.some((bought) => bought.product === product && bought.atMs >= lastWantedMs)
  }
  const left = inCart.filter((product) => !isBought(product))
  const shown = [...inCart, ...picks, ...viewed.map((view) => view.product)]
    .filter((product) => !isBought(product))
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
