/** From what a row says to a product that may be advertised, within the bounds of `productSchema`. */
import { cleanText } from '../creative/escape.js'
import { resolveHttp } from '../creative/url.js'
import type { Product } from '../products.js'
import type { FeedDialect, FeedOptions, FeedProblem, FeedRefusal, FeedRow } from './feed.js'
import type { Field, Fields, RawRow } from './fields.js'
import { readPrices } from './price.js'
import { readAvailability, readDelivery } from './stock.js'
import { htmlToText } from './xml.js'

const idLengthMax = 128
const titleLengthMax = 500
const urlLengthMax = 2_000
const categoryLengthMax = 200
const groupLengthMax = 128
const brandLengthMax = 100
const descriptionLengthMax = 5_000
const imageSideMax = 16_384

/** In these a point never parts thousands; tables of spreadsheets and scraped pages are another matter. */
const pointAmbiguous: ReadonlySet<FeedDialect> = new Set(['csv', 'xml'])

/** What else than Google's name for it says which group of variants a product is of. */
const groupFields: Partial<Record<FeedDialect, Field>> = {
  'yandex-yml': 'groupId',
  json: 'ownGroup',
  jsonl: 'ownGroup',
}

/** Bytes that were no text in the feed's encoding come out as this. */
const noText = '\ufffd'

interface Refused {
  readonly field: string
  readonly refusal: FeedRefusal
  readonly reason: string
}

export class ProductReader {
  readonly #options: FeedOptions
  readonly #pointIsDecimal: boolean
  readonly #otherGroup: Field | null
  #row: { readonly line: number; readonly id: string } = { line: 0, id: '' }
  #warnings: FeedRow[] = []

  constructor(dialect: FeedDialect, options: FeedOptions) {
    this.#options = options
    this.#pointIsDecimal = !pointAmbiguous.has(dialect)
    this.#otherGroup = groupFields[dialect] ?? null
  }

