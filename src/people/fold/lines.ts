import { type CartItem, productIdLengthMax, type Slice } from '../../profiles/slice.js'
import type { EventItem } from '../event.js'
import { sum, product as times, whole } from './whole.js'

/** The items that name a product, each product once: quantities added up, prices averaged. */
export function linesOf(items: readonly EventItem[]): readonly CartItem[] {
  const lines: CartItem[] = []
  for (const item of items) {
    const quantity = whole(item.quantity)
    if (quantity === 0 || !isProduct(item.product)) continue
    const line = { product: item.product, quantity, priceMicros: whole(item.priceMicros) }
    const known = lines.findIndex(({ product }) => product === item.product)
    if (known < 0) lines.push(line)
    else lines[known] = joinedLine(lines[known]!, line)
  }
  return lines
}

export const isProduct = (id: string): boolean => id !== '' && id.length <= productIdLengthMax

function joinedLine(a: CartItem, b: CartItem): CartItem {
  const quantity = sum(a.quantity, b.quantity)
  if (a.priceMicros === 0 || b.priceMicros === 0)
    return { ...a, quantity, priceMicros: Math.max(a.priceMicros, b.priceMicros) }
  const share = a.quantity / (a.quantity + b.quantity)
  const priceMicros = Math.round(a.priceMicros * share + b.priceMicros * (1 - share))
  return { ...a, quantity, priceMicros: Math.min(priceMicros, Number.MAX_SAFE_INTEGER) }
}

/** What the lines are worth as far as their prices are known. */
export function worthOf(lines: readonly CartItem[]): number {
  let micros = 0
  for (const { quantity, priceMicros } of lines) micros = sum(micros, times(quantity, priceMicros))
  return micros
}

/** Whether the product was bought then or later: what was wanted before has been had. */
export const isBoughtSince = ({ purchases }: Slice, product: string, atMs: number): boolean =>
  purchases.some((it) => it.product === product && it.atMs >= atMs)
