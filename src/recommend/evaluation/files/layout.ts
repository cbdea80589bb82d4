import { findDelimiter } from '../../../base/csv.js'
import { cellsOf } from './cells.js'
import { areNames, type ColumnOptions, type Columns, findColumns, looksNamed } from './columns.js'

export interface LayoutOptions extends ColumnOptions {
  /** One character, or `tab` or `space`. */
  readonly separator?: string | undefined
  /** Longer without a look, and a user's next visit has begun. */
  readonly gapMinutes?: number | undefined
}

/** How the lines of a file are read. */
export type Layout =
  /** Each a session: ids with spaces in between. */
  | { readonly kind: 'sessions' }
  /** Each a session so far, a tab, and the id that came next. */
  | { readonly kind: 'cases' }
  /** Each a look, its cells parted by something; maybe after a line with names. */
  | {
      readonly kind: 'rows'
      readonly separator: string
      readonly names: readonly string[] | null
      readonly columns: Columns
    }
  /** Each a look in JSON; or a session in JSON with its looks in a list. */
  | {
      readonly kind: 'json'
      readonly list: string | null
      readonly names: readonly string[]
      readonly columns: Columns
    }

const sampleCount = 500
const separators: Readonly<Record<string, string>> = { tab: '\t', '\\t': '\t', space: ' ' }

/**
 * Tells by the first lines how a file is to be read.
 *
 * @throws an Error of what can't be told.
 */
export function layoutOf(firstLines: readonly string[], options: LayoutOptions): Layout {
  const lines = firstLines.filter((line) => line.trim() !== '').slice(0, sampleCount)
  if (lines[0]!.trimStart().startsWith('['))
    throw new Error('begins as a list in JSON: lines are wanted, a JSON object each')
  if (lines[0]!.trimStart().startsWith('{')) return jsonLayout(lines, options)
  // Two columns are no log, whatever its columns were said to be called: it may be the other file that has them.
  if (mostOf(lines, isCase) && !looksNamed(lines[0]!.split('\t'))) return { kind: 'cases' }
  const isAsked = [options.session, options.user, options.item, options.time, options.separator]
  const isFree = isAsked.every((option) => option === undefined)
  const separator = separatorOf(lines, options.separator)
  const rows = lines.map((line) => cellsOf(line, separator) ?? [])
  const names = areNames(rows[0]!) ? rows[0]!.map((name) => name.trim()) : null
  const isNamed = names !== null && looksNamed(names)
  if (isNamed && rows.length === 1) throw new Error('has no rows under its line of names')
  try {
    if (rows[0]!.length < 2)
      throw new Error(`its lines are no rows with a session, a product and a time`)
    const sample = { names, rows: names === null ? rows : rows.slice(1) }
    return { kind: 'rows', separator, names, columns: findColumns(sample, options) }
  } catch (error) {
    if (isFree && !isNamed && areIdLists(lines)) return { kind: 'sessions' }
    throw error
  }
}

const mostOf = <T>(all: readonly T[], is: (one: T) => boolean): boolean =>
  all.filter(is).length * 10 >= all.length * 9

const isCase = (line: string): boolean => /^[^\t]+\t[^\t ]+$/.test(line)

function separatorOf(lines: readonly string[], given: string | undefined): string {
  if (given !== undefined) {
    const separator = separators[given] ?? given
    if (separator.length === 1 && separator !== '"') return separator
    throw new Error(`--separator: ${given} is not one character, "tab" or "space"`)
  }
  const found = findDelimiter(lines.slice(0, 20).join('\n'))
  return lines.some((line) => line.includes(found)) ? found : ' '
}

/** What ids don't have, but words of a text, addresses and numbers of a table do. */
const notAnId = /["'<>{}()[\]]|[.,:;!?]$|^\d+:-?[\d.]+$|^-?\d*\.\d+$/

/**
 * Whether lines are lists of ids: no words, and no table of which column is unknown. Rows of a table have as many
 * cells each, and the first is often that of the row before, the others being different.
 */
function areIdLists(lines: readonly string[]): boolean {
  const lists = lines.map((line) => line.trim().split(/ +/))
  const ids = lists.flat()
  if (ids.filter((id) => id === '' || notAnId.test(id)).length * 50 > ids.length) return false
  if (lists.every((list) => list.length === 1)) return false
  if (lists.some((list) => list.length !== lists[0]!.length)) return true
  const again = lists.filter((list, i) => {
    const before = lists[i - 1]
    return before !== undefined && list[0] === before[0] && list.join() !== before.join()
  })
  return again.length * 3 <= lists.length
}

function jsonLayout(lines: readonly string[], options: LayoutOptions): Layout {
  const values = lines.map(objectOf).filter((value) => value !== null)
  const listsIn = values.map((value) => Object.keys(value).find((key) => isList(value[key])))
  const list = listsIn.find((key) => key !== undefined)
  const looks =
    list === undefined
      ? values
      : values.flatMap((value) =>
          (isList(value[list]) ? value[list] : []).map((look) => ({ ...value, ...look })),
        )
  const names = [...new Set(looks.flatMap((look) => Object.keys(look)))]
  if (names.length === 0) throw new Error('its lines are no JSON objects with looks')
  const rows = looks.map((look) => names.map((name) => textOf(look[name])))
  return { kind: 'json', list: list ?? null, names, columns: findColumns({ names, rows }, options) }
}

export type JsonObject = Readonly<Record<string, unknown>>

/** Null for what is no JSON object. Whole numbers that a double doesn't hold become texts: they are ids. */
export function objectOf(line: string): JsonObject | null {
  return parsed(/\d{16}/.test(line) ? line.replace(textOrLong, quoted) : line)
}

const textOrLong = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])\d{16,}(?![\d.eE])/g
const quoted = (found: string): string => (found.startsWith('"') ? found : `"${found}"`)

function parsed(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isList = (value: unknown): value is readonly JsonObject[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject)

/** '' for what is neither a number nor a text. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

const separatorNames: Readonly<Record<string, string>> = {
  '\t': 'tab',
  ',': 'comma',
  ';': 'semicolon',
  '|': 'pipe',
  ' ': 'space',
}

export const gapMinutesDefault = 30

/** In words, to be shown to whoever gave the file. */
export function described(
  layout: Layout,
  isOfUsers: boolean,
  { gapMinutes = gapMinutesDefault }: LayoutOptions,
): string {
  if (layout.kind === 'sessions')
    return 'one session a line, ids with spaces in between, oldest first'
  if (layout.kind === 'cases') return 'cases: a session so far, a tab, the id that came next'
  const { columns, names } = layout
  const column = (index: number): string =>
    names === null ? `column ${index + 1}` : JSON.stringify(names[index])
  const form =
    layout.kind === 'rows'
      ? `${separatorNames[layout.separator] ?? JSON.stringify(layout.separator)} separated rows${names === null ? ' without names' : ''}`
      : layout.list === null
        ? 'a look in JSON a line'
        : `a session in JSON a line, its looks in ${JSON.stringify(layout.list)}`
  const { key, item, time, timeForm, frame, event } = columns
  return [
    `${form}: ${isOfUsers ? 'user' : 'session'} ${column(key)}`,
    `product ${column(item)}`,
    `time ${column(time)}${frame < 0 ? '' : ` and ${column(frame)}`} (${timeForm === 'date' ? 'date' : `in ${timeForm}`})`,
    ...(event < 0 ? [] : [`event ${column(event)}`]),
    ...(isOfUsers ? [`visits end with ${gapMinutes} minutes without a look`] : []),
  ].join(', ')
}
