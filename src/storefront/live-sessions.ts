/**
 * What people are looking at right now, as their pages' requests say: known to the next request before the tag's
 * event has gone through the books. In memory alone; what is lost with it comes again as events.
 */
import { keyOf } from '../base/key.js'
import type { ProductAt } from '../profiles/slice.js'
import type { Placement } from '../recommend/report/placement.js'

export const liveSessionMs = 1_800_000
/** The rest is in the person's slice by then. */
const productCountMax = 12
const removedAtOnceMax = 64
/** Experiments that somebody may see on the pages before the shop knows them. */
const shownCountMax = 20

/** A variant that was shown to somebody whom the shop didn't know yet. */
export interface Shown {
  readonly placement: Placement
  readonly atMs: number
}

const nothingShown: readonly Shown[] = []

interface LiveSession {
  /** `keyOf` our own id of them; 0 where the person isn't known yet. */
  personKey: number
  lastAtMs: number
  /** Newest first, each once. */
  viewed: readonly ProductAt[]
  /** Of each experiment of a slot the first. */
  shown: readonly Shown[]
}

/** Of one shop. */
interface Visits {
  /** By identifier; whoever looked at something last stands last. */
  readonly sessions: Map<string, LiveSession>
  /** Identifiers of sessions by person. */
  readonly byPerson: Map<number, Set<string>>
}

export interface LiveSessionsOptions {
  /** At all shops. Beyond them the shop that has the most forgets somebody. */
  readonly peopleMax: number
  /** Somebody was forgotten before their time, as there were as many as may be. */
  onDropped(): void
}

export class LiveSessions {
  readonly #options: LiveSessionsOptions
  /** Those with anybody in them. */
  readonly #shops = new Map<string, Visits>()
  #count = 0

  constructor(options: LiveSessionsOptions) {
    this.#options = options
  }

  /** Some of them may be over. */
  get count(): number {
    return this.#count
  }

  /** @param personId '' where nobody knows. */
  note(shopId: string, identifier: string, personId: string, product: string, nowMs: number): void {
    const { visits, session } = this.#goOn(shopId, identifier, nowMs)
    const viewed: ProductAt[] = [{ product, atMs: nowMs }]
    for (const it of session.viewed)
      if (it.product !== product && viewed.length < productCountMax) viewed.push(it)
    if (personId !== '') tie(visits, identifier, session, keyOf(personId))
    session.viewed = viewed
  }

  /** Somebody whom the shop doesn't know yet takes part in an experiment: it is theirs once they are known. */
  show(shopId: string, identifier: string, placement: Placement, nowMs: number): void {
    const { session } = this.#goOn(shopId, identifier, nowMs)
    const { shown } = session
    if (shown.length === shownCountMax || shown.some((it) => isOfOne(it.placement, placement)))
      return
    session.shown = [...shown, { placement, atMs: nowMs }]
  }

  /**
   * Somebody is known now, by these: so are their sessions, which go when they go.
   *
   * @returns what they were shown before; the next time there is nothing.
   */
  know(shopId: string, identifiers: readonly string[], personId: string): readonly Shown[] {
    const visits = this.#shops.get(shopId)
    let shown = nothingShown
    if (visits === undefined) return shown
    for (const identifier of identifiers) {
      const session = visits.sessions.get(identifier)
      if (session === undefined) continue
      tie(visits, identifier, session, keyOf(personId))
      if (session.shown.length === 0) continue
      shown = [...shown, ...session.shown]
      session.shown = nothingShown
    }
    return shown
  }

  /** What the person looked at in this visit, newest first, each once; at most 12. */
  viewed(shopId: string, identifier: string, nowMs: number): readonly ProductAt[] {
    const session = this.#shops.get(shopId)?.sessions.get(identifier)
    return session === undefined || nowMs - session.lastAtMs > liveSessionMs ? [] : session.viewed
  }

