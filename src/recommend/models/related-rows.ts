import type { Scores } from '../scores.js'
import type { Groups } from './groups.js'
import { GrowingInts } from './growing.js'
import { RowChoice } from './row-choice.js'

/** For each product those that belong to it, best first: at most 20. */
export interface RelatedRowsParts {
  /** By item: where its row begins, and where the last one's ends. */
  readonly starts: Int32Array<ArrayBuffer>
  readonly items: Int32Array<ArrayBuffer>
  /** 1 for the best of each row, above 0. */
  readonly weights: Float32Array<ArrayBuffer>
  /** 1 where the two come together so often that no rule of thumb should part them. */
  readonly sure: Uint8Array<ArrayBuffer>
}

/** Products that are looked at of a list that a query has. */
export const queryItemsMax = 20

export class RelatedRows {
  readonly starts: Int32Array
  readonly items: Int32Array
  readonly weights: Float32Array
  readonly sure: Uint8Array

  constructor(parts: RelatedRowsParts) {
    this.starts = parts.starts
    this.items = parts.items
    this.weights = parts.weights
    this.sure = parts.sure
  }

  /** Adds the product's row; nothing for one that came after the build. */
  addTo(scores: Scores, item: number, factor: number): void {
    if (item + 1 >= this.starts.length) return
    const end = this.starts[item + 1]!
    for (let at = this.starts[item]!; at < end; at++)
      scores.add(this.items[at]!, this.weights[at]! * factor)
  }
}

/**
 * Counts in how many groups a product of `from` meets one of `to`, and keeps for each product those that it
 * meets much more often than by chance.
 *
 * One row after the other, by the groups that the product is in: O(sum over groups of their sizes' product),
 * and beside the groups 24 bytes a product. A pair with at least `supportMin` groups weighs its
 * log-likelihood; the rest only fills rows up, by cosine, at a tenth of the weight, so that a shop with a
 * handful of orders has something to show.
 *
 * @param from as many groups as `to`; the n-th of both belong together. The same for baskets.
 */
export function buildRelatedRows(itemCount: number, from: Groups, to: Groups): RelatedRowsParts {
  const groupStarts = new Int32Array(itemCount + 1)
  const groupsOf = groupsByItem(from, groupStarts)
  const toCounts = new Int32Array(itemCount)
  for (let i = 0; i < to.items.length; i++) toCounts[to.items[i]!]!++
  const met = new Int32Array(itemCount)
  const touched = new GrowingInts()
  const row = new RowChoice()
  const starts = new Int32Array(itemCount + 1)
  for (let item = 0; item < itemCount; item++) {
    const first = groupStarts[item]!
    const end = groupStarts[item + 1]!
    for (let at = first; at < end; at++) {
      const group = groupsOf[at]!
      const groupEnd = to.starts[group + 1]!
      for (let i = to.starts[group]!; i < groupEnd; i++) {
        const other = to.items[i]!
        if (other === item) continue
        if (met[other] === 0) touched.push(other)
        met[other]!++
      }
    }
    row.begin(end - first, from.count)
    for (let i = 0; i < touched.count; i++) {
      const other = touched.values[i]!
      row.offer(other, met[other]!, toCounts[other]!)
      met[other] = 0
    }
    touched.count = 0
    starts[item + 1] = row.end()
  }
  return { starts, items: row.items(), weights: row.weights(), sure: row.sure() }
}

/** @param starts filled: where each product's groups begin in what comes back. */
function groupsByItem(groups: Groups, starts: Int32Array): Int32Array {
  for (let i = 0; i < groups.items.length; i++) starts[groups.items[i]! + 1]!++
  for (let item = 1; item < starts.length; item++) starts[item]! += starts[item - 1]!
  const next = starts.slice()
  const groupsOf = new Int32Array(groups.items.length)
  for (let group = 0; group < groups.count; group++)
    for (let i = groups.starts[group]!; i < groups.starts[group + 1]!; i++)
      groupsOf[next[groups.items[i]!]!++] = group
  return groupsOf
}
