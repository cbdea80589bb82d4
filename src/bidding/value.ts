import type { Snapshot } from '../catalogue/snapshot.js'
import { ModifierKind } from '../catalogue/snapshot.js'
import type { BidSlice } from '../profiles/slice.js'

/**
 * What 1,000 impressions are worth to a campaign, in micros of its shop's currency, as a whole
 * number at most its `maxCpmMicros`.
 *
 * `cpm`: its bid. `cpc`: its bid for a click times the clicks to expect of 1,000 impressions. Then
 * every modifier whose condition the person meets multiplies it.
 *
 * @param clickRate clicks per impression to expect here; read for `cpc` campaigns only.
 * @param slice what the campaign's own shop knows of the person; null for a stranger.
 */
export function valueCpmMicros(
  snapshot: Snapshot,
  row: number,
  clickRate: number,
  slice: BidSlice | null,
  nowMs: number,
): number {
  let value = snapshot.bidMicros[row]!
  if (row >= snapshot.cpcStart) value *= clickRate * 1_000
  if (slice !== null) value *= factorFor(snapshot, row, slice, nowMs)
  const most = snapshot.maxCpmMicros[row]!
  return Math.floor(Math.min(value, most))
}

/** Product of the factors whose condition holds; 1 where none does. */
export function factorFor(snapshot: Snapshot, row: number, slice: BidSlice, nowMs: number): number {
  const end = snapshot.modifierStart[row + 1]!
  let factor = 1
  for (let i = snapshot.modifierStart[row]!; i < end; i++)
    if (holds(snapshot, i, slice, nowMs)) factor *= snapshot.modifierFactor[i]!
  return factor
}

/** Whether the person meets condition `modifier` of the snapshot's list. */
export function holds(
  snapshot: Snapshot,
  modifier: number,
  slice: BidSlice,
  nowMs: number,
): boolean {
  const value = snapshot.modifierValue[modifier]!
  switch (snapshot.modifierKind[modifier]) {
    case ModifierKind.segment:
      return isInSegment(slice, value, nowMs)
    case ModifierKind.cart:
      return (
        slice.cartChangedAtMs > 0 &&
        slice.cartValueMicros >= value &&
        nowMs - slice.cartChangedAtMs >= snapshot.modifierAgeMs[modifier]!
      )
    case ModifierKind.viewed:
      return slice.lastViewedAtMs > 0 && nowMs - slice.lastViewedAtMs <= value
    default:
      return false
  }
}

export function isInSegment(slice: BidSlice, segmentKey: number, nowMs: number): boolean {
  for (let i = 0; i < slice.segmentKeys.length; i++)
    if (slice.segmentKeys[i] === segmentKey) return slice.segmentExpiresAtMs[i]! > nowMs
  return false
}
