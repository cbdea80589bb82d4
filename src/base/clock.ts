/** Where time comes from, so that tests can hold it in their hands. */
export interface Clock {
  /** Milliseconds since 1970, for what is stored, sent or compared with another machine. */
  nowMs(): number
  /** Milliseconds since some start, never going back, for durations and deadlines. */
  elapsedMs(): number
}

export const systemClock: Clock = {
  nowMs: Date.now,
  elapsedMs: () => performance.now(),
}

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  #ms: number
  constructor(startMs = 1_700_000_000_000) {
    this.#ms = startMs
  }
  nowMs(): number {
    return this.#ms
  }
  elapsedMs(): number {
    return this.#ms
  }
  advance(ms: number): void {
    this.#ms += ms
  }
}
