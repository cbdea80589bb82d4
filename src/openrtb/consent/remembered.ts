/** Characters kept for each entry that may be remembered: a TC string is rarely longer. */
const charactersPerEntry = 1_024

/**
 * Values by text, of which those asked for lately are remembered. Two maps: the younger takes what is
 * new and what is asked for again; once it is full, by count or by characters, the elder is dropped and
 * the younger takes its place. So an entry costs one look-up, nothing is moved about, and at most twice
 * `countMax` are held.
 */
export class Remembered<Value> {
  readonly #countMax: number
  readonly #charactersMax: number
  #younger = new Map<string, Value>()
  #elder = new Map<string, Value>()
  #characters = 0

  /** @param countMax at least 1. */
  constructor(countMax: number) {
    this.#countMax = countMax
    this.#charactersMax = countMax * charactersPerEntry
  }

  get(text: string): Value | undefined {
    const value = this.#younger.get(text)
    if (value !== undefined) return value
    const old = this.#elder.get(text)
    if (old !== undefined) this.set(text, old)
    return old
  }

  /** @param text not held before, or lost since. */
  set(text: string, value: Value): void {
    if (
      this.#younger.size >= this.#countMax ||
      this.#characters + text.length > this.#charactersMax
    ) {
      this.#elder = this.#younger
      this.#younger = new Map()
      this.#characters = 0
    }
    this.#younger.set(text, value)
    this.#characters += text.length
  }

  /** Entries held, those in both maps counted twice. */
  get size(): number {
    return this.#younger.size + this.#elder.size
  }
}
