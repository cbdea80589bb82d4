import { keyOf } from '../../base/key.js'
import {
  type CartItem,
  type EarlyRefund,
  earlyLineCountMax,
  earlyRefundCountMax,
  type Order,
  type Orders,
  orderCountKept,
  orderIdLengthMax,
  type Purchase,
  purchaseCountMax,
  returnedCountMax,
  type Slice,
} from '../../profiles/slice.js'
import type { Event } from '../event.js'
import { linesOf, worthOf } from './lines.js'
import { comesBefore, withNewest } from './newest.js'
import { difference, sum, product as times, whole } from './whole.js'

export interface Bought {
  readonly orders: Orders
  readonly purchases: readonly Purchase[]
  /** When it was bought, as was told first. */
  readonly atMs: number
  /** The order wasn't told before. */
  readonly isNew: boolean
}

type BoughtSlice = Pick<Slice, 'orders' | 'purchases'>

/** As long as events are kept, unless it is set otherwise: an order that old is told by nobody. */
const earlyMs = 395 * 86_400_000

/**
 * Counts an order once, however often and by whom it is told: the first telling counts, a later one
 * fills in what that left open (what was bought, for how much, that it was a present).
 *
 * An order older than all that are remembered, where no more can be, isn't counted, as it may have been
 * before; unless it is older than the first ever.
 *
 * What was told before it of what came back of it is taken off at once.
 */
export function foldPurchase({ orders, purchases }: Slice, event: Event): Bought {
  const id = orderIdOf(event)
  const lines = linesOf(event.items)
  const told: Order = {
    id,
    atMs: whole(event.atMs),
    valueMicros: event.valueMicros < 0 ? worthOf(lines) : whole(event.valueMicros),
    isGift: event.isGift,
  }
  const known = orders.recent.find((it) => it.id === id)
  if (known === undefined) {
    if (orders.returned.includes(id) || isForgotten(orders, told))
      return { orders, purchases, atMs: told.atMs, isNew: false }
    const bought = withPurchases(purchases, purchasesOf(told, lines))
    const left = lessEarly({ orders: withOrder(orders, told), purchases: bought })
    return { ...left, atMs: told.atMs, isNew: true }
  }
  const filled: Order = {
    ...known,
    valueMicros: known.valueMicros === 0 ? told.valueMicros : known.valueMicros,
    isGift: known.isGift || told.isGift,
  }
  const isOfOrder = ({ atMs }: Purchase): boolean => atMs === known.atMs
  const theirs = purchases.some(isOfOrder)
    ? purchases.map((it) => (isOfOrder(it) ? { ...it, isGift: filled.isGift } : it))
    : withPurchases(purchases, purchasesOf(filled, lines))
  const filledOrders = replaced(orders, known, filled)
  return { orders: filledOrders, purchases: theirs, atMs: known.atMs, isNew: false }
}

/**
 * Takes an order back, wholly or what is named of it. One of which nothing is left, in items or in
 * value, was never bought. One that nobody has told of may yet be told: the refund waits for it.
 */
export function foldRefund(slice: BoughtSlice, event: Event): BoughtSlice {
  const { orders, purchases } = slice
  const refund = refundOf(event)
  const order = orderOf(orders, refund)
  if (order !== undefined) return taken(slice, order, refund)
  if (orders.returned.includes(refund.orderId)) return { orders, purchases }
  return { orders: { ...orders, early: earlyWith(orders.early, waiting(refund)) }, purchases }
}

/** The orders without refunds that have waited too long. */
export function withoutOldRefunds(orders: Orders, atMs: number): Orders {
  const isOld = (refund: EarlyRefund): boolean => atMs - refund.atMs > earlyMs
  return orders.early.some(isOld)
    ? { ...orders, early: orders.early.filter((it) => !isOld(it)) }
    : orders
}

/** The list with one more, the newest of more than may wait. */
export const earlyWith = (
  early: readonly EarlyRefund[],
  refund: EarlyRefund,
): readonly EarlyRefund[] => withNewest(early, refund, keyOfRefund, earlyRefundCountMax)

/** With those refunds taken off whose orders are known by now, the first one first. */
export function lessEarly({ orders, purchases }: BoughtSlice): BoughtSlice {
  let left: BoughtSlice = { orders: { ...orders, early: [] }, purchases }
  const early: EarlyRefund[] = []
  for (const refund of orders.early.toReversed()) {
    const order = orderOf(left.orders, refund)
    if (order !== undefined) left = taken(left, order, refund)
    else if (!left.orders.returned.includes(refund.orderId)) early.unshift(refund)
  }
  return { orders: { ...left.orders, early }, purchases: left.purchases }
}

const keyOfRefund = ({ key }: EarlyRefund): string => key.toString(36)

const orderOf = ({ recent }: Orders, { orderId }: EarlyRefund): Order | undefined =>
  recent.find(({ id }) => id === orderId)

function refundOf(event: Event): EarlyRefund {
  const lines = linesOf(event.items)
  const said = event.valueMicros < 0 ? -1 : whole(event.valueMicros)
  return {
    orderId: orderIdOf(event),
    key: keyOf(event.messageId),
    atMs: whole(event.atMs),
    items: lines,
    valueMicros: said,
  }
}

