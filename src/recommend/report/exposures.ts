/**
 * Who has been shown which variant of an experiment since when, and what they did since: so that people can be
 * compared, and not only pages, of which some people look at very many. The sums of each variant are kept along.
 */
import type { ExperimentShare } from './counted-order.js'
import type { Placement } from './placement.js'
import { getJson, jsonBytes, keyFrom, keysUnder, partOf, type ReportTables } from './tables.js'

export interface Exposure {
  /** The one that they saw first; what comes of another, as in another browser of theirs, counts for none. */
  readonly variant: string
  readonly firstAtSeconds: number
  readonly views: number
  readonly clicks: number
  readonly orders: number
  readonly valueMicros: number
}

/** Sums over the people of one variant; squares and products for how sure one may be. */
export interface ExposureSums {
  people: number
  views: number
  clicks: number
  orders: number
  valueMicros: number
  viewsViews: number
  clicksClicks: number
  viewsClicks: number
  ordersOrders: number
  /** In units, not millionths, as is its square. */
  valueValue: number
}

export const noSums = (): ExposureSums => ({
  people: 0,
  views: 0,
  clicks: 0,
  orders: 0,
  valueMicros: 0,
  viewsViews: 0,
  clicksClicks: 0,
  viewsClicks: 0,
  ordersOrders: 0,
  valueValue: 0,
})

/** @param sign -1 takes it off. */
export function addToSums(sums: ExposureSums, it: Exposure, sign: 1 | -1): void {
  const value = it.valueMicros / 1_000_000
  sums.people += sign
  sums.views += sign * it.views
  sums.clicks += sign * it.clicks
  sums.orders += sign * it.orders
  sums.valueMicros += sign * it.valueMicros
  sums.viewsViews += sign * it.views * it.views
  sums.clicksClicks += sign * it.clicks * it.clicks
  sums.viewsClicks += sign * it.views * it.clicks
  sums.ordersOrders += sign * it.orders * it.orders
  sums.valueValue += sign * value * value
}

const keyIn = (shopId: string, personKey: number, slot: string, experiment: string): string =>
  keyFrom(shopId, partOf(personKey), slot, experiment)

/** Within a transaction: they were shown it. */
export function expose(
  tables: ReportTables,
  shopId: string,
  personKey: number,
  { slot, experiment, variant }: Placement,
  atSeconds: number,
): void {
  const key = keyIn(shopId, personKey, slot, experiment)
  if (tables.get('exposures', key) !== undefined) return
  const nothing = { views: 0, clicks: 0, orders: 0, valueMicros: 0 }
  put(tables, key, null, { variant, firstAtSeconds: atSeconds, ...nothing })
}

/** Within a transaction: they looked at or clicked in it. Nothing where they were never shown it. */
export function addToExposure(
  tables: ReportTables,
  shopId: string,
  personKey: number,
  { slot, experiment, variant }: Placement,
  more: { readonly views: number; readonly clicks: number },
): void {
  const key = keyIn(shopId, personKey, slot, experiment)
  const known = getJson<Exposure>(tables, 'exposures', key)
  if (known === null || known.variant !== variant) return
  const { views, clicks } = known
  put(tables, key, known, { ...known, views: views + more.views, clicks: clicks + more.clicks })
}

/**
 * Within a transaction: they ordered. It counts for each experiment that they were shown before.
 *
 * @param isNew whether the order doesn't count for this slot's experiment yet; from now on it does.
 */
export function addOrder(
  tables: ReportTables,
  shopId: string,
  personKey: number,
  atSeconds: number,
  valueMicros: number,
  isNew: (slot: string, experiment: string) => boolean,
): void {
  for (const [key, known] of exposuresOf(tables, shopId, personKey)) {
    const [, , slot = '', experiment = ''] = key.split('\0')
    if (known.firstAtSeconds > atSeconds || !isNew(slot, experiment)) continue
    const orders = known.orders + 1
    put(tables, key, known, { ...known, orders, valueMicros: known.valueMicros + valueMicros })
  }
}

