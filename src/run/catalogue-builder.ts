import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyOf } from '../base/key.js'
import type { Compiled } from '../catalogue/compile.js'
import { compile } from '../catalogue/compile.js'
import type { SignTarget } from '../catalogue/creative/link.js'
import type { ShopFile } from '../catalogue/model.js'
import { ProductCompiler } from '../catalogue/product-compiler.js'
import { entriesOf } from '../catalogue/product-entry.js'
import type { ProductRef } from '../catalogue/product-files.js'
import type { ProductStore } from '../catalogue/product-store.js'
import type { Product } from '../catalogue/products.js'
import { ShopFiles } from '../catalogue/shop-files.js'

/** Older files stay while a worker may still be reading them. */
const keptCount = 3
/** Shops with more products are compiled one at a time, and nothing else waits for them. */
const smallCount = 20_000

export interface BuilderOptions {
  /** Folder of shop files, and folder for what is compiled from them. */
  readonly shopsDir: string
  readonly snapshotsDir: string
  readonly currencies: Readonly<Record<string, number>>
  readonly signTarget: SignTarget
  readonly products: ProductStore
}

export interface BuiltCatalogue extends Pick<Compiled, 'campaigns' | 'rowCount'> {
  readonly version: number
  /** The snapshot's file, whole and under its final name. */
  readonly path: string
  /** By shop: the table that it is to be read with. */
  readonly products: readonly ProductRef[]
}

/** What is known of a shop from one time of compiling to the next. */
interface BuiltShop {
  readonly compiler: ProductCompiler
  /** What all of its table was compiled from: a version in the store, or the list in its file. */
  source: number | readonly Product[] | null
  /** Version in the store up to which patches are in its table. */
  seenVersion: number
  job: Promise<void> | null
}

export interface BuilderEvents {
  /** Some products of a table have changed. */
  onProducts(ref: ProductRef): void
  /** A new catalogue should be made, as products were compiled anew. */
  onDue(): void
  onFault(fault: string): void
}

/**
 * Compiles shop files and fed products, and again what has changed of them: products apart from
 * campaigns, each shop's apart from all others', and no more of them than has to be.
 */
export class CatalogueBuilder {
  readonly #options: BuilderOptions
  readonly #events: BuilderEvents
  readonly #files: ShopFiles
  #shops = new Map<string, BuiltShop>()
  #newest: ReadonlyMap<string, ShopFile> = new Map()
  #storeVersion = -1
  #lastNumber = 0
  #isBuilding = false
  /** Of shops with many products, and of all others: one job after the other. */
  #largeJobs: Promise<void> = Promise.resolve()
  #smallJobs: Promise<void> = Promise.resolve()
  /** Beginnings of files' names: of the newest catalogues, and of tables that are being compiled. */
  #inUse: string[][] = []
  readonly #underWay = new Set<string>()

  constructor(options: BuilderOptions, events: BuilderEvents) {
    this.#options = options
    this.#events = events
    this.#files = new ShopFiles(options.shopsDir, Object.keys(options.currencies))
    mkdirSync(options.snapshotsDir, { recursive: true })
  }

