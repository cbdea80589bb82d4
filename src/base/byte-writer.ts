/** Node's own writers, which its types leave out: a third of the cost of `write(text, at, encoding)`. */
type WritableBuffer = Buffer & {
  latin1Write(text: string, offset: number): number
  utf8Write(text: string, offset: number): number
}

/**
 * A growing buffer that replies are written into, kept and reused from one request to the next.
 *
 * `bytes(piece)` copies what was prepared at load time; `ascii` and `utf8` write the few strings
 * that depend on the request. Costs one copy per piece and no allocation once it has grown.
 */
export class ByteWriter {
  buffer: WritableBuffer
  length = 0

  constructor(capacityBytes = 65_536) {
    this.buffer = Buffer.allocUnsafeSlow(capacityBytes) as WritableBuffer
  }

  reset(): void {
    this.length = 0
  }

  /** What has been written; a view, valid until the next write or reset. */
  view(): Buffer {
    return this.buffer.subarray(0, this.length)
  }

  bytes(piece: Uint8Array): void {
    const end = this.length + piece.length
    if (end > this.buffer.length) this.#grow(end)
    this.buffer.set(piece, this.length)
    this.length = end
  }

  /** Copies `source[start, end)`: a piece that lies in a table of many. */
  range(source: Buffer, start: number, end: number): void {
    const newLength = this.length + (end - start)
    if (newLength > this.buffer.length) this.#grow(newLength)
    source.copy(this.buffer, this.length, start, end)
    this.length = newLength
  }

  /** All that another writer holds. */
  copy(other: ByteWriter): void {
    this.range(other.buffer, 0, other.length)
  }

  /** Text known to hold nothing above 0x7f: numbers, tokens. */
  ascii(text: string): void {
    if (this.length + text.length > this.buffer.length) this.#grow(this.length + text.length)
    this.length += this.buffer.latin1Write(text, this.length)
  }

  utf8(text: string): void {
    const most = this.length + text.length * 3
    if (most > this.buffer.length) this.#grow(most)
    this.length += this.buffer.utf8Write(text, this.length)
  }

  /** JSON text as the inside of a JSON string: its quotes and backslashes get a backslash. */
  escaped(json: ByteWriter): void {
    const { buffer: source, length } = json
    if (this.length + length * 2 > this.buffer.length) this.#grow(this.length + length * 2)
    const { buffer } = this
    let at = this.length
    for (let i = 0; i < length; i++) {
      const code = source[i]!
      if (code === 0x22 || code === 0x5c) buffer[at++] = 0x5c
      buffer[at++] = code
    }
    this.length = at
  }

  byte(code: number): void {
    if (this.length === this.buffer.length) this.#grow(this.length + 1)
    this.buffer[this.length++] = code
  }

  #grow(leastBytes: number): void {
    const grown = Buffer.allocUnsafeSlow(
      Math.max(leastBytes, this.buffer.length * 2),
    ) as WritableBuffer
    this.buffer.copy(grown, 0, 0, this.length)
    this.buffer = grown
  }
}
