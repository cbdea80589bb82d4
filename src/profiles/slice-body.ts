/** A whole slice, field by field: what is written and what is read stand side by side. */

import type {
  Cart,
  CartItem,
  EarlyRefund,
  Fading,
  Membership,
  Orders,
  ProductAt,
  Purchase,
  Review,
  Search,
  Slice,
  SliceConsent,
  Taste,
} from './slice.js'
import * as bounds from './slice.js'
import type { SliceReader } from './slice-reader.js'
import type { SliceWriter } from './slice-writer.js'

const { productIdLengthMax } = bounds
const has = { cart: 1, taste: 2, consent: 4, early: 8 } as const

/** @throws Error where something in it is out of bounds. */
export function writeSlice(to: SliceWriter, slice: Slice): void {
  const { cart, taste, consent } = slice
  const { early } = slice.orders
  const hasEarly = early.length !== 0
  to.byte(
    (cart === null ? 0 : has.cart) |
      (taste === null ? 0 : has.taste) |
      (consent === null ? 0 : has.consent) |
      // Hardly anybody has any: it takes no room where there are none.
      (hasEarly ? has.early : 0),
  )
  to.moment(slice.lastSeenAtMs)
  to.moment(slice.firstSeenAtMs)
  to.whole(slice.visitCount)
  if (cart !== null) writeCart(to, cart)
  writeProducts(to, slice.viewed, bounds.viewedCountMax)
  writeSearches(to, slice.searches)
  writePurchases(to, slice.purchases)
  writeOrders(to, slice.orders)
  if (hasEarly) writeEarly(to, early)
  writeProducts(to, slice.wished, bounds.wishCountMax)
  writeProducts(to, slice.alerts, bounds.alertCountMax)
  writeReviews(to, slice.reviews)
  writeFading(to, slice.productInterest)
  writeFading(to, slice.categoryInterest)
  if (taste !== null) writeTaste(to, taste)
  if (consent !== null) writeConsent(to, consent)
  writeMemberships(to, slice.segments)
  writeTexts(to, slice.picks, bounds.pickCountMax, productIdLengthMax)
}

/** @throws Error where the bytes are no slice. */
export function readSlice(from: SliceReader): Slice {
  const flags = from.byte()
  const lastSeenAtMs = from.moment()
  const firstSeenAtMs = from.moment()
  const visitCount = from.whole()
  const cart = (flags & has.cart) === 0 ? null : readCart(from)
  const viewed = readProducts(from, bounds.viewedCountMax)
  const searches = readSearches(from)
  const purchases = readPurchases(from)
  const orders = readOrders(from, (flags & has.early) !== 0)
  const wished = readProducts(from, bounds.wishCountMax)
  const alerts = readProducts(from, bounds.alertCountMax)
  const reviews = readReviews(from)
  const productInterest = readFading(from)
  const categoryInterest = readFading(from)
  const taste = (flags & has.taste) === 0 ? null : readTaste(from)
  const consent = (flags & has.consent) === 0 ? null : readConsent(from)
  const segments = readMemberships(from)
  const picks = readTexts(from, bounds.pickCountMax)
  return {
    firstSeenAtMs,
    lastSeenAtMs,
    visitCount,
    cart,
    viewed,
    searches,
    purchases,
    orders,
    wished,
    alerts,
    reviews,
    productInterest,
    categoryInterest,
    taste,
    consent,
    segments,
    picks,
  }
}

function writeCart(to: SliceWriter, { items, valueMicros, changedAtMs }: Cart): void {
  writeCartItems(to, items, bounds.cartItemCountMax)
  to.whole(valueMicros)
  to.moment(changedAtMs)
}

function writeCartItems(to: SliceWriter, items: readonly CartItem[], countMax: number): void {
  to.count(items, countMax)
  for (const { product, quantity, priceMicros } of items) {
    to.text(product, 1, productIdLengthMax)
    to.whole(quantity)
    to.whole(priceMicros)
  }
}

function readCart(from: SliceReader): Cart {
  const items = readList(from, bounds.cartItemCountMax, readCartItem)
  return { items, valueMicros: from.whole(), changedAtMs: from.moment() }
}

const readCartItem = (from: SliceReader): CartItem => ({
  product: from.text(),
  quantity: from.whole(),
  priceMicros: from.whole(),
})

function writeProducts(to: SliceWriter, list: readonly ProductAt[], countMax: number): void {
  to.count(list, countMax)
  for (const { product, atMs } of list) {
    to.text(product, 1, productIdLengthMax)
    to.moment(atMs)
  }
}

const readProducts = (from: SliceReader, countMax: number): ProductAt[] =>
  readList(from, countMax, readProduct)
const readProduct = (from: SliceReader): ProductAt => ({
  product: from.text(),
  atMs: from.moment(),
})

function writeSearches(to: SliceWriter, list: readonly Search[]): void {
  to.count(list, bounds.searchCountMax)
  for (const { text, atMs } of list) {
    to.text(text, 0, bounds.searchTextLengthMax)
    to.moment(atMs)
  }
}

const readSearches = (from: SliceReader): Search[] =>
  readList(from, bounds.searchCountMax, readSearch)
const readSearch = (from: SliceReader): Search => ({ text: from.text(), atMs: from.moment() })

function writePurchases(to: SliceWriter, list: readonly Purchase[]): void {
  to.count(list, bounds.purchaseCountMax)
  for (const { product, atMs, quantity, priceMicros, isGift } of list) {
    to.text(product, 1, productIdLengthMax)
    to.moment(atMs)
    to.whole(quantity)
    to.whole(priceMicros)
    to.flag(isGift)
  }
}

