/**
 * Numbers for the operator. A process keeps all of them in one Float64Array; what is counted is a
 * place in it, a slot, worked out once at load. So the hot path only adds numbers: no label
 * objects, no strings, nothing allocated.
 *
 * All processes of one Grosz are built from the same labels, so that their arrays can be added up
 * slot by slot (metrics-hub.ts) and written out once (metrics-text.ts).
 */
import { assert } from './assert.js'
import { keyOf } from './key.js'
import type { MetricDefinition, MetricLabels, MetricType } from './metrics-vocabulary.js'
import { exchangeCountMax, vocabulary } from './metrics-vocabulary.js'

/**
 * A family's slots: one number; an object by label value where the vocabulary names the values
 * (`slots.notices.win`); an array by index where they come from outside (`slots.noBids[code]`).
 */
type SlotsOf<D> = D extends { readonly values: readonly (infer Value extends string)[] }
  ? { readonly [V in Value]: number }
  : D extends { readonly from: string }
    ? readonly number[]
    : number

export type MetricSlots = {
  readonly [F in keyof typeof vocabulary]: SlotsOf<(typeof vocabulary)[F]>
}

/** One family as laid out in the array: series `i` begins at `firstSlot + i * slotsPerSeries`. */
export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: MetricType
  /** How the slots of several processes make one. */
  readonly merge: 'add' | 'max'
  /** '' for a family of one series. */
  readonly label: string
  /** One for each series; `['']` for a family of one. */
  readonly labelValues: readonly string[]
  /** How many there is room for: as many as there are, but exchanges may still come. */
  readonly seriesCountMax: number
  readonly firstSlot: number
  readonly slotsPerSeries: number
  /** A histogram's bucket ends in seconds: a slot each, then one above all, then the sum. */
  readonly bounds: readonly number[]
}

/** What one process has counted so far, as it travels to the supervisor. */
export interface MetricsSnapshot {
  /** Equal for processes that were built from the same labels in the same order, exchanges apart. */
  readonly layout: number
  readonly values: Float64Array
}

export class Metrics {
  readonly slots: MetricSlots
  readonly values: Float64Array
  readonly families: readonly MetricFamily[]
  readonly layout: number
  /** A histogram's bounds under each of its first slots. */
  readonly #bounds: readonly (readonly number[])[]
  /** Label values of the families by exchange, as they were named. */
  readonly #exchanges: string[]

  constructor(slots: MetricSlots, families: readonly MetricFamily[], exchanges: string[]) {
    this.slots = slots
    this.families = families
    this.#exchanges = exchanges
    const last = families.at(-1)!
    this.values = new Float64Array(last.firstSlot + last.slotsPerSeries * last.seriesCountMax)
    const room = families.map((it) =>
      it.labelValues === exchanges ? { ...it, labelValues: [] } : it,
    )
    this.layout = keyOf(JSON.stringify(room))
    this.#bounds = boundsBySlot(families, this.values.length)
  }

  /**
   * Gives exchanges that have come a place behind those that were there: no place is ever given to
   * another one, so that what is counted under way is counted where it belongs.
   *
   * @param names all that there ever were, in the order in which they came; the same in all processes.
   */
  nameExchanges(names: readonly string[]): void {
    assert(names.length <= exchangeCountMax, `metrics have room for ${exchangeCountMax} exchanges`)
    for (const [place, name] of names.entries()) {
      assert(
        place >= this.#exchanges.length || this.#exchanges[place] === name,
        `${name} has moved`,
      )
      this.#exchanges[place] = name
    }
  }

  /** Place of an exchange's slots in `slots.bidRequests` and its like. */
  exchangePlace(name: string): number {
    const place = this.#exchanges.indexOf(name)
    assert(place >= 0, `metrics have no place for the exchange ${name}`)
    return place
  }

  inc(slot: number): void {
    this.values[slot]! += 1
  }

  /** Adds to a counter. Sums of nanos stay exact up to 2^53: 9.0 million currency units. */
  add(slot: number, amount: number): void {
    this.values[slot]! += amount
  }

  /** Sets a gauge, or a counter that somebody else counts and that never goes down. */
  set(slot: number, value: number): void {
    this.values[slot] = value
  }

  /** Counts one duration in a histogram; a bucket holds what is at most its bound. */
  observe(slot: number, seconds: number): void {
    const bounds = this.#bounds[slot]!
    const count = bounds.length
    let bucket = 0
    while (bucket < count && seconds > bounds[bucket]!) bucket++
    this.values[slot + bucket]! += 1
    this.values[slot + count + 1]! += seconds
  }

  /** A copy of all that was counted so far. */
  snapshot(): MetricsSnapshot {
    return { layout: this.layout, values: this.values.slice() }
  }
}

/** Lays the vocabulary out for these labels. Label values must be distinct within their list. */
export function createMetrics(labels: MetricLabels): Metrics {
  const families: MetricFamily[] = []
  const slots: Record<string, number | readonly number[] | Readonly<Record<string, number>>> = {}
  const exchanges = [...labels.exchanges]
  let firstSlot = 0
  for (const [key, definition] of Object.entries<MetricDefinition>(vocabulary)) {
    const family = layOut(definition, { ...labels, exchanges }, firstSlot)
    const { labelValues, seriesCountMax, slotsPerSeries } = family
    const slotOf = Array.from(
      { length: seriesCountMax },
      (_, series) => family.firstSlot + series * slotsPerSeries,
    )
    if (definition.label === undefined) slots[key] = firstSlot
    else if (definition.from !== undefined) slots[key] = slotOf
    else slots[key] = Object.fromEntries(labelValues.map((value, i) => [value, slotOf[i]!]))
    families.push(family)
    firstSlot += seriesCountMax * slotsPerSeries
  }
  // The loop has just made exactly what MetricSlots says of each definition.
  return new Metrics(slots as unknown as MetricSlots, families, exchanges)
}

function layOut(
  definition: MetricDefinition,
  labels: MetricLabels,
  firstSlot: number,
): MetricFamily {
  const { name, help, type, label = '', merge = 'add', bounds = [] } = definition
  const fromOutside = definition.from === undefined ? undefined : labels[definition.from]
  const labelValues = definition.values ?? fromOutside ?? ['']
  assert(new Set(labelValues).size === labelValues.length, `${name}: a label value comes twice`)
  const slotsPerSeries = type === 'histogram' ? bounds.length + 2 : 1
  const seriesCountMax = definition.from === 'exchanges' ? exchangeCountMax : labelValues.length
  const place = { firstSlot, slotsPerSeries, seriesCountMax }
  return { name, help, type, merge, label, labelValues, ...place, bounds }
}

function boundsBySlot(
  families: readonly MetricFamily[],
  slotCount: number,
): readonly (readonly number[])[] {
  const none: readonly number[] = []
  const bySlot = new Array<readonly number[]>(slotCount).fill(none)
  for (const family of families)
    for (let series = 0; series < family.seriesCountMax; series++)
      bySlot[family.firstSlot + series * family.slotsPerSeries] = family.bounds
  return bySlot
}
