import type { ProductRef } from '../catalogue/product-files.js'
import type { CompileResult } from './compiler-thread.js'
import type { CatalogueReady, ProductsChanged } from './messages.js'

/** What a worker that starts now must be told: the newest catalogue, with the newest of each shop's products. */
export class NewestCatalogue {
  #ready: CatalogueReady | null = null
  /** By base of a table; those of a catalogue that is compiled but not yet taken, too. */
  #changeCounts = new Map<string, number>()

  get ready(): CatalogueReady | null {
    return this.#ready
  }

  /** @returns what to tell all workers. */
  take({ path, products }: CompileResult, accounts: Int32Array): CatalogueReady {
    const refs = products.map((ref) => this.#newest(ref))
    this.#changeCounts = new Map(refs.map(({ base, changeCount }) => [base, changeCount]))
    this.#ready = { type: 'catalogue', path, accounts, products: refs }
    return this.#ready
  }

  /** @returns what to tell all workers. */
  change(ref: ProductRef): ProductsChanged {
    const { base, changeCount } = this.#newest(ref)
    this.#changeCounts.set(base, changeCount)
    if (this.#ready !== null) {
      const products = this.#ready.products.map((it) => this.#newest(it))
      this.#ready = { ...this.#ready, products }
    }
    return { type: 'products', ref: { base, changeCount } }
  }

  #newest({ base, changeCount }: ProductRef): ProductRef {
    return { base, changeCount: Math.max(changeCount, this.#changeCounts.get(base) ?? 0) }
  }
}
