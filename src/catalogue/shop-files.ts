import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyOf } from '../base/key.js'
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

  /** @param currencies those that have a rate: a shop can't be charged in another. */
  constructor(folder: string, currencies: readonly string[]) {
    this.#folder = folder
    this.#currencies = new Set(currencies)
  }

  /** @returns the shops in the order of their files' names; every fault as `file.path: reason`. */
  read(): { readonly shops: readonly ShopFile[]; readonly faults: readonly string[] } {
    const good = new Map<string, ShopFile>()
    const faults: string[] = []
    // By key, which profiles know a shop by: two shops must never share one's people.
    const fileOfShop = new Map<number, string>()
    const names = readdirSync(this.#folder).filter((name) => name.endsWith('.json'))
    for (const name of names.sort()) {
      const { file, faults: own } = this.#readOne(name)
      faults.push(...own)
      const usable = file ?? this.#lastGood.get(name)
      if (usable === undefined) continue
      const key = keyOf(usable.shop.id)
      const other = fileOfShop.get(key)
      if (other === undefined) {
        fileOfShop.set(key, name)
        good.set(name, usable)
      } else faults.push(`${name}.shop.id: ${usable.shop.id} is the shop of ${other}`)
    }
    this.#lastGood = good
    return { shops: [...good.values()], faults }
  }

  #readOne(name: string): { file: ShopFile | null; faults: readonly string[] } {
    let raw: unknown
    try {
      raw = JSON.parse(readFileSync(join(this.#folder, name), 'utf8'))
    } catch (error) {
      return { file: null, faults: [`${name}: ${error instanceof Error ? error.message : error}`] }
    }
    const checked = check(shopFileSchema, raw, name)
    if (!checked.ok) return { file: null, faults: checked.faults.slice(0, faultCountMax) }
    const faults = this.#inconsistencies(name, checked.value)
    return faults.length > 0 ? { file: null, faults } : { file: checked.value, faults }
  }

  #inconsistencies(name: string, file: ShopFile): readonly string[] {
    const { shop, campaigns } = file
    const faults: string[] = []
    if (!this.#currencies.has(shop.currency))
      faults.push(`${name}.shop.currency: ${shop.currency} has no rate under currencies`)
    distinctIds(`${name}.campaigns`, campaigns, faults)
    for (const list of ['videos', 'audios'] as const) {
      const ids = distinctIds(`${name}.${list}`, file[list], faults)
      for (const [index, campaign] of campaigns.entries())
        for (const [place, id] of (campaign[list] ?? []).entries())
          if (!ids.has(id))
            faults.push(
              `${name}.campaigns[${index}].${list}[${place}]: ${id} is none of the shop's`,
            )
    }
    return faults.slice(0, faultCountMax)
  }
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
