import type { Random } from '../../src/base/random.js'
import {
  type Event,
  type EventItem,
  type EventType,
  eventSources,
  eventTypes,
} from '../../src/people/event.js'
import { eventOf } from './given-event.js'

const dayMs = 86_400_000
const startMs = 1_750_000_000_000

/** What one person may do at a small shop: the same products, orders and words come again and again. */
export function randomEvent(
  random: Random,
  number: number,
  types: readonly EventType[] = eventTypes,
): Event {
  const type = random.pick(types)
  const isOrder = type === 'purchase' || type === 'refund'
  const items = Array.from({ length: random.chance(0.1) ? 0 : 1 + random.below(3) }, () =>
    randomItem(random),
  )
  return eventOf(
    {
      type,
      atMs: startMs + random.below(30 * dayMs),
      source: random.pick(eventSources),
      items,
      valueMicros: random.chance(0.7) ? -1 : random.below(1_000) * 1_000_000,
      orderId: isOrder && random.chance(0.9) ? `order-${random.below(12)}` : '',
      query: type === 'search' ? `words ${random.below(6)}` : '',
      category: random.chance(0.2) ? `category-${random.below(5)}` : '',
      isGift: random.chance(0.1),
      rating: type === 'review' ? random.below(11) / 2 : -1,
    },
    `message-${number}`,
  )
}

/** A product has one category and, where anybody knows it, one price. */
function randomItem(random: Random): EventItem {
  const number = random.below(10)
  return {
    product: `product-${number}`,
    quantity: 1 + random.below(3),
    priceMicros: number % 5 === 4 ? -1 : (1 + number) * 10_000_000,
    category: number === 0 ? '' : `category-${number % 4}`,
    brand: '',
    marginShare: number / 10,
  }
}

const ids = ['', '__proto__', '\ud800', 'x'.repeat(128), 'x'.repeat(129), 'łódź'.repeat(60), ' a ']
const numbers = [-1, 0, 1, 0.5, NaN, Infinity, -Infinity, 2 ** 53, Number.MAX_SAFE_INTEGER, 1e300]

/** What no sender that is checked can send, and that must do no harm all the same. */
export function hostileEvent(random: Random, number: number): Event {
  const id = (): string => (random.chance(0.5) ? random.pick(ids) : `id-${random.below(1e6)}`)
  const amount = (): number => (random.chance(0.5) ? random.pick(numbers) : random.below(1e9))
  // Until then some say no to everything; this one says yes.
  const isYes = number === 80_000
  const consent =
    number < 80_000 && random.chance(0.01)
      ? { ads: random.chance(0.8), personalization: random.chance(0.8) }
      : null
  const atMs = consent === null && random.chance(0.05) ? amount() : random.below(4e12)
  return {
    ...randomEvent(random, number),
    messageId: id() || 'm',
    atMs: isYes ? 4e12 : atMs,
    items: Array.from({ length: random.chance(0.02) ? 200 : random.below(4) }, () => ({
      product: id(),
      quantity: amount(),
      priceMicros: amount(),
      category: id(),
      brand: id(),
      marginShare: amount(),
    })),
    valueMicros: amount(),
    orderId: id(),
    query: id(),
    category: id(),
    rating: amount(),
    consent: isYes ? { ads: true, personalization: true } : consent,
  }
}

export function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const mixed = [...list]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!]
  }
  return mixed
}
