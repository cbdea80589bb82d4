/** What a shop's recommendations brought, by slot and by variant of its experiment. */
import type { Clock } from '../base/clock.js'
import { z } from '../base/schema.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import { DayClocks } from '../ledger/day.js'
import type { Answer, Call, Endpoint } from './endpoint.js'
import { refusal } from './endpoint.js'
import { readers } from './items.js'
import { type SlotCounts, slotSchema, slotsOf } from './slot-table.js'

export interface SlotDays {
  /** The first and the last day, as `YYYY-MM-DD` in the shop's time zone. */
  readonly from: string
  readonly to: string
  /** null: all slots. */
  readonly slot: string | null
}

/** Tells what was counted; each slot, experiment and variant comes once, those without any needn't. */
export interface SlotReports {
  report(shopId: string, days: SlotDays): readonly SlotCounts[] | Promise<readonly SlotCounts[]>
}

export interface SlotReportOptions {
  readonly directory: ShopDirectory
  readonly reports: SlotReports
  readonly clock: Clock
}

/** Longest time that a report is made of. */
const dayCountMax = 400
const dayCountDefault = 28
const dayMs = 86_400_000

const day = z.string().refine(isDay, { message: 'must be a day, as in 2026-03-31' })
/** The days that are asked for; see `reportDaysOf`. */
export const reportDaysQuery = z.strictObject({
  from: day.optional().describe('The first day; 28 days up to the last where it is missing.'),
  to: day.optional().describe('The last day, in the shop’s time zone; today where it is missing.'),
})

const head = { from: z.string(), to: z.string(), timeZone: z.string(), currency: z.string() }
const reportSchema = z.strictObject({ ...head, slots: z.array(slotSchema) })
const oneSchema = z.strictObject({ ...head, ...slotSchema.shape })

export function slotReportEndpoints(options: SlotReportOptions): Endpoint[] {
  const days = new DayClocks()
  const common = { method: 'GET', tag: 'slots', access: readers, query: reportDaysQuery } as const
  return [
    {
      ...common,
      path: '/v1/slots/report',
      operationId: 'getSlotsReport',
      summary: 'What each slot brought: views, clicks, orders, revenue, by variant.',
      body: { kind: 'none' },
      responses: { 200: { description: 'All slots, by id.', schema: reportSchema } },
      handle: (call) => report(call, null, options, days),
    },
    {
      ...common,
      path: '/v1/slots/{slot}/report',
      operationId: 'getSlotReport',
      summary: 'What a slot brought, by variant, against its control.',
      body: { kind: 'none' },
      responses: {
        200: { description: 'Of this slot.', schema: oneSchema },
        404: { description: 'No such slot is set, and nothing was counted of one.' },
      },
      handle: (call) => report(call, call.params['slot'] ?? '', options, days),
    },
  ]
}

async function report(
  call: Call,
  slot: string | null,
  { directory, reports, clock }: SlotReportOptions,
  days: DayClocks,
): Promise<Answer> {
  const file = directory.get(call.shopId)
  if (file === null) return refusal(404, 'shop: is unknown')
  const { timeZone, currency } = file.shop
  const asking = reportDaysOf(call, days.forZone(timeZone).keyAt(clock.nowMs()))
  if ('status' in asking) return asking
  const { from, to } = asking
  const counted = await reports.report(call.shopId, { from, to, slot })
  const slots = slotsOf(file, counted, slot)
  const asked = { from, to, timeZone, currency }
  const headers = { 'Cache-Control': 'no-store' }
  if (slot === null) return { status: 200, body: { ...asked, slots }, headers }
  const [one] = slots
  if (one === undefined)
    return refusal(404, 'slot: is not set, and nothing was counted of it in these days')
  return { status: 200, body: { ...asked, ...one }, headers }
}

/** The first and the last day that are asked for, or what is wrong with them. */
export function reportDaysOf(
  { query }: Pick<Call, 'query'>,
  today: string,
): { readonly from: string; readonly to: string } | Answer {
  const { to = today } = query
  const { from = plusDays(to, 1 - dayCountDefault) } = query
  const reason = faultOf(from, to)
  if (reason === '') return { from, to }
  return refusal(400, 'query: is not as it must be', [{ where: 'query.from', reason }])
}

function faultOf(from: string, to: string): string {
  if (from > to) return `must not be after to, ${to}`
  const dayCount = (Date.parse(to) - Date.parse(from)) / dayMs + 1
  return dayCount <= dayCountMax ? '' : `must be less than ${dayCountMax} days before to, ${to}`
}

function isDay(text: string): boolean {
  if (!/^20\d\d-\d\d-\d\d$/.test(text)) return false
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}

function plusDays(text: string, dayCount: number): string {
  return new Date(Date.parse(text) + dayCount * dayMs).toISOString().slice(0, 10)
}
