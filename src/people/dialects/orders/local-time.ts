import type { LocalMoment } from './cells.js'

const hourMs = 3_600_000
/** Hours whose distance from UTC is remembered: asking for one costs microseconds. */
const knownCountMax = 10_000

/** Turns what clocks on a shop's walls say into moments. */
export class LocalTime {
  readonly #format: Intl.DateTimeFormat
  readonly #offsets = new Map<number, number>()

  /** @param timeZone an IANA name; throws a RangeError for any other. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-GB-u-ca-gregory-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    })
  }

  /**
   * Milliseconds since 1970. Of an hour that comes twice in autumn, the first; one that is left out in spring is
   * the hour after it.
   */
  msOf({ year, month, day, hour, minute, second }: LocalMoment): number {
    const asUtc = Date.UTC(year, month - 1, day, hour, minute, second)
    const earlier = asUtc - this.#offsetAt(asUtc - 24 * hourMs)
    const later = asUtc - this.#offsetAt(asUtc + 24 * hourMs)
    if (earlier === later) return earlier
    // The clocks are changed within a day of it: which of the two would show this time?
    const fits = (ms: number): boolean => asUtc - this.#offsetAt(ms) === ms
    return fits(earlier) ? earlier : fits(later) ? later : Math.max(earlier, later)
  }

  /** How far clocks there are ahead of UTC. */
  #offsetAt(ms: number): number {
    const key = Math.floor(ms / (hourMs / 4))
    const known = this.#offsets.get(key)
    if (known !== undefined) return known
    if (this.#offsets.size >= knownCountMax) this.#offsets.clear()
    const parts: Record<string, number> = {}
    const wholeMs = Math.floor(ms / 1_000) * 1_000
    for (const { type, value } of this.#format.formatToParts(wholeMs)) parts[type] = Number(value)
    const { year, month, day, hour, minute, second } = parts as unknown as LocalMoment
    const offset = Date.UTC(year, month - 1, day, hour, minute, second) - wholeMs
    this.#offsets.set(key, offset)
    return offset
  }
}
