import type { History } from './history.js'

/**
 * Sessions of a product that are looked at for the person's own: live ones, and those of the build, where they are among
 * the last; and at a shop with so many that they are not, one among them makes no difference.
 */
const liveCountMax = 64
const builtCountMax = 2
/** How many looks may have come since the build. */
const looksBackMax = 6
/** So many same looks in a row are hardly another person's. */
const sameLooksMin = 3

/**
 * The sessions that a given one is itself, which would only find what it looked at already. Of what was looked at more
 * than once only the newest look counts: pages know no other. One object for all requests.
 */
export class OwnSessions {
  /** By number; -1 where there is none. The newest that is the same, but for a newest look that wasn't noted yet. */
  live = -1
  /** The same that a build has of it: a part of it that other looks came after. Only where there are live ones. */
  built = -1

  find(history: History, session: ArrayLike<number>, length: number): void {
    this.live = -1
    this.built = -1
    if (history.live === null) return
    for (let ahead = 0; ahead < 2 && ahead < length && this.live < 0; ahead++)
      this.live = liveOf(history, session, length, length - 1 - ahead)
    const first = Math.max(0, length - looksBackMax)
    for (let at = length - 1; at >= first && this.built < 0; at--)
      this.built = builtOf(history, session, length, at)
  }
}

/** @param at its newest look. */
function liveOf(
  { live, parts }: History,
  session: ArrayLike<number>,
  length: number,
  at: number,
): number {
  const newest = session[at]!
  if (live === null || newest >= live.heads.length) return -1
  let look = live.heads[newest]!
  for (let i = 0; i < liveCountMax && look >= 0; i++, look = live.older[look]!) {
    const place = Math.trunc(look / live.lengthMax)
    const start = place * live.lengthMax
    const end = start + live.lengths[place]!
    const same = sameLooks(session, length, at, live.items, start, end)
    if (same > 0 || same <= -sameLooksMin) return parts.sessionCount + place
  }
  return -1
}

function builtOf(
  { parts }: History,
  session: ArrayLike<number>,
  length: number,
  at: number,
): number {
  const newest = session[at]!
  if (newest >= parts.itemCount) return -1
  const { postingStarts, postings, starts, items } = parts
  const first = postingStarts[newest]!
  const last = Math.min(postingStarts[newest + 1]!, first + builtCountMax)
  for (let posting = first; posting < last && postings[posting]! >= 0; posting++) {
    const id = postings[posting]!
    const same = sameLooks(session, length, at, items, starts[id]!, starts[id + 1]!)
    if (same > 0) return id
  }
  return -1
}

/**
 * Goes back in two sessions at once, in the given one from `at` on, as long as they are the same.
 *
 * @returns how many looks that were, where the other one is over; less than 0 where only the given one is; else 0.
 */
function sameLooks(
  session: ArrayLike<number>,
  length: number,
  at: number,
  items: Int32Array,
  start: number,
  end: number,
): number {
  let look = end - 1
  let own = at
  for (let same = 0; ; same++, look--, own--) {
    while (look >= start && isAgain(items[look]!, items, look + 1, end, session, at + 1, length))
      look--
    while (own >= 0 && isAmong(session[own]!, session, own + 1, length)) own--
    if (look < start) return same
    if (own < 0) return -same
    if (session[own] !== items[look]) return 0
  }
}

/** Whether it is looked at once more: later in that session, or in the given one since. */
const isAgain = (
  item: number,
  items: Int32Array,
  from: number,
  end: number,
  session: ArrayLike<number>,
  since: number,
  length: number,
): boolean => isAmong(item, items, from, end) || isAmong(item, session, since, length)

function isAmong(item: number, looks: ArrayLike<number>, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (looks[at] === item) return true
  return false
}
