/** Writes metrics in Prometheus' text format, version 0.0.4. */
import type { MetricFamily, Metrics } from './metrics.js'
import type { CollectedFamily } from './metrics-vocabulary.js'
import { collectedVocabulary } from './metrics-vocabulary.js'

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'

/** One series of a collected family: its label values in the order of the vocabulary's labels. */
export interface CollectedRow {
  readonly labels: readonly string[]
  readonly value: number | bigint
}

export type CollectedRows = Readonly<Partial<Record<CollectedFamily, readonly CollectedRow[]>>>

/**
 * All families as one text.
 *
 * @param values as laid out by `metrics`: its own or those of all processes together.
 * @param collected rows of the families that are asked for at each scrape.
 */
export function renderMetrics(
  metrics: Metrics,
  values: Float64Array,
  collected: CollectedRows = {},
): string {
  const lines: string[] = []
  for (const family of metrics.families) {
    head(lines, family)
    family.labelValues.forEach((value, series) => {
      const slot = family.firstSlot + series * family.slotsPerSeries
      const label = family.label === '' ? '' : `${family.label}="${escapeLabel(value)}"`
      if (family.type === 'histogram') histogram(lines, family, label, values, slot)
      else lines.push(`${family.name}${braces(label)} ${formatValue(values[slot]!)}`)
    })
  }
  for (const [key, rows] of Object.entries(collected)) {
    const definition = collectedVocabulary[key as CollectedFamily]
    head(lines, definition)
    for (const row of rows) {
      const labels = definition.labels
        .map((label, i) => `${label}="${escapeLabel(row.labels[i] ?? '')}"`)
        .join(',')
      lines.push(`${definition.name}${braces(labels)} ${formatValue(row.value)}`)
    }
  }
  return `${lines.join('\n')}\n`
}

function head(
  lines: string[],
  family: { readonly name: string; readonly help: string; readonly type: string },
): void {
  lines.push(`# HELP ${family.name} ${escapeHelp(family.help)}`)
  lines.push(`# TYPE ${family.name} ${family.type}`)
}

/** Buckets are kept apart but written cumulatively, as the format wants them. */
function histogram(
  lines: string[],
  family: MetricFamily,
  label: string,
  values: Float64Array,
  slot: number,
): void {
  const { name, bounds } = family
  const comma = label === '' ? '' : ','
  let count = 0
  for (let bucket = 0; bucket <= bounds.length; bucket++) {
    count += values[slot + bucket]!
    const bound = bucket === bounds.length ? '+Inf' : formatValue(bounds[bucket]!)
    lines.push(`${name}_bucket{${label}${comma}le="${bound}"} ${formatValue(count)}`)
  }
  lines.push(`${name}_sum${braces(label)} ${formatValue(values[slot + bounds.length + 1]!)}`)
  lines.push(`${name}_count${braces(label)} ${formatValue(count)}`)
}

const braces = (labels: string): string => (labels === '' ? '' : `{${labels}}`)

/** Whole numbers below 10^21 come out without an exponent: nanos can be compared as text. */
function formatValue(value: number | bigint): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return String(value)
}

const escapeHelp = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')

const escapeLabel = (text: string): string => escapeHelp(text).replace(/"/g, '\\"')
