/** Catalogues for tests of native ads, compiled as `compile` does it, and answers written from them. */
import { ByteWriter } from '../../src/base/byte-writer.js'
import { decodeColumns, encodeColumns } from '../../src/base/columns.js'
import { Rates } from '../../src/base/rates.js'
import { compileBrands } from '../../src/catalogue/brands.js'
import type { NativeRequest } from '../../src/catalogue/creative/native.js'
import { nativeLinks, renderNative } from '../../src/catalogue/creative/native.js'
import type { ShopFile, ShopFileInput } from '../../src/catalogue/model.js'
import { shopFileSchema } from '../../src/catalogue/model.js'
import type { Product, ProductTable } from '../../src/catalogue/products.js'
import {
  compileProducts,
  productTableColumns,
  readProductTable,
} from '../../src/catalogue/products.js'
import { makeRow, orderRows } from '../../src/catalogue/rows.js'
import { signTarget, someBrand, someProduct } from './creative-world.js'

export interface NativeWorld {
  readonly brands: Buffer
  readonly brandEnd: Uint32Array
  readonly products: ProductTable
}

export function shopFileOf(
  products: readonly Partial<Product>[],
  shop: Partial<ShopFileInput['shop']> = {},
): ShopFile {
  const { name, url, logo, colours, callToAction } = someBrand
  return shopFileSchema.parse({
    shop: {
      id: 'shop',
      domain: 'shop.example',
      currency: 'PLN',
      timeZone: 'Europe/Warsaw',
      language: 'en',
      categories: ['IAB22'],
      ...{ name, url, logo, colours, callToAction },
      ...shop,
    },
    campaigns: [{ id: 'c', goal: 'cpm', bid: 1, maxCpm: 2, budget: {} }],
    products: products.map((product, at) => ({ ...someProduct, id: `p${at + 1}`, ...product })),
  } satisfies ShopFileInput)
}

/** One campaign, in row 0; products as they come back from the snapshot's file. */
export function worldOf(file: ShopFile): NativeWorld {
  const rows = orderRows([makeRow(file, 0, file.campaigns[0]!, new Rates({ PLN: 1 }))])
  const { brands, brandEnd } = compileBrands(rows, signTarget)
  const columns = productTableColumns(compileProducts([file], signTarget))
  return {
    brands: Buffer.from(brands as Uint8Array),
    brandEnd: brandEnd as Uint32Array,
    products: readProductTable(decodeColumns(encodeColumns({}, columns)).column),
  }
}

const links = nativeLinks('https://bid.example', '&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}', '')

/** @param parts by asset, as `NativeAd` has them. */
export function answerOf(
  world: NativeWorld,
  product: number,
  request: NativeRequest,
  parts: ArrayLike<number>,
  isWrapped = false,
  ownLinks = links,
): string {
  const out = new ByteWriter(64)
  renderNative(out, {
    request,
    parts: Uint8Array.from(parts),
    isWrapped,
    products: world.products,
    product,
    brands: world.brands,
    brandAt: world.brandEnd[0]!,
    links: ownLinks,
    token: 'TOKEN',
  })
  return out.view().toString()
}
