/** What is wrong with a rule, and where: told so that whoever wrote it sees the word. */

import { ruleLengthMax } from './raw-rule.js'

/** A place in a rule: a stretch of text, or a path in JSON. */
export interface Where {
  /** UTF-16 units from the start of the text; 0 in JSON. */
  readonly at: number
  /** 0 in JSON, and where something is missing at the end. */
  readonly length: number
  /** In JSON, as `all[0].field`; '' in text, and for the whole. */
  readonly path: string
}

export interface RuleFault extends Where {
  /** What stands there; '' where something is missing. */
  readonly word: string
  readonly reason: string
  /** What to write in place of the word; '' where nothing comes close. */
  readonly suggestion: string
}

/** The reason, and what was perhaps meant, on one line. */
export function faultLine({ path, reason, suggestion }: RuleFault): string {
  const meant = suggestion === '' ? '' : `; did you mean ${suggestion}?`
  return `${path === '' ? '' : `${path}: `}${reason}${meant}`
}

/** A fault as people read it: of a text, the line with the word marked below, then the reason. */
export function explainFault(source: string | object, fault: RuleFault): string {
  if (typeof source !== 'string' || fault.path !== '') return faultLine(fault)
  if (source.length > ruleLengthMax) return faultLine(fault)
  const start = source.lastIndexOf('\n', fault.at - 1) + 1
  const nextLine = source.indexOf('\n', fault.at)
  const line = source.slice(start, nextLine === -1 ? source.length : nextLine)
  const before = source.slice(start, fault.at)
  const markCount = Math.min(Math.max(fault.length, 1), Math.max(line.length - before.length, 1))
  // Tabs stay tabs, so that the mark stands below the word however wide they are shown.
  const indent = before.replace(/[^\t]/gu, ' ')
  return `${line}\n${indent}${'^'.repeat(markCount)}\n${faultLine(fault)}`
}

/** @returns the candidate that a misspelt word comes closest to; '' where none comes close. */
export function closest(word: string, candidates: Iterable<string>): string {
  const wanted = word.toLowerCase()
  let best = ''
  let bestCount = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of candidates) {
    const count = editCount(wanted, candidate.toLowerCase(), bestCount)
    if (count >= bestCount) continue
    best = candidate
    bestCount = count
  }
  return best
}

/** Letters to add, take away, change or swap with their neighbour; `limit` where it is that many or more. */
function editCount(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, beforeLast[j - 2]! + 1)
      row.push(least)
    }
    beforeLast = last
    last = row
  }
  return Math.min(last[b.length]!, limit)
}
