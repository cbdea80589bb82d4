import type { Purchase, Search, Slice } from '../../profiles/slice.js'

/** Words as they are compared: in lower case, one space before each, nothing between but that. */
export function plainWords(text: string): string {
  const words = text
    .normalize('NFC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
  return words === null ? '' : ` ${words.join(' ')}`
}

/**
 * What rules compare of a slice but that isn't in it as they do: worked out once, however many rules ask.
 * Of the slice that was asked for last; each list in the order in which the slice has it.
 */
export class SliceWords {
  readonly #categoryOf: (product: string) => string
  #searched: readonly Search[] | null = null
  #searches: readonly string[] = []
  #bought: readonly Purchase[] | null = null
  #boughtCategories: readonly string[] = []

  /** @param categoryOf what the catalogue says of a product; '' where it doesn't have it. */
  constructor(categoryOf: (product: string) => string) {
    this.#categoryOf = categoryOf
  }

  searches({ searches }: Slice): readonly string[] {
    if (this.#searched !== searches) {
      this.#searched = searches
      this.#searches = searches.map(({ text }) => plainWords(text))
    }
    return this.#searches
  }

  boughtCategories({ purchases }: Slice): readonly string[] {
    if (this.#bought !== purchases) {
      this.#bought = purchases
      this.#boughtCategories = purchases.map(({ product }) => this.#categoryOf(product))
    }
    return this.#boughtCategories
  }
}