  /** @param personKey `keyOf` our own id of them. */
  forget(shopId: string, personKey: number): void {
    const visits = this.#shops.get(shopId)
    for (const identifier of [...(visits?.byPerson.get(personKey) ?? [])])
      this.#remove(shopId, identifier)
  }

  /** What one person looks at is another's from now on. */
  join(shopId: string, goneKey: number, intoKey: number): void {
    const visits = this.#shops.get(shopId)
    for (const identifier of [...(visits?.byPerson.get(goneKey) ?? [])])
      tie(visits!, identifier, visits!.sessions.get(identifier)!, intoKey)
  }

  /** Their session, which goes on, or begins anew. */
  #goOn(
    shopId: string,
    identifier: string,
    nowMs: number,
  ): { readonly visits: Visits; readonly session: LiveSession } {
    const known = this.#shops.get(shopId)?.sessions.get(identifier)
    if (known === undefined) this.#makeRoom(shopId, nowMs)
    const visits = this.#shops.get(shopId) ?? this.#begin(shopId)
    const session = known ?? { personKey: 0, lastAtMs: nowMs, viewed: [], shown: nothingShown }
    if (nowMs - session.lastAtMs > liveSessionMs) {
      session.viewed = []
      session.shown = nothingShown
    }
    session.lastAtMs = nowMs
    if (known === undefined) this.#count++
    else visits.sessions.delete(identifier)
    visits.sessions.set(identifier, session)
    return { visits, session }
  }

  #begin(shopId: string): Visits {
    const visits = { sessions: new Map(), byPerson: new Map() }
    this.#shops.set(shopId, visits)
    return visits
  }

  /** Visits that are over go first, some at a time, of this shop and each time of another; and without a word. */
  #makeRoom(shopId: string, nowMs: number): void {
    const [[otherId, other] = [shopId, undefined]] = this.#shops
    if (other !== undefined) {
      this.#shops.delete(otherId)
      this.#shops.set(otherId, other)
    }
    this.#removeOver(shopId, nowMs)
    if (otherId !== shopId) this.#removeOver(otherId, nowMs)
    // What goes on at one shop costs nobody at a smaller one.
    while (this.#count >= this.#options.peopleMax) {
      const largestId = this.#largest()
      const [[identifier, { lastAtMs }] = ['', { lastAtMs: 0 }]] =
        this.#shops.get(largestId)!.sessions
      this.#remove(largestId, identifier)
      if (nowMs - lastAtMs <= liveSessionMs) this.#options.onDropped()
    }
  }

  #removeOver(shopId: string, nowMs: number): void {
    let left = removedAtOnceMax
    for (const [identifier, { lastAtMs }] of this.#shops.get(shopId)?.sessions ?? []) {
      if (left-- === 0 || nowMs - lastAtMs <= liveSessionMs) return
      this.#remove(shopId, identifier)
    }
  }

  #largest(): string {
    let [largestId, countMax] = ['', 0]
    for (const [shopId, { sessions }] of this.#shops)
      if (sessions.size > countMax) [largestId, countMax] = [shopId, sessions.size]
    return largestId
  }

  #remove(shopId: string, identifier: string): void {
    const visits = this.#shops.get(shopId)!
    tie(visits, identifier, visits.sessions.get(identifier)!, 0)
    visits.sessions.delete(identifier)
    if (visits.sessions.size === 0) this.#shops.delete(shopId)
    this.#count--
  }
}

const isOfOne = (a: Placement, b: Placement): boolean =>
  a.slot === b.slot && a.experiment === b.experiment

/** @param personKey 0 for nobody. */
function tie(
  { byPerson }: Visits,
  identifier: string,
  session: LiveSession,
  personKey: number,
): void {
  const before = session.personKey
  if (before === personKey) return
  const those = byPerson.get(before)
  those?.delete(identifier)
  if (those?.size === 0) byPerson.delete(before)
  session.personKey = personKey
  if (personKey === 0) return
  const own = byPerson.get(personKey)
  if (own === undefined) byPerson.set(personKey, new Set([identifier]))
  else own.add(identifier)
}

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
