import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { keyOf } from '../base/key.js'
import type { Checked } from '../base/schema.js'
import { check } from '../base/schema.js'
import type { ShopFile } from './model.js'
import { shopFileSchema } from './model.js'

/**
 * The shops of a folder, a JSON file each (`<shop>.json`).
 *
 * A file that can't be used is reported and stands as it last was, so that a slip of one shop's hand
 * takes nobody's campaigns off the air.
 */
export class ShopFiles {
  readonly #folder: string
  readonly #currencies: ReadonlySet<string>
  #lastGood = new Map<string, ShopFile>()
  /** What each file was when it was last read. */
  #read = new Map<string, { readonly stamp: string; readonly checked: Checked<ShopFile> }>()

  /** @param currencies those that have a rate: a shop can't be charged in another. */
  constructor(folder: string, currencies: readonly string[]) {
    this.#folder = folder
    this.#currencies = new Set(currencies)
  }

  /**
   * @returns the shops in the order of their files' names, the same objects where their files are the
   *   same; every fault as `file.path: reason`.
   */
  read(): { readonly shops: readonly ShopFile[]; readonly faults: readonly string[] } {
    const good = new Map<string, ShopFile>()
    const faults: string[] = []
    // By key, which profiles know a shop by: two shops must never share one's people.
    const fileOfShop = new Map<number, string>()
    const names = readdirSync(this.#folder).filter((name) => name.endsWith('.json'))
    for (const name of names.sort()) {
      const checked = this.#readOne(name)
      if (!checked.ok) faults.push(...checked.faults.map((fault) => faultOf(name, fault)))
      const usable = checked.ok ? checked.value : this.#lastGood.get(name)
      if (usable === undefined) continue
      const key = keyOf(usable.shop.id)
      const other = fileOfShop.get(key)
      if (other === undefined) {
        fileOfShop.set(key, name)
        good.set(name, usable)
      } else faults.push(takenFault(name, usable.shop.id, other))
    }
    this.#lastGood = good
    const isThere = new Set(names)
    for (const name of this.#read.keys()) if (!isThere.has(name)) this.#read.delete(name)
    return { shops: [...good.values()], faults }
  }

  #readOne(name: string): Checked<ShopFile> {
    const path = join(this.#folder, name)
    // Before it is read: what is written meanwhile makes it another one the next time.
    const stamp = stampOf(path)
    const last = this.#read.get(name)
    if (last?.stamp === stamp && stamp !== '') return last.checked
    const raw = parseShopFile(() => readFileSync(path, 'utf8'))
    const checked = raw.ok ? checkShopFile(raw.value, this.#currencies) : raw
    this.#read.set(name, { stamp, checked })
    return checked
  }
}

/** Another one after every change of the file; '' where it can't be told, as it is gone. */
function stampOf(path: string): string {
  const { mtimeNs, ctimeNs, size, ino } =
    statSync(path, { bigint: true, throwIfNoEntry: false }) ?? {}
  return mtimeNs === undefined ? '' : [mtimeNs, ctimeNs, size, ino].join(' ')
}

/** @param read gives the file's text, or throws. @returns its JSON, of which nothing is known yet. */
export function parseShopFile(read: () => string): Checked<unknown> {
  try {
    return { ok: true, value: JSON.parse(read()) as unknown }
  } catch (error) {
    return { ok: false, faults: [`: ${error instanceof Error ? error.message : error}`] }
  }
}

/**
 * Whether a shop can be used, by itself.
 *
 * @param currencies those that have a rate.
 * @returns the first faults as `campaigns[0].bid: reason`; of the whole: `: reason`.
 */
export function checkShopFile(raw: unknown, currencies: ReadonlySet<string>): Checked<ShopFile> {
  const checked = check(shopFileSchema, raw, '')
  if (!checked.ok) return { ok: false, faults: checked.faults.slice(0, faultCountMax) }
  const faults = inconsistencies(checked.value, currencies)
  return faults.length > 0 ? { ok: false, faults: faults.slice(0, faultCountMax) } : checked
}

/** A fault under the name of the file that it is in. */
export const faultOf = (name: string, fault: string): string =>
  fault.startsWith(':') ? `${name}${fault}` : `${name}.${fault}`

/** Of two files for one shop: the second one's fault. */
export const takenFault = (name: string, shopId: string, other: string): string =>
  `${name}.shop.id: ${shopId} is the shop of ${other}`

function inconsistencies(file: ShopFile, currencies: ReadonlySet<string>): readonly string[] {
  const { shop, campaigns } = file
  const faults: string[] = []
  if (!currencies.has(shop.currency))
    faults.push(`shop.currency: ${shop.currency} has no rate under currencies`)
  distinctIds('campaigns', campaigns, faults)
  distinctIds('segments', file.segments, faults)
  for (const list of ['videos', 'audios'] as const) {
    const ids = distinctIds(list, file[list], faults)
    for (const [index, campaign] of campaigns.entries())
      for (const [place, id] of (campaign[list] ?? []).entries())
        if (!ids.has(id))
          faults.push(`campaigns[${index}].${list}[${place}]: ${id} is none of the shop's`)
  }
  return faults
}

/** @returns the ids of a list; one that comes again is a fault. */
function distinctIds(
  path: string,
  list: readonly { readonly id: string }[],
  faults: string[],
): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const [index, { id }] of list.entries()) {
    if (ids.has(id)) faults.push(`${path}[${index}].id: ${id} is taken`)
    ids.add(id)
  }
  return ids
}

/** Of one file: the first ones are what a person can use. */
const faultCountMax = 20
