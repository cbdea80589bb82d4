/** What is asked for, read from a query string or from JSON into one form, bounded, with every oddity named. */

import type { PageType } from '../catalogue/slots.js'
import { pageTypes, slotLimitMax } from '../catalogue/slots.js'

/** Most products that count of a page, a cart or a list of exclusions. */
export const productCountMax = 50
const brandCountMax = 20
const idLengthMax = 128
const textLengthMax = 200
const amountMax = 9_000_000

/** What a slot is asked for: the page, and what is to be in the slot. Products by the shop's own ids. */
export interface Question {
  /** null where it wasn't said, or is none that we know. */
  readonly page: PageType | null
  readonly products: readonly string[]
  /** '' where the page is about none. */
  readonly category: string
  /** '' where nothing was searched for. */
  readonly text: string
  /** What the page says is in the cart, last put in first; null where it says nothing of it. */
  readonly cart: readonly string[] | null
  /** '' for the page's own. */
  readonly slot: string
  /** 0 for as many as the slot has by itself. */
  readonly limit: number
  readonly exclude: readonly string[]
  /** In millionths; 0 where there is none, Infinity where there is no upper one. */
  readonly priceFromMicros: number
  readonly priceToMicros: number
  /** That the page is in, as `pl` or `de-AT`; '' where it wasn't said. */
  readonly language: string
  /** As sent; none: any. */
  readonly brands: readonly string[]
}

/** The values of each name as they came, in order. */
export type Fields = ReadonlyMap<string, readonly string[]>

export type ReadQuestion =
  | { readonly ok: true; readonly value: Question; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly fault: string }

/** Numbers that are none are refused; all else that is odd is left out, and said so. */
class Reading {
  readonly warnings: string[] = []
  fault = ''
  readonly #fields: Fields
  readonly #isProduct: (id: string) => boolean

  constructor(fields: Fields, isProduct: (id: string) => boolean) {
    this.#fields = fields
    this.#isProduct = isProduct
  }

  /** The last value counts, as in most libraries. */
  text(name: string, lengthMax: number): string {
    const value = this.#fields.get(name)?.at(-1)?.trim() ?? ''
    if (value.length <= lengthMax) return value
    this.warnings.push(`${name}: is over ${lengthMax} characters`)
    return value.slice(0, lengthMax)
  }

  amountMicros(name: string, absent: number): number {
    const value = this.text(name, idLengthMax)
    if (value === '') return absent
    const amount = /^\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : NaN
    if (amount <= amountMax) return Math.round(amount * 1_000_000)
    this.#refuse(`${name}: must be a number from 0 to ${amountMax}`)
    return absent
  }

  limit(): number {
    const value = this.text('limit', idLengthMax)
    if (value === '') return 0
    if (!/^\d{1,15}$/.test(value)) {
      this.#refuse(`limit: must be a whole number from 1 to ${slotLimitMax}`)
      return 0
    }
    const limit = Number(value)
    const clamped = Math.min(Math.max(limit, 1), slotLimitMax)
    if (clamped !== limit) this.warnings.push(`limit: ${clamped} is used`)
    return clamped
  }

  /** A value is one id, or several with commas in between: an id may have commas of its own. */
  products(...names: readonly string[]): readonly string[] | null {
    const ids = new Set<string>()
    let isSaid = false
    for (const name of names)
      for (const value of this.#fields.get(name) ?? []) {
        isSaid = true
        const parts = this.#isProduct(value) ? [value] : value.split(',', productCountMax + 1)
        for (const part of parts) {
          const id = part.trim()
          if (id === '' || id.length > idLengthMax) continue
          if (ids.size === productCountMax && !ids.has(id)) {
            this.warnings.push(`${name}: the first ${productCountMax} count`)
            return [...ids]
          }
          ids.add(id)
        }
      }
    return isSaid ? [...ids] : null
  }

  /** A page that calls its products otherwise than the catalogue gets what suits nobody: its developer is told. */
  warnOfUnknown(name: string, ids: readonly string[]): void {
    const unknown = ids.find((id) => !this.#isProduct(id))
    if (unknown !== undefined) this.warnings.push(`${name}: the shop has no ${unknown}`)
  }

  brands(): readonly string[] {
    const values = [...(this.#fields.get('brand') ?? []), ...(this.#fields.get('brands') ?? [])]
    if (values.length > brandCountMax) this.warnings.push(`brand: the first ${brandCountMax} count`)
    return values
      .slice(0, brandCountMax)
      .map((it) => it.trim().slice(0, textLengthMax))
      .filter((it) => it !== '')
  }

  page(): PageType | null {
    const said = this.text('page', idLengthMax)
    const page = pageTypes.find((it) => it === said) ?? null
    if (page === null && said !== '') this.warnings.push(`page: is none of ${pageTypes.join(', ')}`)
    return page
  }

  #refuse(fault: string): void {
    if (this.fault === '') this.fault = fault
  }
}

/** @param isProduct whether the shop has a product of this id. */
export function readQuestion(fields: Fields, isProduct: (id: string) => boolean): ReadQuestion {
  const reading = new Reading(fields, isProduct)
  const products = reading.products('product', 'products') ?? []
  reading.warnOfUnknown('product', products)
  const value: Question = {
    page: reading.page(),
    products,
    category: reading.text('category', textLengthMax),
    text: reading.text('q', textLengthMax),
    cart: reading.products('cart'),
    slot: reading.text('slot', idLengthMax),
    limit: reading.limit(),
    exclude: reading.products('exclude') ?? [],
    priceFromMicros: reading.amountMicros('priceFrom', 0),
    priceToMicros: reading.amountMicros('priceTo', Infinity),
    language: reading.text('language', idLengthMax),
    brands: reading.brands(),
  }
  if (reading.fault !== '') return { ok: false, fault: reading.fault }
  if (value.priceFromMicros > value.priceToMicros)
    return { ok: false, fault: 'priceFrom: must not be above priceTo' }
  return { ok: true, value, warnings: reading.warnings }
}

const fieldCountMax = 200

export function fieldsOfQuery(query: string): Map<string, string[]> {
  const fields = new Map<string, string[]>()
  let count = 0
  for (const [name, value] of new URLSearchParams(query)) {
    if (count++ === fieldCountMax) break
    add(fields, name, value)
  }
  return fields
}

/** Numbers and texts, or lists of them; anything else in an object counts as not said. */
export function fieldsOfJson(object: Readonly<Record<string, unknown>>): Map<string, string[]> {
  const fields = new Map<string, string[]>()
  for (const [name, value] of Object.entries(object).slice(0, fieldCountMax))
    if (Array.isArray(value)) {
      fields.set(name, [])
      for (const it of value.slice(0, productCountMax + 1)) addScalar(fields, name, it)
    } else addScalar(fields, name, value)
  return fields
}

function addScalar(fields: Map<string, string[]>, name: string, value: unknown): void {
  if (typeof value === 'string' || typeof value === 'number') add(fields, name, String(value))
}

function add(fields: Map<string, string[]>, name: string, value: string): void {
  const list = fields.get(name)
  if (list === undefined) fields.set(name, [value])
  else list.push(value)
}
