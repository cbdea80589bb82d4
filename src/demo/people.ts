import type { DemoProduct } from './product-line.js'
import { demoShops } from './shops.js'

interface DemoCart {
  readonly items: { product: string; quantity: number; priceMicros: number }[]
  readonly valueMicros: number
  readonly changedAtMs: number
}

/** What one shop knows of one person: the fields of a profile's slice that aren't empty for everybody. */
export interface DemoSlice {
  readonly firstSeenAtMs: number
  readonly lastSeenAtMs: number
  readonly visitCount: number
  readonly cart: DemoCart | null
  readonly viewed: { product: string; atMs: number }[]
  readonly searches: { text: string; atMs: number }[]
  readonly segments: { segment: string; expiresAtMs: number }[]
  readonly picks: string[]
}

export interface DemoPerson {
  readonly uid: string
  readonly shopId: string
  readonly slice: DemoSlice
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Somebody who came once, at this moment, and of whom nothing else is known. */
const cameAt = (atMs: number): DemoSlice => ({
  firstSeenAtMs: atMs,
  lastSeenAtMs: atMs,
  visitCount: 1,
  cart: null,
  viewed: [],
  searches: [],
  segments: [],
  picks: [],
})

/**
 * People whom the demo's exchange knows: `demo-cart` left three things in a cart hours ago,
 * `demo-intent` is looking for running shoes, `demo-viewer` looked at something weeks ago.
 */
export function demoPeople(nowMs: number): DemoPerson[] {
  const cart = [inStock('bieg')[0]!, inStock('kurt')[0]!, inStock('plec')[0]!]
  const shoes = inStock('bieg')
  return [
    {
      uid: 'demo-cart',
      shopId: 'ruszaj',
      slice: {
        ...cameAt(nowMs - 3 * hourMs),
        cart: {
          items: cart.map((product) => ({
            product: product.id,
            quantity: 1,
            priceMicros: priceNow(product),
          })),
          valueMicros: cart.reduce((sum, product) => sum + priceNow(product), 0),
          changedAtMs: nowMs - 3 * hourMs,
        },
        viewed: cart.map(({ id }, at) => ({
          product: id,
          atMs: nowMs - 3 * hourMs - at * minuteMs,
        })),
        picks: [inStock('sasz')[0]!.id, inStock('bido')[0]!.id, inStock('kosz')[0]!.id],
      },
    },
    {
      // The same person at the other shop, which knows nothing of the cart.
      uid: 'demo-cart',
      shopId: 'fenrow',
      slice: {
        ...cameAt(nowMs - 9 * dayMs),
        viewed: [{ product: 'lamp-01', atMs: nowMs - 9 * dayMs }],
      },
    },
    {
      uid: 'demo-intent',
      shopId: 'ruszaj',
      slice: {
        ...cameAt(nowMs),
        firstSeenAtMs: nowMs - 6 * hourMs,
        visitCount: 5,
        viewed: shoes.slice(2, 5).map(({ id }, at) => ({ product: id, atMs: nowMs - at * hourMs })),
        searches: [
          { text: 'buty do biegania', atMs: nowMs - 5 * hourMs },
          { text: 'buty do biegania damskie asfalt', atMs: nowMs - 6 * hourMs },
        ],
        segments: [{ segment: 'intent-running', expiresAtMs: nowMs + 14 * dayMs }],
        picks: shoes.slice(5, 11).map(({ id }) => id),
      },
    },
    {
      uid: 'demo-viewer',
      shopId: 'ruszaj',
      slice: {
        ...cameAt(nowMs - 20 * dayMs),
        viewed: [{ product: inStock('nami')[0]!.id, atMs: nowMs - 20 * dayMs }],
      },
    },
  ]
}

/** Products of a line of the first shop that can be bought, in the feed's order. */
function inStock(prefix: string): readonly DemoProduct[] {
  return demoShops[0]!.products.filter((it) => it.inStock && it.id.startsWith(`${prefix}-`))
}

const priceNow = ({ priceMicros, salePriceMicros }: DemoProduct): number =>
  salePriceMicros ?? priceMicros
