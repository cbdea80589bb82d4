/** Orders from the till or the ERP: what people bought where no page and no server of the shop's could tell us. */
import { CsvBroken } from '../base/csv.js'
import { decodeText } from '../base/text-encoding.js'
import { OrderGatherer } from '../people/dialects/orders/gather.js'
import { LocalTime } from '../people/dialects/orders/local-time.js'
import { NoOrders, readOrderRows } from '../people/dialects/orders/read-rows.js'
import type { RawEvent } from '../people/dialects/raw-event.js'
import { Findings } from '../people/findings.js'
import type { Answer, Call, Endpoint } from './endpoint.js'
import { refusal } from './endpoint.js'
import { errorSchema, ordersAnswerSchema } from './events-schema.js'
import type { EventShop } from './events-shop.js'
import { busyAnswer, EventTaker, type Sender, type TakeOptions } from './events-take.js'

export interface OrdersOptions extends TakeOptions {
  /** null for a shop that there isn't. */
  shopOf(shopId: string): EventShop | null
}

const bytesMax = 1_073_741_824
/** Orders that are handed on together; the rest of the file waits until they are durable. */
const ordersPerTurn = 500

const till: Sender = { source: 'offline', cookieUid: '', isCookieNew: false, deniesAds: false }

export function ordersEndpoints(options: OrdersOptions): Endpoint[] {
  const taker = new EventTaker(options)
  return [
    {
      method: 'POST',
      path: '/v1/orders',
      operationId: 'sendOrders',
      tag: 'Events',
      summary: 'Takes orders from the till or the ERP.',
      description:
        'A table (CSV, TSV, semicolons) with a row for each product, or a line of JSON for each order with its ' +
        '`items`. Columns are known by what they are mostly called, in several languages: the order’s number, ' +
        'its date, the customer’s number or e-mail address (or its SHA-256), the product, how many, the price, ' +
        'the currency, and whether it was a gift. An order is taken whole or not at all; one that was taken ' +
        'before counts once.',
      access: ['developer', 'admin'],
      body: {
        kind: 'stream',
        bytesMax,
        types: [
          ...['text/csv', 'text/tab-separated-values', 'text/plain', 'application/octet-stream'],
          ...['application/x-ndjson', 'application/jsonl', 'application/json'],
        ],
      },
      responses: {
        200: { description: 'What became of the orders.', schema: ordersAnswerSchema },
        400: { description: 'It is no table of orders.', schema: errorSchema },
        503: { description: 'We are behind; send it again from the start.', schema: errorSchema },
      },
      handle: (call) => takeOrders(call, options, taker),
    },
  ]
}

interface Totals {
  taken: number
  duplicates: number
  nobody: number
  refusedOrders: number
}

async function takeOrders(
  call: Call,
  { shopOf, counts }: OrdersOptions,
  taker: EventTaker,
): Promise<Answer> {
  const shop = shopOf(call.shopId)
  if (shop === null) return refusal(404, 'shop: is unknown')
  const findings = new Findings()
  const gatherer = new OrderGatherer(new LocalTime(shop.timeZone), findings)
  const totals: Totals = { taken: 0, duplicates: 0, nobody: 0, refusedOrders: 0 }
  let waiting: RawEvent[] = []
  const hand = async (): Promise<void> => {
    const { tally } = await taker.take(shop.id, waiting, taker.contextOf(shop, till, findings))
    waiting = []
    totals.taken += tally.taken
    totals.duplicates += tally.duplicates
    totals.nobody += tally.nobody
    totals.refusedOrders += tally.refused
  }
  try {
    const { text } = await decodeText(call.stream, call.header('content-type'))
    for await (const row of readOrderRows(text)) {
      waiting.push(...gatherer.add(row))
      if (waiting.length >= ordersPerTurn) await hand()
    }
    waiting.push(...gatherer.end())
    await hand()
  } catch (error) {
    // What was handed on stays taken: sent again, it counts once.
    if (error instanceof NoOrders) return refusal(400, `body: ${error.message}`)
    if (error instanceof CsvBroken) return refusal(400, `body: ${error.message}`, findings.problems)
    return busyAnswer(error, counts)
  }
  counts.result('refused', gatherer.refusedOrderCount)
  counts.junkIds(findings.junkIdCount)
  return { status: 200, body: answerOf(totals, gatherer, findings) }
}

function answerOf(totals: Totals, gatherer: OrderGatherer, findings: Findings): object {
  return {
    taken: totals.taken,
    duplicates: totals.duplicates,
    nobody: totals.nobody,
    refusedOrders: totals.refusedOrders + gatherer.refusedOrderCount,
    rows: gatherer.rowCount,
    refusedRows: gatherer.refusedRowCount,
    problemCount: findings.problemCount,
    problems: findings.problems,
  }
}
