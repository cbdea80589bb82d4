import { type Cart, type CartItem, cartItemCountMax, type Slice } from '../../profiles/slice.js'
import type { Event } from '../event.js'
import { isBoughtSince, linesOf, worthOf } from './lines.js'
import { difference, sum, product as times, whole } from './whole.js'

/**
 * Senders' clocks are corrected only as exactly as the network is quick: what happened so close
 * together is taken in the order in which it came. Otherwise the cart is as the newest event left it.
 */
export const togetherMs = 10_000

export const noCart: Cart = { items: [], valueMicros: 0, changedAtMs: 0 }

/** What a cart's event makes of the cart. One that was emptied stays, without items or value. */
export function foldCart(slice: Slice, event: Event): Cart | null {
  const cart = slice.cart ?? noCart
  if (isOlder(event.atMs, cart)) return slice.cart
  const lines = linesOf(event.items).filter(
    ({ product }) => !isBoughtSince(slice, product, event.atMs),
  )
  const changed = changedBy(event, cart, lines)
  const isSaidOnly = changed.items.length === 0 && changed.valueMicros === 0
  // Somebody who never had a cart and put nothing into it has none.
  if (slice.cart === null && isSaidOnly && event.type !== 'view_cart') return null
  return { ...changed, changedAtMs: Math.max(cart.changedAtMs, whole(event.atMs)) }
}

type Contents = Omit<Cart, 'changedAtMs'>

function changedBy(event: Event, cart: Cart, lines: readonly CartItem[]): Contents {
  const said = event.valueMicros < 0 ? null : whole(event.valueMicros)
  switch (event.type) {
    case 'add_to_cart':
      return contentsOf(
        withLines(cart.items, lines, sum),
        sum(cart.valueMicros, said ?? worthOf(lines)),
      )
    case 'begin_checkout':
      return contentsOf(
        withLines(cart.items, lines, (_, now) => now),
        said ?? cart.valueMicros,
      )
    case 'remove_from_cart':
      return withoutLines(cart, lines, said)
    default:
      return contentsOf(lines, said ?? 0)
  }
}

/** The cart after a purchase: what was bought is out of it; all is, where nobody said what that was. */
export function cartAfterPurchase(slice: Slice, event: Event): Cart | null {
  const isOffline = event.source === 'offline'
  const cart = slice.cart ?? noCart
  if (isOlder(event.atMs, cart)) return slice.cart
  const isBought = new Set(event.items.map(({ product }) => product))
  const gone = cart.items.filter(({ product }) => isBought.has(product))
  // At the till somebody buys something else than what waits in the cart.
  if (isOffline && gone.length === 0) return slice.cart
  const changedAtMs = Math.max(cart.changedAtMs, whole(event.atMs))
  if (isBought.size === 0) return { ...noCart, changedAtMs }
  const items = cart.items.filter(({ product }) => !isBought.has(product))
  if (items.length === 0) return { ...noCart, changedAtMs }
  const rest = contentsOf(items, difference(cart.valueMicros, worthOf(gone)))
  return { ...rest, changedAtMs }
}

const isOlder = (atMs: number, { changedAtMs }: Cart): boolean => atMs + togetherMs < changedAtMs

/**
 * Worth what its lines are, where each has a price; otherwise as much as was said.
 *
 * @param items may be more than a cart keeps.
 */
export function contentsOf(items: readonly CartItem[], saidMicros: number): Contents {
  const kept = items.length > cartItemCountMax ? items.slice(0, cartItemCountMax) : items
  const isKnown = kept.length > 0 && kept === items && kept.every((it) => it.priceMicros > 0)
  const worthMicros = worthOf(kept)
  return { items: kept, valueMicros: isKnown ? worthMicros : Math.max(worthMicros, saidMicros) }
}

/**
 * The lines that come in front of those that were there.
 *
 * @param quantityOf from the quantity that was there and the one that comes.
 */
export function withLines(
  items: readonly CartItem[],
  lines: readonly CartItem[],
  quantityOf: (before: number, now: number) => number,
): CartItem[] {
  const before = new Map(items.map((it) => [it.product, it]))
  const front = lines.map((line) => {
    const known = before.get(line.product)
    if (known === undefined) return line
    before.delete(line.product)
    return {
      product: line.product,
      quantity: quantityOf(known.quantity, line.quantity),
      priceMicros: line.priceMicros === 0 ? known.priceMicros : line.priceMicros,
    }
  })
  return [...front, ...before.values()]
}

function withoutLines(cart: Cart, lines: readonly CartItem[], said: number | null): Contents {
  const out = new Map(lines.map((line) => [line.product, line.quantity]))
  let goneMicros = 0
  const items: CartItem[] = []
  for (const item of cart.items) {
    const gone = Math.min(out.get(item.product) ?? 0, item.quantity)
    goneMicros = sum(goneMicros, times(gone, item.priceMicros))
    if (gone < item.quantity) items.push({ ...item, quantity: item.quantity - gone })
  }
  if (items.length === 0 && cart.items.length > 0) return noCart
  return contentsOf(items, difference(cart.valueMicros, said ?? goneMicros))
}
