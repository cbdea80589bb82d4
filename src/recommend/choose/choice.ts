import { type SourceName, slotLimitMax, sourceNames } from '../../catalogue/slots.js'
import type { CompiledSlot } from './compile-slot.js'

/** What a caller wants of this one answer, on top of the slot's own rules. */
export interface ChoiceFilters {
  /** Of what is paid now; both ends count. 0 and Infinity: any. */
  readonly priceFromMicros: number
  readonly priceToMicros: number
  /** Number of a category, which stands for those below it too; -1: any; `unknownName`: none there is. */
  readonly category: number
  /** Numbers of brands; empty: any. One that the shop doesn't have (`unknownName`) is no product's. */
  readonly brands: readonly number[]
}

export const noFilters: ChoiceFilters = {
  priceFromMicros: 0,
  priceToMicros: Infinity,
  category: -1,
  brands: [],
}

export interface ChoiceOptions {
  readonly slot: CompiledSlot
  /** At most `slotLimitMax` are given; the slot's own limit is the caller's to apply. */
  readonly limit: number
  /** By index: what stands on the page already. */
  readonly excluded: readonly number[]
  readonly filters: ChoiceFilters
  /** Decides what is explored: the same seed gives the same answer. A whole number below 2^32. */
  readonly seed: number
}

/** What brought a product into an answer where that was no source of the slot. */
export const ChosenBy = {
  /** The marketer put it there. */
  pin: 255,
  /** Nothing else was found, and a slot is not to be empty. */
  anything: 254,
  /** It was drawn among what nobody knows much of yet. */
  exploration: 253,
} as const

/** For logs and reports: `next`, `trending` …, `pin`, `anything`, `exploration`. */
export function chosenByName(code: number): SourceName | keyof typeof ChosenBy {
  if (code === ChosenBy.pin) return 'pin'
  if (code === ChosenBy.anything) return 'anything'
  return sourceNames[code] ?? 'exploration'
}

/** The products of one answer, in the order in which they are shown; the first `count` hold. Used again. */
export class Choice {
  count = 0
  /** By index of the item table. */
  readonly items = new Int32Array(slotLimitMax)
  /** Index in `sourceNames`, or a `ChosenBy`. */
  readonly sources = new Uint8Array(slotLimitMax)
  /** How likely it was that this product stood at this place: 1 where nothing is explored. */
  readonly propensity = new Float32Array(slotLimitMax)
}
