/** What a rule says, worked out as plainly as can be from its JSON: one moment, nothing kept. */
import { categoryHalfLifeMs } from '../../../src/people/fold/weights.js'
import type { RuleJson } from '../../../src/people/rules/node.js'
import type { Slice } from '../../../src/profiles/slice.js'
import { context } from './random-world.js'

export function holds(rule: RuleJson, slice: Slice, nowMs: number): boolean {
  if ('all' in rule) return rule.all.every((part) => holds(part, slice, nowMs))
  if ('any' in rule) return rule.any.some((part) => holds(part, slice, nowMs))
  if ('not' in rule) return !holds(rule.not, slice, nowMs)
  const { field, is, value } = rule
  const of = rule.of === undefined ? [] : Array.isArray(rule.of) ? rule.of : [rule.of]
  const withinMs = rule.within === undefined ? Infinity : numberOf(rule.within)
  const found = read(field, of, slice, nowMs, withinMs)
  if (typeof found === 'boolean') return found
  if (found === null) return false
  const values = (Array.isArray(value) ? value : [value]).map(numberOf)
  const first = values[0]!
  switch (is) {
    case '>=':
      return found >= first
    case '>':
      return found > first
    case '<':
      return found < first
    case '<=':
      return found <= first
    case '!=':
      return found !== first
    default:
      return values.includes(found)
  }
}

/** null where there is nothing to compare. */
function read(
  field: string,
  of: readonly string[],
  slice: Slice,
  nowMs: number,
  withinMs: number,
): number | boolean | null {
  const { cart, orders, taste } = slice
  const hasCart = cart !== null && (cart.items.length > 0 || cart.valueMicros > 0)
  const since = (atMs: number | undefined): number | null => (atMs ? nowMs - atMs : null)
  const recently = <T extends { atMs: number }>(list: readonly T[]): readonly T[] =>
    list.filter(({ atMs }) => nowMs - atMs < withinMs)
  const products = (list: readonly { product: string; atMs: number }[]): boolean =>
    recently(list).some(({ product }) => of.includes(product))
  const isIn = (category: string): boolean => {
    const steps = (text: string): string[] => text.toLowerCase().split(/\s*[/>]\s*/)
    return of.some((top) => steps(top).every((step, i) => steps(category)[i] === step))
  }
  const daysSince = (nowMs - orders.lastAtMs) / 86_400_000
  const score = (value: number, falling: number[]): number =>
    5 - ((falling.findIndex((least) => value >= least) + 5) % 5)
  switch (field) {
    case 'cart.value':
      return hasCart ? cart.valueMicros : null
    case 'cart.count':
      return hasCart ? cart.items.reduce((sum, { quantity }) => sum + quantity, 0) : 0
    case 'cart.abandonedFor':
      return hasCart ? nowMs - cart.changedAtMs : null
    case 'cart.product':
      return hasCart && cart.items.some(({ product }) => of.includes(product))
    case 'viewed.count':
      return recently(slice.viewed).length
    case 'viewed.product':
      return products(slice.viewed)
    case 'viewed.category':
      return recently(slice.categoryInterest).some(({ key }) => isIn(key))
    case 'lastViewed.age':
      return since(slice.viewed[0]?.atMs)
    case 'interest.category': {
      const weights = slice.categoryInterest
        .filter(({ key }) => isIn(key))
        .map(
          ({ weight, atMs }) => weight * Math.exp(((atMs - nowMs) * Math.LN2) / categoryHalfLifeMs),
        )
      return weights.reduce((sum, weight) => sum + weight, 0)
    }
    case 'searched':
      return recently(slice.searches).some(({ text }) =>
        text
          .toLowerCase()
          .split(' ')
          .some((word) => word.startsWith(of[0]!)),
      )
    case 'searches.count':
      return recently(slice.searches).length
    case 'purchases.count':
      return recently(orders.recent).length
    case 'spent.total':
      return recently(orders.recent).reduce((sum, { valueMicros }) => sum + valueMicros, 0)
    case 'averageOrder.value':
      return orders.count === 0 ? null : orders.valueMicros / orders.count
    case 'lastOrder.value':
      return orders.recent[0]?.valueMicros ?? null
    case 'lastPurchase.age':
      return since(orders.lastAtMs)
    case 'bought.product':
      return products(slice.purchases)
    case 'bought.category':
      return recently(slice.purchases).some(({ product }) => isIn(context.categoryOf(product)))
    case 'gifts.share':
      return orders.count === 0 ? null : orders.giftCount / orders.count
    case 'taste.marginShare':
      return taste === null || taste.marginShare < 0 ? null : taste.marginShare
    case 'taste.price':
      return taste?.priceMicros ?? null
    case 'wishlist.count':
      return recently(slice.wished).length
    case 'alerts.product':
      return products(slice.alerts)
    case 'visits.count':
      return slice.visitCount
    case 'firstSeen.age':
      return since(slice.firstSeenAtMs)
    case 'rfm.recency':
      return orders.count === 0 ? null : daysSince < 30 ? 5 : 1
    case 'rfm.frequency':
      return orders.count === 0 ? null : score(orders.count, [10, 5, 3, 2, 0])
    case 'rfm.monetary':
      return orders.count === 0
        ? null
        : score(orders.valueMicros / 1e6, [4_000, 1_600, 600, 200, 0])
    case 'consent.ads':
      return slice.consent?.ads ?? false
    case 'consent.personalization':
      return slice.consent?.personalization ?? false
    case 'inSegment':
      return slice.segments.some(
        ({ segment, expiresAtMs }) => of.includes(segment) && expiresAtMs > nowMs,
      )
  }
  throw new Error(`naive: ${field} is not known here`)
}

/** Of a value as canonical JSON has it: micros, milliseconds, shares, numbers. */
function numberOf(value: unknown): number {
  const [, amount, unit] = /^([\d.]+)\s*(\S*)$/.exec(String(value))!
  const rates: Record<string, number> = { PLN: 1e6, EUR: 4e6, CZK: 2e5, '%': 0.01, '': 1 }
  const times: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
  const rate = rates[unit!] ?? times[unit!]!
  return rate < 1
    ? Number((Number(amount) * rate).toFixed(8))
    : Math.round(Number(amount) * rate * 1e6) / 1e6
}
