import type { ItemTable } from '../item-table.js'
import type { Sessions } from '../sessions.js'
import { type Cases, casesOf, cutTail, knownOf } from './cases.js'
import type { LayoutOptions } from './files/layout.js'
import { type ReadReport, readFile } from './files/read-file.js'
import type { CaseLine } from './files/readers.js'

/** What is learnt from. */
export interface SessionFile {
  /** Numbers of products are in the order in which they are first looked at. */
  readonly items: ItemTable
  /** Those of `sessions`: the first ones of `items`. */
  readonly itemCount: number
  readonly sessions: Sessions
  readonly report: SessionReport
}

/** What is foretold. */
export interface CaseFile {
  readonly cases: Cases
  readonly report: CaseReport
}

export interface SessionReport extends ReadReport {
  /** Left out, of one look. */
  readonly singleCount: number
  /** Sessions of which only the newest `lengthMax` looks are kept. */
  readonly longCount: number
  /** Left out, events that are no looks. */
  readonly otherCount: number
}

export interface CaseReport extends SessionReport {
  /** Looks that were left out, as what is learnt from doesn't have the product. */
  readonly unknownCount: number
  /** Cases as they stand in a file whose product isn't there either: they can't but be missed. */
  readonly missedCount: number
  /** Sessions that were left out, with fewer than two looks after that. */
  readonly shortCount: number
}

/**
 * Reads sessions to learn from, in any form (`files/layout`), those of one look left out.
 *
 * @throws an Error of one line that names the file, where it can't be read or has no session of two looks.
 */
export async function readSessions(
  path: string,
  options: LayoutOptions = {},
): Promise<SessionFile> {
  const { content, report } = await readFile(path, options)
  if (content.kind === 'cases')
    throw new Error(`${path}: two columns without times are cases to foretell; sessions are wanted`)
  const { items, sessions, ...counts } = content.read
  if (sessions.count === 0) throw new Error(`${path}: has no session of two looks`)
  return { items, itemCount: items.count, sessions, report: { ...report, ...counts } }
}

/**
 * Reads what is to be foretold: sessions in any form, each look after the first being a case, without products that
 * aren't known; or cases as they stand, whose unknown products are left out of sessions and missed as what comes next.
 *
 * @param items of what is learnt from.
 * @throws an Error of one line that names the file, where it can't be read or nothing in it can be foretold.
 */
export async function readCases(
  path: string,
  items: ItemTable,
  options: LayoutOptions = {},
): Promise<CaseFile> {
  const { content, report } = await readFile(path, options)
  if (content.kind === 'cases') {
    const cases = writtenCases(content.cases, items)
    const missedCount = cases.next.reduce((sum, next) => sum + (next < 0 ? 1 : 0), 0)
    if (missedCount === cases.count) throw nothingKnown(path)
    const counts = { singleCount: 0, longCount: 0, otherCount: 0, unknownCount: 0, shortCount: 0 }
    return { cases, report: { ...report, ...counts, missedCount } }
  }
  const { items: ids, sessions, ...counts } = content.read
  if (sessions.count === 0) throw new Error(`${path}: has no session of two looks`)
  const numberOf = new Int32Array(ids.count)
  for (let item = 0; item < ids.count; item++) numberOf[item] = items.indexOf(ids.idOf(item))
  const known = knownOf(sessions, numberOf)
  if (known.sessions.count === 0) throw nothingKnown(path)
  const { unknownCount, shortCount } = known
  const cases = casesOf(known.sessions, new Uint8Array(items.count).fill(1))
  return { cases, report: { ...report, ...counts, unknownCount, shortCount, missedCount: 0 } }
}

const nothingKnown = (path: string): Error =>
  new Error(`${path}: has no session with two products that TRAIN has, so nothing can be foretold`)

/**
 * Keeps the newest sessions of a file aside, to be foretold from the others.
 *
 * @throws an Error where they are too few.
 */
export function splitFile(file: SessionFile, tailShare: number): [SessionFile, CaseFile] {
  const { head, tail } = cutTail(file.sessions, tailShare)
  // The first ones, as they are numbered in the order of the sessions.
  const itemCount = head.items.reduce((most, item) => Math.max(most, item + 1), 0)
  const numberOf = Int32Array.from({ length: file.items.count }, (_, item) =>
    item < itemCount ? item : -1,
  )
  const { sessions, unknownCount, shortCount } = knownOf(tail, numberOf)
  if (sessions.count === 0)
    throw new Error(
      `${file.report.path}: of its ${file.sessions.count} sessions of two looks none of the newest tenth has two products that the others have`,
    )
  const cases = casesOf(sessions, new Uint8Array(itemCount).fill(1))
  return [
    { ...file, itemCount, sessions: head },
    { cases, report: { ...file.report, unknownCount, shortCount, missedCount: 0 } },
  ]
}

function writtenCases(lines: readonly CaseLine[], items: ItemTable): Cases {
  const starts = new Uint32Array(lines.length)
  const ends = new Uint32Array(lines.length)
  const next = new Int32Array(lines.length)
  const looks: number[] = []
  for (const [i, line] of lines.entries()) {
    starts[i] = looks.length
    for (const id of line.looks) {
      const item = items.indexOf(id)
      if (item >= 0) looks.push(item)
    }
    ends[i] = looks.length
    next[i] = items.indexOf(line.next)
  }
  return { count: lines.length, items: Int32Array.from(looks), starts, ends, next }
}
