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

export function decodeEvent(bytes: Buffer): Event {
  const kept = JSON.parse(bytes.toString('utf8')) as Partial<Event> & Pick<Event, 'who'>
  return {
    ...unsaid,
    ...kept,
    who: { ...noIdentifiers, ...kept.who },
    items: (kept.items ?? []).map((item) => ({ ...unsaidItem, ...item })),
  } as Event
}

/** The fields that differ from what they are where nothing was said; an empty list is as good as none. */
function saidOf(from: object, without: object): object {
  const said: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(from)) {
    const isEmpty = Array.isArray(value) && value.length === 0
    if (!isEmpty && value !== (without as Record<string, unknown>)[name]) said[name] = value
  }
  return said
}
