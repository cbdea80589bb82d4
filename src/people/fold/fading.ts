/** Interests and taste: sums that fade. Taken in any order they come to the same but for rounding. */
import { type Fading, interestCountMax, type Taste } from '../../profiles/slice.js'
import { tasteHalfLifeMs } from './weights.js'

/** What is left of a weight after `ageMs`, not below 0. */
const faded = (weight: number, ageMs: number, halfLifeMs: number): number =>
  weight * 2 ** (-ageMs / halfLifeMs)

/**
 * The interests with one more, strongest first. One that is there already gets stronger; one that is
 * weaker than all where there is no room is left out.
 */
export function withInterest(
  list: readonly Fading[],
  entry: Fading,
  halfLifeMs: number,
): readonly Fading[] {
  const at = list.findIndex(({ key }) => key === entry.key)
  const stronger = at < 0 ? entry : joined(list[at]!, entry, halfLifeMs)
  let place = at < 0 ? list.length : at
  while (place > 0 && isStronger(stronger, list[place - 1]!, halfLifeMs)) place--
  if (place === interestCountMax) return list
  const interests = list.slice()
  if (at >= 0) interests.splice(at, 1)
  else if (interests.length === interestCountMax) interests.pop()
  interests.splice(place, 0, stronger)
  return interests
}

function joined(a: Fading, b: Fading, halfLifeMs: number): Fading {
  const [older, newer] = a.atMs < b.atMs ? [a, b] : [b, a]
  const rest = faded(older.weight, newer.atMs - older.atMs, halfLifeMs)
  return { key: a.key, weight: newer.weight + rest, atMs: newer.atMs }
}

/** Which is stronger doesn't depend on when it is asked: both fade alike. */
function isStronger(a: Fading, b: Fading, halfLifeMs: number): boolean {
  // Most comparisons need no power of two.
  if (a.weight > b.weight && a.atMs >= b.atMs) return true
  if (a.weight < b.weight && a.atMs <= b.atMs) return false
  const ofA = faded(a.weight, Math.max(b.atMs - a.atMs, 0), halfLifeMs)
  const ofB = faded(b.weight, Math.max(a.atMs - b.atMs, 0), halfLifeMs)
  return ofA === ofB ? a.key < b.key : ofA > ofB
}

/** The mean of both by their weights, what is known of margins by those that know it. */
export function joinedTaste(a: Taste | null, b: Taste | null): Taste | null {
  if (a === null || b === null) return a ?? b
  const [older, newer] = a.atMs < b.atMs ? [a, b] : [b, a]
  const rest = faded(older.weight, newer.atMs - older.atMs, tasteHalfLifeMs)
  const weight = newer.weight + rest
  if (weight === 0) return newer
  const mean = (ofNewer: number, ofOlder: number): number =>
    (ofNewer * newer.weight + ofOlder * rest) / weight
  const price = Math.round(mean(newer.priceMicros, older.priceMicros))
  const knowsBoth = newer.marginShare >= 0 && older.marginShare >= 0
  const margin = knowsBoth
    ? mean(newer.marginShare, older.marginShare)
    : Math.max(newer.marginShare, older.marginShare)
  return {
    priceMicros: Math.min(price, Number.MAX_SAFE_INTEGER),
    marginShare: Math.min(margin, 1),
    weight,
    atMs: newer.atMs,
  }
}
