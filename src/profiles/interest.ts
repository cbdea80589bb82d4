import { bidProductCountMax, type ProductAt, type Slice } from './slice.js'

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
 * The cart's products, then picks, then wishes, then what was viewed, none twice. But for picks, a product is
 * left out where it was bought after the person last looked at it, wished for it or changed the cart that it is
 * in. A pick that was bought is there because it is needed again: a purchase takes it out (people/fold). A cart
 * of which everything was bought is no cart: it was paid for, not abandoned.
 */
export function interestOf(slice: Slice): Interest {
  const { cart, picks, wished, viewed, purchases } = slice
  const items = cart === null ? [] : cart.items
  let lastViewedAtMs = 0
  for (const { atMs } of viewed) if (atMs > lastViewedAtMs) lastViewedAtMs = atMs
  const bought = purchases.length === 0 ? noneBought : boughtSince(slice)

  const products: string[] = []
  const addPick = (product: string): void => {
    if (products.length < bidProductCountMax && !products.includes(product)) products.push(product)
  }
  const add = (product: string): void => {
    if (!bought.has(product)) addPick(product)
  }
  let cartCount = 0
  for (const { product } of items) {
    if (!bought.has(product)) cartCount++
    add(product)
  }
  for (const product of picks) addPick(product)
  for (const { product } of wished) add(product)
  for (const { product } of viewed) add(product)

  // Some shops tell what a cart is worth without saying what is in it.
  const hasCart = cart !== null && (cartCount > 0 || (items.length === 0 && cart.valueMicros > 0))
  return {
    products,
    cartCount,
    cartValueMicros: hasCart ? cart.valueMicros : 0,
    cartChangedAtMs: hasCart ? cart.changedAtMs : 0,
    lastViewedAtMs,
  }
}

const noneBought: ReadonlySet<string> = new Set()

/** Products bought at the time they were last wanted, or later. */
function boughtSince({ cart, wished, viewed, purchases }: Slice): ReadonlySet<string> {
  const boughtAtMs = new Map<string, number>()
  for (const { product, atMs } of purchases)
    boughtAtMs.set(product, Math.max(atMs, boughtAtMs.get(product) ?? 0))
  const takeOut = (wanted: readonly ProductAt[]): void => {
    for (const { product, atMs } of wanted)
      if (atMs > (boughtAtMs.get(product) ?? Infinity)) boughtAtMs.delete(product)
  }
  takeOut(viewed)
  takeOut(wished)
  if (cart !== null)
    for (const { product } of cart.items)
      if (cart.changedAtMs > (boughtAtMs.get(product) ?? Infinity)) boughtAtMs.delete(product)
  return new Set(boughtAtMs.keys())
}
