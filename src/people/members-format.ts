import { type CsvRow, findDelimiter, readCsv } from '../base/csv.js'
import { decodeText } from '../base/text-encoding.js'
import type { Member } from './lists.js'
import {
  fieldCount,
  memberKinds,
  placeOf,
  type RefusedRow,
  type RowOptions,
  readRow,
} from './member-row.js'

export { memberKinds }

export interface ReadMembersOptions extends Omit<RowOptions, 'kind'> {
  /** One of `memberKinds`: what an `id` is, and a column without a name. Else each is looked at. */
  readonly kind: string
  /** Most rows of a batch. */
  readonly rowsMax: number
}

export interface MemberBatch {
  readonly members: readonly Member[]
  readonly refused: readonly RefusedRow[]
  /** Rows that these were made of: not headers, nor lines with nothing in them. */
  readonly rowCount: number
}

const rowLengthMax = 8_192

/**
 * Reads a list of members as it comes: NDJSON, one object in a line; or CSV with a header, or with one
 * column and none. Which of them it is shows in the first line.
 *
 * Fields are `customerId`, `email` (or its hash), `emailSha256`, `anonymousId`, `uid` or `id`; `action`:
 * `add`, where it isn't said, or `remove`; `expires`: a moment or a time from now. Others are left alone.
 *
 * @throws what the bytes throw, and Error for what is no such list, after the rows before it.
 */
export async function* readMembers(
  bytes: AsyncIterable<Uint8Array>,
  options: ReadMembersOptions,
): AsyncGenerator<MemberBatch, void, undefined> {
  const rows = new Rows(options)
  let failure: { readonly error: unknown } | null = null
  try {
    const { text } = await decodeText(bytes, '')
    for await (const _full of new Reader(text, rows).read()) yield rows.take()
  } catch (error) {
    failure = { error }
  }
  if (rows.rowCount > 0) yield rows.take()
  if (failure !== null) throw failure.error
}

/** Rows that wait to be given. */
class Rows {
  readonly #options: RowOptions
  readonly #rowsMax: number
  readonly #values: unknown[] = new Array(fieldCount).fill(undefined)
  #members: Member[] = []
  #refused: RefusedRow[] = []

  constructor({ kind, nowMs, emailKey, rowsMax }: ReadMembersOptions) {
    this.#options = { kind: memberKinds.find((known) => known === kind) ?? '', nowMs, emailKey }
    this.#rowsMax = rowsMax
  }

  get rowCount(): number {
    return this.#members.length + this.#refused.length
  }

  get isFull(): boolean {
    return this.rowCount >= this.#rowsMax
  }

  take(): MemberBatch {
    const batch = { members: this.#members, refused: this.#refused, rowCount: this.rowCount }
    this.#members = []
    this.#refused = []
    return batch
  }

  /** @param places where the cells belong; -1 where nowhere. */
  addCells(cells: readonly string[], places: readonly number[], line: number): void {
    this.#values.fill(undefined)
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!
      if (place >= 0) this.#values[place] = cells[i]?.trim()
    }
    this.#add(line)
  }

  addJson(text: string, line: number): void {
    let row: unknown
    try {
      row = JSON.parse(text)
    } catch {
      row = null
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      this.#refused.push({ line, refusal: 'bad_row', reason: 'is no JSON object' })
      return
    }
    this.#values.fill(undefined)
    for (const key of Object.keys(row)) {
      const place = placeOf(key)
      if (place >= 0) this.#values[place] = (row as Record<string, unknown>)[key]
    }
    this.#add(line)
  }

  addTooLong(line: number): void {
    const reason = `is longer than ${rowLengthMax} characters`
    this.#refused.push({ line, refusal: 'too_long', reason })
  }

  #add(line: number): void {
    const row = readRow(this.#values, line, this.#options)
    if ('identifier' in row) this.#members.push(row)
    else this.#refused.push(row)
  }
}

