import { plainCategory } from '../../base/category.js'
import type { Product } from '../../catalogue/products.js'
import { FactFlag, type ProductFacts } from '../facts.js'
import { ItemTable, type ItemTableParts } from '../item-table.js'
import { grownCount } from './growing.js'

/** What is handed over from the thread that built it. */
export type FactsParts = Omit<ProductFacts, 'groupCount'> & { readonly groups: ItemTableParts }

/** Further ones are as if the product had none: a feed that puts something of its own into each must not fill memory. */
export const categoryCountMax = 65_536
export const brandCountMax = 262_144
/** Categories as shops write them whose number is remembered; then it begins anew. */
const rememberedMax = 20_000

/** The facts of one shop's products, kept up to date in place: 25 bytes a product, and its group's name. */
export class CatalogueFacts implements ProductFacts {
  flags: Uint8Array<ArrayBuffer>
  priceMicros: Float64Array<ArrayBuffer>
  marginShare: Float32Array<ArrayBuffer>
  category: Int32Array<ArrayBuffer>
  brand: Int32Array<ArrayBuffer>
  parent: Int32Array<ArrayBuffer>
  group: Int32Array<ArrayBuffer>
  readonly categories: string[]
  readonly brands: string[]
  /** Groups' names by their numbers, and back. */
  readonly #groups: ItemTable
  readonly #categoryNumbers = new Map<string, number>()
  readonly #brandNumbers = new Map<string, number>()
  readonly #remembered = new Map<string, number>()

  /** @param parts of another one, which is not to be used after that. */
  constructor(parts: FactsParts | null = null) {
    this.flags = parts?.flags ?? new Uint8Array(0)
    this.priceMicros = parts?.priceMicros ?? new Float64Array(0)
    this.marginShare = parts?.marginShare ?? new Float32Array(0)
    this.category = parts?.category ?? new Int32Array(0)
    this.brand = parts?.brand ?? new Int32Array(0)
    this.parent = parts?.parent ?? new Int32Array(0)
    this.group = parts?.group ?? new Int32Array(0)
    this.#groups = new ItemTable(parts?.groups)
    this.categories = [...(parts?.categories ?? [])]
    this.brands = [...(parts?.brands ?? [])]
    for (const [number, category] of this.categories.entries())
      this.#categoryNumbers.set(category, number)
    for (const [number, brand] of this.brands.entries()) this.#brandNumbers.set(brand, number)
  }

  get groupCount(): number {
    return this.#groups.count
  }

  /** Without the names of categories and brands. */
  get bytes(): number {
    return this.flags.length * 25 + this.parent.byteLength + this.#groups.bytes
  }

  /** Makes room: all columns are at least as long from now on. What is new is listed nowhere. */
  ensure(itemCount: number): void {
    const before = this.flags.length
    if (itemCount <= before) return
    const length = before === 0 ? itemCount : grownCount(itemCount)
    this.flags = grown(this.flags, new Uint8Array(length))
    this.priceMicros = grown(this.priceMicros, new Float64Array(length))
    this.marginShare = grown(this.marginShare, new Float32Array(length).fill(-1, before))
    this.category = grown(this.category, new Int32Array(length).fill(-1, before))
    this.brand = grown(this.brand, new Int32Array(length).fill(-1, before))
    this.group = grown(this.group, new Int32Array(length).fill(-1, before))
  }

  /** @param product as the catalogue has it now; null where it is gone: its category, brand and group stay known. */
  update(item: number, product: Product | null): void {
    this.ensure(item + 1)
    if (product === null) {
      this.flags[item] = 0
      this.priceMicros[item] = 0
      return
    }
    this.flags[item] = FactFlag.listed | (product.inStock ? FactFlag.inStock : 0)
    const { priceMicros, salePriceMicros } = product
    this.priceMicros[item] = Math.min(priceMicros, salePriceMicros ?? priceMicros)
    this.marginShare[item] = product.marginShare ?? -1
    this.category[item] = this.#numberOfWritten(product.category)
    this.brand[item] = this.#brandNumber(product.brand ?? '')
    this.group[item] = product.group === undefined ? -1 : this.#groups.add(product.group)
  }

  /** @param category as the shop writes it. @returns -1 where no product is, or was, in it or below it. */
  categoryNumber(category: string): number {
    return this.#categoryNumbers.get(plainCategory(category)) ?? -1
  }

  /** To be handed over; this is not to be used after that. */
  parts(): FactsParts {
    const { flags, priceMicros, marginShare, category, brand, group, categories, brands } = this
    const parent = this.parent.slice(0, categories.length)
    const groups = this.#groups.parts()
    const columns = { flags, priceMicros, marginShare, category, brand, group, parent }
    return { ...columns, groups, categories, brands }
  }

  #numberOfWritten(category: string): number {
    const known = this.#remembered.get(category)
    if (known !== undefined) return known
    if (this.#remembered.size >= rememberedMax) this.#remembered.clear()
    const number = this.#numberOfPlain(plainCategory(category))
    this.#remembered.set(category, number)
    return number
  }

  /** Where there is no more room for it, the one above it that there is. */
  #numberOfPlain(plain: string): number {
    let above = -1
    for (let end = 0; end < plain.length; ) {
      end = plain.indexOf('/', end + 1)
      if (end < 0) end = plain.length
      const path = plain.slice(0, end)
      let number = this.#categoryNumbers.get(path)
      if (number === undefined) {
        if (this.categories.length >= categoryCountMax) return above
        number = this.categories.length
        this.categories.push(path)
        this.#categoryNumbers.set(path, number)
        if (number >= this.parent.length)
          this.parent = grown(this.parent, new Int32Array(grownCount(number + 1)))
        this.parent[number] = above
      }
      above = number
    }
    return above
  }

  #brandNumber(brand: string): number {
    const plain = brand.normalize('NFC').toLowerCase().trim()
    if (plain === '') return -1
    const known = this.#brandNumbers.get(plain)
    if (known !== undefined) return known
    if (this.brands.length >= brandCountMax) return -1
    this.#brandNumbers.set(plain, this.brands.length)
    return this.brands.push(plain) - 1
  }
}

/**
 * Takes all products into the table and their facts in; those that the table has already keep their numbers.
 *
 * @param onProduct told of each.
 */
export function buildFacts<T extends Product>(
  items: ItemTable,
  products: Iterable<T>,
  onProduct: (item: number, product: T) => void = () => {},
): CatalogueFacts {
  const facts = new CatalogueFacts()
  for (const product of products) {
    const item = items.add(product.id)
    facts.update(item, product)
    onProduct(item, product)
  }
  facts.ensure(items.count)
  return facts
}

function grown<T extends Uint8Array | Int32Array | Float32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
