/** Families whose label values nobody knows at load: shops and campaigns, asked for at each scrape. */
import type { Metrics } from './metrics.js'
import type { CollectedRow, CollectedRows } from './metrics-text.js'
import type { CollectedFamily } from './metrics-vocabulary.js'

/** Gives a family's rows as they stand; not read past the most that a scrape may carry. */
export type Collector = () => Iterable<CollectedRow>

export class Collectors {
  readonly #metrics: Metrics
  readonly #rowsMax: number
  readonly #collectors = new Map<CollectedFamily, Collector>()

  /**
   * @param metrics the process's own, where a cut is counted.
   * @param rowsMax most rows of one family in one scrape; the rest is left out.
   */
  constructor(metrics: Metrics, rowsMax: number) {
    this.#metrics = metrics
    this.#rowsMax = rowsMax
  }

  /** Names who is asked for a family; the last one named is. */
  add(family: CollectedFamily, collector: Collector): void {
    this.#collectors.set(family, collector)
  }

  /** Says what runs: `grosz_build_info`. */
  addBuild(version: string): void {
    const rows = [{ labels: [version, process.version], value: 1 }]
    this.add('buildInfo', () => rows)
  }

  /** Asks everybody. To be called before the metrics are summed, so that a cut is in the sum. */
  collect(): CollectedRows {
    const collected: Partial<Record<CollectedFamily, readonly CollectedRow[]>> = {}
    for (const [family, collector] of this.#collectors) {
      const rows: CollectedRow[] = []
      for (const row of collector()) {
        if (rows.length === this.#rowsMax) {
          this.#metrics.inc(this.#metrics.slots.rowsCut)
          break
        }
        rows.push(row)
      }
      collected[family] = rows
    }
    return collected
  }
}
