import type { History } from './history.js'
import type { LiveSessions } from './live-sessions.js'

/** Live sessions of a product that are looked at for the person's own. */
const sessionsMax = 64
/** So many same looks in a row are hardly another person's. */
const sameLooksMin = 3

/**
 * The live session that a given one is itself, which would only find what it looked at already: the newest that is
 * the same, or the same but for the newest look, which may not have been noted yet. Of what was looked at more than
 * once only the newest look counts: pages know no other.
 *
 * @returns its number; -1 where there is none.
 */
export function ownSessionOf(history: History, session: ArrayLike<number>, length: number): number {
  const { live, parts } = history
  if (live === null) return -1
  for (let ahead = 0; ahead < 2 && ahead < length; ahead++) {
    const newest = session[length - 1 - ahead]!
    if (newest >= live.heads.length) continue
    let look = live.heads[newest]!
    for (let i = 0; i < sessionsMax && look >= 0; i++, look = live.older[look]!) {
      const place = Math.trunc(look / live.lengthMax)
      if (isSame(session, length, ahead, live, place)) return parts.sessionCount + place
    }
  }
  return -1
}

/**
 * Whether one ends as the other does, as far as both go.
 *
 * @param ahead looks at the session's end that the live one hasn't got: 0 or 1.
 */
function isSame(
  session: ArrayLike<number>,
  length: number,
  ahead: number,
  live: LiveSessions,
  place: number,
): boolean {
  const { items } = live
  const start = place * live.lengthMax
  const end = start + live.lengths[place]!
  const noted = length - ahead
  let look = end - 1
  let at = noted - 1
  for (let same = 0; ; same++, look--, at--) {
    while (look >= start && isAgain(items[look]!, items, look + 1, end, session, noted, length))
      look--
    while (at >= 0 && isAgain(session[at]!, session, at + 1, length, session, noted, length)) at--
    if (look < start) return true
    if (at < 0) return same >= sameLooksMin
    if (session[at] !== items[look]) return false
  }
}

/** Whether it is looked at once more: later on, or now. */
function isAgain(
  item: number,
  looks: ArrayLike<number>,
  from: number,
  end: number,
  session: ArrayLike<number>,
  noted: number,
  length: number,
): boolean {
  for (let at = from; at < end; at++) if (looks[at] === item) return true
  return noted < length && session[noted] === item
}
