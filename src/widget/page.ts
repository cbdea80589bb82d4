/** What is known of the page that a slot stands on: from the slot's attributes, else from the data layer. */
import { own, textOf } from '../tag/reading.js'

/** As `POST /v1/recommendations/batch` takes it; JSON leaves out what is undefined. */
export interface Context {
  readonly page: string
  readonly product: string | undefined
  readonly category: string | undefined
  readonly q: string | undefined
  readonly cart: readonly string[] | undefined
}

const pages = 'home category product cart search not-found thank-you out-of-stock'.split(' ')
const idLengthMax = 128
const wordLengthMax = 256
const cartCountMax = 50
/** Latest entries of the data layer that are looked at. */
const entryCountMax = 1_000

/** GA4's events that say what page it is. A list may be on any: it counts where nothing else does. */
const pageOfEvent: Readonly<Record<string, string>> = {
  view_item: 'product',
  view_cart: 'cart',
  begin_checkout: 'cart',
  purchase: 'thank-you',
  search: 'search',
  view_search_results: 'search',
}

export function contextOf(slot: HTMLElement): Context {
  const { page, product, category, query, cart } = slot.dataset
  const { groszSlot = '' } = slot.dataset
  const told = page === undefined || product === undefined ? toldOf() : nothing
  const named = [page, groszSlot].find((name) => name !== undefined && pages.includes(name))
  const kind =
    named ||
    (product !== undefined && 'product') ||
    (query !== undefined && 'search') ||
    (category !== undefined && 'category') ||
    (cart !== undefined && 'cart') ||
    told.page ||
    'home'
  const isTold = told.page === (kind === 'out-of-stock' ? 'product' : kind)
  const ids = isTold ? told.products : []
  const isAboutProducts = /^(pr|ou|th)/.test(kind)
  return {
    page: kind,
    product: textOf(product, idLengthMax) || (isAboutProducts ? ids[0] : undefined),
    category: textOf(category, wordLengthMax) || (isTold ? told.category : undefined),
    q: textOf(query, wordLengthMax) || (isTold ? told.query : undefined),
    cart: cart === undefined ? (kind === 'cart' ? ids : undefined) : cartOf(cart),
  }
}

/** Whether there is nothing that the page's data layer could add. */
export function isComplete({ dataset }: HTMLElement): boolean {
  const { page, product, category, query, cart } = dataset
  const isAboutNothing = page === 'home' || page === 'not-found'
  return isAboutNothing || [product, category, query, cart].some((it) => it !== undefined)
}

const cartOf = (list: string): string[] =>
  list
    .split(',')
    .flatMap((id) => textOf(id, idLengthMax) || [])
    .slice(0, cartCountMax)

interface Told {
  readonly page: string | undefined
  readonly products: readonly string[]
  readonly category?: string | undefined
  readonly query?: string | undefined
}

const nothing: Told = { page: undefined, products: [] }

/** What the page told last of what it shows. */
function toldOf(): Told {
  const layer: unknown = own(window, 'dataLayer')
  if (!Array.isArray(layer)) return nothing
  let list = nothing
  const least = Math.max(0, layer.length - entryCountMax)
  for (let at = layer.length - 1; at >= least; at--) {
    const entry: unknown = layer[at]
    const isCall = own(entry, 0) === 'event'
    const name = textOf(isCall ? own(entry, 1) : own(entry, 'event'), wordLengthMax) || ''
    const holder = isCall ? own(entry, 2) : own(entry, 'ecommerce') || entry
    const page = own(pageOfEvent, name) as string | undefined
    if (page !== undefined)
      return {
        page,
        products: idsOf(own(holder, 'items')),
        query: textOf(own(isCall ? holder : entry, 'search_term'), wordLengthMax),
      }
    if (name === 'view_item_list' && list === nothing) {
      const category = textOf(own(holder, 'item_list_name'), wordLengthMax)
      if (category !== undefined) list = { page: 'category', products: [], category }
    }
  }
  return list
}

const idsOf = (items: unknown): string[] =>
  (Array.isArray(items) ? items.slice(0, cartCountMax) : []).flatMap(
    (item) => textOf(own(item, 'item_id'), idLengthMax) || [],
  )
