import type { Measure } from './measure.js'
import type { RfmThresholds } from './rfm.js'
import type { SliceWords } from './slice-words.js'
import type { Test } from './until.js'
import type { Currencies, ValueKind } from './value.js'

/** What a shop's rules are compiled with. */
export interface RuleContext extends Currencies {
  /** What the shop's catalogue says of a product; '' where it doesn't have it. Asked once for each purchase. */
  readonly categoryOf: (product: string) => string
  /** `defaultRfm` where it isn't said. */
  readonly rfm?: RfmThresholds | undefined
}

/** What fields are made into tests with. */
export interface FieldTools {
  readonly words: SliceWords
  readonly rfm: RfmThresholds
}

/** What may stand in brackets behind a field. */
export type Of = 'category' | 'product' | 'text' | 'segment'

interface FieldText {
  readonly name: string
  readonly description: string
  /** Whether `within 14d` may follow. */
  readonly hasWindow: boolean
}

/** Yes or no by itself, as `consent.ads`. */
export interface YesField extends FieldText {
  readonly kind: 'yes'
  readonly test: Test
}

/** Yes or no about what stands in brackets, as `viewed.product("sku-1")`; of several, any of them. */
export interface DidField extends FieldText {
  readonly kind: 'did'
  readonly of: Of
  /** @param withinMs Infinity where there is no window. */
  test(of: readonly string[], withinMs: number, tools: FieldTools): Test
}

/** Compared with a value, as `cart.value >= 500 PLN`. */
export interface MeasureField extends FieldText {
  readonly kind: ValueKind
  /** null where nothing stands in brackets. */
  readonly of: Of | null
  /** Changes every moment, so that it is never exactly something. */
  readonly isFluid: boolean
  /** No more of it is remembered within a time. */
  readonly countMaxWithin: number
  /** No more of it is remembered at all. */
  readonly countMax: number
  /** @param of '' where nothing stands in brackets. @param withinMs Infinity where there is no window. */
  measure(of: string, withinMs: number, tools: FieldTools): Measure
}

export type RuleField = YesField | DidField | MeasureField
