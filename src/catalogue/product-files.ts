/**
 * Tables of products as files, which one process compiles and many read:
 *
 *     <base>.columns   ProductColumns
 *     <base>.pieces    their pieces, one after the other
 *     <base>.<n>       ProductChanges, from 1 on; each builds upon those before
 */
import { open, readFile } from 'node:fs/promises'
import { decodeColumns } from '../base/columns.js'
import type { ProductChanges } from './product-table.js'
import {
  noProducts,
  ProductTable,
  spareShare,
  toProductChanges,
  toProductColumns,
} from './product-table.js'

/** One shop's table at one moment. */
export interface ProductRef {
  /** Path and beginning of its files' names; '' where the shop has no products. */
  readonly base: string
  /** How many of its changes count. */
  readonly changeCount: number
}

export const columnsPath = (base: string): string => `${base}.columns`
export const piecesPath = (base: string): string => `${base}.pieces`
export const changesPath = (base: string, number: number): string => `${base}.${number}`

/** One read takes no more than this, whatever the file's size. */
const readBytesMax = 256 * 1024 * 1024

interface Loaded {
  readonly table: ProductTable
  changeCount: number
}

/** The tables that a process has in use. What is asked of it is done one after the other. */
export class LoadedProducts {
  #tables: ReadonlyMap<string, Loaded> = new Map()
  #turn: Promise<unknown> = Promise.resolve()

  /**
   * Reads what isn't there yet, and forgets what isn't named.
   *
   * @returns by ref: the table with its changes; those that were in use already are the same objects.
   * @throws Error where a file can't be read; what was there before stays.
   */
  load(refs: readonly ProductRef[]): Promise<readonly ProductTable[]> {
    return this.#inTurn(async () => {
      const tables = new Map<string, Loaded>()
      for (const { base } of refs)
        tables.set(base, this.#tables.get(base) ?? { table: await readTable(base), changeCount: 0 })
      for (const { base, changeCount } of refs) await takeOver(base, changeCount, tables.get(base)!)
      this.#tables = tables
      return refs.map(({ base }) => tables.get(base)!.table)
    })
  }

  /** Takes over changes of a table that is in use; a catalogue that comes later brings its own along. */
  change({ base, changeCount }: ProductRef): Promise<void> {
    return this.#inTurn(async () => {
      const loaded = this.#tables.get(base)
      if (loaded !== undefined) await takeOver(base, changeCount, loaded)
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }
}

async function takeOver(base: string, changeCount: number, loaded: Loaded): Promise<void> {
  while (loaded.changeCount < changeCount) {
    loaded.table.change(await readChanges(base, loaded.changeCount + 1))
    loaded.changeCount++
  }
}

async function readTable(base: string): Promise<ProductTable> {
  if (base === '') return noProducts()
  const { column } = decodeColumns(await readFile(columnsPath(base)))
  const file = await open(piecesPath(base))
  try {
    const { size } = await file.stat()
    // What nobody touches of it takes no memory.
    const pieces = Buffer.allocUnsafeSlow(size + Math.ceil(size * spareShare))
    for (let at = 0; at < size; ) {
      const length = Math.min(readBytesMax, size - at)
      const { bytesRead } = await file.read(pieces, at, length, at)
      if (bytesRead === 0) throw new Error(`${piecesPath(base)}: is cut short`)
      at += bytesRead
    }
    return new ProductTable(toProductColumns(column), pieces, size)
  } finally {
    await file.close()
  }
}

async function readChanges(base: string, number: number): Promise<ProductChanges> {
  const { column } = decodeColumns(await readFile(changesPath(base, number)))
  return toProductChanges(column)
}
