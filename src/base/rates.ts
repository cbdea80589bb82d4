/**
 * Exchange rates between the currencies that are configured, as one small table.
 *
 * From a currency to itself the rate is exactly 1, so amounts that need no conversion stay exact.
 */
export class Rates {
  /** Codes in upper case; a currency is known elsewhere by its place here. */
  readonly currencies: readonly string[]
  readonly #indexOf = new Map<string, number>()
  readonly #rates: Float64Array

  /** @param unitValue worth of one unit of each currency in any one common currency; positive. */
  constructor(unitValue: Readonly<Record<string, number>>) {
    this.currencies = Object.keys(unitValue)
    const count = this.currencies.length
    this.#rates = new Float64Array(count * count)
    for (const [from, code] of this.currencies.entries()) {
      this.#indexOf.set(code, from)
      for (const [to, other] of this.currencies.entries())
        this.#rates[from * count + to] = from === to ? 1 : unitValue[code]! / unitValue[other]!
    }
  }

  /** -1 where the currency isn't configured. */
  indexOf(currency: string): number {
    return this.#indexOf.get(currency) ?? -1
  }

  /** Multiply an amount of `from` by this to have it in `to`. */
  rate(from: number, to: number): number {
    return this.#rates[from * this.currencies.length + to]!
  }
}
