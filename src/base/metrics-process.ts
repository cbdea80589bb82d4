/** What a process says of itself: processor time, memory, and how long its event loop stood still. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Metrics } from './metrics.js'
import type { processRoles } from './metrics-vocabulary.js'

export type ProcessRole = (typeof processRoles)[number]

const resolutionMs = 10

/** The vocabulary promises the longest of the last 15 seconds: no stall falls between two scrapes. */
const windowSeconds = 15

export class ProcessMetrics {
  readonly #metrics: Metrics
  readonly #role: ProcessRole
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs })
  readonly #lags = new Float64Array(windowSeconds)
  #second = 0

  constructor(metrics: Metrics, role: ProcessRole) {
    this.#metrics = metrics
    this.#role = role
    this.#delay.enable()
  }

  /** Writes the numbers of now. To be called once a second: a worker does before each report. */
  update(): void {
    const { slots } = this.#metrics
    const cpu = process.cpuUsage()
    this.#metrics.set(slots.processCpu[this.#role], (cpu.user + cpu.system) / 1e6)
    this.#metrics.set(slots.processResidentMemory[this.#role], process.memoryUsage.rss())

    // The histogram holds the time from one turn of its timer to the next, in nanoseconds.
    const lag = this.#delay.max / 1e9 - resolutionMs / 1e3
    this.#delay.reset()
    this.#lags[this.#second++ % windowSeconds] = Math.max(0, lag)
    this.#metrics.set(slots.eventLoopLag, Math.max(...this.#lags))
  }

  stop(): void {
    this.#delay.disable()
  }
}
