/** Events as the log keeps them: JSON without what says nothing. */
import type { Event, EventItem } from './event.js'
import { noIdentifiers } from './identifiers.js'

/** Field by field what an event has where nothing was said. */
const unsaidItem: Omit<EventItem, 'product'> = {
  quantity: 1,
  priceMicros: -1,
  category: '',
  brand: '',
  marginShare: -1,
}
const unsaid: Omit<Event, 'type' | 'messageId' | 'atMs' | 'source'> = {
  who: noIdentifiers,
  items: [],
  valueMicros: -1,
  orderId: '',
  query: '',
  category: '',
  isGift: false,
  rating: -1,
  consent: null,
}

export function encodeEvent(event: Event): Buffer {
  const { who, items, ...rest } = event
  const kept = {
    ...saidOf(rest, unsaid),
    who: saidOf(who, noIdentifiers),
    ...(items.length === 0 ? {} : { items: items.map((item) => saidOf(item, unsaidItem)) }),
  }
  return Buffer.from(JSON.stringify(kept))
}

/** Field by field, which takes a quarter of the time that spreading one over the other does. */
export function decodeEvent(bytes: Buffer): Event {
  const kept = parse(bytes)
  return {
    type: kept.type,
    messageId: kept.messageId,
    atMs: kept.atMs,
    source: kept.source,
    who: { ...noIdentifiers, ...kept.who },
    items: (kept.items ?? []).map(itemOf),
    valueMicros: kept.valueMicros ?? unsaid.valueMicros,
    orderId: kept.orderId ?? unsaid.orderId,
    query: kept.query ?? unsaid.query,
    category: kept.category ?? unsaid.category,
    isGift: kept.isGift ?? unsaid.isGift,
    rating: kept.rating ?? unsaid.rating,
    consent: kept.consent ?? unsaid.consent,
  }
}

/** What was done, and with which products, for whoever goes through whole logs. */
export interface Deed {
  readonly type: Event['type']
  readonly atMs: number
  readonly items: readonly Pick<EventItem, 'product'>[]
  readonly consent: Event['consent']
}

export function decodeDeed(bytes: Buffer): Deed {
  const { type, atMs, items = unsaid.items, consent = unsaid.consent } = parse(bytes)
  return { type, atMs, items, consent }
}

type Kept = Partial<Omit<Event, 'items' | 'who'>> &
  Pick<Event, 'type' | 'messageId' | 'atMs' | 'source'> & {
    readonly who: Partial<Event['who']>
    readonly items?: readonly KeptItem[]
  }
type KeptItem = Partial<EventItem> & Pick<EventItem, 'product'>

const parse = (bytes: Buffer): Kept => JSON.parse(bytes.toString('utf8')) as Kept

const itemOf = (kept: KeptItem): EventItem => ({
  product: kept.product,
  quantity: kept.quantity ?? unsaidItem.quantity,
  priceMicros: kept.priceMicros ?? unsaidItem.priceMicros,
  category: kept.category ?? unsaidItem.category,
  brand: kept.brand ?? unsaidItem.brand,
  marginShare: kept.marginShare ?? unsaidItem.marginShare,
})

/** The fields that differ from what they are where nothing was said; an empty list is as good as none. */
function saidOf(from: object, without: object): object {
  const said: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(from)) {
    const isEmpty = Array.isArray(value) && value.length === 0
    if (!isEmpty && value !== (without as Record<string, unknown>)[name]) said[name] = value
  }
  return said
}
