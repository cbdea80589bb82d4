/**
 * Our own form, with the names that shops know from GA4 for items:
 *
 *     { "type": "add_to_cart", "messageId": "…", "timestamp": "2025-05-01T10:00:00Z",
 *       "anonymousId": "…", "customerId": "…", "email": "…" or "emailSha256": "…",
 *       "items": [{ "item_id": "A1", "quantity": 2, "price": 19.99, "item_category": "…", "item_brand": "…" }],
 *       "value": 39.98, "currency": "PLN", "consent": { "ads": true, "personalization": true } }
 *
 * One such object, a list of them, or `{ "events": […], "sentAt": … }`.
 */
import { consentAlone } from './consent.js'
import { typesByName } from './event-names.js'
import type { Dialect, Json, RawEvent, RawItem, Shared } from './raw-event.js'

export const own: Dialect = {
  name: 'own',
  fields: {
    messageId: 'messageId',
    timestamp: 'timestamp',
    sentAt: 'sentAt',
    anonymousId: 'anonymousId',
    customerId: 'customerId',
    email: 'email',
    ifa: 'ifa',
    clickToken: 'clickToken',
    mailToken: 'mailToken',
    items: 'items',
    value: 'value',
    currency: 'currency',
    orderId: 'orderId',
    query: 'query',
    category: 'category',
    isGift: 'isGift',
    rating: 'rating',
    consent: 'consent',
    product: 'item_id',
    quantity: 'quantity',
    price: 'price',
  },
  readItem: readGoogleItem,
}

/** @returns null where its type is none that we take, and it says nothing of consent. */
export function readOwn(event: Json, where: string, { sentAt }: Shared): RawEvent | null {
  const type = typesByName.get(event['type'] as string)
  const raw: RawEvent = {
    dialect: own,
    where,
    type: type ?? 'consent',
    content: event,
    messageId: event['messageId'],
    timestamp: event['timestamp'],
    sentAt: event['sentAt'] ?? sentAt,
    anonymousId: event['anonymousId'],
    customerId: event['customerId'],
    email: event['email'] || event['emailSha256'],
    ifa: event['ifa'],
    clickToken: event['clickToken'],
    mailToken: event['mailToken'],
    items: event['items'],
    isOneItem: false,
    value: event['value'],
    currency: event['currency'],
    orderId: event['orderId'],
    query: event['query'],
    category: event['category'],
    isGift: event['isGift'],
    rating: event['rating'],
    consent: event['consent'],
  }
  return type === undefined ? consentAlone(raw) : raw
}

/** An item as Google's tags have it; its up to five categories become one, as `Shoes > Boots`. */
export function readGoogleItem(item: Json): RawItem {
  return {
    product: item['item_id'],
    otherProduct: undefined,
    quantity: item['quantity'],
    price: item['price'],
    category: item['item_category2'] === undefined ? item['item_category'] : categoryPath(item),
    brand: item['item_brand'],
  }
}

const categoryNames = [
  'item_category',
  'item_category2',
  'item_category3',
  'item_category4',
  'item_category5',
]

function categoryPath(item: Json): string {
  const path: string[] = []
  for (const name of categoryNames) {
    const step = item[name]
    if (typeof step !== 'string' || step === '') break
    path.push(step)
  }
  return path.join(' > ')
}
