import type { Rates } from '../base/rates.js'
import { categoryLengthMax } from '../profiles/slice.js'
import type { RawEvent } from './dialects/raw-event.js'
import { isObject, type Json } from './dialects/raw-event.js'
import { type EventItem, itemCountMax } from './event.js'
import type { Findings } from './findings.js'
import { readId, readNumber, readText } from './values.js'

/** What a shop's catalogue says of a product now. */
export interface ProductFacts {
  readonly category: string
  readonly brand: string
  /** What is paid now, in millionths of the shop's currency; -1 where that isn't known. */
  readonly priceMicros: number
  /** 0 to 1; -1 where it isn't known. */
  readonly marginShare: number
}

export const brandLengthMax = 100
const quantityMax = 100_000
/** Micros of all amounts, and of their sums, are exact in a Number up to here: 9.0e9 currency units. */
export const amountMicrosMax = 9e15

/** What programs send for want of a product's id, in lower case. */
const junkProducts: ReadonlySet<string> = new Set(['null', 'undefined', 'nan', '[object object]'])

export interface ItemContext {
  readonly findings: Findings
  /** Multiply an amount of the event's currency by this to have it in the shop's. */
  readonly rate: number
  /** null for a product that the catalogue doesn't have. */
  product(id: string): ProductFacts | null
  /** What was paid long ago isn't what is paid now. */
  readonly isPriceKnownNow: boolean
}

/**
 * The products of an event, in the shop's currency, with what the catalogue knows of them where the event
 * lacks it.
 *
 * One without an id is left out, and told of. What can't be true is a fault of the event.
 */
export function itemsOf(raw: RawEvent, context: ItemContext): readonly EventItem[] {
  const { items: list, where, dialect } = raw
  const { findings } = context
  const { fields } = dialect
  if (list === undefined || list === null) return noItems
  if (!Array.isArray(list)) {
    findings.fault(where, fields.items, 'must be a list')
    return noItems
  }
  if (list.length > itemCountMax) {
    findings.fault(where, fields.items, `has more than ${itemCountMax} items`)
    return noItems
  }
  const items: EventItem[] = []
  for (let i = 0; i < list.length; i++) {
    const item: unknown = list[i]
    if (isObject(item)) {
      const read = itemOf(raw, item, i, context)
      if (read !== null) items.push(read)
    } else findings.fault(where, `${fields.items}[${i}]`, 'must be an object')
  }
  return items
}

const noItems: readonly EventItem[] = []

/** Whether the event names products with a quantity, of which there is no telling what they are. */
export const hasNameless = ({ items, dialect }: RawEvent): boolean =>
  Array.isArray(items) &&
  items.some((item) => isObject(item) && readNumber(dialect.readItem(item).quantity) !== 0)

/** What an item's field is called. */
function fieldOf(raw: RawEvent, index: number, name: 'product' | 'quantity' | 'price'): string {
  const { fields } = raw.dialect
  if (raw.isOneItem) return `${fields.items.split('.')[0]}.${fields[name]}`
  return `${fields.items}[${index}].${fields[name]}`
}

/** @returns null where it is left out, or at fault. */
function itemOf(
  raw: RawEvent,
  object: Json,
  index: number,
  context: ItemContext,
): EventItem | null {
  const { findings } = context
  const item = raw.dialect.readItem(object)
  let product = readId(item.product)
  if (product === null || product === '' || junkProducts.has(product.toLowerCase())) {
    const reason = product === '' ? 'is missing' : 'is not the id of a product'
    findings.note(raw.where, fieldOf(raw, index, 'product'), `${reason}: the item is left out`)
    return null
  }
  let facts = context.product(product)
  if (facts === null && item.otherProduct !== undefined) {
    const other = readId(item.otherProduct) ?? ''
    facts = other === '' ? null : context.product(other)
    if (facts !== null) product = other
  }
  const quantity = quantityOf(raw, item.quantity, index, findings)
  let priceMicros = priceOf(raw, item.price, index, context)
  if (quantity <= 0 || priceMicros === fault) return null
  // Half a kilo is one piece at half the price.
  const isWhole = Number.isInteger(quantity)
  if (!isWhole && priceMicros > 0) priceMicros = Math.round(priceMicros * quantity)
  if (priceMicros < 0 && context.isPriceKnownNow && facts !== null) priceMicros = facts.priceMicros
  if (priceMicros * quantity > amountMicrosMax) {
    findings.fault(raw.where, fieldOf(raw, index, 'price'), 'is too much')
    return null
  }
  const category = readText(item.category, categoryLengthMax)
  const brand = readText(item.brand, brandLengthMax)
  return {
    product,
    quantity: isWhole ? quantity : 1,
    priceMicros,
    category: category === '' && facts !== null ? facts.category : category,
    brand: brand === '' && facts !== null ? facts.brand : brand,
    marginShare: facts === null ? -1 : facts.marginShare,
  }
}

/** A price that was said and can't be one. */
const fault = -2

/** @returns 0 where there is none of it, so that it is left out; -1 for what can't be. */
function quantityOf(raw: RawEvent, value: unknown, index: number, findings: Findings): number {
  if (value === undefined || value === null || value === '') return 1
  const quantity = readNumber(value)
  if (quantity > 0 && quantity <= quantityMax) return quantity
  if (quantity === 0) {
    findings.note(raw.where, fieldOf(raw, index, 'quantity'), 'is 0: the item is left out')
    return 0
  }
  const rule = `must be a number above 0, at most ${quantityMax}`
  findings.fault(raw.where, fieldOf(raw, index, 'quantity'), rule)
  return -1
}

/** @returns micros; -1 where it wasn't said. */
function priceOf(raw: RawEvent, value: unknown, index: number, context: ItemContext): number {
  if (value === undefined || value === null || value === '') return -1
  const micros = microsOf(value, context.rate)
  if (micros >= 0) return micros
  context.findings.fault(raw.where, fieldOf(raw, index, 'price'), amountRule)
  return fault
}

export const amountRule = `must be a number from 0 to ${amountMicrosMax / 1e6}`

/** @returns whole micros of the shop's currency, or -1 for what is no such amount. */
export function microsOf(value: unknown, rate: number): number {
  const micros = Math.round(readNumber(value) * rate * 1e6)
  return micros >= 0 && micros <= amountMicrosMax ? micros : -1
}

/**
 * What to multiply amounts of a currency by to have them in the shop's.
 *
 * @param currency ISO 4217 in either case; the shop's own where there is none.
 * @returns NaN where nobody knows.
 */
export function rateOf(currency: unknown, shopCurrency: string, rates: Rates): number {
  if (currency === undefined || currency === null || currency === '') return 1
  if (typeof currency !== 'string' || currency.length > 16) return Number.NaN
  const code = currency.trim().toUpperCase()
  if (code === shopCurrency) return 1
  const [from, to] = [rates.indexOf(code), rates.indexOf(shopCurrency)]
  return from < 0 || to < 0 ? Number.NaN : rates.rate(from, to)
}
