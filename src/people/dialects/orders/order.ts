import { itemCountMax } from '../../event.js'
import { readNumber } from '../../values.js'
import type { Dialect, Json, RawEvent } from '../raw-event.js'
import { placeOf, type ReadRow } from './read-row.js'

/** One order while its rows come. */
export class Order {
  readonly line: number
  readonly #first: ReadRow
  readonly #items: Json[] = []
  #isGift = false
  /** What all rows are worth together; NaN once one doesn't say. */
  #sum = 0
  #itemCount = 0
  /** One of its rows is at fault: it is not to be taken in part. */
  isSpoilt = false

  constructor(line: number, first: ReadRow) {
    this.line = line
    this.#first = first
  }

  get id(): string {
    return this.#first.orderId
  }

  /** Products that are left out, as an event has only so many; what they cost still counts. */
  get leftOutCount(): number {
    return this.#itemCount - this.#items.length
  }

  add({ item, isGift, isFaulty }: ReadRow): void {
    this.isSpoilt ||= isFaulty
    this.#isGift ||= isGift
    if (item === null) return
    this.#itemCount++
    this.#sum += readNumber(item['price']) * readNumber(item['quantity'] ?? 1)
    if (this.#items.length < itemCountMax) this.#items.push(item)
  }

  /** Its number is its message's id: the same file may be sent again. */
  toRaw(): RawEvent {
    const { orderId, atMs, customerId, email, currency, total } = this.#first
    const sum = this.leftOutCount > 0 && !Number.isNaN(this.#sum) ? this.#sum : undefined
    return {
      dialect: orders,
      where: placeOf(this.line),
      type: 'purchase',
      content: null,
      messageId: orderId,
      timestamp: atMs,
      sentAt: undefined,
      anonymousId: undefined,
      customerId,
      email,
      ifa: undefined,
      clickToken: undefined,
      mailToken: undefined,
      items: this.#items,
      isOneItem: false,
      value: total ?? sum,
      currency,
      orderId,
      query: undefined,
      category: undefined,
      isGift: this.#isGift,
      rating: undefined,
      consent: undefined,
    }
  }
}

const orders: Dialect = {
  name: 'orders',
  fields: {
    messageId: 'order',
    timestamp: 'date',
    sentAt: '',
    anonymousId: '',
    customerId: 'customer',
    email: 'email',
    ifa: '',
    clickToken: '',
    mailToken: '',
    items: 'products',
    value: 'total',
    currency: 'currency',
    orderId: 'order',
    query: '',
    category: '',
    isGift: 'gift',
    rating: '',
    consent: '',
    product: 'sku',
    quantity: 'quantity',
    price: 'price',
  },
  readItem: (item) => ({
    product: item['product'],
    otherProduct: undefined,
    quantity: item['quantity'],
    price: item['price'],
    category: item['category'],
    brand: item['brand'],
  }),
}
