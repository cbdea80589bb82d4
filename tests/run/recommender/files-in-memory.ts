// Shops' files, as the directory hands them out, without a folder.
import type { ShopFile, ShopFileInput } from '../../../src/catalogue/model.js'

export class FilesInMemory {
  readonly #files = new Map<string, ShopFile>()
  readonly #listeners = new Set<(shopId: string, file: ShopFile | null) => void>()

  get ids(): readonly string[] {
    return [...this.#files.keys()]
  }

  get(shopId: string): ShopFile | null {
    return this.#files.get(shopId) ?? null
  }

  onChange(listener: (shopId: string, file: ShopFile | null) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  put(shopId: string, file: ShopFile | null): void {
    if (file === null) this.#files.delete(shopId)
    else this.#files.set(shopId, file)
    for (const listener of this.#listeners) listener(shopId, file)
  }
}

export const inputOf = (id: string): ShopFileInput => ({
  shop: {
    ...{ id, name: `Shop ${id}`, domain: `${id}.example`, url: `https://${id}.example/` },
    ...{ currency: 'PLN', timeZone: 'Europe/Warsaw', language: 'en', logo: '/logo.svg' },
    colours: { primary: '#112233', background: '#ffffff', text: '#111111' },
    ...{ callToAction: 'Buy', categories: ['IAB22-1'] },
  },
  campaigns: [],
})
