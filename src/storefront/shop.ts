/** What the recommender's HTTP side needs of everything else: put together by the program (src/recommender.ts). */
import type { Shop } from '../catalogue/model.js'
import type { Product } from '../catalogue/products.js'
import type { Slot } from '../catalogue/slots.js'
import type { Slice } from '../profiles/slice.js'
import type { ShopModel } from '../recommend/model.js'

/** One shop as it is now. Asked for anew with each request, so that it may be another object at any time. */
export interface StorefrontShop {
  readonly id: string
  readonly shop: Shop
  /** As the marketer has set them; pages have their own besides. The same array as long as nothing changed. */
  readonly slots: readonly Slot[]
  /** The shop's own (people/keys.ts). The same buffer as long as the shop is there. */
  readonly secret: Buffer
  /** null until the first build is done. */
  readonly model: ShopModel | null
  /**
   * What is shown of a product; null where it isn't in the catalogue. Its JSON is kept as long as the object
   * that this gives, so the same object for the same version saves work.
   */
  product(id: string): Product | null
  /** What to show where there is no model: a few that are in stock, best first; asked at most once a request. */
  fallbackProducts(countMax: number): readonly Product[]
}

/** Somebody whom a shop knows. */
export interface KnownPerson {
  readonly personId: string
  /**
   * By which experiments deal them out: the identifier by which they were a stranger, so that what they see stays
   * the same once they are known.
   */
  readonly dealtBy: string
  readonly slice: Slice
}

export interface Storefront {
  shop(id: string): StorefrontShop | null
  /** @param identifier `anon:…` or `cust:…`. @returns null where that names nobody. */
  person(shopId: string, identifier: string): KnownPerson | null
}

/** Whose secret a server's call came with. */
export interface KeyHolder {
  /** '' for the operator, who may speak for every shop. */
  readonly shopId: string
  /** Whether this key may ask about a customer. */
  readonly mayNamePeople: boolean
}
