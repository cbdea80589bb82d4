/** What the service answers, read as carefully as anything else that comes from outside. */
import { numberOf, own, safely, textOf } from '../tag/reading.js'

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

export interface Answer {
  readonly id: string
  /** '' where it has none. */
  readonly title: string
  readonly items: readonly Item[]
}

const itemCountMax = 50
const textLengthMax = 2_000

/**
 * @param body of `POST /v1/recommendations/batch`.
 * @param language that prices are written in.
 * @returns one for each slot that was asked for, in their order: null, or what of it can be shown.
 */
export function answersOf(body: unknown, language: string): readonly (Answer | null)[] {
  return listOf(own(body, 'answers')).map((one) => {
    const id = textOf(own(one, 'id'), textLengthMax)
    if (id === undefined) return null
    return {
      id,
      title: textOf(own(one, 'title'), textLengthMax) || '',
      items: listOf(own(one, 'items')).flatMap((item) => itemOf(item, language) || []),
    }
  })
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, itemCountMax) : []

/** @returns null for what nobody could be led to. */
function itemOf(item: unknown, language: string): Item | null {
  const product = textOf(own(item, 'product'), textLengthMax)
  const title = textOf(own(item, 'title'), textLengthMax)
  const url = webUrl(own(item, 'url'))
  if (product === undefined || title === undefined || url === '') return null
  const price = numberOf(own(item, 'price'))
  const sale = numberOf(own(item, 'salePrice'))
  const isReduced = price !== undefined && sale !== undefined && sale < price
  const write = (amount: number | undefined): string =>
    amount === undefined ? '' : money(amount, `${own(item, 'currency')}`, language)
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

/** '' for what isn't an address of the web: `javascript:` would run, `data:` would be anybody's page. */
function webUrl(value: unknown): string {
  const text = textOf(value, textLengthMax)
  const url = text === undefined ? undefined : safely(() => new URL(text, document.baseURI))
  return url && /^https?:$/.test(url.protocol) ? url.href : ''
}

/** '' where the currency is none. Whole amounts without decimals, as shops write them. */
function money(amount: number, currency: string, language: string): string {
  const digits = amount % 1 === 0 ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {}
  const write = (locale: string | undefined): string =>
    new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits }).format(amount)
  // A page may say that it is in a language that there isn't.
  return safely(() => write(language)) || safely(() => write(undefined)) || ''
}
