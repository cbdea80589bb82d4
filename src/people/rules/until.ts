import type { Slice } from '../../profiles/slice.js'

/**
 * Whether something holds of a slice, and how long that stays so if nothing but time passes, as one
 * number. Positive: it holds; negative: it doesn't. Its size is the first moment (ms since 1970,
 * after `nowMs`) at which that may be different; Infinity where it never is.
 *
 * So what holds unless another does is its negative; of several, all hold as the least of them does,
 * and any as the greatest: `all` is false as long as its longest-lasting false part, and true until
 * its first true part ends.
 */
export type Test = (slice: Slice, nowMs: number) => number

/** What never changes by time alone. */
export const always = (holds: boolean): number => (holds ? Infinity : -Infinity)

export function not(test: Test): Test {
  return (slice, nowMs) => -test(slice, nowMs)
}

/** Cheap tests are asked first; what is false for good ends it. */
export function all(tests: readonly Test[]): Test {
  const [first, second] = tests
  if (tests.length === 1) return first!
  if (tests.length === 2) {
    return (slice, nowMs) => {
      const until = first!(slice, nowMs)
      return until === -Infinity ? until : Math.min(until, second!(slice, nowMs))
    }
  }
  return (slice, nowMs) => {
    let least = Infinity
    for (let i = 0; i < tests.length; i++) {
      const until = tests[i]!(slice, nowMs)
      if (until === -Infinity) return until
      if (until < least) least = until
    }
    return least
  }
}

export function any(tests: readonly Test[]): Test {
  const [first, second] = tests
  if (tests.length === 1) return first!
  if (tests.length === 2) {
    return (slice, nowMs) => {
      const until = first!(slice, nowMs)
      return until === Infinity ? until : Math.max(until, second!(slice, nowMs))
    }
  }
  return (slice, nowMs) => {
    let greatest = -Infinity
    for (let i = 0; i < tests.length; i++) {
      const until = tests[i]!(slice, nowMs)
      if (until === Infinity) return until
      if (until > greatest) greatest = until
    }
    return greatest
  }
}

/** Holds for `lengthMs` from `atMs` on; never where `atMs` is 0. */
export function forSome(atMs: number, lengthMs: number, nowMs: number): number {
  if (atMs === 0) return -Infinity
  const endMs = atMs + lengthMs
  return nowMs < endMs ? endMs : -Infinity
}
