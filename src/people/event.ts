/**
 * What a person did at a shop, in one form whatever it came in: our own, Segment's, Google's, a till's
 * file. Everything that depends on the moment (the catalogue, rates, clocks) has been worked out by
 * then, so that folding events again later comes to the same.
 */
import type { Identifiers } from './identifiers.js'

/** Names as shops know them from GA4's e-commerce events; those that GA4 lacks are ours. */
export const eventTypes = [
  'page_view',
  'view_item',
  'view_item_list',
  'search',
  'add_to_cart',
  'remove_from_cart',
  /** The whole cart as it is now. */
  'view_cart',
  'add_to_wishlist',
  'remove_from_wishlist',
  'begin_checkout',
  'purchase',
  'refund',
  'back_in_stock',
  'review',
  /** Says who somebody is, and nothing else. */
  'identify',
  /** Says what somebody agreed to, and nothing else. */
  'consent',
] as const
export type EventType = (typeof eventTypes)[number]

export const eventSources = ['tag', 'server', 'offline'] as const
export type EventSource = (typeof eventSources)[number]

export const itemCountMax = 200

export interface EventItem {
  /** The shop's own id of the product. */
  readonly product: string
  readonly quantity: number
  /** For one, in millionths of the shop's currency; -1 where nobody knows. */
  readonly priceMicros: number
  /** '' where nobody knows. */
  readonly category: string
  readonly brand: string
  /** What the shop keeps of the price, 0 to 1; -1 where nobody knows. */
  readonly marginShare: number
}

/** What a person agreed to; null where it wasn't said, of one of them at the most. */
export interface Consent {
  /** Their data may be used to choose and price adverts. */
  readonly ads: boolean | null
  /** Their data may be used to choose what they see at the shop and in its mails. */
  readonly personalization: boolean | null
}

export interface Event {
  readonly type: EventType
  /** The sender's own; the same message sent again counts once. 1 to 128 characters. */
  readonly messageId: string
  /** When it happened, milliseconds since 1970, the sender's clock corrected; never in the future. */
  readonly atMs: number
  readonly source: EventSource
  readonly who: Identifiers
  readonly items: readonly EventItem[]
  /** What all of it is worth, in millionths of the shop's currency; -1 where it wasn't said. */
  readonly valueMicros: number
  /** Of a purchase or refund; '' elsewhere. */
  readonly orderId: string
  /** What was searched for; '' elsewhere. */
  readonly query: string
  /** Of a list that was looked at, or of a search's results; '' elsewhere. */
  readonly category: string
  /** The order was a present for somebody else. */
  readonly isGift: boolean
  /** Stars of a review, 0 to 5; -1 elsewhere. */
  readonly rating: number
  /** null where the sender said nothing of it. */
  readonly consent: Consent | null
}
