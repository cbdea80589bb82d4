import { assert } from '../base/assert.js'
import { keyOf } from '../base/key.js'
import { type BrandInput, isSecureBrand } from './creative/brand.js'
import type { SignTarget } from './creative/link.js'
import type { PieceShop, ProductPieces } from './product-pieces.js'
import { PieceMaker } from './product-pieces.js'
import type { ProductColumns } from './product-table.js'
import { enter, ProductFlag, ProductTable } from './product-table.js'
import type { Product } from './products.js'
import { Shelf, type Shelved } from './strangers-order.js'

/** Builds the columns of one shop's products, as they come; their pieces go elsewhere. */
export class ProductBuilder {
  readonly shelf: Shelf
  count = 0
  /** Shown products that may not be used on a page over https. */
  insecureCount = 0
  #keys: Float64Array
  #flags: Uint8Array
  #priceMicros: Float64Array
  #groups: Float64Array
  #pieceStart: Uint32Array
  #nativeStart: Uint32Array
  #slots: Int32Array
  #endBytes = 0

  /** @param countExpected makes room for as many; more may come. */
  constructor(countExpected: number) {
    const room = Math.max(16, countExpected)
    this.#keys = new Float64Array(room)
    this.#flags = new Uint8Array(room)
    this.#priceMicros = new Float64Array(room)
    this.#groups = new Float64Array(room)
    this.#pieceStart = new Uint32Array(room)
    this.#nativeStart = new Uint32Array(room)
    this.shelf = new Shelf(room)
    this.#slots = emptySlots(room)
  }

  /**
   * @param pieces of the product, to be appended by the caller to those before.
   * @returns false, and nothing is changed, where there is a product of this id already.
   */
  add(product: Product, made: ProductPieces): boolean {
    return this.addKnown(keyOf(product.id), groupKeyOf(product), product, made)
  }

  /** The same for one of which no more is known. @param key `keyOf` its id. @param group its group's, or 0. */
  addKnown(key: number, group: number, shelved: Shelved, made: ProductPieces): boolean {
    if (this.count === this.#keys.length) this.#grow()
    const place = this.count
    this.#keys[place] = key
    if (!enter(this.#slots, this.#keys, place)) return false
    const { flags, priceMicros, pieces } = made
    this.#flags[place] = flags
    this.#priceMicros[place] = priceMicros
    this.#groups[place] = group
    this.#pieceStart[place] = this.#endBytes
    this.#nativeStart[place] = this.#endBytes + (pieces[0]?.length ?? 0)
    for (const piece of pieces) this.#endBytes += piece.length
    assert(this.#endBytes < 2 ** 32, 'pieces of a shop’s products pass 4 GB')
    this.shelf.put(place, shelved)
    if (isInsecure(flags)) this.insecureCount++
    this.count++
    return true
  }

  /** Views of what was built; nothing more may be added. */
  finish(): ProductColumns {
    const flags = this.#flags.subarray(0, this.count)
    const groups = this.#groups.subarray(0, this.count)
    return {
      keys: this.#keys.subarray(0, this.count),
      flags,
      priceMicros: this.#priceMicros.subarray(0, this.count),
      groups,
      pieceStart: this.#pieceStart.subarray(0, this.count),
      nativeStart: this.#nativeStart.subarray(0, this.count),
      list: this.shelf.order(this.count, groups, (place) => isShown(flags[place]!)),
      slots: this.#slots,
    }
  }

  #grow(): void {
    const room = this.count * 2
    this.#keys = larger(this.#keys, new Float64Array(room))
    this.#flags = larger(this.#flags, new Uint8Array(room))
    this.#priceMicros = larger(this.#priceMicros, new Float64Array(room))
    this.#groups = larger(this.#groups, new Float64Array(room))
    this.#pieceStart = larger(this.#pieceStart, new Uint32Array(room))
    this.#nativeStart = larger(this.#nativeStart, new Uint32Array(room))
    this.#slots = emptySlots(room)
    for (let place = 0; place < this.count; place++) enter(this.#slots, this.#keys, place)
  }
}

/** 0 where it has none. */
export const groupKeyOf = ({ group }: Product): number => (group === undefined ? 0 : keyOf(group))

export const isShown = (flags: number): boolean => (flags & ProductFlag.shown) !== 0
export const isInsecure = (flags: number): boolean =>
  isShown(flags) && (flags & ProductFlag.secure) === 0

const emptySlots = (room: number): Int32Array =>
  new Int32Array(2 ** Math.ceil(Math.log2(room * 2))).fill(-1)

function larger<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from)
  return to
}

export interface BuiltTable {
  readonly table: ProductTable
  /** Logo, home and every shown product may be used on a page over https. */
  readonly isSecure: boolean
}

/**
 * Compiles a shop's products at once, in memory. Where an id comes twice, its first product stands.
 *
 * A product whose link or picture can't be used is kept (carts may name it) but never shown.
 */
export function buildTable(
  shop: PieceShop & Pick<BrandInput, 'logo'>,
  products: readonly Product[],
  signTarget: SignTarget,
): BuiltTable {
  const maker = new PieceMaker(shop, signTarget)
  const builder = new ProductBuilder(products.length)
  const pieces: Buffer[] = []
  for (const product of products) {
    const made = maker.make(product)
    if (builder.add(product, made)) pieces.push(...made.pieces)
  }
  const table = new ProductTable(builder.finish(), Buffer.concat(pieces))
  return { table, isSecure: isSecureBrand(shop) && builder.insecureCount === 0 }
}
