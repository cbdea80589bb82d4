/** Shops, a store, a builder of catalogues, and a bidder that reads what it makes. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import type { Random } from '../../src/base/random.js'
import { LoadedProducts, type ProductRef } from '../../src/catalogue/product-files.js'
import type { ProductTable } from '../../src/catalogue/product-table.js'
import type { Product } from '../../src/catalogue/products.js'
import { Snapshot } from '../../src/catalogue/snapshot.js'
import { LmdbProductStore } from '../../src/catalogue/store-lmdb.js'
import { CatalogueBuilder } from '../../src/run/catalogue-builder.js'
import { NewestCatalogue } from '../../src/run/newest-catalogue.js'
import { shopFile } from '../bidding/world.js'
import { signTarget as usualSigning } from '../catalogue/creative-world.js'
import { productOf } from '../contracts/product-store.js'

/** Where others are at work, too. */
export const patience = { timeout: 60_000, interval: 5 }

/** A builder, and a bidder that takes over what it makes; time passes by `step`. */
export async function world() {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-builder-'))
  const productsDir = join(folder, 'products')
  let products = await LmdbProductStore.open(productsDir, { isWriter: true })
  onTestFinished(async () => {
    await products.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const shopsDir = join(folder, 'shops')
  const snapshotsDir = join(folder, 'snapshots')
  mkdirSync(shopsDir)
  let newest!: NewestCatalogue
  let loaded!: LoadedProducts
  let builder!: CatalogueBuilder
  const faults: string[] = []
  const changes: ProductRef[] = []
  const taken: Promise<void>[] = []
  let isDue = true
  let version = 0
  let snapshot!: Snapshot
  const start = (signTarget = usualSigning): void => {
    isDue = true
    newest = new NewestCatalogue()
    loaded = new LoadedProducts()
    builder = new CatalogueBuilder(
      { shopsDir, snapshotsDir, currencies: { PLN: 1 }, signTarget, products },
      {
        onProducts: (ref) => {
          changes.push(ref)
          newest.change(ref)
          taken.push(loaded.change(ref))
        },
        onDue: () => {
          isDue = true
        },
        onFault: (fault) => faults.push(fault),
      },
    )
  }
  start()
  const build = async (): Promise<void> => {
    isDue = false
    const result = await builder.build(++version)
    faults.push(...result.faults)
    const { path } = result.built
    const { products: refs } = newest.take(
      { type: 'built', faults: [], ...result.built, campaigns: [] },
      new Int32Array(0),
    )
    snapshot = new Snapshot(readFileSync(path), await loaded.load(refs))
  }
  return {
    get products() {
      return products
    },
    /** As it lies on the disk meanwhile, closed. */
    async withStoreClosed(action: (directory: string) => void): Promise<void> {
      await products.close()
      action(productsDir)
      products = await LmdbProductStore.open(productsDir, { isWriter: true })
    },
    folder,
    shopsDir,
    snapshotsDir,
    changes,
    faults,
    snapshot: () => snapshot,
    build,
    async buildWhereDue(): Promise<void> {
      if (isDue) await build()
    },
    poll: () => builder.poll(),
    /** Another builder and another bidder, which know what is on the disk; nothing is under way. */
    start,
    /** Everything that is under way, and what follows from it. */
    async settle(): Promise<void> {
      builder.poll()
      await builder.idle()
      while (isDue) {
        await build()
        await builder.idle()
      }
      await Promise.all(taken)
    },
    write(id: string, own: readonly Product[], more: { bid?: number; shop?: object } = {}): void {
      const campaign = { id: 'c', goal: 'cpm', bid: more.bid ?? 1, maxCpm: 100, budget: {} }
      const { shop } = shopFile(id, [], 'PLN', { shop: more.shop ?? {} })
      writeFileSync(
        join(shopsDir, `${id}.json`),
        JSON.stringify({ shop, campaigns: [campaign], products: own }),
      )
      isDue = true
    },
  }
}

/** What is shown of each product, by its id, and the order for strangers. */
export function shownBy(table: ProductTable, products: readonly Product[]) {
  const ids = new Map(products.map(({ id }) => [keyOf(id), id]))
  const pieces = new Map(
    products.flatMap(({ id }) => {
      const place = table.find(keyOf(id))
      if (place < 0) return []
      const piece = table.pieces.toString('utf8', table.pieceStart[place], table.nativeStart[place])
      return [
        [
          id,
          `${table.flags[place]} ${table.priceMicros[place]} ${table.groups[place]} ${piece}`,
        ] as const,
      ]
    }),
  )
  return { pieces, list: Array.from(table.list, (place) => ids.get(table.keys[place]!)) }
}

export function randomProduct(random: Random, id: string): Product {
  return productOf(id, {
    title: `Title ${random.below(1_000)}`,
    inStock: random.chance(0.8),
    category: `c${random.below(4)}`,
    image: random.chance(0.05) ? 'http://cdn.example/i.jpg' : '/i.jpg',
    ...(random.chance(0.5) ? { marginShare: random.below(10) / 10 } : {}),
    ...(random.chance(0.3) ? { salePriceMicros: 500_000 } : {}),
    ...(random.chance(0.5) ? { group: `g${random.below(9)}` } : {}),
  })
}
