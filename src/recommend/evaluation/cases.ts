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
  const headCount = Math.floor(sessions.count * (1 - tailShare))
  const head = newestOf(sessions, 0, headCount)
  const isKnown = new Uint8Array(itemCount)
  for (const item of head.items) isKnown[item] = 1
  return { head, cases: casesOf(newestOf(sessions, headCount, sessions.count), isKnown) }
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
