/**
 * What comes back of orders, taken off where it was counted: on the day, and for the variant, of the answer that the
 * order came of. A refund of an order that counts nowhere may have come before it, and waits.
 */
import { keyOf } from '../../base/key.js'
import {
  type CountedOrder,
  type LineLeft,
  lineLeft,
  linesMicros,
  type OrderLine,
  orderKeyOf,
  readOrder,
  type SlotShare,
  writeOrder,
} from './counted-order.js'
import { count } from './counts.js'
import { takeOffOrder } from './exposures.js'
import { countKept, keptOf, uncountKept } from './kept.js'
import { getJson, jsonBytes, keyFrom, type ReportTables } from './tables.js'

export interface ShopRefund {
  /** By which it is known when it is told again. */
  readonly refundId: string
  readonly orderId: string
  /** What came back; none where all did, or nothing but money. */
  readonly lines: readonly OrderLine[]
  /** What was paid back; -1 where it wasn't said: what the lines come to, or all where there are none. */
  readonly valueMicros: number
}

/** Of one order; what comes on top isn't taken off, as it couldn't be told from one that was. */
export const refundsPerOrderMax = 50

interface Refund {
  readonly key: number
  readonly lines: readonly LineLeft[]
  readonly valueMicros: number
}

/** Of an order that may yet come. */
export interface WaitingRefunds {
  /** When the last one came. */
  readonly atSeconds: number
  readonly refunds: readonly Refund[]
}

/**
 * Within a transaction: takes a refund off, once.
 *
 * @param waitingMax orders of one shop that refunds wait for; 0 where it mustn't be kept.
 * @returns false where it should wait and there is no room.
 */
export function takeRefund(
  tables: ReportTables,
  shopId: string,
  { refundId, orderId, lines, valueMicros }: ShopRefund,
  nowMs: number,
  waitingMax: number,
): boolean {
  const orderKey = orderKeyOf(orderId)
  const refund = { key: keyOf(refundId), lines: lines.map(lineLeft), valueMicros }
  const order = readOrder(tables, shopId, orderKey)
  if (order === null)
    return waitingMax > 0 && wait(tables, shopId, orderKey, refund, nowMs, waitingMax)
  writeOrder(tables, shopId, orderKey, takenOff(tables, shopId, order, refund))
  return true
}

/** Within a transaction: an order that counts since now, less the refunds that waited for it. */
export function lessWaiting(
  tables: ReportTables,
  shopId: string,
  orderKey: string,
  order: CountedOrder,
): CountedOrder {
  const key = keyFrom(shopId, orderKey)
  const waiting = getJson<WaitingRefunds>(tables, 'refunds', key)
  if (waiting === null) return order
  removeWaiting(tables, key)
  return waiting.refunds.reduce((it, refund) => takenOff(tables, shopId, it, refund), order)
}

/** Within a transaction. @param key of an entry of `refunds`. */
export function removeWaiting(tables: ReportTables, key: string): void {
  tables.remove('refunds', key)
  uncountKept(tables, 'refunds', key.split('\0', 1)[0]!, 1)
}

function wait(
  tables: ReportTables,
  shopId: string,
  orderKey: string,
  refund: Refund,
  nowMs: number,
  waitingMax: number,
): boolean {
  const key = keyFrom(shopId, orderKey)
  const waiting = getJson<WaitingRefunds>(tables, 'refunds', key)
  const before = waiting?.refunds ?? []
  if (before.some((it) => it.key === refund.key)) return true
  if (before.length >= refundsPerOrderMax) return false
  if (waiting === null) {
    if (keptOf(tables, 'refunds', shopId).count >= waitingMax) return false
    countKept(tables, 'refunds', shopId, 1, waitingMax)
  }
  const now: WaitingRefunds = {
    atSeconds: Math.floor(nowMs / 1_000),
    refunds: [...before, refund],
  }
  tables.put('refunds', key, jsonBytes(now))
  return true
}

