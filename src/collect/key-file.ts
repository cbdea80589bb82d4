import { type FSWatcher, mkdirSync, readFileSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { writeDurably } from '../base/durable-file.js'
import { check, z } from '../base/schema.js'
import { roles } from './endpoint.js'

const hash = z.string().regex(/^[\w-]{43}$/)
const ms = z.number().int().nonnegative()

/** A key as it is kept. Times in milliseconds since 1970. */
export const storedKeySchema = z.strictObject({
  id: z.string().regex(/^[0-9A-Za-z]{10}$/),
  /** '' for an operator's. */
  shopId: z.string().max(64),
  role: z.enum(roles),
  /** What it is for, in its maker's words. */
  name: z.string().max(100),
  hash,
  createdMs: ms,
  /** null: it goes on until it is revoked. */
  expiresMs: ms.nullable(),
  /** Day of its last use, as 2026-03-04; '' before the first. */
  lastUsedDay: z.string().max(10),
  /** The secret before the last rotation, as long as it still counts. */
  former: z.strictObject({ hash, untilMs: ms }).nullable(),
})
export type StoredKey = z.output<typeof storedKeySchema>

const fileSchema = z.strictObject({ keys: z.array(storedKeySchema) })

/** A burst of changes is read once. */
const quietMs = 20

/** `keys.json`: readable by us alone, whole at any time, and followed where another process writes it. */
export class KeyFile {
  readonly #path: string
  readonly #watcher: FSWatcher
  #timer: NodeJS.Timeout | null = null

  /** @param onChange somebody, perhaps we, has written it. */
  constructor(path: string, onChange: () => void) {
    this.#path = path
    mkdirSync(dirname(path), { recursive: true })
    this.#watcher = watch(dirname(path), (_event, name) => {
      if (name !== null && name !== basename(path)) return
      this.#timer ??= setTimeout(() => {
        this.#timer = null
        onChange()
      }, quietMs)
    })
  }

  /** @returns null where there is none yet. @throws Error that names what is wrong with it. */
  read(): readonly StoredKey[] | null {
    let text: string
    try {
      text = readFileSync(this.#path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
    const checked = check(fileSchema, JSON.parse(text) as unknown, this.#path)
    if (!checked.ok) throw new Error(checked.faults[0])
    return checked.value.keys
  }

  write(keys: readonly StoredKey[]): Promise<void> {
    return writeDurably(this.#path, `${JSON.stringify({ keys }, null, 1)}\n`, 0o600)
  }

  close(): void {
    this.#watcher.close()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }
}
