const xLogX = (x: number): number => (x > 0 ? x * Math.log(x) : 0)

/**
 * How sure it is that two things come together more often than by chance: Dunning's log-likelihood ratio (G²)
 * of the table of four counts.
 *
 * @param both groups that have both; `first` and `second` those with either, `all` how many there are.
 * @returns 0 where they come together as often as by chance, or less often.
 */
export function logLikelihood(both: number, first: number, second: number, all: number): number {
  if (both * all <= first * second) return 0
  const cells =
    xLogX(both) + xLogX(first - both) + xLogX(second - both) + xLogX(all - first - second + both)
  const rows = xLogX(first) + xLogX(all - first)
  const columns = xLogX(second) + xLogX(all - second)
  return Math.max(0, 2 * (cells + xLogX(all) - rows - columns))
}
