/** Rows of products, put together to the orders that they are of. */
import { keyOf } from '../../../base/key.js'
import { itemCountMax } from '../../event.js'
import type { Findings } from '../../findings.js'
import type { RawEvent } from '../raw-event.js'
import { type DayPlace, dayPlaceOf } from './cells.js'
import type { LocalTime } from './local-time.js'
import { Order } from './order.js'
import { dateIn, placeOf, readRow } from './read-row.js'
import type { OrderRow, UnreadableRow } from './read-rows.js'

/** Orders whose rows may still come, each between those of the others. */
const openCountMax = 1_000
/** Orders of one file: their numbers are remembered, so that none is taken in parts. */
export const orderCountMax = 2_000_000
/** Rows that are looked at before the first is read, for how dates are written. */
const sampleCountMax = 1_000

/**
 * Gathers a file's orders in bounded memory. The rows of one needn't be next to each other, but no more than a
 * thousand other orders may begin in between.
 *
 * An order is taken whole or not at all: one with a faulty row is left for the next time that the file is sent.
 */
export class OrderGatherer {
  readonly #findings: Findings
  readonly #time: LocalTime
  readonly #open = new Map<string, Order>()
  readonly #closed = new Set<number>()
  #sample: OrderRow[] | null = []
  #dayPlace: DayPlace = 'unknown'
  rowCount = 0
  /** Rows that were left out, or at fault. */
  refusedRowCount = 0
  /** Orders that were not taken for a row at fault. */
  refusedOrderCount = 0

  constructor(time: LocalTime, findings: Findings) {
    this.#time = time
    this.#findings = findings
  }

  /** @returns orders that are whole. */
  add(row: OrderRow | UnreadableRow): RawEvent[] {
    this.rowCount++
    if ('reason' in row) {
      this.#refuse(row.line, '', row.reason)
      return []
    }
    if (this.#sample === null) return this.#read(row)
    this.#sample.push(row)
    this.#dayPlace = dayPlaceOf(dateIn(row)) ?? 'unknown'
    const isKnown = this.#dayPlace !== 'unknown' || this.#sample.length >= sampleCountMax
    return isKnown ? this.#readSample() : []
  }

  /** @returns all that are still open: there are no more rows. */
  end(): RawEvent[] {
    const whole = this.#readSample()
    for (const order of this.#open.values()) whole.push(...this.#close(order))
    return whole
  }

  #readSample(): RawEvent[] {
    const rows = this.#sample ?? []
    this.#sample = null
    return rows.flatMap((row) => this.#read(row))
  }

  #read(row: OrderRow): RawEvent[] {
    const { line, names } = row
    const context = { time: this.#time, findings: this.#findings, dayPlace: this.#dayPlace }
    const read = readRow(row, context)
    if (read === null || read.isFaulty) this.refusedRowCount++
    if (read === null) return []
    const known = this.#open.get(read.orderId)
    if (known !== undefined) {
      known.add(read)
      return []
    }
    if (this.#closed.has(keyOf(read.orderId))) {
      this.#refuse(line, names.order, 'the other rows of this order stand too far above')
      return []
    }
    if (this.#closed.size + this.#open.size >= orderCountMax) {
      this.#refuse(line, '', `a file may have ${orderCountMax} orders: send the rest in another`)
      return []
    }
    const order = new Order(line, read)
    order.add(read)
    if (read.atMs === undefined && !read.isFaulty) {
      this.#refuse(line, names.date, 'is missing')
      order.isSpoilt = true
    }
    this.#open.set(order.id, order)
    const [oldest] = this.#open.values()
    return this.#open.size > openCountMax ? this.#close(oldest!) : []
  }

  #close(order: Order): RawEvent[] {
    this.#open.delete(order.id)
    this.#closed.add(keyOf(order.id))
    if (order.isSpoilt) {
      this.refusedOrderCount++
      return []
    }
    if (order.leftOutCount > 0)
      this.#findings.note(
        placeOf(order.line),
        '',
        `the order has more than ${itemCountMax} products: the rest counts by what it cost alone`,
      )
    return [order.toRaw()]
  }

  #refuse(line: number, field: string, reason: string): void {
    this.refusedRowCount++
    this.#findings.fault(placeOf(line), field, reason)
  }
}
