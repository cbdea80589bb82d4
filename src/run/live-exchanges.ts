import { type FSWatcher, mkdirSync, watch } from 'node:fs'
import type { Log } from '../base/log.js'
import type { Exchange } from '../edge/exchange.js'
import type { ExchangeFolders } from './exchange-files.js'
import { readExchanges, writtenExchangesDir } from './exchange-files.js'
import type { ExchangeSet } from './exchange-set.js'
import { firstSet, nextSet } from './exchange-set.js'

/** A burst of writes is read once. */
const quietMs = 50

/**
 * The exchanges that are agreed now: their files are followed, and each change is told at once. Where a
 * file can't be used, all stay as they were, and the log says why.
 */
export class LiveExchanges {
  readonly #folders: ExchangeFolders & { readonly data: string }
  readonly #log: Log
  readonly #onChange: (set: ExchangeSet) => void
  readonly #watchers: readonly FSWatcher[]
  #set: ExchangeSet
  #timer: NodeJS.Timeout | null = null

  /** @param exchanges as they were read at the start. */
  constructor(
    folders: ExchangeFolders & { readonly data: string },
    exchanges: readonly Exchange[],
    log: Log,
    onChange: (set: ExchangeSet) => void,
  ) {
    this.#folders = folders
    this.#set = firstSet(exchanges)
    this.#log = log
    this.#onChange = onChange
    const written = writtenExchangesDir(folders.data)
    mkdirSync(written, { recursive: true })
    this.#watchers = [folders.exchangesDir, written].map((folder) =>
      watch(folder, (_event, name) => {
        if (name === null || /\.(yaml|json)$/.test(name)) this.#later()
      }),
    )
    // Something may have been written after they were read and before they were watched.
    this.#later()
  }

  get inUse(): readonly Exchange[] {
    return this.#set.inUse
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#readAgain()
    }, quietMs)
  }

  #readAgain(): void {
    const read = readExchanges(this.#folders)
    if (!read.ok) {
      for (const fault of read.faults) this.#log.error({ fault }, 'exchanges: stay as they were')
      return
    }
    if (JSON.stringify(read.value) === JSON.stringify(this.#set.inUse)) return
    const next = nextSet(this.#set, read.value)
    if (next === null) {
      this.#log.error({}, 'exchanges: too many have come since the start; start Grosz again')
      return
    }
    this.#set = next
    this.#log.info({ exchanges: next.inUse.map(({ name }) => name) }, 'exchanges: in use')
    this.#onChange(next)
  }
}
