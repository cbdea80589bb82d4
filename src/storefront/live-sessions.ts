/**
 * What people are looking at right now, as their pages' requests say: known to the next request before the tag's
 * event has gone through the books. In memory alone; what is lost with it comes again as events.
 */
import { keyOf } from '../base/key.js'
import type { ProductAt } from '../profiles/slice.js'

export const liveSessionMs = 1_800_000
/** The rest is in the person's slice by then. */
const productCountMax = 12
const removedAtOnceMax = 64

interface LiveSession {
  /** Whose it is, in `#byPerson`; '' where the person isn't known yet. */
  personName: string
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
  /** Names of sessions by shop and person. */
  readonly #byPerson = new Map<string, Set<string>>()

  constructor(options: LiveSessionsOptions) {
    this.#options = options
  }

  /** Some of them may be over. */
  get count(): number {
    return this.#sessions.size
  }

  /** @param personId '' where nobody knows. */
  note(shopId: string, identifier: string, personId: string, product: string, nowMs: number): void {
    const name = nameOf(shopId, identifier)
    const known = this.#sessions.get(name)
    const session = known ?? { personName: '', lastAtMs: nowMs, viewed: [] }
    const before = nowMs - session.lastAtMs > liveSessionMs ? [] : session.viewed
    const viewed: ProductAt[] = [{ product, atMs: nowMs }]
    for (const it of before)
      if (it.product !== product && viewed.length < productCountMax) viewed.push(it)
    if (personId !== '') this.#tie(name, session, personNameOf(shopId, keyOf(personId)))
    session.lastAtMs = nowMs
    session.viewed = viewed
    if (known !== undefined) this.#sessions.delete(name)
    else this.#makeRoom(nowMs)
    this.#sessions.set(name, session)
  }

  /** Somebody is known now, by these: so are their sessions, which go when they go. */
  know(shopId: string, identifiers: readonly string[], personId: string): void {
    for (const identifier of identifiers) {
      const name = nameOf(shopId, identifier)
      const session = this.#sessions.get(name)
      if (session !== undefined) this.#tie(name, session, personNameOf(shopId, keyOf(personId)))
    }
  }

  /** What the person looked at in this visit, newest first, each once; at most 12. */
  viewed(shopId: string, identifier: string, nowMs: number): readonly ProductAt[] {
    const session = this.#sessions.get(nameOf(shopId, identifier))
    return session === undefined || nowMs - session.lastAtMs > liveSessionMs ? [] : session.viewed
  }

  /** @param personKey `keyOf` our own id of them. */
  forget(shopId: string, personKey: number): void {
    const personName = personNameOf(shopId, personKey)
    for (const name of this.#byPerson.get(personName) ?? []) this.#sessions.delete(name)
    this.#byPerson.delete(personName)
  }

  #tie(name: string, session: LiveSession, personName: string): void {
    const before = session.personName
    if (before === personName) return
    const names = this.#byPerson.get(before)
    names?.delete(name)
    if (names?.size === 0) this.#byPerson.delete(before)
    session.personName = personName
    if (personName === '') return
    const own = this.#byPerson.get(personName)
    if (own === undefined) this.#byPerson.set(personName, new Set([name]))
    else own.add(name)
  }

  /** Those that are over go first, some at a time, and without a word. */
  #makeRoom(nowMs: number): void {
    let left = removedAtOnceMax
    for (const [name, session] of this.#sessions) {
      const isOver = nowMs - session.lastAtMs > liveSessionMs
      if (left-- === 0 || (!isOver && this.#sessions.size < this.#options.peopleMax)) return
      this.#tie(name, session, '')
      this.#sessions.delete(name)
      if (!isOver) this.#options.onDropped()
    }
  }
}

const nameOf = (shopId: string, identifier: string): string => `${shopId}\0${identifier}`
const personNameOf = (shopId: string, personKey: number): string => `${shopId}\0${personKey}`

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
