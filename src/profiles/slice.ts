import type { Checked } from '../base/schema.js'
import { check, z } from '../base/schema.js'

export const cartItemCountMax = 50
export const viewedCountMax = 50
export const searchCountMax = 20
export const purchaseCountMax = 100
export const orderCountKept = 50
export const returnedCountMax = 20
export const earlyRefundCountMax = 10
/** Products of one of them. */
export const earlyLineCountMax = 10
export const wishCountMax = 50
export const alertCountMax = 20
export const reviewCountMax = 20
export const interestCountMax = 24
export const segmentCountMax = 100
export const pickCountMax = 24
export const productIdLengthMax = 128
export const segmentIdLengthMax = 64
export const searchTextLengthMax = 200
export const categoryLengthMax = 200
export const orderIdLengthMax = 128
/** Most products that a bid can show of one person. */
export const bidProductCountMax = 12

export interface CartItem {
  readonly product: string
  readonly quantity: number
  /** For one, in millionths of the shop's currency; 0 where nobody knows. */
  readonly priceMicros: number
}

export interface Cart {
  /** What was put in last comes first. */
  readonly items: readonly CartItem[]
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

export interface Purchase {
  readonly product: string
  readonly atMs: number
  readonly quantity: number
  /** For one, in millionths of the shop's currency; 0 where nobody knows. */
  readonly priceMicros: number
  /** It was a present for somebody else. */
  readonly isGift: boolean
}

/** An order that counts, remembered so that it counts once and can be taken back. */
export interface Order {
  readonly id: string
  readonly atMs: number
  /** What is left of it after refunds. */
  readonly valueMicros: number
  readonly isGift: boolean
}

/** What came back of an order that nobody has told of yet: taken off it once somebody does. */
export interface EarlyRefund {
  readonly orderId: string
  /** `keyOf` the message's id: the same one waits once. */
  readonly key: number
  readonly atMs: number
  /** What came back; none where all did, or nothing but money. */
  readonly items: readonly CartItem[]
  /** What was paid back; -1 where it wasn't said. */
  readonly valueMicros: number
}

/** All that was ever bought, refunds taken off. */
export interface Orders {
  readonly count: number
  readonly giftCount: number
  readonly valueMicros: number
  /** 0 where nothing was bought. */
  readonly firstAtMs: number
  readonly lastAtMs: number
  /** The newest ones, newest first. */
  readonly recent: readonly Order[]
  /** Ids of orders that were taken back wholly, the last one first: told again, they don't count. */
  readonly returned: readonly string[]
  /** Newest first. */
  readonly early: readonly EarlyRefund[]
}

export interface Review {
  readonly product: string
  readonly atMs: number
  /** 0 to 5. */
  readonly rating: number
}

/** An interest that fades: it was `weight` at `atMs` and halves with every half-life since. */
export interface Fading {
  readonly key: string
  readonly weight: number
  readonly atMs: number
}

/** What the person looks at and buys is on average like this; what is newer counts more. */
export interface Taste {
  readonly priceMicros: number
  /** 0 to 1; -1 where nothing is known of margins. */
  readonly marginShare: number
  /** How much it is based on, fading as interests do. */
  readonly weight: number
  readonly atMs: number
}

export interface SliceConsent {
  readonly ads: boolean
  readonly personalization: boolean
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
  /** 0 where nothing has happened yet. */
  readonly firstSeenAtMs: number
  readonly lastSeenAtMs: number
  /** Times that the person came, half an hour of nothing between. */
  readonly visitCount: number
  readonly cart: Cart | null
  /** Newest first, each product once. */
  readonly viewed: readonly ProductAt[]
  /** Newest first, each text once. */
  readonly searches: readonly Search[]
  /** Newest first. */
  readonly purchases: readonly Purchase[]
  readonly orders: Orders
  /** Newest first, each product once. */
  readonly wished: readonly ProductAt[]
  /** Products that the person wants to hear of when they are in stock again; newest first. */
  readonly alerts: readonly ProductAt[]
  readonly reviews: readonly Review[]
  /** Strongest first. */
  readonly productInterest: readonly Fading[]
  readonly categoryInterest: readonly Fading[]
  readonly taste: Taste | null
  /** null where the person was never asked, as far as we were told. */
  readonly consent: SliceConsent | null
  readonly segments: readonly Membership[]
  /** Products chosen ahead for the person, best first. */
  readonly picks: readonly string[]
}

export const noOrders: Orders = {
  count: 0,
  giftCount: 0,
  valueMicros: 0,
  firstAtMs: 0,
  lastAtMs: 0,
  recent: [],
  returned: [],
  early: [],
}

export const emptySlice: Slice = {
  firstSeenAtMs: 0,
  lastSeenAtMs: 0,
  visitCount: 0,
  cart: null,
  viewed: [],
  searches: [],
  purchases: [],
  orders: noOrders,
  wished: [],
  alerts: [],
  reviews: [],
  productInterest: [],
  categoryInterest: [],
  taste: null,
  consent: null,
  segments: [],
  picks: [],
}

const product = z.string().min(1).max(productIdLengthMax)
const whole = z.int().min(0)
const cartItem = z.strictObject({ product, quantity: whole, priceMicros: whole })
const productAt = z.strictObject({ product, atMs: whole })
const fading = z.strictObject({
  key: z.string().min(1).max(categoryLengthMax),
  weight: z.number().min(0),
  atMs: whole,
})
const orderId = z.string().min(1).max(orderIdLengthMax)
const order = z.strictObject({
  id: orderId,
  atMs: whole,
  valueMicros: whole,
  isGift: z.boolean(),
})
const earlyRefund = z.strictObject({
  orderId,
  key: whole,
  atMs: whole,
  items: z.array(cartItem).max(earlyLineCountMax),
  valueMicros: z.int().min(-1),
})

export const sliceSchema: z.ZodType<Slice> = z.strictObject({
  firstSeenAtMs: whole,
  lastSeenAtMs: whole,
  visitCount: whole,
  cart: z
    .strictObject({
      items: z.array(cartItem).max(cartItemCountMax),
      valueMicros: whole,
      changedAtMs: whole,
    })
    .nullable(),
  viewed: z.array(productAt).max(viewedCountMax),
  searches: z
    .array(z.strictObject({ text: z.string().max(searchTextLengthMax), atMs: whole }))
    .max(searchCountMax),
  purchases: z
    .array(
      z.strictObject({
        product,
        atMs: whole,
        quantity: whole,
        priceMicros: whole,
        isGift: z.boolean(),
      }),
    )
    .max(purchaseCountMax),
  orders: z.strictObject({
    count: whole,
    giftCount: whole,
    valueMicros: whole,
    firstAtMs: whole,
    lastAtMs: whole,
    recent: z.array(order).max(orderCountKept),
    returned: z.array(orderId).max(returnedCountMax),
    early: z.array(earlyRefund).max(earlyRefundCountMax),
  }),
  wished: z.array(productAt).max(wishCountMax),
  alerts: z.array(productAt).max(alertCountMax),
  reviews: z
    .array(z.strictObject({ product, atMs: whole, rating: z.number().min(0).max(5) }))
    .max(reviewCountMax),
  productInterest: z.array(fading).max(interestCountMax),
  categoryInterest: z.array(fading).max(interestCountMax),
  taste: z
    .strictObject({
      priceMicros: whole,
      marginShare: z.number().min(-1).max(1),
      weight: z.number().min(0),
      atMs: whole,
    })
    .nullable(),
  consent: z
    .strictObject({ ads: z.boolean(), personalization: z.boolean(), atMs: whole })
    .nullable(),
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
  /** What to show, best first: the cart, then picks, wishes and what was viewed; none twice. */
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
