/** Between two turns for others. */
const sliceMs = 20

/**
 * Does something with each item, with a turn for others every now and then: for work that is longer than
 * what else its thread has to do may wait.
 *
 * @param take false ends it.
 * @returns false where it was ended so.
 */
export async function inSlices<T>(
  items: Iterable<T>,
  take: (item: T) => boolean,
): Promise<boolean> {
  let turnEndMs = performance.now() + sliceMs
  for (const item of items) {
    if (!take(item)) return false
    if (performance.now() < turnEndMs) continue
    await new Promise(setImmediate)
    turnEndMs = performance.now() + sliceMs
  }
  return true
}
