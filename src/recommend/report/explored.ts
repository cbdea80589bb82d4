/**
 * Answers of slots that explore: what stood where and how likely that was, so that other ways of filling the slot can
 * be judged by what came of these. Nothing in it tells whose answer it was.
 *
 * The key is shop, second, nonce, slot; the value is JSON.
 */
import { countKept } from './kept.js'
import type { Placement } from './placement.js'
import { jsonBytes, keyFrom, type ReportTables, sortable } from './tables.js'

/** One product, at its place of the list. */
export interface ExploredItem {
  readonly product: string
  /** What found it, as the answer says. */
  readonly source: string
  /** How likely it was to get this place; as in the answer, 1 where nothing was left to chance. */
  readonly propensity: number
}

/** What one answer showed. */
export interface ExploredAnswer {
  /** As in its id. */
  readonly nonce: string
  readonly page: string
  readonly items: readonly ExploredItem[]
}

/** An answer as it waits to be written. */
export interface ExploredRow extends ExploredAnswer {
  readonly shopId: string
  readonly atSeconds: number
  readonly placement: Placement
}

/** What a value holds: experiment, variant, page, and of each item product, source, propensity. */
export type ExploredValue = readonly [
  experiment: string,
  variant: string,
  page: string,
  items: readonly (readonly [product: string, source: string, propensity: number])[],
]

/** Of one shop: of more, the oldest go. */
export const exploredKeptMax = 200_000

/** Within a transaction. @param keptMax answers of one shop. */
export function putExplored(
  tables: ReportTables,
  rows: readonly ExploredRow[],
  keptMax: number,
): void {
  const counts = new Map<string, number>()
  for (const { shopId, atSeconds, placement, nonce, page, items } of rows) {
    const value: ExploredValue = [
      placement.experiment,
      placement.variant,
      page,
      items.map(({ product, source, propensity }) => [product, source, propensity]),
    ]
    const key = keyFrom(shopId, sortable(atSeconds), nonce, placement.slot)
    tables.put('explored', key, jsonBytes(value))
    // A nonce is given once: each is a new one.
    counts.set(shopId, (counts.get(shopId) ?? 0) + 1)
  }
  for (const [shopId, count] of counts) countKept(tables, 'explored', shopId, count, keptMax)
}
