/**
 * What a creative costs: `node dist/bench/creative.bench.js [--rounds N]`.
 *
 * Renders the demo's products into the size that is asked for most, with one to three products, and
 * into all sizes in turn, and as native ads of six assets; says nanoseconds and bytes per creative.
 * Beside it the rival that everybody writes first: a template filled with escaped text for each bid
 * and passed through JSON.stringify. `fits` is what it costs to see that a product fills a native request.
 */
import { parseArgs } from 'node:util'
import { ByteWriter } from '../src/base/byte-writer.js'
import { anyMime } from '../src/base/mime.js'
import { chooseNativeParts, nativeFits } from '../src/bidding/native-fit.js'
import { compileBrand } from '../src/catalogue/creative/brand.js'
import { escapeHtml } from '../src/catalogue/creative/escape.js'
import type { NativeAd } from '../src/catalogue/creative/native.js'
import { nativeLinks, renderNative } from '../src/catalogue/creative/native.js'
import { compileNativeBrand } from '../src/catalogue/creative/native-pieces.js'
import type { Banner } from '../src/catalogue/creative/render.js'
import { bannerLinks, renderBanner } from '../src/catalogue/creative/render.js'
import { buildTable } from '../src/catalogue/product-builder.js'
import { sizeCount, sizeIndexOf, sizeKeyOf } from '../src/catalogue/sizes.js'
import { demoShopFiles } from '../src/demo/shops.js'
import { AssetKind, assetCountMax, NativeOffer } from '../src/openrtb/offers.js'

const turns = 5_000
const signTarget = (): string => '0123456789abcdef'
const files = demoShopFiles('https://shop.example')
const { shop, products = [] } = files[0]!
const { table } = buildTable(shop, products, signTarget)
const brand = compileBrand({ ...shop, shopId: shop.id }, signTarget)
const out = new ByteWriter()
const rectangle = sizeIndexOf(sizeKeyOf(300, 250))
const token = 'A'.repeat(100)

const banner: Banner = {
  sizeIndex: rectangle,
  brands: brand,
  brandStart: 0,
  brandEnd: brand.length,
  products: table,
  productIndexes: new Int32Array(4),
  productCount: 0,
  links: bannerLinks('https://bid.example', '&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}', ''),
  hasPixel: true,
  token,
}

/** A title, both pictures, the shop's name, a price and a call to action, as most requests ask. */
const offer = new NativeOffer()
for (const [kind, type, lengthMax, isRequired] of [
  [AssetKind.title, 0, 25, true],
  [AssetKind.image, 3, 0, true],
  [AssetKind.image, 1, 0, false],
  [AssetKind.data, 1, 25, true],
  [AssetKind.data, 6, 0, false],
  [AssetKind.data, 12, 15, false],
] as const) {
  const asset = offer.assetAt(offer.assetCount++)
  Object.assign(asset, { id: offer.assetCount, kind, type, lengthMax, isRequired, mimes: anyMime })
}
offer.impressionMethods = 1 << 1
const brands = Buffer.concat([brand, compileNativeBrand(shop, true)])
const catalogue = {
  brands,
  brandEnd: Uint32Array.of(brand.length),
  products: [table],
  shopOf: Int32Array.of(0),
}
const native: NativeAd = {
  request: offer,
  parts: new Uint8Array(assetCountMax),
  isWrapped: false,
  products: table,
  product: 0,
  brands,
  brandAt: brand.length,
  links: nativeLinks('https://bid.example', '&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}', ''),
  token,
}

/** Of the rivals. */
const clickUrl = (link: string): string =>
  `https://bid.example/n/click/${token}.${signTarget()}.${Buffer.from(link).toString('base64url')}`

const productOf = (turn: number): number => table.list[(turn * 7) % table.list.length]!

function fits(turn: number): number {
  return nativeFits(offer, catalogue, 0, productOf(turn)) ? 1 : 0
}

function answer(turn: number): number {
  native.product = productOf(turn)
  chooseNativeParts(offer, catalogue, 0, native.product, native.parts)
  out.reset()
  renderNative(out, native)
  return out.length
}

/** The rival for a native ad: the answer as an object, through JSON.stringify. */
function stringify(turn: number): number {
  const { title, link, image, priceMicros } = products[(turn * 7) % products.length]!
  const url = clickUrl(link)
  const pixel = `https://bid.example/n/imp?t=${token}&p=\${AUCTION_PRICE}&c=\${AUCTION_CURRENCY}`
  const assets = [
    { id: 1, title: { text: title.slice(0, 25) } },
    { id: 2, img: { url: image, type: 3 } },
    { id: 3, img: { url: shop.logo, type: 1 } },
    { id: 4, data: { value: shop.name, type: 1 } },
    { id: 5, data: { value: `${priceMicros / 1e6} PLN`, type: 6 } },
    { id: 6, data: { value: shop.callToAction, type: 12 } },
  ]
  const eventtrackers = [{ event: 1, method: 1, url: pixel }]
  return Buffer.from(JSON.stringify({ ver: '1.2', assets, link: { url }, eventtrackers })).length
}

function render(turn: number, sizeIndex: number, productCount: number): number {
  banner.sizeIndex = sizeIndex
  banner.productCount = productCount
  for (let slot = 0; slot < productCount; slot++)
    banner.productIndexes[slot] = table.list[(turn * 7 + slot) % table.list.length]!
  out.reset()
  renderBanner(out, banner)
  return out.length
}

/** The rival: the same links, pictures and texts, without the style. */
function fill(turn: number, productCount: number): number {
  let markup = ''
  for (let slot = 0; slot < productCount; slot++) {
    const { title, link, image, priceMicros } = products[(turn * 7 + slot) % products.length]!
    const url = clickUrl(link)
    markup += `<a href="${escapeHtml(url)}"><img src="${escapeHtml(image)}"><b>${escapeHtml(title)}</b><i>${priceMicros / 1e6} PLN</i></a>`
  }
  return Buffer.from(JSON.stringify(markup)).length
}

const contenders: Readonly<Record<string, (turn: number) => number>> = {
  '300x250, 1 product': (turn) => render(turn, rectangle, 1),
  '300x250, 2 products': (turn) => render(turn, rectangle, 2),
  '300x250, 3 products': (turn) => render(turn, rectangle, 3),
  'all sizes, 3 products': (turn) => render(turn, turn % sizeCount, 3),
  'rival, 3 products': (turn) => fill(turn, 3),
  'native: fits': fits,
  'native: parts and answer': answer,
  'native: rival': stringify,
}

/** @returns least nanoseconds per banner of interleaved rounds, and mean bytes. */
export function measure(rounds: number): Record<string, { nanos: number; bytes: number }> {
  const result: Record<string, { nanos: number; bytes: number }> = {}
  for (let round = 0; round < rounds; round++)
    for (const [name, contender] of Object.entries(contenders)) {
      let bytes = 0
      const start = performance.now()
      for (let turn = 0; turn < turns; turn++) bytes += contender(round * turns + turn)
      const nanos = Math.round(((performance.now() - start) * 1e6) / turns)
      const least = Math.min(nanos, result[name]?.nanos ?? Number.POSITIVE_INFINITY)
      result[name] = { nanos: least, bytes: Math.round(bytes / turns) }
    }
  return result
}

if (process.argv[1]?.endsWith('creative.bench.js') === true) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '25' } } })
  console.table(measure(Number(values.rounds)))
}
