/** From what was sent to what is known: checked, in the shop's currency, by the shop's keys, at its real time. */
import { createHmac } from 'node:crypto'
import type { Rates } from '../base/rates.js'
import { categoryLengthMax, searchTextLengthMax } from '../profiles/slice.js'
import { readConsent } from './dialects/consent.js'
import type { RawEvent } from './dialects/raw-event.js'
import type { Consent, Event, EventItem, EventSource, EventType } from './event.js'
import {
  amountMicrosMax,
  amountRule,
  hasNameless,
  itemsOf,
  microsOf,
  type ProductFacts,
  rateOf,
} from './event-items.js'
import { type WhoContext, whoOf } from './event-who.js'
import { idRule, readFlag, readId, readNumber, readText, readTime } from './values.js'

const dayMs = 86_400_000
/**
 * How long ago an event may have happened. What a browser couldn't send it keeps until it comes back; a
 * till's past goes as far back as a customer's does.
 */
export const ageMaxMs: Readonly<Record<EventSource, number>> = {
  tag: 7 * dayMs,
  server: 90 * dayMs,
  offline: 3_653 * dayMs,
}

export interface EnrichContext extends WhoContext {
  readonly currency: string
  readonly rates: Rates
  readonly source: EventSource
  product(id: string): ProductFacts | null
  /** The browser says for everything that it sends that no advert may be chosen by it (`Sec-GPC`). */
  readonly deniesAds: boolean
}

/**
 * The event, as it is kept; null where it can't be taken, and `findings` says why, field by field.
 *
 * Pure: the same event in the same context comes to the same. Throws at nothing that JSON can have.
 */
export function toEvent(raw: RawEvent, context: EnrichContext): Event | null {
  const { findings, nowMs, source } = context
  const { type, where } = raw
  const { fields } = raw.dialect
  const faultsBefore = findings.faultCount
  if (type === 'refund' && source === 'tag')
    findings.fault(where, '', 'a refund is only believed with a key')
  const consent = consentOf(raw, context)
  const who = whoOf(raw, consent, context)
  const atMs = atMsOf(raw, context)
  const rate = rateOf(raw.currency, context.currency, context.rates)
  if (Number.isNaN(rate))
    findings.fault(where, fields.currency, 'is no currency that there is a rate for')
  const isPriceKnownNow = source !== 'offline'
  const items = itemsOf(raw, {
    findings,
    rate: Number.isNaN(rate) ? 1 : rate,
    product: context.product,
    isPriceKnownNow,
  })
  const valueMicros = valueMicrosOf(raw, rate, items, context)
  const messageId = messageIdOf(raw, context)
  const orderId = orderIdOf(raw, messageId, context)
  const query = queryOf(raw, context)
  const rating = ratingOf(raw, context)
  const category = hasCategory.has(type) ? readText(raw.category, categoryLengthMax) : ''
  // What is missing may be what was at fault.
  if (findings.faultCount === faultsBefore)
    requireWhatItIsAbout(raw, items, { valueMicros, category, query, consent }, context)
  if (findings.faultCount > faultsBefore) return null
  return {
    type,
    messageId,
    atMs: atMs > nowMs ? nowMs : atMs,
    source,
    who,
    items,
    valueMicros,
    orderId,
    query,
    category,
    isGift: readFlag(raw.isGift),
    rating,
    consent,
  }
}

const hasCategory: ReadonlySet<EventType> = new Set<EventType>(['view_item_list', 'search'])
const needsItems: ReadonlySet<EventType> = new Set<EventType>([
  'view_item',
  'add_to_cart',
  'remove_from_cart',
  'add_to_wishlist',
  'remove_from_wishlist',
  'back_in_stock',
  'review',
])

function requireWhatItIsAbout(
  raw: RawEvent,
  items: readonly EventItem[],
  said: { valueMicros: number; category: string; query: string; consent: Consent | null },
  { findings }: EnrichContext,
): void {
  const { type, where } = raw
  const { fields } = raw.dialect
  if (items.length > 0) return
  const isListed = Array.isArray(raw.items) && raw.items.length > 0
  if (needsItems.has(type))
    findings.fault(where, fields.items, `${type} needs a product with an id`)
  // Without items they would be about all of the cart, or the order.
  else if (type === 'view_cart' && hasNameless(raw))
    findings.fault(where, fields.items, 'none of the products in the cart has an id')
  else if (type === 'refund' && isListed && said.valueMicros < 0)
    findings.fault(where, fields.items, 'none of them is a product with an id; or send a value')
  else if (type === 'view_item_list' && said.category === '')
    findings.fault(where, fields.items, 'a list needs products or a category')
  else if (type === 'purchase' && said.valueMicros < 0)
    findings.fault(where, fields.items, 'a purchase needs products or a value')
  else if (type === 'consent' && said.consent === null)
    findings.fault(where, fields.consent, 'is missing')
}

function consentOf(raw: RawEvent, { deniesAds, findings }: EnrichContext): Consent | null {
  const consent = readConsent(raw.consent, raw.where, raw.dialect.fields.consent, findings)
  if (!deniesAds) return consent
  return { ads: false, personalization: consent?.personalization ?? null }
}

