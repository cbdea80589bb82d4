import type { Bitmap } from '../catalogue/bitmaps.js'
import { hourOfWeek } from '../catalogue/schedule.js'
import type { Snapshot } from '../catalogue/snapshot.js'

const quarterHourMs = 900_000

/** A snapshot with what goes with it in one process. */
export interface LiveCatalogue {
  readonly snapshot: Snapshot
  /** By row: the campaign's account in the ledger. */
  readonly accounts: Int32Array
  readonly live: LiveRows
  /** By exchange: rows of shops that don't advertise there. */
  readonly blocked: ReadonlyMap<string, Bitmap>
}

/** @param exchanges their names and the shops that don't advertise there. */
export function goLive(
  snapshot: Snapshot,
  accounts: Int32Array,
  exchanges: readonly { readonly name: string; readonly blockedShops: readonly string[] }[],
): LiveCatalogue {
  const blocked = new Map(
    exchanges.map(({ name, blockedShops }) => [name, rowsOf(snapshot, blockedShops)]),
  )
  return { snapshot, accounts, live: new LiveRows(snapshot), blocked }
}

/** Rows of these shops; the snapshot's own `none` where it has none of them. */
function rowsOf(snapshot: Snapshot, shopIds: readonly string[]): Bitmap {
  const shops = new Set(
    shopIds.map((id) => snapshot.shops.findIndex((shop) => shop.id === id)).filter((i) => i >= 0),
  )
  if (shops.size === 0) return snapshot.none
  const rows = new Uint32Array(snapshot.rowCount >>> 5)
  for (let row = 0; row < snapshot.rowCount; row++)
    if (shops.has(snapshot.shopOf[row]!)) rows[row >>> 5]! |= 1 << (row & 31)
  return rows
}

/**
 * Which rows of a snapshot are on now: in flight, in their hours, not paused.
 *
 * Worked out again only when time reaches the next change (an hour begins somewhere at each quarter
 * of an hour, or a flight starts or ends): 0.5 ms for 100,000 campaigns, else one comparison.
 */
export class LiveRows {
  readonly #snapshot: Snapshot
  readonly #bitmap: Uint32Array
  #fromMs = 0
  #untilMs = 0

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
    this.#bitmap = new Uint32Array(snapshot.rowCount >>> 5)
  }

  at(nowMs: number): Bitmap {
    if (nowMs >= this.#untilMs || nowMs < this.#fromMs) this.#workOut(nowMs)
    return this.#bitmap
  }

  #workOut(nowMs: number): void {
    const { scheduleOf, flightStartMs, flightEndMs, paused, schedules, rowCount } = this.#snapshot
    const on = new Uint8Array(schedules.length)
    for (const [index, { hours, timeZone }] of schedules.entries())
      on[index] = hours.includes('0') ? Number(hours[hourOfWeek(timeZone, nowMs)]) : 1
    let untilMs = (Math.floor(nowMs / quarterHourMs) + 1) * quarterHourMs
    this.#bitmap.fill(0)
    for (let row = 0; row < rowCount; row++) {
      const startMs = flightStartMs[row]!
      const endMs = flightEndMs[row]!
      if (startMs > nowMs && startMs < untilMs) untilMs = startMs
      if (endMs > nowMs && endMs < untilMs) untilMs = endMs
      if (startMs <= nowMs && nowMs < endMs && on[scheduleOf[row]!] === 1 && paused[row] === 0)
        this.#bitmap[row >>> 5]! |= 1 << (row & 31)
    }
    this.#fromMs = nowMs
    this.#untilMs = untilMs
  }
}
