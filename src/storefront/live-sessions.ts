/**
 * What people are looking at right now, as their pages' requests say: known to the next request before the tag's
 * event has gone through the books. In memory alone; what is lost with it comes again as events.
 */
import type { ProductAt } from '../profiles/slice.js'

export const liveSessionMs = 1_800_000
/** The rest is in the person's slice by then. */
const productCountMax = 12
const removedAtOnceMax = 64

interface LiveSession {
  /** '' where the person wasn't known yet. */
  personId: string
  lastAtMs: number
  /** Newest first, each once. */
  viewed: readonly ProductAt[]
}

export interface LiveSessionsOptions {
  readonly peopleMax: number
  /** Somebody was forgotten before their time, as there were as many as may be. */
  onDropped(): void
}

export class LiveSessions {
  readonly #options: LiveSessionsOptions
  /** By shop and identifier; whoever looked at something last stands last. */
  readonly #sessions = new Map<string, LiveSession>()

  constructor(options: LiveSessionsOptions) {
    this.#options = options
  }

  /** Some of them may be over. */
  get count(): number {
    return this.#sessions.size
  }

  note(shopId: string, identifier: string, personId: string, product: string, nowMs: number): void {
    const key = keyOf(shopId, identifier)
    const known = this.#sessions.get(key)
    const session = known ?? { personId, lastAtMs: nowMs, viewed: [] }
    const before = nowMs - session.lastAtMs > liveSessionMs ? [] : session.viewed
    const viewed: ProductAt[] = [{ product, atMs: nowMs }]
    for (const it of before)
      if (it.product !== product && viewed.length < productCountMax) viewed.push(it)
    if (personId !== '') session.personId = personId
    session.lastAtMs = nowMs
    session.viewed = viewed
    if (known !== undefined) this.#sessions.delete(key)
    else this.#makeRoom(nowMs)
    this.#sessions.set(key, session)
  }

  /** What the person looked at in this visit, newest first, each once; at most 12. */
  viewed(shopId: string, identifier: string, nowMs: number): readonly ProductAt[] {
    const session = this.#sessions.get(keyOf(shopId, identifier))
    return session === undefined || nowMs - session.lastAtMs > liveSessionMs ? [] : session.viewed
  }

  /** Goes through all: for erasures, which are rare. */
  forget(shopId: string, isTheirs: (personId: string) => boolean): void {
    const prefix = keyOf(shopId, '')
    for (const [key, { personId }] of this.#sessions)
      if (personId !== '' && key.startsWith(prefix) && isTheirs(personId))
        this.#sessions.delete(key)
  }

  /** Those that are over go first, some at a time, and without a word. */
  #makeRoom(nowMs: number): void {
    let left = removedAtOnceMax
    for (const [key, { lastAtMs }] of this.#sessions) {
      const isOver = nowMs - lastAtMs > liveSessionMs
      if (left-- === 0 || (!isOver && this.#sessions.size < this.#options.peopleMax)) return
      this.#sessions.delete(key)
      if (!isOver) this.#options.onDropped()
    }
  }
}

const keyOf = (shopId: string, identifier: string): string => `${shopId}\0${identifier}`

/** Two lists, newest first, as one in which each product stands once, by when it was looked at last. */
export function mergeViewed(
  live: readonly ProductAt[],
  kept: readonly ProductAt[],
  countMax: number,
): readonly ProductAt[] {
  if (live.length === 0) return kept
  if (kept.length === 0) return live
  const merged: ProductAt[] = []
  const seen = new Set<string>()
  for (let l = 0, k = 0; merged.length < countMax && (l < live.length || k < kept.length); ) {
    const isLive = k === kept.length || (l < live.length && live[l]!.atMs >= kept[k]!.atMs)
    const it = isLive ? live[l++]! : kept[k++]!
    if (seen.has(it.product)) continue
    seen.add(it.product)
    merged.push(it)
  }
  return merged
}
