/** Values out of what JSON.parse makes, for the plain reader that the scanner is compared with. */

import { mimeBit } from '../../src/base/mime.js'
import { countOf } from '../../src/openrtb/complete.js'
import { bitOf } from '../../src/openrtb/offers.js'
import type { Applies } from '../../src/openrtb/request.js'
import { idLengthMax, listCountMax, textLengthMax, unreadable } from '../../src/openrtb/request.js'

export type Json = { readonly [name: string]: unknown }

export const nothing: Json = Object.freeze(Object.create(null))

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object under `name`; `nothing` where there is none. */
export function objectIn(parent: Json, name: string): Json {
  const value = parent[name]
  return isObject(value) ? value : nothing
}

/** Something other than an object stands where one must be. */
export function isOdd(parent: Json, name: string): boolean {
  const value = parent[name]
  return value !== undefined && value !== null && !isObject(value)
}

export function listIn(parent: Json, name: string): readonly unknown[] {
  const value = parent[name]
  return Array.isArray(value) ? value : []
}

/** A number, also where it comes as a string of one; 0 for -0, `otherwise` for what isn't finite. */
export function numberOr(value: unknown, otherwise: number): number {
  if (text(value) !== '') return numberOr(Number(value), otherwise)
  return typeof value === 'number' && Number.isFinite(value) ? value + 0 : otherwise
}

export const count = (value: unknown): number => countOf(numberOr(value, 0))
export const positive = (value: unknown): number => Math.max(0, numberOr(value, 0))
export const isNegative = (value: unknown): boolean => numberOr(value, 0) < 0

/** Flags come as 1, true, "1", "true" and 1.0; and so does their absence. */
export function applies(value: unknown): Applies {
  if (value === true || value === 'true') return 1
  if (value === false || value === 'false') return 0
  const number = numberOr(value, -1)
  return number === 0 || number === 1 ? number : -1
}

export const isSet = (value: unknown): boolean => applies(value) === 1

export function text(value: unknown): string {
  return typeof value === 'string' && value.length <= textLengthMax ? value : ''
}

/** An id; whole numbers are taken for what they are written as. */
export function name(value: unknown): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value + 0)
  return typeof value === 'string' && value.length <= idLengthMax ? value : ''
}

/** A signal of consent: one that is too long to be read isn't one that is absent. */
export function signal(value: unknown): string {
  return typeof value === 'string' && value.length > textLengthMax ? unreadable : text(value)
}

export const asIs = (value: string): string => value

export function texts(value: unknown, into: string[], normal: (text: string) => string): void {
  for (const item of Array.isArray(value) ? value : []) {
    const kept = normal(text(item))
    if (kept !== '' && into.length < listCountMax) into.push(kept)
  }
}

/** Listed values as bits; a single value counts as a list of it. */
export function bits(value: unknown): number {
  const list = Array.isArray(value) ? value : [value]
  return list.reduce<number>((sum, item) => sum | bitOf(numberOr(item, -1)), 0)
}

export function mimes(value: unknown, whereNone: number): number {
  const list: string[] = []
  texts(value, list, asIs)
  return list.length === 0 ? whereNone : list.reduce((sum, type) => sum | mimeBit(type), 0)
}
