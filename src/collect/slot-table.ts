/** What was counted of slots, put in order: by slot, by experiment, each variant next to the control. */
import { z } from '../base/schema.js'
import type { ShopFile } from '../catalogue/model.js'
import { controlVariant, type Slot } from '../catalogue/slots.js'
import { changesOf, rateOf } from './slot-changes.js'

interface Counts {
  /** Times that products were given for it. */
  readonly answers: number
  /** Times that it came into somebody's view. */
  readonly views: number
  readonly clicks: number
  /** Orders that came of its clicks. */
  readonly orders: number
  /** What was bought so, in millionths of the shop's currency. */
  readonly revenueMicros: number
}

/** What was counted of one variant of one slot, over all the days that were asked for. */
export interface SlotCounts extends Counts {
  /** A page's own slot has the page's name. */
  readonly slot: string
  /** '' where the slot had none. */
  readonly experiment: string
  /** `control`, or '' without an experiment, is the slot as it is set. */
  readonly variant: string
}

const count = z.number()
const countsFields = {
  answers: count,
  views: count,
  clicks: count,
  orders: count,
  revenue: count.describe('in the shop’s currency'),
  clickRate: count.nullable().describe('clicks per view'),
  orderRate: count.nullable().describe('orders per click'),
}
const changeSchema = z
  .strictObject({ change: count, from: count.nullable(), to: count.nullable() })
  .nullable()
const variantSchema = z.strictObject({
  variant: z.string(),
  share: count.nullable().describe('of the people who see it now; null: nobody does any more'),
  ...countsFields,
  againstControl: z
    .strictObject({ clicks: changeSchema, orders: changeSchema, revenue: changeSchema })
    .nullable()
    .describe(
      'per answer, next to the control: 0.1 is a tenth more; in 19 of 20 cases it is within `from` and `to`',
    ),
})
const experimentSchema = z.strictObject({
  experiment: z.string().nullable().describe('null: without one'),
  isRunning: z.boolean().describe('the slot is filled so now'),
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

const nothing: Counts = { answers: 0, views: 0, clicks: 0, orders: 0, revenueMicros: 0 }

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
  const byVariant = new Map<string, Counts>(
    counted.map((it) => [it.variant === '' ? controlVariant : it.variant, it]),
  )
  const control = byVariant.get(controlVariant) ?? nothing
  const variants = new Set([controlVariant, ...shares.keys(), ...byVariant.keys()])
  return [...variants].map((variant) => {
    const counts = byVariant.get(variant) ?? nothing
    return {
      variant,
      share: shares.get(variant) ?? null,
      ...shownOf(counts),
      againstControl: variant === controlVariant ? null : changesOf(counts, control),
    }
  })
}

const sumOf = (sum: Counts, it: Counts): Counts => ({
  answers: sum.answers + it.answers,
  views: sum.views + it.views,
  clicks: sum.clicks + it.clicks,
  orders: sum.orders + it.orders,
  revenueMicros: sum.revenueMicros + it.revenueMicros,
})

const shownOf = ({ answers, views, clicks, orders, revenueMicros }: Counts) => ({
  answers,
  views,
  clicks,
  orders,
  revenue: revenueMicros / 1e6,
  clickRate: rateOf(clicks, views),
  orderRate: rateOf(orders, clicks),
})
