import type { Event, EventItem } from '../../src/people/event.js'
import { noIdentifiers } from '../../src/people/identifiers.js'

/** An event as tests write it: what isn't said is as where nothing was said. */
export type GivenEvent = Pick<Event, 'type' | 'atMs'> &
  Partial<Omit<Event, 'items'>> & {
    readonly items?: readonly (Pick<EventItem, 'product'> & Partial<EventItem>)[]
  }

export function eventOf({ items, ...given }: GivenEvent, messageId: string): Event {
  return {
    messageId,
    source: 'tag',
    who: noIdentifiers,
    valueMicros: -1,
    orderId: '',
    query: '',
    category: '',
    isGift: false,
    rating: -1,
    consent: null,
    ...given,
    items: (items ?? []).map((item) => ({
      quantity: 1,
      priceMicros: -1,
      category: '',
      brand: '',
      marginShare: -1,
      ...item,
    })),
  }
}
