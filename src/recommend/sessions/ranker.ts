/** Numbers only: goes into a file of settings as it is. */
export interface RankerWeights {
  /** Names of the features that it was trained with, in order: with others it is of no use. */
  readonly features: readonly string[]
  /** By feature: what is taken off, and what the rest is multiplied by. */
  readonly means: readonly number[]
  readonly scales: readonly number[]
  /** By feature. */
  readonly direct: readonly number[]
  /** By hidden unit, each a row of one weight per feature. */
  readonly hidden: readonly number[]
  readonly hiddenBias: readonly number[]
  /** By hidden unit. */
  readonly output: readonly number[]
}

/** What a hidden unit lets through below 0. */
export const leak = 0.01

/**
 * A small network that says how likely each product is the next, of the features that it has: a weighted sum of
 * them, and of hidden units that each look at all of them. Its weights are trained on a shop's own newest sessions.
 */
export class Ranker {
  readonly #featureCount: number
  readonly #hiddenCount: number
  readonly #direct: Float64Array
  readonly #hidden: Float64Array
  readonly #bias: Float64Array
  readonly #output: Float64Array

  /** Means and scales are worked into the weights. */
  constructor(weights: RankerWeights) {
    const { means, scales } = weights
    const featureCount = means.length
    this.#featureCount = featureCount
    this.#hiddenCount = weights.output.length
    this.#direct = Float64Array.from(weights.direct, (weight, f) => weight * scales[f]!)
    this.#hidden = Float64Array.from(
      weights.hidden,
      (weight, i) => weight * scales[i % featureCount]!,
    )
    this.#bias = Float64Array.from(weights.hiddenBias, (bias, h) => {
      let moved = bias
      for (let f = 0; f < featureCount; f++)
        moved -= this.#hidden[h * featureCount + f]! * means[f]!
      return moved
    })
    this.#output = Float64Array.from(weights.output)
  }

  /** @param scores gets a number per row, of which only the differences mean something. */
  rank(rows: Float32Array, count: number, scores: Float64Array): void {
    const featureCount = this.#featureCount
    const hiddenCount = this.#hiddenCount
    const direct = this.#direct
    const hidden = this.#hidden
    const bias = this.#bias
    const output = this.#output
    for (let i = 0; i < count; i++) {
      const row = i * featureCount
      let score = 0
      for (let f = 0; f < featureCount; f++) score += rows[row + f]! * direct[f]!
      for (let h = 0, at = 0; h < hiddenCount; h++, at += featureCount) {
        let sum = bias[h]!
        for (let f = 0; f < featureCount; f++) sum += rows[row + f]! * hidden[at + f]!
        score += output[h]! * (sum > 0 ? sum : sum * leak)
      }
      scores[i] = score
    }
  }
}
