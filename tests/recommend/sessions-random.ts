import type { Random } from '../../src/base/random.js'
import type { Sessions } from '../../src/recommend/sessions.js'

/** Sessions of products of which low numbers are frequent, as those of a shop are. */
export function randomSessions(random: Random, count: number, itemCount: number): number[][] {
  return Array.from({ length: count }, () => {
    const length = 2 + Math.floor(random.next() ** 3 * 12)
    return Array.from({ length }, () => Math.floor(random.next() ** 2 * itemCount))
  })
}

export function sessionsOf(
  lists: readonly (readonly number[])[],
  endSeconds: readonly number[] | null = null,
): Sessions {
  const starts = new Uint32Array(lists.length + 1)
  for (const [i, list] of lists.entries()) starts[i + 1] = starts[i]! + list.length
  return {
    count: lists.length,
    starts,
    items: Int32Array.from(lists.flat()),
    endSeconds: Uint32Array.from(endSeconds ?? []),
    hasTimes: endSeconds !== null,
  }
}
