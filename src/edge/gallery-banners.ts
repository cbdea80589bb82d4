import { ByteWriter } from '../base/byte-writer.js'
import { escapeHtml } from '../catalogue/creative/escape.js'
import type { Banner } from '../catalogue/creative/render.js'
import { bannerLinks, renderBanner } from '../catalogue/creative/render.js'
import type { ProductTable } from '../catalogue/product-table.js'
import { ProductFlag } from '../catalogue/product-table.js'
import type { BannerSize, Layout } from '../catalogue/sizes.js'
import { bannerSizes } from '../catalogue/sizes.js'
import type { Snapshot } from '../catalogue/snapshot.js'

const layoutTitles: Readonly<Record<Layout, string>> = {
  card: 'Rectangles: header on top, products side by side',
  strip: 'Strips: one row',
  panel: 'Billboards: header at the start, products after it',
  tower: 'Towers: products one under the other',
}

/** Samples of each size: the shop's best products, reduced ones, ones with more text than fits. */
const samples = ['usual', 'reduced', 'long'] as const
type Sample = (typeof samples)[number]

/** Links and pixels in the gallery start with this, which leads nowhere. */
export const nowhere = 'data:,gallery'
export const galleryToken = 'gallery'

/** Every template in every size with a shop's own products, made by what makes banners for bids. */
export function bannerSections(snapshot: Snapshot, row: number, shop: number): string {
  return Object.entries(layoutTitles)
    .map(([layout, title]) => {
      const sizes = bannerSizes.flatMap((size, index) =>
        size.layout === layout ? [sizeSection(snapshot, row, shop, size, index)] : [],
      )
      return `<section><h2>${title}</h2>${sizes.join('')}</section>`
    })
    .join('')
}

/** A banner with a shop's best products, for beside a video, whose impression is counted by its document. */
export function usualBanner(
  snapshot: Snapshot,
  row: number,
  shop: number,
  sizeIndex: number,
): Banner {
  const products = sampleProducts(snapshot.products[shop]!, 'usual')
  const count = Math.min(bannerSizes[sizeIndex]!.productCountMax, products.count)
  return bannerWith(snapshot, row, sizeIndex, products, count, false)
}

function sizeSection(
  snapshot: Snapshot,
  row: number,
  shop: number,
  size: BannerSize,
  sizeIndex: number,
): string {
  const frames: string[] = []
  for (const sample of samples) {
    const products = sampleProducts(snapshot.products[shop]!, sample)
    const most = Math.min(size.productCountMax, products.count)
    // Each number of products once; the other samples show what they are about with all of them.
    const least = sample === 'usual' ? 0 : most
    for (let count = least; count <= most; count++) {
      const banner = bannerWith(snapshot, row, sizeIndex, products, count, true)
      frames.push(frame(markupOf(banner), size, sample, count))
    }
  }
  return `<h3>${size.width} × ${size.height}</h3><div class="row">${frames.join('')}</div>`
}

interface SampleProducts extends Pick<Banner, 'products' | 'productIndexes'> {
  readonly count: number
}

function sampleProducts(table: ProductTable, sample: Sample): SampleProducts {
  const own = table.list
  if (sample === 'long') return withLongTexts(table, own.subarray(0, 4))
  const isReduced = (product: number): boolean => (table.flags[product]! & ProductFlag.onSale) !== 0
  const productIndexes = own.filter((it) => isReduced(it) === (sample === 'reduced'))
  return { products: table, productIndexes, count: productIndexes.length }
}

/** Copies of products' pieces with a title and prices that fit nowhere. */
function withLongTexts(table: ProductTable, from: Int32Array): SampleProducts {
  const title =
    'Extraordinarily comfortable all-weather overcoat with a detachable quilted lining, two hoods'
  const pieces = Array.from(from, (product) =>
    Buffer.from(
      table.pieces
        .toString('utf8', table.pieceStart[product], table.nativeStart[product])
        .replace(/(<span [^>]*>)[^<]*/, `$1${title}`)
        .replace(/<b[^>]*>.*(?=<\/div>)/, '<b class=\\"l\\">12 345,67 €</b><s>123 456,78 €</s>'),
    ),
  )
  const start = new Uint32Array(pieces.length + 1)
  for (const [index, piece] of pieces.entries()) start[index + 1] = start[index]! + piece.length
  return {
    products: { pieces: Buffer.concat(pieces), pieceStart: start, nativeStart: start.subarray(1) },
    productIndexes: Int32Array.from(pieces.keys()),
    count: pieces.length,
  }
}

function bannerWith(
  snapshot: Snapshot,
  row: number,
  sizeIndex: number,
  { products, productIndexes }: SampleProducts,
  productCount: number,
  hasPixel: boolean,
): Banner {
  return {
    sizeIndex,
    brands: snapshot.brands,
    brandStart: snapshot.brandStart[row]!,
    brandEnd: snapshot.brandEnd[row]!,
    products,
    productIndexes,
    productCount,
    links: bannerLinks(nowhere, '', ''),
    hasPixel,
    token: galleryToken,
  }
}

/** One banner's markup, as an exchange reads it out of the bid. */
function markupOf(banner: Banner): string {
  const out = new ByteWriter(16_384)
  renderBanner(out, banner)
  return JSON.parse(`"${out.view().toString()}"`) as string
}

function frame(markup: string, size: BannerSize, sample: Sample, count: number): string {
  const { width, height } = size
  const products = count === 1 ? '1 product' : `${count === 0 ? 'no' : count} products`
  const what = sample === 'usual' ? products : `${products}, ${sample}`
  const bytes = Buffer.byteLength(JSON.stringify(markup)) - 2
  return (
    `<figure><iframe sandbox loading="lazy" width="${width}" height="${height}" title="${size.width} × ${size.height}, ${what}" ` +
    `srcdoc="${escapeHtml(markup)}"></iframe><figcaption>${what}<span>${bytes} bytes</span></figcaption></figure>`
  )
}
