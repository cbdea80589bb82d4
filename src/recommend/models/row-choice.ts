import { GrowingInts } from './growing.js'
import { logLikelihood } from './log-likelihood.js'

export const rowItemsMax = 20
/** Pairs that came up less often than this are only there where a row would be short without them. */
export const supportMin = 3
/** How many of those a row has at most. */
export const weakItemsMax = 8
/** What the best of them could be worth. */
export const weakWeight = 0.1
const sureSupportMin = 10
const sureShare = 0.2

/** Chooses the best of one row after the other, those with support first, and keeps them all. */
export class RowChoice {
  readonly #items = new Int32Array(rowItemsMax)
  readonly #scores = new Float64Array(rowItemsMax)
  readonly #sure = new Uint8Array(rowItemsMax)
  readonly #weakItems = new Int32Array(weakItemsMax)
  readonly #weakScores = new Float64Array(weakItemsMax)
  #count = 0
  #weakCount = 0
  #own = 0
  #groupCount = 0
  readonly #all = new GrowingInts()
  #allWeights = new Float32Array(0)
  #allSure = new Uint8Array(0)

  /** @param own groups that the row's product is in; `groupCount` all of them. */
  begin(own: number, groupCount: number): void {
    this.#count = 0
    this.#weakCount = 0
    this.#own = own
    this.#groupCount = groupCount
  }

  /** @param both groups in which the two meet; `others` those that the other one is in. */
  offer(other: number, both: number, others: number): void {
    if (both >= supportMin) {
      const score = logLikelihood(both, this.#own, others, this.#groupCount)
      if (score === 0) return
      const place = placeOf(this.#scores, this.#items, this.#count, score, other)
      if (place === rowItemsMax) return
      if (this.#count < rowItemsMax) this.#count++
      insert(this.#scores, place, this.#count, score)
      insert(this.#items, place, this.#count, other)
      const isSure = both >= sureSupportMin && both >= this.#own * sureShare
      insert(this.#sure, place, this.#count, isSure ? 1 : 0)
      return
    }
    const score = (both / (supportMin - 1)) * (both / Math.sqrt(this.#own * others))
    const place = placeOf(this.#weakScores, this.#weakItems, this.#weakCount, score, other)
    if (place === weakItemsMax) return
    if (this.#weakCount < weakItemsMax) this.#weakCount++
    insert(this.#weakScores, place, this.#weakCount, score)
    insert(this.#weakItems, place, this.#weakCount, other)
  }

  /** @returns how many there are in all rows so far. */
  end(): number {
    const best = this.#scores[0]!
    for (let i = 0; i < this.#count; i++)
      this.#push(this.#items[i]!, this.#scores[i]! / best, this.#sure[i]!)
    const weakest = this.#count > 0 ? this.#scores[this.#count - 1]! / best : 1
    const weakCount = Math.min(this.#weakCount, rowItemsMax - this.#count)
    for (let i = 0; i < weakCount; i++)
      this.#push(this.#weakItems[i]!, this.#weakScores[i]! * Math.min(weakWeight, weakest), 0)
    return this.#all.count
  }

  items(): Int32Array<ArrayBuffer> {
    return this.#all.trimmed()
  }

  weights(): Float32Array<ArrayBuffer> {
    return this.#allWeights.slice(0, this.#all.count)
  }

  sure(): Uint8Array<ArrayBuffer> {
    return this.#allSure.slice(0, this.#all.count)
  }

  #push(item: number, weight: number, sure: number): void {
    this.#all.push(item)
    if (this.#all.count > this.#allWeights.length) {
      const weights = new Float32Array(this.#all.values.length)
      const sures = new Uint8Array(this.#all.values.length)
      weights.set(this.#allWeights)
      sures.set(this.#allSure)
      this.#allWeights = weights
      this.#allSure = sures
    }
    this.#allWeights[this.#all.count - 1] = weight
    this.#allSure[this.#all.count - 1] = sure
  }
}

/** Where it would come: after those with a higher score, or the same and a lower number. */
function placeOf(
  scores: Float64Array,
  items: Int32Array,
  count: number,
  score: number,
  item: number,
): number {
  let place = count
  while (
    place > 0 &&
    (scores[place - 1]! < score || (scores[place - 1] === score && items[place - 1]! > item))
  )
    place--
  return place
}

function insert(
  column: Float64Array | Int32Array | Uint8Array,
  place: number,
  count: number,
  value: number,
): void {
  for (let i = count - 1; i > place; i--) column[i] = column[i - 1]!
  column[place] = value
}
