import { exchangeCountMax } from '../base/metrics-vocabulary.js'
import type { Exchange } from '../edge/exchange.js'

/** The exchanges that are agreed, and what must be remembered of those that were. */
export interface ExchangeSet {
  readonly inUse: readonly Exchange[]
  /** Gone since the start: what they win of the bids that they had is still charged. */
  readonly former: readonly Exchange[]
  /** All that there ever were, in the order in which they came: their places in metrics. */
  readonly names: readonly string[]
}

export const firstSet = (exchanges: readonly Exchange[]): ExchangeSet => ({
  inUse: exchanges,
  former: [],
  names: exchanges.map(({ name }) => name),
})

/** @returns null where there were too many since the start to be counted apart. */
export function nextSet(before: ExchangeSet, exchanges: readonly Exchange[]): ExchangeSet | null {
  const now = new Set(exchanges.map(({ name }) => name))
  const names = [...new Set([...before.names, ...now])]
  if (names.length > exchangeCountMax) return null
  const gone = [...before.inUse, ...before.former].filter(({ name }) => !now.has(name))
  return { inUse: exchanges, former: gone, names }
}
