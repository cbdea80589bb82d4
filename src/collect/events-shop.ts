import type { Rates } from '../base/rates.js'
import type { Shop } from '../catalogue/model.js'
import type { Product } from '../catalogue/products.js'
import { amountMicrosMax, type ProductFacts, rateOf } from '../people/event-items.js'

/** What taking a shop's events needs to know of it. */
export interface EventShop {
  readonly id: string
  readonly currency: string
  readonly timeZone: string
  readonly url: string
  readonly domain: string
  readonly origins: readonly string[] | null
  readonly eids: { readonly salt: string } | null
  /** `shopSecretOf` it (people/keys.ts): the same buffer each time, as keys are drawn from it once. */
  readonly secret: Buffer
  /** null for a product that the catalogue doesn't have. */
  product(id: string): ProductFacts | null
}

/** @param find a product in the shop's catalogue, fed or of its file. */
export function eventShopOf(
  shop: Shop,
  secret: Buffer,
  rates: Rates,
  find: (id: string) => Product | null,
): EventShop {
  const { id, currency, timeZone, url, domain } = shop
  return {
    id,
    currency,
    timeZone,
    url,
    domain,
    origins: shop.origins ?? null,
    eids: shop.eids ?? null,
    secret,
    product(productId) {
      const product = find(productId)
      return product === null ? null : factsOf(product, currency, rates)
    },
  }
}

/** @returns a price of -1 where the product's currency has no rate. */
export function factsOf(product: Product, shopCurrency: string, rates: Rates): ProductFacts {
  const { category, brand, marginShare, priceMicros, salePriceMicros } = product
  const rate = rateOf(product.currency, shopCurrency, rates)
  const paidMicros = Math.round((salePriceMicros ?? priceMicros) * rate)
  return {
    category,
    brand: brand ?? '',
    priceMicros: paidMicros <= amountMicrosMax ? paidMicros : -1,
    marginShare: marginShare ?? -1,
  }
}
