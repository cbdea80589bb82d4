import { readFileSync } from 'node:fs'
import { fieldOf, isObject, type LooseRequest } from './wire.js'

/** One request of a corpus. */
export interface CorpusLine {
  /** `file:line`, for reports. */
  readonly where: string
  /** What is posted: the line as it stands, or the request that its record holds. */
  readonly body: Buffer
  /** null where that is JSON, but no object. */
  readonly request: LooseRequest | null
}

/** What can't be posted, and why. `where` is a file, or `file:line`. */
export interface SkippedLine {
  readonly where: string
  readonly reason: string
}

export interface Corpus {
  readonly lines: readonly CorpusLine[]
  readonly skipped: readonly SkippedLine[]
}

/**
 * Reads requests, one a line: bare ones, or records that hold one in `request` or `json`, as an object or
 * as text. Empty lines don't count.
 */
export function readCorpus(paths: readonly string[]): Corpus {
  const lines: CorpusLine[] = []
  const skipped: SkippedLine[] = []
  for (const path of paths) {
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch (error) {
      skipped.push({ where: path, reason: error instanceof Error ? error.message : String(error) })
      continue
    }
    for (const [i, line] of text.split('\n').entries()) {
      if (line.trim() === '') continue
      const where = `${path}:${i + 1}`
      try {
        lines.push({ where, ...requestIn(line) })
      } catch (error) {
        skipped.push({ where, reason: error instanceof Error ? error.message : String(error) })
      }
    }
  }
  return { lines, skipped }
}

/** @throws SyntaxError where the line, or the text in it, isn't JSON. */
function requestIn(line: string): Omit<CorpusLine, 'where'> {
  const parsed: unknown = JSON.parse(line)
  const held = fieldOf(parsed, 'imp') === undefined ? heldIn(parsed) : undefined
  if (typeof held === 'string')
    return { body: Buffer.from(held), request: objectOrNull(JSON.parse(held)) }
  if (held !== undefined)
    return { body: Buffer.from(JSON.stringify(held)), request: objectOrNull(held) }
  return { body: Buffer.from(line), request: objectOrNull(parsed) }
}

/** What a record holds; undefined for what is no record. */
function heldIn(parsed: unknown): object | string | undefined {
  for (const name of ['request', 'json']) {
    const held = fieldOf(parsed, name)
    if (isObject(held) || typeof held === 'string') return held
  }
  return undefined
}

const objectOrNull = (value: unknown): LooseRequest | null => (isObject(value) ? value : null)
