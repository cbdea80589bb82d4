/** Names, each once; whichever was put in last comes out first, and goes last where there are too many. */
export class NewestFirst {
  /** In the order in which they were put in; of one that is there again the last counts. */
  #names: string[] = []
  /** Those before it are gone. */
  #first = 0
  /** Where each stands in `#names`. */
  readonly #places = new Map<string, number>()

  get size(): number {
    return this.#places.size
  }

  put(name: string): void {
    if (this.#names.length > 2 * this.size + 64) this.#compact()
    this.#places.set(name, this.#names.length)
    this.#names.push(name)
  }

  /** @returns '' where there is none. */
  takeNewest(): string {
    while (this.#names.length > this.#first) {
      const name = this.#names.pop()!
      if (this.#places.get(name) !== this.#names.length) continue
      this.#places.delete(name)
      return name
    }
    return ''
  }

  dropOldest(): void {
    while (this.#first < this.#names.length) {
      const name = this.#names[this.#first++]!
      if (this.#places.get(name) === this.#first - 1) {
        this.#places.delete(name)
        return
      }
    }
  }

  #compact(): void {
    this.#names = this.#names.filter(
      (name, place) => place >= this.#first && this.#places.get(name) === place,
    )
    this.#first = 0
    for (const [place, name] of this.#names.entries()) this.#places.set(name, place)
  }
}
