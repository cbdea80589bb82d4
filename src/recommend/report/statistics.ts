/** How sure one may be of a difference between two variants. All intervals hold in 19 of 20 cases. */

/** 95 of 100 of a normal distribution are this many standard deviations around its middle. */
const normal95 = 1.959964

export interface Interval {
  readonly difference: number
  readonly from: number
  readonly to: number
}

/**
 * The difference of two shares, `a` less `b`: Newcombe's interval of two of Wilson's, which also holds for small
 * shares of few. It takes each of the `of` for independent of the others.
 */
export function shareDifference(
  a: { readonly count: number; readonly of: number },
  b: { readonly count: number; readonly of: number },
): Interval | null {
  if (a.of === 0 || b.of === 0) return null
  const difference = a.count / a.of - b.count / b.of
  const [aFrom, aTo] = wilson(a.count, a.of)
  const [bFrom, bTo] = wilson(b.count, b.of)
  return {
    difference,
    from: difference - Math.hypot(a.count / a.of - aFrom, bTo - b.count / b.of),
    to: difference + Math.hypot(aTo - a.count / a.of, b.count / b.of - bFrom),
  }
}

/** Wilson's interval of a share. */
export function wilson(count: number, of: number): readonly [from: number, to: number] {
  const share = count / of
  const zz = normal95 ** 2
  const middle = share + zz / (2 * of)
  const half = normal95 * Math.sqrt((share * (1 - share) + zz / (4 * of)) / of)
  const whole = 1 + zz / of
  return [Math.max((middle - half) / whole, 0), Math.min((middle + half) / whole, 1)]
}

/** A mean of one thing per person, and the variance of that mean. */
export interface Mean {
  readonly mean: number
  readonly variance: number
}

/** @param sum and `squares` over all people. null where there are fewer than two. */
export function meanOf(people: number, sum: number, squares: number): Mean | null {
  if (people < 2) return null
  const mean = sum / people
  const spread = Math.max(squares - people * mean * mean, 0) / (people - 1)
  return { mean, variance: spread / people }
}

/**
 * Something per something else, both of which people do more or less of, as clicks per view: the ratio of the
 * sums, and by the delta method its variance, people and not views being what is drawn.
 *
 * @param top `bottom`: sums over people; the others sums of squares and of products.
 */
export function ratioOf(
  people: number,
  top: number,
  bottom: number,
  topTop: number,
  bottomBottom: number,
  topBottom: number,
): Mean | null {
  if (people < 2 || bottom <= 0) return null
  const mean = top / bottom
  // Of each person's `top - mean * bottom`, the mean is 0.
  const squares = Math.max(topTop - 2 * mean * topBottom + mean * mean * bottomBottom, 0)
  const variance = (people / (people - 1)) * (squares / (bottom * bottom))
  return { mean, variance }
}

export function meanDifference(a: Mean | null, b: Mean | null): Interval | null {
  if (a === null || b === null) return null
  const difference = a.mean - b.mean
  const half = normal95 * Math.sqrt(a.variance + b.variance)
  return { difference, from: difference - half, to: difference + half }
}
