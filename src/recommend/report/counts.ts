/**
 * What came of a placement's answers, by the day of the answer in the shop's time zone: whatever comes later
 * counts on that day too.
 */
import type { Placement } from './placement.js'
import { getJson, jsonBytes, keyFrom, keysUnder, partOf, type ReportTables } from './tables.js'

export const countNames = [
  'answers',
  /** Answers without a product. */
  'empty',
  /** Answers that were made for a person. */
  'personal',
  /** Answers that somebody has seen, and of these those that they clicked in. */
  'views',
  'clicks',
  /** Products that came into view, and that were clicked: several of one answer, mostly. */
  'productViews',
  'productClicks',
  /** Orders after a click. */
  'orders',
  /** What of these orders was clicked before, in millionths of the shop's currency. */
  'revenueMicros',
  /** What these orders were worth as a whole. */
  'orderValueMicros',
] as const
export type CountName = (typeof countNames)[number]
export type Counts = Record<CountName, number>

const rowBytes = countNames.length * 8

export const noCounts = (): Counts => ({
  answers: 0,
  empty: 0,
  personal: 0,
  views: 0,
  clicks: 0,
  productViews: 0,
  productClicks: 0,
  orders: 0,
  revenueMicros: 0,
  orderValueMicros: 0,
})

export function addCounts(to: Counts, more: Partial<Counts>): void {
  for (const name of countNames) to[name] += more[name] ?? 0
}

export const countsKey = (shopId: string, day: string, placementKey: number): string =>
  keyFrom(shopId, day, partOf(placementKey))

/** Within a transaction. @param day of the answer, as 2026-03-04. */
export function count(
  tables: ReportTables,
  shopId: string,
  day: string,
  placementKey: number,
  more: Partial<Counts>,
): void {
  const key = countsKey(shopId, day, placementKey)
  const counts = decodeCounts(tables.get('counts', key))
  addCounts(counts, more)
  tables.put('counts', key, encodeCounts(counts))
}

export function encodeCounts(counts: Counts): Buffer {
  const bytes = Buffer.alloc(rowBytes)
  for (const [index, name] of countNames.entries()) bytes.writeDoubleLE(counts[name], index * 8)
  return bytes
}

export function decodeCounts(bytes: Buffer | undefined): Counts {
  const counts = noCounts()
  if (bytes === undefined) return counts
  for (const [index, name] of countNames.entries())
    if (index * 8 < bytes.length) counts[name] = bytes.readDoubleLE(index * 8)
  return counts
}

/** All of a shop's days between two, both included. */
export function* countsBetween(
  tables: ReportTables,
  shopId: string,
  fromDay: string,
  toDay: string,
): Iterable<{ readonly day: string; readonly placementKey: number; readonly counts: Counts }> {
  const from = keyFrom(shopId, fromDay, '')
  const { end } = keysUnder(shopId, toDay)
  if (from >= end) return
  for (const { key, value } of tables.range('counts', from, end)) {
    const [, day = '', placement = ''] = key.split('\0')
    yield { day, placementKey: Number.parseInt(placement, 36), counts: decodeCounts(value) }
  }
}

export function putPlacement(
  tables: ReportTables,
  shopId: string,
  placementKey: number,
  { slot, experiment, variant }: Placement,
): void {
  const key = keyFrom(shopId, partOf(placementKey))
  tables.put('placements', key, jsonBytes({ slot, experiment, variant }))
}

/** null for one that was never shown. */
export const placementOf = (
  tables: ReportTables,
  shopId: string,
  placementKey: number,
): Placement | null =>
  getJson<Placement>(tables, 'placements', keyFrom(shopId, partOf(placementKey)))
