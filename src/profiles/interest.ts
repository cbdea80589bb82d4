import { bidProductCountMax, type Slice } from './slice.js'

/** What a slice says about what the person wants now, once what they have bought is taken out. */
export interface Interest {
  /** Products to show, best first, at most `bidProductCountMax`. */
  readonly products: readonly string[]
  /** Products in the cart that haven't been bought since. */
  readonly cartCount: number
  readonly cartValueMicros: number
  /** 0 where there is no cart, or nothing is left in it. */
  readonly cartChangedAtMs: number
  /** 0 where nothing was viewed. */
  readonly lastViewedAtMs: number
}

/**
 * The cart's products, then picks, then what was viewed, none twice. A product is left out where it
 * was bought after the person last looked at it or changed the cart that it is in. A cart of which
 * everything was bought is no cart: it was paid for, not abandoned.
 */
export function interestOf(slice: Slice): Interest {
  const { cart } = slice
  const boughtAtMs = new Map<string, number>()
  for (const { product, atMs } of slice.purchases)
    boughtAtMs.set(product, Math.max(atMs, boughtAtMs.get(product) ?? 0))
  // Only what was bought needs comparing, which for most people is nothing.
  const wantedAtMs = new Map<string, number>()
  if (cart !== null)
    for (const product of cart.products)
      if (boughtAtMs.has(product)) wantedAtMs.set(product, cart.changedAtMs)
  let lastViewedAtMs = 0
  for (const { product, atMs } of slice.viewed) {
    lastViewedAtMs = Math.max(lastViewedAtMs, atMs)
    if (boughtAtMs.has(product))
      wantedAtMs.set(product, Math.max(atMs, wantedAtMs.get(product) ?? 0))
  }
  const isBought = (product: string): boolean => {
    const boughtMs = boughtAtMs.get(product)
    return boughtMs !== undefined && boughtMs >= (wantedAtMs.get(product) ?? 0)
  }

  const left = cart === null ? [] : cart.products.filter((product) => !isBought(product))
  const products = new Set<string>()
  const add = (product: string): void => {
    if (products.size < bidProductCountMax && !isBought(product)) products.add(product)
  }
  for (const product of left) add(product)
  for (const product of slice.picks) add(product)
  for (const { product } of slice.viewed) add(product)

  // Some shops tell what a cart is worth without saying what is in it.
  const hasCart =
    cart !== null && (left.length > 0 || (cart.products.length === 0 && cart.valueMicros > 0))
  return {
    products: [...products],
    cartCount: left.length,
    cartValueMicros: hasCart ? cart.valueMicros : 0,
    cartChangedAtMs: hasCart ? cart.changedAtMs : 0,
    lastViewedAtMs,
  }
}