  /**
   * Makes a catalogue of the files as they are now. A shop whose many products are being compiled has
   * those of before; the first time, all are waited for. One at a time.
   */
  async build(version: number): Promise<{ built: BuiltCatalogue; faults: readonly string[] }> {
    const isFirst = this.#shops.size === 0
    const { shops: files, faults } = this.#files.read()
    const shops = new Map(
      files.map((file) => [file.shop.id, this.#shops.get(file.shop.id) ?? this.#newShop(file)]),
    )
    if (isFirst) await this.#restore(files, shops)
    this.#newest = new Map(files.map((file) => [file.shop.id, file]))
    this.#shops = shops
    this.#isBuilding = true
    try {
      for (const file of files) this.#ensure(file)
      await this.#smallJobs
      if (isFirst) await this.#largeJobs
      return { built: this.#write(files, version), faults }
    } finally {
      this.#isBuilding = false
    }
  }

  /** Looks whether products have changed in the store, and compiles what has. Cheap where nothing has. */
  poll(): void {
    const { version } = this.#options.products
    if (version === this.#storeVersion) return
    this.#storeVersion = version
    for (const file of this.#newest.values()) this.#ensure(file)
  }

  /** Waits until nothing is being compiled. */
  async idle(): Promise<void> {
    const [small, large] = [this.#smallJobs, this.#largeJobs]
    await Promise.all([small, large])
    if (small !== this.#smallJobs || large !== this.#largeJobs) await this.idle()
  }

  #newShop(file: ShopFile): BuiltShop {
    const compiler = new ProductCompiler(file.shop, this.#options.signTarget)
    return { compiler, source: null, seenVersion: 0, job: null }
  }

  /** Brings a shop's table up to date: at once where little has changed, else by a job. */
  #ensure(file: ShopFile): void {
    const shop = this.#shops.get(file.shop.id)!
    const fits = shop.compiler.describe(file.shop)
    const { isFed, version, count, patchesFrom } = this.#options.products.forShop(
      file.shop.id,
    ).state
    if (!isFed) {
      const isEmpty = shop.compiler.ref.base === '' && file.products.length === 0
      if (isEmpty) shop.source = file.products
      else if (!fits || shop.source !== file.products) this.#plan(file, file.products.length)
      return
    }
    const isOld = typeof shop.source !== 'number' || shop.source < patchesFrom
    // What is old by now is still shown: it must not show what can't be bought any more.
    const isChanged = this.#change(file.shop.id, shop, version, patchesFrom, isOld)
    if (!fits || isOld || !isChanged || shop.compiler.isWorn) this.#plan(file, count)
  }

  /** @returns false where there is too much of it. */
  #change(
    shopId: string,
    shop: BuiltShop,
    version: number,
    patchesFrom: number,
    isOld: boolean,
  ): boolean {
    if (shop.seenVersion === version) return true
    const { compiler } = shop
    const fed = this.#options.products.forShop(shopId)
    const ids = fed.patchedSince(Math.max(shop.seenVersion, patchesFrom))
    const { changeCount } = compiler.ref
    const wasSecure = compiler.isSecure
    const then = isOld ? null : version
    const isDone = ids !== null && compiler.change(ids, (id) => fed.entry(id), then)
    if (isDone) shop.seenVersion = version
    if (compiler.ref.changeCount !== changeCount) this.#events.onProducts(compiler.ref)
    if (compiler.isSecure !== wasSecure) this.#due()
    return isDone
  }

  #due(): void {
    if (!this.#isBuilding) this.#events.onDue()
  }

  #plan({ shop: { id } }: ShopFile, count: number): void {
    const shop = this.#shops.get(id)!
    if (shop.job !== null) return
    const isLarge = count > smallCount
    const job = (isLarge ? this.#largeJobs : this.#smallJobs).then(() => this.#compile(id, shop))
    shop.job = job
    if (isLarge) this.#largeJobs = job
    else this.#smallJobs = job
  }

  async #compile(shopId: string, shop: BuiltShop): Promise<void> {
    const base = this.#newBase(shopId)
    this.#underWay.add(base)
    let isSound = false
    try {
      const file = this.#newest.get(shopId)
      if (file === undefined) return
      shop.compiler.describe(file.shop)
      const fed = this.#options.products.forShop(shopId)
      const { isFed, version, count } = fed.state
      const wasSecure = shop.compiler.isSecure
      const isNew = await shop.compiler.compile(
        isFed ? fed.entries() : entriesOf(file.products),
        isFed ? count : file.products.length,
        isFed ? version : null,
        base,
        () => this.#events.onProducts(shop.compiler.ref),
      )
      shop.source = isFed ? version : file.products
      shop.seenVersion = version
      isSound = true
      // Where a shop may be shown at all is for the catalogue to say.
      if (isNew || shop.compiler.isSecure !== wasSecure) this.#due()
    } catch (error) {
      this.#events.onFault(`${shopId}: products: ${error instanceof Error ? error.message : error}`)
    } finally {
      shop.job = null
      this.#underWay.delete(base)
      // What came meanwhile. After a fault, the next change tries again.
      const file = this.#newest.get(shopId)
      if (isSound && file !== undefined) this.#ensure(file)
    }
  }

  #write(files: readonly ShopFile[], version: number): BuiltCatalogue {
    const { snapshotsDir, currencies, signTarget } = this.#options
    const compilers = files.map(({ shop }) => this.#shops.get(shop.id)!.compiler)
    const options = { version, unitValue: currencies, signTarget }
    const { file, rowCount, campaigns } = compile(files, compilers, options)
    const path = join(snapshotsDir, `catalogue-${version}.bin`)
    writeFileSync(`${path}.part`, file)
    renameSync(`${path}.part`, path)
    const products = compilers.map(({ ref }) => ref)
    this.#removeOld([path, ...products.map(({ base }) => base)])
    return { version, path, rowCount, campaigns, products }
  }

  /** Takes up what the process before has left: what was compiled need not be compiled again. */
  async #restore(files: readonly ShopFile[], shops: ReadonlyMap<string, BuiltShop>): Promise<void> {
    const left = leftIn(this.#options.snapshotsDir)
    for (const { shop: its } of files) {
      const shop = shops.get(its.id)!
      for (const ref of left.get(tableOf(its.id)) ?? []) {
        if (!(await this.#takesUp(its.id, shop.compiler, ref))) continue
        shop.source = shop.compiler.version
        shop.seenVersion = shop.compiler.version ?? 0
        break
      }
    }
  }

  async #takesUp(shopId: string, compiler: ProductCompiler, ref: ProductRef): Promise<boolean> {
    try {
      return await compiler.restore(ref)
    } catch (error) {
      this.#events.onFault(`${shopId}: products: ${error instanceof Error ? error.message : error}`)
      return false
    }
  }

  #newBase(shopId: string): string {
    this.#lastNumber = Math.max(this.#lastNumber + 1, Date.now())
    return join(this.#options.snapshotsDir, `${tableOf(shopId)}-${this.#lastNumber}`)
  }

  #removeOld(newest: string[]): void {
    const { snapshotsDir } = this.#options
    this.#inUse = [newest, ...this.#inUse].slice(0, keptCount)
    const kept = new Set([...this.#inUse.flat(), ...this.#underWay])
    for (const { compiler } of this.#shops.values()) kept.add(compiler.ref.base)
    for (const name of readdirSync(snapshotsDir)) {
      const path = join(snapshotsDir, name)
      const isTable = name.startsWith('products-')
      if (!isTable && !name.startsWith('catalogue-')) continue
      // A table's files share what stands before the first dot.
      const whose = isTable ? join(snapshotsDir, name.split('.', 1)[0]!) : path
      if (!kept.has(whose)) rmSync(path, { force: true })
    }
  }
}

/** What the names of a shop's tables begin with. */
const tableOf = (shopId: string): string => `products-${keyOf(shopId).toString(36)}`

/** Tables that there are files of, by `tableOf`, the newest first. */
function leftIn(folder: string): ReadonlyMap<string, readonly ProductRef[]> {
  const changeCounts = new Map<string, number>()
  for (const name of readdirSync(folder)) {
    const [base = '', kind = '', part] = name.split('.')
    if (!base.startsWith('products-') || part !== undefined) continue
    const change = /^\d+$/.test(kind) ? Number(kind) : 0
    changeCounts.set(base, Math.max(changeCounts.get(base) ?? 0, change))
  }
  const left = new Map<string, ProductRef[]>()
  for (const name of [...changeCounts.keys()].sort().reverse()) {
    const table = name.slice(0, name.lastIndexOf('-'))
    const ref = { base: join(folder, name), changeCount: changeCounts.get(name)! }
    left.set(table, [...(left.get(table) ?? []), ref])
  }
  return left
}
