/** What was counted of slots, put in order: by slot, by experiment, each variant next to the control. */
import { z } from '../base/schema.js'
import type { ShopFile } from '../catalogue/model.js'
import { controlVariant, type Slot } from '../catalogue/slots.js'

interface Counts {
  readonly answers: number
  /** Of these, without a product. */
  readonly empty: number
  /** Of these, made for a person. */
  readonly personal: number
  /** Answers that somebody has seen, and those that were clicked in. */
  readonly views: number
  readonly clicks: number
  /** Orders after a click. Amounts are in millionths of the shop's currency. */
  readonly orders: number
  /** What of these orders was clicked before, and what they were worth as a whole. */
  readonly revenueMicros: number
  readonly orderValueMicros: number
}

/** It is within `from` and `to` in 19 of 20 cases. */
export interface Difference {
  readonly difference: number
  readonly from: number
  readonly to: number
}

/** What was counted of one variant of one slot, over all the days that were asked for. */
export interface SlotCounts extends Counts {
  /** A page's own slot has the page's name. */
  readonly slot: string
  /** '' for answers outside of any: none was on, or the person isn't known. */
  readonly experiment: string
  /** `control`, or '' outside of any experiment, is the slot as it is set. */
  readonly variant: string
  /** What people have done since they first saw the variant, of the last 90 days. */
  readonly people: {
    readonly people: number
    readonly orders: number
    readonly orderValueMicros: number
    /** null where there are no people, or none has seen it. */
    readonly ordersPerPerson: number | null
    readonly valueMicrosPerPerson: number | null
    readonly clickRate: number | null
  } | null
  /** The variant's less the control's; null: too few to tell, or it is the control. */
  readonly againstControl: {
    readonly clickRate: Difference | null
    readonly clickRateByPeople: Difference | null
    readonly ordersPerPerson: Difference | null
    readonly valueMicrosPerPerson: Difference | null
  } | null
}

const count = z.number()
const amount = z.number().describe('in the shop’s currency')
const rate = z.number().nullable()
const countsFields = {
  answers: count,
  empty: count.describe('answers without a product'),
  personal: count.describe('answers that were made for a person'),
  views: count.describe('answers that somebody has seen'),
  clicks: count.describe('answers that somebody clicked in'),
  orders: count.describe('within seven days after a click'),
  revenue: amount.describe('what was ordered of what was clicked'),
  orderValue: amount.describe('what these orders were worth as a whole'),
  clickRate: rate.describe('clicks per view'),
}
const differenceSchema = z
  .strictObject({ difference: count, from: count, to: count })
  .nullable()
  .describe('within `from` and `to` in 19 of 20 cases; null: too few to tell')
const variantSchema = z.strictObject({
  variant: z.string(),
  share: rate.describe('of the people who see it now; null: nobody does any more'),
  ...countsFields,
  people: z
    .strictObject({
      count: count,
      orders: count,
      orderValue: amount,
      ordersPerPerson: rate,
      valuePerPerson: rate,
      clickRate: rate,
    })
    .nullable()
    .describe('who saw it first within the last 90 days, and all that they have done since'),
  againstControl: z
    .strictObject({
      clickRate: differenceSchema,
      clickRateByPeople: differenceSchema,
      ordersPerPerson: differenceSchema,
      valuePerPerson: differenceSchema,
    })
    .nullable()
    .describe('the variant’s less the control’s'),
})
const experimentSchema = z.strictObject({
  experiment: z
    .string()
    .nullable()
    .describe('null: outside of any, as none was on or the person isn’t known'),
  isRunning: z.boolean().describe('the slot is set so now'),
  variants: z.array(variantSchema).describe('the control first'),
})

export const slotSchema = z.strictObject({
  slot: z.string(),
  name: z.string(),
  total: z.strictObject(countsFields),
  experiments: z.array(experimentSchema).describe('the running one first'),
})

type SlotRow = z.output<typeof slotSchema>
type ExperimentRow = z.output<typeof experimentSchema>
type VariantRow = z.output<typeof variantSchema>

const nothing: Counts = {
  answers: 0,
  empty: 0,
  personal: 0,
  views: 0,
  clicks: 0,
  orders: 0,
  revenueMicros: 0,
  orderValueMicros: 0,
}

