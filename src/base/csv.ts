/**
 * Rows of CSV, TSV and their relatives, one by one: feeds, lists of members, orders of tills.
 *
 * As RFC 4180 has it, and as people really write it: lines end in any way, quotation marks may stand
 * inside of a cell, and what the cells are parted by is found out. One row is held in memory.
 */
import { Parser } from 'csv-parse'

export interface CsvRow {
  /** From 1: the line of the text on which the row begins. */
  readonly line: number
  /** As written, without the quotation marks around them; null for a row that is too long. */
  readonly cells: readonly string[] | null
  /** False for a last row without an end of line, of which something may be missing. */
  readonly isEnded: boolean
}

export interface CsvOptions {
  /** Found by content where it isn't given, see `findDelimiter`. */
  readonly delimiter?: string
  /** Longest row, in bytes of UTF-8. */
  readonly rowBytesMax: number
}

/** The text ends inside of a cell that a quotation mark opened: it was cut off, or the mark is a stray one. */
export class CsvBroken extends Error {
  /** Where the row with that cell begins. */
  readonly line: number

  constructor(line: number) {
    super(`line ${line}: a quotation mark is opened and never closed`)
    this.line = line
  }
}

const newline = 10
/** Enough for a header and the rows that show what cells are parted by. */
const sampleLengthMax = 65_536
const pieceLengthMax = 65_536

/**
 * Reads rows as they are asked for; lines and rows with nothing in them are left out. A header is a row.
 *
 * A row that is too long is mostly a stray quotation mark that swallows what follows it: such a row is
 * given with `cells: null`, and reading goes on at the line after the one on which it begins.
 *
 * @param text in pieces of any length, without a byte order mark (`base/text-encoding` gives it so).
 * @throws CsvBroken after the rows before it.
 */
export async function* readCsv(
  text: AsyncIterable<string>,
  options: CsvOptions,
): AsyncGenerator<CsvRow, void, undefined> {
  const { sample, rest } = await takeSample(withPlainNewlines(text))
  const named = /^sep=(.)\n/.exec(sample)
  const start = named === null ? 0 : named[0].length
  const delimiter = options.delimiter ?? named?.[1] ?? findDelimiter(sample)
  const reader = new RowReader(delimiter, options.rowBytesMax, named === null ? 1 : 2)
  try {
    yield* reader.read(Buffer.from(sample.slice(start)))
    for await (const piece of rest) yield* reader.read(Buffer.from(piece))
    yield* reader.end()
  } finally {
    reader.close()
  }
}

const delimiters = ['\t', ';', ',', '|']

/**
 * What parts the cells: whichever of tab, `;`, `,` and `|` stands equally often in the most of the
 * first rows, outside of quotation marks; of two such, the more frequent. A comma where none does.
 */
export function findDelimiter(sample: string): string {
  const unquoted = sample.replace(/"(?:[^"]|"")*"/g, 'cell')
  const rows = unquoted
    .split('\n')
    .filter((row) => row.trim() !== '')
    .slice(0, 20)
  let best = ','
  let bestScore = 0
  for (const delimiter of delimiters) {
    const counts = rows.map((row) => row.split(delimiter).length - 1)
    const first = counts[0] ?? 0
    if (first === 0) continue
    const agreeing = counts.filter((count) => count === first).length
    const score = agreeing * 1_000 + Math.min(first, 999)
    if (score > bestScore) [best, bestScore] = [delimiter, score]
  }
  return best
}

/** Lines that end in CR LF or CR end in LF. */
async function* withPlainNewlines(text: AsyncIterable<string>): AsyncGenerator<string> {
  let endedInCr = false
  for await (const whole of text)
    for (let start = 0; start < whole.length; start += pieceLengthMax) {
      let piece = whole.slice(start, start + pieceLengthMax)
      if (endedInCr && piece.startsWith('\n')) piece = piece.slice(1)
      if (piece === '') continue
      endedInCr = piece.endsWith('\r')
      yield piece.includes('\r') ? piece.replace(/\r\n?/g, '\n') : piece
    }
}

/** @returns the beginning of the text; `rest` goes on after it. */
async function takeSample(
  text: AsyncGenerator<string>,
): Promise<{ sample: string; rest: AsyncIterable<string> }> {
  let sample = ''
  while (sample.length < sampleLengthMax) {
    const { done, value } = await text.next()
    if (done === true) break
    sample += value
  }
  return { sample, rest: text }
}

