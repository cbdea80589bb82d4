/** What the service answers, read as carefully as anything else that comes from outside. */
import { own, safely, textOf } from '../tag/reading.js'

export interface Item {
  readonly product: string
  readonly title: string
  /** '' where it has none. */
  readonly brand: string
  /** In full, `http:` or `https:`. */
  readonly url: string
  /** The same; '' where it has none. */
  readonly image: string
  /** What it costs now, as the page's language writes it; '' where that isn't known. */
  readonly price: string
  /** What it cost before it was reduced; '' where it isn't. */
  readonly oldPrice: string
}

/** Of the buttons, then before the price that no longer counts, and before the one that does. */
export type Label = 'previous' | 'next' | 'oldPrice' | 'price'

export interface Answer {
  readonly id: string
  /** '' where it has none. */
  readonly title: string
  readonly items: readonly Item[]
  /** What is said beside products, in the page's language; mostly to those who listen to it. */
  readonly label: (name: Label) => string
}

/** Of products, also those that a page says it is about. */
const itemCountMax = 50
const textLengthMax = 2_000

/**
 * @param body of `POST /v1/recommendations/batch`.
 * @param language that prices are written in.
 * @returns one for each slot that was asked for, in their order: null, or what of it can be shown.
 */
export function answersOf(body: unknown, language: string): readonly (Answer | null)[] {
  const said = own(body, 'labels')
  const label = (name: Label): string => textOf(own(said, name), textLengthMax) || ''
  return listOf(own(body, 'answers')).map((one) => {
    const id = textOf(own(one, 'id'), textLengthMax)
    if (!id) return null
    return {
      id,
      title: textOf(own(one, 'title'), textLengthMax) || '',
      label,
      items: listOf(own(one, 'items')).flatMap((item) => itemOf(item, language) || []),
    }
  })
}

export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, itemCountMax) : []

/** @returns null for what nobody could be led to. */
function itemOf(item: unknown, language: string): Item | null {
  const product = textOf(own(item, 'product'), textLengthMax)
  const title = textOf(own(item, 'title'), textLengthMax)
  const url = webUrl(own(item, 'url'))
  if (!product || !title || !url) return null
  const [price, sale] = [own(item, 'price'), own(item, 'salePrice')]
  const isReduced = isNumber(price) && isNumber(sale) && sale < price
  const write = (amount: unknown): string =>
    isNumber(amount) ? money(amount, `${own(item, 'currency')}`, language) : ''
  return {
    product,
    title,
    brand: textOf(own(item, 'brand'), textLengthMax) || '',
    url,
    image: webUrl(own(item, 'image')),
    price: write(isReduced ? sale : price),
    oldPrice: isReduced ? write(price) : '',
  }
}

const isNumber = (value: unknown): value is number => Number.isFinite(value)

/** '' for what isn't an address of the web: `javascript:` would run, `data:` would be anybody's page. */
function webUrl(value: unknown): string {
  const text = textOf(value, textLengthMax)
  const url = text && safely(() => new URL(text, document.baseURI))
  return url && /^https?:$/.test(url.protocol) ? url.href : ''
}

/** '' where the currency is none. Whole amounts without decimals, as shops write them. */
function money(amount: number, currency: string, language: string): string {
  const digits = amount % 1 === 0 ? { minimumFractionDigits: 0 } : {}
  const write = (locale: string | undefined): string =>
    new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits }).format(amount)
  // A page may say that it is in a language that there isn't.
  return safely(() => write(language)) || safely(() => write(undefined)) || ''
}
