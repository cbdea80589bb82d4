/**
 * Tables of products as files, which one process compiles and many read:
 *
 *     <base>.columns   ProductColumns
 *     <base>.pieces    their pieces, one after the other
 *     <base>.<n>       ProductChanges, from 1 on; each builds upon those before
 *     <base>.state     what the compiler needs to go on from there (product-state); written last
 */
import { open, readFile, rename, writeFile } from 'node:fs/promises'
import { decodeColumns } from '../base/columns.js'
import { partSuffix } from '../base/durable-file.js'
import type { ProductChanges } from './product-table.js'
import {
  noProducts,
  ProductTable,
  roomShare,
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
export const statePath = (base: string): string => `${base}.state`
export const changesPath = (base: string, number: number): string => `${base}.${number}`

/** Puts a file under its name once it is whole. */
export async function writeAside(path: string, bytes: Buffer): Promise<void> {
  await writeFile(path + partSuffix, bytes)
  await rename(path + partSuffix, path)
}

/** Changes that are remembered of tables which are not there yet. */
const toldMax = 1_000

/** One read takes no more than this, whatever the file's size: others want the disk, too. */
const readBytesMax = 8 * 1024 * 1024

/** A table that is in use, or is being read. */
class Loaded {
  readonly #base: string
  #table: ProductTable | null = null
  #changeCount = 0
  #turn: Promise<unknown> = Promise.resolve()

  constructor(base: string) {
    this.#base = base
  }

  /** @returns the table with so many changes, or more. One after the other. */
  with(changeCount: number): Promise<ProductTable> {
    const done = this.#turn.then(() => this.#read(changeCount))
    this.#turn = done.catch(() => {})
    return done
  }

  async #read(changeCount: number): Promise<ProductTable> {
    this.#table ??= await readTable(this.#base)
    while (this.#changeCount < changeCount) {
      this.#table.change(await readChanges(this.#base, this.#changeCount + 1))
      this.#changeCount++
    }
    return this.#table
  }
}

/** The tables that a process has in use. */
export class LoadedProducts {
  #tables: ReadonlyMap<string, Loaded> = new Map()
  /** With those that are to take their place. */
  #reading: ReadonlyMap<string, Loaded> = new Map()
  /** How many changes there are of tables that no catalogue which was loaded has: one that waits may. */
  readonly #told = new Map<string, number>()
  #turn: Promise<unknown> = Promise.resolve()

  /**
   * Reads what isn't there yet, and forgets what isn't named. One after the other.
   *
   * @returns by ref: the table with its changes; those that were in use already are the same objects.
   * @throws Error where a file can't be read; what was there before stays.
   */
  load(refs: readonly ProductRef[]): Promise<readonly ProductTable[]> {
    const done = this.#turn.then(() => this.#load(refs))
    this.#turn = done.catch(() => {})
    return done
  }

  /** Takes over changes of a table, without waiting for others to be read; at once, or when it is loaded. */
  async change({ base, changeCount }: ProductRef): Promise<void> {
    const loaded = this.#reading.get(base) ?? this.#tables.get(base)
    if (loaded !== undefined) await loaded.with(changeCount)
    else {
      this.#told.set(base, changeCount)
      for (const oldest of this.#told.keys())
        if (this.#told.size > toldMax) this.#told.delete(oldest)
    }
  }

  async #load(refs: readonly ProductRef[]): Promise<readonly ProductTable[]> {
    const loading = new Map<string, Loaded>()
    for (const { base } of refs) loading.set(base, this.#tables.get(base) ?? new Loaded(base))
    this.#reading = loading
    try {
      const tables: ProductTable[] = []
      for (const { base, changeCount } of refs) {
        const told = this.#told.get(base) ?? 0
        tables.push(await loading.get(base)!.with(Math.max(changeCount, told)))
      }
      for (const { base } of refs) this.#told.delete(base)
      this.#tables = loading
      return tables
    } finally {
      this.#reading = new Map()
    }
  }
}

async function readTable(base: string): Promise<ProductTable> {
  if (base === '') return noProducts()
  const { column } = decodeColumns(await readFile(columnsPath(base)))
  const file = await open(piecesPath(base))
  try {
    const { size } = await file.stat()
    // What nobody touches of it takes no memory.
    const pieces = Buffer.allocUnsafeSlow(size + Math.ceil(size * roomShare))
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
