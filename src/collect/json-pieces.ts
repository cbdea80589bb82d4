/**
 * Reads a JSON object that may be larger than memory: its members one after the other, and of one of
 * them, a list, each item by itself.
 */

/** Deeper values are nobody's, and would end whoever walks through them. */
const depthMax = 40

export interface JsonPiece {
  /** The member's name. */
  readonly name: string
  /** Place in the list; -1 of a member that is read whole. */
  readonly index: number
  readonly value: unknown
}

export interface PieceLimits {
  /** Longest member that is read whole. */
  readonly memberBytesMax: number
  readonly itemBytesMax: number
}

/** What can't be read. The message says where. */
export class NotReadable extends Error {}

const code = (character: string): number => character.charCodeAt(0)
const [quote, backslash, comma] = [code('"'), code('\\'), code(',')]
const [openObject, closeObject, openList, closeList] = [code('{'), code('}'), code('['), code(']')]
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * @param listName the member whose items come one by one; another value than a list comes whole.
 * @throws NotReadable for what isn't a JSON object, ends too early, or has a piece over its limit.
 */
export async function* jsonPieces(
  chunks: AsyncIterable<Buffer>,
  listName: string,
  limits: PieceLimits,
): AsyncGenerator<JsonPiece> {
  const reader = new PieceReader(listName, limits)
  for await (const chunk of chunks) yield* reader.read(chunk)
  reader.end()
}

class PieceReader {
  readonly #listName: string
  readonly #limits: PieceLimits
  /** 0 before and after the object; 1 among its members. */
  #depth = 0
  #isInString = false
  #isEscaped = false
  #hasBegun = false
  /** Items of the list that were read; -1 outside of it. */
  #itemCount = -1
  /** The list has ended, and nothing of the next member has come. */
  #isAfterList = false
  #memberCount = 0
  /** What has come of the piece, but for what is still in the chunk. */
  #parts: Buffer[] = []
  #length = 0

  constructor(listName: string, limits: PieceLimits) {
    this.#listName = listName
    this.#limits = limits
  }

  *read(chunk: Buffer): Generator<JsonPiece> {
    let start = 0
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (byte === backslash) this.#isEscaped = true
        else if (byte === quote) this.#isInString = false
        continue
      }
      if (byte === quote) this.#isInString = true
      else if (byte === openObject || byte === openList) {
        if (this.#depth === 0) {
          this.#begin(byte, chunk.subarray(start, i))
          start = i + 1
        } else if (byte === openList && this.#depth === 1 && this.#isListNext(chunk, start, i)) {
          this.#take()
          this.#itemCount = 0
          start = i + 1
        }
        if (++this.#depth > depthMax)
          throw new NotReadable(`${this.#where()}: is nested too deeply`)
      } else if (byte === closeObject || byte === closeList || byte === comma) {
        const isClosing = byte !== comma
        const isEnd = this.#depth === (this.#itemCount < 0 ? 1 : 2)
        if (isEnd) {
          this.#keep(chunk.subarray(start, i))
          start = i + 1
          yield* this.#ended(byte)
        }
        if (isClosing && --this.#depth < 0) throw new NotReadable(`${this.#where()}: is not JSON`)
      }
    }
    this.#keep(chunk.subarray(start))
  }

  end(): void {
    const rest = this.#take().trim()
    if (!this.#hasBegun || this.#depth > 0) throw new NotReadable(`${this.#where()}: is cut off`)
    if (rest !== '') throw new NotReadable('body: goes on after its end')
  }

  #begin(byte: number, before: Buffer): void {
    this.#keep(before)
    // A byte order mark is no mistake.
    const isBlank = /^[\ufeff\s]*$/.test(this.#take())
    if (byte !== openObject || this.#hasBegun || !isBlank)
      throw new NotReadable('body: must be one JSON object')
    this.#hasBegun = true
  }

  #isListNext(chunk: Buffer, start: number, end: number): boolean {
    if (this.#itemCount >= 0 || this.#length > 1_000 || end - start > 1_000) return false
    const text = Buffer.concat([...this.#parts, chunk.subarray(start, end)]).toString()
    if (text.trim() !== '' && this.#isAfterList) throw new NotReadable('body: is not JSON')
    return new RegExp(`^\\s*"${this.#listName}"\\s*:\\s*$`).test(text)
  }

  /** A comma or a bracket has ended a piece. */
  *#ended(byte: number): Generator<JsonPiece> {
    const where = this.#where()
    const text = this.#take().trim()
    if (this.#itemCount >= 0) {
      if (byte === closeObject) throw new NotReadable(`${where}: is not JSON`)
      const isEmpty = text === '' && byte === closeList && this.#itemCount === 0
      if (!isEmpty) {
        yield { name: this.#listName, index: this.#itemCount, value: parsed(text, where) }
        this.#itemCount++
      }
      if (byte === closeList) {
        this.#itemCount = -1
        this.#isAfterList = true
        this.#memberCount++
      }
      return
    }
    if (byte === closeList) throw new NotReadable(`${where}: is not JSON`)
    if (this.#isAfterList) {
      if (text !== '') throw new NotReadable(`${where}: is not JSON`)
      this.#isAfterList = false
      return
    }
    if (text === '' && byte === closeObject && this.#memberCount === 0) return
    const [member, ...more] = Object.entries(parsed(`{${text}}`, where) as object)
    if (member === undefined || more.length > 0) throw new NotReadable(`${where}: is not JSON`)
    this.#memberCount++
    yield { name: member[0], index: -1, value: member[1] as unknown }
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return
    const { memberBytesMax, itemBytesMax } = this.#limits
    this.#length += part.length
    const bytesMax = this.#itemCount < 0 ? memberBytesMax : itemBytesMax
    if (this.#length > bytesMax)
      throw new NotReadable(`${this.#where()}: is over ${bytesMax} bytes`)
    // Copied where the chunk goes on to be another's.
    this.#parts.push(Buffer.from(part))
  }

  #take(): string {
    const bytes = Buffer.concat(this.#parts)
    this.#parts = []
    this.#length = 0
    try {
      return utf8.decode(bytes)
    } catch {
      throw new NotReadable(`${this.#where()}: is not UTF-8`)
    }
  }

  #where(): string {
    return this.#itemCount < 0 ? 'body' : `${this.#listName}[${this.#itemCount}]`
  }
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new NotReadable(`${where}: is not JSON: ${(error as Error).message}`)
  }
}
