import type { RankerWeights } from './ranker.js'

/** How next products are chosen from what others did; a shop's own are found by `evaluation/tune`. */
export interface NeighbourSettings {
  /** Sessions that have a product in common with this one and are compared with it: the newest so many. */
  readonly candidatesMax: number
  /** Of those, the most similar so many are asked what they looked at. */
  readonly neighboursMax: number
  /** Looks of this session that count, the newest so many. */
  readonly looksMax: number
  /** A look that is so many before the newest one counts 1/e of it. */
  readonly positionDecay: number
  /** A session of n looks is worth n^-this of one look. */
  readonly lengthPower: number
  /** A rare product in common counts this much more, times its idf. */
  readonly matchIdf: number
  /** A session that old is worth 1/e of a new one; 1 is the whole time that the index spans. */
  readonly recencyDecay: number
  /** A session whose newest common product is so many looks back in this one counts 1/e. */
  readonly lastMatchDecay: number
  /** What a neighbour looked at so many looks from the common product counts 1/e. */
  readonly distanceDecay: number
  /** What it looked at before the common product, as a share of what it did after. */
  readonly behindShare: number
  /** A rare product counts this much more, times its idf. */
  readonly itemIdf: number

  /** Looks that transitions are followed from, the newest so many; each earlier one counts `transitionDecay`. */
  readonly transitionLooksMax: number
  readonly transitionDecay: number
  /** Sessions of the newest look that its transitions are counted in; of the one before half as many, then a third. */
  readonly transitionSessionsMax: number
  /** A session that old counts 1/e in transitions. */
  readonly transitionRecencyDecay: number
  /** What came next counts 1, the one after that 1/2^this, and so on. */
  readonly transitionDistancePower: number
  /** What came before counts as a share of what came after. */
  readonly transitionBehindShare: number
  /** Of the score: transitions so much, neighbours the rest. */
  readonly transitionShare: number

  /** Of the products that were found the best so many are ranked once more, if there is a `ranker`. */
  readonly rankedMax: number
  readonly ranker: RankerWeights | null
}

/** Sensible for a shop that was never tuned. */
export const fullSettings: NeighbourSettings = {
  candidatesMax: 2_500,
  neighboursMax: 500,
  looksMax: 10,
  positionDecay: 2,
  lengthPower: 0.25,
  matchIdf: 0.3,
  recencyDecay: 0.5,
  lastMatchDecay: 4,
  distanceDecay: 4,
  behindShare: 0.8,
  itemIdf: 0.3,
  transitionLooksMax: 5,
  transitionDecay: 0.4,
  transitionSessionsMax: 1_500,
  transitionRecencyDecay: 1,
  transitionDistancePower: 1,
  transitionBehindShare: 0.3,
  transitionShare: 0.3,
  rankedMax: 60,
  ranker: null,
}

/** What bounds the time of a request, as a change of other settings: for the fastest answers. */
export const leanBounds = {
  candidatesMax: 500,
  neighboursMax: 100,
  transitionSessionsMax: 500,
  rankedMax: 40,
} as const

export const leanOf = (settings: NeighbourSettings): NeighbourSettings => ({
  ...settings,
  ...leanBounds,
})
