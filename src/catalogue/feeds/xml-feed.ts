/** Rows of feeds in XML: Google's, Facebook's, Yandex's, Heureka's, and plain ones whose tags can be guessed. */
import { FeedBroken, type FeedDialect } from './feed.js'
import { Fields, knownName, malformed, type RawRow, readable, tooLong } from './fields.js'
import { readXml, type Wanted, type XmlRow } from './xml.js'

const rowNames = new Set(
  'item entry offer shopitem listing product o vehicle article artikel good produkt produit producto record row'.split(
    ' ',
  ),
)
const prose = new Set(['title', 'description'])

function wants(path: string): Wanted | null {
  const known = knownName(path)
  if (known === null) return null
  return prose.has(known.field) ? 'prose' : 'text'
}

/** @throws FeedBroken also where there is nothing in it that could be a product. */
export async function* readXmlFeed(
  text: AsyncIterable<string>,
  dialect: FeedDialect,
  rowBytesMax: number,
): AsyncGenerator<RawRow, void, undefined> {
  const yandex = dialect === 'yandex-yml' ? new YandexHeader() : null
  const isRow = (name: string): boolean =>
    yandex === null ? rowNames.has(name) : name === 'offer' || yandex.isPart(name)
  const wanted = (path: string): Wanted | null => yandex?.wants(path) ?? wants(path)
  let rowCount = 0
  for await (const row of readXml(text, { isRow, wants: wanted, rowLengthMax: rowBytesMax })) {
    if (yandex?.isPart(row.name) === true) {
      yandex.take(row)
      continue
    }
    rowCount++
    if (row.isTooLong) yield tooLong(row.line, rowBytesMax)
    else if (!row.isClosed) yield malformed(row.line, `<${row.name}> is not closed`)
    else yield readable(row.line, fieldsOf(row, yandex))
  }
  // An offers' list may be empty; a page or a site map is something else.
  if (rowCount === 0 && dialect === 'xml')
    throw new FeedBroken(0, 'no feed: none of the XML elements is a product')
}

function fieldsOf({ texts }: XmlRow, yandex: YandexHeader | null): Fields {
  const fields = new Fields()
  for (const [path, text] of texts) {
    const known = knownName(path)
    if (known !== null) fields.add(known, text)
  }
  yandex?.complete(fields)
  return fields
}

const categoryCountMax = 200_000
const categoryDepthMax = 10

/** What stands before Yandex's offers: names of categories, and the currency of prices that name none. */
class YandexHeader {
  readonly #categories = new Map<string, { readonly name: string; readonly parent: string }>()
  readonly #paths = new Map<string, string>()
  #currency = ''

  isPart(name: string): boolean {
    return name === 'category' || name === 'currency'
  }

  wants(path: string): Wanted | null {
    return path === 'parentid' || path === 'rate' ? 'text' : null
  }

  take({ name, texts, text }: XmlRow): void {
    const attribute = (path: string): string =>
      texts.find(([other]) => other === path)?.[1].trim() ?? ''
    const id = attribute('id')
    if (name === 'currency') {
      if (this.#currency === '' || attribute('rate') === '1') this.#currency = id
    } else if (this.#categories.size < categoryCountMax)
      this.#categories.set(id, { name: text.trim().slice(0, 200), parent: attribute('parentid') })
  }

  complete(fields: Fields): void {
    if (fields.get('currency') === '' && this.#currency !== '')
      fields.set('currency', this.#currency)
    const path = this.#pathOf(fields.get('categoryId'))
    if (path !== '' && fields.get('category') === '') fields.set('category', path)
    if (fields.get('title') !== '' || fields.get('model') === '') return
    const words = [fields.get('typePrefix'), fields.get('brand'), fields.get('model')]
    fields.set('title', words.filter((word) => word !== '').join(' '))
  }

  #pathOf(id: string): string {
    const before = this.#paths.get(id)
    if (before !== undefined) return before
    const names: string[] = []
    const seen = new Set<string>()
    for (let at = id; names.length < categoryDepthMax && !seen.has(at); ) {
      const category = this.#categories.get(at)
      if (category === undefined) break
      names.unshift(category.name)
      seen.add(at)
      at = category.parent
    }
    const path = names.join(' > ')
    this.#paths.set(id, path)
    return path
  }
}
