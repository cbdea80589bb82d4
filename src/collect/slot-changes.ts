/** How a variant does next to the control. */

interface Counts {
  readonly answers: number
  readonly clicks: number
  readonly orders: number
  readonly revenueMicros: number
}

/** As shares of what the control has: 0.1 is a tenth more. In 19 of 20 cases it lies within `from` and `to`. */
export interface Change {
  readonly change: number
  /** null where nothing can be said. */
  readonly from: number | null
  readonly to: number | null
}

export interface Changes {
  readonly clicks: Change | null
  readonly orders: Change | null
  readonly revenue: Change | null
}

/** 95 of 100 of a normal distribution are this many standard deviations around its middle. */
const normal95 = 1.959964

/** @returns null where there is nothing to divide by. */
export function rateOf(part: number, whole: number): number | null {
  return whole === 0 ? null : rounded(part / whole)
}

/** Per answer, as the variant and the control are shown to shares of people that differ. */
export function changesOf(variant: Counts, control: Counts): Changes {
  const revenue = ratioOf(variant, control, variant.revenueMicros, control.revenueMicros)
  return {
    clicks: changeOf(variant, control, variant.clicks, control.clicks),
    orders: changeOf(variant, control, variant.orders, control.orders),
    // How sums of money are spread isn't known from the sums.
    revenue: revenue === null ? null : { change: rounded(revenue - 1), from: null, to: null },
  }
}

function ratioOf(variant: Counts, control: Counts, own: number, base: number): number | null {
  if (variant.answers === 0 || control.answers === 0 || base <= 0) return null
  return own / variant.answers / (base / control.answers)
}

/** Counts as Poisson has them: the logarithm of their ratio has the variance 1/own + 1/base. */
function changeOf(variant: Counts, control: Counts, own: number, base: number): Change | null {
  const ratio = ratioOf(variant, control, own, base)
  if (ratio === null) return null
  if (own === 0) return { change: -1, from: null, to: null }
  const factor = Math.exp(normal95 * Math.sqrt(1 / own + 1 / base))
  return {
    change: rounded(ratio - 1),
    from: rounded(ratio / factor - 1),
    to: rounded(ratio * factor - 1),
  }
}

const rounded = (value: number): number => Number(value.toFixed(6))
