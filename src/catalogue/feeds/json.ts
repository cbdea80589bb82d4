/** Rows of JSON read as it comes: the objects of its list, each of which is then read by itself. */
import { FeedBroken } from './feed.js'

export interface JsonRow {
  /** Where it begins, from 1. */
  readonly line: number
  /** null where it is longer than it may be. */
  readonly text: string | null
}

export interface JsonOptions {
  /** Whether objects of a list with this key are rows. A list that is the whole document has the key ''. */
  isList(key: string): boolean
  readonly rowLengthMax: number
}

const depthMax = 100
const keyLengthMax = 200

const quote = 34
const backslash = 92
const comma = 44
const colon = 58
const openList = 91
const closeList = 93
const openObject = 123
const closeObject = 125
const newline = 10

/**
 * Finds the rows; what stands between them is looked at no closer than that takes.
 *
 * @throws FeedBroken where the document isn't closed, nests too deeply or has no such list.
 */
export async function* readJsonRows(
  text: AsyncIterable<string>,
  options: JsonOptions,
): AsyncGenerator<JsonRow, void, undefined> {
  const reader = new RowReader(options)
  for await (const piece of text) yield* reader.read(piece)
  reader.end()
}

interface Open {
  readonly isList: boolean
  /** Under which it stands, or its list does. */
  readonly key: string
}

class RowReader {
  readonly #options: JsonOptions
  readonly #open: Open[] = []
  #line = 1
  #isInText = false
  #isEscaped = false
  /** The key, or the text, that was read last outside of rows. */
  #word = ''
  #key = ''
  /** Inside of a row: how deep, the line and the text so far. 0 outside of rows. */
  #rowDepth = 0
  #rowLine = 0
  #rowText: string | null = ''
  #sawList = false

  constructor(options: JsonOptions) {
    this.#options = options
  }

  *read(piece: string): Generator<JsonRow, void, undefined> {
    let rowStart = 0
    for (let at = 0; at < piece.length; at++) {
      if (this.#isInText) {
        at = this.#passText(piece, at)
        continue
      }
      const code = piece.charCodeAt(at)
      if (code === newline) this.#line++
      else if (code === quote) {
        this.#isInText = true
        this.#word = ''
      } else if (this.#rowDepth > 0) {
        if (code === openObject || code === openList) this.#rowDepth++
        else if ((code === closeObject || code === closeList) && --this.#rowDepth === 0) {
          this.#keep(piece.slice(rowStart, at + 1))
          yield { line: this.#rowLine, text: this.#rowText }
        }
      } else if (this.#readBetween(code)) {
        rowStart = at
        this.#rowDepth = 1
        this.#rowLine = this.#line
        this.#rowText = ''
      }
    }
    if (this.#rowDepth > 0) this.#keep(piece.slice(rowStart))
  }

  end(): void {
    if (this.#rowDepth > 0 || this.#open.length > 0 || this.#isInText)
      throw new FeedBroken(
        this.#rowDepth > 0 ? this.#rowLine : this.#line,
        'cut off: the JSON is not closed',
      )
    if (!this.#sawList) throw new FeedBroken(0, 'no feed: the JSON has no list of products')
  }

  /** @returns where the text ends that began at `start` or before it, or its piece. */
  #passText(piece: string, start: number): number {
    let isEscaped = this.#isEscaped
    let at = start
    for (; at < piece.length; at++) {
      const code = piece.charCodeAt(at)
      if (code === newline) this.#line++
      if (isEscaped) isEscaped = false
      else if (code === backslash) isEscaped = true
      else if (code === quote) {
        this.#isInText = false
        break
      }
    }
    this.#isEscaped = isEscaped
    const room = keyLengthMax - this.#word.length
    if (this.#rowDepth === 0 && room > 0)
      this.#word += piece.slice(start, Math.min(at, start + room))
    return at
  }

  /** @returns whether a row begins here. */
  #readBetween(code: number): boolean {
    const around = this.#open.at(-1)
    if (code === colon) this.#key = this.#word
    else if (code === comma && around?.isList === false) this.#key = ''
    else if (code === openList) {
      this.#push({ isList: true, key: this.#keyHere(around) })
      this.#sawList ||= this.#options.isList(this.#keyHere(around))
    } else if (code === openObject) {
      if (around?.isList === true && this.#options.isList(around.key)) return true
      this.#push({ isList: false, key: this.#keyHere(around) })
    } else if (code === closeList || code === closeObject) {
      if (around === undefined || around.isList !== (code === closeList))
        throw new FeedBroken(this.#line, 'no JSON: a bracket closes what is not open')
      this.#open.pop()
    }
    return false
  }

  #keyHere(around: Open | undefined): string {
    if (around === undefined) return ''
    return around.isList ? around.key : this.#key
  }

  #push(open: Open): void {
    if (this.#open.length >= depthMax)
      throw new FeedBroken(
        this.#line,
        `lists and objects stand in each other more than ${depthMax} deep`,
      )
    this.#open.push(open)
  }

  #keep(text: string): void {
    if (this.#rowText === null) return
    const isTooLong = this.#rowText.length + text.length > this.#options.rowLengthMax
    this.#rowText = isTooLong ? null : this.#rowText + text
  }
}