const readPurchases = (from: SliceReader): Purchase[] =>
  readList(from, bounds.purchaseCountMax, readPurchase)
const readPurchase = (from: SliceReader): Purchase => ({
  product: from.text(),
  atMs: from.moment(),
  quantity: from.whole(),
  priceMicros: from.whole(),
  isGift: from.flag(),
})

function writeOrders(to: SliceWriter, orders: Orders): void {
  to.whole(orders.count)
  to.whole(orders.giftCount)
  to.whole(orders.valueMicros)
  to.moment(orders.firstAtMs)
  to.moment(orders.lastAtMs)
  to.count(orders.recent, bounds.orderCountKept)
  for (const { id, atMs, valueMicros, isGift } of orders.recent) {
    to.text(id, 1, bounds.orderIdLengthMax)
    to.moment(atMs)
    to.whole(valueMicros)
    to.flag(isGift)
  }
  writeTexts(to, orders.returned, bounds.returnedCountMax, bounds.orderIdLengthMax)
}

const readOrders = (from: SliceReader, hasEarly: boolean): Orders => ({
  count: from.whole(),
  giftCount: from.whole(),
  valueMicros: from.whole(),
  firstAtMs: from.moment(),
  lastAtMs: from.moment(),
  recent: readList(from, bounds.orderCountKept, readOrder),
  returned: readTexts(from, bounds.returnedCountMax),
  early: hasEarly ? readList(from, bounds.earlyRefundCountMax, readEarly) : [],
})
const readOrder = (from: SliceReader): Orders['recent'][number] => ({
  id: from.text(),
  atMs: from.moment(),
  valueMicros: from.whole(),
  isGift: from.flag(),
})

function writeEarly(to: SliceWriter, list: readonly EarlyRefund[]): void {
  to.count(list, bounds.earlyRefundCountMax)
  for (const { orderId, key, atMs, items, valueMicros } of list) {
    to.text(orderId, 1, bounds.orderIdLengthMax)
    to.whole(key)
    to.moment(atMs)
    writeCartItems(to, items, bounds.earlyLineCountMax)
    to.flag(valueMicros !== -1)
    if (valueMicros !== -1) to.whole(valueMicros)
  }
}

const readEarly = (from: SliceReader): EarlyRefund => ({
  orderId: from.text(),
  key: from.whole(),
  atMs: from.moment(),
  items: readList(from, bounds.earlyLineCountMax, readCartItem),
  valueMicros: from.flag() ? from.whole() : -1,
})

function writeReviews(to: SliceWriter, list: readonly Review[]): void {
  to.count(list, bounds.reviewCountMax)
  for (const { product, atMs, rating } of list) {
    to.text(product, 1, productIdLengthMax)
    to.moment(atMs)
    to.double(rating, 0, 5)
  }
}

const readReviews = (from: SliceReader): Review[] =>
  readList(from, bounds.reviewCountMax, readReview)
const readReview = (from: SliceReader): Review => ({
  product: from.text(),
  atMs: from.moment(),
  rating: from.double(),
})

function writeFading(to: SliceWriter, list: readonly Fading[]): void {
  to.count(list, bounds.interestCountMax)
  for (const { key, weight, atMs } of list) {
    to.text(key, 1, bounds.categoryLengthMax)
    to.double(weight, 0, Number.MAX_VALUE)
    to.moment(atMs)
  }
}

const readFading = (from: SliceReader): Fading[] =>
  readList(from, bounds.interestCountMax, readInterest)
const readInterest = (from: SliceReader): Fading => ({
  key: from.text(),
  weight: from.double(),
  atMs: from.moment(),
})

function writeTaste(to: SliceWriter, { priceMicros, marginShare, weight, atMs }: Taste): void {
  to.whole(priceMicros)
  to.double(marginShare, -1, 1)
  to.double(weight, 0, Number.MAX_VALUE)
  to.moment(atMs)
}

const readTaste = (from: SliceReader): Taste => ({
  priceMicros: from.whole(),
  marginShare: from.double(),
  weight: from.double(),
  atMs: from.moment(),
})

function writeConsent(to: SliceWriter, { ads, personalization, atMs }: SliceConsent): void {
  to.flag(ads)
  to.flag(personalization)
  to.moment(atMs)
}

const readConsent = (from: SliceReader): SliceConsent => ({
  ads: from.flag(),
  personalization: from.flag(),
  atMs: from.moment(),
})

function writeMemberships(to: SliceWriter, list: readonly Membership[]): void {
  to.count(list, bounds.segmentCountMax)
  for (const { segment, expiresAtMs } of list) {
    to.text(segment, 1, bounds.segmentIdLengthMax)
    to.whole(expiresAtMs)
  }
}

const readMemberships = (from: SliceReader): Membership[] =>
  readList(from, bounds.segmentCountMax, readMembership)
const readMembership = (from: SliceReader): Membership => ({
  segment: from.text(),
  expiresAtMs: from.whole(),
})

function writeTexts(
  to: SliceWriter,
  list: readonly string[],
  countMax: number,
  lengthMax: number,
): void {
  to.count(list, countMax)
  for (const text of list) to.text(text, 1, lengthMax)
}

const readTexts = (from: SliceReader, countMax: number): string[] =>
  readList(from, countMax, readText)
const readText = (from: SliceReader): string => from.text()

function readList<T>(from: SliceReader, countMax: number, read: (from: SliceReader) => T): T[] {
  const list: T[] = []
  for (let count = from.count(countMax); count > 0; count--) list.push(read(from))
  return list
}
