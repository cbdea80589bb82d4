import { ByteWriter } from '../base/byte-writer.js'
import { escapeHtml } from '../catalogue/creative/escape.js'
import type { Banner } from '../catalogue/creative/render.js'
import { bannerLinks, renderBanner } from '../catalogue/creative/render.js'
import type { ProductTable } from '../catalogue/products.js'
import { ProductFlag } from '../catalogue/products.js'
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

/**
 * Every template in every size with a shop's own products, made by what makes banners for bids.
 *
 * Nothing in it calls us: its banners' links and pixels lead nowhere.
 *
 * @param shopId null for the first shop.
 * @returns an HTML page; null where there is no such shop.
 */
export function galleryPage(snapshot: Snapshot, shopId: string | null): string | null {
  const shop = shopId === null ? 0 : snapshot.shops.findIndex((it) => it.id === shopId)
  if (snapshot.shops[shop] === undefined) return null
  const row = snapshot.shopRows.find((it) => snapshot.shopOf[it] === shop)
  const content =
    row === undefined
      ? '<p>This shop has no campaign yet, so nothing of it is shown anywhere.</p>'
      : Object.entries(layoutTitles).map(([layout, title]) => {
          const sizes = bannerSizes.flatMap((size, index) =>
            size.layout === layout ? [sizeSection(snapshot, row, shop, size, index)] : [],
          )
          return `<section><h2>${title}</h2>${sizes.join('')}</section>`
        })
  return page(snapshot, shop, Array.isArray(content) ? content.join('') : content)
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
    const products = sampleProducts(snapshot.products, shop, sample)
    const most = Math.min(size.productCountMax, products.count)
    // Each number of products once; the other samples show what they are about with all of them.
    const least = sample === 'usual' ? 0 : most
    for (let count = least; count <= most; count++)
      frames.push(frame(bannerOf(snapshot, row, sizeIndex, products, count), size, sample, count))
  }
  return `<h3>${size.width} × ${size.height}</h3><div class="row">${frames.join('')}</div>`
}

interface SampleProducts extends Pick<Banner, 'products' | 'productIndexes'> {
  readonly count: number
}

function sampleProducts(table: ProductTable, shop: number, sample: Sample): SampleProducts {
  const own = table.list.subarray(table.listStart[shop], table.listStart[shop + 1])
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
        .toString('utf8', table.pieceStart[product], table.pieceStart[product + 1])
        .replace(/(<span [^>]*>)[^<]*/, `$1${title}`)
        .replace(/<b[^>]*>.*(?=<\/div>)/, '<b class=\\"l\\">12 345,67 €</b><s>123 456,78 €</s>'),
    ),
  )
  const pieceStart = new Uint32Array(pieces.length + 1)
  for (const [index, piece] of pieces.entries())
    pieceStart[index + 1] = pieceStart[index]! + piece.length
  return {
    products: { pieces: Buffer.concat(pieces), pieceStart },
    productIndexes: Int32Array.from(pieces.keys()),
    count: pieces.length,
  }
}

/** One banner's markup, as an exchange reads it out of the bid. */
function bannerOf(
  snapshot: Snapshot,
  row: number,
  sizeIndex: number,
  { products, productIndexes }: SampleProducts,
  productCount: number,
): string {
  const out = new ByteWriter(16_384)
  renderBanner(out, {
    sizeIndex,
    brands: snapshot.brands,
    brandStart: snapshot.brandStart[row]!,
    brandEnd: snapshot.brandEnd[row]!,
    products,
    productIndexes,
    productCount,
    links: bannerLinks('data:,gallery', '', ''),
    hasPixel: false,
    token: 'gallery',
  })
  return JSON.parse(`"${out.view().toString()}"`) as string
}

function frame(markup: string, size: BannerSize, sample: Sample, count: number): string {
  const { width, height } = size
  const products = count === 1 ? '1 product' : `${count === 0 ? 'no' : count} products`
  const what = sample === 'usual' ? products : `${products}, ${sample}`
  const bytes = Buffer.byteLength(JSON.stringify(markup)) - 2
  return (
    `<figure><iframe sandbox width="${width}" height="${height}" title="${size.width} × ${size.height}, ${what}" ` +
    `srcdoc="${escapeHtml(markup)}"></iframe><figcaption>${what}<span>${bytes} bytes</span></figcaption></figure>`
  )
}

function page(snapshot: Snapshot, shown: number, content: string): string {
  const shops = snapshot.shops.map(({ id, name }, index) =>
    index === shown
      ? `<b>${escapeHtml(name)}</b>`
      : `<a href="?shop=${encodeURIComponent(id)}">${escapeHtml(name)}</a>`,
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Gallery: ${escapeHtml(snapshot.shops[shown]!.name)}</title><style>
body{margin:0 auto;padding:24px 32px 64px;background:#f6f7f8;color:#1c2126;font:15px/1.5 -apple-system,"Segoe UI",Roboto,Arial,sans-serif}
h1{margin:0;font-size:26px}h2{margin:48px 0 0;font-size:18px}h3{margin:28px 0 8px;color:#5b6670;font-size:14px;font-weight:600}
nav{display:flex;flex-wrap:wrap;gap:8px 16px;margin-top:6px}a{color:#0b5fc0}
.row{display:flex;flex-wrap:wrap;align-items:flex-start;gap:20px}figure{margin:0}
iframe{display:block;border:0;background:#fff;box-shadow:0 0 0 1px #0001,0 6px 20px #0b14201a}
figcaption{display:flex;justify-content:space-between;gap:12px;margin-top:6px;color:#5b6670;font-size:12px}
</style></head><body><h1>Gallery</h1><nav>${shops.join('')}</nav>${content}</body></html>`
}
