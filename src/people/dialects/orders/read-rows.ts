/** Rows of orders, out of CSV or of lines of JSON: a cell or value for each column, whatever the file calls it. */
import { readCsv } from '../../../base/csv.js'
import { isObject, type Json } from '../raw-event.js'
import { type ColumnName, type Columns, columnNames, findColumns } from './columns.js'

/** One product of an order, with all that stands beside it. '' for a column that isn't there. */
export interface OrderRow {
  readonly line: number
  readonly cells: Readonly<Record<ColumnName, unknown>>
  /** What the file calls a column, or a field of JSON. */
  readonly names: Readonly<Record<ColumnName, string>>
}

/** A row that can't be read at all. */
export interface UnreadableRow {
  readonly line: number
  readonly reason: string
}

/** A file without what no order can do without. Its message says what. */
export class NoOrders extends Error {}

const rowBytesMax = 65_536

/**
 * @param text without a byte order mark.
 * @throws NoOrders, and CsvBroken (base/csv) after the rows before a cell that never ends.
 */
export async function* readOrderRows(
  text: AsyncIterable<string>,
): AsyncGenerator<OrderRow | UnreadableRow, void, undefined> {
  const { start, rest } = await peek(text)
  if (start === '') throw new NoOrders('is empty')
  yield* start.startsWith('{') ? readJsonLines(rest) : readTable(rest)
}

/** The first character that is no space, and the text from its beginning on. */
async function peek(
  text: AsyncIterable<string>,
): Promise<{ start: string; rest: AsyncIterable<string> }> {
  const source = text[Symbol.asyncIterator]()
  const pieces: string[] = []
  let start = ''
  while (start === '') {
    const { done, value } = await source.next()
    if (done === true) break
    pieces.push(value)
    start = value.trimStart()
    if (start === '' && pieces.length > 1_000) break
  }
  async function* all(): AsyncGenerator<string, void, undefined> {
    try {
      yield* pieces
      yield* { [Symbol.asyncIterator]: () => source }
    } finally {
      await source.return?.()
    }
  }
  return { start: start.slice(0, 1), rest: all() }
}

async function* readTable(
  text: AsyncIterable<string>,
): AsyncGenerator<OrderRow | UnreadableRow, void, undefined> {
  let columns: Columns | null = null
  let names: OrderRow['names'] | null = null
  for await (const { line, cells } of readCsv(text, { rowBytesMax })) {
    if (columns === null || names === null) {
      const found = cells === null ? 'the header is too long' : findColumns(cells)
      if (typeof found === 'string') throw new NoOrders(found)
      columns = found
      const { places, headers } = found
      names = byColumn((name) => headers[places[name]]?.trim() ?? '')
    } else if (cells === null) yield { line, reason: `is over ${rowBytesMax} bytes` }
    else {
      const { places } = columns
      yield { line, names, cells: byColumn((name) => cells[places[name]] ?? '') }
    }
  }
}

/** An order a line, with its `items`; or a product of one, as a row of a table. */
async function* readJsonLines(
  text: AsyncIterable<string>,
): AsyncGenerator<OrderRow | UnreadableRow, void, undefined> {
  let line = 0
  for await (const row of linesOf(text)) {
    line++
    if (row === null) yield { line, reason: `is over ${rowBytesMax} characters` }
    else if (row.trim() !== '') yield* readJsonLine(row, line)
  }
}

function* readJsonLine(row: string, line: number): Generator<OrderRow | UnreadableRow> {
  let order: unknown
  try {
    order = JSON.parse(row) as unknown
  } catch {
    order = null
  }
  if (!isObject(order)) yield { line, reason: 'is not an object in JSON' }
  else {
    const { items } = order
    if (items === undefined) yield rowOf(line, order, null)
    else if (!Array.isArray(items) || items.length === 0)
      yield { line, reason: 'items: must be a list of products' }
    else
      for (const item of items as readonly unknown[])
        if (isObject(item)) yield rowOf(line, order, item)
        else yield { line, reason: 'items: must be objects' }
  }
}

/** What an item says of itself stands before what its order says. */
function rowOf(line: number, order: Json, item: Json | null): OrderRow | UnreadableRow {
  const keys = [...(item === null ? [] : Object.keys(item)), ...Object.keys(order)]
  const columns = findColumns(keys.length > 200 ? keys.slice(0, 200) : keys)
  if (typeof columns === 'string')
    return { line, reason: columns.replace('the header has no column', 'has no field') }
  const itemKeyCount = item === null ? 0 : Object.keys(item).length
  const { places } = columns
  return {
    line,
    names: byColumn((name) => keys[places[name]] ?? ''),
    cells: byColumn((name) => {
      const place = places[name]
      if (place < 0) return ''
      return (place < itemKeyCount ? item! : order)[keys[place]!] ?? ''
    }),
  }
}

function byColumn<T>(of: (name: ColumnName) => T): Record<ColumnName, T> {
  return Object.fromEntries(columnNames.map((name) => [name, of(name)])) as Record<ColumnName, T>
}

/** Lines without their ends; null for one that is too long. */
async function* linesOf(
  text: AsyncIterable<string>,
): AsyncGenerator<string | null, void, undefined> {
  let open = ''
  let isTooLong = false
  for await (const piece of text) {
    const lines = piece.split('\n')
    for (const [i, part] of lines.entries()) {
      if (i > 0) {
        yield isTooLong ? null : open
        open = ''
        isTooLong = false
      }
      if (open.length + part.length > rowBytesMax) isTooLong = true
      else open += part
    }
  }
  if (isTooLong || open !== '') yield isTooLong ? null : open
}
