/** The demo shops' pages: plain, responsive HTML made from what their feeds say. */
import { escapeHtml } from '../catalogue/creative/escape.js'
import { priceFormat } from '../catalogue/creative/product.js'
import { pageStyle } from './page-style.js'
import type { DemoProduct } from './product-line.js'
import type { DemoShop } from './shops.js'

const categorySeparator = ' › '
const heroCount = 3
const rowCount = 10

/** The first screen: what the shop is about, what is reduced, something of each category. */
export function homePage(shop: DemoShop): string {
  const { words } = shop
  const available = shop.products.filter(({ inStock }) => inStock)
  const varied = oneOfEachCategory(available)
  const reduced = oneOfEachCategory(available.filter(isReduced)).slice(0, rowCount)
  const others = varied
    .slice(heroCount)
    .filter((it) => !isReduced(it))
    .slice(0, rowCount)
  const hero = varied.slice(0, heroCount).map((product) => {
    const alt = escapeHtml(product.title)
    return `<a href="${escapeHtml(product.link)}"><img src="${escapeHtml(product.image)}" alt="${alt}"></a>`
  })
  return page(
    shop,
    shop.name,
    '',
    `<div class="hero"><div class="in"><section><h1>${escapeHtml(words.headline)}</h1><p>${escapeHtml(words.claim)}</p></section><div>${hero.join('')}</div></div></div>` +
      `<div class="in">${row(shop, words.onSale, reduced)}${row(shop, words.lately, others)}</div>`,
  )
}

/**
 * Everything in a category and those below it.
 *
 * @param category in full or its first part; '' for all that the shop sells.
 * @returns null where the shop has no such category.
 */
export function categoryPage(shop: DemoShop, category: string): string | null {
  const isIn = (product: DemoProduct): boolean =>
    category === '' ||
    product.category === category ||
    product.category.startsWith(category + categorySeparator)
  const products = shop.products.filter(isIn)
  if (products.length === 0) return null
  const title = category === '' ? shop.words.everything : category
  return page(
    shop,
    `${title} – ${shop.name}`,
    category,
    `<div class="in"><h2>${escapeHtml(title)}</h2><div class="grid">${cards(shop, products)}</div></div>`,
  )
}

export function productPage(shop: DemoShop, product: DemoProduct): string {
  const { words } = shop
  const alike = shop.products.filter(
    ({ id, category, inStock }) => inStock && category === product.category && id !== product.id,
  )
  const parts = product.category.split(categorySeparator)
  const path = parts.map((part, at) => {
    const category = parts.slice(0, at + 1).join(categorySeparator)
    return `<a href="${categoryLink(shop, category)}">${escapeHtml(part)}</a><span>›</span>`
  })
  return page(
    shop,
    `${product.title} – ${shop.name}`,
    product.category,
    `<div class="in"><div class="path">${path.join('')}</div><main class="product${product.inStock ? '' : ' out'}">` +
      `<img src="${escapeHtml(product.image)}" alt="${escapeHtml(product.title)}" width="480" height="480"><div>${badge(product)}` +
      `<h1>${escapeHtml(product.title)}</h1><div class="price">${price(shop, product)}</div>` +
      `<p>${escapeHtml(product.description)}</p><p class="stock">${escapeHtml(product.inStock ? words.inStock : words.outOfStock)}</p>` +
      `<dl><dt>${escapeHtml(words.brand)}</dt><dd>${escapeHtml(product.brand)}</dd><dt>${escapeHtml(words.productNumber)}</dt><dd>${escapeHtml(product.id)}</dd>${stars(shop, product)}</dl>` +
      `</div></main>${row(shop, words.seeAlso, alike.slice(0, 5))}</div>`,
  )
}

/** What native ads' privacy links lead to. */
export function privacyPage(shop: DemoShop): string {
  const { words } = shop
  return page(
    shop,
    `${words.privacy} – ${shop.name}`,
    '',
    `<div class="in"><h2>${escapeHtml(words.privacy)}</h2><p>${escapeHtml(words.privacyText)}</p></div>`,
  )
}

