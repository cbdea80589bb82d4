import { ActionKind, type Actions } from '../actions.js'
import { grownCount } from './growing.js'

/** How often each product was looked at and bought, what is older counting less. */
export interface CountersParts {
  readonly short: Float32Array<ArrayBuffer>
  readonly long: Float32Array<ArrayBuffer>
  readonly sales: Float32Array<ArrayBuffer>
  /** The moment at which an action counts its weight. */
  readonly sinceSeconds: number
}

const daySeconds = 86_400
const shortHalfLife = daySeconds
const longHalfLife = 14 * daySeconds
const salesHalfLife = 30 * daySeconds
/** By kind of action. */
const weights = Float64Array.of(1, 4, 3, 9)
/** Half-lives after which counts are scaled down, long before a 32-bit float ends (2^127). */
const halfLivesMax = 60

/**
 * Three counters a product, 12 bytes. Rather than to let what is there fade, what comes later counts more:
 * twice as much with each half-life. So the order of products changes with an action only, never with time,
 * and a list that is in order stays so.
 */
export class Counters {
  #short: Float32Array<ArrayBuffer>
  #long: Float32Array<ArrayBuffer>
  #sales: Float32Array<ArrayBuffer>
  #sinceSeconds: number

  constructor(parts: CountersParts) {
    this.#short = parts.short
    this.#long = parts.long
    this.#sales = parts.sales
    this.#sinceSeconds = parts.sinceSeconds
  }

  get bytes(): number {
    return this.#short.byteLength + this.#long.byteLength + this.#sales.byteLength
  }

  /** @param item any: what came after the build has room made for it. */
  note(item: number, kind: ActionKind, atSeconds: number): void {
    if (item >= this.#short.length) this.#grow(item + 1)
    if (atSeconds - this.#sinceSeconds > halfLivesMax * shortHalfLife) this.#scaleDown(atSeconds)
    const ageSeconds = this.#sinceSeconds - atSeconds
    const weight = weights[kind]!
    this.#short[item]! += weight * 2 ** (-ageSeconds / shortHalfLife)
    this.#long[item]! += weight * 2 ** (-ageSeconds / longHalfLife)
    if (kind === ActionKind.purchase) this.#sales[item]! += 2 ** (-ageSeconds / salesHalfLife)
  }

  /**
   * How much it is wanted these days; and of two that are wanted alike, the one that was wanted less before:
   * `short · √(short / long)`. What was wanted as much all along has a fourteenth of its long count in the
   * short one, what began today all of it.
   */
  trendOf(item: number): number {
    const short = this.#short[item] ?? 0
    return short > 0 ? short * Math.sqrt(short / this.#long[item]!) : 0
  }

  salesOf(item: number): number {
    return this.#sales[item] ?? 0
  }

  parts(): CountersParts {
    return {
      short: this.#short,
      long: this.#long,
      sales: this.#sales,
      sinceSeconds: this.#sinceSeconds,
    }
  }

  #scaleDown(sinceSeconds: number): void {
    const passed = sinceSeconds - this.#sinceSeconds
    const shortFactor = 2 ** (-passed / shortHalfLife)
    const longFactor = 2 ** (-passed / longHalfLife)
    const salesFactor = 2 ** (-passed / salesHalfLife)
    for (let item = 0; item < this.#short.length; item++) {
      this.#short[item]! *= shortFactor
      this.#long[item]! *= longFactor
      this.#sales[item]! *= salesFactor
    }
    this.#sinceSeconds = sinceSeconds
  }

  #grow(countMin: number): void {
    const grow = (column: Float32Array): Float32Array<ArrayBuffer> => {
      const grown = new Float32Array(grownCount(countMin))
      grown.set(column)
      return grown
    }
    this.#short = grow(this.#short)
    this.#long = grow(this.#long)
    this.#sales = grow(this.#sales)
  }
}

/** @param nowSeconds not before the last action; later ones count as if they were now. */
export function countActions(actions: Actions, itemCount: number, nowSeconds: number): Counters {
  const counters = new Counters({
    short: new Float32Array(itemCount),
    long: new Float32Array(itemCount),
    sales: new Float32Array(itemCount),
    sinceSeconds: nowSeconds,
  })
  for (let row = 0; row < actions.count; row++) {
    const atSeconds = Math.min(actions.atSeconds[row]!, nowSeconds)
    counters.note(actions.item[row]!, actions.kind[row] as ActionKind, atSeconds)
  }
  return counters
}
