import type { RunningImport } from '../catalogue/feed-imports.js'
import type { FeedReport } from '../catalogue/feed-report.js'

export type HeldDecision = 'accepted' | 'discarded'

/** Problems that are shown one by one. */
const shownCountMax = 10

export interface FeedState {
  readonly isFed: boolean
  readonly catalogue: { readonly products: number; readonly inStock: number }
  readonly running: RunningImport | null
  readonly held: { readonly products: number; readonly inStock: number } | null
  readonly reports: readonly FeedReport[]
}

/** What `grosz feed` says to a person. */
export const feedText = {
  decided: (decision: HeldDecision): string =>
    decision === 'accepted'
      ? 'The feed that was held back is the catalogue now.\n'
      : 'The feed that was held back is forgotten.\n',

  report(report: FeedReport, shop: string): string {
    const { outcome, stopped, dialect, rows, taken, inStock, warnings, seconds } = report
    const lines = [
      outcome === 'taken'
        ? `Taken: ${taken} products, ${inStock} in stock (${dialect}).`
        : outcome === 'held'
          ? `Held back: it ${stopped?.reason}. The catalogue is as it was.`
          : `Broken: ${stopped?.reason}. The catalogue is as it was.`,
      `Rows: ${rows}, of which ${taken} good, ${rows - taken} refused, ${warnings} with a warning; ${seconds} s.`,
    ]
    for (const [reason, count] of Object.entries(report.refused))
      lines.push(`  ${reason.padEnd(14)} ${count}`)
    const { problems } = report
    if (problems.length > 0) lines.push(`First problems:`)
    for (const { line, id, reason, kind } of problems.slice(0, shownCountMax))
      lines.push(
        `  line ${line}${id === '' ? '' : `, ${id}`}: ${reason}${kind === 'warning' ? ' (taken)' : ''}`,
      )
    if (outcome === 'held')
      lines.push(`To take it over: grosz feed ${shop} --accept; to forget it: --discard`)
    return `${lines.join('\n')}\n`
  },

  state({ isFed, catalogue, running, held, reports }: FeedState): string {
    const lines = [
      isFed
        ? `The fed catalogue has ${catalogue.products} products, ${catalogue.inStock} in stock.`
        : 'The shop was not fed: it shows the products of its file.',
    ]
    if (running !== null) lines.push(`Under way: ${running.rows} rows so far (${running.from}).`)
    if (held !== null)
      lines.push(`Held back: a feed of ${held.products} products, ${held.inStock} in stock.`)
    for (const { atMs, outcome, from, taken, rows } of reports)
      lines.push(
        `${new Date(atMs).toISOString()}  ${outcome.padEnd(6)}  ${taken} of ${rows} rows  ${from}`,
      )
    return `${lines.join('\n')}\n`
  },
}
