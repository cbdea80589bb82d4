import type { Checked } from '../base/schema.js'
import { check, z } from '../base/schema.js'

export const cartProductCountMax = 50
export const viewedCountMax = 50
export const searchCountMax = 20
export const purchaseCountMax = 100
export const segmentCountMax = 100
export const pickCountMax = 24
export const productIdLengthMax = 128
export const segmentIdLengthMax = 64
export const searchTextLengthMax = 200
/** Most products that a bid can show of one person. */
export const bidProductCountMax = 12

export interface Cart {
  readonly products: readonly string[]
  /** What is in it is worth this much, in millionths of the shop's currency. */
  readonly valueMicros: number
  readonly changedAtMs: number
}

export interface ProductAt {
  readonly product: string
  readonly atMs: number
}

export interface Search {
  readonly text: string
  readonly atMs: number
}

export interface Membership {
  readonly segment: string
  /** From this moment on the person isn't in it any more. */
  readonly expiresAtMs: number
}

/**
 * What one shop knows about one person. Plain data: products and segments by the shop's own ids,
 * times in whole milliseconds since 1970, lists within the bounds above.
 */
export interface Slice {
  readonly cart: Cart | null
  /** Newest first. */
  readonly viewed: readonly ProductAt[]
  /** Newest first. */
  readonly searches: readonly Search[]
  /** Newest first. */
  readonly purchases: readonly ProductAt[]
  readonly segments: readonly Membership[]
  /** Products chosen ahead for the person, best first. */
  readonly picks: readonly string[]
}

export const emptySlice: Slice = {
  cart: null,
  viewed: [],
  searches: [],
  purchases: [],
  segments: [],
  picks: [],
}

const product = z.string().min(1).max(productIdLengthMax)
const whole = z.int().min(0)
const productAt = z.strictObject({ product, atMs: whole })

export const sliceSchema: z.ZodType<Slice> = z.strictObject({
  cart: z
    .strictObject({
      products: z.array(product).max(cartProductCountMax),
      valueMicros: whole,
      changedAtMs: whole,
    })
    .nullable(),
  viewed: z.array(productAt).max(viewedCountMax),
  searches: z
    .array(z.strictObject({ text: z.string().max(searchTextLengthMax), atMs: whole }))
    .max(searchCountMax),
  purchases: z.array(productAt).max(purchaseCountMax),
  segments: z
    .array(
      z.strictObject({
        segment: z.string().min(1).max(segmentIdLengthMax),
        expiresAtMs: whole,
      }),
    )
    .max(segmentCountMax),
  picks: z.array(product).max(pickCountMax),
})

/** Whether `input` is a slice within its bounds; the faults name the field. */
export function checkSlice(input: unknown): Checked<Slice> {
  return check(sliceSchema, input, 'slice')
}

/**
 * What a bid needs of a slice: numbers only, so that reading it makes no text and looks up none.
 *
 * Shops, products and segments go by `keyOf` their id (base/key.ts).
 */
export class BidSlice {
  readonly shopKey: number
  /** In millionths of the shop's currency; 0 where there is no cart. */
  readonly cartValueMicros: number
  /** 0 where there is no cart. */
  readonly cartChangedAtMs: number
  /** 0 where nothing was viewed. */
  readonly lastViewedAtMs: number
  /** Products in the cart that haven't been bought since. */
  readonly cartCount: number
  /** What to show, best first: the cart, then picks, then what was viewed; none twice. */
  readonly productKeys: readonly number[]
  readonly segmentKeys: readonly number[]
  /** Of each in `segmentKeys`; those in the past are still listed. */
  readonly segmentExpiresAtMs: readonly number[]

  constructor(
    shopKey: number,
    cartValueMicros: number,
    cartChangedAtMs: number,
    lastViewedAtMs: number,
    cartCount: number,
    productKeys: readonly number[],
    segmentKeys: readonly number[],
    segmentExpiresAtMs: readonly number[],
  ) {
    this.shopKey = shopKey
    this.cartValueMicros = cartValueMicros
    this.cartChangedAtMs = cartChangedAtMs
    this.lastViewedAtMs = lastViewedAtMs
    this.cartCount = cartCount
    this.productKeys = productKeys
    this.segmentKeys = segmentKeys
    this.segmentExpiresAtMs = segmentExpiresAtMs
  }
}
