/** Rows of feeds in JSON: lists of products, one product a line, and Shopify's products with their variants. */
import { FeedBroken } from './feed.js'
import { Fields, knownName, malformed, type RawRow, readable, tooLong } from './fields.js'
import { readJsonRows } from './json.js'
import { shopifyVariants } from './shopify.js'

/** Keys under which lists of products are found. */
const listKeys = new Set([
  '',
  'products',
  'items',
  'offers',
  'entries',
  'rows',
  'data',
  'catalog',
  'catalogue',
  'results',
  'feed',
])
export const isProductList = (key: string): boolean => listKeys.has(key.toLowerCase())

export async function* readJsonFeed(
  text: AsyncIterable<string>,
  rowBytesMax: number,
): AsyncGenerator<RawRow, void, undefined> {
  const options = { isList: isProductList, rowLengthMax: rowBytesMax }
  for await (const { line, text: row } of readJsonRows(text, options))
    if (row === null) yield tooLong(line, rowBytesMax)
    else yield* rowsOf(row, line)
}

/** @throws FeedBroken where the last line has no end and is no JSON: the rest of it is missing. */
export async function* readJsonLines(
  text: AsyncIterable<string>,
  rowBytesMax: number,
): AsyncGenerator<RawRow, void, undefined> {
  let line = 1
  let open = ''
  let isTooLong = false
  const take = function* (): Generator<RawRow> {
    if (isTooLong) yield tooLong(line, rowBytesMax)
    else if (open.trim() !== '') yield* rowsOf(open, line)
  }
  for await (const piece of text) {
    let start = 0
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
      keep(piece.slice(start, end))
      yield* take()
      start = end + 1
      line++
      open = ''
      isTooLong = false
    }
    keep(piece.slice(start))
  }
  if (!isTooLong && open.trim() !== '' && parsed(open) === undefined)
    throw new FeedBroken(line, 'cut off: the last line is no JSON')
  yield* take()

  function keep(text: string): void {
    isTooLong ||= open.length + text.length > rowBytesMax
    open = isTooLong ? '' : open + text
  }
}

/** @returns undefined where it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function* rowsOf(text: string, line: number): Generator<RawRow, void, undefined> {
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield malformed(line, value === undefined ? 'is no JSON' : 'is no object')
    return
  }
  const fields = new Fields()
  let left = valueCountMax
  addAll(value, '', 1)
  const variants = shopifyVariants(value as Record<string, unknown>, fields)
  if (variants === null) yield readable(line, fields)
  else for (const variant of variants) yield readable(line, variant)

  function addAll(inside: object, path: string, depth: number): void {
    for (const [key, child] of Object.entries(inside)) {
      if (left-- <= 0) return
      add(child, Array.isArray(inside) ? path : path === '' ? key : `${path}/${key}`, depth)
    }
  }
  function add(child: unknown, path: string, depth: number): void {
    if (typeof child === 'object' && child !== null) {
      if (depth < depthMax) addAll(child, path, depth + 1)
      return
    }
    const known = knownName(path)
    if (known !== null) fields.add(known, textOf(child))
  }
}

/** What stands deeper in a row, or after so many values, says nothing to us. */
const depthMax = 4
const valueCountMax = 2_000

/** A number's point is no mark between thousands: it gets so many decimals that nobody takes it for one. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(6)
  return typeof value === 'boolean' ? String(value) : ''
}
