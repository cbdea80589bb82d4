import { Random } from '../../base/random.js'

/**
 * Gives some places to products that nobody knows much of yet, so that somebody looks at them, and says of
 * every place how likely what stands there was: by that, what worked can be judged without bias.
 *
 * Each place is given away with probability `share`, independently of the others, to a product that is drawn
 * uniformly from the pool and stands nowhere else. With M products in the pool and n places, N = max(M, n): the
 * pool is dealt out like N cards, of which N - M are blank, one to each place. So one of the pool is at a place
 * with share / N, and what stood there before with 1 - share · M / N, whatever the other places hold.
 *
 * @param pool       the first `poolCount` hold, none of them shown already; has room for N, comes back shuffled.
 * @param drawn      by place: what takes it is written here, -1 where it stays as it is.
 * @param propensity by place: how likely that was is written here.
 */
export function explore(
  share: number,
  seed: number,
  pool: Int32Array,
  poolCount: number,
  placeCount: number,
  drawn: Int32Array,
  propensity: Float64Array,
): void {
  const random = new Random(seed)
  const cardCount = Math.max(poolCount, placeCount)
  pool.fill(-1, poolCount, cardCount)
  for (let place = 0; place < placeCount; place++) {
    const isGivenAway = random.chance(share)
    const other = place + random.below(cardCount - place)
    const card = pool[other]!
    pool[other] = pool[place]!
    pool[place] = card
    const isExplored = isGivenAway && card >= 0
    drawn[place] = isExplored ? card : -1
    propensity[place] = isExplored ? share / cardCount : 1 - (share * poolCount) / cardCount
  }
}
