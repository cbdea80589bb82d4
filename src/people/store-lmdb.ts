/** The books in LMDB; the only file of this room that knows it. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import type { Entry, TableName, Tables } from './tables.js'
import { tableNames } from './tables.js'

/** Node's own reader and writer, which its types leave out: faster than those that take an encoding. */
type KeyBuffer = Buffer & {
  utf8Write(text: string, offset: number): number
  utf8Slice(start: number, end: number): string
}

/** Keys are their text's UTF-8, which sorts as the text's code points do. */
const keyEncoder = {
  writeKey(key: string, target: KeyBuffer, start: number): number {
    // Caught by the binding, which comes back with more room; the key would be cut short otherwise.
    if (start + key.length * 3 > target.length) throw new RangeError('no room for the key')
    return start + target.utf8Write(key, start)
  },
  readKey(source: KeyBuffer, start: number, end: number): string {
    return source.utf8Slice(start, end)
  },
}

export interface BooksOptions {
  /** Addresses set aside for the file, which may grow past it at the price of a pause. */
  readonly mapBytes: number
}

export class LmdbTables implements Tables {
  readonly #environment: RootDatabase<Buffer, string>
  readonly #tables: Readonly<Record<TableName, Database<Buffer, string>>>

  /**
   * @param directory the books' own; made where it isn't there.
   * @throws Error where it can't be used, or what is in it are no books.
   */
  constructor(directory: string, { mapBytes }: BooksOptions) {
    refuseOtherFile(join(directory, 'data.mdb'))
    this.#environment = open<Buffer, string>({
      path: directory,
      mapSize: mapBytes,
      noSubdir: false,
      // A commit is durable by the time it is seen, without a flush that follows later.
      overlappingSync: false,
      // It would make a promise of its own that nobody can catch: a full disk would stop the process.
      eventTurnBatching: false,
      maxDbs: tableNames.length,
    })
    const options = { encoding: 'binary', keyEncoder, cache: false } as const
    this.#tables = Object.fromEntries(
      tableNames.map((name) => [name, this.#environment.openDB(name, options)]),
    ) as Record<TableName, Database<Buffer, string>>
  }

  async transaction<T>(action: () => T): Promise<T> {
    // What the action throws is its own fault and takes nothing with it; the binding would report both alike.
    let outcome: { value: T } | { error: unknown } | null = null
    try {
      await this.#environment.transaction(() => {
        try {
          outcome = { value: action() }
        } catch (error) {
          outcome = { error }
          throw error
        }
      })
    } catch (error) {
      const own = outcome as { error: unknown } | { value: T } | null
      if (own !== null && 'error' in own) throw own.error
      throw new Error(`books: not kept: ${await causeOf(error)}`, { cause: error })
    }
    return (outcome as unknown as { value: T }).value
  }

  get(table: TableName, key: string): Buffer | undefined {
    return this.#tables[table].getBinaryFast(key)
  }

  put(table: TableName, key: string, value: Buffer): void {
    this.#tables[table].put(key, value)
  }

  remove(table: TableName, key: string): void {
    this.#tables[table].remove(key)
  }

  *range(table: TableName, from: string, end: string, limit?: number): Iterable<Entry> {
    const options = { start: from, end, ...(limit === undefined ? {} : { limit }) }
    for (const { key, value } of this.#tables[table].getRange(options)) yield { key, value }
  }

  count(table: TableName): number {
    return (this.#tables[table].getStats() as { entryCount: number }).entryCount
  }

  close(): Promise<void> {
    return this.#environment.close()
  }
}

/** The binding would take the process down over a file that isn't LMDB's. */
function refuseOtherFile(path: string): void {
  if (!existsSync(path)) return
  const head = Buffer.alloc(28)
  const file = openSync(path, 'r')
  const length = readSync(file, head)
  closeSync(file)
  if (length > 0 && head.readUInt32LE(24) !== 0xbeefc0de)
    throw new Error(`${path}: are no books, or damaged ones`)
}

/** Why a commit failed, which the error has as a promise; unawaited, it would stop the process. */
async function causeOf(error: unknown): Promise<string> {
  try {
    if (error instanceof Error && 'commitError' in error) await error.commitError
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
  return error instanceof Error ? error.message : String(error)
}
