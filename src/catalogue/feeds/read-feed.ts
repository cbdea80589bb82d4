/** A shop's feed, whatever its dialect: products, one by one, and what was wrong with the others. */
import { decodeText } from '../../base/text-encoding.js'
import { type FeedForm, recogniseForm } from './dialect.js'
import type { FeedDialect, FeedOptions, FeedReading, FeedRow } from './feed.js'
import type { RawRow } from './fields.js'
import { readJsonFeed, readJsonLines } from './json-feed.js'
import { ProductReader } from './product.js'
import { readTableFeed } from './table-feed.js'
import { evenly, unpack } from './unpack.js'
import { readXmlFeed } from './xml-feed.js'

const pieceLength = 65_536

/**
 * Finds out the dialect; the rows are read as they are asked for, one at a time in memory.
 *
 * Every row is given as a product or as refused. Of a table without a column that all products need, and
 * of JSON or XML without a list of rows, nothing is given: the whole is no feed, which says more than the
 * same reason for each row. Two rows with one id are both given: who keeps them knows which came first.
 * Whoever stops before the end has the rest of `bytes` given up.
 *
 * @param bytes gzip or not, in any encoding that `base/text-encoding` knows.
 * @throws FeedBroken where it is no feed; what breaks later is thrown by the rows.
 */
export async function readFeed(
  bytes: AsyncIterable<Uint8Array>,
  options: FeedOptions,
): Promise<FeedReading> {
  const { text } = await decodeText(unpack(bytes, options.bytesMax), options.contentType)
  const pieces = evenly(text, pieceLength)
  try {
    const first = await pieces.next()
    const beginning = first.done === true ? '' : first.value
    const form = recogniseForm(beginning)
    const { dialect, rows } = await rawRows(form, withFirst(beginning, pieces), options.rowBytesMax)
    return { dialect, rows: products(rows, new ProductReader(dialect, options)) }
  } catch (error) {
    await pieces.return()
    throw error
  }
}

async function* withFirst(
  first: string,
  rest: AsyncGenerator<string, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  try {
    yield first
    yield* rest
  } finally {
    await rest.return()
  }
}

async function rawRows(
  form: FeedForm,
  text: AsyncIterable<string>,
  rowBytesMax: number,
): Promise<{ dialect: FeedDialect; rows: AsyncIterable<RawRow> }> {
  switch (form) {
    case 'csv':
      return readTableFeed(text, rowBytesMax)
    case 'json':
      return { dialect: form, rows: readJsonFeed(text, rowBytesMax) }
    case 'jsonl':
      return { dialect: form, rows: readJsonLines(text, rowBytesMax) }
    default:
      return { dialect: form, rows: readXmlFeed(text, form, rowBytesMax) }
  }
}

async function* products(
  rows: AsyncIterable<RawRow>,
  reader: ProductReader,
): AsyncGenerator<FeedRow, void, undefined> {
  for await (const row of rows) yield* reader.read(row)
}
