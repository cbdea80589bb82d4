/** What surrounds every page of a demo shop: its head, the way around, the question for consent. */
import { escapeHtml } from '../catalogue/creative/escape.js'
import { logoSize } from './logo.js'
import { categorySeparator, type DemoProduct } from './product-line.js'
import type { DemoShop } from './shops.js'
import type { SlotName } from './words.js'

/** What the shop's script does on a page, beside what it does on all. */
export type PageKind =
  | 'home'
  | 'category'
  | 'search'
  | 'product'
  | 'cart'
  | 'wishlist'
  | 'checkout'
  | 'thanks'
  | 'account'
  | 'other'

export interface Page {
  readonly kind: PageKind
  /** '' for the shop's name alone. */
  readonly title: string
  /** Where in the shop it stands; '' for nowhere. */
  readonly category?: string
  /** What was searched for. */
  readonly query?: string
  /** HTML. */
  readonly content: string
  /** Where products are recommended: below the content, in this order. */
  readonly slots?: readonly PageSlot[]
  /** HTML, below the slots. */
  readonly rest?: string
}

/** A place for recommended products. */
export interface PageSlot {
  /** As the recommender knows it. */
  readonly id: SlotName
  /** What the slot is about, as its attributes have it: `category`, `product`, `query`. */
  readonly about?: Readonly<Record<string, string>>
}

/** What is on a page where the shop has a collector and a recommender: their scripts' addresses; null for none. */
export interface PageScripts {
  readonly tagUrl: string | null
  readonly widgetUrl: string | null
}

/** The pages below a shop's home, which everything that is linked to goes through. */
export const shopPages = ['search', 'cart', 'wishlist', 'checkout', 'thanks', 'account'] as const
export type ShopPage = (typeof shopPages)[number]

export const linkTo = (shop: DemoShop, page: ShopPage): string =>
  `${shop.path === '/' ? '' : shop.path}/${page}`

export const linkToCategory = (shop: DemoShop, category: string): string =>
  `${shop.path}?category=${encodeURIComponent(category)}`

export function renderPage(shop: DemoShop, page: Page, scripts: PageScripts): string {
  const { words } = shop
  const title = page.title === '' ? shop.name : `${page.title} – ${shop.name}`
  const { tagUrl, widgetUrl } = scripts
  const tags = [tagUrl, widgetUrl]
    .filter((url) => url !== null)
    .map((url) => `<script async src="${escapeHtml(url)}"></script>`)
  const slots = widgetUrl === null ? '' : (page.slots ?? []).map((it) => slot(shop, it)).join('')
  return `<!doctype html>
<html lang="${shop.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="/icon/${shop.id}.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style/${shop.id}.css">
${tags.join('\n')}
<script type="module" src="/script/shop.js"></script>
</head>
<body data-page="${page.kind}" data-shop="${shop.id}" data-home="${shop.path}" data-currency="${shop.currency}" data-category="${escapeHtml(page.category ?? '')}" data-query="${escapeHtml(page.query ?? '')}">
<a class="skip" href="#content">${escapeHtml(words.skip)}</a>
${top(shop, page)}
<main id="content">
${page.content}${slots}${page.rest ?? ''}
</main>
${foot(shop)}
${consentBanner(shop)}
<p class="toast" role="status" data-added="${escapeHtml(words.added)}"></p>
</body>
</html>
`
}

function slot({ words }: DemoShop, { id, about = {} }: PageSlot): string {
  const attributes = Object.entries({ heading: words.recommended[id], ...about }).map(
    ([name, value]) => ` data-${name}="${escapeHtml(value)}"`,
  )
  return `<div class="in"><div data-grosz-slot="${id}"${attributes.join('')}></div></div>`
}

