/** What a query may name: the families that Grosz really writes, with their labels. */
import { createMetrics } from '../../src/base/metrics.js'
import { Collectors } from '../../src/base/metrics-collect.js'
import { renderMetrics } from '../../src/base/metrics-text.js'
import { collectedVocabulary, vocabulary } from '../../src/base/metrics-vocabulary.js'

export interface WrittenFamily {
  readonly type: string
  readonly labels: readonly string[]
}

/** Every family by its name, as the vocabulary declares it. */
export const families: ReadonlyMap<string, WrittenFamily> = new Map<string, WrittenFamily>([
  ...Object.values(vocabulary).map(
    (family) =>
      [
        family.name,
        { type: family.type, labels: 'label' in family ? [family.label] : [] },
      ] as const,
  ),
  ...Object.values(collectedVocabulary).map(
    (family) => [family.name, { type: family.type, labels: family.labels }] as const,
  ),
])

/** Names that a query may hold, with the labels of each: a histogram has three names. */
export const seriesLabels: ReadonlyMap<string, readonly string[]> = new Map(
  [...families].flatMap(([name, { type, labels }]) =>
    type === 'histogram'
      ? ([
          [`${name}_bucket`, [...labels, 'le']],
          [`${name}_sum`, labels],
          [`${name}_count`, labels],
        ] as const)
      : ([[name, labels]] as const),
  ),
)

/** The metrics' own names in an expression; recorded ones (with a colon) and ALERTS are not. */
export const namesIn = (expression: string): readonly string[] =>
  expression.match(/(?<![\w:])grosz_\w+/g) ?? []

/** Every label that an expression matches on or groups by. */
export function labelsIn(expression: string): readonly string[] {
  const matched = [...expression.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map((match) => match[1]!)
  const grouped = [...expression.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)].flatMap(
    (match) => match[1]!.split(',').map((label) => label.trim()),
  )
  return [...matched, ...grouped].filter((label) => label !== '')
}

/**
 * A page of metrics on which everything has happened, and goes on happening with each reading:
 * what Prometheus would find at a Grosz in use.
 */
export function livelyPage(): () => string {
  const metrics = createMetrics({
    exchanges: ['demo', 'other'],
    currencies: ['PLN', 'EUR'],
    noBidReasons: ['no_campaign', 'below_floor'],
    noticeRefusals: ['bad_token', 'above_bid'],
    lossReasons: ['102', 'other'],
    consentReasons: ['ok', 'gdpr_no_string'],
    badRequestReasons: ['malformed'],
  })
  const collectors = new Collectors(metrics, 1000)
  collectors.addBuild('0.0.0')
  let readings = 0
  const row = (value: bigint) => [{ labels: ['shoes', 'spring', 'PLN'], value }]
  collectors.add('budgetLeft', () => row(500_000_000_000n - BigInt(readings)))
  collectors.add('budgetSpent', () => row(BigInt(readings) * 1_234_500n))
  return () => {
    readings++
    for (const family of metrics.families)
      family.labelValues.forEach((_, series) => {
        const slot = family.firstSlot + series * family.slotsPerSeries
        if (family.type === 'histogram') metrics.observe(slot, 0.004)
        else if (family.type === 'counter') metrics.add(slot, 1)
        else metrics.set(slot, 0.01)
      })
    return renderMetrics(metrics, metrics.values, collectors.collect())
  }
}
