/** What `grosz recommend` says in words. */
import type { Accuracy, Evaluation } from '../recommend/evaluation/evaluate.js'
import { lengthMax } from '../recommend/evaluation/files/looks.js'
import { publishedFor } from '../recommend/evaluation/published.js'
import type { CaseFile, SessionFile, SessionReport } from '../recommend/evaluation/session-files.js'
import type { Tuning } from '../recommend/evaluation/tune.js'

/** How a file was read, and what of it couldn't be. */
export function readLines(report: SessionReport): string[] {
  const { path, readAs, lineCount, unreadableCount, unreadable } = report
  const more = unreadableCount > unreadable.length ? ' …' : ''
  return [
    `${path}: read as ${readAs}`,
    ...(unreadableCount === 0
      ? []
      : [
          `${path}: ${grouped(unreadableCount)} of ${grouped(lineCount)} lines left out: ${unreadable.join('; ')}${more}`,
        ]),
  ]
}

/** What is learnt from and what is foretold, and what was left out of both. */
export function foretoldLines(train: SessionFile, { cases, report }: CaseFile): string[] {
  const { sessions, itemCount } = train
  const isOneFile = train.report.path === report.path
  const leftOut = [
    ...leftOutOf(train.report, isOneFile ? '' : ' of TRAIN'),
    ...(isOneFile ? [] : leftOutOf(report, ' of TEST')),
    counted(report.unknownCount, "looks of TEST at products that TRAIN doesn't have"),
    counted(report.shortCount, 'sessions of TEST with fewer than two others'),
  ].filter((text) => text !== '')
  return [
    `${grouped(sessions.count)} sessions, ${grouped(sessions.items.length)} looks, ${grouped(itemCount)} products; ${grouped(cases.count)} cases`,
    ...(leftOut.length === 0 ? [] : [`left out: ${leftOut.join('; ')}`]),
    ...(report.missedCount === 0
      ? []
      : [`missed: ${grouped(report.missedCount)} cases whose product TRAIN doesn't have`]),
  ]
}

const leftOutOf = (report: SessionReport, of: string): string[] => [
  counted(report.singleCount, `sessions${of} of one look`),
  report.longCount === 0
    ? ''
    : `all but the newest ${lengthMax} looks in ${grouped(report.longCount)} sessions${of}`,
  counted(report.otherCount, `events${of} that are no looks`),
]

const counted = (count: number, what: string): string =>
  count === 0 ? '' : `${grouped(count)} ${what}`

export function tuningLines({ before, after, checkedCases, tried, seconds }: Tuning): string[] {
  if (tried === 0) return ['too few sessions to look for settings: those for any shop']
  const change = (from: number, to: number): string => `${from.toFixed(2)} → ${to.toFixed(2)}`
  return [
    `settings: ${tried} tried on the newest tenth in ${seconds.toFixed(0)} s; on ${grouped(checkedCases)} cases kept aside HR@20 ${change(before.hr20, after.hr20)}, MRR@20 ${change(before.mrr20, after.mrr20)}`,
  ]
}

/** A table of the figures, with what others published on the same data. @param full null to leave it out. */
export function evaluationLines(
  full: Evaluation | null,
  lean: Evaluation,
  popular: Accuracy,
  sessionCount: number,
): string[] {
  return [
    row('', 'HR@20', 'MRR@20', 'coverage', 'p50 µs', 'p90 µs', 'p99 µs'),
    ...(full === null ? [] : [evaluationRow('Grosz', full)]),
    evaluationRow('Grosz, lean', lean),
    row('the most popular', popular.hr20.toFixed(2), popular.mrr20.toFixed(2)),
    ...publishedLines(sessionCount, lean.cases),
  ]
}

function publishedLines(sessionCount: number, caseCount: number): string[] {
  const published = publishedFor(sessionCount, caseCount)
  if (published === null) return []
  const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(2))
  return [
    `published on ${published.name}:`,
    ...published.rows.map(([name, hr20, mrr20]) => row(name, figure(hr20), figure(mrr20))),
  ]
}

const evaluationRow = (name: string, { hr20, mrr20, coverage, ...micros }: Evaluation): string =>
  row(
    name,
    hr20.toFixed(2),
    mrr20.toFixed(2),
    `${coverage.toFixed(1)}%`,
    micros.p50Us.toFixed(0),
    micros.p90Us.toFixed(0),
    micros.p99Us.toFixed(0),
  )

const row = (name: string, ...cells: string[]): string =>
  name.padEnd(30) + cells.map((cell) => cell.padStart(10)).join('')

export const grouped = (count: number): string => count.toLocaleString('en')