  /** @returns the product and warnings about it, or why it is refused. */
  read({ line, fields, fault, reason }: RawRow): readonly FeedRow[] {
    this.#warnings = []
    this.#row = { line, id: fields?.get('id').slice(0, idLengthMax) ?? '' }
    if (fields === null)
      return [{ kind: 'refused', problem: this.#problem('', fault || 'malformed', reason) }]
    const product = this.#productOf(fields)
    if ('refusal' in product) {
      const { field, refusal, reason } = product
      return [{ kind: 'refused', problem: this.#problem(field, refusal, reason) }]
    }
    return [{ kind: 'product', line, product }, ...this.#warnings]
  }

  #problem(field: string, refusal: FeedRefusal, reason: string): FeedProblem {
    return { ...this.#row, field, refusal, reason: field === '' ? reason : `${field}: ${reason}` }
  }

  #warn(field: string, refusal: FeedRefusal, reason: string): void {
    this.#warnings.push({ kind: 'warning', problem: this.#problem(field, refusal, reason) })
  }

  #productOf(fields: Fields): Product | Refused {
    const id = fields.get('id')
    if (id === '') return refused('id', 'no_id', 'there is none')
    if (id.length > idLengthMax)
      return refused('id', 'too_long', `is longer than ${idLengthMax} characters`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ids with control characters match no event
    if (/[\u0000-\u001f\u007f\ufffd]/.test(id))
      return refused('id', 'malformed', 'has characters that are no text')
    const title = this.#text(fields, 'title', titleLengthMax)
    if (title === '') return refused('title', 'no_title', 'there is nothing to read in it')
    if (title.includes(noText))
      return refused('title', 'malformed', 'has bytes that are no text in the encoding of the feed')
    const link = this.#url(fields, 'link')
    if (typeof link !== 'string') return link
    const image = this.#url(fields, 'image')
    if (typeof image !== 'string') return image
    const { currency, nowMs } = this.#options
    const read = readPrices(
      fields,
      { currency, nowMs, pointIsDecimal: this.#pointIsDecimal },
      ({ field, refusal, reason }) => this.#warn(field, refusal, reason),
    )
    if (!read.ok) return read.problem
    const { prices } = read
    const group = this.#group(fields)
    const brand = this.#optionalText(fields, 'brand', brandLengthMax)
    const description = this.#optionalText(fields, 'description', descriptionLengthMax)
    const rating = this.#rating(fields.get('rating'))
    const imageWidth = sideOf(fields.get('imageWidth'))
    const imageHeight = sideOf(fields.get('imageHeight'))
    return {
      id,
      title,
      link,
      image,
      priceMicros: prices.priceMicros,
      ...(prices.salePriceMicros !== null && { salePriceMicros: prices.salePriceMicros }),
      currency: prices.currency,
      inStock: this.#isInStock(fields),
      category: this.#category(fields),
      ...(group !== '' && { group }),
      ...(prices.marginShare !== null && { marginShare: prices.marginShare }),
      ...(brand !== '' && { brand }),
      ...(description !== '' && { description }),
      ...(rating !== null && { rating }),
      ...(imageWidth !== null && imageHeight !== null && { imageWidth, imageHeight }),
    }
  }

  /** One line without markup, cut where it is too long. */
  #text(fields: Fields, field: Field, lengthMax: number): string {
    // Markup takes room, but not without an end.
    const raw = fields.get(field).slice(0, lengthMax * 16)
    const plain = /<[a-z!/?]|&[#\w]+;/i.test(raw) ? htmlToText(raw) : raw
    const text = cleanText(plain, lengthMax)
    if (text.length > lengthMax - 3 && cleanText(plain, lengthMax + 8).length > lengthMax)
      this.#warn(field, 'too_long', `is cut to ${lengthMax} characters`)
    return text
  }

  #optionalText(fields: Fields, field: Field, lengthMax: number): string {
    const text = this.#text(fields, field, lengthMax)
    if (!text.includes(noText)) return text
    this.#warn(field, 'malformed', 'is left out: it has bytes that are no text')
    return ''
  }

  #url(fields: Fields, field: 'link' | 'image'): string | Refused {
    const raw = fields.get(field)
    if (raw === '')
      return refused(field, field === 'link' ? 'no_link' : 'no_image', 'there is none')
    const bad = field === 'link' ? 'bad_link' : 'bad_image'
    // A cell may list several pictures; addresses in CDATA are often escaped once more.
    const first = raw.split(/[\s,;|]+(?=https?:\/\/)/i)[0]!.replace(/&amp;/g, '&')
    const url = resolveHttp(first, this.#options.shopUrl)
    if (url === null || first.includes(noText))
      return refused(field, bad, `"${first.slice(0, 80)}" is no http(s) address`)
    if (url.length > urlLengthMax)
      return refused(field, bad, `is longer than ${urlLengthMax} characters`)
    return url
  }

  #isInStock(fields: Fields): boolean {
    const { nowMs } = this.#options
    const expires = fields.get('expires')
    if (/^\d{4}-\d\d-\d\d/.test(expires) && Date.parse(expires) < nowMs) return false
    const said = fields.get('availability')
    if (said !== '') {
      const known = readAvailability(said)
      if (known === null)
        this.#warn('availability', 'malformed', `"${said.slice(0, 40)}" is taken as out of stock`)
      return known ?? false
    }
    const days = fields.get('deliveryDays')
    if (days !== '') return readDelivery(days, nowMs) ?? false
    // A feed that doesn't speak of stock lists what is sold.
    const quantity = fields.get('quantity')
    return quantity === '' || (readAvailability(quantity) ?? false)
  }

  /** A path reads `Home > Kitchen > Mugs`, whatever parts it in the feed. */
  #category(fields: Fields): string {
    const field = fields.get('category') === '' ? 'googleCategory' : 'category'
    const path = this.#optionalText(fields, field, categoryLengthMax)
    return cleanText(path.replace(/\s*(?:[>›»]|\s\|\s)\s*/g, ' > '), categoryLengthMax)
  }

  /** As it is written: cut, it might be that of others. */
  #group(fields: Fields): string {
    const other = this.#otherGroup
    const group = fields.get('group') || (other === null ? '' : fields.get(other))
    if (group.length <= groupLengthMax) return group
    this.#warn('group', 'too_long', `is left out: it is longer than ${groupLengthMax} characters`)
    return ''
  }

  #rating(text: string): number | null {
    if (text === '') return null
    const rating = Number(text.replace(',', '.'))
    if (rating >= 0 && rating <= 5) return rating
    this.#warn('rating', 'malformed', `"${text.slice(0, 40)}" is no number from 0 to 5`)
    return null
  }
}

const refused = (field: string, refusal: FeedRefusal, reason: string): Refused => ({
  field,
  refusal,
  reason,
})

function sideOf(text: string): number | null {
  const side = text === '' ? 0 : Number(text)
  return Number.isInteger(side) && side >= 1 && side <= imageSideMax ? side : null
}
