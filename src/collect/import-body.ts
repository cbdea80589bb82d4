import type { Readable } from 'node:stream'
import { check } from '../base/schema.js'
import type { ProductDraft, ShopProducts } from '../catalogue/product-store.js'
import {
  type CatalogueProduct,
  catalogueProductSchema,
  type Product,
} from '../catalogue/products.js'
import { jsonPieces, NotReadable } from './json-pieces.js'

/** Products that a shop's own file may have; more are kept as a feed's. */
const fileProductCountMax = 20_000
const faultCountMax = 100
const limits = { memberBytesMax: 67_108_864, itemBytesMax: 65_536 }

/** What of a shop's file comes whole. */
const members = ['shop', 'segments', 'slots', 'campaigns', 'videos', 'audios'] as const

export interface ReadImport {
  /** As sent, not checked yet. */
  readonly file: Readonly<Record<string, unknown>>
  /** Those that are to stand in the shop's file; null: they stay as they are. */
  readonly fileProducts: readonly Product[] | null
  /** Those that are to take the place of the shop's fed ones; null: they stay. Not decided upon yet. */
  readonly draft: ProductDraft | null
  /** As `products[3].title: reason`. Nothing is to be taken where there are any. */
  readonly faults: readonly string[]
}

/**
 * Reads an export. Its products go where they came from, into the shop's file or its fed catalogue; but
 * a shop that is fed shows what is fed, so that there they always go there.
 *
 * @throws what the stream fails with; nothing is left open then.
 */
export async function readImport(
  body: Readable,
  own: ShopProducts,
  nowMs: number,
): Promise<ReadImport> {
  const reader = new ImportReader(own, nowMs)
  try {
    for await (const { name, index, value } of jsonPieces(body, 'products', limits)) {
      if (index >= 0) await reader.product(index, value)
      else reader.member(name, value)
      if (reader.faults.length >= faultCountMax) break
    }
  } catch (error) {
    if (!(error instanceof NotReadable)) {
      await reader.draft?.discard()
      throw error
    }
    reader.faults.push(error.message)
  }
  return reader
}

class ImportReader implements ReadImport {
  readonly file: Record<string, unknown> = {}
  readonly faults: string[] = []
  fileProducts: Product[] | null = null
  draft: ProductDraft | null = null
  readonly #own: ShopProducts
  readonly #nowMs: number
  readonly #ids = new Set<string>()
  #goesToFeed: boolean

  constructor(own: ShopProducts, nowMs: number) {
    this.#own = own
    this.#nowMs = nowMs
    this.#goesToFeed = own.state.isFed
  }

  member(name: string, value: unknown): void {
    if (Object.hasOwn(this.file, name)) this.faults.push(`${name}: comes twice`)
    else if ((members as readonly string[]).includes(name)) this.file[name] = value
    else if (name === 'format') this.#format(value)
    // A list comes item by item.
    else if (name === 'products') this.faults.push('products: must be a list')
    else this.faults.push(`${name.slice(0, 64)}: is no part of a shop`)
  }

  async product(index: number, value: unknown): Promise<void> {
    const where = `products[${index}]`
    const checked = check(catalogueProductSchema, value, where)
    if (!checked.ok) {
      this.faults.push(...checked.faults)
      return
    }
    const product = checked.value
    const isNew = this.#goesToFeed ? await this.#put(product) : this.#keep(product)
    if (!isNew) this.faults.push(`${where}.id: ${product.id} is taken`)
  }

  #format(value: unknown): void {
    const { version, productsFrom } = (value ?? {}) as Record<string, unknown>
    if (version !== 1) this.faults.push('format.version: must be 1')
    if (productsFrom !== 'feed' && productsFrom !== 'file')
      this.faults.push('format.productsFrom: must be feed or file')
    // Said after the products, it comes too late to change anything.
    else if (productsFrom === 'feed' && this.fileProducts === null) this.#goesToFeed = true
  }

  async #put(product: CatalogueProduct): Promise<boolean> {
    this.draft ??= await this.#own.draft(this.#nowMs)
    return this.draft.put(product)
  }

  /** A shop's file doesn't say when its products came. */
  #keep({ addedMs: _, ...product }: CatalogueProduct): boolean {
    this.fileProducts ??= []
    if (this.fileProducts.length >= fileProductCountMax) {
      this.faults.push(
        `products: are more than ${fileProductCountMax}; say productsFrom feed, before them`,
      )
      return true
    }
    this.fileProducts.push(product)
    const isNew = !this.#ids.has(product.id)
    this.#ids.add(product.id)
    return isNew
  }
}
