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
 * shares of few. It takes each of the `of` for independent of the others, and they need not be whole.
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
  /** Of freedom, of the variance: one less than there are people, where all weigh the same. */
  readonly degrees: number
}

/** @param sum and `squares` over all people. null where there are fewer than two. */
export function meanOf(people: number, sum: number, squares: number): Mean | null {
  if (people < 2) return null
  const mean = sum / people
  const spread = Math.max(squares - people * mean * mean, 0) / (people - 1)
  return { mean, variance: spread / people, degrees: people - 1 }
}

/** Clicks and views of people, summed over them, with the sums of their squares and products. */
export interface ClickSums {
  readonly people: number
  readonly views: number
  readonly clicks: number
  readonly viewsViews: number
  readonly clicksClicks: number
  readonly viewsClicks: number
}

/**
 * Clicks per view, both of which people do more or less of: the ratio of the sums, and by the delta method its
 * variance, people and not views being what is drawn.
 */
export function clickRateOf(sums: ClickSums): Mean | null {
  const { people, views, clicks } = sums
  if (people < 2 || views <= 0) return null
  const mean = clicks / views
  // Of each person's `clicks - mean * views`, the mean is 0.
  const squares = sums.clicksClicks - 2 * mean * sums.viewsClicks + mean * mean * sums.viewsViews
  const variance = (people / (people - 1)) * (Math.max(squares, 0) / (views * views))
  return { mean, variance, degrees: Math.max(evenPeople(sums) - 1, 1) }
}

/** How many people who all look at as much would tell as much: few where few make most of the views. */
export const evenPeople = ({ views, viewsViews }: ClickSums): number =>
  viewsViews === 0 ? 0 : (views * views) / viewsViews

/** Welch's. */
export function meanDifference(a: Mean | null, b: Mean | null): Interval | null {
  if (a === null || b === null) return null
  const difference = a.mean - b.mean
  const half = student95(degreesOf(a, b)) * Math.sqrt(a.variance + b.variance)
  return { difference, from: difference - half, to: difference + half }
}

/** Some of the views of people, and those with a click. */
export interface Views {
  readonly clicks: number
  readonly views: number
}

/**
 * The difference of two click rates by view, where people look more or less often and each has their own way of
 * clicking: what so many views tell is what fewer would that know nothing of each other (Rao and Scott, A simple method
 * for the analysis of clustered binary data, Biometrics 48, 1992). How many fewer, the people of both sides tell.
 *
 * @param aPeople the people whose views `a` are, with all of their views, also those that aren't in `a`. Where these
 *   are more, the interval is a little wider than it need be.
 */
export function clickRateDifference(
  a: Views,
  aPeople: ClickSums,
  b: Views,
  bPeople: ClickSums,
): Interval | null {
  const [aRate, bRate] = [clickRateOf(aPeople), clickRateOf(bPeople)]
  if (aRate === null || bRate === null) return null
  const views = aPeople.views + bPeople.views
  const effect =
    (designEffect(aRate, aPeople) * aPeople.views + designEffect(bRate, bPeople) * bPeople.views) /
    views
  // A variance that few people tell isn't sure itself.
  const wider = (student95(degreesOf(aRate, bRate)) / normal95) ** 2
  const less = ({ clicks, views: of }: Views): { count: number; of: number } => ({
    count: clicks / (effect * wider),
    of: of / (effect * wider),
  })
  return shareDifference(less(a), less(b))
}

/** How many times the variance is what it would be if views knew nothing of each other; 1 at least. */
function designEffect({ mean, variance }: Mean, { views }: ClickSums): number {
  const alone = (mean * (1 - mean)) / views
  return alone > 0 ? Math.max(variance / alone, 1) : 1
}

/** Of a difference, as Satterthwaite has it. */
function degreesOf(a: Mean, b: Mean): number {
  const both = a.variance + b.variance
  if (both === 0) return Math.min(a.degrees, b.degrees)
  return both ** 2 / (a.variance ** 2 / a.degrees + b.variance ** 2 / b.degrees)
}

/** As `normal95`, of Student's t: Cornish and Fisher's expansion, to three places from 10 degrees on. */
export function student95(degrees: number): number {
  const z = normal95
  const first = (z ** 3 + z) / 4
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3
}
