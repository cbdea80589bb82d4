/**
 * Segment's spec, which RudderStack shares: calls `track`, `identify`, `page`, `screen`, `alias` and `group`,
 * one by one or in a `batch`, with the events of the e-commerce spec, version 2.
 *
 * Where a product has two ids, `product_id` is taken, or `sku` if only that one is in the catalogue.
 */
import type { EventType } from '../event.js'
import { consentAlone } from './consent.js'
import { typesByName, typesBySegmentName } from './event-names.js'
import {
  type Dialect,
  type Json,
  objectOf,
  type RawEvent,
  type RawItem,
  type Shared,
} from './raw-event.js'

export const segmentCalls = ['track', 'identify', 'page', 'screen', 'alias', 'group'] as const
export type SegmentCall = (typeof segmentCalls)[number]

export const segment: Dialect = {
  name: 'segment',
  fields: {
    messageId: 'messageId',
    timestamp: 'timestamp',
    sentAt: 'sentAt',
    anonymousId: 'anonymousId',
    customerId: 'userId',
    email: 'traits.email',
    ifa: 'context.device.advertisingId',
    clickToken: 'context.clickToken',
    mailToken: 'context.mailToken',
    items: 'properties.products',
    value: 'properties.revenue, subtotal, total or value',
    currency: 'properties.currency',
    orderId: 'properties.order_id',
    query: 'properties.query',
    category: 'properties.category',
    isGift: 'properties.is_gift',
    rating: 'properties.rating',
    consent: 'context.consent',
    product: 'product_id',
    quantity: 'quantity',
    price: 'price',
  },
  readItem,
}

export const isSegmentCall = (type: unknown): type is SegmentCall =>
  (segmentCalls as readonly unknown[]).includes(type)

/**
 * @param shared the context of the batch that it came in.
 * @param call what it is, where its path and not its `type` says so.
 * @returns null for a call or an event that says nothing we need, nor anything of consent.
 */
export function readSegment(
  message: Json,
  where: string,
  { sentAt, context: shared }: Shared,
  call: SegmentCall,
): RawEvent | null {
  const properties = objectOf(message['properties'])
  const type = typeOf(message, call)
  const context = { ...objectOf(shared), ...objectOf(message['context']) }
  const device = objectOf(context['device'])
  const traits = objectOf(message['traits'] ?? context['traits'])
  // One product of its own stands right in the properties.
  const isOneItem = properties['products'] === undefined && hasProduct(properties)
  const raw: RawEvent = {
    dialect: segment,
    where,
    type: type ?? 'consent',
    content: message,
    messageId: message['messageId'],
    timestamp: message['originalTimestamp'] ?? message['timestamp'],
    sentAt: message['sentAt'] ?? sentAt,
    anonymousId: call === 'alias' ? message['previousId'] : message['anonymousId'],
    customerId: message['userId'],
    email: traits['email'] ?? objectOf(context['traits'])['email'] ?? properties['email'],
    ifa: device['adTrackingEnabled'] === false ? undefined : device['advertisingId'],
    clickToken: context['clickToken'],
    mailToken: context['mailToken'],
    items: isOneItem ? [properties] : properties['products'],
    isOneItem,
    value: amountOf(properties, type),
    currency: properties['currency'],
    orderId: properties['order_id'],
    query: properties['query'],
    category: isOneItem ? undefined : properties['category'],
    isGift: properties['is_gift'],
    rating: properties['rating'],
    consent: context['consent'] ?? context['consentManagement'] ?? message['consent'],
  }
  return type === null ? consentAlone(raw) : raw
}

function typeOf(message: Json, call: SegmentCall): EventType | null {
  if (call === 'page' || call === 'screen') return 'page_view'
  if (call === 'identify' || call === 'alias') return 'identify'
  const name = call === 'track' ? message['event'] : undefined
  if (typeof name !== 'string' || name.length > 100) return null
  const lower = name.trim().toLowerCase()
  return typesBySegmentName.get(lower) ?? typesByName.get(lower) ?? null
}

const hasProduct = (properties: Json): boolean =>
  properties['product_id'] !== undefined || properties['sku'] !== undefined

/** What was paid for the goods: `revenue` is without shipping and tax, `total` with both. */
function amountOf(properties: Json, type: EventType | null): unknown {
  if (type === 'purchase' || type === 'refund')
    return (
      properties['revenue'] ?? properties['subtotal'] ?? properties['total'] ?? properties['value']
    )
  return properties['value'] ?? properties['revenue']
}

function readItem(product: Json): RawItem {
  const id = product['product_id']
  return {
    product: id ?? product['sku'],
    otherProduct: id === undefined ? undefined : product['sku'],
    quantity: product['quantity'],
    price: product['price'],
    category: product['category'],
    brand: product['brand'],
  }
}