/**
 * When it happened by our clock: as long before it came here as, by the sender's, it happened before it was
 * sent. That is Segment's rule; without the second, the first is taken for true.
 */
function atMsOf(raw: RawEvent, { nowMs, source, findings }: EnrichContext): number {
  const { timestamp, sentAt, where } = raw
  const { fields } = raw.dialect
  if (timestamp === undefined || timestamp === null || timestamp === '') return nowMs
  let atMs = readTime(timestamp)
  if (Number.isNaN(atMs)) {
    findings.fault(where, fields.timestamp, 'must be a moment in ISO 8601, as 2025-05-01T10:00:00Z')
    return nowMs
  }
  if (sentAt !== undefined && sentAt !== null && sentAt !== '') {
    const sentAtMs = readTime(sentAt)
    if (Number.isNaN(sentAtMs)) {
      findings.fault(where, fields.sentAt, 'must be a moment in ISO 8601')
      return nowMs
    }
    atMs = nowMs - (sentAtMs - atMs)
  }
  if (atMs < nowMs - ageMaxMs[source]) {
    const days = Math.floor(ageMaxMs[source] / dayMs)
    findings.fault(where, fields.timestamp, `is more than ${days} days ago`)
  }
  return atMs
}

/** Without a time of its own, the same content is another event after so long. */
const sameWithinMs = 600_000

/**
 * By what the event is known when it comes again. Where the sender gave it no id, its whole content is its
 * id; where it doesn't say when it happened, together with the ten minutes in which it came, as people do
 * the same thing again.
 */
function messageIdOf(raw: RawEvent, { nowMs, secret, findings, source }: EnrichContext): string {
  const { messageId, where, dialect } = raw
  if (typeof messageId === 'string' && messageId.length > 128)
    return hashId(secret, 'long', messageId)
  const id = readId(messageId)
  if (id === null) {
    findings.fault(where, dialect.fields.messageId, idRule)
    return ''
  }
  // A browser could guess what a till's order is called, and come before it.
  if (id !== '') return source === 'offline' ? hashId(secret, 'offline', id) : id
  const content = contentOf(raw)
  if (content === null) {
    findings.fault(where, '', 'is nested too deeply')
    return ''
  }
  const isTimed = raw.timestamp !== undefined && raw.timestamp !== null && raw.timestamp !== ''
  const period = isTimed ? '' : `${Math.floor(nowMs / sameWithinMs)} `
  return hashId(secret, 'content', period + content)
}

/** Keyed, as there may be an address in what is hashed. */
const hashId = (secret: Buffer, kind: string, text: string): string =>
  `#${createHmac('sha256', secret).update(`message ${kind} ${text}`).digest('base64url')}`

/** All that was sent but the moment of sending; null where it is nested too deeply for the stack. */
function contentOf({ content }: RawEvent): string | null {
  try {
    return JSON.stringify(content, withoutSentAt)
  } catch {
    return null
  }
}

const withoutSentAt = (name: string, value: unknown): unknown =>
  name === 'sentAt' || name === 'sent_at' ? undefined : value

function orderIdOf(raw: RawEvent, messageId: string, { findings }: EnrichContext): string {
  const { type, where, dialect } = raw
  if (type !== 'purchase' && type !== 'refund') return ''
  const id = readId(raw.orderId)
  if (id === null) findings.fault(where, dialect.fields.orderId, idRule)
  else if (id === '' && type === 'refund')
    findings.fault(where, dialect.fields.orderId, 'is missing: which order is paid back')
  // A purchase without a number counts once all the same.
  return id === null || id === '' ? messageId : id
}

function valueMicrosOf(
  raw: RawEvent,
  rate: number,
  items: readonly EventItem[],
  { findings }: EnrichContext,
): number {
  const { value, where, dialect } = raw
  let sumMicros = 0
  for (let i = 0; i < items.length; i++)
    sumMicros += Math.max(items[i]!.priceMicros, 0) * items[i]!.quantity
  if (sumMicros > amountMicrosMax)
    findings.fault(where, dialect.fields.items, 'are worth too much together')
  if (value === undefined || value === null || value === '' || Number.isNaN(rate)) return -1
  const micros = microsOf(value, rate)
  if (micros < 0) findings.fault(where, dialect.fields.value, amountRule)
  return micros
}

const addresses = /[^\s@]{1,64}@[^\s@]{1,255}\.[^\s@]{1,63}/g

/** Of a search only. An address that somebody looked for is not kept. */
function queryOf(raw: RawEvent, { findings }: EnrichContext): string {
  if (raw.type !== 'search') return ''
  const text = readText(raw.query, searchTextLengthMax)
  const query = text.includes('@') ? text.replace(addresses, '').trim() : text
  if (query === '')
    findings.fault(
      raw.where,
      raw.dialect.fields.query,
      text === '' ? 'is missing: what was searched for' : 'is an e-mail address, which is not kept',
    )
  return query
}

function ratingOf(raw: RawEvent, { findings }: EnrichContext): number {
  const { type, rating, where, dialect } = raw
  if (type !== 'review' || rating === undefined || rating === null || rating === '') return -1
  const stars = readNumber(rating)
  if (stars >= 0 && stars <= 5) return stars
  findings.fault(where, dialect.fields.rating, 'must be a number of stars from 0 to 5')
  return -1
}
