/** What a slice should say of a person's events, worked out from all of them at once, whatever it costs. */
import type { Event, EventItem } from '../../src/people/event.js'
import * as bounds from '../../src/profiles/slice.js'

const dayMs = 86_400_000

type At = { readonly atMs: number }

const of = (events: readonly Event[], ...types: Event['type'][]): Event[] =>
  events.filter(({ type }) => types.includes(type))

/** The newest of each name, newest first, of one moment by name. */
function newest<T extends At>(all: readonly T[], nameOf: (it: T) => string, most: number): T[] {
  const names = [...new Set(all.map(nameOf))]
  const last = names.map(
    (name) => all.filter((it) => nameOf(it) === name).sort((a, b) => b.atMs - a.atMs)[0]!,
  )
  return last.sort((a, b) => b.atMs - a.atMs || (nameOf(a) < nameOf(b) ? -1 : 1)).slice(0, most)
}

const productsAt = (events: readonly Event[]): bounds.ProductAt[] =>
  events.flatMap(({ items, atMs }) => items.map(({ product }) => ({ product, atMs })))

/** Orders as they were told first, without refunds. */
function ordersOf(events: readonly Event[]) {
  const told = new Map<string, Event>()
  for (const event of of(events, 'purchase')) {
    const id = event.orderId || event.messageId
    if (!told.has(id)) told.set(id, event)
  }
  return [...told.values()]
}

export const worthOf = (items: readonly EventItem[]): number =>
  items.reduce((sum, it) => sum + it.quantity * Math.max(it.priceMicros, 0), 0)

/** @param events in the order in which they were told; each order told once. */
export function naiveLists(events: readonly Event[]) {
  const bought = productsAt(ordersOf(events))
  const isWanted = ({ product, atMs }: bounds.ProductAt): boolean =>
    !bought.some((it) => it.product === product && it.atMs >= atMs)
  const searches = of(events, 'search').map(({ query, atMs }) => ({ text: query, atMs }))
  const orders = ordersOf(events)
  const times = orders.map(({ atMs }) => atMs)
  const value = ({ valueMicros, items }: Event): number =>
    valueMicros < 0 ? worthOf(items) : valueMicros
  return {
    viewed: newest(productsAt(of(events, 'view_item')), (it) => it.product, bounds.viewedCountMax),
    wished: newest(
      productsAt(of(events, 'add_to_wishlist')).filter(isWanted),
      (it) => it.product,
      bounds.wishCountMax,
    ),
    alerts: newest(
      productsAt(of(events, 'back_in_stock')).filter(isWanted),
      (it) => it.product,
      bounds.alertCountMax,
    ),
    searches: newest(searches, (it) => it.text, bounds.searchCountMax),
    orderCount: orders.length,
    giftCount: orders.filter(({ isGift }) => isGift).length,
    valueMicros: orders.reduce((sum, it) => sum + value(it), 0),
    firstAtMs: orders.length === 0 ? 0 : Math.min(...times),
    lastAtMs: Math.max(0, ...times),
    orderIds: orders
      .map((it) => ({ id: it.orderId || it.messageId, atMs: it.atMs }))
      .sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id)
      .slice(0, bounds.orderCountKept),
    boughtCount: orders.reduce(
      (sum, it) => sum + it.items.reduce((all, item) => all + item.quantity, 0),
      0,
    ),
  }
}

const weights: Readonly<Record<string, number>> = {
  view_item: 1,
  view_item_list: 0.5,
  search: 2,
  add_to_wishlist: 2,
  back_in_stock: 3,
  add_to_cart: 4,
  begin_checkout: 4,
  purchase: 6,
}

/** What each category's interest is at a moment after all events. */
export function naiveCategories(events: readonly Event[], nowMs: number): Map<string, number> {
  const interests = new Map<string, number>()
  for (const event of events) {
    if (event.isGift && event.type === 'purchase') continue
    const chosen = ['view_item_list', 'search'].includes(event.type) ? [] : event.items
    const categories = new Set([event.category, ...chosen.map((it) => it.category)])
    const weight = (weights[event.type] ?? 0) * 0.5 ** ((nowMs - event.atMs) / (21 * dayMs))
    for (const category of categories)
      if (category !== '' && weight > 0)
        interests.set(category, (interests.get(category) ?? 0) + weight)
  }
  return interests
}

/** The price that the person looks at on average, and how much that is based on. */
export function naiveTaste(events: readonly Event[], nowMs: number) {
  let [price, margin, total] = [0, 0, 0]
  for (const event of events) {
    if (event.isGift && event.type === 'purchase') continue
    if (['view_item_list', 'search'].includes(event.type)) continue
    const weight = (weights[event.type] ?? 0) * 0.5 ** ((nowMs - event.atMs) / (90 * dayMs))
    for (const { priceMicros, marginShare } of event.items)
      if (priceMicros > 0) {
        price += weight * priceMicros
        margin += weight * marginShare
        total += weight
      }
  }
  return { priceMicros: price / total, marginShare: margin / total, weight: total }
}

/** Half an hour of nothing is between two visits. */
export function naiveVisits(events: readonly Event[]): number {
  const times = events
    .filter(
      ({ type, source }) =>
        type !== 'refund' && (source === 'tag' || !['identify', 'consent'].includes(type)),
    )
    .map(({ atMs }) => atMs)
    .sort((a, b) => a - b)
  return times.filter((atMs, i) => i === 0 || atMs - times[i - 1]! >= 30 * 60_000).length
}
