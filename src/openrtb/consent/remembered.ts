/** A longer text isn't remembered: one that is valid is rarely longer, and what is held stays bounded. */
export const rememberedLengthMax = 4_096

/** Characters at the beginning that all count for the hash: TC strings have their times there. */
const headLength = 16
const sampleCount = 32

/**
 * Values by text, of which those asked for lately are remembered: a table of pairs, in which a new text
 * pushes out the one of its pair that was asked for longer ago. Nothing grows and nothing is allocated.
 *
 * Not a Map, as a Map hashes every character of a text that it sees for the first time, and texts from
 * requests are always new objects. Here some characters choose the pair, and one comparison of memory
 * decides. Texts that differ elsewhere only compete for their pair, which costs time, never truth.
 */
export class Remembered<Value> {
  readonly #texts: string[]
  readonly #values: (Value | undefined)[]
  readonly #mask: number

  /** @param countMax how many are held at most, rounded up to a power of two. */
  constructor(countMax: number) {
    const count = 2 ** Math.max(1, Math.ceil(Math.log2(countMax)))
    this.#texts = new Array<string>(count).fill('')
    this.#values = new Array<Value | undefined>(count).fill(undefined)
    this.#mask = count - 2
  }

  /** @param text not ''. */
  get(text: string): Value | undefined {
    const texts = this.#texts
    const first = hashOf(text) & this.#mask
    if (texts[first] === text) return this.#values[first]
    if (texts[first + 1] !== text) return undefined
    const value = this.#values[first + 1]
    this.#put(first, text, value)
    return value
  }

  /** @param text not '', and not held. */
  set(text: string, value: Value): void {
    if (text.length <= rememberedLengthMax) this.#put(hashOf(text) & this.#mask, text, value)
  }

  #put(first: number, text: string, value: Value | undefined): void {
    this.#texts[first + 1] = this.#texts[first]!
    this.#values[first + 1] = this.#values[first]
    this.#texts[first] = text
    this.#values[first] = value
  }
}

/** FNV-1a over the length, the head and characters spread over the rest. */
function hashOf(text: string): number {
  const { length } = text
  let hash = 0x811c9dc5 ^ length
  const head = Math.min(length, headLength)
  for (let i = 0; i < head; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  const step = Math.max(1, Math.floor((length - head) / sampleCount))
  for (let i = head; i < length; i += step) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash ^ (hash >>> 15)
}
