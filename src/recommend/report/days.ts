/** No zone's offset is finer than this, and no day begins in between. */
const stepMs = 900_000
const keptMax = 10_000

/** Which day a moment falls on in a time zone, as 2026-03-04. */
export class Days {
  readonly #formats = new Map<string, Intl.DateTimeFormat>()
  /** By zone and quarter of an hour; all are let go where there are too many. */
  readonly #known = new Map<string, string>()

  /** @param timeZone an IANA name. */
  of(timeZone: string, ms: number): string {
    const key = `${Math.floor(ms / stepMs)} ${timeZone}`
    let day = this.#known.get(key)
    if (day === undefined) {
      if (this.#known.size >= keptMax) this.#known.clear()
      day = this.#formatOf(timeZone).format(ms)
      this.#known.set(key, day)
    }
    return day
  }

  #formatOf(timeZone: string): Intl.DateTimeFormat {
    let format = this.#formats.get(timeZone)
    if (format === undefined) {
      // Canada writes dates as ISO does.
      format = new Intl.DateTimeFormat('en-CA-u-ca-gregory-nu-latn', {
        timeZone,
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
      })
      this.#formats.set(timeZone, format)
    }
    return format
  }
}
