import { assert } from '../base/assert.js'
import type { Column, ColumnReader } from '../base/columns.js'
import { keyOf } from '../base/key.js'
import { z } from '../base/schema.js'
import type { BrandInput } from './creative/brand.js'
import { isSecureBrand } from './creative/brand.js'
import { cleanText } from './creative/escape.js'
import { isClickable, type SignTarget } from './creative/link.js'
import type { PictureSize } from './creative/native-pieces.js'
import { compileNativeProduct } from './creative/native-pieces.js'
import { compileProduct, priceFormat } from './creative/product.js'
import { isSecureUrl, resolveHttp } from './creative/url.js'

/** Relative references are resolved against the shop's url, so any base shows whether one is sound. */
const httpReference = z
  .string()
  .min(1)
  .max(2_000)
  .refine((text) => resolveHttp(text, 'https://shop.invalid/') !== null, {
    message: 'must be an http(s) URL or relative to the shop',
  })
const priceMicros = z.number().int().positive().max(Number.MAX_SAFE_INTEGER)

/** A product as a shop tells us of it. Amounts in millionths of the currency unit. */
export const productSchema = z.strictObject({
  id: z.string().min(1).max(128),
  title: z
    .string()
    .max(500)
    .refine((text) => cleanText(text, 1) !== '', { message: 'must have something to read in it' }),
  /** Its page, and its picture. */
  link: httpReference,
  image: httpReference,
  priceMicros,
  /** What is paid now, where that is less than `priceMicros`. */
  salePriceMicros: priceMicros.optional(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  inStock: z.boolean(),
  category: z.string().max(200),
  /** What the shop keeps of the price, 0 to 1. */
  marginShare: z.number().min(0).max(1).optional(),
  brand: z.string().max(100).optional(),
  description: z.string().max(5_000).optional(),
  /** Stars of the people who bought it, 0 to 5. */
  rating: z.number().min(0).max(5).optional(),
  /** The picture's own size; the shop's `pictures` where it isn't said. */
  imageWidth: z.number().int().min(1).max(16_384).optional(),
  imageHeight: z.number().int().min(1).max(16_384).optional(),
})
export type Product = z.output<typeof productSchema>

/** What of a shop its products' pieces depend on. */
export interface ProductShop {
  readonly shop: Pick<BrandInput, 'url' | 'logo' | 'language'> & {
    readonly id: string
    readonly pictures?: PictureSize | undefined
  }
  readonly products: readonly Product[]
}

export const ProductFlag = {
  /** In stock, with links that can be followed, and not too long to. No other product is ever shown. */
  shown: 1,
  onSale: 2,
  /** Link and picture may be used on a page served over https. */
  secure: 4,
} as const

/** What a table of products is stored as: columns of one flat file, no object per product. */
export interface ProductColumns {
  /** By product: `keyOf` of its id, and its shop's place. */
  readonly keys: Float64Array
  readonly shopOf: Int32Array
  /** By product: bits of `ProductFlag`. */
  readonly flags: Uint8Array
  /** By product: what is paid now, in its own currency. */
  readonly priceMicros: Float64Array
  /** Product `i`'s piece for `renderBanner` is `pieces[pieceStart[i], pieceStart[i + 1])`. */
  readonly pieces: Buffer
  readonly pieceStart: Uint32Array
  /** Product `i`'s record for native ads begins at `natives[nativeStart[i]]`; empty where it has none. */
  readonly natives: Buffer
  readonly nativeStart: Uint32Array
  /** A shop's shown products, best first for a stranger: `[listStart[shop], listStart[shop + 1])` of `list`. */
  readonly list: Int32Array
  readonly listStart: Int32Array
  /** By shop: 1 where its logo, home and every shown product may be used on a page over https. */
  readonly secureByShop: Uint8Array
  /** Open hash table of places, -1 where empty; a power of two in length, at least half empty. */
  readonly slots: Int32Array
}

/** All shops' products, by place. Immutable; places mean nothing in another table. */
export class ProductTable implements Omit<ProductColumns, 'slots'> {
  readonly count: number
  readonly keys: Float64Array
  readonly shopOf: Int32Array
  readonly flags: Uint8Array
  readonly priceMicros: Float64Array
  readonly pieces: Buffer
  readonly pieceStart: Uint32Array
  readonly natives: Buffer
  readonly nativeStart: Uint32Array
  readonly list: Int32Array
  readonly listStart: Int32Array
  readonly secureByShop: Uint8Array
  readonly columns: ProductColumns
  readonly #slots: Int32Array
  readonly #slotMask: number

  constructor(columns: ProductColumns) {
    this.count = columns.keys.length
    this.keys = columns.keys
    this.shopOf = columns.shopOf
    this.flags = columns.flags
    this.priceMicros = columns.priceMicros
    this.pieces = columns.pieces
    this.pieceStart = columns.pieceStart
    this.natives = columns.natives
    this.nativeStart = columns.nativeStart
    this.list = columns.list
    this.listStart = columns.listStart
    this.secureByShop = columns.secureByShop
    this.columns = columns
    this.#slots = columns.slots
    this.#slotMask = columns.slots.length - 1
  }

  /**
   * @param productKey `keyOf` of the product's id.
   * @returns its place, or -1 where this shop has no such product that may be shown.
   */
  find(shopIndex: number, productKey: number): number {
    const slots = this.#slots
    let slot = slotOf(shopIndex, productKey) & this.#slotMask
    for (;;) {
      const product = slots[slot]!
      if (product < 0) return -1
      if (this.keys[product] === productKey && this.shopOf[product] === shopIndex)
        return (this.flags[product]! & ProductFlag.shown) !== 0 ? product : -1
      slot = (slot + 1) & this.#slotMask
    }
  }
}

function slotOf(shopIndex: number, productKey: number): number {
  const mixed = Math.imul((productKey >>> 0) ^ Math.imul(shopIndex + 1, 0x9e3779b1), 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}

/**
 * Compiles all shops' products. Where a shop gives an id twice, its first product stands.
 *
 * A product whose link or picture can't be used is kept (carts may name it) but never shown.
 */
export function compileProducts(
  shops: readonly ProductShop[],
  signTarget: SignTarget,
): ProductTable {
  const count = shops.reduce((sum, { products }) => sum + products.length, 0)
  const keys = new Float64Array(count)
  const shopOf = new Int32Array(count)
  const flags = new Uint8Array(count)
  const priceMicros = new Float64Array(count)
  const pieceStart = new Uint32Array(count + 1)
  const pieces: Buffer[] = []
  const nativeStart = new Uint32Array(count + 1)
  const natives: Buffer[] = []
  const list: number[] = []
  const listStart = new Int32Array(shops.length + 1)
  const secureByShop = new Uint8Array(shops.length)
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, count * 2)))).fill(-1)

  let place = 0
  for (const [shopIndex, { shop, products }] of shops.entries()) {
    const first = place
    const shopKey = keyOf(shop.id)
    const formatPrice = priceFormat(shop.language)
    let isSecure = isSecureBrand(shop)
    for (const product of products) {
      const key = keyOf(product.id)
      keys[place] = key
      shopOf[place] = shopIndex
      const { price, oldPrice } = pricesOf(product)
      priceMicros[place] = price
      pieceStart[place + 1] = pieceStart[place]!
      nativeStart[place + 1] = nativeStart[place]!
      const link = resolveHttp(product.link, shop.url)
      const image = resolveHttp(product.image, shop.url)
      const isNew = enter(slots, keys, shopOf, place)
      if (isNew && product.inStock && link !== null && image !== null && isClickable(link)) {
        const { title, currency } = product
        const face = { title, link, image, priceMicros: price, oldPriceMicros: oldPrice, currency }
        const piece = compileProduct(face, shopKey, formatPrice, signTarget)
        const native = compileNativeProduct(
          face,
          product,
          shop.pictures,
          piece,
          shopKey,
          formatPrice,
          signTarget,
        )
        append(pieces, pieceStart, place, piece)
        append(natives, nativeStart, place, native)
        const secure = isSecureUrl(link) && isSecureUrl(image)
        isSecure &&= secure
        flags[place] =
          ProductFlag.shown |
          (oldPrice !== null ? ProductFlag.onSale : 0) |
          (secure ? ProductFlag.secure : 0)
      }
      place++
    }
    for (const index of strangersOrder(products))
      if ((flags[first + index]! & ProductFlag.shown) !== 0) list.push(first + index)
    listStart[shopIndex + 1] = list.length
    secureByShop[shopIndex] = isSecure ? 1 : 0
  }
  return new ProductTable({
    keys,
    shopOf,
    flags,
    priceMicros,
    pieces: Buffer.concat(pieces),
    pieceStart,
    natives: Buffer.concat(natives),
    nativeStart,
    list: Int32Array.from(list),
    listStart,
    secureByShop,
    slots,
  })
}

