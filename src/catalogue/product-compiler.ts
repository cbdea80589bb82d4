import { renameSync, writeFileSync } from 'node:fs'
import { encodeColumns } from '../base/columns.js'
import { keyOf } from '../base/key.js'
import type { ShopPlaces } from './compile.js'
import { type BrandInput, isSecureBrand } from './creative/brand.js'
import type { SignTarget } from './creative/link.js'
import { isInsecure, isShown } from './product-builder.js'
import { changesPath, type ProductRef } from './product-files.js'
import type { CompiledProducts } from './product-pass.js'
import { contentOf, ProductPass } from './product-pass.js'
import type { PieceShop, ProductPieces } from './product-pieces.js'
import { PieceMaker } from './product-pieces.js'
import { fromProductChanges, type ProductChanges, placeIn, spareShare } from './product-table.js'
import type { Product } from './products.js'
import { strangersListMax, strangersOrder } from './strangers-order.js'

type CompiledShop = PieceShop & Pick<BrandInput, 'logo'>

/** Between two turns for others. */
const sliceMs = 20
/** The list for strangers is worked out anew with each change where a shop has no more products than this. */
const smallCount = 20_000
/** More changes at once take as long as compiling all. */
const changedAtOnceMin = 10_000
const changedAtOnceShare = 1 / 4
/** Files of changes that a process which starts has to read. */
const changeCountMax = 2_000

/** What changes have made of a compiled table. */
interface Changed {
  changeCount: number
  bytes: number
  insecureCount: number
  list: Int32Array
}

/**
 * Compiles one shop's products into files, and writes beside them what has changed since. Knows
 * nothing of where products come from, and holds none of them.
 */
export class ProductCompiler implements ShopPlaces {
  readonly #signTarget: SignTarget
  #shop: CompiledShop
  #compiled: CompiledProducts | null = null
  #changed: Changed = { changeCount: 0, bytes: 0, insecureCount: 0, list: new Int32Array(0) }
  /** What of the shop the pieces depend on, as text. */
  #facts = ''

  constructor(shop: CompiledShop, signTarget: SignTarget) {
    this.#shop = shop
    this.#signTarget = signTarget
  }

