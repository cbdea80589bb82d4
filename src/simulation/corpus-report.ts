import type { Format } from './formats.js'
import type { FailureReason } from './http-connection.js'

/** Impressions that offer a format, and bids of it. */
export interface FormatCounts {
  readonly offered: number
  readonly bid: number
}

export interface CorpusBrokenRule {
  readonly rule: string
  /** Of the statement in the conformance checklist; absent for a rule of good manners. */
  readonly number?: number
  readonly count: number
  /** The first request whose answer broke it, as `file:line`; what was found, and the answer's beginning. */
  readonly example: string
  readonly detail: string
  readonly response: string
}

/** Why one request got no bid, as the bidder itself explains it. */
export interface ExplainedLine {
  readonly line: string
  readonly reasons: readonly string[]
}

/** What a corpus came to, as `--json` prints it. */
export interface CorpusReport {
  /** Posted. */
  readonly requests: number
  readonly statuses: Readonly<Record<string, number>>
  /** Requests that got no answer, by why; none where all did. */
  readonly failed: Readonly<Partial<Record<FailureReason | 'unsent', number>>>
  readonly impressions: number
  readonly bids: number
  readonly formats: Readonly<Record<Format, FormatCounts>>
  /** Why there was no bid, by the bidder's own count over the run, or by `nbr` where it answers so. */
  readonly reasons: Readonly<Record<string, number>>
  /** '' where `reasons` hold; else why they can't be known. */
  readonly reasonsMissing: string
  /** What requests were refused for (400), and how often. */
  readonly refused: Readonly<Record<string, number>>
  readonly explained: readonly ExplainedLine[]
  readonly brokenRules: readonly CorpusBrokenRule[]
  /** Lines and files that were not posted. */
  readonly skipped: number
  readonly seconds: number
  readonly perSecond: number
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '' : ` (${Math.round((part / whole) * 1e4) / 100} %)`

/** By falling count. */
function countLines(title: string, counts: Readonly<Record<string, number>>): readonly string[] {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a)
  if (entries.length === 0) return []
  return ['', title, ...entries.map(([name, count]) => `  ${String(count).padStart(8)}  ${name}`)]
}

/** The report for a person. */
export function corpusText(report: CorpusReport): string {
  const { requests, seconds, perSecond, skipped, impressions, bids } = report
  const lines = [
    `${requests} requests in ${seconds} s (${perSecond}/s)${skipped > 0 ? `, ${skipped} skipped` : ''}`,
    `${bids} bids for ${impressions} impressions${percent(bids, impressions)}`,
    ...countLines('status', report.statuses),
    ...countLines('no answer', report.failed),
    '',
    'format      offered       bid',
    ...Object.entries(report.formats).map(
      ([format, { offered, bid }]) =>
        `  ${format.padEnd(8)} ${String(offered).padStart(8)}  ${String(bid).padStart(8)}${percent(bid, offered)}`,
    ),
    ...countLines('no bid because', report.reasons),
    ...(report.reasonsMissing === '' ? [] : ['', `no-bid reasons: ${report.reasonsMissing}`]),
    ...countLines('refused because', report.refused),
    ...(report.explained.length === 0 ? [] : ['', 'explained']),
    ...report.explained.flatMap(({ line, reasons }) => [
      `  ${line}`,
      ...reasons.map((it) => `    ${it}`),
    ]),
    '',
    ...(report.brokenRules.length === 0 ? ['no rule is broken'] : ['broken rules']),
    ...report.brokenRules.flatMap(({ rule, number, count, example, detail }) => [
      `  ${String(count).padStart(8)}  ${rule}${number === undefined ? '' : ` (checklist ${number})`}`,
      `            ${example}: ${detail.slice(0, 300)}`,
    ]),
  ]
  return `${lines.join('\n')}\n`
}