function append(pieces: Buffer[], start: Uint32Array, place: number, piece: Buffer): void {
  const end = start[place]! + piece.length
  assert(end < 2 ** 32, 'pieces of products pass 4 GB')
  pieces.push(piece)
  start[place + 1] = end
}

/** @returns false where the shop has a product with this key already. */
function enter(slots: Int32Array, keys: Float64Array, shopOf: Int32Array, place: number): boolean {
  const mask = slots.length - 1
  let slot = slotOf(shopOf[place]!, keys[place]!) & mask
  for (; slots[slot]! >= 0; slot = (slot + 1) & mask) {
    const other = slots[slot]!
    if (keys[other] === keys[place] && shopOf[other] === shopOf[place]) return false
  }
  slots[slot] = place
  return true
}

/** What is paid now; what it was before, where that was more. */
function pricesOf(product: Product): { price: number; oldPrice: number | null } {
  const { priceMicros, salePriceMicros } = product
  return salePriceMicros !== undefined && salePriceMicros < priceMicros
    ? { price: salePriceMicros, oldPrice: priceMicros }
    : { price: priceMicros, oldPrice: null }
}

/**
 * Order in which a shop's products are shown to somebody it knows nothing of: the best margin first,
 * but one of each category in turn, as a stranger's taste is not known. Ties keep the feed's order.
 *
 * @returns indexes into `products`, all of them.
 */
