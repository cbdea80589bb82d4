import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Checked } from '../base/schema.js'
import { check } from '../base/schema.js'
import { type Exchange, exchangeSchema } from '../edge/exchange.js'
import type { Settings } from './settings.js'
import { readYaml } from './settings.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where exchanges are: those that are shipped with the settings, and those that the API has written. */
export type ExchangeFolders = Pick<Settings, 'exchangesDir' | 'currencies'> & {
  /** Below it, in `exchanges`, a JSON file each; one takes the place of a shipped one by its name. */
  readonly data?: string
}

export const writtenExchangesDir = (data: string): string => join(data, 'exchanges')

/** An exchange as somebody has written it. */
export interface ExchangeFile {
  /** The file's name, which faults begin with. */
  readonly file: string
  /** By the API. */
  readonly isWritten: boolean
  /** What `name` says; '' where it can't be read. */
  readonly name: string
  /** There is nothing of it but that it was taken away. */
  readonly isRemoved: boolean
  readonly raw: Checked<unknown>
}

/** All files, in the order of their names; of a shipped and a written one by one name, the written. */
export function exchangeFiles(folders: ExchangeFolders): readonly ExchangeFile[] {
  const shipped = filesIn(folders.exchangesDir, '.yaml', false)
  if (folders.data === undefined) return shipped
  const written = filesIn(writtenExchangesDir(folders.data), '.json', true)
  const names = new Set(written.map(({ name }) => name))
  return [...shipped.filter(({ name }) => name === '' || !names.has(name)), ...written]
}

function filesIn(folder: string, suffix: string, isWritten: boolean): readonly ExchangeFile[] {
  const names = namesIn(folder, isWritten).filter((name) => name.endsWith(suffix))
  return names.sort().map((file) => {
    const raw = readYaml(join(folder, file))
    const value = (raw.ok ? raw.value : null) as { name?: unknown; removed?: unknown } | null
    return {
      ...{ file, isWritten, raw },
      name: typeof value?.name === 'string' ? value.name : '',
      isRemoved: value?.removed === true,
    }
  })
}

/** Nothing was ever written where the folder isn't there. */
function namesIn(folder: string, mayBeAbsent: boolean): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (mayBeAbsent && (error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/**
 * One file per exchange, in the order of their names; those that say `enabled: false` are left out.
 *
 * `${GROSZ_…}` in a text stands for that environment variable, so that no key has to be in a file.
 */
export function readExchanges(
  folders: ExchangeFolders,
  env: Environment = process.env,
): Checked<Exchange[]> {
  const exchanges: Exchange[] = []
  const faults: string[] = []
  for (const { file, raw, isRemoved } of exchangeFiles(folders)) {
    if (isRemoved || (raw.ok && isDisabled(raw.value))) continue
    const checked = raw.ok ? checkExchange(raw.value, file, folders.currencies, env) : raw
    if (!checked.ok) faults.push(...checked.faults)
    else if (exchanges.some((other) => other.name === checked.value.name))
      faults.push(`${file}.name: ${checked.value.name} is taken by another file`)
    else exchanges.push(checked.value)
  }
  if (exchanges.length === 0 && faults.length === 0)
    faults.push(`${folders.exchangesDir}: holds no exchange that is enabled`)
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: exchanges }
}

export const isDisabled = (raw: unknown): boolean =>
  (raw as { readonly enabled?: unknown } | null)?.enabled === false

/** @param where what faults begin with; '' for none. */
export function checkExchange(
  raw: unknown,
  where: string,
  currencies: Readonly<Record<string, number>>,
  env: Environment,
): Checked<Exchange> {
  const unset: string[] = []
  const checked = check(exchangeSchema, expanded(raw, env, where, unset), where)
  if (unset.length > 0) return { ok: false, faults: unset }
  if (!checked.ok || Object.hasOwn(currencies, checked.value.currency)) return checked
  const path = below(where, 'currency')
  return { ok: false, faults: [`${path}: ${checked.value.currency} has no rate under currencies`] }
}

/** The same with the environment's variables put in; `unset` gets a fault for each that isn't there. */
function expanded(value: unknown, env: Environment, path: string, unset: string[]): unknown {
  if (typeof value === 'string')
    return value.replace(/\$\{(GROSZ_[A-Z0-9_]+)\}/g, (_, name: string) => {
      const found = env[name] ?? ''
      if (found === '') unset.push(`${path}: ${name} is not set in the environment`)
      return found
    })
  if (Array.isArray(value))
    return value.map((item, i) => expanded(item, env, `${path}[${i}]`, unset))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  return Object.fromEntries(
    entries.map(([name, item]) => [name, expanded(item, env, below(path, name), unset)]),
  )
}

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
