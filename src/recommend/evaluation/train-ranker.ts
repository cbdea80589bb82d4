import { Random } from '../../base/random.js'
import { featureCount, featureNames } from '../sessions/features.js'
import type { NextItems } from '../sessions/next.js'
import { leak, type RankerWeights } from '../sessions/ranker.js'
import type { Cases } from './cases.js'
import { prefix, prefixOf } from './evaluate.js'

/** Products found for cases, as features, and which of them came next. */
export interface Examples {
  readonly count: number
  /** Where each case's rows begin, and where the last one's end. */
  readonly starts: Uint32Array
  /** Of `featureCount`. */
  readonly rows: Float32Array
  /** By case: which of its rows. */
  readonly wanted: Uint16Array
}

/** Only cases of which the product that came next is among the best `rankedMax` found. */
export function examplesOf(next: NextItems, cases: Cases, rankedMax: number): Examples {
  const starts = new Uint32Array(cases.count + 1)
  const wanted = new Uint16Array(cases.count)
  let rows = new Float32Array(cases.count * Math.ceil(rankedMax / 2) * featureCount)
  let count = 0
  for (let i = 0; i < cases.count; i++) {
    const length = prefixOf(cases, i)
    const found = next.findBest(prefix, length, rankedMax)
    let place = 0
    while (place < found && next.bestItem(place) !== cases.next[i]) place++
    if (place === found) continue
    const at = starts[count]! * featureCount
    if (at + found * featureCount > rows.length) {
      const grown = new Float32Array(cases.count * rankedMax * featureCount)
      grown.set(rows)
      rows = grown
    }
    rows.set(next.bestRows.subarray(0, found * featureCount), at)
    wanted[count++] = place
    starts[count] = starts[count - 1]! + found
  }
  return { count, starts, rows, wanted }
}

export interface TrainSettings {
  readonly hiddenCount: number
  /** Times that it sees all examples. */
  readonly rounds: number
  readonly seed: number
}

export const trainDefaults: TrainSettings = { hiddenCount: 12, rounds: 3, seed: 1 }

const batchSize = 32
const rate = 0.004
const decay = 1e-5
/** Of Adam (Kingma and Ba, 2014). */
const momentum = 0.9
const momentum2 = 0.999

/**
 * Finds weights by which what came next is likely among what was found: softmax over the products of each case,
 * by stochastic gradients. The same examples and seed give the same weights.
 *
 * O(rounds · rows · hiddenCount · featureCount): some seconds for ten thousand cases.
 */
export function trainRanker(
  examples: Examples,
  settings: TrainSettings = trainDefaults,
): RankerWeights {
  const trainer = new Trainer(examples, settings)
  const order = Int32Array.from({ length: examples.count }, (_, i) => i)
  const random = new Random(settings.seed)
  const stepCount = settings.rounds * Math.ceil(examples.count / batchSize)
  let step = 0
  for (let round = 0; round < settings.rounds; round++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = random.below(i + 1)
      const other = order[i]!
      order[i] = order[j]!
      order[j] = other
    }
    for (let at = 0; at < order.length; at += batchSize) {
      const end = Math.min(order.length, at + batchSize)
      for (let i = at; i < end; i++) trainer.learn(order[i]!)
      trainer.step(rate * (1 - (0.95 * step++) / stepCount), end - at)
    }
  }
  return trainer.weights()
}

class Trainer {
  readonly #examples: Examples
  readonly #hiddenCount: number
  readonly #means = new Float64Array(featureCount)
  readonly #scales = new Float64Array(featureCount)
  /** All weights in a row: direct, hidden, bias, output. */
  readonly #weights: Float64Array
  readonly #gradients: Float64Array
  readonly #moments: Float64Array
  readonly #moments2: Float64Array
  readonly #hiddenAt = featureCount
  readonly #biasAt: number
  readonly #outputAt: number
  #inputs = new Float64Array(0)
  #hidden = new Float64Array(0)
  #scores = new Float64Array(0)
  #stepCount = 0

