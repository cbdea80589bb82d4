/** Ordered tables of bytes under text keys in one LMDB file: what the stores of several rooms are made of. */
import { join } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import { causeOf, refuseOtherFile, textKeys } from './lmdb-store.js'

export interface NamedTablesOptions<Name extends string> {
  readonly names: readonly Name[]
  /** Addresses set aside for the file, which may grow past it at the price of a pause. */
  readonly mapBytes: number
  /** What errors call it: `books`. */
  readonly called: string
  /** As in `data.mdb: are no books, or damaged ones`. */
  readonly foreign: string
}

export interface TableEntry {
  readonly key: string
  /** Valid until the next call of anything. */
  readonly value: Buffer
}

export class NamedTables<Name extends string> {
  protected readonly environment: RootDatabase<Buffer, string>
  protected readonly tables: Readonly<Record<Name, Database<Buffer, string>>>
  readonly #called: string

  /**
   * @param directory its own; made where it isn't there.
   * @throws Error where it can't be used, or what is in it is something else.
   */
  constructor(directory: string, { names, mapBytes, called, foreign }: NamedTablesOptions<Name>) {
    refuseOtherFile(join(directory, 'data.mdb'), foreign)
    this.#called = called
    this.environment = open<Buffer, string>({
      path: directory,
      mapSize: mapBytes,
      noSubdir: false,
      // A commit is durable by the time it is seen, without a flush that follows later.
      overlappingSync: false,
      // It would make a promise of its own that nobody can catch: a full disk would stop the process.
      eventTurnBatching: false,
      maxDbs: names.length,
    })
    const options = { encoding: 'binary', keyEncoder: textKeys, cache: false } as const
    this.tables = Object.fromEntries(
      names.map((name) => [name, this.environment.openDB(name, options)]),
    ) as Record<Name, Database<Buffer, string>>
  }

  /**
   * Runs `action` alone; what it reads is what it and all before it have written.
   * @returns once it is on disk; rejects where nothing of it was kept.
   */
  async transaction<T>(action: () => T): Promise<T> {
    // What the action throws is its own fault and takes nothing with it; the binding would report both alike.
    let outcome: { value: T } | { error: unknown } | null = null
    try {
      await this.environment.transaction(() => {
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
      throw new Error(`${this.#called}: not kept: ${await causeOf(error)}`, { cause: error })
    }
    return (outcome as unknown as { value: T }).value
  }

  /** @returns bytes that are valid until the next call of anything. */
  get(table: Name, key: string): Buffer | undefined {
    const bytes = this.tables[table].getBinaryFast(key)
    // What comes is a longer buffer that says it is shorter, and from Node 24 on `toString` takes all of it.
    return bytes?.subarray(0, bytes.length)
  }

  put(table: Name, key: string, value: Buffer): void {
    this.tables[table].put(key, value)
  }

  remove(table: Name, key: string): void {
    this.tables[table].remove(key)
  }

  /** All whose key is `from` or after it and before `end`, in order, at most `limit`. */
  *range(table: Name, from: string, end: string, limit?: number): Iterable<TableEntry> {
    const options = { start: from, end, ...(limit === undefined ? {} : { limit }) }
    for (const { key, value } of this.tables[table].getRange(options)) yield { key, value }
  }

  close(): Promise<void> {
    return this.environment.close()
  }
}
