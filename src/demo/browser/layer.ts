/** The shop's data layer, filled as Google's documentation of GA4's e-commerce events says. */
import type { Line, Product } from './page.js'
import { currency, total } from './page.js'

interface Shared {
  dataLayer?: unknown[]
  grosz?: { (...call: unknown[]): void; q?: unknown[] }
}

/** What the page's scripts share. */
const shared = window as unknown as Shared
shared.dataLayer ??= []
const layer = shared.dataLayer

/** As in Google's snippet: what is pushed are the arguments themselves. */
export const gtag: (...call: unknown[]) => void = function () {
  // biome-ignore lint/complexity/noArguments: Google's tag tells its own calls from others by this.
  layer.push(arguments)
}

/** Calls the tag, or leaves the call for it to find. */
export function grosz(...call: unknown[]): void {
  if (shared.grosz === undefined) {
    const queue: unknown[] = []
    shared.grosz = Object.assign((...later: unknown[]) => queue.push(later), { q: queue })
  }
  shared.grosz(...call)
}

const item = (product: Product, quantity: number): object => {
  const [top, below] = product.category.split(' › ')
  return {
    item_id: product.id,
    item_name: product.title,
    item_brand: product.brand,
    item_category: top,
    item_category2: below,
    price: product.price,
    quantity,
  }
}

/** @param more what the event has besides. */
export function tell(event: string, lines: readonly Line[], more: object = {}): void {
  const items = lines.map(({ product, quantity }) => item(product, quantity))
  gtag('event', event, { currency, value: total(lines), items, ...more })
}

/** Of a list, whose worth says nothing. */
export function tellList(event: string, products: readonly Product[], more: object): void {
  gtag('event', event, { items: products.map((product) => item(product, 1)), ...more })
}
