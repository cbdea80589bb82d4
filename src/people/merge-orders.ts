import type { Order, Orders, Purchase, Slice } from '../profiles/slice.js'
import { returnedCountMax } from '../profiles/slice.js'
import { earlyWith, lessEarly, newestOrders, withMoments, withPurchases } from './fold/orders.js'
import { difference, sum } from './fold/whole.js'

/**
 * What two bought who turned out to be one. An order that both know counts once, as the one knows it
 * who knows of less that is left; one that was taken back on either side doesn't count. What the one
 * knows that came back of an order of the other's is taken off.
 */
export function mergeBought(a: Slice, b: Slice): Pick<Slice, 'orders' | 'purchases'> {
  const returned = [...new Set([...a.orders.returned, ...b.orders.returned])]
  // Orders of one side that don't count: taken back, or counted on the other.
  const goneOfA: Order[] = []
  const goneOfB: Order[] = []
  for (const order of a.orders.recent) if (returned.includes(order.id)) goneOfA.push(order)
  for (const order of b.orders.recent) {
    const other = a.orders.recent.find(({ id }) => id === order.id)
    if (returned.includes(order.id)) goneOfB.push(order)
    else if (other !== undefined)
      if (isTheOne(other, a, order, b)) goneOfB.push(order)
      else goneOfA.push(other)
  }
  const [left, right] = [without(a, goneOfA), without(b, goneOfB)]
  const orders = withMoments({
    count: sum(left.orders.count, right.orders.count),
    giftCount: sum(left.orders.giftCount, right.orders.giftCount),
    valueMicros: sum(left.orders.valueMicros, right.orders.valueMicros),
    firstAtMs: earlier(a.orders.firstAtMs, b.orders.firstAtMs),
    lastAtMs: Math.max(a.orders.lastAtMs, b.orders.lastAtMs),
    recent: newestOrders([...left.orders.recent, ...right.orders.recent]),
    returned: returned.slice(0, returnedCountMax),
    early: b.orders.early.reduce(earlyWith, a.orders.early),
  })
  // Of orders that aren't remembered any more: what both were told of is alike in every field.
  const more = right.purchases.filter((it) => !left.purchases.some((other) => isSame(it, other)))
  return lessEarly({ orders, purchases: withPurchases(left.purchases, more) })
}

/** Of two moments, 0 being none. */
export const earlier = (a: number, b: number): number =>
  a === 0 || b === 0 ? a + b : Math.min(a, b)

/** Whether the first one's telling of an order is kept: less is left, more is known, or it is older. */
function isTheOne(one: Order, a: Slice, other: Order, b: Slice): boolean {
  if (one.valueMicros !== other.valueMicros) return one.valueMicros < other.valueMicros
  const [ofOne, ofOther] = [purchasesAt(a, one.atMs).length, purchasesAt(b, other.atMs).length]
  return ofOne === ofOther ? one.atMs <= other.atMs : ofOne > ofOther
}

const purchasesAt = ({ purchases }: Slice, atMs: number): Purchase[] =>
  purchases.filter((it) => it.atMs === atMs)

function without(
  { orders, purchases }: Slice,
  gone: readonly Order[],
): { orders: Orders; purchases: readonly Purchase[] } {
  if (gone.length === 0) return { orders, purchases }
  let { count, giftCount, valueMicros } = orders
  for (const order of gone) {
    count = difference(count, 1)
    giftCount = difference(giftCount, order.isGift ? 1 : 0)
    valueMicros = difference(valueMicros, order.valueMicros)
  }
  return {
    orders: {
      ...orders,
      count,
      giftCount,
      valueMicros,
      recent: orders.recent.filter((it) => !gone.includes(it)),
    },
    purchases: purchases.filter(({ atMs }) => !gone.some((order) => order.atMs === atMs)),
  }
}

const isSame = (a: Purchase, b: Purchase): boolean =>
  a.product === b.product &&
  a.atMs === b.atMs &&
  a.quantity === b.quantity &&
  a.priceMicros === b.priceMicros &&
  a.isGift === b.isGift
