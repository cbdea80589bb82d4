import { textLengthMax } from '../request.js'

/** Node's own decoder, which its types leave out: `toString` costs a microsecond more. */
type Utf8Buffer = Buffer & { utf8Slice(start: number, end: number): string }

/** Longer texts are made anew each time. */
const cachedBytesMax = 32
const slotCount = 4_096

/**
 * What short texts stand for, by their bytes: categories, currencies, domains, which most requests have
 * in common. Finding a text that was seen before costs less than making the string, and the string that
 * comes back has its hash at hand for the maps that it is looked up in.
 *
 * Bounded: a text that is new takes the place of another with the same hash. Nothing personal belongs
 * in here, as it outlives the request.
 */
export class TextCache<T> {
  readonly #meaningOf: (text: string) => T
  readonly #emptyMeaning: T
  readonly #bytes = new Uint8Array(slotCount * cachedBytesMax)
  /** 0 where a slot is free. */
  readonly #lengths = new Uint8Array(slotCount)
  readonly #meanings: T[]

  /** @param meaningOf pure: called for texts that aren't kept. */
  constructor(meaningOf: (text: string) => T) {
    this.#meaningOf = meaningOf
    this.#emptyMeaning = meaningOf('')
    this.#meanings = new Array<T>(slotCount).fill(this.#emptyMeaning)
  }

  /** What the UTF-8 in `bytes[start, end)` stands for; as nothing where it is longer than is kept. */
  get(bytes: Buffer, start: number, end: number): T {
    const length = end - start
    if (length === 0) return this.#emptyMeaning
    if (length > cachedBytesMax) {
      const text = (bytes as Utf8Buffer).utf8Slice(start, end)
      return text.length > textLengthMax ? this.#emptyMeaning : this.#meaningOf(text)
    }
    let hash = length
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
    const slot = (hash ^ (hash >>> 15)) & (slotCount - 1)
    const slotStart = slot * cachedBytesMax
    const kept = this.#bytes
    if (this.#lengths[slot] === length) {
      let i = 0
      while (i < length && kept[slotStart + i] === bytes[start + i]) i++
      if (i === length) return this.#meanings[slot]!
    }
    const meaning = this.#meaningOf((bytes as Utf8Buffer).utf8Slice(start, end))
    for (let i = 0; i < length; i++) kept[slotStart + i] = bytes[start + i]!
    this.#lengths[slot] = length
    this.#meanings[slot] = meaning
    return meaning
  }
}
