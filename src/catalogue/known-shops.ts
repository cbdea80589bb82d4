import { createHash } from 'node:crypto'
import { keyOf } from '../base/key.js'
import type { ShopFile } from './model.js'
import { checkShopFile, faultOf, parseShopFile, takenFault } from './shop-files.js'

interface Known {
  /** Of the text that was read last. */
  readonly hash: string
  /** As it was when it last could be used. */
  readonly file: ShopFile | null
  readonly faults: readonly string[]
}

export interface ShopIndex {
  readonly byShop: ReadonlyMap<string, { readonly name: string; readonly file: ShopFile }>
  /** As `file.path: reason`. */
  readonly faults: readonly string[]
}

/** What is known of a folder of shop files, by the files' names. */
export class KnownShops {
  readonly #currencies: ReadonlySet<string>
  readonly #known = new Map<string, Known>()

  /** @param currencies those that have a rate. */
  constructor(currencies: ReadonlySet<string>) {
    this.#currencies = currencies
  }

  get names(): Iterable<string> {
    return this.#known.keys()
  }

  has(name: string): boolean {
    return this.#known.has(name)
  }

  /** The file reads so; where that can't be used, it stands as it last could. */
  learn(name: string, text: string): void {
    const before = this.#known.get(name)
    const hash = hashOf(text)
    if (before?.hash === hash) return
    const raw = parseShopFile(() => text)
    const checked = raw.ok ? checkShopFile(raw.value, this.#currencies) : raw
    this.#known.set(
      name,
      checked.ok
        ? { hash, file: checked.value, faults: [] }
        : { hash, file: before?.file ?? null, faults: checked.faults },
    )
  }

  /** The file was just written so, and has been checked. */
  wrote(name: string, text: string, file: ShopFile): void {
    this.#known.set(name, { hash: hashOf(text), file, faults: [] })
  }

  forget(name: string): void {
    this.#known.delete(name)
  }

  /** Which shop is in which file. Of two files for one shop, the first by name has it. */
  index(): ShopIndex {
    const byShop = new Map<string, { name: string; file: ShopFile }>()
    const faults: string[] = []
    // By key, which profiles know a shop by: two shops must never share one's people.
    const fileOfShop = new Map<number, string>()
    for (const name of [...this.#known.keys()].sort()) {
      const { file, faults: own } = this.#known.get(name)!
      for (const fault of own) faults.push(faultOf(name, fault))
      if (file === null) continue
      const { id } = file.shop
      const other = fileOfShop.get(keyOf(id))
      if (other !== undefined) faults.push(takenFault(name, id, other))
      else {
        fileOfShop.set(keyOf(id), name)
        byShop.set(id, { name, file })
      }
    }
    return { byShop, faults }
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64')
