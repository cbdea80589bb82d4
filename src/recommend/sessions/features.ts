import type { Candidates } from './candidates.js'
import type { SessionIndexParts } from './session-index.js'

/** What a ranker is told of each product; most of it as logarithms, which it adds up. */
export const featureNames = [
  'neighbours',
  'neighboursShare',
  'nearest',
  'neighbourCount',
  'next',
  'nextShare',
  'nextAfterPair',
  'nextAfterPairShare',
  'ahead',
  'behind',
  'aheadOfEarlier',
  'behindEarlier',
  'blend',
  'blendShare',
  'popularity',
  'idf',
  'isNewest',
  'isSecondNewest',
  'isEarlier',
  'isRepeated',
  'nearness',
  'sessionLength',
  'newestPopularity',
  'newestRepeats',
  'bestBlend',
] as const
/** Looks further back are as good as none. */
const lookBackMax = 50

export const featureCount = featureNames.length

/**
 * Writes what there is to know of the products in `order` into rows of `featureCount`.
 *
 * @param order        slots of candidates, whose `blend` adds up to 1; the first `count` hold.
 * @param neighbourSum of the candidates' `neighbours`.
 */
export function writeFeatures(
  parts: SessionIndexParts,
  session: ArrayLike<number>,
  length: number,
  candidates: Candidates,
  neighbourSum: number,
  order: Int32Array,
  count: number,
  rows: Float32Array,
): void {
  const { neighbours, nearest, neighbourCounts, next, nextAfterPair, blend } = candidates
  const { ahead, behind, aheadOfEarlier, behindEarlier } = candidates
  const newest = session[length - 1]!
  const share = neighbourSum > 0 ? 1 / neighbourSum : 0
  const newestPopularity = newest < parts.itemCount ? parts.popularity[newest]! : 0
  const newestRepeats = length > 1 && session[length - 2] === newest ? 1 : 0
  const looksMax = Math.min(length, lookBackMax)
  let bestBlend = 0
  for (let i = 0; i < count; i++) bestBlend = Math.max(bestBlend, blend[order[i]!]!)
  for (let i = 0, at = 0; i < count; i++) {
    const slot = order[i]!
    const item = candidates.items[slot]!
    const isKnown = item < parts.itemCount
    let distance = -1
    let looks = 0
    for (let back = 0; back < looksMax; back++)
      if (session[length - 1 - back] === item) {
        if (looks++ === 0) distance = back
      }
    rows[at++] = Math.log(neighbours[slot]! * share + 1e-4)
    rows[at++] = neighbours[slot]! * share
    rows[at++] = Math.log(nearest[slot]! * share + 1e-5)
    rows[at++] = Math.log(neighbourCounts[slot]! + 1)
    rows[at++] = Math.log(next[slot]! + 1e-3)
    rows[at++] = next[slot]!
    rows[at++] = Math.log(nextAfterPair[slot]! + 1e-2)
    rows[at++] = nextAfterPair[slot]!
    rows[at++] = Math.log(ahead[slot]! + 1e-3)
    rows[at++] = Math.log(behind[slot]! + 1e-3)
    rows[at++] = Math.log(aheadOfEarlier[slot]! + 1e-3)
    rows[at++] = Math.log(behindEarlier[slot]! + 1e-3)
    rows[at++] = Math.log(blend[slot]! + 1e-4)
    rows[at++] = blend[slot]!
    rows[at++] = isKnown ? Math.log(parts.popularity[item]! + 1) : 0
    rows[at++] = isKnown ? parts.idf[item]! : 0
    rows[at++] = distance === 0 ? 1 : 0
    rows[at++] = distance === 1 ? 1 : 0
    rows[at++] = distance > 1 ? 1 : 0
    rows[at++] = looks > 1 ? 1 : 0
    rows[at++] = distance >= 0 ? 1 / (1 + distance) : 0
    rows[at++] = Math.log(length)
    rows[at++] = Math.log(newestPopularity + 1)
    rows[at++] = newestRepeats
    rows[at++] = Math.log(bestBlend + 1e-4)
  }
}
