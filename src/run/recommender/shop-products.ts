import type { ShopFile } from '../../catalogue/model.js'
import type { ShopProducts } from '../../catalogue/product-store.js'
import type { Product } from '../../catalogue/products.js'

/** Products kept as objects between requests; beyond them it begins anew. */
const cachedCountMax = 20_000

/** What has changed of a shop's products since somebody looked. */
export type ProductNews =
  /** Nothing. */
  | { readonly kind: 'same' }
  /** These may have been patched. */
  | { readonly kind: 'patched'; readonly ids: ReadonlySet<string> }
  /** It is another catalogue. */
  | { readonly kind: 'replaced' }

/** A shop's products as its pages show them now: those of its feed, else those in its file. */
export class ShopProductsNow {
  readonly #fed: ShopProducts
  #own: readonly Product[]
  #ownById: ReadonlyMap<string, Product> | null = null
  readonly #cache = new Map<string, Product>()
  #isFed: boolean
  #version: number

  constructor(fed: ShopProducts, file: ShopFile) {
    this.#fed = fed
    this.#own = file.products
    const { isFed, version } = fed.state
    this.#isFed = isFed
    this.#version = version
  }

  get version(): number {
    return this.#version
  }

  /** The same object as long as the product is the same; null where the shop hasn't it. */
  get(id: string): Product | null {
    if (!this.#isFed) {
      this.#ownById ??= new Map(this.#own.map((product) => [product.id, product]))
      return this.#ownById.get(id) ?? null
    }
    const known = this.#cache.get(id)
    if (known !== undefined) return known
    if (this.#cache.size >= cachedCountMax) this.#cache.clear()
    const product = this.#fed.get(id)
    // Ids that somebody makes up take no room.
    if (product !== null) this.#cache.set(id, product)
    return product
  }

  /** A few that are in stock, in the shop's order, of each group one. Looks at no more than some hundred. */
  firstInStock(countMax: number): readonly Product[] {
    const some = this.#isFed ? this.#fed.page('', countMax * 10) : this.#own.slice(0, countMax * 10)
    const groups = new Set<string>()
    const isFirst = ({ group }: Product): boolean => {
      if (group === undefined) return true
      const { size } = groups
      return groups.add(group).size > size
    }
    return some.filter((it) => it.inStock && isFirst(it)).slice(0, countMax)
  }

  /** Those of its file, where it was never fed; null: they are in the store. */
  get own(): readonly Product[] | null {
    return this.#isFed ? null : this.#own
  }

  /** Takes the shop's file as it is now. @returns whether its products are others. */
  follow(file: ShopFile): boolean {
    if (this.#own === file.products) return false
    this.#own = file.products
    this.#ownById = null
    return !this.#isFed
  }

  /** What may have been patched since a version; null where nobody knows, or it is another catalogue. */
  patchedSince(version: number): ReadonlySet<string> | null {
    return this.#isFed ? this.#fed.patchedSince(version) : new Set()
  }

  /** Looks into the store; from then on what it has now is shown. */
  look(): ProductNews {
    const { isFed, version } = this.#fed.state
    if (version === this.#version) return { kind: 'same' }
    const ids = isFed && this.#isFed ? this.#fed.patchedSince(this.#version) : null
    this.#isFed = isFed
    this.#version = version
    if (ids === null) {
      this.#cache.clear()
      return { kind: 'replaced' }
    }
    for (const id of ids) this.#cache.delete(id)
    return { kind: 'patched', ids }
  }
}
