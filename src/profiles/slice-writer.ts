/**
 * Writes what slices are made of, within their bounds, into memory that is used again for the next one.
 * Nothing else may come between `begin` and `finish`.
 *
 * Whole numbers take 7 bits a byte, the lowest first, the top bit set where more follow. Texts lie
 * behind the numbers, all together, in latin-1 or, those that don't fit it, in UTF-16: both keep every
 * text exactly, halves of surrogate pairs too, and are read in one go each.
 */

/** Of numbers, and of texts of either kind: the largest slice needs less, as the writer would say. */
const scratchBytes = 262_144
const headBytes = 8

export class SliceWriter {
  readonly #numbers = Buffer.allocUnsafeSlow(scratchBytes)
  readonly #narrow = Buffer.allocUnsafeSlow(scratchBytes)
  readonly #wide = Buffer.allocUnsafeSlow(scratchBytes)
  #numberBytes = 0
  #narrowBytes = 0
  #wideBytes = 0
  #lastMs = 0

  begin(): void {
    this.#numberBytes = 0
    this.#narrowBytes = 0
    this.#wideBytes = 0
    this.#lastMs = 0
  }

  get byteLength(): number {
    return headBytes + this.#numberBytes + this.#narrowBytes + this.#wideBytes
  }

  /** @param into has `byteLength` bytes from `at` on. */
  finish(into: Buffer, at: number): void {
    into.writeUInt32LE(this.#numberBytes, at)
    into.writeUInt32LE(this.#narrowBytes, at + 4)
    const narrowAt = at + headBytes + this.#numberBytes
    this.#numbers.copy(into, at + headBytes, 0, this.#numberBytes)
    this.#narrow.copy(into, narrowAt, 0, this.#narrowBytes)
    this.#wide.copy(into, narrowAt + this.#narrowBytes, 0, this.#wideBytes)
  }

  byte(value: number): void {
    this.#numbers[this.#numberBytes++] = value
  }

  flag(value: boolean): void {
    if (typeof value !== 'boolean') throw outOfBounds
    this.byte(value ? 1 : 0)
  }

  whole(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw outOfBounds
    this.#rest(value)
  }

  /** A moment, by how far it is from the one before: most are close to each other. */
  moment(atMs: number): void {
    if (!Number.isSafeInteger(atMs) || atMs < 0) throw outOfBounds
    const ageMs = this.#lastMs - atMs
    this.#lastMs = atMs
    const size = Math.abs(ageMs)
    const rest = Math.floor(size / 64)
    this.byte((size & 63) | (ageMs < 0 ? 64 : 0) | (rest > 0 ? 128 : 0))
    if (rest > 0) this.#rest(rest)
  }

  double(value: number, least: number, most: number): void {
    if (typeof value !== 'number' || !(value >= least && value <= most)) throw outOfBounds
    this.#numberBytes = this.#numbers.writeDoubleLE(value, this.#numberBytes)
  }

  count(list: readonly unknown[], countMax: number): void {
    if (!Array.isArray(list) || list.length > countMax) throw outOfBounds
    this.#rest(list.length)
  }

  text(text: string, lengthMin: number, lengthMax: number): void {
    if (typeof text !== 'string' || text.length < lengthMin || text.length > lengthMax)
      throw outOfBounds
    const { length } = text
    const narrow = this.#narrow
    const at = this.#narrowBytes
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 0xff) {
        this.#wideBytes += this.#wide.write(text, this.#wideBytes, 'utf16le')
        this.#rest(length * 2 + 1)
        return
      }
      narrow[at + i] = unit
    }
    this.#narrowBytes = at + length
    this.#rest(length * 2)
  }

  #rest(value: number): void {
    const numbers = this.#numbers
    let at = this.#numberBytes
    let rest = value
    while (rest > 127) {
      numbers[at++] = (rest & 127) | 128
      rest = Math.floor(rest / 128)
    }
    numbers[at++] = rest
    this.#numberBytes = at
  }
}

/** Made once, as nobody looks at where it was thrown: `checkSlice` says what is wrong. */
const outOfBounds = new Error('slice: out of bounds')
