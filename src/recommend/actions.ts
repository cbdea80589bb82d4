/**
 * What was done at one shop, as its event log has it: what all models are built from. Columns, one row per
 * product that an event was about.
 */

export const ActionKind = {
  view: 0,
  cart: 1,
  wish: 2,
  purchase: 3,
} as const
export type ActionKind = (typeof ActionKind)[keyof typeof ActionKind]

/** Grouped by person, each person's rows in the order in which they happened. */
export interface Actions {
  readonly count: number
  readonly personCount: number
  /** Where each person's rows begin, and where the last one's end. */
  readonly personStarts: Int32Array
  /** By person: `keyOf` their id. */
  readonly personKeys: Float64Array
  /** By the item table that was built along with it. */
  readonly item: Int32Array
  readonly kind: Uint8Array
  /** Seconds since 1970. */
  readonly atSeconds: Uint32Array
  /** Purchases of one order share a number, by which nothing else is meant; -1 for all else. */
  readonly order: Int32Array
}
