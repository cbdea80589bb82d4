/** The demo shops' pages: plain, responsive HTML made from what their feeds say. */
import { escapeHtml } from '../catalogue/creative/escape.js'
import { priceFormat } from '../catalogue/creative/product.js'
import type { DemoProduct } from './product-line.js'
import type { DemoShop } from './shops.js'

const style = `*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,sans-serif;background:var(--b);color:var(--t)}
a{color:inherit;text-decoration:none}header{background:var(--p);padding:14px max(16px,calc(50vw - 540px));display:flex;align-items:center}
header img{height:34px;display:block}main{max-width:1080px;margin:0 auto;padding:24px 16px 64px}
nav{display:flex;flex-wrap:wrap;gap:8px;margin-bottom:24px}nav a{background:#fff;border-radius:99px;padding:4px 14px;font-size:14px}
.grid{display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(190px,1fr))}
.card{background:#fff;border-radius:14px;padding:14px;display:flex;flex-direction:column;gap:6px;font-size:15px}
.card img{width:100%;aspect-ratio:1}.price{font-weight:700;margin-top:auto}s{font-weight:400;opacity:.6;margin-left:6px}
.page{background:#fff;border-radius:18px;padding:24px;display:grid;gap:32px;grid-template-columns:repeat(auto-fit,minmax(280px,1fr))}
.page img{width:100%}.page .price{font-size:28px}.out{opacity:.5}`

/** Everything that a shop sells, or one category of it. */
export function listPage(shop: DemoShop, category: string | null): string {
  const categories = [...new Set(shop.products.map((product) => product.category))]
  const links = categories.map(
    (name) => `<a href="${shop.path}?category=${encodeURIComponent(name)}">${escapeHtml(name)}</a>`,
  )
  const cards = shop.products
    .filter((product) => category === null || product.category === category)
    .map((product) => card(shop, product))
  return page(
    shop,
    category ?? shop.name,
    `<nav>${links.join('')}</nav><div class="grid">${cards.join('')}</div>`,
  )
}

export function productPage(shop: DemoShop, product: DemoProduct): string {
  return page(
    shop,
    product.title,
    `<div class="page"><img src="${escapeHtml(product.image)}" alt=""><div><h1>${escapeHtml(product.title)}</h1>
<p>${escapeHtml(product.description)}</p><p class="price">${price(shop, product)}</p></div></div>`,
  )
}

function card(shop: DemoShop, product: DemoProduct): string {
  return `<a class="card${product.inStock ? '' : ' out'}" href="${escapeHtml(product.link)}"><img loading="lazy" src="${escapeHtml(product.image)}" alt=""><span>${escapeHtml(product.title)}</span><span class="price">${price(shop, product)}</span></a>`
}

function price(shop: DemoShop, product: DemoProduct): string {
  const format = priceFormat(shop.language)
  const { priceMicros, salePriceMicros, currency } = product
  const full = escapeHtml(format(priceMicros, currency))
  if (salePriceMicros === undefined) return full
  return `${escapeHtml(format(salePriceMicros, currency))}<s>${full}</s>`
}

function page(shop: DemoShop, title: string, content: string): string {
  const { colours } = shop
  return `<!doctype html><html lang="${shop.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>:root{--p:${colours.primary};--b:${colours.background};--t:${colours.text}}${style}</style></head>
<body><header><a href="${shop.path}"><img src="/logo/${shop.id}.svg" alt="${escapeHtml(shop.name)}"></a></header><main>${content}</main></body></html>`
}
