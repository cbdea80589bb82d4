import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../base/clock.js'
import type { AuditEntry } from './audit-entry.js'
import { lineOf } from './audit-entry.js'
import { readAudit } from './audit-reader.js'

/** Entries that may wait for the disk. */
const waitingCountMax = 10_000
const monthPattern = /^\d{4}-\d{2}\.jsonl$/

export interface AuditOptions {
  /** A file a month, `2026-03.jsonl`, an entry a line, only ever added to. */
  readonly folder: string
  readonly clock: Clock
  /** How many months are kept; the one under way is one of them. */
  readonly monthCountMax: number
  /** Entries could not be kept. */
  readonly onFault: (error: unknown, count: number) => void
}

/** Who has changed what, and when: kept on the disk, with nothing in it of the shops' people. */
export class AuditLog {
  readonly #options: AuditOptions
  #waiting: AuditEntry[] = []
  #turn: Promise<void> = Promise.resolve()
  #file: FileHandle | null = null
  #month = ''
  #lastMs = 0

  private constructor(options: AuditOptions) {
    this.#options = options
  }

  static async open(options: AuditOptions): Promise<AuditLog> {
    await mkdir(options.folder, { recursive: true })
    const log = new AuditLog(options)
    const { items } = await readAudit(options.folder, () => true, '', 1)
    if (items.length > 0) log.#lastMs = Date.parse(items[0]!.at)
    return log
  }

  get folder(): string {
    return this.#options.folder
  }

  /**
   * Notes a change. Resolves once it is durable, or could not be kept, which is reported; those that
   * come together are written together.
   */
  write(entry: Omit<AuditEntry, 'at'>): Promise<void> {
    if (this.#waiting.length >= waitingCountMax) {
      this.#options.onFault(new Error('audit: too many entries wait for the disk'), 1)
      return Promise.resolve()
    }
    // Forward only, whatever the clock does: readers find an entry among the lines by its time.
    this.#lastMs = Math.max(this.#lastMs + 1, this.#options.clock.nowMs())
    this.#waiting.push({ at: new Date(this.#lastMs).toISOString(), ...entry })
    if (this.#waiting.length === 1) this.#turn = this.#turn.then(() => this.#flush())
    return this.#turn
  }

  async close(): Promise<void> {
    await this.#turn
    await this.#file?.close()
    this.#file = null
    this.#month = ''
  }

  async #flush(): Promise<void> {
    const entries = this.#waiting
    this.#waiting = []
    try {
      for (let from = 0; from < entries.length; ) {
        const month = entries[from]!.at.slice(0, 7)
        let to = from
        while (to < entries.length && entries[to]!.at.startsWith(month)) to++
        const file = await this.#fileOf(month)
        await file.appendFile(entries.slice(from, to).map(lineOf).join(''))
        await file.sync()
        from = to
      }
    } catch (error) {
      this.#options.onFault(error, entries.length)
    }
  }

  async #fileOf(month: string): Promise<FileHandle> {
    if (this.#file !== null && this.#month === month) return this.#file
    await this.#file?.close()
    this.#file = null
    const { folder, monthCountMax } = this.#options
    const file = await open(join(folder, `${month}.jsonl`), 'a+', 0o600)
    this.#file = file
    this.#month = month
    await endLine(file)
    const names = (await readdir(folder)).filter((name) => monthPattern.test(name)).sort()
    for (const old of names.slice(0, Math.max(0, names.length - monthCountMax)))
      await rm(join(folder, old), { force: true })
    return file
  }
}

/** What a crash has cut off is a line of its own, which nobody can read, and not the next one's start. */
async function endLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  if (size === 0) return
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  if (buffer[0] !== 10) await file.appendFile('\n')
}
