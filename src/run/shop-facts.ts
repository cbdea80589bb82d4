import type { Rates } from '../base/rates.js'
import type { ShopFile } from '../catalogue/model.js'
import type { ProductStore } from '../catalogue/product-store.js'
import type { Product } from '../catalogue/products.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import { type EventShop, eventShopOf } from '../collect/events-shop.js'
import { shopSecretOf } from '../people/keys.js'
import type { RuleContext } from '../people/rules/field.js'

export interface ShopFactsOptions {
  readonly directory: ShopDirectory
  readonly products: ProductStore
  readonly rates: Rates
  /** Worth of one unit of each currency in the first one. */
  readonly unitValue: Readonly<Record<string, number>>
  /** The installation's. */
  readonly secret: Buffer
}

/** What is known of shops where their people are dealt with: worked out once after each change of a shop. */
export class ShopFacts {
  readonly directory: ShopDirectory
  readonly #options: ShopFactsOptions
  readonly #secrets = new Map<string, Buffer>()
  readonly #shops = new Map<string, EventShop>()

  constructor(options: ShopFactsOptions) {
    this.directory = options.directory
    this.#options = options
    options.directory.onChange((shopId) => this.#shops.delete(shopId))
  }

  /** null for a shop that there isn't. */
  shop(shopId: string): EventShop | null {
    const known = this.#shops.get(shopId)
    if (known !== undefined) return known
    const file = this.directory.get(shopId)
    if (file === null) return null
    const { rates } = this.#options
    const shop = eventShopOf(file.shop, this.secretOf(shopId), rates, this.#finder(file))
    this.#shops.set(shopId, shop)
    return shop
  }

  /** The same buffer each time. */
  secretOf(shopId: string): Buffer {
    const known = this.#secrets.get(shopId)
    if (known !== undefined) return known
    const secret = shopSecretOf(this.#options.secret, shopId)
    this.#secrets.set(shopId, secret)
    return secret
  }

  /** What the words of its rules mean at a shop. */
  ruleContext({ shop }: ShopFile): RuleContext {
    return {
      currency: shop.currency,
      unitValue: this.#options.unitValue,
      categoryOf: (product) => this.shop(shop.id)?.product(product)?.category ?? '',
    }
  }

  /** A shop that has been fed has what the feed had; another what is in its file. */
  #finder({ shop, products }: ShopFile): (id: string) => Product | null {
    const fed = this.#options.products.forShop(shop.id)
    let own: ReadonlyMap<string, Product> | null = null
    return (id) => {
      if (fed.state.isFed) return fed.get(id)
      own ??= new Map(products.map((product) => [product.id, product]))
      return own.get(id) ?? null
    }
  }
}
