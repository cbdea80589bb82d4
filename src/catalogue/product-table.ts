import { assert } from '../base/assert.js'
import type { Column, ColumnReader } from '../base/columns.js'

export const ProductFlag = {
  /** In stock, with links that can be followed, and not too long to. No other product is ever shown. */
  shown: 1,
  onSale: 2,
  /** Link and picture may be used on a page served over https. */
  secure: 4,
  /** Has a record for native ads. */
  native: 8,
} as const

/** What one shop's products are stored as: columns, no object per product. */
export interface ProductColumns {
  /** By product: `keyOf` of its id. */
  readonly keys: Float64Array
  /** By product: bits of `ProductFlag`. */
  readonly flags: Uint8Array
  /** By product: what is paid now, in its own currency. */
  readonly priceMicros: Float64Array
  /** By product: `keyOf` of its group; 0 where it has none. */
  readonly groups: Float64Array
  /**
   * Product `i`'s piece for `renderBanner` is `pieces[pieceStart[i], nativeStart[i])`; its record for
   * native ads, where its flags say that it has one, begins where the piece ends.
   */
  readonly pieceStart: Uint32Array
  readonly nativeStart: Uint32Array
  /** The shop's best shown products for a stranger, best first. */
  readonly list: Int32Array
  /** Open hash table of places, -1 where empty; a power of two in length, at least half empty. */
  readonly slots: Int32Array
}

/** What became different of some of a table's products: in price and stock, as a rule. */
export interface ProductChanges {
  /** By change: the product's place, and what it has there from now on. */
  readonly places: Int32Array
  readonly flags: Uint8Array
  readonly priceMicros: Float64Array
  readonly groups: Float64Array
  /** By change: where its piece and its record begin in `pieces`. */
  readonly pieceStart: Uint32Array
  readonly nativeStart: Uint32Array
  readonly pieces: Uint8Array
  /** The whole of the new list. */
  readonly list: Int32Array
}

/**
 * Room for changed pieces beside those that a table was made with, as a share of these: enough for what
 * comes while all is compiled anew, as to get more a bidder has to stand still and copy them.
 */
export const roomShare = 1 / 4

/**
 * One shop's products by place, compiled for reading. Places mean nothing in another table, and stay
 * what they are while this one is in use: only `change` alters what is shown of them, all at once.
 */
export class ProductTable {
  readonly count: number
  readonly keys: Float64Array
  readonly flags: Uint8Array
  readonly priceMicros: Float64Array
  readonly groups: Float64Array
  readonly pieceStart: Uint32Array
  readonly nativeStart: Uint32Array
  pieces: Buffer
  list: Int32Array
  /** Whether any product is, or was, of a group. */
  hasGroups: boolean
  readonly #slots: Int32Array
  /** Bytes of `pieces` that are taken; the rest is spare. */
  #usedBytes: number

  /** @param pieces the first `usedBytes` are taken; what follows has room for changes. */
  constructor(columns: ProductColumns, pieces: Buffer, usedBytes = pieces.length) {
    this.count = columns.keys.length
    this.keys = columns.keys
    this.flags = columns.flags
    this.priceMicros = columns.priceMicros
    this.groups = columns.groups
    this.pieceStart = columns.pieceStart
    this.nativeStart = columns.nativeStart
    this.pieces = pieces
    this.list = columns.list
    this.hasGroups = columns.groups.some((group) => group !== 0)
    this.#slots = columns.slots
    this.#usedBytes = usedBytes
  }

  /**
   * @param productKey `keyOf` of the product's id.
   * @returns its place, or -1 where there is no such product that may be shown.
   */
  find(productKey: number): number {
    const product = placeIn(this.keys, this.#slots, productKey)
    return product >= 0 && (this.flags[product]! & ProductFlag.shown) !== 0 ? product : -1
  }

  /**
   * Takes changes over. To be called between requests: one that is being answered finds a table as it
   * was when it began.
   */
  change(changes: ProductChanges): void {
    const { places, pieces, list } = changes
    const start = this.#usedBytes
    const end = start + pieces.length
    assert(end < 2 ** 32, 'pieces of a shop’s products pass 4 GB')
    if (end > this.pieces.length) {
      const larger = Buffer.allocUnsafeSlow(end + Math.ceil(end * roomShare))
      this.pieces.copy(larger, 0, 0, start)
      this.pieces = larger
    }
    this.pieces.set(pieces, start)
    this.#usedBytes = end
    for (const [index, place] of places.entries()) {
      this.flags[place] = changes.flags[index]!
      this.priceMicros[place] = changes.priceMicros[index]!
      this.groups[place] = changes.groups[index]!
      this.hasGroups ||= changes.groups[index] !== 0
      this.pieceStart[place] = start + changes.pieceStart[index]!
      this.nativeStart[place] = start + changes.nativeStart[index]!
    }
    this.list = list
  }
}

/** @returns the place of the product with this key, shown or not; -1 where there is none. */
export function placeIn(keys: Float64Array, slots: Int32Array, productKey: number): number {
  const mask = slots.length - 1
  let slot = slotOf(productKey) & mask
  for (;;) {
    const product = slots[slot]!
    if (product < 0 || keys[product] === productKey) return product
    slot = (slot + 1) & mask
  }
}

/** Enters the last product there is. @returns false where there is one with its key already. */
export function enter(slots: Int32Array, keys: Float64Array, place: number): boolean {
  const mask = slots.length - 1
  let slot = slotOf(keys[place]!) & mask
  for (; slots[slot]! >= 0; slot = (slot + 1) & mask)
    if (keys[slots[slot]!] === keys[place]) return false
  slots[slot] = place
  return true
}

function slotOf(productKey: number): number {
  const mixed = Math.imul(productKey >>> 0, 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}

/** Of a shop that has none. */
export const noProducts = (): ProductTable =>
  new ProductTable(
    {
      keys: new Float64Array(0),
      flags: new Uint8Array(0),
      priceMicros: new Float64Array(0),
      groups: new Float64Array(0),
      pieceStart: new Uint32Array(0),
      nativeStart: new Uint32Array(0),
      list: new Int32Array(0),
      slots: Int32Array.of(-1, -1),
    },
    Buffer.alloc(0),
  )

/** A table's columns as those of a file, and back. */
export const fromProductColumns = (columns: ProductColumns): Record<string, Column> => ({
  ...columns,
})

/** @throws Error where a column is missing. */
export const toProductColumns = (column: ColumnReader): ProductColumns => ({
  keys: column('keys', 'f64'),
  flags: column('flags', 'u8'),
  priceMicros: column('priceMicros', 'f64'),
  groups: column('groups', 'f64'),
  pieceStart: column('pieceStart', 'u32'),
  nativeStart: column('nativeStart', 'u32'),
  list: column('list', 'i32'),
  slots: column('slots', 'i32'),
})

export const fromProductChanges = (changes: ProductChanges): Record<string, Column> => ({
  ...changes,
})

/** @throws Error where a column is missing. */
export const toProductChanges = (column: ColumnReader): ProductChanges => ({
  places: column('places', 'i32'),
  flags: column('flags', 'u8'),
  priceMicros: column('priceMicros', 'f64'),
  groups: column('groups', 'f64'),
  pieceStart: column('pieceStart', 'u32'),
  nativeStart: column('nativeStart', 'u32'),
  pieces: column('pieces', 'u8'),
  list: column('list', 'i32'),
})