interface ReadRecord {
  readonly cells: string[]
  /** The lines of the text on which it begins and ends. */
  readonly line: number
  readonly lastLine: number
  /** Bytes of what the parser was given, up to the end of the row. */
  readonly end: number
}

/** csv-parse under a limit: it is begun anew after each row that is too long. */
class RowReader {
  readonly #delimiter: string
  readonly #rowBytesMax: number
  #parser: RowParser
  /** What of the text no row has been made of yet, and how much the parser was given before it. */
  #open: Buffer = Buffer.alloc(0)
  #openStart = 0
  /** The line at the beginning of `#open`. */
  #openLine: number
  /** Looks for the end of the line on which a row begins that is too long. */
  #isSkipping = false

  constructor(delimiter: string, rowBytesMax: number, firstLine: number) {
    this.#delimiter = delimiter
    this.#rowBytesMax = rowBytesMax
    this.#openLine = firstLine
    this.#parser = this.#begin()
  }

  async *read(piece: Buffer): AsyncGenerator<CsvRow, void, undefined> {
    let bytes = piece
    for (;;) {
      if (this.#isSkipping) {
        const end = bytes.indexOf(newline)
        if (end < 0) return
        bytes = bytes.subarray(end + 1)
        this.#isSkipping = false
        this.#openLine++
        this.#parser.destroy()
        this.#parser = this.#begin()
      }
      this.#open = this.#open.length === 0 ? bytes : Buffer.concat([this.#open, bytes])
      this.#parser.records = []
      await new Promise<void>((resolve, reject) =>
        this.#parser.write(bytes, (error) => (error ? reject(error) : resolve())),
      )
      yield* this.#takeRecords()
      const blank = leadingNewlines(this.#open)
      if (this.#open.length - blank <= this.#rowBytesMax) return
      bytes = this.#open.subarray(blank)
      this.#openLine += blank
      this.#isSkipping = true
      yield { line: this.#openLine, cells: null, isEnded: true }
    }
  }

  async *end(): AsyncGenerator<CsvRow, void, undefined> {
    if (this.#isSkipping) return
    this.#parser.records = []
    const isWhole = await new Promise<boolean>((resolve) =>
      this.#parser.end((error?: Error | null) => resolve(!error)),
    )
    yield* this.#takeRecords()
    if (!isWhole) throw new CsvBroken(this.#openLine + leadingNewlines(this.#open))
  }

  close(): void {
    this.#parser.destroy()
  }

  /** Up to a row that is too long. */
  *#takeRecords(): Generator<CsvRow, void, undefined> {
    for (const { cells, line, lastLine, end } of this.#parser.records) {
      const length = end - this.#openStart
      if (length > this.#rowBytesMax && length - leadingNewlines(this.#open) > this.#rowBytesMax)
        return
      const isEnded = this.#open[length - 1] === newline
      this.#open = this.#open.subarray(length)
      this.#openStart = end
      this.#openLine = lastLine + 1
      if (cells.some((cell) => cell.trim() !== '')) yield { line, cells, isEnded }
    }
  }

  #begin(): RowParser {
    this.#open = Buffer.alloc(0)
    this.#openStart = 0
    return new RowParser(this.#delimiter, this.#openLine - 1)
  }
}

/** Gives rows as they are parsed; nothing waits in the stream behind the parser. */
class RowParser extends Parser {
  records: ReadRecord[] = []
  readonly #linesBefore: number

  constructor(delimiter: string, linesBefore: number) {
    super({
      delimiter,
      record_delimiter: '\n',
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      ltrim: true,
    })
    this.#linesBefore = linesBefore
    // The write or the end that failed says so, too.
    this.on('error', () => undefined)
  }

  override push(cells: string[] | null): boolean {
    if (cells === null) return super.push(null)
    const lastLine = this.#linesBefore + this.info.lines
    const line = lastLine - newlinesIn(cells)
    this.records.push({ cells, line, lastLine, end: this.info.bytes })
    return true
  }
}

function newlinesIn(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells)
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++
  return count
}

function leadingNewlines(bytes: Buffer): number {
  let count = 0
  while (bytes[count] === newline) count++
  return count
}