export function notFoundPage(shop: DemoShop): string {
  const { words } = shop
  return page(
    shop,
    `${words.notFound} – ${shop.name}`,
    '',
    `<div class="in"><h2>${escapeHtml(words.notFound)}</h2><p><a href="${shop.path}"><u>${escapeHtml(words.backHome)}</u></a></p></div>`,
  )
}

/** Products in turn of their categories: the first of each, then the second of each … */
function oneOfEachCategory(products: readonly DemoProduct[]): readonly DemoProduct[] {
  const counts = new Map<string, number>()
  const ranked = products.map((product) => {
    const rank = counts.get(product.category) ?? 0
    counts.set(product.category, rank + 1)
    return { product, rank }
  })
  return ranked.sort((a, b) => a.rank - b.rank).map(({ product }) => product)
}

function row(shop: DemoShop, title: string, products: readonly DemoProduct[]): string {
  if (products.length === 0) return ''
  return `<h2>${escapeHtml(title)}</h2><div class="grid">${cards(shop, products)}</div>`
}

function cards(shop: DemoShop, products: readonly DemoProduct[]): string {
  return products
    .map(
      (product) =>
        `<a class="card${product.inStock ? '' : ' out'}" href="${escapeHtml(product.link)}">` +
        `<img loading="lazy" src="${escapeHtml(product.image)}" alt="" width="240" height="240">${badge(product)}` +
        `<span class="title">${escapeHtml(product.title)}</span>` +
        `${product.inStock ? '' : `<small>${escapeHtml(shop.words.outOfStock)}</small>`}` +
        `<span class="price">${price(shop, product)}</span></a>`,
    )
    .join('')
}

const isReduced = ({ priceMicros, salePriceMicros }: DemoProduct): boolean =>
  salePriceMicros !== undefined && salePriceMicros < priceMicros

function badge({ priceMicros, salePriceMicros }: DemoProduct): string {
  if (salePriceMicros === undefined) return ''
  return `<span class="badge">−${Math.floor((1 - salePriceMicros / priceMicros) * 100)}%</span>`
}

function price(shop: DemoShop, product: DemoProduct): string {
  const format = priceFormat(shop.language)
  const { priceMicros, salePriceMicros, currency } = product
  const full = escapeHtml(format(priceMicros, currency))
  if (salePriceMicros === undefined) return full
  return `<span class="now">${escapeHtml(format(salePriceMicros, currency))}</span><s>${full}</s>`
}

function stars({ words, language }: DemoShop, { rating }: DemoProduct): string {
  if (rating === undefined) return ''
  return `<dt>${escapeHtml(words.rating)}</dt><dd>${rating.toLocaleString(language)} / 5</dd>`
}

const categoryLink = (shop: DemoShop, category: string): string =>
  `${shop.path}?category=${encodeURIComponent(category)}`

/** @param category where in the shop the page stands; '' for nowhere. */
function page(shop: DemoShop, title: string, category: string, content: string): string {
  const { colours, words } = shop
  const here = category.split(categorySeparator)[0]
  const top = [...new Set(shop.products.map((it) => it.category.split(categorySeparator)[0]!))]
  const links = top.map(
    (name) =>
      `<a${name === here ? ' class="on"' : ''} href="${categoryLink(shop, name)}">${escapeHtml(name)}</a>`,
  )
  return `<!doctype html><html lang="${shop.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>:root{--p:${colours.primary};--b:${colours.background};--t:${colours.text}}
${pageStyle}</style></head><body><header class="top"><div class="in"><a href="${shop.path}"><img src="/logo/${shop.id}.svg" alt="${escapeHtml(shop.name)}"></a>
<nav>${links.join('')}<a href="${categoryLink(shop, '')}">${escapeHtml(words.everything)}</a></nav></div></header>
${content}<footer><div class="in">${escapeHtml(words.notice)} <a href="${shop.privacyPath}"><u>${escapeHtml(words.privacy)}</u></a></div></footer></body></html>`
}