/** Slots that are set, whether anything was counted or not, and others of which something was; by id. */
export function slotsOf(
  { slots }: Pick<ShopFile, 'slots'>,
  counted: readonly SlotCounts[],
  only: string | null,
): SlotRow[] {
  const ids = new Set([...slots.map(({ id }) => id), ...counted.map(({ slot }) => slot)])
  return [...ids]
    .filter((id) => only === null || id === only)
    .sort()
    .map((id) => {
      const set = slots.find((it) => it.id === id)
      const own = counted.filter(({ slot }) => slot === id)
      const total = own.reduce(sumOf, nothing)
      return {
        slot: id,
        name: set?.name ?? '',
        total: shownOf(total),
        experiments: experimentsOf(set?.experiment, own),
      }
    })
}

/** Variants of two experiments are never added up: who sees them was dealt out anew in between. */
function experimentsOf(
  running: Slot['experiment'],
  counted: readonly SlotCounts[],
): ExperimentRow[] {
  const runningId = running?.id ?? ''
  const others = counted.map(({ experiment }) => experiment).filter((id) => id !== runningId)
  return [runningId, ...[...new Set(others)].sort()].map((id) => ({
    experiment: id === '' ? null : id,
    isRunning: id === runningId,
    variants: variantsOf(
      id === runningId ? sharesOf(running) : new Map(),
      counted.filter(({ experiment }) => experiment === id),
    ),
  }))
}

function sharesOf(running: Slot['experiment']): Map<string, number> {
  const variants = running?.variants ?? []
  const rest = 1 - variants.reduce((sum, { share }) => sum + share, 0)
  return new Map([
    [controlVariant, Math.max(Number(rest.toFixed(9)), 0)],
    ...variants.map(({ id, share }) => [id, share] as const),
  ])
}

function variantsOf(
  shares: ReadonlyMap<string, number>,
  counted: readonly SlotCounts[],
): VariantRow[] {
  const byVariant = new Map(
    counted.map((it) => [it.variant === '' ? controlVariant : it.variant, it]),
  )
  const variants = new Set([controlVariant, ...shares.keys(), ...byVariant.keys()])
  return [...variants].map((variant) => {
    const counts = byVariant.get(variant)
    return {
      variant,
      share: shares.get(variant) ?? null,
      ...shownOf(counts ?? nothing),
      people: peopleOf(counts?.people ?? null),
      againstControl: againstOf(counts?.againstControl ?? null),
    }
  })
}

function sumOf(sum: Counts, it: Counts): Counts {
  const names = Object.keys(nothing) as (keyof Counts)[]
  return { ...sum, ...Object.fromEntries(names.map((name) => [name, sum[name] + it[name]])) }
}

function shownOf({ revenueMicros, orderValueMicros, ...it }: Counts): SlotRow['total'] {
  const { answers, empty, personal, views, clicks, orders } = it
  return {
    ...{ answers, empty, personal, views, clicks, orders },
    revenue: revenueMicros / 1e6,
    orderValue: orderValueMicros / 1e6,
    clickRate: views === 0 ? null : rounded(clicks / views),
  }
}

function peopleOf(it: SlotCounts['people']): VariantRow['people'] {
  if (it === null) return null
  return {
    count: it.people,
    orders: it.orders,
    orderValue: it.orderValueMicros / 1e6,
    ordersPerPerson: roundedOf(it.ordersPerPerson),
    valuePerPerson: roundedOf(it.valueMicrosPerPerson, 1e6),
    clickRate: roundedOf(it.clickRate),
  }
}

function againstOf(it: SlotCounts['againstControl']): VariantRow['againstControl'] {
  if (it === null) return null
  return {
    clickRate: differenceOf(it.clickRate),
    clickRateByPeople: differenceOf(it.clickRateByPeople),
    ordersPerPerson: differenceOf(it.ordersPerPerson),
    valuePerPerson: differenceOf(it.valueMicrosPerPerson, 1e6),
  }
}

function differenceOf(it: Difference | null, divisor = 1): Difference | null {
  if (it === null) return null
  const { difference, from, to } = it
  return {
    difference: rounded(difference / divisor),
    from: rounded(from / divisor),
    to: rounded(to / divisor),
  }
}

const roundedOf = (value: number | null, divisor = 1): number | null =>
  value === null ? null : rounded(value / divisor)

/** What differs after that is told by nobody. */
const rounded = (value: number): number => Number(value.toFixed(6))
