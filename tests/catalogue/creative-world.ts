/** Shops, products and banners for the tests of creatives. */
import { parseFragment } from 'parse5'
import { ByteWriter } from '../../src/base/byte-writer.js'
import type { BrandInput } from '../../src/catalogue/creative/brand.js'
import { compileBrand } from '../../src/catalogue/creative/brand.js'
import { type Click, readClick } from '../../src/catalogue/creative/link.js'
import { bannerLinks, renderBanner } from '../../src/catalogue/creative/render.js'
import { type BuiltTable, buildTable } from '../../src/catalogue/product-builder.js'
import type { ProductTable } from '../../src/catalogue/product-table.js'
import type { Product } from '../../src/catalogue/products.js'
import { sizeIndexOf, sizeKeyOf } from '../../src/catalogue/sizes.js'

export const someBrand: BrandInput = {
  shopId: 'shop',
  name: 'Some Shop',
  url: 'https://shop.example/',
  logo: '/logo.png',
  colours: { primary: '#0d5c46', onPrimary: '#ffffff', background: '#e9efe9', text: '#17231d' },
  callToAction: 'Buy now',
  language: 'en',
}

export const someProduct: Product = {
  id: 'p1',
  title: 'A pair of shoes',
  link: '/p/1',
  image: '/img/1.jpg',
  priceMicros: 199_990_000,
  currency: 'PLN',
  inStock: true,
  category: 'Shoes',
}

export const signTarget = (shopKey: number, url: string): string =>
  `${shopKey.toString(36)}-${url.length}`

export interface ProductShop {
  readonly shop: Parameters<typeof buildTable>[0]
  readonly products: readonly Product[]
}

export function shopOf(
  products: readonly Partial<Product>[],
  shop: Partial<ProductShop['shop']> = {},
): ProductShop {
  return {
    shop: { id: 'shop', url: someBrand.url, logo: someBrand.logo, language: 'pl', ...shop },
    products: products.map((product, at) => ({ ...someProduct, id: `p${at + 1}`, ...product })),
  }
}

export const rectangle = sizeIndexOf(sizeKeyOf(300, 250))

export interface Rendered {
  /** As it stands in the response, between the quotes of a JSON string. */
  readonly json: string
  /** As an exchange reads it. */
  readonly markup: string
}

export function render(options: {
  readonly table: ProductTable
  readonly brand?: Partial<BrandInput>
  readonly sizeIndex?: number
  readonly productCount?: number
  readonly publicUrl?: string
  readonly clickMacro?: string
  readonly token?: string
}): Rendered {
  const { table, sizeIndex = rectangle, productCount = table.count } = options
  const brands = compileBrand({ ...someBrand, ...options.brand }, signTarget)
  const out = new ByteWriter(64)
  renderBanner(out, {
    sizeIndex,
    brands,
    brandStart: 0,
    brandEnd: brands.length,
    products: table,
    productIndexes: Int32Array.from({ length: Math.max(4, table.count) }, (_, at) => at),
    productCount,
    links: bannerLinks(
      options.publicUrl ?? 'https://bid.example',
      '&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}',
      options.clickMacro ?? '',
    ),
    hasPixel: true,
    token: options.token ?? 'TOKEN',
  })
  const json = out.view().toString()
  return { json, markup: JSON.parse(`"${json}"`) as string }
}

export const build = ({ shop, products }: ProductShop): BuiltTable =>
  buildTable(shop, products, signTarget)

export const tableOf = (...products: Partial<Product>[]): ProductTable =>
  build(shopOf(products)).table

/** What a click link of ours says. @throws where it is no link to `publicUrl`. */
export function clickIn(link: string, publicUrl = 'https://bid.example'): Click {
  const start = `${publicUrl}/n/click/`
  if (!link.startsWith(start)) throw new Error(`${link}: does not lead to ${start}`)
  return readClick(link.slice(start.length))
}

/**
 * What arrives of a link that an exchange has put its own counter before, whether it passes on what
 * follows as it stands or escapes it first. @throws where that makes a difference.
 */
export function clickBehind(link: string, clickMacro: string, publicUrl?: string): Click {
  const own = link.slice(clickMacro.length)
  if (!link.startsWith(clickMacro)) throw new Error(`${link}: does not start with ${clickMacro}`)
  for (const parameter of [own, encodeURIComponent(own), escape(own)]) {
    const counter = new URL(`https://exchange.example/click?a=1&adurl=${parameter}`)
    const arrived = counter.searchParams.get('adurl')
    if (arrived !== own) throw new Error(`${own}: arrives as ${arrived}`)
  }
  return clickIn(own, publicUrl)
}

/** An element as the browser's rules read it: name, attributes, and all text in it. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
  readonly children: readonly Element[]
}

interface Node {
  readonly nodeName: string
  readonly value?: string
  readonly attrs?: readonly { readonly name: string; readonly value: string }[]
  readonly childNodes?: readonly Node[]
}

export function parseMarkup(markup: string): Element {
  return elementOf(parseFragment(markup) as unknown as Node)
}

function elementOf(node: Node): Element {
  const children = (node.childNodes ?? []).filter(({ attrs }) => attrs !== undefined).map(elementOf)
  return {
    name: node.nodeName,
    attributes: Object.fromEntries((node.attrs ?? []).map(({ name, value }) => [name, value])),
    text: textOf(node),
    children,
  }
}

const textOf = (node: Node): string => node.value ?? (node.childNodes ?? []).map(textOf).join('')

/** All elements below this one with this name, in order. */
export function allOf(element: Element, name: string): Element[] {
  return element.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...allOf(child, name),
  ])
}
