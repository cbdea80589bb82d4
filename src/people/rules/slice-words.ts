import type { Purchase, Search, Slice } from '../../profiles/slice.js'

/** Texts whose plain form is remembered; then it begins anew. */
const textCountMax = 20_000

/**
 * A category as it is compared: `Shoes > Running`, `shoes/running` and `Shoes | Running` are one.
 */
export function plainCategory(category: string): string {
  return category
    .normalize('NFC')
    .toLowerCase()
    .split(/[/>|]/)
    .map((step) => step.trim())
    .filter((step) => step !== '')
    .join('/')
}

/** Words as they are compared: in lower case, one space before each, nothing between but that. */
export function plainWords(text: string): string {
  const words = text
    .normalize('NFC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
  return words === null ? '' : ` ${words.join(' ')}`
}

/** Whether a category is this one, or one below it; both plain. */
export const isBelow = (category: string, top: string): boolean =>
  category.startsWith(top) && (category.length === top.length || category[top.length] === '/')

/**
 * What rules compare of a slice's texts, in its plain form: worked out once however many rules ask.
 * Of the slice that was asked for last; each list in the order in which the slice has it.
 */
export class SliceWords {
  readonly #categoryOf: (product: string) => string
  readonly #plainCategories = new Map<string, string>()
  readonly #plainSearches = new Map<string, string>()
  #interest: Slice['categoryInterest'] | null = null
  #interestCategories: readonly string[] = []
  #searched: readonly Search[] | null = null
  #searches: readonly string[] = []
  #bought: readonly Purchase[] | null = null
  #boughtCategories: readonly string[] = []

  /** @param categoryOf what the catalogue says of a product; '' where it doesn't have it. */
  constructor(categoryOf: (product: string) => string) {
    this.#categoryOf = categoryOf
  }

  interestCategories({ categoryInterest }: Slice): readonly string[] {
    if (this.#interest !== categoryInterest) {
      this.#interest = categoryInterest
      this.#interestCategories = categoryInterest.map(({ key }) => this.#category(key))
    }
    return this.#interestCategories
  }

  searches({ searches }: Slice): readonly string[] {
    if (this.#searched !== searches) {
      this.#searched = searches
      this.#searches = searches.map(({ text }) => remembered(this.#plainSearches, text, plainWords))
    }
    return this.#searches
  }

  boughtCategories({ purchases }: Slice): readonly string[] {
    if (this.#bought !== purchases) {
      this.#bought = purchases
      this.#boughtCategories = purchases.map(({ product }) =>
        this.#category(this.#categoryOf(product)),
      )
    }
    return this.#boughtCategories
  }

  #category(category: string): string {
    return remembered(this.#plainCategories, category, plainCategory)
  }
}

function remembered(
  known: Map<string, string>,
  text: string,
  plain: (text: string) => string,
): string {
  const found = known.get(text)
  if (found !== undefined) return found
  if (known.size >= textCountMax) known.clear()
  const made = plain(text)
  known.set(text, made)
  return made
}
