import type { History } from './history.js'
import type { LiveSessions } from './live-sessions.js'

/** Live sessions of a product that are looked at for the person's own. */
const sessionsMax = 64
/** So many same looks in a row are hardly another person's. */
const sameLooksMin = 3

/**
 * The live session that a given one is itself, which would only find what it looked at already: the newest that is
 * the same, or the same but for the newest look, which may not have been noted yet.
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
      if (isSame(session, length - ahead, live, place)) return parts.sessionCount + place
    }
  }
  return -1
}

/** Whether one ends as the other does, as far as both go. */
function isSame(
  session: ArrayLike<number>,
  length: number,
  live: LiveSessions,
  place: number,
): boolean {
  const liveLength = live.lengths[place]!
  if (liveLength > length && length < sameLooksMin) return false
  const end = place * live.lengthMax + liveLength
  const count = Math.min(length, liveLength)
  for (let i = 1; i <= count; i++) if (session[length - i] !== live.items[end - i]) return false
  return true
}