/** Takes one refund off all that the order counts for. @returns what is left of it. */
function takenOff(
  tables: ReportTables,
  shopId: string,
  order: CountedOrder,
  refund: Refund,
): CountedOrder {
  const { refunds, isReturned } = order
  if (isReturned || refunds.includes(refund.key) || refunds.length >= refundsPerOrderMax)
    return order
  const { lines, backMicros, share } = whatComesBack(order, refund)
  const isAll = share === 1
  const orders = isAll ? -1 : 0
  const slots = order.slots.map((slot) => {
    const valueMicros = shareOf(slot.valueMicros, share)
    const revenueMicros = isAll ? slot.revenueMicros : revenueBack(slot, backMicros, share)
    const less = { orders, revenueMicros: -revenueMicros, orderValueMicros: -valueMicros }
    count(tables, shopId, slot.day, slot.placementKey, less)
    return {
      ...slot,
      revenueMicros: slot.revenueMicros - revenueMicros,
      valueMicros: slot.valueMicros - valueMicros,
    }
  })
  const experiments = order.experiments.map((it) => {
    const valueMicros = shareOf(it.valueMicros, share)
    takeOffOrder(tables, shopId, it, { orders, valueMicros: -valueMicros })
    return { ...it, valueMicros: it.valueMicros - valueMicros }
  })
  return {
    ...order,
    ...{ lines, slots, experiments },
    valueMicros: order.valueMicros - shareOf(order.valueMicros, share),
    refunds: [...refunds, refund.key],
    isReturned: isAll,
  }
}

/** Whole millionths, no more than there are. */
const shareOf = (micros: number, share: number): number => Math.round(micros * share)

/**
 * As for the person's own orders (people/fold/orders.ts): one of which nothing is left, in lines or in value, was
 * never ordered.
 *
 * @returns the lines that are left; of each what that counted which came back, null where no line did; and which
 *   share of what is left of the order's worth did, 1 being all of it.
 */
function whatComesBack(
  order: CountedOrder,
  refund: Refund,
): { lines: readonly LineLeft[]; backMicros: readonly number[] | null; share: number } {
  const back = new Map<number, { quantity: number; priceMicros: number }>()
  for (const [productKey, quantity, priceMicros] of refund.lines)
    back.set(productKey, {
      quantity: quantity + (back.get(productKey)?.quantity ?? 0),
      priceMicros,
    })
  let worth = 0
  let count = 0
  const backMicros: number[] = []
  const lines = order.lines.map(([productKey, quantity, priceMicros]): LineLeft => {
    const line = back.get(productKey)
    const returned = Math.min(line?.quantity ?? 0, quantity)
    if (line !== undefined) line.quantity -= returned
    count += returned
    // Paid back for it may be less than it counts for.
    const paidBack = line !== undefined && line.priceMicros > 0 ? line.priceMicros : priceMicros
    worth += returned * Math.max(paidBack, 0)
    backMicros.push(returned * Math.max(priceMicros, 0))
    return [productKey, quantity - returned, priceMicros]
  })
  if (order.lines.length === 0) worth = linesMicros(refund.lines)
  const said = refund.valueMicros < 0 ? worth : refund.valueMicros
  const isAll =
    (refund.lines.length === 0 && refund.valueMicros < 0) ||
    (lines.length > 0 && lines.every(([, quantity]) => quantity === 0)) ||
    (order.valueMicros > 0 && said >= order.valueMicros)
  const share = isAll ? 1 : order.valueMicros > 0 ? said / order.valueMicros : 0
  return { lines, backMicros: count === 0 ? null : backMicros, share }
}

/** What came back of the slot's own lines; of money alone as large a part as of the whole order. */
function revenueBack(slot: SlotShare, backMicros: readonly number[] | null, share: number): number {
  if (backMicros === null || slot.lines.length === 0) return shareOf(slot.revenueMicros, share)
  let micros = 0
  for (const line of slot.lines) micros += backMicros[line] ?? 0
  return Math.min(micros, slot.revenueMicros)
}