function strangersOrder(products: readonly Product[]): number[] {
  const byCategory = new Map<string, number[]>()
  for (const [index, { category }] of products.entries()) {
    const group = byCategory.get(category)
    if (group === undefined) byCategory.set(category, [index])
    else group.push(index)
  }
  const margin = (index: number): number => products[index]!.marginShare ?? 0
  const turn = new Float64Array(products.length)
  for (const group of byCategory.values()) {
    group.sort((a, b) => margin(b) - margin(a) || a - b)
    for (const [rank, index] of group.entries()) turn[index] = rank
  }
  return Array.from(products.keys()).sort(
    (a, b) => turn[a]! - turn[b]! || margin(b) - margin(a) || a - b,
  )
}

/** The table as columns of a snapshot, and back; `products.` goes before each name. */
export function productTableColumns(table: ProductTable): Record<string, Column> {
  return Object.fromEntries(
    Object.entries(table.columns).map(([name, column]) => [`products.${name}`, column]),
  )
}

/** @throws Error where a column is missing. */
export function readProductTable(column: ColumnReader): ProductTable {
  const buffer = (name: string): Buffer => {
    const bytes = column(name, 'u8')
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  return new ProductTable({
    keys: column('products.keys', 'f64'),
    shopOf: column('products.shopOf', 'i32'),
    flags: column('products.flags', 'u8'),
    priceMicros: column('products.priceMicros', 'f64'),
    pieces: buffer('products.pieces'),
    pieceStart: column('products.pieceStart', 'u32'),
    natives: buffer('products.natives'),
    nativeStart: column('products.nativeStart', 'u32'),
    list: column('products.list', 'i32'),
    listStart: column('products.listStart', 'i32'),
    secureByShop: column('products.secureByShop', 'u8'),
    slots: column('products.slots', 'i32'),
  })
}
