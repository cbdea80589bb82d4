import { renameSync, writeFileSync } from 'node:fs'
import { partSuffix } from '../base/durable-file.js'
import { keyOf } from '../base/key.js'
import { inSlices } from '../base/slices.js'
import type { ShopPlaces } from './compile.js'
import { type BrandInput, isSecureBrand } from './creative/brand.js'
import type { SignTarget } from './creative/link.js'
import { groupKeyOf, isShown } from './product-builder.js'
import { decodeProduct } from './product-codec.js'
import { differenceFrom, type ProductDifference } from './product-difference.js'
import { contentOf, type ProductEntry } from './product-entry.js'
import { changesPath, type ProductRef } from './product-files.js'
import { type CompiledProducts, ProductPass } from './product-pass.js'
import type { PieceShop, ProductPieces } from './product-pieces.js'
import { PieceMaker, pieceFormat } from './product-pieces.js'
import type { Changed, ChangedContent } from './product-state.js'
import { encodeChanges, note, readCompiled, unchanged, writeState } from './product-state.js'
import { placeIn } from './product-table.js'
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
/** Changed pieces, as a share of all, that are put up with. */
const changedBytesShareMax = 1 / 8

/**
 * Compiles one shop's products into files, and writes beside them what has changed since. Knows
 * nothing of where products come from, and holds none of them.
 */
