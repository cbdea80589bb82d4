/** Structured logs: one JSON object a line on standard error. The only file that knows pino. */
import { pino } from 'pino'

export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/**
 * @param program which process speaks, e.g. `bidder-1`.
 * @param level   least that is written: `debug`, `info`, `warn`, `error`, `silent`.
 */
export function openLog(program: string, level: string): Log {
  return pino(
    {
      level,
      base: { program, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: true }),
  )
}

/** Passes a repeated complaint on at most once a period, with how often it came in between. */
export class Throttled {
  readonly #periodMs: number
  #quietUntilMs = 0
  #held = 0
  constructor(periodMs = 10_000) {
    this.#periodMs = periodMs
  }

  /** @returns how many were held back since the last time, or -1 where this one is to be held too. */
  due(nowMs: number): number {
    if (nowMs < this.#quietUntilMs) {
      this.#held++
      return -1
    }
    this.#quietUntilMs = nowMs + this.#periodMs
    const held = this.#held
    this.#held = 0
    return held
  }
}
