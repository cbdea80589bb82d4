// Tables in memory whose commits can fail, as a full disk's do: then nothing is kept.
import type { ReportTableName, ReportTables } from '../../../src/recommend/report/tables.js'

export class MemoryTables implements ReportTables {
  isFull = false
  #entries = new Map<string, Buffer>()

  async transaction<T>(action: () => T): Promise<T> {
    const before = new Map(this.#entries)
    const value = action()
    await Promise.resolve()
    if (!this.isFull) return value
    this.#entries = before
    throw new Error('disk full')
  }

  get(table: ReportTableName, key: string): Buffer | undefined {
    return this.#entries.get(`${table}\n${key}`)
  }

  put(table: ReportTableName, key: string, value: Buffer): void {
    this.#entries.set(`${table}\n${key}`, Buffer.from(value))
  }

  remove(table: ReportTableName, key: string): void {
    this.#entries.delete(`${table}\n${key}`)
  }

  *range(
    table: ReportTableName,
    from: string,
    end: string,
    limit = Number.MAX_SAFE_INTEGER,
  ): Iterable<{ key: string; value: Buffer }> {
    const keys = [...this.#entries.keys()]
      .filter((it) => it.startsWith(`${table}\n`))
      .map((it) => it.slice(table.length + 1))
      .filter((it) => it >= from && it < end)
      .sort()
    for (const key of keys.slice(0, limit)) yield { key, value: this.get(table, key)! }
  }

  async close(): Promise<void> {}
}