function top(shop: DemoShop, { category = '', query = '' }: Page): string {
  const { words } = shop
  const logo = logoSize(shop.id)
  const here = category.split(categorySeparator)[0]
  const names = [...new Set(shop.products.map((it) => it.category.split(categorySeparator)[0]!))]
  const links = names.map(
    (name) =>
      `<a${name === here ? ' aria-current="page"' : ''} href="${linkToCategory(shop, name)}">${escapeHtml(name)}</a>`,
  )
  return `<header class="top"><div class="in">
<a class="home" href="${shop.path}"><img src="/logo/${shop.id}.svg" alt="${escapeHtml(shop.name)}" width="${Math.round((36 * logo.width) / logo.height)}" height="36"></a>
<form class="search" role="search" action="${linkTo(shop, 'search')}"><label class="hidden" for="q">${escapeHtml(words.search)}</label>
<input id="q" name="q" type="search" maxlength="100" autocomplete="off" placeholder="${escapeHtml(words.searchHint)}" value="${escapeHtml(query)}"><button aria-label="${escapeHtml(words.search)}">${icon('search')}</button></form>
<div class="own">${(['account', 'wishlist', 'cart'] as const)
    .map(
      (page) =>
        `<a href="${linkTo(shop, page)}" data-${page}>${icon(page)}<span>${escapeHtml(words[page])}</span><b hidden></b></a>`,
    )
    .join('')}</div>
<nav>${links.join('')}<a href="${linkToCategory(shop, '')}">${escapeHtml(words.everything)}</a></nav>
</div></header>`
}

function foot(shop: DemoShop): string {
  const { words } = shop
  return `<footer><div class="in"><p>${escapeHtml(words.notice)}</p><p><a href="${shop.privacyPath}">${escapeHtml(words.privacy)}</a>
<button type="button" data-consent="again">${escapeHtml(words.consentAgain)}</button></p></div></footer>`
}

/** Refusing takes as much as agreeing: one click on a button that looks the same. */
function consentBanner({ words }: DemoShop): string {
  const box = (name: string, text: string): string =>
    `<label><input type="checkbox" name="${name}"> ${escapeHtml(text)}</label>`
  return `<section class="consent" role="dialog" aria-labelledby="consent-title" hidden><form>
<h2 id="consent-title">${escapeHtml(words.consentTitle)}</h2><p>${escapeHtml(words.consentText)}</p>
<fieldset hidden><legend class="hidden">${escapeHtml(words.consentChoose)}</legend>${box('ads', words.consentAds)}${box('personalization', words.consentPersonal)}
<button type="submit" class="button">${escapeHtml(words.consentSave)}</button></fieldset>
<div class="answers"><button type="button" class="button" data-consent="all">${escapeHtml(words.consentAll)}</button><button type="button" class="button" data-consent="none">${escapeHtml(words.consentNone)}</button><button type="button" class="quiet" data-consent="choose">${escapeHtml(words.consentChoose)}</button></div>
</form></section>`
}

/** Strokes of one width on a square of 24. */
const icons = {
  search: '<circle cx="11" cy="11" r="6.5"/><path d="M16 16l5 5"/>',
  account: '<circle cx="12" cy="8" r="4"/><path d="M4 21c0-4.5 3.6-7 8-7s8 2.5 8 7"/>',
  wishlist:
    '<path d="M12 20.5S3.5 15.6 3.5 9.4A4.6 4.6 0 0 1 12 7a4.6 4.6 0 0 1 8.5 2.4c0 6.2-8.5 11.1-8.5 11.1z"/>',
  cart: '<path d="M2.5 4h3l2.4 11.5h10.6l2.3-8.5H6.6"/><circle cx="9.5" cy="20" r="1.4"/><circle cx="17" cy="20" r="1.4"/>',
} as const

export const icon = (name: keyof typeof icons): string =>
  `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${icons[name]}</svg>`

/** What the shop's script knows a product by: as its data layer tells of it, and how it looks. */
export function productData(product: DemoProduct): string {
  const { id, title, link, image, brand, category, priceMicros, salePriceMicros } = product
  const price = (salePriceMicros ?? priceMicros) / 1e6
  return escapeHtml(JSON.stringify({ id, title, link, image, brand, category, price }))
}
