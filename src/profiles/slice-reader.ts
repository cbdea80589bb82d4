/** Reads what a `SliceWriter` wrote. Each throws where there is no such thing. */

const headBytes = 8

export class SliceReader {
  readonly #bytes: Buffer
  readonly #end: number
  readonly #narrow: string
  readonly #wide: string
  #at: number
  #narrowAt = 0
  #wideAt = 0
  #lastMs = 0

  /** @param at where it begins; it ends where `bytes` does. */
  constructor(bytes: Buffer, at: number) {
    const narrowAt = at + headBytes + bytes.readUInt32LE(at)
    const wideAt = narrowAt + bytes.readUInt32LE(at + 4)
    if (wideAt > bytes.length) throw malformed
    this.#bytes = bytes
    this.#at = at + headBytes
    this.#end = narrowAt
    this.#narrow = bytes.toString('latin1', narrowAt, wideAt)
    this.#wide = wideAt === bytes.length ? '' : bytes.toString('utf16le', wideAt)
  }

  /** To be called when all was read: nothing may be left. */
  end(): void {
    const isAll =
      this.#at === this.#end &&
      this.#narrowAt === this.#narrow.length &&
      this.#wideAt === this.#wide.length
    if (!isAll) throw malformed
  }

  byte(): number {
    if (this.#at >= this.#end) throw malformed
    return this.#bytes[this.#at++]!
  }

  flag(): boolean {
    return this.byte() === 1
  }

  whole(): number {
    const first = this.byte()
    return first < 128 ? first : this.#rest(first & 127, 128)
  }

  moment(): number {
    const first = this.byte()
    const size = first < 128 ? first & 63 : this.#rest(first & 63, 64)
    this.#lastMs += (first & 64) === 0 ? -size : size
    return this.#lastMs
  }

  double(): number {
    const value = this.#bytes.readDoubleLE(this.#at)
    this.#at += 8
    return value
  }

  count(countMax: number): number {
    const count = this.whole()
    if (count > countMax) throw malformed
    return count
  }

  text(): string {
    const head = this.whole()
    const length = Math.floor(head / 2)
    if ((head & 1) === 0) {
      const end = this.#narrowAt + length
      const text = this.#narrow.substring(this.#narrowAt, end)
      this.#narrowAt = end
      return text
    }
    const end = this.#wideAt + length
    const text = this.#wide.substring(this.#wideAt, end)
    this.#wideAt = end
    return text
  }

  #rest(low: number, scale: number): number {
    let value = low
    let unit = scale
    for (;;) {
      const next = this.byte()
      value += (next & 127) * unit
      if (next < 128) return value
      unit *= 128
    }
  }
}

const malformed = new Error('slice: malformed')
