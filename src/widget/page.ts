/** What is known of the page that a slot stands on: from the slot's attributes, else from the data layer. */
import { own, textOf } from '../tag/reading.js'
import { listOf } from './answer.js'

/** As `POST /v1/recommendations/batch` takes it; JSON leaves out what is undefined. */
export interface Context {
  /** Undefined where nothing says it: then it is for the service to say, by the slot's name. */
  readonly page: string | undefined
  /** What the page is about, or what was just bought. */
  readonly product: string | readonly string[] | undefined
  readonly category: string | undefined
  readonly q: string | undefined
  readonly cart: string | readonly string[] | undefined
  /** As the page says it; the shop's where it doesn't. */
  readonly language: string | undefined
}

const pages = 'home category product cart search not-found thank-you out-of-stock'.split(' ')
const idLengthMax = 128
const wordLengthMax = 256
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

export function contextOf(element: HTMLElement): Context {
  const { groszSlot, page, product, category, query, cart } = element.dataset
  const told = toldOf()
  const kind =
    pages.find((name) => name === page) ||
    // `home`, `home-viewed`: as the slots are called that every shop has.
    pages.find((name) => `${groszSlot}-`.startsWith(`${name}-`)) ||
    (product !== undefined && 'product') ||
    (query !== undefined && 'search') ||
    (category !== undefined && 'category') ||
    (cart !== undefined && 'cart') ||
    told.page
  const isTold = told.page === (kind === 'out-of-stock' ? 'product' : kind)
  const ids = isTold && told.products.length ? told.products : undefined
  return {
    page: kind,
    product: product || (kind === 'cart' ? undefined : ids),
    category: category || (isTold ? told.category : undefined),
    q: query || (isTold ? told.query : undefined),
    cart: cart === undefined && kind === 'cart' ? ids : cart,
    language: element.closest('[lang]')?.getAttribute('lang') || undefined,
  }
}

/** Whether there is nothing that the page's data layer could add. */
export function isComplete({ dataset }: HTMLElement): boolean {
  const { page, product, category, query, cart } = dataset
  const isAboutNothing = page === 'home' || page === 'not-found'
  return isAboutNothing || [product, category, query, cart].some((it) => it !== undefined)
}

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
    if (page)
      return {
        page,
        products: idsOf(own(holder, 'items')),
        query: textOf(own(isCall ? holder : entry, 'search_term'), wordLengthMax),
      }
    if (name === 'view_item_list' && list === nothing) {
      const category = textOf(own(holder, 'item_list_name'), wordLengthMax)
      if (category) list = { page: 'category', products: [], category }
    }
  }
  return list
}

const idsOf = (items: unknown): string[] =>
  listOf(items).flatMap((item) => textOf(own(item, 'item_id'), idLengthMax) || [])
