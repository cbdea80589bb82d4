/** What the slots that explore have shown, and how likely that was: for whoever judges other ways of filling them. */
import { Readable } from 'node:stream'
import type { Clock } from '../base/clock.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import { pageTypes } from '../catalogue/slots.js'
import { DayClocks } from '../ledger/day.js'
import type { Answer, Call, Endpoint } from './endpoint.js'
import { refusal } from './endpoint.js'
import { readers } from './items.js'
import { reportDaysOf, reportDaysQuery } from './slot-report.js'

export interface ExplorationDays {
  readonly slot: string
  /** The first and the last day, as `YYYY-MM-DD` in the time zone. */
  readonly from: string
  readonly to: string
  readonly timeZone: string
}

/** Some of what was shown; a line each. */
export interface ExplorationPart {
  /** May be none though more follow. */
  readonly items: readonly object[]
  /** Where the next part begins; null at the end. */
  readonly next: string | null
}

export interface SlotExploration {
  /** Runs for some milliseconds at most. @param after `next` of the part before; '' for the first. */
  shown(shopId: string, days: ExplorationDays, after: string): ExplorationPart
}

export interface SlotExplorationOptions {
  readonly directory: ShopDirectory
  readonly exploration: SlotExploration
  readonly clock: Clock
}

const description =
  'One line of JSON for each product that was shown, by time: `answer` (characters 17 to 24 of the answer’s id), `at`, ' +
  '`slot`, `experiment`, `variant`, `page`, `place` (from 1), `product`, `source`, `propensity` (how likely the product was ' +
  'to get this place), `viewed`, `clicked` (null: nobody knows any more). Kept are answers of the last 30 days, the ' +
  'newest 200,000 of a shop, from while the slot’s rules had an `exploreShare`.'

export function slotExplorationEndpoints(options: SlotExplorationOptions): Endpoint[] {
  const days = new DayClocks()
  return [
    {
      method: 'GET',
      path: '/v1/slots/{slot}/exploration',
      operationId: 'exportSlotExploration',
      tag: 'slots',
      summary: 'What a slot that explores has shown, how likely that was, and what came of it.',
      description,
      access: readers,
      query: reportDaysQuery,
      body: { kind: 'none' },
      responses: {
        200: { description: 'application/x-ndjson' },
        404: { description: 'No such slot is set, and nothing is kept of one in these days.' },
      },
      handle: (call) => exported(call, options, days),
    },
  ]
}

async function exported(
  call: Call,
  { directory, exploration, clock }: SlotExplorationOptions,
  days: DayClocks,
): Promise<Answer> {
  const { shopId, params } = call
  const file = directory.get(shopId)
  if (file === null) return refusal(404, 'shop: is unknown')
  const { timeZone } = file.shop
  const asking = reportDaysOf(call, days.forZone(timeZone).keyAt(clock.nowMs()))
  if ('status' in asking) return asking
  const slot = params['slot'] ?? ''
  const asked = { slot, timeZone, ...asking }
  const parts = partsOf((after) => exploration.shown(shopId, asked, after))
  // Whether there is anything at all must be known before the answer begins.
  const first = await parts.next()
  const isSet = file.slots.some(({ id }) => id === slot) || pageTypes.some((it) => it === slot)
  if (first.done === true && !isSet)
    return refusal(404, 'slot: is not set, and nothing is kept of it in these days')
  async function* lines(): AsyncIterable<string> {
    if (first.done !== true) yield first.value
    yield* parts
  }
  return {
    status: 200,
    headers: { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' },
    body: Readable.from(lines()),
  }
}

/** As text; others get their turn in between. */
async function* partsOf(
  read: (after: string) => ExplorationPart,
): AsyncGenerator<string, undefined> {
  let after: string | null = ''
  while (after !== null) {
    const { items, next }: ExplorationPart = read(after)
    if (items.length > 0) yield items.map((it) => `${JSON.stringify(it)}\n`).join('')
    after = next
    await new Promise(setImmediate)
  }
}
