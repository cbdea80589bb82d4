import { Rates } from '../../../src/base/rates.js'
import { readEvents } from '../../../src/people/dialects/read-events.js'
import type { SegmentCall } from '../../../src/people/dialects/segment.js'
import type { EnrichContext } from '../../../src/people/enrich.js'
import { toEvent } from '../../../src/people/enrich.js'
import type { Event } from '../../../src/people/event.js'
import type { ProductFacts } from '../../../src/people/event-items.js'
import { Findings } from '../../../src/people/findings.js'
import { shopSecretOf } from '../../../src/people/keys.js'

export const nowMs = Date.parse('2025-05-01T10:00:05Z')
export const secret = shopSecretOf(Buffer.alloc(32, 7), 'shoes')
export const rates = new Rates({ PLN: 1, EUR: 4 })
export const eventCountMax = 40

const products: Readonly<Record<string, ProductFacts>> = {
  A1: { category: 'Boots', brand: 'Acme', priceMicros: 199_000_000, marginShare: 0.4 },
}

export function contextOf(more: Partial<EnrichContext> = {}): EnrichContext {
  return {
    shopId: 'shoes',
    secret,
    eids: null,
    cookieUid: '',
    isCookieNew: false,
    nowMs,
    findings: new Findings(),
    currency: 'PLN',
    rates,
    source: 'server',
    product: (id) => (Object.hasOwn(products, id) ? products[id]! : null),
    deniesAds: false,
    ...more,
  }
}

export interface Converted {
  readonly fault: string
  readonly events: readonly Event[]
  readonly ignored: number
  readonly findings: Findings
}

/** A body all the way to events. */
export function convert(
  body: unknown,
  more: Partial<EnrichContext> = {},
  call?: SegmentCall,
): Converted {
  const context = contextOf(more)
  const { findings } = context
  const reading = readEvents(body, eventCountMax, findings, call)
  if (typeof reading === 'string') return { fault: reading, events: [], ignored: 0, findings }
  const events = reading.events.flatMap((raw) => toEvent(raw, context) ?? [])
  return { fault: '', events, ignored: reading.ignoredCount, findings }
}

/** The one event of a body. */
export function eventOf(body: unknown, more: Partial<EnrichContext> = {}): Event {
  const { events, findings } = convert(body, more)
  if (events.length !== 1) throw new Error(JSON.stringify(findings.problems))
  return events[0]!
}
