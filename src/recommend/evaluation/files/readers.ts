import { ItemTable } from '../../item-table.js'
import { GrowingInts } from '../../models/growing.js'
import { cellsOf } from './cells.js'
import { type Columns, isViewName } from './columns.js'
import {
  gapMinutesDefault,
  isList,
  type JsonObject,
  type Layout,
  type LayoutOptions,
  objectOf,
  textOf,
} from './layout.js'
import { Looks, type ReadSessions, Visits } from './looks.js'
import { millisOf, millisOfDay } from './times.js'

export type Content =
  | {
      readonly kind: 'sessions'
      readonly read: ReadSessions
      /** Whether they are visits, cut from the looks of users. */
      readonly isOfUsers: boolean
    }
  | { readonly kind: 'cases'; readonly cases: readonly CaseLine[] }

/** Ids of a session so far, and the one that came next. */
export interface CaseLine {
  readonly looks: readonly string[]
  readonly next: string
}

/** Takes a line in. @returns what is wrong with it, '' where nothing is. */
type TakeLine = (line: string) => string

const idLengthMax = 512

/** Takes lines in, and makes of them what they are together. */
export interface Reader {
  readonly take: TakeLine
  content(): Content
}

export function readerOf(layout: Layout, options: LayoutOptions): Reader {
  if (layout.kind === 'sessions') return listReader()
  if (layout.kind === 'cases') return caseReader()
  const looks = new Looks()
  const { isUser, isGuess } = layout.columns
  const gapMs = (options.gapMinutes ?? gapMinutesDefault) * 60_000
  return {
    take: layout.kind === 'rows' ? rowTaker(layout, looks) : jsonTaker(layout, looks),
    content: () => {
      const isOfUsers = isUser || (isGuess && looks.lastDays)
      return { kind: 'sessions', read: looks.sessions(isOfUsers ? gapMs : null), isOfUsers }
    },
  }
}

function listReader(): Reader {
  const ids = new ItemTable()
  const all = new GrowingInts()
  const visits = new Visits()
  return {
    take: (line) => {
      const list = line.trim().split(/ +/)
      for (const id of list) if (idFault(id) !== '') return idFault(id)
      const from = all.count
      for (const id of list) all.push(ids.add(id))
      visits.add(from, all.count, 0)
      return ''
    },
    content: () => ({
      kind: 'sessions',
      read: { ...visits.sessions(all.values, ids, false), otherCount: 0 },
      isOfUsers: false,
    }),
  }
}

function caseReader(): Reader {
  const cases: CaseLine[] = []
  return {
    take: (line) => {
      const [before, next, ...more] = line.split('\t')
      if (next === undefined || more.length > 0) return 'is not a session, a tab and the next id'
      const looks = before!.trim().split(/ +/)
      for (const id of [...looks, next]) if (idFault(id) !== '') return idFault(id)
      cases.push({ looks, next })
      return ''
    },
    content: () => ({ kind: 'cases', cases }),
  }
}

function rowTaker({ separator, columns }: Layout & { kind: 'rows' }, looks: Looks): TakeLine {
  const { key, item, time, frame, event } = columns
  const add = lookTaker(columns, looks)
  return (line) => {
    const cells = cellsOf(line, separator)
    if (cells === null) return 'opens a quotation mark and never closes it'
    const cell = (column: number): string => cells[column]?.trim() ?? ''
    return add(cell(key), cell(item), cell(time), cell(frame), cell(event))
  }
}

function jsonTaker({ list, names, columns }: Layout & { kind: 'json' }, looks: Looks): TakeLine {
  const add = lookTaker(columns, looks)
  const { key, item, time, frame, event } = columns
  const take = (look: JsonObject, session: JsonObject): string => {
    const cell = (column: number): string => {
      const name = names[column]
      return name === undefined ? '' : textOf(look[name] ?? session[name])
    }
    return add(cell(key), cell(item), cell(time), cell(frame), cell(event))
  }
  return (line) => {
    const value = objectOf(line)
    if (value === null) return 'is no JSON object'
    if (list === null) return take(value, value)
    const inList = value[list]
    if (!Array.isArray(inList) || (inList.length > 0 && !isList(inList)))
      return `has no list of looks in ${JSON.stringify(list)}`
    let reason = ''
    for (const look of inList as readonly JsonObject[]) reason ||= take(look, value)
    return reason
  }
}

/** @returns what takes the cells of a look in, and says what is wrong with them. */
function lookTaker(
  { isUser, timeForm, frame, event }: Columns,
  looks: Looks,
): (key: string, item: string, time: string, frameMs: string, name: string) => string {
  return (key, item, time, frameMs, name) => {
    if (isNothing(key)) return isUser ? 'has no user' : 'has no session'
    if (isNothing(item)) return 'has no product'
    if (idFault(item) !== '') return idFault(item)
    if (key.length > idLengthMax) return 'has too long a session'
    const atMs = millisOf(time, timeForm) + (frame < 0 ? 0 : millisOfDay(frameMs))
    if (!(atMs >= 0)) return `has no such time: ${shown(time)}`
    looks.add(key, item, atMs, event >= 0 && !isViewName(name))
    return ''
  }
}

/** As pandas, R and databases write that there is nothing. */
const isNothing = (cell: string): boolean => nothings.has(cell)
const nothings = new Set(['', 'NA', 'NaN', 'nan', 'None', 'null', 'NULL', '\\N'])

/** '' where it is one. */
function idFault(id: string): string {
  if (id === '') return 'has no id'
  if (id.length > idLengthMax) return `has an id of ${id.length} characters: ${shown(id)}`
  // Control characters, and what is no text in the encoding of the file.
  return /[\p{Cc}\ufffd]/u.test(id) ? `has no id: ${shown(id)}` : ''
}

const shown = (text: string): string =>
  JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
