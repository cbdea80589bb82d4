const hourMs = 3_600_000

/**
 * Which day it is in one time zone, as `YYYY-MM-DD`.
 *
 * Asks the calendar only when the day that it knows is over, so that a day of 23 or 25 hours, or one that
 * starts at 01:00, costs nothing special.
 */
export class DayClock {
  readonly #format: Intl.DateTimeFormat
  #key = ''
  #fromMs = 0
  #untilMs = 0

  /** @param timeZone an IANA name, e.g. `Europe/Warsaw`; throws a RangeError for any other. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-GB-u-ca-gregory-nu-latn', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    })
  }

  keyAt(nowMs: number): string {
    if (nowMs < this.#fromMs || nowMs >= this.#untilMs) this.#find(nowMs)
    return this.#key
  }

  /** When the day that was last asked for ends, in milliseconds since 1970; 0 before that. */
  get untilMs(): number {
    return this.#untilMs
  }

  #find(nowMs: number): void {
    const key = this.#keyOf(nowMs)
    let within = nowMs
    let after = nowMs + hourMs
    while (this.#keyOf(after) === key) {
      within = after
      after += hourMs
    }
    while (after - within > 1) {
      const middle = Math.floor((within + after) / 2)
      if (this.#keyOf(middle) === key) within = middle
      else after = middle
    }
    this.#key = key
    this.#fromMs = nowMs
    this.#untilMs = after
  }

  #keyOf(ms: number): string {
    let year = ''
    let month = ''
    let day = ''
    for (const part of this.#format.formatToParts(ms)) {
      if (part.type === 'year') year = part.value
      else if (part.type === 'month') month = part.value
      else if (part.type === 'day') day = part.value
    }
    return `${year}-${month}-${day}`
  }
}

/** One clock per time zone, shared by its accounts. */
export class DayClocks {
  readonly #byTimeZone = new Map<string, DayClock>()
  #turnAtMs = 0

  forZone(timeZone: string): DayClock {
    let clock = this.#byTimeZone.get(timeZone)
    if (clock === undefined) {
      clock = new DayClock(timeZone)
      this.#byTimeZone.set(timeZone, clock)
      this.#turnAtMs = 0
    }
    return clock
  }

  /** Whether a day may have ended somewhere since this last said so. */
  haveTurned(nowMs: number): boolean {
    if (nowMs < this.#turnAtMs) return false
    this.#turnAtMs = Number.POSITIVE_INFINITY
    for (const clock of this.#byTimeZone.values()) {
      clock.keyAt(nowMs)
      this.#turnAtMs = Math.min(this.#turnAtMs, clock.untilMs)
    }
    return true
  }
}

/**
 * Whether `today` ends the day that an account is in.
 *
 * Days only go forward, as a clock that steps back, a change of time zone or a night with an hour twice
 * would otherwise hand out a daily budget again. Three days ahead is no such thing but a clock that was
 * wrong: that is put right, or the account would wait for years.
 */
export function isNewDay(known: string, today: string): boolean {
  if (today === known) return false
  if (today > known) return true
  return Date.parse(known) - Date.parse(today) > 72 * hourMs
}