export class ProductCompiler implements ShopPlaces {
  readonly #signTarget: SignTarget
  #shop: CompiledShop
  #compiled: CompiledProducts | null = null
  #changed: Changed = nothing()
  /** What all but the products was that the pieces were made of. */
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
      bytes > (this.#compiled?.piecesBytes ?? 0) * changedBytesShareMax + 1_048_576
    )
  }

  /** Takes the shop as it is described now. @returns whether pieces that were made for it still hold. */
  describe(shop: CompiledShop): boolean {
    this.#shop = shop
    return this.#compiled !== null && this.#facts === this.#factsOf(shop)
  }

  /** The products' version in the store that the table is of; null where it is of none. */
  get version(): number | null {
    return this.#changed.version
  }

  /**
   * Takes up what another process has compiled, where that is whole and still holds.
   *
   * @param ref of all changes that there are files of. @returns whether it did.
   */
  async restore(ref: ProductRef): Promise<boolean> {
    const facts = this.#factsOf(this.#shop)
    const found = await readCompiled(ref, facts)
    if (found === null) return false
    this.#compiled = found.compiled
    this.#changed = found.changed
    this.#facts = facts
    return true
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
   * @param entries of all products, gone through twice.
   * @param version theirs in the store; null where they are in none.
   * @param base of the files' names, used for nothing before.
   * @param onChanged the table in use was changed.
   * @returns whether there is another table now.
   */
  async compile(
    entries: Iterable<ProductEntry>,
    countExpected: number,
    version: number | null,
    base: string,
    onChanged: () => void,
  ): Promise<boolean> {
    const facts = this.#factsOf(this.#shop)
    const before = facts === this.#facts ? this.#compiled : null
    this.#touched.clear()
    if (before !== null) {
      const changedMax = Math.max(changedAtOnceMax, before.count * changedShareMax)
      const difference = await differenceFrom(before, entries, changedMax)
      await this.#takeOver(before, difference, onChanged)
      if (difference.fits && difference.changed !== null && !this.isWorn) {
        // So that it is known as what it is after a restart.
        if (this.#changed.version !== version) this.#write(before, new Map(), version)
        return false
      }
    }
    const maker = new PieceMaker(this.#shop, this.#signTarget)
    const pass = new ProductPass(base, maker, before, countExpected)
    try {
      await inSlices(entries, (entry) => {
        pass.add(entry)
        return true
      })
    } catch (error) {
      await pass.abandon()
      throw error
    }
    const compiled = await pass.finish()
    await writeState(compiled, facts, version)
    this.#compiled = compiled
    this.#changed = unchanged(compiled, version)
    this.#facts = facts
    return true
  }

  /**
   * Writes what has changed of some products beside the table, where they have a place in it.
   *
   * @param get a product as it is now; null where it is gone.
   * @param version theirs in the store, once these are in the table, too; null where all the others in it
   *   are of an older one.
   * @returns false where it is so much that all is to be compiled anew; what can't be bought any more
   *   has left the table even then.
   */
  change(
    ids: ReadonlySet<string>,
    get: (id: string) => ProductEntry | null,
    version: number | null,
  ): boolean {
    if (this.#compiled === null) return false
    const isTooMany = ids.size > changedAtOnceMax
    const { flags } = this.#compiled.columns
    const changed = new Map<number, ProductEntry | null>()
    for (const id of ids) {
      const place = this.placeOf(keyOf(id))
      if (place < 0) continue
      const entry = get(id)
      if (!isTooMany) changed.set(place, entry)
      else if (!canBeBought(entry) && isShown(flags[place]!)) changed.set(place, null)
    }
    for (const place of changed.keys()) this.#touched.add(place)
    const then = isTooMany || this.#changed.version === null ? null : version
    if (changed.size > 0) this.#write(this.#compiled, changed, then)
    return !isTooMany
  }

  /** What of the shop, this release and its key the pieces depend on, as text. */
  #factsOf({ id, url, language, pictures }: CompiledShop): string {
    const { icu, cldr } = process.versions
    const key = this.#signTarget(0, '')
    return JSON.stringify([pieceFormat, icu, cldr, key, id, url, language, pictures])
  }

  async #takeOver(
    compiled: CompiledProducts,
    { changed, withdrawn }: ProductDifference,
    onChanged: () => void,
  ): Promise<void> {
    const write = (places: Iterable<readonly [number, ProductEntry | null]>): void => {
      const some = new Map([...places].filter(([place]) => !this.#touched.has(place)))
      if (some.size === 0) return
      this.#write(compiled, some, null)
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
  #write(
    compiled: CompiledProducts,
    changed: ReadonlyMap<number, ProductEntry | null>,
    version: number | null,
  ): void {
    const maker = new PieceMaker(this.#shop, this.#signTarget)
    const state = this.#changed
    const entries = [...changed.values()]
    const products = entries.map((it) => (it === null ? null : decodeProduct(it.id, it.bytes)))
    const made = products.map((it) => (it === null ? gone : maker.make(it)))
    const places = Int32Array.from(changed.keys())
    const { groups } = compiled.columns
    const changes = {
      places,
      flags: Uint8Array.from(made, ({ flags }) => flags),
      priceMicros: Float64Array.from(made, ({ priceMicros }) => priceMicros),
      groups: Float64Array.from(products, (it, index) =>
        it === null ? groups[places[index]!]! : groupKeyOf(it),
      ),
      ...joined(made),
    }
    const content: ChangedContent = {
      content: Float64Array.from(entries, (it) => (it === null ? 0 : contentOf(it))),
      categories: products.map((it) => it?.category ?? null),
      margin: Float64Array.from(products, (it) => it?.marginShare ?? 0),
    }
    note(compiled, state, changes, content)
    state.list = this.#listWith(compiled, places)
    state.version = version
    const path = changesPath(compiled.base, state.changeCount)
    const file = encodeChanges({ ...changes, list: state.list }, content, version)
    writeFileSync(path + partSuffix, file)
    renameSync(path + partSuffix, path)
  }

  /**
   * The list for strangers after a change. In a large table, what is shown again goes to its end until
   * all is compiled anew: ordering a million products takes a second.
   */
  #listWith({ columns, count, shelf }: CompiledProducts, places: Int32Array): Int32Array {
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

const nothing = (): Changed => ({
  ...{ changeCount: 0, bytes: 0, insecureCount: 0, version: null },
  list: new Int32Array(0),
})

const canBeBought = (entry: ProductEntry | null): boolean =>
  entry !== null && decodeProduct(entry.id, entry.bytes).inStock

/** All pieces one behind the other, and where each product's begin. */
function joined(made: readonly ProductPieces[]) {
  const pieceStart = new Uint32Array(made.length)
  const nativeStart = new Uint32Array(made.length)
  let bytes = 0
  for (const [index, { pieces }] of made.entries()) {
    pieceStart[index] = bytes
    nativeStart[index] = bytes + (pieces[0]?.length ?? 0)
    for (const piece of pieces) bytes += piece.length
  }
  return { pieceStart, nativeStart, pieces: Buffer.concat(made.flatMap(({ pieces }) => pieces)) }
}