  constructor(examples: Examples, { hiddenCount, seed }: TrainSettings) {
    this.#examples = examples
    this.#hiddenCount = hiddenCount
    this.#biasAt = this.#hiddenAt + hiddenCount * featureCount
    this.#outputAt = this.#biasAt + hiddenCount
    const weightCount = this.#outputAt + hiddenCount
    this.#weights = new Float64Array(weightCount)
    this.#gradients = new Float64Array(weightCount)
    this.#moments = new Float64Array(weightCount)
    this.#moments2 = new Float64Array(weightCount)
    const random = new Random(seed + 1)
    for (let i = this.#hiddenAt; i < this.#biasAt; i++)
      this.#weights[i] = (random.next() - 0.5) * (2 / Math.sqrt(featureCount))
    for (let i = this.#outputAt; i < weightCount; i++)
      this.#weights[i] = (random.next() - 0.5) * 0.5
    this.#measure()
  }

  /** Adds to the gradients what one case says. */
  learn(example: number): void {
    const { starts, wanted } = this.#examples
    const first = starts[example]!
    const count = starts[example + 1]! - first
    this.#score(first, count)
    const scores = this.#scores
    let best = -Infinity
    for (let i = 0; i < count; i++) best = Math.max(best, scores[i]!)
    let sum = 0
    for (let i = 0; i < count; i++) sum += Math.exp(scores[i]! - best)
    for (let i = 0; i < count; i++) {
      const share = Math.exp(scores[i]! - best) / sum
      const error = i === wanted[example] ? share - 1 : share
      if (Math.abs(error) > 1e-4) this.#trace(i, error)
    }
  }

  step(rateNow: number, exampleCount: number): void {
    this.#stepCount++
    const correction = 1 - momentum ** this.#stepCount
    const correction2 = 1 - momentum2 ** this.#stepCount
    for (let i = 0; i < this.#weights.length; i++) {
      const gradient = this.#gradients[i]! / exampleCount + decay * this.#weights[i]!
      this.#gradients[i] = 0
      this.#moments[i] = momentum * this.#moments[i]! + (1 - momentum) * gradient
      this.#moments2[i] = momentum2 * this.#moments2[i]! + (1 - momentum2) * gradient * gradient
      const size = Math.sqrt(this.#moments2[i]! / correction2) + 1e-8
      this.#weights[i]! -= (rateNow * (this.#moments[i]! / correction)) / size
    }
  }

  weights(): RankerWeights {
    const numbers = (from: number, until: number): number[] =>
      Array.from(this.#weights.subarray(from, until), rounded)
    return {
      features: [...featureNames],
      means: Array.from(this.#means, rounded),
      scales: Array.from(this.#scales, rounded),
      direct: numbers(0, featureCount),
      hidden: numbers(this.#hiddenAt, this.#biasAt),
      hiddenBias: numbers(this.#biasAt, this.#outputAt),
      output: numbers(this.#outputAt, this.#weights.length),
    }
  }

  /** Means and deviations of the features. */
  #measure(): void {
    const { rows, starts, count } = this.#examples
    const rowCount = starts[count]!
    const squares = new Float64Array(featureCount)
    for (let row = 0; row < rowCount; row++)
      for (let f = 0; f < featureCount; f++) {
        const value = rows[row * featureCount + f]!
        this.#means[f]! += value / rowCount
        squares[f]! += (value * value) / rowCount
      }
    for (let f = 0; f < featureCount; f++)
      this.#scales[f] = 1 / Math.sqrt(Math.max(1e-6, squares[f]! - this.#means[f]! ** 2))
  }

  #score(first: number, count: number): void {
    if (count > this.#scores.length) {
      this.#scores = new Float64Array(count)
      this.#inputs = new Float64Array(count * featureCount)
      this.#hidden = new Float64Array(count * this.#hiddenCount)
    }
    const { rows } = this.#examples
    const weights = this.#weights
    const inputs = this.#inputs
    for (let i = 0; i < count; i++) {
      const input = i * featureCount
      let score = 0
      for (let f = 0; f < featureCount; f++) {
        const raw = rows[(first + i) * featureCount + f]!
        const value = (raw - this.#means[f]!) * this.#scales[f]!
        inputs[input + f] = value
        score += value * weights[f]!
      }
      for (let h = 0; h < this.#hiddenCount; h++) {
        const row = this.#hiddenAt + h * featureCount
        let sum = weights[this.#biasAt + h]!
        for (let f = 0; f < featureCount; f++) sum += weights[row + f]! * inputs[input + f]!
        const out = sum > 0 ? sum : sum * leak
        this.#hidden[i * this.#hiddenCount + h] = out
        score += out * weights[this.#outputAt + h]!
      }
      this.#scores[i] = score
    }
  }

  /** Adds to the gradients, for a row whose score is too high by `error`. */
  #trace(i: number, error: number): void {
    const weights = this.#weights
    const gradients = this.#gradients
    const inputs = this.#inputs
    const input = i * featureCount
    for (let f = 0; f < featureCount; f++) gradients[f]! += error * inputs[input + f]!
    for (let h = 0; h < this.#hiddenCount; h++) {
      const out = this.#hidden[i * this.#hiddenCount + h]!
      gradients[this.#outputAt + h]! += error * out
      const through = error * weights[this.#outputAt + h]! * (out > 0 ? 1 : leak)
      gradients[this.#biasAt + h]! += through
      const row = this.#hiddenAt + h * featureCount
      for (let f = 0; f < featureCount; f++) gradients[row + f]! += through * inputs[input + f]!
    }
  }
}

/** Enough for what they do, and short in a file. */
const rounded = (value: number): number => Number(value.toPrecision(6))
