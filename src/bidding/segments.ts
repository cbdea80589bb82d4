import type { Bitmap } from '../catalogue/bitmaps.js'
import { has } from '../catalogue/bitmaps.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { BidSlice } from '../profiles/slice.js'

/** Which of a shop's campaigns the segments let in that the shop has the person in. Reused. */
export class SegmentFilter {
  readonly #included: Bitmap[] = []
  readonly #excluded: Bitmap[] = []

  /** @param slice the shop's own: the rows asked about afterwards must be its campaigns. */
  gather(slice: BidSlice, snapshot: Snapshot, nowMs: number): void {
    let included = 0
    let excluded = 0
    this.#included[included++] = snapshot.withoutSegment
    for (let i = 0; i < slice.segmentKeys.length; i++) {
      if (slice.segmentExpiresAtMs[i]! <= nowMs) continue
      const rows = snapshot.bySegment.get(slice.segmentKeys[i]!)
      if (rows !== undefined) this.#included[included++] = rows
      const rowsExcluded = snapshot.bySegmentExcluded.get(slice.segmentKeys[i]!)
      if (rowsExcluded !== undefined) this.#excluded[excluded++] = rowsExcluded
    }
    this.#included.length = included
    this.#excluded.length = excluded
  }

  lets(row: number): boolean {
    let isIn = false
    for (let i = 0; i < this.#included.length; i++) isIn ||= has(this.#included[i]!, row)
    for (let i = 0; i < this.#excluded.length; i++) if (has(this.#excluded[i]!, row)) return false
    return isIn
  }
}