/** As much of it as may wait: of very many products the rest by what it is worth. */
function waiting(refund: EarlyRefund): EarlyRefund {
  const { items, valueMicros } = refund
  if (items.length <= earlyLineCountMax) return refund
  const worthMicros = valueMicros < 0 ? worthOf(items) : valueMicros
  return { ...refund, items: items.slice(0, earlyLineCountMax), valueMicros: worthMicros }
}

/** @param order one of `orders.recent`. */
function taken(
  { orders, purchases }: BoughtSlice,
  order: Order,
  { items, valueMicros }: EarlyRefund,
): BoughtSlice {
  const theirs = purchases.filter(({ atMs }) => atMs === order.atMs)
  const { left, backMicros } = takenBack(theirs, items)
  const worthMicros = theirs.length === 0 ? worthOf(items) : backMicros
  const saidMicros = valueMicros < 0 ? worthMicros : valueMicros
  const isAll =
    (items.length === 0 && valueMicros < 0) ||
    (theirs.length > 0 && left.length === 0) ||
    (order.valueMicros > 0 && saidMicros >= order.valueMicros)
  const others = purchases.filter(({ atMs }) => atMs !== order.atMs)
  if (isAll) return { orders: without(orders, order), purchases: others }
  const rest = { ...order, valueMicros: difference(order.valueMicros, saidMicros) }
  return { orders: replaced(orders, order, rest), purchases: withPurchases(others, left) }
}

/** An order that the sender gave no id is its message's. */
const orderIdOf = ({ orderId, messageId }: Event): string =>
  (orderId === '' ? messageId : orderId).slice(0, orderIdLengthMax)

const purchasesOf = ({ atMs, isGift }: Order, lines: readonly CartItem[]): Purchase[] =>
  lines.map((line) => ({ ...line, atMs, isGift }))

function isForgotten({ recent, firstAtMs }: Orders, order: Order): boolean {
  const oldest = recent[orderCountKept - 1]
  return (
    oldest !== undefined &&
    comesBefore(oldest, oldest.id, order, order.id) &&
    order.atMs >= firstAtMs
  )
}

function withOrder(orders: Orders, order: Order): Orders {
  const { count, firstAtMs, lastAtMs } = orders
  return {
    ...orders,
    count: sum(count, 1),
    giftCount: sum(orders.giftCount, order.isGift ? 1 : 0),
    valueMicros: sum(orders.valueMicros, order.valueMicros),
    firstAtMs: count === 0 ? order.atMs : Math.min(firstAtMs, order.atMs),
    lastAtMs: Math.max(lastAtMs, order.atMs),
    recent: newestOrders([...orders.recent, order]),
  }
}

export function newestOrders(orders: Order[]): readonly Order[] {
  orders.sort((a, b) => (comesBefore(a, a.id, b, b.id) ? -1 : 1))
  return orders.slice(0, orderCountKept)
}

/** @param before one of `orders.recent`, now `after`. */
function replaced(orders: Orders, before: Order, after: Order): Orders {
  const valueMicros = difference(orders.valueMicros, before.valueMicros)
  return {
    ...orders,
    giftCount: sum(orders.giftCount, after.isGift && !before.isGift ? 1 : 0),
    valueMicros: sum(valueMicros, after.valueMicros),
    recent: orders.recent.map((it) => (it === before ? after : it)),
  }
}

/** @param order one of `orders.recent`. */
function without(orders: Orders, order: Order): Orders {
  return withMoments({
    ...orders,
    count: difference(orders.count, 1),
    giftCount: difference(orders.giftCount, order.isGift ? 1 : 0),
    valueMicros: difference(orders.valueMicros, order.valueMicros),
    recent: orders.recent.filter((it) => it !== order),
    returned: [order.id, ...orders.returned].slice(0, returnedCountMax),
  })
}

/** With the first and last moment as those orders say that are left, as far as they are remembered. */
export function withMoments(orders: Orders): Orders {
  const { count, recent } = orders
  if (count === 0) return { ...orders, firstAtMs: 0, lastAtMs: 0 }
  const first = recent.length === count ? recent.at(-1) : undefined
  return {
    ...orders,
    firstAtMs: first?.atMs ?? orders.firstAtMs,
    lastAtMs: recent[0]?.atMs ?? orders.lastAtMs,
  }
}

/** @returns what is left of the purchases, and what that which came back is worth. */
function takenBack(
  purchases: readonly Purchase[],
  lines: readonly CartItem[],
): { left: Purchase[]; backMicros: number } {
  const back = new Map(lines.map((line) => [line.product, line]))
  let backMicros = 0
  const left: Purchase[] = []
  for (const purchase of purchases) {
    const line = back.get(purchase.product)
    const count = Math.min(line?.quantity ?? 0, purchase.quantity)
    backMicros = sum(backMicros, times(count, line?.priceMicros || purchase.priceMicros))
    if (count < purchase.quantity) left.push({ ...purchase, quantity: purchase.quantity - count })
  }
  return { left, backMicros }
}

/** Newest first, and one order only among those of one moment. */
export function withPurchases(
  purchases: readonly Purchase[],
  more: readonly Purchase[],
): readonly Purchase[] {
  const all = [...purchases, ...more]
  all.sort(
    (a, b) =>
      b.atMs - a.atMs ||
      (a.product < b.product ? -1 : a.product > b.product ? 1 : 0) ||
      a.quantity - b.quantity ||
      a.priceMicros - b.priceMicros,
  )
  return all.slice(0, purchaseCountMax)
}
