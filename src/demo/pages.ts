/** The demo shops' pages that show products: plain, responsive HTML made from what their feeds say. */
import { escapeHtml } from '../catalogue/creative/escape.js'
import { priceFormat } from '../catalogue/creative/product.js'
import { icon, linkToCategory, type Page, productData } from './page-frame.js'
import { categorySeparator, type DemoProduct } from './product-line.js'
import { findProducts } from './search.js'
import type { DemoShop } from './shops.js'

const heroCount = 3
const rowCount = 10

/** The first screen: what the shop is about, what is reduced, something of each category. */
export function homePage(shop: DemoShop): Page {
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
    return `<a href="${escapeHtml(product.link)}"><img src="${escapeHtml(product.image)}" alt="${alt}" width="240" height="240"></a>`
  })
  return {
    kind: 'home',
    title: '',
    content: `<div class="hero"><div class="in"><section><h1>${escapeHtml(words.headline)}</h1><p>${escapeHtml(words.claim)}</p></section><div>${hero.join('')}</div></div></div>`,
    slots: [{ id: 'home' }],
    rest: `<div class="in">${row(shop, words.onSale, reduced)}${row(shop, words.lately, others)}</div>`,
  }
}

/**
 * Everything in a category and those below it.
 *
 * @param category in full or its first part; '' for all that the shop sells.
 * @returns null where the shop has no such category.
 */
export function categoryPage(shop: DemoShop, category: string): Page | null {
  const isIn = (product: DemoProduct): boolean =>
    category === '' ||
    product.category === category ||
    product.category.startsWith(category + categorySeparator)
  const products = shop.products.filter(isIn)
  if (products.length === 0) return null
  const title = category === '' ? shop.words.everything : category
  return {
    kind: 'category',
    title,
    category,
    content: `<div class="in"><h1>${escapeHtml(title)}</h1></div>`,
    slots: category === '' ? [] : [{ id: 'category', about: { category } }],
    rest: `<div class="in"><div class="grid">${cards(shop, products)}</div></div>`,
  }
}

/** @param query as it was typed. */
export function searchPage(shop: DemoShop, query: string): Page {
  const { words } = shop
  const found = findProducts(shop.products, query)
  const title = `${words.results}: ${query}`
  const results =
    found.length === 0
      ? `<p>${escapeHtml(words.noResults)}</p>`
      : `<div class="grid">${cards(shop, found)}</div>`
  return {
    kind: 'search',
    title,
    query,
    content: `<div class="in"><h1>${escapeHtml(title)}</h1>${results}</div>`,
    slots: found.length === 0 ? [{ id: 'search', about: { query } }] : [],
  }
}

export function productPage(shop: DemoShop, product: DemoProduct): Page {
  const { words } = shop
  const alike = shop.products.filter(
    ({ id, category, inStock }) => inStock && category === product.category && id !== product.id,
  )
  const parts = product.category.split(categorySeparator)
  const path = parts.map((part, at) => {
    const category = parts.slice(0, at + 1).join(categorySeparator)
    return `<a href="${linkToCategory(shop, category)}">${escapeHtml(part)}</a>`
  })
  return {
    kind: 'product',
    title: product.title,
    category: product.category,
    content:
      `<div class="in"><nav class="path">${path.join('<span>›</span>')}</nav><article class="product${product.inStock ? '' : ' out'}" data-product="${productData(product)}">` +
      `<div class="picture"><img src="${escapeHtml(product.image)}" alt="${escapeHtml(product.title)}" width="480" height="480">${badge(product)}</div><div>` +
      `<h1>${escapeHtml(product.title)}</h1><div class="price">${price(shop, product)}</div>` +
      `<p>${escapeHtml(product.description)}</p>${product.inStock ? buying(shop) : notifying(shop)}` +
      `<p class="stock">${escapeHtml(product.inStock ? words.inStock : words.outOfStock)}</p>` +
      `<dl><dt>${escapeHtml(words.brand)}</dt><dd>${escapeHtml(product.brand)}</dd><dt>${escapeHtml(words.productNumber)}</dt><dd>${escapeHtml(product.id)}</dd>${stars(shop, product)}</dl>` +
      `</div></article></div>`,
    slots: product.inStock
      ? [
          { id: 'product', about: { product: product.id } },
          { id: 'product-complements', about: { product: product.id } },
        ]
      : [{ id: 'out-of-stock', about: { product: product.id } }],
    rest: `<div class="in">${row(shop, words.seeAlso, alike.slice(0, 5))}</div>`,
  }
}

const buying = ({ words }: DemoShop): string =>
  `<div class="buying"><button type="button" class="button" data-add>${icon('cart')}${escapeHtml(words.addToCart)}</button>` +
  `<button type="button" class="heart" aria-pressed="false" aria-label="${escapeHtml(words.toWishlist)}" data-wish data-off="${escapeHtml(words.offWishlist)}">${icon('wishlist')}</button></div>`

const notifying = ({ words }: DemoShop): string =>
  `<form class="notify" data-notify="${escapeHtml(words.notified)}"><h2>${escapeHtml(words.notifyMe)}</h2><label for="mail">${escapeHtml(words.email)}</label>` +
  `<div><input id="mail" name="email" type="email" required autocomplete="email"><button class="button">${escapeHtml(words.notify)}</button></div></form>`

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
        `<a class="card${product.inStock ? '' : ' out'}" href="${escapeHtml(product.link)}" data-product="${productData(product)}">` +
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
