import type { LiveSessions } from './live-sessions.js'
import type { SessionIndexParts } from './session-index.js'

/**
 * All sessions of a shop by number: those of the index, and from `parts.sessionCount` on the live ones, by place.
 * A greater number is a newer session, among the live ones by and large.
 */
export class History {
  readonly parts: SessionIndexParts
  readonly live: LiveSessions | null
  /** Of the session that was read last: its products are `items[start]` to `items[end - 1]`. */
  items: Int32Array
  start = 0
  end = 0
  /** Nobody wants it; but compilers leave out what leads to nothing. */
  fetched = 0

  constructor(parts: SessionIndexParts, live: LiveSessions | null = null) {
    this.parts = parts
    this.live = live
    this.items = parts.items
  }

  /** Numbers of sessions are below it. */
  get sessionCount(): number {
    return this.parts.sessionCount + (this.live?.capacity ?? 0)
  }

  /** Numbers of products in the index or in live sessions are below it. */
  get itemCount(): number {
    return Math.max(this.parts.itemCount, this.live?.heads.length ?? 0)
  }

  /**
   * Has memory fetch sessions that are to be read soon. They are all over it, and waiting for one takes longer than
   * all that is done with it: in a loop as short as this a processor waits for many at once.
   *
   * @param places of them in `sessions`, `count`; null: the first ones.
   */
  fetch(sessions: Int32Array, places: Int32Array | null, count: number): void {
    const { items, starts, sessionCount } = this.parts
    let sum = 0
    for (let i = 0; i < count; i++) {
      const session = sessions[places === null ? i : places[i]!]!
      if (session < sessionCount) sum ^= items[starts[session]!]!
    }
    this.fetched = sum
  }

  read(session: number): void {
    const { parts, live } = this
    if (session < parts.sessionCount) {
      this.items = parts.items
      this.start = parts.starts[session]!
      this.end = parts.starts[session + 1]!
    } else {
      const place = session - parts.sessionCount
      this.items = live!.items
      this.start = place * live!.lengthMax
      this.end = this.start + live!.lengths[place]!
    }
  }

  /**
   * Writes the numbers of the live sessions with a product, newest first, into `out` from `at` on.
   *
   * @returns how many there are, at most `countMax`.
   */
  liveOf(item: number, countMax: number, out: Int32Array, at: number): number {
    const { live, parts } = this
    if (live === null || item >= live.heads.length) return 0
    let count = 0
    for (let look = live.heads[item]!; look >= 0 && count < countMax; look = live.older[look]!)
      out[at + count++] = parts.sessionCount + Math.trunc(look / live.lengthMax)
    return count
  }

  /** 0 (newest) to 1, as a share of the time that the index spans; live ones are as new as can be. */
  ageOf(session: number): number {
    const { parts } = this
    return session < parts.sessionCount ? parts.blockAges[session >> parts.blockBits]! : 0
  }
}
