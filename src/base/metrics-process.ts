/** What a process says of itself: processor time, memory, and how long its event loop stood still. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from './clock.js'
import { systemClock } from './clock.js'
import type { Metrics } from './metrics.js'
import type { processRoles } from './metrics-vocabulary.js'

export type ProcessRole = (typeof processRoles)[number]

const resolutionMs = 10

/** The vocabulary promises the longest of the last 15 seconds: no stall falls between two scrapes. */
const windowSeconds = 15

export class ProcessMetrics {
  readonly #metrics: Metrics
  readonly #role: ProcessRole
  readonly #clock: Clock
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs })
  /** Longest lag by second, each in the place of the second that has left the window. */
  readonly #lags = new Float64Array(windowSeconds)
  #second: number

  constructor(metrics: Metrics, role: ProcessRole, clock: Clock = systemClock) {
    this.#metrics = metrics
    this.#role = role
    this.#clock = clock
    this.#second = this.#secondNow()
    this.#delay.enable()
  }

  /** Writes the numbers of now. To be called each second, or more often. */
  update(): void {
    const { slots } = this.#metrics
    const cpu = process.cpuUsage()
    this.#metrics.set(slots.processCpu[this.#role], (cpu.user + cpu.system) / 1e6)
    this.#metrics.set(slots.processResidentMemory[this.#role], process.memoryUsage.rss())

    // The histogram holds the time from one turn of its timer to the next, in nanoseconds.
    const lag = this.#delay.max / 1e9 - resolutionMs / 1e3
    this.#delay.reset()
    this.#forget()
    const place = this.#second % windowSeconds
    this.#lags[place] = Math.max(this.#lags[place]!, lag)
    this.#metrics.set(slots.eventLoopLag, Math.max(...this.#lags))
  }

  /** From now on somebody may be kept waiting: what the start took is no lag. */
  started(): void {
    this.#delay.reset()
    this.#lags.fill(0)
  }

  #secondNow(): number {
    return Math.floor(this.#clock.elapsedMs() / 1e3)
  }

  /** Empties the places of the seconds that have begun since the last time. */
  #forget(): void {
    const now = this.#secondNow()
    const first = Math.max(this.#second + 1, now - windowSeconds + 1)
    for (let second = first; second <= now; second++) this.#lags[second % windowSeconds] = 0
    this.#second = now
  }

  stop(): void {
    this.#delay.disable()
  }
}
