/**
 * Shopify's products, each of which has variants that are bought one by one. Neither the exported CSV
 * nor the JSON says how carts name a variant, so its id is
 *
 * - its SKU, where it has one;
 * - in JSON, else its own id;
 * - in CSV, else the product's handle, with the options after it for every variant but the first.
 */
import { Fields, type KnownName, malformed, type RawRow, readable } from './fields.js'

/** Where a product's page is, from the shop's home. */
const pageOf = (handle: string): string => `/products/${encodeURIComponent(handle)}`
const onlyOption = 'Default Title'
const joined = (options: readonly string[]): string =>
  options.filter((option) => option !== '' && option !== onlyOption).join(' / ')

const anyRank = (field: KnownName['field']): KnownName => ({ field, rank: 0 })

/** A column of the CSV by its name; undefined where there is no such column. */
type ColumnOf = (name: string) => number | undefined

/** Rows of one handle belong together: the first one says what all of them share. */
export class ShopifyTable {
  readonly #columnOf: ColumnOf
  #handle = ''
  #shared: readonly string[] = []
  #variantCount = 0

  constructor(columnOf: ColumnOf) {
    this.#columnOf = columnOf
  }

  /** @returns null for a row that only adds a picture. */
  read(line: number, cells: readonly string[]): RawRow | null {
    const cell = (name: string, from = cells): string => {
      const column = this.#columnOf(name)
      return column === undefined ? '' : (from[column]?.trim() ?? '')
    }
    const handle = cell('Handle')
    if (handle === '') return malformed(line, 'a row without a handle')
    if (handle !== this.#handle) {
      this.#handle = handle
      this.#shared = cells
      this.#variantCount = 0
    }
    if (cell('Variant Price') === '' && cell('Title') === '' && this.#variantCount > 0) return null
    const shared = (name: string): string => cell(name) || cell(name, this.#shared)
    const options = joined([cell('Option1 Value'), cell('Option2 Value'), cell('Option3 Value')])
    const isFirst = this.#variantCount++ === 0
    const fields = new Fields()
    const set = (field: KnownName['field'], text: string): void => fields.add(anyRank(field), text)
    set(
      'id',
      cell('Variant SKU') || (isFirst ? handle : `${handle}/${options.replace(/ \/ /g, '-')}`),
    )
    set('group', handle)
    set('title', titleOf(shared('Title'), options))
    set('link', pageOf(handle))
    set('image', cell('Variant Image') || shared('Image Src'))
    set('price', cell('Variant Price'))
    set('oldPrice', cell('Variant Compare At Price'))
    set('description', shared('Body (HTML)'))
    set('brand', shared('Vendor'))
    set('category', shared('Product Category') || shared('Type'))
    set('googleCategory', shared('Google Shopping / Google Product Category'))
    set('cost', cell('Cost per item'))
    const isTracked = cell('Variant Inventory Tracker') !== ''
    const isSoldOnly = cell('Variant Inventory Policy').toLowerCase() !== 'continue'
    const quantity = cell('Variant Inventory Qty')
    const isPublished = shared('Published').toLowerCase() !== 'false'
    const isActive = /^(?:active)?$/i.test(shared('Status'))
    if (!isPublished || !isActive) set('availability', 'false')
    else if (isTracked && isSoldOnly && quantity !== '') set('availability', quantity)
    return readable(line, fields)
  }
}

const titleOf = (title: string, options: string): string =>
  title === '' || options === '' ? title : `${title} – ${options}`

/**
 * @param shared what the product says by itself.
 * @returns null where it is no product of Shopify's.
 */
export function shopifyVariants(
  product: Readonly<Record<string, unknown>>,
  shared: Fields,
): Fields[] | null {
  const { variants, handle } = product as { variants?: unknown; handle?: unknown }
  if (typeof handle !== 'string' || !Array.isArray(variants) || variants.length === 0) return null
  return variants.slice(0, variantCountMax).map((variant: unknown) => {
    const of = (key: string): string => {
      const value = isObject(variant) && Object.hasOwn(variant, key) ? variant[key] : undefined
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? String(value)
        : ''
    }
    const fields = shared.copy()
    const options = joined([of('option1'), of('option2'), of('option3')])
    fields.set('id', of('sku').trim() || of('id'))
    fields.set('group', handle)
    fields.set('title', titleOf(shared.get('title'), options || joined([of('title')])))
    fields.set('link', `${pageOf(handle)}?variant=${encodeURIComponent(of('id'))}`)
    fields.set('price', of('price'))
    fields.set('oldPrice', of('compare_at_price'))
    if (of('available') !== '') fields.set('availability', of('available'))
    return fields
  })
}

/** Shopify allows 2,048. */
const variantCountMax = 2_048

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
