import type { Slice } from '../../profiles/slice.js'
import type { Event } from '../event.js'
import { sum, whole } from './whole.js'

/** As analytics tools count visits. */
export const silenceMs = 30 * 60_000

type Visits = Pick<Slice, 'firstSeenAtMs' | 'lastSeenAtMs' | 'visitCount'>

/**
 * When and how often the person came. Exact for events in order; one that comes late and lies between
 * the first and the last moment is taken to be part of a visit that was counted.
 */
export function foldVisit(slice: Slice, event: Event): Visits {
  const { firstSeenAtMs, lastSeenAtMs, visitCount } = slice
  const atMs = whole(event.atMs)
  if (!isSeen(event)) return { firstSeenAtMs, lastSeenAtMs, visitCount }
  if (visitCount === 0) return { firstSeenAtMs: atMs, lastSeenAtMs: atMs, visitCount: 1 }
  const isAnother = atMs - lastSeenAtMs >= silenceMs || firstSeenAtMs - atMs >= silenceMs
  return {
    firstSeenAtMs: Math.min(firstSeenAtMs, atMs),
    lastSeenAtMs: Math.max(lastSeenAtMs, atMs),
    visitCount: sum(visitCount, isAnother ? 1 : 0),
  }
}

/** Whether the person was there: a refund, or what a shop's system tells of its customers, isn't them. */
const isSeen = ({ type, source }: Event): boolean =>
  type !== 'refund' && (source === 'tag' || (type !== 'identify' && type !== 'consent'))
