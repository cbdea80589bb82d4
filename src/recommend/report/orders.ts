/** Which slots an order came of, and which experiments it counts for. */
import { keyOf } from '../../base/key.js'
import { type Click, clicksBefore } from './clicks.js'
import {
  type CountedOrder,
  type ExperimentShare,
  lineLeft,
  linesMicros,
  type OrderLine,
  orderKeyOf,
  readOrder,
  type SlotShare,
  writeOrder,
} from './counted-order.js'
import { count } from './counts.js'
import { addOrder } from './exposures.js'
import { lessWaiting } from './refunds.js'
import type { ReportTables } from './tables.js'

export interface ShopOrder {
  /** The shop's own; '' where it has none: then it counts for nothing, as it might be told twice. */
  readonly orderId: string
  readonly lines: readonly OrderLine[]
  /** What all of it is worth; -1 where it wasn't said: what its lines come to. */
  readonly valueMicros: number
  readonly atMs: number
}

/**
 * Within a transaction: a person ordered. It counts once for each slot in which they clicked in the seven days
 * before, on the day of, and for the variant of, the answer that they clicked in last; its revenue there are the
 * lines of products that they clicked in the slot. Refunds that came before it are taken off at once.
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
  const orderKey = orderKeyOf(order.orderId)
  const known = readOrder(tables, shopId, orderKey)
  if (known?.isReturned === true) return
  const told = asTold(known, order)
  const atSeconds = Math.floor(order.atMs / 1_000)
  const slots = newSlots(tables, shopId, personKeys, atSeconds, told, slotOf)
  const experiments = newExperiments(tables, shopId, personKeys, atSeconds, told)
  const isNowhereNew = slots.length === 0 && experiments.length === 0
  if (isNowhereNew && (known === null || told === known)) return
  const counted: CountedOrder = {
    ...told,
    slots: [...told.slots, ...slots],
    experiments: [...told.experiments, ...experiments],
  }
  write(tables, shopId, orderKey, known, counted)
}

/** Within a transaction: whoever reports it names the answer that it came of. @returns whether it is new there. */
export function countNamedOrder(
  tables: ReportTables,
  shopId: string,
  placementKey: number,
  slot: string,
  day: string,
  order: ShopOrder,
): boolean {
  const orderKey = orderKeyOf(order.orderId)
  const known = readOrder(tables, shopId, orderKey)
  const slotKey = keyOf(slot)
  if (known?.isReturned === true || known?.slots.some((it) => it.slotKey === slotKey) === true)
    return false
  const told = asTold(known, order)
  const worth = countValue(tables, shopId, placementKey, day, order.valueMicros)
  const share = { slotKey, placementKey, day, revenueMicros: worth, valueMicros: worth, lines: [] }
  write(tables, shopId, orderKey, known, { ...told, slots: [...told.slots, share] })
  return true
}

/**
 * Within a transaction: an order whose worth is all that is known of it.
 * @returns what it counts for, in millionths.
 */
export function countValue(
  tables: ReportTables,
  shopId: string,
  placementKey: number,
  day: string,
  valueMicros: number,
): number {
  const worth = Math.max(valueMicros, 0)
  const more = { orders: 1, revenueMicros: worth, orderValueMicros: worth }
  count(tables, shopId, day, placementKey, more)
  return worth
}

function write(
  tables: ReportTables,
  shopId: string,
  orderKey: string,
  known: CountedOrder | null,
  order: CountedOrder,
): void {
  const left = known === null ? lessWaiting(tables, shopId, orderKey, order) : order
  writeOrder(tables, shopId, orderKey, left)
}

/** The order as it was told before, where it was; what that left open is as it is told now. */
function asTold(known: CountedOrder | null, { lines, valueMicros, atMs }: ShopOrder): CountedOrder {
  const now = lines.map(lineLeft)
  const worth = valueMicros >= 0 ? valueMicros : linesMicros(now)
  const atSeconds = Math.floor(atMs / 1_000)
  if (known === null) {
    const nowhere = { slots: [], experiments: [], refunds: [], isReturned: false }
    return { atSeconds, lines: now, valueMicros: worth, ...nowhere }
  }
  // After a refund nobody knows whether it isn't of what is told only now.
  if (known.refunds.length > 0) return known
  if (known.lines.length > 0 && known.valueMicros > 0) return known
  return {
    ...known,
    lines: known.lines.length === 0 ? now : known.lines,
    valueMicros: known.valueMicros === 0 ? worth : known.valueMicros,
  }
}

/** Counts it for each slot that it doesn't count for yet. */
function newSlots(
  tables: ReportTables,
  shopId: string,
  personKeys: readonly number[],
  atSeconds: number,
  { lines, valueMicros, slots }: CountedOrder,
  slotOf: (placementKey: number) => string,
): SlotShare[] {
  const clicks = personKeys
    .flatMap((it) => clicksBefore(tables, shopId, it, atSeconds))
    .sort((a, b) => a.atSeconds - b.atSeconds)
  const bySlot = new Map<string, Click[]>()
  for (const click of clicks) {
    const slot = slotOf(click.placementKey)
    bySlot.set(slot, [...(bySlot.get(slot) ?? []), click])
  }
  const shares: SlotShare[] = []
  for (const [slot, ofSlot] of bySlot) {
    const slotKey = keyOf(slot)
    if (slots.some((it) => it.slotKey === slotKey)) continue
    const clicked = new Set(ofSlot.map(({ product }) => keyOf(product)))
    const places = [...lines.keys()].filter((at) => clicked.has(lines[at]![0]))
    const revenueMicros = linesMicros(places.map((at) => lines[at]!))
    const { day, placementKey } = ofSlot.at(-1)!
    const more = { orders: 1, revenueMicros, orderValueMicros: valueMicros }
    count(tables, shopId, day, placementKey, more)
    shares.push({ slotKey, placementKey, day, revenueMicros, valueMicros, lines: places })
  }
  return shares
}

/** Counts it for each experiment that they were shown, and that it doesn't count for yet. */
function newExperiments(
  tables: ReportTables,
  shopId: string,
  personKeys: readonly number[],
  atSeconds: number,
  { valueMicros, experiments }: CountedOrder,
): ExperimentShare[] {
  const shares: ExperimentShare[] = []
  const isCounted = (slot: string, experiment: string): boolean =>
    [...experiments, ...shares].some((it) => it.slot === slot && it.experiment === experiment)
  for (const personKey of personKeys)
    addOrder(tables, shopId, personKey, atSeconds, valueMicros, (slot, experiment) => {
      if (isCounted(slot, experiment)) return false
      shares.push({ atSeconds, slot, experiment, personKey, valueMicros })
      return true
    })
  return shares
}
