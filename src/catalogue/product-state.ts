/**
 * What the compiler of a table needs to go on with it after a restart, in `<base>.state` and, by each change,
 * in `<base>.<n>`. Nothing of it is believed that isn't whole and of the shop as it is now.
 */
import { open, readFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { type ColumnReader, decodeColumns, encodeColumns, isWhole } from '../base/columns.js'
import { isInsecure } from './product-builder.js'
import {
  changesPath,
  columnsPath,
  type ProductRef,
  piecesPath,
  statePath,
  writeAside,
} from './product-files.js'
import type { CompiledProducts } from './product-pass.js'
import {
  fromProductChanges,
  type ProductChanges,
  toProductChanges,
  toProductColumns,
} from './product-table.js'
import { Shelf, type ShelfColumns } from './strangers-order.js'

/** Another one for all that changes how files are read. */
const format = 1
/** Of pieces, read at once. */
const readBytes = 4 * 1024 * 1024

/** What changes have made of a compiled table. */
export interface Changed {
  changeCount: number
  /** Of all their pieces. */
  bytes: number
  insecureCount: number
  list: Int32Array
  /** The products' version in the store; null where it is none that was ever there. */
  version: number | null
}

interface StateMeta extends Pick<ShelfColumns, 'names'> {
  readonly format: number
  readonly facts: string
  readonly version: number | null
  readonly piecesBytes: number
  readonly piecesSum: number
  readonly insecureCount: number
}

interface ChangesMeta extends Pick<ChangedContent, 'categories'> {
  readonly version: number | null
}

/** What of a change only the compiler needs: by change. */
export interface ChangedContent {
  /** `contentOf` the product; 0 where it is gone, as null is its category then. */
  readonly content: Float64Array
  readonly categories: readonly (string | null)[]
  readonly margin: Float64Array
}

export const unchanged = (compiled: CompiledProducts, version: number | null): Changed => ({
  changeCount: 0,
  bytes: 0,
  insecureCount: compiled.insecureCount,
  list: compiled.columns.list,
  version,
})

/** @param facts all but the products that the table was made from. */
export async function writeState(
  compiled: CompiledProducts,
  facts: string,
  version: number | null,
): Promise<void> {
  const { base, count, content, shelf, piecesBytes, piecesSum, insecureCount } = compiled
  const { names, category, margin } = shelf.columns(count)
  const sizes = { piecesBytes, piecesSum, insecureCount }
  const meta: StateMeta = { format, facts, version, names, ...sizes }
  await writeAside(statePath(base), encodeColumns(meta, { content, category, margin }))
}

export function encodeChanges(
  changes: ProductChanges,
  { content, categories, margin }: ChangedContent,
  version: number | null,
): Buffer {
  return encodeColumns({ version, categories } satisfies ChangesMeta, {
    ...fromProductChanges(changes),
    content,
    margin,
  })
}

/** Notes a change of a table, all but its new list. */
export function note(
  compiled: CompiledProducts,
  changed: Changed,
  changes: Omit<ProductChanges, 'list'>,
  { content, categories, margin }: ChangedContent,
): void {
  const { columns, isStale, shelf } = compiled
  for (const [index, place] of changes.places.entries()) {
    const category = categories[index]!
    changed.insecureCount -= Number(isInsecure(columns.flags[place]!))
    changed.insecureCount += Number(isInsecure(changes.flags[index]!))
    columns.flags[place] = changes.flags[index]!
    columns.priceMicros[place] = changes.priceMicros[index]!
    columns.groups[place] = changes.groups[index]!
    compiled.content[place] = content[index]!
    isStale[place] = 1
    if (category !== null) shelf.put(place, { category, marginShare: margin[index]! })
  }
  changed.changeCount++
  changed.bytes += changes.pieces.length
}

/**
 * Finds again what was compiled.
 *
 * @param ref of all changes that there are files of.
 * @returns null where a file is missing, cut short, damaged, or of another shop, release or key.
 * @throws Error where a file that is there can't be read.
 */
export async function readCompiled(
  { base, changeCount }: ProductRef,
  facts: string,
): Promise<{ compiled: CompiledProducts; changed: Changed } | null> {
  const state = await readWhole(statePath(base))
  const meta = state?.meta as StateMeta | undefined
  if (state === null || meta?.format !== format || meta.facts !== facts) return null
  const table = await readWhole(columnsPath(base))
  const { piecesBytes, piecesSum, insecureCount, version, names } = meta
  if (table === null || !(await arePieces(base, piecesBytes, piecesSum))) return null
  const columns = toProductColumns(table.column)
  const content = state.column('content', 'f64')
  const category = state.column('category', 'i32')
  const margin = state.column('margin', 'f64')
  const count = columns.keys.length
  if (content.length !== count) return null
  const compiled: CompiledProducts = {
    ...{ base, count, columns, content, piecesBytes, piecesSum, insecureCount },
    shelf: Shelf.from({ names, category, margin }),
    isStale: new Uint8Array(count),
  }
  const changed = unchanged(compiled, version)
  while (changed.changeCount < changeCount) {
    const file = await readWhole(changesPath(base, changed.changeCount + 1))
    if (file === null) return null
    const { column } = file
    const changes = toProductChanges(column)
    const { categories, version: then } = file.meta as ChangesMeta
    const [content, margin] = [column('content', 'f64'), column('margin', 'f64')]
    note(compiled, changed, changes, { content, categories, margin })
    changed.list = changes.list
    changed.version = then
  }
  return { compiled, changed }
}

interface File {
  readonly meta: unknown
  readonly column: ColumnReader
}

/** null where it isn't there, or not whole. */
async function readWhole(path: string): Promise<File | null> {
  const bytes = await readFile(path).catch(isMissing)
  return bytes !== null && isWhole(bytes) ? decodeColumns(bytes) : null
}

async function arePieces(base: string, bytes: number, sum: number): Promise<boolean> {
  const file = await open(piecesPath(base)).catch(isMissing)
  if (file === null) return false
  try {
    if ((await file.stat()).size !== bytes) return false
    const chunk = Buffer.allocUnsafeSlow(readBytes)
    let found = 0
    for (let at = 0; at < bytes; ) {
      const { bytesRead } = await file.read(chunk, 0, readBytes, at)
      if (bytesRead === 0) return false
      found = crc32(chunk.subarray(0, bytesRead), found)
      at += bytesRead
    }
    return found === sum
  } finally {
    await file.close()
  }
}

function isMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
