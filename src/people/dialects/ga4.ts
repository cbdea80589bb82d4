/**
 * Google Analytics 4's Measurement Protocol: `{ client_id, user_id, timestamp_micros, consent, events: [{ name,
 * params: { items, value, currency … } }] }`, and the names of GA4's e-commerce events. Google doesn't say when
 * a body was sent, and takes `timestamp_micros` for true: so do we.
 */
import { consentAlone } from './consent.js'
import { typesByName } from './event-names.js'
import { readGoogleItem } from './own.js'
import { type Dialect, type Json, objectOf, type RawEvent } from './raw-event.js'

export const ga4: Dialect = {
  name: 'ga4',
  fields: {
    messageId: 'params.message_id',
    timestamp: 'timestamp_micros',
    sentAt: '/sent_at',
    anonymousId: '/client_id',
    customerId: '/user_id',
    email: '/user_data.sha256_email_address',
    ifa: '/ifa',
    clickToken: '/click_token',
    mailToken: '/mail_token',
    items: 'params.items',
    value: 'params.value',
    currency: 'params.currency',
    orderId: 'params.transaction_id',
    query: 'params.search_term',
    category: 'params.item_list_name',
    isGift: 'params.is_gift',
    rating: 'params.rating',
    consent: '/consent',
    product: 'item_id',
    quantity: 'quantity',
    price: 'price',
  },
  readItem: readGoogleItem,
}

/** What all events of one body share. */
export interface Ga4Body {
  readonly body: Json
  /** The one of `timestamp_micros` for events that have none of their own, in milliseconds. */
  readonly timestamp: unknown
  readonly email: unknown
  readonly consent: unknown
}

export function readGa4Body(body: Json): Ga4Body {
  const emails = objectOf(body['user_data'])['sha256_email_address']
  const isDenied = body['non_personalized_ads'] === true
  return {
    body,
    timestamp: millisecondsOf(body['timestamp_micros']),
    email: Array.isArray(emails) ? (emails as readonly unknown[])[0] : emails,
    // What bodies had before there was `consent`.
    consent: body['consent'] ?? (isDenied ? { ads: false } : undefined),
  }
}

/** @returns null where its name is none that we take, and the body says nothing of consent. */
export function readGa4(event: Json, where: string, shared: Ga4Body): RawEvent | null {
  const type = typesByName.get(event['name'] as string)
  const { body } = shared
  const params = objectOf(event['params'])
  const raw: RawEvent = {
    dialect: ga4,
    where,
    type: type ?? 'consent',
    content: { client: body['client_id'], user: body['user_id'], at: shared.timestamp, event },
    messageId: params['message_id'],
    timestamp: millisecondsOf(event['timestamp_micros']) ?? shared.timestamp,
    sentAt: body['sent_at'],
    anonymousId: body['client_id'] ?? body['app_instance_id'],
    customerId: body['user_id'],
    email: shared.email,
    ifa: body['ifa'],
    clickToken: body['click_token'],
    mailToken: body['mail_token'],
    items: params['items'],
    isOneItem: false,
    value: params['value'],
    currency: params['currency'],
    orderId: params['transaction_id'],
    query: params['search_term'],
    category: params['item_list_name'],
    isGift: params['is_gift'],
    rating: params['rating'],
    consent: shared.consent,
  }
  return type === undefined ? consentAlone(raw) : raw
}

/** Microseconds as a number or as text; anything else is left as it is, to be refused. */
function millisecondsOf(micros: unknown): unknown {
  if (typeof micros === 'number') return micros / 1_000
  return typeof micros === 'string' && /^\d{1,17}$/.test(micros) ? Number(micros) / 1_000 : micros
}