/**
 * Within a transaction: something of an order came back that counts for a person's experiment. Nothing where they
 * were forgotten, or what they were shown before the order was.
 *
 * @param less orders and millionths, 0 or below.
 */
export function takeOffOrder(
  tables: ReportTables,
  shopId: string,
  { atSeconds, personKey, slot, experiment }: ExperimentShare,
  less: { readonly orders: number; readonly valueMicros: number },
): void {
  const key = keyIn(shopId, personKey, slot, experiment)
  const known = getJson<Exposure>(tables, 'exposures', key)
  if (known === null || known.firstAtSeconds > atSeconds) return
  const orders = known.orders + less.orders
  put(tables, key, known, { ...known, orders, valueMicros: known.valueMicros + less.valueMicros })
}

/** Within a transaction: two turned out to be one. What both were shown counts for what was seen first. */
export function joinExposures(
  tables: ReportTables,
  shopId: string,
  fromKey: number,
  toKey: number,
): void {
  for (const [key, gone] of exposuresOf(tables, shopId, fromKey)) {
    const [, , slot = '', experiment = ''] = key.split('\0')
    const ownKey = keyIn(shopId, toKey, slot, experiment)
    const own = getJson<Exposure>(tables, 'exposures', ownKey)
    put(tables, key, gone, null)
    put(tables, ownKey, own, own === null ? gone : joined(own, gone))
  }
}

function joined(a: Exposure, b: Exposure): Exposure {
  const [first, second] = a.firstAtSeconds <= b.firstAtSeconds ? [a, b] : [b, a]
  // Pages of the variant that doesn't count are left out; orders are the person's.
  const isSame = first.variant === second.variant
  return {
    ...first,
    views: first.views + (isSame ? second.views : 0),
    clicks: first.clicks + (isSame ? second.clicks : 0),
    orders: first.orders + second.orders,
    valueMicros: first.valueMicros + second.valueMicros,
  }
}

export function forgetExposures(tables: ReportTables, shopId: string, personKey: number): void {
  for (const [key, known] of exposuresOf(tables, shopId, personKey)) put(tables, key, known, null)
}

/** Within a transaction. @param key of an entry of `exposures`. */
export function removeExposure(tables: ReportTables, key: string): void {
  put(tables, key, getJson<Exposure>(tables, 'exposures', key), null)
}

function exposuresOf(
  tables: ReportTables,
  shopId: string,
  personKey: number,
): [string, Exposure][] {
  const { from, end } = keysUnder(shopId, partOf(personKey))
  return Array.from(tables.range('exposures', from, end), ({ key, value }) => [
    key,
    JSON.parse(value.toString()) as Exposure,
  ])
}

/** Puts one in another's place, and the sums right. */
function put(
  tables: ReportTables,
  key: string,
  before: Exposure | null,
  after: Exposure | null,
): void {
  const [shopId = '', , slot = '', experiment = ''] = key.split('\0')
  if (before !== null) addSums(tables, shopId, slot, experiment, before, -1)
  if (after === null) {
    tables.remove('exposures', key)
    return
  }
  addSums(tables, shopId, slot, experiment, after, 1)
  tables.put('exposures', key, jsonBytes(after))
}

function addSums(
  tables: ReportTables,
  shopId: string,
  slot: string,
  experiment: string,
  exposure: Exposure,
  sign: 1 | -1,
): void {
  const sums = sumsOf(tables, shopId, { slot, experiment, variant: exposure.variant })
  addToSums(sums, exposure, sign)
  const key = keyFrom(shopId, slot, experiment, exposure.variant)
  // What is left of squares of fractions after the last one is gone is nothing.
  if (sums.people === 0) tables.remove('experiments', key)
  else tables.put('experiments', key, jsonBytes(sums))
}

export const sumsOf = (
  tables: ReportTables,
  shopId: string,
  { slot, experiment, variant }: Placement,
): ExposureSums =>
  getJson<ExposureSums>(tables, 'experiments', keyFrom(shopId, slot, experiment, variant)) ??
  noSums()
