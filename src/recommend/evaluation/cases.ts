import type { Sessions } from '../sessions.js'

/** Sessions so far, and what came next: case i is `items[starts[i]]` to `items[ends[i] - 1]`, then `next[i]`. */
export interface Cases {
  readonly count: number
  readonly items: Int32Array
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  /** -1 for a product that isn't in what is learnt from: always missed. */
  readonly next: Int32Array
}

/** The oldest sessions to learn from, and the cases that the others make: each look after the first. */
export interface Split {
  readonly head: Sessions
  readonly cases: Cases
}

/**
 * Cuts off the newest sessions, as what is to come for the others. Their products that the others don't have are
 * left out, and missed.
 *
 * @param tailShare of the sessions, 0 to 1.
 */
export function splitTail(sessions: Sessions, itemCount: number, tailShare: number): Split {
  const { head, tail } = cutTail(sessions, tailShare)
  const isKnown = new Uint8Array(itemCount)
  for (const item of head.items) isKnown[item] = 1
  return { head, cases: casesOf(tail, isKnown) }
}

/** The oldest sessions, and the newest ones. @param tailShare of the sessions that are the newest, 0 to 1. */
export function cutTail(
  sessions: Sessions,
  tailShare: number,
): { readonly head: Sessions; readonly tail: Sessions } {
  const headCount = Math.floor(sessions.count * (1 - tailShare))
  const tail = newestOf(sessions, headCount, sessions.count)
  return { head: newestOf(sessions, 0, headCount), tail }
}

/** Sessions of products that are known, and what was left out of them. */
export interface KnownSessions {
  readonly sessions: Sessions
  /** Looks at products that aren't known, and sessions with fewer than two others. */
  readonly unknownCount: number
  readonly shortCount: number
}

/**
 * As papers on next products have it: what isn't in what is learnt from is left out of what is foretold, and so are
 * sessions with fewer than two products left.
 *
 * @param numberOf by product: its number in what is learnt from, -1 where it isn't there.
 */
export function knownOf(sessions: Sessions, numberOf: Int32Array): KnownSessions {
  const starts = new Uint32Array(sessions.count + 1)
  const items = new Int32Array(sessions.items.length)
  const endSeconds = new Uint32Array(sessions.endSeconds.length)
  let count = 0
  let at = 0
  let unknownCount = 0
  for (let session = 0; session < sessions.count; session++) {
    const end = sessions.starts[session + 1]!
    for (let i = sessions.starts[session]!; i < end; i++) {
      const number = numberOf[sessions.items[i]!]!
      if (number < 0) unknownCount++
      else items[at++] = number
    }
    if (at - starts[count]! < 2) at = starts[count]!
    else {
      if (sessions.hasTimes) endSeconds[count] = sessions.endSeconds[session]!
      starts[++count] = at
    }
  }
  const known: Sessions = {
    count,
    starts: starts.subarray(0, count + 1),
    items: items.subarray(0, at),
    endSeconds: endSeconds.subarray(0, count),
    hasTimes: sessions.hasTimes,
  }
  return { sessions: known, unknownCount, shortCount: sessions.count - count }
}

/** Sessions from one on, until before another. */
function newestOf(sessions: Sessions, from: number, until: number): Sessions {
  const { starts, items, endSeconds, hasTimes } = sessions
  const first = starts[from]!
  return {
    count: until - from,
    starts: starts.subarray(from, until + 1).map((start) => start - first),
    items: items.subarray(first, starts[until]!),
    endSeconds: endSeconds.subarray(from, until),
    hasTimes,
  }
}

/** Each look after a session's first, with those before it. @param isKnown by product, 1 where it is. */
export function casesOf(sessions: Sessions, isKnown: Uint8Array): Cases {
  const lookCount = sessions.items.length
  const items = new Int32Array(lookCount)
  const starts = new Uint32Array(lookCount)
  const ends = new Uint32Array(lookCount)
  const next = new Int32Array(lookCount)
  let count = 0
  for (let session = 0, at = 0; session < sessions.count; session++) {
    const start = at
    for (let i = sessions.starts[session]!; i < sessions.starts[session + 1]!; i++) {
      const item = sessions.items[i]!
      if (i > sessions.starts[session]!) {
        starts[count] = start
        ends[count] = at
        next[count++] = isKnown[item] === 1 ? item : -1
      }
      if (isKnown[item] === 1) items[at++] = item
    }
  }
  return { count, items, starts, ends, next }
}

/** Cases from one on until before another, of them `countMax` at even distances. */
export function pickCases(cases: Cases, from: number, until: number, countMax: number): Cases {
  const count = Math.min(Math.floor(countMax), until - from)
  const starts = new Uint32Array(count)
  const ends = new Uint32Array(count)
  const next = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    const picked = from + Math.floor((i * (until - from)) / count)
    starts[i] = cases.starts[picked]!
    ends[i] = cases.ends[picked]!
    next[i] = cases.next[picked]!
  }
  return { count, items: cases.items, starts, ends, next }
}
