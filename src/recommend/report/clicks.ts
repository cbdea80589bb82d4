/** What people clicked of late, so that their orders are told from those that would have come anyway. */
import { jsonBytes, keyFrom, keysUnder, partOf, type ReportTables, sortable } from './tables.js'

/** An order counts for the slots that were clicked so long before it. */
export const clickSeconds = 7 * 86_400
/** Of more, the oldest is let go. */
const clicksPerPersonMax = 100

export interface Click {
  readonly atSeconds: number
  readonly placementKey: number
  /** Of the answer. */
  readonly day: string
  /** '' where it wasn't said. */
  readonly product: string
}

/** Within a transaction. @param nonce of the answer. */
export function putClick(
  tables: ReportTables,
  shopId: string,
  personKey: number,
  nonce: string,
  { atSeconds, ...click }: Click,
): void {
  const { from, end } = keysUnder(shopId, partOf(personKey))
  const keys = Array.from(tables.range('clicks', from, end), ({ key }) => key)
  for (const key of keys.slice(0, Math.max(keys.length + 1 - clicksPerPersonMax, 0)))
    tables.remove('clicks', key)
  const key = keyFrom(shopId, partOf(personKey), sortable(atSeconds), nonce, click.product)
  tables.put('clicks', key, jsonBytes(click))
}

/** The clicks that an order at this moment may have come of, oldest first. */
export function clicksBefore(
  tables: ReportTables,
  shopId: string,
  personKey: number,
  atSeconds: number,
): Click[] {
  const person = partOf(personKey)
  const from = keyFrom(shopId, person, sortable(Math.max(atSeconds - clickSeconds, 0)))
  const { end } = keysUnder(shopId, person, sortable(atSeconds))
  return Array.from(tables.range('clicks', from, end), ({ key, value }) => ({
    atSeconds: secondsOfClick(key),
    ...(JSON.parse(value.toString()) as Omit<Click, 'atSeconds'>),
  }))
}

export const secondsOfClick = (key: string): number =>
  Number.parseInt(key.split('\0', 3)[2] ?? '', 36)

/** Within a transaction: two turned out to be one. */
export function joinClicks(
  tables: ReportTables,
  shopId: string,
  fromKey: number,
  toKey: number,
): void {
  const { from, end } = keysUnder(shopId, partOf(fromKey))
  for (const { key, value } of copiesOf(tables, from, end)) {
    tables.remove('clicks', key)
    tables.put('clicks', keyFrom(shopId, partOf(toKey), key.slice(from.length)), value)
  }
  // As many as one person may have.
  const own = keysUnder(shopId, partOf(toKey))
  const keys = Array.from(tables.range('clicks', own.from, own.end), ({ key }) => key)
  for (const { key } of copiesOf(tables, own.from, own.end, keys.length - clicksPerPersonMax))
    tables.remove('clicks', key)
}

export function forgetClicks(tables: ReportTables, shopId: string, personKey: number): void {
  const { from, end } = keysUnder(shopId, partOf(personKey))
  for (const { key } of copiesOf(tables, from, end)) tables.remove('clicks', key)
}

/** What is read is valid until something is written. */
function copiesOf(
  tables: ReportTables,
  from: string,
  end: string,
  limit = Number.MAX_SAFE_INTEGER,
): { readonly key: string; readonly value: Buffer }[] {
  if (limit <= 0) return []
  return Array.from(tables.range('clicks', from, end, limit), ({ key, value }) => ({
    key,
    value: Buffer.from(value),
  }))
}
