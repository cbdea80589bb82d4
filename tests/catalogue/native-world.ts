/** Catalogues for tests of native ads, compiled as `compile` does it, and answers written from them. */
import { ByteWriter } from '../../src/base/byte-writer.js'
import { Rates } from '../../src/base/rates.js'
import { compileBrands } from '../../src/catalogue/brands.js'
import type { NativeRequest } from '../../src/catalogue/creative/native.js'
import { nativeLinks, renderNative } from '../../src/catalogue/creative/native.js'
import type { ShopFile, ShopFileInput } from '../../src/catalogue/model.js'
import { shopFileSchema } from '../../src/catalogue/model.js'
import { buildTable } from '../../src/catalogue/product-builder.js'
import type { ProductTable } from '../../src/catalogue/product-table.js'
import type { Product } from '../../src/catalogue/products.js'
import { makeRow, orderRows } from '../../src/catalogue/rows.js'
import { signTarget, someBrand, someProduct } from './creative-world.js'

export interface NativeWorld {
  readonly brands: Buffer
  readonly brandEnd: Uint32Array
  /** Of the only shop. */
  readonly products: readonly [ProductTable]
  readonly shopOf: Int32Array
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

/** One campaign, in row 0. */
export function worldOf(file: ShopFile): NativeWorld {
  const rows = orderRows([makeRow(file, 0, file.campaigns[0]!, new Rates({ PLN: 1 }))])
  const { brands, brandEnd } = compileBrands(rows, signTarget)
  return {
    brands: Buffer.from(brands as Uint8Array),
    brandEnd: brandEnd as Uint32Array,
    products: [buildTable(file.shop, file.products, signTarget).table],
    shopOf: Int32Array.of(0),
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
    products: world.products[0],
    product,
    brands: world.brands,
    brandAt: world.brandEnd[0]!,
    links: ownLinks,
    token: 'TOKEN',
  })
  return out.view().toString()
}
