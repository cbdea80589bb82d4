/** Which slots an order came of, and which experiments it counts for. */
import { keyOf } from '../../base/key.js'
import { clicksBefore } from './clicks.js'
import { type Counts, count } from './counts.js'
import { addOrder } from './exposures.js'
import { getJson, jsonBytes, keyFrom, partOf, type ReportTables } from './tables.js'

export interface OrderLine {
  readonly product: string
  readonly quantity: number
  /** For one, in millionths of the shop's currency; -1 where nobody knows. */
  readonly priceMicros: number
}

export interface ShopOrder {
  /** The shop's own; '' where it has none: then it counts for nothing, as it might be told twice. */
  readonly orderId: string
  readonly lines: readonly OrderLine[]
  /** What all of it is worth; -1 where it wasn't said: what its lines come to. */
  readonly valueMicros: number
  readonly atMs: number
}

/** An order that counts somewhere. */
export interface CountedOrder {
  readonly atSeconds: number
  /** Keys of slots. */
  readonly slots: readonly number[]
  /** Keys of slots' experiments. */
  readonly experiments: readonly number[]
}

/** Where one order counts already, while a transaction adds to that. */
class OrderMarks {
  readonly #tables: ReportTables
  readonly #key: string
  readonly #slots: Set<number>
  readonly #experiments: Set<number>
  #isChanged = false

  constructor(tables: ReportTables, shopId: string, orderId: string) {
    this.#tables = tables
    this.#key = keyFrom(shopId, partOf(keyOf(orderId)))
    const known = getJson<CountedOrder>(tables, 'orders', this.#key)
    this.#slots = new Set(known?.slots)
    this.#experiments = new Set(known?.experiments)
  }

  /** Whether it counts for this slot already; else it now does. */
  hasSlot(slot: string): boolean {
    return this.#has(this.#slots, keyOf(slot))
  }

  hasExperiment(slot: string, experiment: string): boolean {
    return this.#has(this.#experiments, keyOf(`${slot}\0${experiment}`))
  }

  #has(marks: Set<number>, key: number): boolean {
    if (marks.has(key)) return true
    marks.add(key)
    this.#isChanged = true
    return false
  }

  write(atSeconds: number): void {
    if (!this.#isChanged) return
    const slots = [...this.#slots]
    const order: CountedOrder = { atSeconds, slots, experiments: [...this.#experiments] }
    this.#tables.put('orders', this.#key, jsonBytes(order))
  }
}

/**
 * Within a transaction: a person ordered. It counts once for each slot in which they clicked in the seven days
 * before, on the day of, and for the variant of, the answer that they clicked in last; its revenue there are the
 * lines of products that they clicked in the slot.
 *
 * @param personKeys of all that the person is known by.
 */
export function countOrder(
  tables: ReportTables,
  shopId: string,
  personKeys: readonly number[],
  order: ShopOrder,
  slotOf: (placementKey: number) => string,
): void {
  if (order.orderId === '') return
  const atSeconds = Math.floor(order.atMs / 1_000)
  const marks = new OrderMarks(tables, shopId, order.orderId)
  const valueMicros = order.valueMicros >= 0 ? order.valueMicros : linesMicros(order.lines)
  const clicks = personKeys
    .flatMap((it) => clicksBefore(tables, shopId, it, atSeconds))
    .sort((a, b) => a.atSeconds - b.atSeconds)
  const slots = clicks.map(({ placementKey }) => slotOf(placementKey))
  for (const slot of new Set(slots)) {
    if (marks.hasSlot(slot)) continue
    const ofSlot = clicks.filter((_, index) => slots[index] === slot)
    const clicked = new Set(ofSlot.map(({ product }) => product))
    const revenueMicros = linesMicros(order.lines.filter(({ product }) => clicked.has(product)))
    const { day, placementKey } = ofSlot.at(-1)!
    const more: Partial<Counts> = { orders: 1, revenueMicros, orderValueMicros: valueMicros }
    count(tables, shopId, day, placementKey, more)
  }
  for (const personKey of personKeys)
    addOrder(tables, shopId, personKey, atSeconds, valueMicros, (slot, experiment) =>
      marks.hasExperiment(slot, experiment),
    )
  marks.write(atSeconds)
}

/** Within a transaction: whoever reports it names the answer that it came of. @returns whether it is new there. */
export function countNamedOrder(
  tables: ReportTables,
  shopId: string,
  placementKey: number,
  slot: string,
  day: string,
  { orderId, valueMicros, atMs }: ShopOrder,
): boolean {
  const marks = new OrderMarks(tables, shopId, orderId)
  if (marks.hasSlot(slot)) return false
  marks.write(Math.floor(atMs / 1_000))
  countValue(tables, shopId, placementKey, day, valueMicros)
  return true
}

/** Within a transaction: an order whose worth is all that is known of it. */
export function countValue(
  tables: ReportTables,
  shopId: string,
  placementKey: number,
  day: string,
  valueMicros: number,
): void {
  const worth = Math.max(valueMicros, 0)
  const more = { orders: 1, revenueMicros: worth, orderValueMicros: worth }
  count(tables, shopId, day, placementKey, more)
}

function linesMicros(lines: readonly OrderLine[]): number {
  let sum = 0
  for (const { quantity, priceMicros } of lines) if (priceMicros > 0) sum += quantity * priceMicros
  return sum
}
