import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { ItemTable } from '../item-table.js'
import type { Sessions } from '../sessions.js'
import { type Cases, casesOf } from './cases.js'

export interface SessionFile {
  readonly items: ItemTable
  readonly sessions: Sessions
}

const idLengthMax = 128
const clicksHeader = 'SessionId\tItemId\tTime'

/**
 * Reads sessions, oldest first: one a line, ids of products with spaces in between; or clicks, after a line
 * `SessionId<tab>ItemId<tab>Time` one a line, time in seconds. Plain or gzip.
 *
 * @throws an Error that names file and line.
 */
export function readSessions(path: string): SessionFile {
  const items = new ItemTable()
  const lines = linesOf(path)
  if (lines.at(0) === clicksHeader) return { items, sessions: readClicks(lines, path, items, true) }
  const starts = new Uint32Array(lines.count + 1)
  const looks: number[] = []
  for (let i = 0; i < lines.count; i++) {
    for (const id of idsOf(lines.at(i), path, i)) looks.push(items.add(id))
    starts[i + 1] = looks.length
  }
  if (lines.count === 0) throw new Error(`${path}: no sessions in it`)
  return {
    items,
    sessions: {
      count: lines.count,
      starts,
      items: Int32Array.from(looks),
      endSeconds: new Uint32Array(0),
      hasTimes: false,
    },
  }
}

/**
 * Reads cases: ids of a session so far with spaces in between, tab, the id that came next; or clicks as
 * `readSessions` does, each look after a session's first being a case.
 *
 * @param items of what is learnt from: others are left out of sessions, and are always missed as what came next.
 * @throws an Error that names file and line.
 */
export function readCases(path: string, items: ItemTable): Cases {
  const lines = linesOf(path)
  if (lines.at(0) === clicksHeader) {
    const known = items.count
    const sessions = readClicks(lines, path, items, false)
    return casesOf(sessions, new Uint8Array(known + 1).fill(1, 0, known))
  }
  const starts = new Uint32Array(lines.count)
  const ends = new Uint32Array(lines.count)
  const next = new Int32Array(lines.count)
  const looks: number[] = []
  for (let i = 0; i < lines.count; i++) {
    const parts = lines.at(i).split('\t')
    if (parts.length !== 2)
      throw fault(
        path,
        i,
        `a session, a tab and the id that came next are wanted: ${shown(lines.at(i))}`,
      )
    starts[i] = looks.length
    for (const id of idsOf(parts[0]!, path, i)) {
      const item = items.indexOf(id)
      if (item >= 0) looks.push(item)
    }
    ends[i] = looks.length
    const [id, ...more] = idsOf(parts[1]!, path, i)
    if (more.length > 0) throw fault(path, i, 'more than one id comes next')
    next[i] = items.indexOf(id!)
  }
  if (lines.count === 0) throw new Error(`${path}: no cases in it`)
  return { count: lines.count, items: Int32Array.from(looks), starts, ends, next }
}

interface Lines {
  readonly count: number
  /** '' beyond the end. */
  at(i: number): string
}

/** Without an empty last one, and without the line ends of Windows. */
function linesOf(path: string): Lines {
  const bytes = bytesOf(path)
  const starts: number[] = []
  for (let at = 0; at < bytes.length; ) {
    starts.push(at)
    const end = bytes.indexOf(10, at)
    at = end < 0 ? bytes.length : end + 1
  }
  return {
    count: starts.length,
    at: (i) => {
      const start = starts[i] ?? bytes.length
      let end = starts[i + 1] ?? bytes.length
      if (end > start && bytes[end - 1] === 10) end--
      if (end > start && bytes[end - 1] === 13) end--
      return bytes.toString('utf8', start, end)
    },
  }
}

function bytesOf(path: string): Buffer {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(
      `${path}: ${code === 'ENOENT' ? 'there is no such file' : `can't be read (${code})`}`,
    )
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes)
  } catch {
    throw new Error(`${path}: is not a whole gzip file`)
  }
}

function idsOf(text: string, path: string, line: number): string[] {
  const ids = text.split(' ')
  for (const id of ids) {
    if (id === '') throw fault(path, line, text === '' ? 'is empty' : 'an id is empty')
    // Control characters, and what is no UTF-8.
    if (id.length > idLengthMax || /[\p{Cc}\ufffd]/u.test(id))
      throw fault(path, line, `is not a list of ids: ${shown(text)}`)
  }
  return ids
}

/** Unknown products get the number `items.count`, if they aren't to be added. Sessions by their last click. */
function readClicks(lines: Lines, path: string, items: ItemTable, isToAdd: boolean): Sessions {
  const bySession = new Map<string, { item: number; seconds: number }[]>()
  for (let i = 1; i < lines.count; i++) {
    const [session, id, time, ...more] = lines.at(i).split('\t')
    const seconds = Number(time)
    if (time === undefined || time === '' || more.length > 0 || !(seconds >= 0))
      throw fault(path, i, `session, product and seconds are wanted: ${shown(lines.at(i))}`)
    const [only] = idsOf(id!, path, i)
    const known = isToAdd ? items.add(only!) : items.indexOf(only!)
    const click = { item: known < 0 ? items.count : known, seconds }
    const clicks = bySession.get(session!)
    if (clicks === undefined) bySession.set(session!, [click])
    else clicks.push(click)
  }
  if (bySession.size === 0) throw new Error(`${path}: no clicks in it`)
  const sessions = [...bySession.values()]
  for (const clicks of sessions) clicks.sort((a, b) => a.seconds - b.seconds)
  sessions.sort((a, b) => a.at(-1)!.seconds - b.at(-1)!.seconds)
  const starts = new Uint32Array(sessions.length + 1)
  for (const [i, clicks] of sessions.entries()) starts[i + 1] = starts[i]! + clicks.length
  return {
    count: sessions.length,
    starts,
    items: Int32Array.from(sessions.flatMap((clicks) => clicks.map(({ item }) => item))),
    endSeconds: Uint32Array.from(sessions, (clicks) => clicks.at(-1)!.seconds),
    hasTimes: true,
  }
}

const fault = (path: string, line: number, reason: string): Error =>
  new Error(`${path}, line ${line + 1}: ${reason}`)

const shown = (text: string): string =>
  JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
