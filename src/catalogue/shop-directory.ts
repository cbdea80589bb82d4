import { type FSWatcher, mkdirSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { partSuffix, removeDurably, writeDurably } from '../base/durable-file.js'
import { keyOf } from '../base/key.js'
import type { Checked } from '../base/schema.js'
import { KnownShops, type ShopIndex } from './known-shops.js'
import type { ShopFile, ShopFileInput } from './model.js'
import { checkShopFile, parseShopFile } from './shop-files.js'

/** A burst of writes is read once. */
const quietMs = 30
/** Edits that may wait for their turn: each is a write to the disk. */
const waitingCountMax = 1_000

export interface ShopDirectoryOptions {
  /** Where the shops' files are, `<shop>.json` each; made where it isn't there. */
  readonly folder: string
  /** Those that have a rate: a shop can't be charged in another. */
  readonly currencies: readonly string[]
  /**
   * What else must hold of an edit's outcome, as `segments[0].rule: reason`. A file edited by hand is
   * not held to it, lest one bad rule takes the whole shop away.
   */
  readonly alsoCheck?: (file: ShopFile) => readonly string[]
  /** Another process writes: nothing in the folder is touched. */
  readonly isReader?: boolean
  /** Called with what is wrong with the files, whenever that changes; as `file.path: reason`. */
  readonly onFaults?: (faults: readonly string[]) => void
}

/** What came of an edit; of one that did not come about, why: */
export type Edited =
  | { readonly ok: true; readonly file: ShopFile }
  | {
      readonly ok: false
      /**
       * `missing`, `taken`: there is no such shop, or one already. `declined`: by the change itself.
       * `unsound`: the outcome has `faults`. `broken`: the file as somebody left it has. `busy`: too
       * many edits wait. `disk`: it could not be written.
       */
      readonly why: 'missing' | 'taken' | 'declined' | 'unsound' | 'broken' | 'busy' | 'disk'
      readonly faults: readonly string[]
    }

/**
 * All shop files of a folder, in memory: read by whoever serves shops, changed by their API, and
 * followed as somebody edits them by hand. A file that can't be used is reported and stands as it
 * last was.
 *
 * One at a time may write into a folder. Whoever else reads it (the catalogue's compiler) sees each
 * file whole, before or after an edit.
 */
export class ShopDirectory {
  readonly #options: ShopDirectoryOptions
  readonly #currencies: ReadonlySet<string>
  readonly #watcher: FSWatcher
  readonly #changed = new Set<string>()
  readonly #listeners = new Set<(shopId: string, file: ShopFile | null) => void>()
  readonly #known: KnownShops
  #byShop: ShopIndex['byShop'] = new Map()
  #faults: readonly string[] = []
  #timer: NodeJS.Timeout | null = null
  /** What is done to the folder, one after the other: reading again, too. */
  #turn: Promise<unknown> = Promise.resolve()
  #waitingCount = 0

  constructor(options: ShopDirectoryOptions) {
    const { folder } = options
    this.#options = options
    this.#currencies = new Set(options.currencies)
    this.#known = new KnownShops(this.#currencies)
    mkdirSync(folder, { recursive: true })
    // Watched before it is read, so that nothing falls in between.
    this.#watcher = watch(folder, (_event, name) => this.#onEvent(name))
    for (const name of readdirSync(folder)) {
      if (name.endsWith(`.json${partSuffix}`)) {
        if (options.isReader !== true) rmSync(join(folder, name), { force: true })
      } else if (isShopFile(name)) this.#known.learn(name, readFileSync(join(folder, name), 'utf8'))
    }
    this.#index()
  }

  get ids(): readonly string[] {
    return [...this.#byShop.keys()]
  }

  get faults(): readonly string[] {
    return this.#faults
  }

  get(shopId: string): ShopFile | null {
    return this.#byShop.get(shopId)?.file ?? null
  }

  /** The name of the shop's file in the folder; '' where there is no such shop. */
  fileName(shopId: string): string {
    return this.#byShop.get(shopId)?.name ?? ''
  }

  /**
   * @param listener called after each change of a shop, of the API's or by hand; null: it is gone.
   * @returns ends it.
   */
  onChange(listener: (shopId: string, file: ShopFile | null) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whether a shop could be written so. Faults as `campaigns[0].bid: reason`. */
  check(input: unknown): Checked<ShopFile> {
    return this.#check(input, () => [])
  }

  /** @param excused what is no fault of this change's. */
  #check(input: unknown, excused: () => readonly string[]): Checked<ShopFile> {
    const checked = checkShopFile(input, this.#currencies)
    if (!checked.ok) return checked
    const faults = this.#options.alsoCheck?.(checked.value) ?? []
    if (faults.length === 0) return checked
    const known = excused()
    const own = faults.filter((fault) => !known.includes(fault))
    return own.length > 0 ? { ok: false, faults: own } : checked
  }

  /**
   * Changes a shop; durable once it resolves. Edits come one after the other, each upon what the one
   * before, or a hand, has left.
   *
   * @param change gets the file as written (what has a default may be missing) and as read, and gives
   *   what it is to be; null leaves it as it is. Called once or, where the shop is not there, never.
   */
  edit(
    shopId: string,
    change: (written: ShopFileInput, file: ShopFile) => ShopFileInput | null,
  ): Promise<Edited> {
    return this.#inTurn(async () => {
      const name = this.#byShop.get(shopId)?.name
      if (name === undefined) return failed('missing')
      const text = await readFile(join(this.#options.folder, name), 'utf8').catch(() => null)
      if (text === null) return failed('missing')
      const raw = parseShopFile(() => text)
      if (!raw.ok) return failed('broken', raw.faults)
      const shape = checkShopFile(raw.value, this.#currencies)
      if (!shape.ok) return failed('broken', shape.faults)
      const changed = change(raw.value as ShopFileInput, shape.value)
      if (changed === null) return failed('declined')
      // What a hand has left wrong in another part is not for this change to put right.
      const before = (): readonly string[] => this.#options.alsoCheck?.(shape.value) ?? []
      const checked = this.#check(changed, before)
      if (!checked.ok) return failed('unsound', checked.faults)
      if (checked.value.shop.id !== shopId)
        return failed('unsound', [`shop.id: must stay ${shopId}`])
      return this.#write(name, changed, checked.value)
    })
  }

  /** A new shop, under the id that it gives itself. */
  create(input: ShopFileInput): Promise<Edited> {
    return this.#inTurn(async () => {
      const checked = this.check(input)
      if (!checked.ok) return failed('unsound', checked.faults)
      const { id } = checked.value.shop
      const name = `${id}.json`
      const key = keyOf(id)
      const isTaken = this.#known.has(name) || this.ids.some((other) => keyOf(other) === key)
      return isTaken ? failed('taken') : this.#write(name, input, checked.value)
    })
  }

  /**
   * Takes a shop away: its file, nothing else.
   * @param mayRemove asked in its turn, about the file as it is then.
   */
  remove(shopId: string, mayRemove: (file: ShopFile) => boolean = () => true): Promise<Edited> {
    return this.#inTurn(async () => {
      const known = this.#byShop.get(shopId)
      if (known === undefined) return failed('missing')
      const { name } = known
      await this.#readAgain(name)
      this.#index()
      const file = this.get(shopId)
      if (file === null) return failed('missing')
      if (!mayRemove(file)) return failed('declined')
      try {
        await removeDurably(join(this.#options.folder, name))
      } catch (error) {
        return failed('disk', [messageOf(error)])
      }
      this.#known.forget(name)
      this.#index()
      return { ok: true, file }
    })
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#watcher.close()
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#turn
  }

  async #write(name: string, input: ShopFileInput, file: ShopFile): Promise<Edited> {
    const text = `${JSON.stringify(input, null, 1)}\n`
    try {
      await writeDurably(join(this.#options.folder, name), text)
    } catch (error) {
      return failed('disk', [messageOf(error)])
    }
    this.#known.wrote(name, text, file)
    this.#index()
    return { ok: true, file }
  }

  #inTurn(work: () => Promise<Edited>): Promise<Edited> {
    if (this.#waitingCount >= waitingCountMax) return Promise.resolve(failed('busy'))
    this.#waitingCount++
    const done = this.#turn.then(work).finally(() => this.#waitingCount--)
    this.#turn = done.catch(() => {})
    return done
  }

  #onEvent(name: string | null): void {
    if (name !== null && !isShopFile(name)) return
    this.#changed.add(name ?? '')
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      const changed = [...this.#changed]
      this.#changed.clear()
      this.#turn = this.#turn.then(() => this.#follow(changed)).catch(stopWith)
    }, quietMs)
  }

  /** @param changed names of files; '' where the system lost count and all must be looked at. */
  async #follow(changed: readonly string[]): Promise<void> {
    const names = changed.includes('')
      ? new Set([...this.#known.names, ...(await readdir(this.#options.folder)).filter(isShopFile)])
      : changed
    for (const name of names) await this.#readAgain(name)
    this.#index()
  }

  async #readAgain(name: string): Promise<void> {
    const text = await readFile(join(this.#options.folder, name), 'utf8').catch(
      (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : undefined),
    )
    if (text === null) this.#known.forget(name)
    else if (text !== undefined) this.#known.learn(name, text)
  }

  /** Works out anew which shop is in which file, and says what has changed. */
  #index(): void {
    const { byShop, faults } = this.#known.index()
    const before = this.#byShop
    this.#byShop = byShop
    if (faults.join('\n') !== this.#faults.join('\n')) {
      this.#faults = faults
      this.#options.onFaults?.(faults)
    }
    for (const [id, { file }] of byShop) if (before.get(id)?.file !== file) this.#tell(id, file)
    for (const id of before.keys()) if (!byShop.has(id)) this.#tell(id, null)
  }

  #tell(shopId: string, file: ShopFile | null): void {
    for (const listener of this.#listeners) listener(shopId, file)
  }
}

/** What a listener throws is a fault of ours: the process stops with it. */
function stopWith(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}

const isShopFile = (name: string): boolean => name.endsWith('.json')
const messageOf = (error: unknown): string =>
  `: ${error instanceof Error ? error.message : String(error)}`
const failed = (
  why: Extract<Edited, { ok: false }>['why'],
  faults: readonly string[] = [],
): Edited => ({ ok: false, why, faults })
