import type { PageType } from '../../catalogue/slots.js'
import { type Slice, searchTextLengthMax } from '../../profiles/slice.js'
import type { ItemTable } from '../item-table.js'
import type { ShopModel } from '../model.js'
import type { Query } from '../query.js'
import { categoryNumber } from './names.js'

/** Most products of each of a query's lists. */
export const queryItemCountMax = 100
/** Most ids of a list that are looked up: of those that came first; the rest is passed over. */
const lookupCountMax = 200
/** A visit ends where nothing is looked at for so long. */
export const visitBreakMs = 30 * 60_000
/** A visit longer ago than this says nothing of what the person wants now. */
export const visitAgeMaxMs = 14 * 86_400_000
/** What was bought in this time is what a thank-you page that names nothing is about. */
const justBoughtMs = 60 * 60_000

const nothing: readonly string[] = []

/** One for all requests. Fill it with `fillQuery`. */
export class FilledQuery implements Query {
  page: PageType = 'home'
  nowSeconds = 0
  category = -1
  text = ''
  readonly products: number[] = []
  readonly session: number[] = []
  readonly viewed: number[] = []
  readonly cart: number[] = []
  readonly bought: number[] = []
  readonly boughtAtSeconds: number[] = []
}

/** What is known of a request. Ids that the shop doesn't have are passed over. */
export interface QueryInput {
  readonly model: ShopModel
  /** null where nobody is known, or they may not be: without consent, only the page counts. */
  readonly slice: Slice | null
  readonly page: PageType
  /** What the page is about, by id: a product, what was just bought. On the cart's page: what is in the cart. */
  readonly products: readonly string[]
  /** What the page says is in the cart, last put in first; null where it says nothing: the slice's. */
  readonly cart: readonly string[] | null
  /** Of the page, as anybody writes it; '' where it is about none. */
  readonly category: string
  readonly text: string
  readonly nowMs: number
  /** What the person just looked at and the slice may not have yet, oldest first. */
  readonly recent: readonly string[]
}

/** Fills `query` with what the page and the person's slice say, in the model's numbers, all lists bounded; a slice is by itself. */
export function fillQuery(query: FilledQuery, input: QueryInput): void {
  const { model, page, nowMs } = input
  const slice = input.slice?.consent?.personalization === false ? null : input.slice
  query.page = page
  query.nowSeconds = Math.floor(nowMs / 1_000)
  query.category =
    input.category === '' ? -1 : Math.max(categoryNumber(model.facts, input.category), -1)
  query.text = input.text.slice(0, searchTextLengthMax)
  query.products.length = 0
  query.cart.length = 0
  query.bought.length = 0
  query.boughtAtSeconds.length = 0
  addIds(query.page === 'cart' ? query.cart : query.products, model.items, input.products)
  if (slice !== null) addBought(query, model.items, slice)
  if (slice !== null && page === 'thank-you' && query.products.length === 0)
    addJustBought(query, nowMs)
  if (input.cart !== null) addIds(query.cart, model.items, input.cart)
  else if (slice !== null && query.cart.length === 0) addCart(query, model.items, slice)
  addViewed(query, slice, input)
}

/** Each once. */
function add(list: number[], item: number): void {
  if (item >= 0 && list.length < queryItemCountMax && !list.includes(item)) list.push(item)
}

function addIds(list: number[], items: ItemTable, ids: readonly string[]): void {
  const count = Math.min(ids.length, lookupCountMax)
  for (let i = 0; i < count; i++) add(list, items.indexOf(ids[i]!))
}

/** Every purchase, newest first; of one that is told twice, both. */
function addBought(query: FilledQuery, items: ItemTable, { purchases }: Slice): void {
  for (let i = 0; i < purchases.length && query.bought.length < queryItemCountMax; i++) {
    const { product, atMs } = purchases[i]!
    const item = items.indexOf(product)
    if (item < 0) continue
    query.bought.push(item)
    query.boughtAtSeconds.push(Math.floor(atMs / 1_000))
  }
}

function addJustBought(query: FilledQuery, nowMs: number): void {
  const fromSeconds = Math.floor((nowMs - justBoughtMs) / 1_000)
  for (let i = 0; i < query.bought.length; i++)
    if (query.boughtAtSeconds[i]! >= fromSeconds) add(query.products, query.bought[i]!)
}

/** What is in the cart and wasn't bought since it last changed. */
function addCart(query: FilledQuery, items: ItemTable, { cart, purchases }: Slice): void {
  if (cart === null) return
  for (let i = 0; i < cart.items.length; i++) {
    const { product } = cart.items[i]!
    if (isBoughtSince(purchases, product, cart.changedAtMs)) continue
    const item = items.indexOf(product)
    if (query.page !== 'thank-you' || !query.products.includes(item)) add(query.cart, item)
  }
}

/** @param fromMs a purchase at this very moment counts. */
export function isBoughtSince(
  purchases: Slice['purchases'],
  product: string,
  fromMs: number,
): boolean {
  for (let i = 0; i < purchases.length; i++)
    if (purchases[i]!.product === product && purchases[i]!.atMs >= fromMs) return true
  return false
}

/** What was looked at: the page's own product, what was just looked at, then the slice's; and the visit of it. */
function addViewed(query: FilledQuery, slice: Slice | null, input: QueryInput): void {
  const { items } = input.model
  const { viewed, session } = query
  viewed.length = 0
  session.length = 0
  if (input.page === 'product' || input.page === 'out-of-stock')
    for (let i = 0; i < query.products.length; i++) add(viewed, query.products[i]!)
  // Who said no to being known isn't followed from page to page either.
  const recent = input.slice?.consent?.personalization === false ? nothing : input.recent
  const oldest = Math.max(recent.length - lookupCountMax, 0)
  for (let i = recent.length - 1; i >= oldest; i--) add(viewed, items.indexOf(recent[i]!))
  // With something of this very page, the visit is now; without, it is when the last look was.
  let isSameVisit = true
  let visitCount = viewed.length
  let laterMs = visitCount > 0 ? input.nowMs : 0
  for (const { product, atMs } of slice?.viewed ?? []) {
    if (laterMs === 0) isSameVisit = input.nowMs - atMs <= visitAgeMaxMs
    else if (laterMs - atMs > visitBreakMs) isSameVisit = false
    laterMs = atMs
    add(viewed, items.indexOf(product))
    if (isSameVisit) visitCount = viewed.length
  }
  for (let i = visitCount - 1; i >= 0; i--) session.push(viewed[i]!)
}
