/** Amounts and counts stay whole and exact: what would pass this stays at it. */
const most = Number.MAX_SAFE_INTEGER

export const sum = (a: number, b: number): number => Math.min(a + b, most)
export const product = (a: number, b: number): number => Math.min(a * b, most)
export const difference = (a: number, b: number): number => Math.max(a - b, 0)

/** @returns 0 for what is no number, or below 0. */
export const whole = (value: number): number => (value >= 1 ? Math.min(Math.floor(value), most) : 0)
