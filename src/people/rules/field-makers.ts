/** The few forms that fields have. */
import type { Slice } from '../../profiles/slice.js'
import { isBelow } from './category.js'
import type { DidField, FieldTools, MeasureField, Of, YesField } from './field.js'
import type { Measure } from './measure.js'
import { age, countWithin, fading, still, valueWithin } from './measure.js'
import type { RfmThresholds } from './rfm.js'
import { always, forSome } from './until.js'
import type { ValueKind } from './value.js'

type Read = (slice: Slice) => number

export function yes(name: string, description: string, holds: (slice: Slice) => boolean): YesField {
  const test = (slice: Slice): number => always(holds(slice))
  return { kind: 'yes', name, description, hasWindow: false, test }
}

/** @param find makes, of what stands in brackets, when it last happened; 0: it didn't. */
export function did(
  name: string,
  of: Of,
  description: string,
  find: (of: readonly string[], tools: FieldTools) => Read,
): DidField {
  return {
    kind: 'did',
    name,
    of,
    description,
    hasWindow: true,
    test: (texts, withinMs, tools) => {
      const lastAtMs = find(texts, tools)
      if (withinMs === Infinity) return (slice) => always(lastAtMs(slice) > 0)
      return (slice, nowMs) => forSome(lastAtMs(slice), withinMs, nowMs)
    },
  }
}

/** When a product is or was on a list that has each newest first. */
export function didOnList(
  name: string,
  description: string,
  list: (slice: Slice) => readonly { readonly product: string; readonly atMs: number }[],
): DidField {
  return did(name, 'product', description, (of) => (slice) => {
    for (const { product, atMs } of list(slice)) if (of.includes(product)) return atMs
    return 0
  })
}

const plainMeasure = {
  of: null,
  hasWindow: false,
  isFluid: false,
  countMaxWithin: Infinity,
  countMax: Infinity,
} as const

/** What time alone doesn't change. @param read NaN where there is nothing. */
export function measured(
  name: string,
  kind: ValueKind,
  description: string,
  read: Read,
): MeasureField {
  return { ...plainMeasure, kind, name, description, measure: () => still(read) }
}

/** @param read 0 where it never was. */
export function ageOf(name: string, description: string, readAtMs: Read): MeasureField {
  return {
    ...plainMeasure,
    kind: 'age',
    isFluid: true,
    name,
    description,
    measure: () => age(readAtMs),
  }
}

/**
 * @param countMax what the list is bounded by.
 * @param list newest first.
 * @param count of all that ever was; the list's length where that is all there is.
 */
export function counted(
  name: string,
  description: string,
  countMax: number,
  list: (slice: Slice) => readonly { readonly atMs: number }[],
  count?: Read,
): MeasureField {
  return {
    ...plainMeasure,
    kind: 'count',
    hasWindow: true,
    countMaxWithin: countMax,
    countMax: count === undefined ? countMax : Infinity,
    name,
    description,
    measure: (_of, withinMs) =>
      withinMs === Infinity
        ? still(count ?? ((slice) => list(slice).length))
        : countWithin(list, withinMs),
  }
}

export function spent(name: string, description: string): MeasureField {
  return {
    ...plainMeasure,
    kind: 'money',
    hasWindow: true,
    name,
    description,
    measure: (_of, withinMs) =>
      withinMs === Infinity
        ? still(({ orders }) => orders.valueMicros)
        : valueWithin(({ orders }) => orders.recent, withinMs),
  }
}

export function scored(
  name: string,
  description: string,
  measure: (rfm: RfmThresholds) => Measure,
): MeasureField {
  return {
    ...plainMeasure,
    kind: 'score',
    name,
    description,
    measure: (_of, _withinMs, { rfm }) => measure(rfm),
  }
}

/** @param weigh makes, of what stands in brackets, how strong the interest is at a moment. */
export function interest(
  name: string,
  of: Of,
  description: string,
  halfLifeMs: number,
  weigh: (of: string, tools: FieldTools) => (slice: Slice, ms: number) => number,
): MeasureField {
  return {
    ...plainMeasure,
    kind: 'number',
    of,
    isFluid: true,
    name,
    description,
    measure: (text, _withinMs, tools) => fading(weigh(text, tools), halfLifeMs),
  }
}

/** Whether a category is any of these, or below one; as the shop writes it, and plain. */
export function isAnyBelow(category: string, tops: readonly string[]): boolean {
  for (const top of tops) if (isBelow(category, top)) return true
  return false
}
