/** The books in LMDB. */
import { NamedTables } from '../base/store-lmdb.js'
import type { TableName, Tables } from './tables.js'
import { tableNames } from './tables.js'

export interface BooksOptions {
  /** Addresses set aside for the file, which may grow past it at the price of a pause. */
  readonly mapBytes: number
}

export class LmdbTables extends NamedTables<TableName> implements Tables {
  /**
   * @param directory the books' own; made where it isn't there.
   * @throws Error where it can't be used, or what is in it are no books.
   */
  constructor(directory: string, { mapBytes }: BooksOptions) {
    const foreign = 'are no books, or damaged ones'
    super(directory, { names: tableNames, mapBytes, called: 'books', foreign })
  }

  /** What another process has written is seen from now on. */
  refresh(): void {
    this.environment.resetReadTxn()
  }

  lastKey(table: TableName): string {
    const [last = ''] = this.tables[table].getKeys({
      start: '\uffff',
      end: ' ',
      reverse: true,
      limit: 1,
    })
    return last
  }

  count(table: TableName): number {
    return (this.tables[table].getStats() as { entryCount: number }).entryCount
  }
}
