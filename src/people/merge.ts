import type { Cart, CartItem, Membership, Slice } from '../profiles/slice.js'
import * as bounds from '../profiles/slice.js'
import { contentsOf, noCart, withLines } from './fold/cart.js'
import { isDenied, newerConsent, onlyConsent } from './fold/consent.js'
import { joinedTaste, withInterest } from './fold/fading.js'
import { isBoughtSince } from './fold/lines.js'
import { productOf, textOf, withNewest } from './fold/newest.js'
import { categoryHalfLifeMs, productHalfLifeMs } from './fold/weights.js'
import { sum } from './fold/whole.js'
import { earlier, mergeBought } from './merge-orders.js'

/** A cart that was left longer than this before the other was changed isn't wanted with it any more. */
export const cartsApartMs = 7 * 86_400_000

/**
 * What is known of one person of whom it was known as of two: a browser that turned out to be a
 * customer's, a customer's phone.
 *
 * Lists keep the newest of both; an order that both know counts once; interests and visits add up;
 * consent is what was said last. The carts become one, as shops make one of them when somebody logs in:
 * what was put in last comes first, of a product in both there is the larger quantity. If one was left
 * for over a week before the other was changed, it is given up. What one was looking for and the other
 * has bought since is found.
 *
 * Both ways round it comes to the same, but for the rounding of what fades and, where both were
 * changed or seen in the same millisecond, the order of the carts and picks.
 */
export function mergeSlices(into: Slice, from: Slice): Slice {
  const consent = newerConsent(into.consent, from.consent)
  if (isDenied(consent)) return onlyConsent(consent)
  const { orders, purchases } = mergeBought(into, from)
  const bought = { ...into, purchases }
  const isWanted = ({ product, atMs }: { product: string; atMs: number }): boolean =>
    !isBoughtSince(bought, product, atMs)
  const newest = <T extends { readonly atMs: number }>(
    a: readonly T[],
    b: readonly T[],
    nameOf: (entry: T) => string,
    countMax: number,
  ): readonly T[] => b.reduce((list, entry) => withNewest(list, entry, nameOf, countMax), a)
  return {
    firstSeenAtMs: earlier(into.firstSeenAtMs, from.firstSeenAtMs),
    lastSeenAtMs: Math.max(into.lastSeenAtMs, from.lastSeenAtMs),
    visitCount: sum(into.visitCount, from.visitCount),
    cart: mergedCart(bought, into.cart, from.cart),
    viewed: newest(into.viewed, from.viewed, productOf, bounds.viewedCountMax),
    searches: newest(into.searches, from.searches, textOf, bounds.searchCountMax),
    purchases,
    orders,
    wished: newest(into.wished, from.wished, productOf, bounds.wishCountMax).filter(isWanted),
    alerts: newest(into.alerts, from.alerts, productOf, bounds.alertCountMax).filter(isWanted),
    reviews: newest(into.reviews, from.reviews, productOf, bounds.reviewCountMax),
    productInterest: from.productInterest
      .reduce((list, it) => withInterest(list, it, productHalfLifeMs), into.productInterest)
      .filter(({ key, atMs }) => isWanted({ product: key, atMs })),
    categoryInterest: from.categoryInterest.reduce(
      (list, it) => withInterest(list, it, categoryHalfLifeMs),
      into.categoryInterest,
    ),
    taste: joinedTaste(into.taste, from.taste),
    consent,
    segments: mergedSegments(into.segments, from.segments),
    picks: mergedPicks(into, from),
  }
}

/** @param bought with the purchases of both. */
function mergedCart(bought: Slice, a: Cart | null, b: Cart | null): Cart | null {
  if (a === null && b === null) return null
  const [first, second] = [a ?? noCart, b ?? noCart]
  const isFirstOlder = first.changedAtMs < second.changedAtMs
  const newer = isFirstOlder ? second : first
  const before = isFirstOlder ? first : second
  const older = newer.changedAtMs - before.changedAtMs > cartsApartMs ? noCart : before
  const leftOf = ({ items, changedAtMs }: Cart): CartItem[] =>
    items.filter(({ product }) => !isBoughtSince(bought, product, changedAtMs))
  const items = withLines(leftOf(older), leftOf(newer), Math.max)
  const { changedAtMs } = newer
  const hadItems = newer.items.length > 0 || older.items.length > 0
  if (items.length === 0 && hadItems) return { ...noCart, changedAtMs }
  const saidMicros = Math.max(newer.valueMicros, older.valueMicros)
  return { ...contentsOf(items, saidMicros), changedAtMs }
}

function mergedSegments(a: readonly Membership[], b: readonly Membership[]): readonly Membership[] {
  const expiries = new Map<string, number>()
  for (const { segment, expiresAtMs } of [...a, ...b])
    expiries.set(segment, Math.max(expiresAtMs, expiries.get(segment) ?? 0))
  return Array.from(expiries, ([segment, expiresAtMs]) => ({ segment, expiresAtMs })).slice(
    0,
    bounds.segmentCountMax,
  )
}

/** Those of whom was seen last come first; each was chosen without knowing what the other had bought. */
function mergedPicks(a: Slice, b: Slice): readonly string[] {
  const [first, second] = a.lastSeenAtMs < b.lastSeenAtMs ? [b, a] : [a, b]
  const of = ({ picks }: Slice, { purchases }: Slice): readonly string[] =>
    picks.filter((pick) => !purchases.some(({ product }) => product === pick))
  const picks = new Set([...of(first, second), ...of(second, first)])
  return [...picks].slice(0, bounds.pickCountMax)
}
