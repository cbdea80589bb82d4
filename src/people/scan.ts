import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { keysUnder, type TableName, type Tables, tableNames } from './tables.js'

/** Where a text was found, and how often; never what stood around it. */
export interface Trace {
  /** `books/people`, or a file's path below the data folder. */
  readonly place: string
  readonly count: number
}

/** Entries looked at before others get their turn. */
const entriesPerTurn = 5_000

/**
 * Looks for texts in everything that the books have of one shop, byte by byte: what proves that
 * somebody was forgotten.
 */
export async function scanBooks(
  tables: Tables,
  shopId: string,
  texts: readonly string[],
): Promise<Trace[]> {
  const needles = texts.map((text) => Buffer.from(text))
  const traces: Trace[] = []
  for (const table of tableNames) {
    let count = 0
    let seen = 0
    for (const [key, value] of entriesOf(tables, table, shopId)) {
      const keyBytes = Buffer.from(key)
      for (const needle of needles) if (keyBytes.includes(needle) || value.includes(needle)) count++
      if (++seen % entriesPerTurn === 0) await new Promise(setImmediate)
    }
    if (count > 0) traces.push({ place: `books/${table}`, count })
  }
  return traces
}

function* entriesOf(
  tables: Tables,
  table: TableName,
  shopId: string,
): Iterable<readonly [string, Buffer]> {
  // Keys of `due` begin with the hour, of `journal` with a number, and those of `meta` are no shop's.
  const isByShop = table !== 'due' && table !== 'journal' && table !== 'meta'
  const { from, end } = isByShop ? keysUnder(shopId) : { from: ' ', end: '\uffff' }
  for (const { key, value } of tables.range(table, from, end))
    if (isByShop || key.split('\0').includes(shopId)) yield [key, value]
}

/**
 * Keys and secrets, and what is being written in their place: whoever may ask whether a text is in
 * them could find them out character by character.
 */
const secrets = /^(?:secret\.key|operator\.key|keys\.json|exchanges\/)/

/**
 * Looks for texts in the files below a folder: shop files, reports, logs, journals; databases too, as the bytes
 * that they are, so that what was removed is found until it is written over. Files with secrets are never
 * looked into.
 *
 * @param isTheirs whether whoever asks may know what is in the file, by its path below the folder.
 */
export async function scanFiles(
  folder: string,
  texts: readonly string[],
  isTheirs: (path: string) => boolean,
): Promise<Trace[]> {
  const needles = texts.map((text) => Buffer.from(text))
  const traces: Trace[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const place = relative(folder, join(entry.parentPath, entry.name))
    if (secrets.test(place) || !isTheirs(place)) continue
    const count = await countIn(join(folder, place), needles).catch(noneIfGone)
    if (count > 0) traces.push({ place, count })
  }
  return traces
}

/** A file that is taken away meanwhile, as a catalogue's that is replaced, has nothing. */
function noneIfGone(error: NodeJS.ErrnoException): number {
  if (error.code === 'ENOENT') return 0
  throw error
}

const pieceBytes = 1_048_576

async function countIn(path: string, needles: readonly Buffer[]): Promise<number> {
  const overlap = Math.max(...needles.map(({ length }) => length)) - 1
  let count = 0
  let kept = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: pieceBytes })) {
    const bytes = Buffer.concat([kept, chunk as Buffer])
    for (const needle of needles) {
      for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1))
        // What lies wholly in the part that was kept has been counted before.
        if (at + needle.length > kept.length) count++
    }
    kept = overlap > 0 ? bytes.subarray(-overlap) : Buffer.alloc(0)
  }
  return count
}
