/** Rows of feeds that are tables: Google's, Facebook's, Shopify's, Twenga's, and those of spreadsheets. */
import { CsvBroken, type CsvRow, readCsv } from '../../base/csv.js'
import { FeedBroken, type FeedDialect } from './feed.js'
import {
  type Field,
  Fields,
  type KnownName,
  knownName,
  malformed,
  type RawRow,
  readable,
  tooLong,
} from './fields.js'
import { ShopifyTable } from './shopify.js'

export interface TableFeed {
  readonly dialect: FeedDialect
  readonly rows: AsyncIterable<RawRow>
}

/** A table without one of these has no product in it that could be shown. */
const needed: readonly Field[] = ['id', 'title', 'link', 'image', 'price']
const priceFields: readonly Field[] = ['salePrice', 'oldPrice', 'priceMicros']

/**
 * Reads the header, and the rows once they are asked for.
 *
 * @throws FeedBroken where the first row names no columns of products.
 */
export async function readTableFeed(
  text: AsyncIterable<string>,
  rowBytesMax: number,
): Promise<TableFeed> {
  const rows = withFaults(readCsv(text, { rowBytesMax }))
  const first = await rows.next()
  const header = first.done === true ? null : first.value.cells
  if (header === null)
    throw new FeedBroken(first.done === true ? 0 : 1, 'no feed: there is no header')
  const names = header.map((name) => name.trim())
  const columns = new Map(names.map((name, index): [string, number] => [name.toLowerCase(), index]))
  const columnOf = (name: string): number | undefined => columns.get(name.toLowerCase())
  if (columnOf('Handle') !== undefined && columnOf('Variant Price') !== undefined)
    return { dialect: 'csv', rows: shopifyRows(rows, new ShopifyTable(columnOf), rowBytesMax) }
  const known = names.map(knownName)
  const missing = needed.filter((field) => !hasField(known, field))
  if (missing.length > 0) {
    await rows.return()
    throw new FeedBroken(
      0,
      `no feed: no column for ${missing.join(', ')}; the first row is ${shown(names)}`,
    )
  }
  return { dialect: dialectOf(names), rows: plainRows(rows, known, rowBytesMax) }
}

function hasField(known: readonly (KnownName | null)[], field: Field): boolean {
  return known.some(
    (name) =>
      name?.field === field ||
      (field === 'price' && name !== null && priceFields.includes(name.field)),
  )
}

const shown = (names: readonly string[]): string => {
  const text = names.join(', ')
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

const facebookOnly =
  /^(?:fb_product_category|quantity_to_sell_on_facebook|vehicle_id|image\[0\]\.url)$/
const googleNames = ['id', 'title', 'link', 'image_link', 'price', 'availability']

function dialectOf(names: readonly string[]): FeedDialect {
  const plain = names.map((name) => name.toLowerCase().replace(/^g:/, '').replace(/ /g, '_'))
  if (plain.some((name) => facebookOnly.test(name))) return 'facebook-csv'
  return googleNames.every((name) => plain.includes(name)) ? 'google-csv' : 'csv'
}

async function* withFaults(rows: AsyncIterable<CsvRow>): AsyncGenerator<CsvRow, void, undefined> {
  try {
    yield* rows
  } catch (error) {
    if (error instanceof CsvBroken)
      throw new FeedBroken(error.line, 'cut off: a quotation mark is opened and never closed')
    throw error
  }
}

/**
 * A last row that has no end of line is taken where it has all of its cells, or where rows mostly lack
 * some: whether its last cell is whole nobody can tell.
 */
async function* plainRows(
  rows: AsyncIterable<CsvRow>,
  known: readonly (KnownName | null)[],
  rowBytesMax: number,
): AsyncGenerator<RawRow, void, undefined> {
  let hasShortRows = false
  for await (const { line, cells, isEnded } of rows) {
    const isShort = cells !== null && cells.length < known.length
    if (isShort && !isEnded && !hasShortRows)
      throw new FeedBroken(line, 'cut off: the last row has no end and lacks cells')
    hasShortRows ||= isShort
    if (cells === null) yield tooLong(line, rowBytesMax)
    else if (cells.slice(known.length).some((cell) => cell.trim() !== ''))
      yield malformed(line, `${cells.length} cells where the header has ${known.length}`)
    else {
      const fields = new Fields()
      for (const [index, name] of known.entries())
        if (name !== null) fields.add(name, cells[index] ?? '')
      yield readable(line, fields)
    }
  }
}

async function* shopifyRows(
  rows: AsyncIterable<CsvRow>,
  table: ShopifyTable,
  rowBytesMax: number,
): AsyncGenerator<RawRow, void, undefined> {
  for await (const { line, cells } of rows) {
    const row = cells === null ? tooLong(line, rowBytesMax) : table.read(line, cells)
    if (row !== null) yield row
  }
}
