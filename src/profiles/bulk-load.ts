import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Slice } from './slice.js'
import { LmdbTables } from './store-lmdb.js'
import { applyWrite } from './tables.js'
import { type SliceWrite, sliceWrite } from './write.js'

export interface SliceRow {
  readonly uid: string
  readonly shopId: string
  readonly slice: Slice
}

/** Encoded slices sorted and written at a time: held in memory. */
const runBytesMax = 1_073_741_824
const rowsPerTransaction = 50_000
/** Where the load's own file may grow to without a pause. */
const mapBytes = 68_719_476_736

/**
 * Makes a new store out of many slices: written in the order of uids, aside and without waiting for
 * the disk, then synced and moved into place, so that a load that stops half way leaves nothing.
 *
 * @param rows in any order; of two for the same uid and shop, the later one counts.
 * @returns how many rows there were.
 * @throws Error where `directory` already holds a store; or where a row is out of bounds, with its
 *   number from 1 and the field.
 */
export async function bulkLoad(
  directory: string,
  rows: Iterable<SliceRow> | AsyncIterable<SliceRow>,
): Promise<number> {
  if (existsSync(join(directory, 'data.mdb')))
    throw new Error(`${directory}: holds a store already`)
  const aside = `${directory}.loading`
  rmSync(aside, { recursive: true, force: true })
  const tables = new LmdbTables(aside, mapBytes, false)
  let count = 0
  try {
    let run: SliceWrite[] = []
    let runBytes = 0
    for await (const row of rows) {
      count++
      const write = checked(row, count)
      run.push(write)
      runBytes += write.encoded!.length
      if (runBytes < runBytesMax) continue
      load(tables, run)
      run = []
      runBytes = 0
    }
    load(tables, run)
    await tables.sync()
  } catch (error) {
    await tables.close()
    rmSync(aside, { recursive: true, force: true })
    throw error
  }
  await tables.close()
  // An empty folder may be in its place already; anything else is left alone and refused.
  renameSync(aside, directory)
  return count
}

function checked(row: SliceRow, number: number): SliceWrite {
  try {
    return sliceWrite(row.uid, row.shopId, row.slice)
  } catch (error) {
    throw new Error(`row ${number}: ${error instanceof Error ? error.message : error}`)
  }
}

function load(tables: LmdbTables, run: SliceWrite[]): void {
  run.sort((a, b) => (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0))
  for (let from = 0; from < run.length; from += rowsPerTransaction)
    tables.transactionSync(() => {
      const end = Math.min(from + rowsPerTransaction, run.length)
      for (let i = from; i < end; i++) applyWrite(tables, run[i]!)
    })
}
