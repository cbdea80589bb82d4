/** The books in LMDB; the only file of this room that knows it. */
import { join } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import { causeOf, refuseOtherFile, textKeys } from '../base/lmdb-store.js'
import type { Entry, TableName, Tables } from './tables.js'
import { tableNames } from './tables.js'

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
    refuseOtherFile(join(directory, 'data.mdb'), 'are no books, or damaged ones')
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
    const options = { encoding: 'binary', keyEncoder: textKeys, cache: false } as const
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