  get ref(): ProductRef {
    return { base: this.#compiled?.base ?? '', changeCount: this.#changed.changeCount }
  }

  get isSecure(): boolean {
    return isSecureBrand(this.#shop) && this.#changed.insecureCount === 0
  }

  /** Whether so much has changed that all should be compiled anew, when there is time. */
  get isWorn(): boolean {
    const { changeCount, bytes } = this.#changed
    return (
      changeCount >= changeCountMax ||
      bytes > (this.#compiled?.piecesBytes ?? 0) * spareShare + 1_048_576
    )
  }

  /** Takes the shop as it is described now. @returns whether pieces that were made for it still hold. */
  describe(shop: CompiledShop): boolean {
    this.#shop = shop
    return this.#compiled !== null && this.#facts === factsOf(shop)
  }

  placeOf(productKey: number): number {
    if (this.#compiled === null) return -1
    const { keys, slots } = this.#compiled.columns
    return placeIn(keys, slots, productKey)
  }

  /**
   * Compiles all products, with a turn for others every now and then: to be called once at a time, while
   * `change` may be called meanwhile.
   *
   * @param products gone through twice. @param base of the files' names, used for nothing before.
   * @returns false where all is as it was, and nothing was written.
   */
  async compile(
    products: Iterable<Product>,
    countExpected: number,
    base: string,
  ): Promise<boolean> {
    const facts = factsOf(this.#shop)
    const before = facts === this.#facts ? this.#compiled : null
    if (before !== null && (await isAsBefore(before, products))) return false
    const maker = new PieceMaker(this.#shop, this.#signTarget)
    const pass = new ProductPass(base, maker, before, countExpected)
    try {
      await inSlices(products, (product) => pass.add(product))
    } catch (error) {
      pass.abandon()
      throw error
    }
    const compiled = pass.finish()
    const { insecureCount, columns } = compiled
    this.#compiled = compiled
    this.#changed = { changeCount: 0, bytes: 0, insecureCount, list: columns.list }
    this.#facts = facts
    return true
  }

  /**
   * Writes what has changed of some products beside the table, where they have a place in it.
   *
   * @param get a product as it is now; null where it is gone.
   * @returns false where it is so much that all is to be compiled anew at once.
   */
  change(ids: ReadonlySet<string>, get: (id: string) => Product | null): boolean {
    if (this.#compiled === null) return false
    const { count } = this.#compiled
    if (ids.size > Math.max(changedAtOnceMin, count * changedAtOnceShare)) return false
    const maker = new PieceMaker(this.#shop, this.#signTarget)
    const made = new Map<number, ProductPieces>()
    for (const id of ids) {
      const place = this.placeOf(keyOf(id))
      const product = get(id)
      if (place >= 0) made.set(place, product === null ? gone : maker.make(product))
    }
    if (made.size > 0) this.#write(this.#compiled, made)
    return true
  }

  #write(compiled: CompiledProducts, made: ReadonlyMap<number, ProductPieces>): void {
    const { columns, content, base } = compiled
    const changed = this.#changed
    const pieces: Buffer[] = []
    const pieceStart: number[] = []
    const nativeStart: number[] = []
    let bytes = 0
    for (const [place, product] of made) {
      changed.insecureCount -= Number(isInsecure(columns.flags[place]!))
      changed.insecureCount += Number(isInsecure(product.flags))
      columns.flags[place] = product.flags
      columns.priceMicros[place] = product.priceMicros
      content[place] = 0
      pieceStart.push(bytes)
      nativeStart.push(bytes + (product.pieces[0]?.length ?? 0))
      for (const piece of product.pieces) {
        pieces.push(piece)
        bytes += piece.length
      }
    }
    changed.list = this.#listWith(compiled, [...made.keys()])
    const all = [...made.values()]
    const changes: ProductChanges = {
      places: Int32Array.from(made.keys()),
      flags: Uint8Array.from(all, ({ flags }) => flags),
      priceMicros: Float64Array.from(all, ({ priceMicros }) => priceMicros),
      pieceStart: Uint32Array.from(pieceStart),
      nativeStart: Uint32Array.from(nativeStart),
      pieces: Buffer.concat(pieces),
      list: changed.list,
    }
    const path = changesPath(base, changed.changeCount + 1)
    writeFileSync(`${path}.part`, encodeColumns({}, fromProductChanges(changes)))
    renameSync(`${path}.part`, path)
    changed.changeCount++
    changed.bytes += bytes
  }

  /**
   * The list for strangers after a change. In a large table, what is shown again goes to its end until
   * all is compiled anew: ordering a million products takes a second.
   */
  #listWith({ columns, count, shelf }: CompiledProducts, places: readonly number[]): Int32Array {
    const { flags } = columns
    const shown = (place: number): boolean => isShown(flags[place]!)
    const kept = this.#changed.list.filter(shown)
    const isDrained = kept.length < strangersListMax / 2
    if (count <= smallCount || isDrained) return strangersOrder(shelf, count, shown)
    const known = new Set(kept)
    const returned = places.filter((place) => shown(place) && !known.has(place))
    return Int32Array.from([...kept, ...returned].slice(0, strangersListMax))
  }
}

const gone: ProductPieces = { flags: 0, priceMicros: 0, pieces: [] }

const factsOf = ({ id, url, language, pictures }: CompiledShop): string =>
  JSON.stringify([id, url, language, pictures])

/** Whether the products are just those that were compiled, in their order; looks no further than it must. */
async function isAsBefore(before: CompiledProducts, products: Iterable<Product>): Promise<boolean> {
  let count = 0
  const isSame = await inSlices(products, (product) => {
    const place = count++
    return place < before.count && before.content[place] === contentOf(product)
  })
  return isSame && count === before.count
}

/**
 * Does something with each, with a turn for others every now and then.
 *
 * @param take false ends it.
 * @returns false where it was ended so.
 */
async function inSlices<T>(items: Iterable<T>, take: (item: T) => unknown): Promise<boolean> {
  let turnEndMs = performance.now() + sliceMs
  for (const item of items) {
    if (take(item) === false) return false
    if (performance.now() < turnEndMs) continue
    await new Promise(setImmediate)
    turnEndMs = performance.now() + sliceMs
  }
  return true
}
