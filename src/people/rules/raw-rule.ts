/** A rule as it was written, in text or JSON: its form is right, and nothing is known of its words yet. */
import type { Where } from './fault.js'

export interface Word {
  readonly text: string
  readonly where: Where
}

/** `500 PLN`, `30m`, `40%`, `3`: never negative. */
export interface Quantity {
  readonly kind: 'quantity'
  readonly amount: number
  /** As written; '' where there is none. */
  readonly unit: string
  /** All of it, as written. */
  readonly text: string
  readonly where: Where
}

export interface Quoted extends Word {
  readonly kind: 'quoted'
}

export const comparisons = ['>=', '<=', '>', '<', '=', '!=', 'one of'] as const
export type Comparison = (typeof comparisons)[number]

export interface RawTerm {
  readonly kind: 'term'
  readonly field: Word
  /** What stands in brackets behind the field. */
  readonly of: readonly Quoted[]
  /** null where nothing is compared. */
  readonly is: { readonly comparison: Comparison; readonly where: Where } | null
  /** What it is compared with: one, or several after `one of`. */
  readonly values: readonly (Quantity | Quoted)[]
  readonly within: Quantity | null
}

export type RawRule =
  | RawTerm
  | { readonly kind: 'all' | 'any'; readonly parts: readonly RawRule[] }
  | { readonly kind: 'not'; readonly part: RawRule }

/** As long as a shop's file lets a text be. */
export const ruleLengthMax = 4_000
export const ruleDepthMax = 16
export const ruleTermCountMax = 64
export const valueCountMax = 64

export const tooDeep = `a rule is nested at most ${ruleDepthMax} deep`
export const tooManyTerms = `a rule has at most ${ruleTermCountMax} conditions`
export const tooManyValues = `a list has at most ${valueCountMax} values`

/** Digits as amounts are written: at most a billion, and six decimal places. */
export const amountShape = /^\d{1,10}(?:\.\d{1,6})?$/
export const amountMax = 1e9
