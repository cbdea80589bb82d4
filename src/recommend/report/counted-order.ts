/**
 * An order that counts somewhere: what is left of it after refunds, and where that counts, so that it counts once
 * and a refund takes off no more than was counted. It is what the telling that counted first said of it; a later one
 * fills in what that left open.
 */
import { keyOf } from '../../base/key.js'
import { getJson, jsonBytes, keyFrom, keysUnder, partOf, type ReportTables } from './tables.js'

export interface OrderLine {
  readonly product: string
  readonly quantity: number
  /** For one, in millionths of the shop's currency; -1 where nobody knows. */
  readonly priceMicros: number
}

/** A product by its `keyOf`, how many of it are left, and the price of one as above. */
export type LineLeft = readonly [productKey: number, quantity: number, priceMicros: number]

/** What is left of an order where a slot led to it. */
export interface SlotShare {
  /** `keyOf` the slot. */
  readonly slotKey: number
  readonly placementKey: number
  /** Of the answer: the row of `counts`. */
  readonly day: string
  readonly revenueMicros: number
  readonly valueMicros: number
  /** Which of the order's lines are its revenue; none where only an amount was told. */
  readonly lines: readonly number[]
}

/** What is left of an order at a person who is in an experiment. */
export interface ExperimentShare {
  /** Of the order, as told by whoever it was counted for. */
  readonly atSeconds: number
  readonly slot: string
  readonly experiment: string
  /** 0 for somebody who was forgotten. */
  readonly personKey: number
  readonly valueMicros: number
}

export interface CountedOrder {
  readonly atSeconds: number
  readonly lines: readonly LineLeft[]
  /** What is left of what all of it is worth. */
  readonly valueMicros: number
  readonly slots: readonly SlotShare[]
  readonly experiments: readonly ExperimentShare[]
  /** Keys of the refunds that were taken off. */
  readonly refunds: readonly number[]
  /** Taken back wholly: it counts nowhere any more. */
  readonly isReturned: boolean
}

export const orderKeyOf = (orderId: string): string => partOf(keyOf(orderId))

/** Lines with a price; what they come to, in millionths. */
export function linesMicros(lines: readonly LineLeft[]): number {
  let sum = 0
  for (const [, quantity, priceMicros] of lines) if (priceMicros > 0) sum += quantity * priceMicros
  return sum
}

export const lineLeft = ({ product, quantity, priceMicros }: OrderLine): LineLeft => [
  keyOf(product),
  quantity,
  priceMicros,
]

/** One that was written before refunds were taken off: where it counted nobody knows. */
const closed = { lines: [], valueMicros: 0, slots: [], experiments: [], refunds: [] }

/** null where it counts nowhere. */
export function readOrder(
  tables: ReportTables,
  shopId: string,
  orderKey: string,
): CountedOrder | null {
  const order = getJson<CountedOrder>(tables, 'orders', keyFrom(shopId, orderKey))
  const isOld = order !== null && (order.refunds as unknown) === undefined
  return isOld ? { ...order, ...closed, isReturned: true } : order
}

/** Within a transaction. Whoever it counts for can be found by it, and it by them. */
export function writeOrder(
  tables: ReportTables,
  shopId: string,
  orderKey: string,
  order: CountedOrder,
): void {
  tables.put('orders', keyFrom(shopId, orderKey), jsonBytes(order))
  for (const { personKey } of order.experiments)
    if (personKey !== 0) tables.put('buyers', keyFrom(shopId, partOf(personKey), orderKey), here)
}

/** Within a transaction. @param key of an entry of `orders`. */
export function removeOrder(tables: ReportTables, key: string): void {
  const [shopId = '', orderKey = ''] = key.split('\0')
  for (const { personKey } of readOrder(tables, shopId, orderKey)?.experiments ?? [])
    tables.remove('buyers', keyFrom(shopId, partOf(personKey), orderKey))
  tables.remove('orders', key)
}

/** Within a transaction: two turned out to be one. */
export const joinOrders = (
  tables: ReportTables,
  shopId: string,
  fromKey: number,
  toKey: number,
): void => passOn(tables, shopId, fromKey, toKey)

/** Within a transaction: their orders are nobody's. */
export const forgetOrders = (tables: ReportTables, shopId: string, personKey: number): void =>
  passOn(tables, shopId, personKey, 0)

function passOn(tables: ReportTables, shopId: string, fromKey: number, toKey: number): void {
  const { from, end } = keysUnder(shopId, partOf(fromKey))
  for (const key of Array.from(tables.range('buyers', from, end), (it) => it.key)) {
    tables.remove('buyers', key)
    const orderKey = key.slice(from.length)
    const order = readOrder(tables, shopId, orderKey)
    if (order === null) continue
    const experiments = order.experiments.map((it) =>
      it.personKey === fromKey ? { ...it, personKey: toKey } : it,
    )
    writeOrder(tables, shopId, orderKey, { ...order, experiments })
  }
}

/** All that there is to say is in the key. */
const here: Buffer = Buffer.from([1])
