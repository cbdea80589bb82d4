import { described, type Layout, type LayoutOptions, layoutOf } from './layout.js'
import { linesOf } from './lines.js'
import { type Content, type Reader, readerOf } from './readers.js'

/** What was made of a file, to be told to whoever gave it. */
export interface ReadReport {
  readonly path: string
  /** How its lines were read, in words. */
  readonly readAs: string
  /** Lines with something in them, besides a first one with names. */
  readonly lineCount: number
  readonly unreadableCount: number
  /** The first few of them: number of the line, and what is wrong. */
  readonly unreadable: readonly string[]
}

const shownMax = 3

/**
 * Reads a file of sessions, of looks or of cases, in whatever form it is (`layoutOf`), line by line: what is kept of a
 * line is numbers. Lines that can't be read are left out and reported.
 *
 * @throws an Error of one line that names the file: it can't be read, its form can't be told, or more lines can't be read
 * than can.
 */
export async function readFile(
  path: string,
  options: LayoutOptions,
): Promise<{ readonly report: ReadReport; readonly content: Content }> {
  const fault = (reason: string): Error => new Error(`${path}: ${reason}`)
  const unreadable: string[] = []
  let unreadableCount = 0
  let lineCount = 0
  let number = 0
  let layout: Layout | null = null
  let reader: Reader | null = null
  for await (const lines of linesOf(path)) {
    if (reader === null) {
      const whole = lines.filter((line) => line !== null)
      if (!whole.some((line) => line.trim() !== '')) {
        number += lines.length
        lineCount += lines.length - whole.length
        continue
      }
      try {
        layout = layoutOf(whole, options)
      } catch (error) {
        throw fault((error as Error).message)
      }
      reader = readerOf(layout, options)
    }
    for (const line of lines) {
      number++
      if (line !== null && line.trim() === '') continue
      lineCount++
      const isHeader = lineCount === 1 && layout?.kind === 'rows' && layout.names !== null
      const reason = isHeader ? '' : line === null ? 'is too long' : reader.take(line)
      if (reason === '') continue
      if (unreadableCount++ < shownMax) unreadable.push(`line ${number} ${reason}`)
    }
  }
  if (reader === null || layout === null)
    throw fault(lineCount === 0 ? 'is empty' : 'has no line of less than 4 MB')
  if (layout.kind === 'rows' && layout.names !== null) lineCount--
  const content = reader.content()
  const readAs = described(layout, content.kind === 'sessions' && content.isOfUsers, options)
  if (unreadableCount * 2 > lineCount)
    throw fault(
      `read as ${readAs}: ${unreadableCount} of ${lineCount} lines can't be read, as ${unreadable[0]}`,
    )
  return { report: { path, readAs, lineCount, unreadableCount, unreadable }, content }
}
