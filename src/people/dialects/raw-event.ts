import type { EventType } from '../event.js'

/** An object as JSON has it, nothing known of what is in it. */
export type Json = Readonly<Record<string, unknown>>

/** A product as a dialect has it, values unchecked; undefined where it has none. */
export interface RawItem {
  readonly product: unknown
  /** Another id that the same product may have in the catalogue. */
  readonly otherProduct: unknown
  readonly quantity: unknown
  readonly price: unknown
  readonly category: unknown
  readonly brand: unknown
}

/** What a dialect calls each field, for whoever reads what is wrong with it. */
export type FieldNames = Readonly<
  Record<Exclude<keyof RawEvent, 'where' | 'type' | 'content' | 'dialect' | 'isOneItem'>, string> &
    Record<'product' | 'quantity' | 'price', string>
>

export const dialectNames = ['own', 'segment', 'ga4', 'orders'] as const
export type DialectName = (typeof dialectNames)[number]

/** One way of writing events. */
export interface Dialect {
  readonly name: DialectName
  readonly fields: FieldNames
  readItem(item: Json): RawItem
}

/** One event as a dialect has it: its fields found, their values unchecked; undefined where it has none. */
export interface RawEvent {
  readonly dialect: Dialect
  /** Its place in the body, as in `batch[3]`; '' where it is the body. */
  readonly where: string
  readonly type: EventType
  /** All that was sent of it: its id is made of this where the sender gave it none. */
  readonly content: unknown
  readonly messageId: unknown
  /** When it happened, by the sender's clock. */
  readonly timestamp: unknown
  /** When it was sent, by the same clock. */
  readonly sentAt: unknown
  readonly anonymousId: unknown
  readonly customerId: unknown
  /** An address or its SHA-256. */
  readonly email: unknown
  /** A device's advertising id. */
  readonly ifa: unknown
  readonly clickToken: unknown
  readonly mailToken: unknown
  /** A list of objects that the dialect's `readItem` reads. */
  readonly items: unknown
  /** The one in `items` is no list where it stands. */
  readonly isOneItem: boolean
  readonly value: unknown
  readonly currency: unknown
  readonly orderId: unknown
  readonly query: unknown
  readonly category: unknown
  readonly isGift: unknown
  readonly rating: unknown
  readonly consent: unknown
}

/** What a body says for all events in its list; undefined where it doesn't. */
export interface Shared {
  readonly sentAt: unknown
  readonly context: unknown
}

export const nothingShared: Shared = { sentAt: undefined, context: undefined }

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const nothing: Json = Object.freeze({})

/** The value if it is an object; an empty one else. */
export const objectOf = (value: unknown): Json => (isObject(value) ? value : nothing)
