/** What the page says of itself and of its products, and where the shop keeps what is the visitor's. */

/** A product as the page's HTML has it; the price in the shop's currency. */
export interface Product {
  readonly id: string
  readonly title: string
  readonly link: string
  readonly image: string
  readonly brand: string
  /** `Top › kind`. */
  readonly category: string
  readonly price: number
}

/** So many of one product. */
export interface Line {
  readonly product: Product
  readonly quantity: number
}

/** To the hundredth, as sums of decimals aren't. */
export const total = (lines: readonly Line[]): number =>
  Math.round(
    lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0) * 100,
  ) / 100

const { dataset } = document.body
export const kind = dataset['page'] ?? ''
export const shop = dataset['shop'] ?? ''
export const currency = dataset['currency'] ?? ''
export const category = dataset['category'] ?? ''
export const query = dataset['query'] ?? ''

export const find = <T extends Element = HTMLElement>(
  selector: string,
  within: ParentNode = document,
): T | null => within.querySelector<T>(selector)

export const findAll = <T extends Element = HTMLElement>(selector: string): T[] => [
  ...document.querySelectorAll<T>(selector),
]

/** @param element with the product in its `data-product`. */
export const productOf = (element: HTMLElement): Product =>
  JSON.parse(element.dataset['product']!) as Product

const format = new Intl.NumberFormat(document.documentElement.lang, {
  style: 'currency',
  currency,
})

/** @param amount in the shop's currency. */
export const money = (amount: number): string =>
  // Whole amounts without decimals, as on the pages that the server makes.
  format.format(amount).replace(/[.,]00(?=\D*$)/, '')

/** What the shop keeps in this browser under a name; `fallback` where there is nothing, or nothing to be kept in. */
export function load<T>(name: string, fallback: T): T {
  try {
    const text = localStorage.getItem(`${shop}.${name}`)
    return text === null ? fallback : (JSON.parse(text) as T)
  } catch {
    return fallback
  }
}

export function save(name: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(`${shop}.${name}`)
    else localStorage.setItem(`${shop}.${name}`, JSON.stringify(value))
  } catch {
    // A browser that keeps nothing has an empty cart on the next page.
  }
}

/** Shows one of a page's two faces. */
export function showFull(isFull: boolean): void {
  for (const it of findAll('[data-full]')) it.hidden = !isFull
  for (const it of findAll('[data-empty]')) it.hidden = isFull
}
