/** From a body's events to what became of them: the part that all of the events' endpoints share. */
import type { Clock } from '../base/clock.js'
import type { Rates } from '../base/rates.js'
import type { RawEvent } from '../people/dialects/raw-event.js'
import { type EnrichContext, toEvent } from '../people/enrich.js'
import type { Event, EventSource } from '../people/event.js'
import type { Findings } from '../people/findings.js'
import { BusyError, type Intake, type Taken } from '../people/intake.js'
import type { Answer } from './endpoint.js'
import { refusal } from './endpoint.js'
import type { EventCounts } from './events-counts.js'
import type { EventShop } from './events-shop.js'

export interface TakeOptions {
  readonly intake: Intake
  readonly clock: Clock
  readonly rates: Rates
  readonly counts: EventCounts
}

/** What is known of the sender. */
export interface Sender {
  readonly source: EventSource
  readonly cookieUid: string
  readonly isCookieNew: boolean
  readonly deniesAds: boolean
}

/** A server of the shop's, which no browser speaks through. */
export const server: Sender = {
  source: 'server',
  cookieUid: '',
  isCookieNew: false,
  deniesAds: false,
}

export interface Tally {
  taken: number
  duplicates: number
  nobody: number
  refused: number
}

export const namesNobody = 'names nobody: it has no id of a browser, customer or address'

/** Checks events and hands them on. Reads the clock once, so that one body is one moment. */
export class EventTaker {
  readonly #options: TakeOptions

  constructor(options: TakeOptions) {
    this.#options = options
  }

  contextOf(shop: EventShop, sender: Sender, findings: Findings): EnrichContext {
    const { clock, rates } = this.#options
    return {
      shopId: shop.id,
      secret: shop.secret,
      eids: shop.eids,
      cookieUid: sender.cookieUid,
      isCookieNew: sender.isCookieNew,
      nowMs: clock.nowMs(),
      findings,
      currency: shop.currency,
      rates,
      source: sender.source,
      product: (id) => shop.product(id),
      deniesAds: sender.deniesAds,
    }
  }

  /**
   * @returns when what could be taken is durable, with the events that were handed on.
   * @throws BusyError with nothing taken.
   */
  async take(
    shopId: string,
    raws: readonly RawEvent[],
    context: EnrichContext,
  ): Promise<{ tally: Tally; events: readonly Event[] }> {
    const { intake, counts } = this.#options
    const { findings } = context
    const events: Event[] = []
    const places: string[] = []
    const tally: Tally = { taken: 0, duplicates: 0, nobody: 0, refused: 0 }
    for (let i = 0; i < raws.length; i++) {
      const raw = raws[i]!
      counts.dialect(raw.dialect.name, 1)
      const event = toEvent(raw, context)
      if (event === null) tally.refused++
      else {
        events.push(event)
        places.push(raw.where)
      }
    }
    const outcomes: readonly Taken[] = events.length === 0 ? [] : await intake.take(shopId, events)
    for (let i = 0; i < outcomes.length; i++) {
      const outcome = outcomes[i]!
      if (outcome === 'taken') tally.taken++
      else if (outcome === 'duplicate') tally.duplicates++
      else {
        tally.nobody++
        findings.note(places[i]!, '', namesNobody)
      }
    }
    counts.result('taken', tally.taken)
    counts.result('duplicate', tally.duplicates)
    counts.result('nobody', tally.nobody)
    counts.result('refused', tally.refused)
    return { tally, events }
  }
}

/** @returns the answer where we are behind; throws whatever else went wrong on. */
export function busyAnswer(error: unknown, counts: EventCounts): Answer {
  if (!(error instanceof BusyError)) throw error
  counts.bodyRefused('busy')
  return {
    ...refusal(503, 'we are behind: send it again in a moment'),
    headers: { 'Retry-After': '1' },
  }
}
