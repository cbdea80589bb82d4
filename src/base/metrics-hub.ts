/**
 * Adds up the metrics of all processes in the supervisor.
 *
 * Prometheus takes a counter that went down for a restart, so the sum must not fall when a worker
 * dies: what the dead have counted stays in the sum, while their gauges leave it.
 */
import type { MetricFamily, Metrics, MetricsSnapshot } from './metrics.js'

/** Names one life of one process: never used again for the one that takes its place. */
export type ProcessKey = number | string

/** A report may still be under way when its sender has died, but not behind this many more deaths. */
const rememberedDeadMax = 16

export class MetricsHub {
  readonly #own: Metrics
  readonly #living = new Map<ProcessKey, Float64Array>()
  /** The last to die, oldest first: a late report of theirs still counts, and not twice. */
  readonly #dead = new Map<ProcessKey, Float64Array>()
  /** Counters of all who died before them. */
  readonly #folded: Float64Array
  readonly #waiting = new Set<Waiting>()

  /** @param own the supervisor's metrics: part of the sum, and the layout for all the others. */
  constructor(own: Metrics) {
    this.#own = own
    this.#folded = new Float64Array(own.values.length)
  }

  /**
   * Takes a process's newest snapshot, which replaces the one before.
   * @returns false where it is laid out otherwise than ours (its labels differ) and was not taken.
   */
  receive(process: ProcessKey, snapshot: MetricsSnapshot): boolean {
    if (snapshot.layout !== this.#own.layout) return false
    if (this.#dead.has(process)) this.#dead.set(process, snapshot.values)
    else this.#living.set(process, snapshot.values)
    this.#heard(process)
    return true
  }

  /** The process has died: its counters stay, its gauges go. Harmless for one that never reported. */
  ended(process: ProcessKey): void {
    if (this.#dead.has(process)) return
    this.#dead.set(process, this.#living.get(process) ?? new Float64Array(this.#folded.length))
    this.#living.delete(process)
    this.#heard(process)
    if (this.#dead.size > rememberedDeadMax) this.#foldOldest()
  }

  /** All processes together, the supervisor's own metrics among them. */
  total(): Float64Array {
    const total = this.#folded.slice()
    for (const family of this.#own.families) {
      mergeFamily(family, total, this.#own.values)
      for (const values of this.#living.values()) mergeFamily(family, total, values)
      if (family.type === 'gauge') continue
      for (const values of this.#dead.values()) mergeFamily(family, total, values)
    }
    return total
  }

  /**
   * Asks each living process for its newest numbers and waits for them, so that a scrape misses
   * nothing. One that is too busy to answer in time is left with what it last reported.
   *
   * @param ask sends the process a message; its answer comes in through `receive`.
   */
  refresh(ask: (process: ProcessKey) => void, waitMsMax: number): Promise<void> {
    const pending = new Set(this.#living.keys())
    if (pending.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(waiting), waitMsMax)
      const waiting: Waiting = { pending, timer, resolve }
      this.#waiting.add(waiting)
      for (const process of [...pending]) ask(process)
    })
  }

  #heard(process: ProcessKey): void {
    for (const waiting of this.#waiting) {
      waiting.pending.delete(process)
      if (waiting.pending.size === 0) this.#settle(waiting)
    }
  }

  #settle(waiting: Waiting): void {
    clearTimeout(waiting.timer)
    this.#waiting.delete(waiting)
    waiting.resolve()
  }

  #foldOldest(): void {
    const [process, values] = this.#dead.entries().next().value!
    this.#dead.delete(process)
    for (const family of this.#own.families)
      if (family.type !== 'gauge') mergeFamily(family, this.#folded, values)
  }
}

interface Waiting {
  readonly pending: Set<ProcessKey>
  readonly timer: NodeJS.Timeout
  readonly resolve: () => void
}

/** Merges one family's slots of `values` into `into`. */
function mergeFamily(family: MetricFamily, into: Float64Array, values: Float64Array): void {
  const end = family.firstSlot + family.slotsPerSeries * family.seriesCountMax
  for (let slot = family.firstSlot; slot < end; slot++) {
    if (family.merge === 'add') into[slot]! += values[slot]!
    else into[slot] = Math.max(into[slot]!, values[slot]!)
  }
}
