import type { ShopFile } from '../../catalogue/model.js'
import type { ProductStore } from '../../catalogue/product-store.js'
import type { ShopDirectory } from '../../catalogue/shop-directory.js'
import type { Books } from '../../people/books.js'
import { shopSecretOf } from '../../people/keys.js'
import type { Person } from '../../people/person.js'
import { findIn } from '../../people/person-of.js'
import type { KnownPerson, Storefront, StorefrontShop } from '../../storefront/shop.js'
import type { ShopModels } from './shop-models.js'
import { ShopProductsNow } from './shop-products.js'

export interface StorefrontShopsOptions {
  readonly directory: ShopDirectory
  readonly products: ProductStore
  readonly books: Books
  /** Sees from now on what the collector has written. */
  readonly refresh: () => void
  readonly models: ShopModels
  /** The installation's. */
  readonly secret: Buffer
  /** A shop is no more. */
  onGone(shopId: string): void
}

class Shop implements StorefrontShop {
  readonly id: string
  readonly secret: Buffer
  readonly products: ShopProductsNow
  readonly #models: ShopModels
  file: ShopFile

  constructor(file: ShopFile, secret: Buffer, products: ShopProductsNow, models: ShopModels) {
    this.id = file.shop.id
    this.file = file
    this.secret = secret
    this.products = products
    this.#models = models
  }

  get shop() {
    return this.file.shop
  }

  get slots() {
    return this.file.slots
  }

  get model() {
    return this.#models.get(this.id)
  }

  product(id: string) {
    return this.products.get(id)
  }

  fallbackProducts(countMax: number) {
    return this.products.firstInStock(countMax)
  }
}

/** A person's first browser is what their first pages knew of them; it stays the first whoever else they turn out to be. */
function knownOf({ id, identifiers, slice }: Person): KnownPerson {
  const browser = identifiers.find((it) => it.startsWith('anon:'))
  return { personId: id, dealtBy: browser ?? identifiers[0] ?? id, slice }
}

/** Shops and their people as the recommender's HTTP side sees them: as the collector has them, a moment later. */
export class StorefrontShops implements Storefront {
  readonly #options: StorefrontShopsOptions
  readonly #shops = new Map<string, Shop>()
  readonly #stopListening: () => void

  constructor(options: StorefrontShopsOptions) {
    this.#options = options
    const { directory } = options
    this.#stopListening = directory.onChange((shopId, file) => this.#follow(shopId, file))
    for (const id of directory.ids) this.#follow(id, directory.get(id))
  }

  shop(id: string): StorefrontShop | null {
    return this.#shops.get(id) ?? null
  }

  person(shopId: string, identifier: string): KnownPerson | null {
    const { books, refresh } = this.#options
    refresh()
    const person = findIn(books.forShop(shopId)).byIdentifier(identifier)
    return person === null ? null : knownOf(person)
  }

  close(): void {
    this.#stopListening()
  }

  #follow(shopId: string, file: ShopFile | null): void {
    const { models, products, secret, onGone } = this.#options
    const known = this.#shops.get(shopId)
    if (file === null) {
      this.#shops.delete(shopId)
      models.remove(shopId)
      onGone(shopId)
    } else if (known !== undefined) {
      known.file = file
      if (known.products.follow(file)) models.replaced(shopId)
    } else {
      const now = new ShopProductsNow(products.forShop(shopId), file)
      this.#shops.set(shopId, new Shop(file, shopSecretOf(secret, shopId), now, models))
      models.add(shopId, now)
    }
  }
}
