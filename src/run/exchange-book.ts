import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeDurably, writeDurably } from '../base/durable-file.js'
import type { ExchangeBook, KeptExchange } from '../collect/exchanges.js'
import type { Environment, ExchangeFile, ExchangeFolders } from './exchange-files.js'
import {
  checkExchange,
  exchangeFiles,
  isDisabled,
  readExchanges,
  writtenExchangesDir,
} from './exchange-files.js'

/**
 * The exchanges' files, for the API to show and change. What it writes lies in the data folder, and
 * takes the place of a shipped file by its name; that one is never touched.
 */
export class ExchangeFileBook implements ExchangeBook {
  readonly #folders: ExchangeFolders & { readonly data: string }
  readonly #env: Environment
  #turn: Promise<unknown> = Promise.resolve()

  constructor(
    folders: ExchangeFolders & { readonly data: string },
    env: Environment = process.env,
  ) {
    this.#folders = folders
    this.#env = env
  }

  list(): readonly KeptExchange[] {
    return this.#files().map(({ name, isWritten, raw }) => ({
      name,
      source: isWritten ? 'api' : 'file',
      settings: raw.ok ? (raw.value as KeptExchange['settings']) : {},
    }))
  }

  get(name: string): KeptExchange | null {
    return this.list().find((it) => it.name === name) ?? null
  }

  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  check(settings: KeptExchange['settings']): readonly string[] {
    const { currencies } = this.#folders
    // One that isn't in use yet may still wait for its keys.
    if (isDisabled(settings)) return []
    const checked = checkExchange(settings, '', currencies, this.#env)
    return checked.ok ? [] : checked.faults
  }

  isLast(name: string): boolean {
    const read = readExchanges(this.#folders, this.#env)
    return read.ok && read.value.every((it) => it.name === name)
  }

  async put(name: string, settings: KeptExchange['settings']): Promise<void> {
    const folder = writtenExchangesDir(this.#folders.data)
    await mkdir(folder, { recursive: true })
    // It may hold secrets.
    await writeDurably(
      join(folder, `${name}.json`),
      `${JSON.stringify(settings, null, 1)}\n`,
      0o600,
    )
  }

  async remove(name: string): Promise<void> {
    const isShipped = exchangeFiles({ ...this.#withoutData() }).some((it) => it.name === name)
    if (isShipped) await this.put(name, { name, removed: true })
    else await removeDurably(join(writtenExchangesDir(this.#folders.data), `${name}.json`))
  }

  #withoutData(): ExchangeFolders {
    const { exchangesDir, currencies } = this.#folders
    return { exchangesDir, currencies }
  }

  #files(): readonly ExchangeFile[] {
    return exchangeFiles(this.#folders).filter((it) => it.name !== '' && !it.isRemoved)
  }
}