/** Goes through the text line by line; from the first quotation mark on, CSV is left to the general reader. */
class Reader {
  readonly #pieces: AsyncIterator<string>
  readonly #rows: Rows
  /** Lines that are behind. */
  #line = 0
  #newline = '\n'
  /** Of CSV; null before the first row. */
  #places: readonly number[] | null = null
  #delimiter = ','
  #isJson = false

  constructor(text: AsyncIterable<string>, rows: Rows) {
    this.#pieces = text[Symbol.asyncIterator]()
    this.#rows = rows
  }

  /** Gives nothing itself: it stops whenever the rows are full. */
  async *read(): AsyncGenerator<void, void, undefined> {
    let text = await this.#begin()
    let isSkipping = false
    for (;;) {
      let at = 0
      const quoteAt = this.#isJson ? -1 : text.indexOf('"')
      for (;;) {
        const end = text.indexOf(this.#newline, at)
        if (end < 0) break
        if (isSkipping) {
          isSkipping = false
          this.#line++
        } else {
          if (quoteAt >= 0 && quoteAt < end) return yield* this.#readQuoted(text.slice(at))
          this.#takeLine(text.slice(at, end))
        }
        at = end + 1
        if (this.#rows.isFull) yield
      }
      let open = isSkipping ? '' : text.slice(at)
      if (open.length > rowLengthMax) {
        this.#rows.addTooLong(this.#line + 1)
        isSkipping = true
        open = ''
      }
      const { done, value } = await this.#pieces.next()
      if (done === true) {
        if (quoteAt >= 0) return yield* this.#readQuoted(open)
        if (open !== '') this.#takeLine(open)
        return
      }
      text = open + value
    }
  }

  /** @returns the text's beginning, once it shows what it is. */
  async #begin(): Promise<string> {
    let sample = ''
    while (sample.trim() === '') {
      const { done, value } = await this.#pieces.next()
      if (done === true) return ''
      sample += value
    }
    if (!sample.includes('\n')) this.#newline = '\r'
    const first = sample.trimStart()[0]
    if (first === '[')
      throw new Error('a list in JSON can’t be taken as it comes: send one object in a line')
    this.#isJson = first === '{'
    if (!this.#isJson) this.#delimiter = findDelimiter(sample)
    return sample
  }

  #takeLine(text: string): void {
    this.#line++
    if (text.length > rowLengthMax) this.#rows.addTooLong(this.#line)
    else if (text.trim() === '') return
    else if (this.#isJson) this.#rows.addJson(text, this.#line)
    else this.#takeCells(text.split(this.#delimiter), this.#line)
  }

  #takeCells(cells: readonly string[], line: number): void {
    if (this.#places !== null) {
      this.#rows.addCells(cells, this.#places, line)
      return
    }
    // Excel writes `sep=;` above the header.
    const separator = /^sep=(.)$/.exec(cells.join(this.#delimiter).trim())
    if (separator !== null) {
      this.#delimiter = separator[1]!
      return
    }
    const places = cells.map((cell) => placeOf(cell.trim()))
    if (places.some((place) => place >= 0)) {
      this.#places = places
      return
    }
    if (cells.length > 1)
      throw new Error('the first line names no field of a member: see docs/segments.md')
    this.#places = [placeOf('id')]
    this.#rows.addCells(cells, this.#places, line)
  }

  /** @param text from the beginning of a line. */
  async *#readQuoted(text: string): AsyncGenerator<void, void, undefined> {
    const linesBefore = this.#line
    const options = { delimiter: this.#delimiter, rowBytesMax: rowLengthMax }
    for await (const row of readCsv(this.#rest(text), options)) {
      this.#takeQuoted(row, linesBefore)
      if (this.#rows.isFull) yield
    }
  }

  #takeQuoted({ line, cells }: CsvRow, linesBefore: number): void {
    if (cells === null) this.#rows.addTooLong(line + linesBefore)
    else this.#takeCells(cells, line + linesBefore)
  }

  async *#rest(text: string): AsyncGenerator<string, void, undefined> {
    yield text
    for (;;) {
      const { done, value } = await this.#pieces.next()
      if (done === true) return
      yield value
    }
  }
}
