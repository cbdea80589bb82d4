import type { Findings } from '../../findings.js'
import { idRule, readFlag, readId, readTime } from '../../values.js'
import type { Json } from '../raw-event.js'
import { ambiguous, type DayPlace, readCell, readDecimal, readLocal } from './cells.js'
import type { ColumnName } from './columns.js'
import type { LocalTime } from './local-time.js'
import type { OrderRow } from './read-rows.js'

/** What a row says, its values checked. */
export interface ReadRow {
  readonly orderId: string
  /** The row is at fault: its order can't be taken before it is put right. */
  readonly isFaulty: boolean
  /** undefined where it isn't said, as in all rows of an order but the first of some exports. */
  readonly atMs: number | undefined
  readonly customerId: string
  readonly email: string
  readonly currency: string
  /** What the whole order is worth, in its currency; undefined where that isn't said. */
  readonly total: number | undefined
  readonly isGift: boolean
  /** null where the row has no product that could be taken. */
  readonly item: Json | null
}

export interface RowContext {
  readonly time: LocalTime
  readonly findings: Findings
  readonly dayPlace: DayPlace
}

/**
 * Reads one row of an order, and tells what is wrong with it.
 *
 * What is given back, or taken off, in a row of its own is no product that was bought: it is left out, and the rest of
 * the order stands.
 *
 * @returns null for a row that is left out, or of which nobody can say whose order it is.
 */
export function readRow(row: OrderRow, context: RowContext): ReadRow | null {
  const { cells, names, line } = row
  const { findings } = context
  const orderId = readId(readText(cells.order))
  if (orderId === null || orderId === '') {
    findings.fault(placeOf(line), names.order, orderId === null ? idRule : 'is missing')
    return null
  }
  const faultsBefore = findings.faultCount
  const quantity = amountIn(row, 'quantity', context)
  const price = amountIn(row, 'price', context)
  const lineTotal = amountIn(row, 'lineTotal', context)
  const negative = ([quantity, price, lineTotal] as const).findIndex((it) => (it ?? 0) < 0)
  if (negative >= 0) {
    const name = (['quantity', 'price', 'lineTotal'] as const)[negative]!
    findings.note(placeOf(line), names[name], 'is negative: the row is left out')
    return null
  }
  if (quantity === 0) findings.fault(placeOf(line), names.quantity, 'must be above 0')
  const total = amountIn(row, 'orderTotal', context)
  if ((total ?? 0) < 0) findings.fault(placeOf(line), names.orderTotal, 'must not be negative')
  const atMs = momentIn(row, context)
  const product = productIn(row, context)
  const item: Json | null =
    product === ''
      ? null
      : {
          product,
          quantity,
          price: price ?? (lineTotal === undefined ? undefined : lineTotal / (quantity ?? 1)),
          category: readText(cells.category),
          brand: readText(cells.brand),
        }
  return {
    orderId,
    isFaulty: findings.faultCount > faultsBefore,
    atMs,
    customerId: customerOf(readText(cells.customer)),
    email: readText(cells.email),
    currency: readText(cells.currency),
    total,
    isGift: readFlag(readText(cells.gift)),
    item,
  }
}

export const placeOf = (line: number): string => `line ${line}`

/** The date as it is written, with the time of a column beside it. */
export function dateIn({ cells }: OrderRow): string {
  const [date, time] = [readText(cells.date), readText(cells.time)]
  return time === '' || date.includes(':') ? date : `${date} ${time}`
}

/** A product, or none in a row that tells of an order as a whole. */
function productIn({ cells, names, line }: OrderRow, { findings }: RowContext): string {
  const product = readText(cells.product)
  if (product === '' && readText(cells.orderTotal) === '')
    findings.fault(placeOf(line), names.product, 'is missing')
  else if (readId(product) === null) findings.fault(placeOf(line), names.product, idRule)
  return product
}

/** @returns undefined where the cell is empty, or at fault. */
function amountIn(
  { cells, names, line }: OrderRow,
  name: ColumnName,
  { findings }: RowContext,
): number | undefined {
  const cell = cells[name]
  const value = typeof cell === 'string' ? readCell(cell) : cell
  if (value === '') return undefined
  const amount = readDecimal(value)
  if (amount !== ambiguous && !Number.isNaN(amount)) return amount
  const reason =
    amount === ambiguous
      ? 'may be over a thousand, or a fraction: write 1299.00'
      : 'must be a number'
  findings.fault(placeOf(line), names[name], reason)
  return undefined
}

/** @returns undefined where it isn't said, or at fault. */
function momentIn(row: OrderRow, { time, dayPlace, findings }: RowContext): number | undefined {
  const text = dateIn(row)
  if (text === '') return undefined
  const local = readLocal(text, dayPlace)
  if (local !== ambiguous) {
    // What has a zone, or counts seconds, is no matter of the shop's clocks.
    const ms = local === null ? readTime(text) : time.msOf(local)
    if (!Number.isNaN(ms)) return ms
  }
  const reason =
    local === ambiguous
      ? 'which is the day, and which the month? write 2025-05-31'
      : 'must be a date, as 2025-05-31 or 2025-05-31 14:05'
  findings.fault(placeOf(row.line), row.names.date, reason)
  return undefined
}

function readText(cell: unknown): string {
  if (typeof cell === 'string') return readCell(cell)
  return typeof cell === 'number' || typeof cell === 'boolean' ? String(cell) : ''
}

/** Programs that took customers' numbers for amounts write `17850.0`. */
const customerOf = (text: string): string => text.replace(/^(\d{1,15})\.0$/, '$1')
