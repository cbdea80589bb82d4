/** What slots and their variants brought, as anybody who may read the tables can tell. */
import { controlVariant } from '../../catalogue/slots.js'
import { addCounts, type Counts, countsBetween, noCounts, placementOf } from './counts.js'
import { type ExposureSums, sumsOf } from './exposures.js'
import type { Placement } from './placement.js'
import {
  clickRateDifference,
  clickRateOf,
  evenPeople,
  type Interval,
  type Mean,
  meanDifference,
  meanOf,
} from './statistics.js'
import { keyFrom, type ReportTables } from './tables.js'

export interface ReportDays {
  /** Days of answers in the shop's time zone, as 2026-03-04, both included. */
  readonly from: string
  readonly to: string
  /** null: all. */
  readonly slot: string | null
}

/** Fewer views, or people, tell nothing. */
export const enoughViews = 100
export const enoughPeople = 100
/** Nor do so many where few of them make most of the views (`evenPeople`): of clicks per view. */
const enoughEvenPeople = 30

/** What the people of one variant did since they first saw it; of the last 90 days, whatever days were asked for. */
export interface VariantPeople {
  readonly people: number
  readonly orders: number
  readonly orderValueMicros: number
  /** null where there are no people. */
  readonly ordersPerPerson: number | null
  readonly valueMicrosPerPerson: number | null
  readonly clickRate: number | null
}

/** This variant's less the control's. null: too few to tell. */
export interface AgainstControl {
  /** Of the days' views; how sure one may be is by people, as they and not views were dealt out. */
  readonly clickRate: Interval | null
  /** Of all views of the people below, whatever days were asked for. */
  readonly clickRateByPeople: Interval | null
  readonly ordersPerPerson: Interval | null
  readonly valueMicrosPerPerson: Interval | null
}

export interface VariantReport extends Readonly<Counts> {
  readonly slot: string
  /** '' for answers outside of any experiment: none was on, or the person isn't known or said no. */
  readonly experiment: string
  /** `control` is the slot as it is set. */
  readonly variant: string
  /** Clicks per view; null without views. */
  readonly clickRate: number | null
  /** null outside of an experiment. */
  readonly people: VariantPeople | null
  /** null for the control itself. */
  readonly againstControl: AgainstControl | null
}

/** One row per slot, experiment and variant of which something was counted in these days, in this order. */
export function reportOf(
  tables: ReportTables,
  shopId: string,
  { from, to, slot }: ReportDays,
): VariantReport[] {
  const rows = new Map<number, { placement: Placement; counts: Counts } | null>()
  for (const { placementKey, counts } of countsBetween(tables, shopId, from, to)) {
    let row = rows.get(placementKey)
    if (row === undefined) {
      const placement = placementOf(tables, shopId, placementKey)
      const isAsked = placement !== null && (slot === null || placement.slot === slot)
      row = isAsked ? { placement, counts: noCounts() } : null
      rows.set(placementKey, row)
    }
    if (row !== null) addCounts(row.counts, counts)
  }
  const found = [...rows.values()].filter((it) => it !== null)
  const byName = new Map(found.map((it) => [nameOf(it.placement), it.counts]))
  return found
    .map(({ placement, counts }) => rowOf(tables, shopId, placement, counts, byName))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
}

const nameOf = ({ slot, experiment, variant }: Placement): string =>
  keyFrom(slot, experiment, variant === controlVariant ? '' : variant)

function rowOf(
  tables: ReportTables,
  shopId: string,
  placement: Placement,
  counts: Counts,
  byName: ReadonlyMap<string, Counts>,
): VariantReport {
  const isTried = placement.experiment !== ''
  const sums = isTried ? sumsOf(tables, shopId, placement) : null
  let againstControl: AgainstControl | null = null
  if (sums !== null && placement.variant !== controlVariant) {
    const control = { ...placement, variant: controlVariant }
    const controlCounts = byName.get(nameOf(control)) ?? noCounts()
    againstControl = compared(counts, controlCounts, sums, sumsOf(tables, shopId, control))
  }
  return {
    ...placement,
    ...counts,
    clickRate: perOne(counts.clicks, counts.views),
    people: sums === null ? null : peopleOf(sums),
    againstControl,
  }
}

const perOne = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

const peopleOf = ({ people, orders, valueMicros, clicks, views }: ExposureSums): VariantPeople => ({
  people,
  orders,
  orderValueMicros: valueMicros,
  ordersPerPerson: perOne(orders, people),
  valueMicrosPerPerson: perOne(valueMicros, people),
  clickRate: perOne(clicks, views),
})

function compared(
  counts: Counts,
  controlCounts: Counts,
  sums: ExposureSums,
  controlSums: ExposureSums,
): AgainstControl {
  const hasPeople = sums.people >= enoughPeople && controlSums.people >= enoughPeople
  const hasEven =
    hasPeople && Math.min(evenPeople(sums), evenPeople(controlSums)) >= enoughEvenPeople
  const hasViews = counts.views >= enoughViews && controlCounts.views >= enoughViews
  const ofPeople = (mean: (of: ExposureSums) => Mean | null): Interval | null =>
    meanDifference(mean(sums), mean(controlSums))
  return {
    clickRate:
      hasEven && hasViews ? clickRateDifference(counts, sums, controlCounts, controlSums) : null,
    clickRateByPeople: hasEven ? ofPeople(clickRateOf) : null,
    ordersPerPerson: hasPeople
      ? ofPeople((it) => meanOf(it.people, it.orders, it.ordersOrders))
      : null,
    valueMicrosPerPerson: hasPeople
      ? ofPeople((it) => meanOf(it.people, it.valueMicros, it.valueValue * 1e12))
      : null,
  }
}
