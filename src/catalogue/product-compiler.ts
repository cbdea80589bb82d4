import { renameSync, writeFileSync } from 'node:fs'
import { encodeColumns } from '../base/columns.js'
import { keyOf } from '../base/key.js'
import { inSlices } from '../base/slices.js'
import type { ShopPlaces } from './compile.js'
import { type BrandInput, isSecureBrand } from './creative/brand.js'
import type { SignTarget } from './creative/link.js'
import { groupKeyOf, isInsecure, isShown } from './product-builder.js'
import { differenceFrom, type ProductDifference } from './product-difference.js'
import { changesPath, type ProductRef } from './product-files.js'
import type { CompiledProducts } from './product-pass.js'
import { contentOf, ProductPass } from './product-pass.js'
import type { PieceShop, ProductPieces } from './product-pieces.js'
import { PieceMaker } from './product-pieces.js'
import { fromProductChanges, type ProductChanges, placeIn, spareShare } from './product-table.js'
import type { Product } from './products.js'
import { strangersListMax } from './strangers-order.js'

type CompiledShop = PieceShop & Pick<BrandInput, 'logo'>

/** The list for strangers is worked out anew with each change where a shop has no more products than this. */
const smallCount = 20_000
/** More products are not made at once, as nothing else gets its turn meanwhile: a second's work. */
const changedAtOnceMax = 10_000
/** Written in one file, so that neither this thread nor a bidder stands still for long. */
const changedInFileMax = 1_000
/** Of a feed: with more changed products than this, all are compiled anew. */
const changedShareMax = 1 / 10
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
  /** Places that `change` has written since `compile` was called: what that has of them is older. */
  readonly #touched = new Set<number>()

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
   * Brings the table to what all products are now, with a turn for others every now and then: to be
   * called once at a time, while `change` may be called meanwhile.
   *
   * What can't be bought any more leaves the table that is in use first; where only a few of its
   * products differ, it is changed and stays.
   *
   * @param products gone through twice. @param base of the files' names, used for nothing before.
   * @param onChanged the table in use was changed.
   * @returns whether there is another table now.
   */
  async compile(
    products: Iterable<Product>,
    countExpected: number,
    base: string,
    onChanged: () => void,
  ): Promise<boolean> {
    const facts = factsOf(this.#shop)
    const before = facts === this.#facts ? this.#compiled : null
    this.#touched.clear()
    if (before !== null) {
      const changedMax = Math.max(changedAtOnceMax, before.count * changedShareMax)
      const difference = await differenceFrom(before, products, changedMax)
      await this.#takeOver(before, difference, onChanged)
      if (difference.fits && difference.changed !== null && !this.isWorn) return false
    }
    const maker = new PieceMaker(this.#shop, this.#signTarget)
    const pass = new ProductPass(base, maker, before, countExpected)
    try {
      await inSlices(products, (product) => {
        pass.add(product)
        return true
      })
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
   * @returns false where it is so much that all is to be compiled anew; what can't be bought any more
   *   has left the table even then.
   */
  change(ids: ReadonlySet<string>, get: (id: string) => Product | null): boolean {
    if (this.#compiled === null) return false
    const isTooMany = ids.size > changedAtOnceMax
    const { flags } = this.#compiled.columns
    const changed = new Map<number, Product | null>()
    for (const id of ids) {
      const place = this.placeOf(keyOf(id))
      if (place < 0) continue
      const product = get(id)
      if (!isTooMany) changed.set(place, product)
      else if (product?.inStock !== true && isShown(flags[place]!)) changed.set(place, null)
    }
    for (const place of changed.keys()) this.#touched.add(place)
    if (changed.size > 0) this.#write(this.#compiled, changed)
    return !isTooMany
  }

  async #takeOver(
    compiled: CompiledProducts,
    { changed, withdrawn }: ProductDifference,
    onChanged: () => void,
  ): Promise<void> {
    const write = (places: Iterable<readonly [number, Product | null]>): void => {
      const some = new Map([...places].filter(([place]) => !this.#touched.has(place)))
      if (some.size === 0) return
      this.#write(compiled, some)
      onChanged()
    }
    write(withdrawn.map((place) => [place, null]))
    const left = [...(changed ?? [])]
    for (let at = 0; at < left.length; at += changedInFileMax) {
      write(left.slice(at, at + changedInFileMax))
      await new Promise(setImmediate)
    }
  }

  /** @param changed by place: the product as it is now; null where it can't be shown any more. */
  #write(compiled: CompiledProducts, changed: ReadonlyMap<number, Product | null>): void {
    const { columns, content, isStale, shelf, base } = compiled
    const maker = new PieceMaker(this.#shop, this.#signTarget)
    const state = this.#changed
    const made: ProductPieces[] = []
    const pieces: Buffer[] = []
    const pieceStart: number[] = []
    const nativeStart: number[] = []
    let bytes = 0
    for (const [place, product] of changed) {
      const its = product === null ? gone : maker.make(product)
      made.push(its)
      state.insecureCount -= Number(isInsecure(columns.flags[place]!))
      state.insecureCount += Number(isInsecure(its.flags))
      columns.flags[place] = its.flags
      columns.priceMicros[place] = its.priceMicros
      content[place] = product === null ? 0 : contentOf(product)
      isStale[place] = 1
      if (product !== null) {
        columns.groups[place] = groupKeyOf(product)
        shelf.put(place, product)
      }
      pieceStart.push(bytes)
      nativeStart.push(bytes + (its.pieces[0]?.length ?? 0))
      for (const piece of its.pieces) {
        pieces.push(piece)
        bytes += piece.length
      }
    }
    const places = [...changed.keys()]
    state.list = this.#listWith(compiled, places)
    const changes: ProductChanges = {
      places: Int32Array.from(places),
      flags: Uint8Array.from(made, ({ flags }) => flags),
      priceMicros: Float64Array.from(made, ({ priceMicros }) => priceMicros),
      groups: Float64Array.from(places, (place) => columns.groups[place]!),
      pieceStart: Uint32Array.from(pieceStart),
      nativeStart: Uint32Array.from(nativeStart),
      pieces: Buffer.concat(pieces),
      list: state.list,
    }
    const path = changesPath(base, state.changeCount + 1)
    writeFileSync(`${path}.part`, encodeColumns({}, fromProductChanges(changes)))
    renameSync(`${path}.part`, path)
    state.changeCount++
    state.bytes += bytes
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
    if (count <= smallCount || isDrained) return shelf.order(count, columns.groups, shown)
    const known = new Set(kept)
    const returned = places.filter((place) => shown(place) && !known.has(place))
    return Int32Array.from([...kept, ...returned].slice(0, strangersListMax))
  }
}

const gone: ProductPieces = { flags: 0, priceMicros: 0, pieces: [] }

const factsOf = ({ id, url, language, pictures }: CompiledShop): string =>
  JSON.stringify([id, url, language, pictures])
