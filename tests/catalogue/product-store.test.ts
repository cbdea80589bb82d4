// Goal: the contract of stores of products, kept by the one on disk; and that readers see one whole catalogue
// whatever is written, given up or cut off by a crash. Method: a folder of its own for each test; seeded random
// steps against a plain model, a second store on the same files as the reader, and copies of the files taken at
// any moment, as a crash would leave them.
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import type { ProductDraft, ProductPatch } from '../../src/catalogue/product-store.js'
import { patched } from '../../src/catalogue/product-store.js'
import type { CatalogueProduct, Product } from '../../src/catalogue/products.js'
import { LmdbProductStore } from '../../src/catalogue/store-lmdb.js'
import { feed, productOf, productStoreContract } from '../contracts/product-store.js'

const seed = Number(process.env['SEED'] ?? 41)

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-products-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'products')
}

productStoreContract(() => LmdbProductStore.open(newFolder(), { isWriter: true }))

test('a folder that cannot hold a store is told when it is opened', async () => {
  const folder = newFolder()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'data.mdb'), 'this is no store '.repeat(1_000))
  await expect(LmdbProductStore.open(folder, { isWriter: true })).rejects.toThrow(
    'data.mdb: is no store of products',
  )
})

test('a held draft outlives a restart, an open one does not', async () => {
  const folder = newFolder()
  const before = await LmdbProductStore.open(folder, { isWriter: true })
  await feed(before.forShop('shop'), [productOf('a'), productOf('b')])
  const held = await before.forShop('shop').draft(1)
  await held.put(productOf('c'))
  await held.hold()
  const open = await before.forShop('shop').draft(1)
  for (let i = 0; i < 3_000; i++) await open.put(productOf(`p${i}`))
  await before.close()

  const after = await LmdbProductStore.open(folder, { isWriter: true })
  onTestFinished(() => after.close())
  const shop = after.forShop('shop')
  expect(Array.from(shop.all(), ({ id }) => id)).toEqual(['a', 'b'])
  await shop.held()!.commit()
  expect(Array.from(shop.all(), ({ id }) => id)).toEqual(['c'])
})

interface ModelDraft {
  readonly nowMs: number
  readonly products: Map<string, CatalogueProduct>
  readonly patches: ProductPatch[]
}

interface Model {
  live: Map<string, CatalogueProduct> | null
  open: ModelDraft | null
  held: ModelDraft | null
}

function taken(
  { products, patches, nowMs }: ModelDraft,
  before: Model['live'],
): Map<string, CatalogueProduct> {
  for (const patch of patches) {
    const product = products.get(patch.id)
    if (product !== undefined) products.set(patch.id, patched(product, patch))
  }
  for (const [id, product] of products)
    products.set(id, { ...product, addedMs: before?.get(id)?.addedMs ?? nowMs })
  return products
}

test('any feeds, patches and crashes leave what a plain model has, whole for every reader', async () => {
  const random = new Random(seed)
  let folder = newFolder()
  let writer = await LmdbProductStore.open(folder, { isWriter: true })
  let reader = await LmdbProductStore.open(folder, { isWriter: false })
  const shopIds = ['one', 'two']
  const models = new Map<string, Model>(
    shopIds.map((id) => [id, { live: null, open: null, held: null }]),
  )
  const drafts = new Map<string, ProductDraft>()
  const randomProduct = (): Product =>
    productOf(`p${random.below(30)}`, {
      priceMicros: 1 + random.below(1_000_000),
      inStock: random.chance(0.7),
      title: `T${random.below(1_000)}`,
    })

  for (let step = 0; step < 600; step++) {
    const shopId = shopIds[random.below(2)]!
    const shop = writer.forShop(shopId)
    const model = models.get(shopId)!
    const draft = drafts.get(shopId)
    const what = random.below(10)
    if (what <= 1) {
      drafts.set(shopId, await shop.draft(step))
      model.open = { nowMs: step, products: new Map(), patches: [] }
    } else if (what <= 4 && draft !== undefined) {
      for (let i = random.below(40); i >= 0; i--) {
        const product = randomProduct()
        const isNew = !model.open!.products.has(product.id)
        expect(await draft.put(product)).toBe(isNew)
        if (isNew) model.open!.products.set(product.id, product)
      }
    } else if (what <= 6 && draft !== undefined) {
      drafts.delete(shopId)
      const open = model.open!
      model.open = null
      const end = random.below(4)
      if (end <= 1) {
        await draft.commit()
        model.live = taken(open, model.live)
        model.held = null
      } else if (end === 2) {
        await draft.hold()
        model.held = open
      } else await draft.discard()
    } else if (what === 7 && model.held !== null) {
      if (random.chance(0.5)) {
        await shop.held()!.commit()
        model.live = taken(model.held, model.live)
      } else await shop.held()!.discard()
      model.held = null
    } else if (what === 8) {
      const patches = Array.from(
        { length: 1 + random.below(5) },
        (): ProductPatch => ({
          id: `p${random.below(30)}`,
          ...(random.chance(0.5) ? { inStock: random.chance(0.5) } : {}),
          ...(random.chance(0.5) ? { priceMicros: 1 + random.below(1_000_000) } : {}),
          ...(random.chance(0.3) ? { salePriceMicros: random.chance(0.5) ? null : 5 } : {}),
        }),
      )
      const versionBefore = shop.state.version
      const unknown = await shop.patch(patches)
      const known = patches.filter(({ id }) => model.live?.has(id))
      expect(unknown).toEqual(patches.filter((it) => !known.includes(it)).map(({ id }) => id))
      for (const patch of known) {
        model.live!.set(patch.id, patched(model.live!.get(patch.id)!, patch))
        model.open?.patches.push(patch)
        model.held?.patches.push(patch)
      }
      if (known.length > 0)
        expect(shop.patchedSince(versionBefore)).toEqual(new Set(known.map(({ id }) => id)))
    } else if (what === 9 && random.chance(0.3)) {
      // A crash: what is on the disk now is all that the next process has.
      const copy = newFolder()
      cpSync(folder, copy, { recursive: true })
      await Promise.all([writer.close(), reader.close()])
      folder = copy
      writer = await LmdbProductStore.open(folder, { isWriter: true })
      reader = await LmdbProductStore.open(folder, { isWriter: false })
      drafts.clear()
      for (const it of models.values()) it.open = null
    }

    for (const [id, { live, held }] of models) {
      const seen = reader.forShop(id)
      const expected = [...(live ?? new Map<string, CatalogueProduct>()).values()]
      const byId = (a: Product, b: Product): number => (a.id < b.id ? -1 : 1)
      const why = `seed ${seed}, step ${step}, ${id}`
      expect([...seen.all()], why).toEqual(expected.sort(byId))
      const inStockCount = expected.filter(({ inStock }) => inStock).length
      expect(seen.state, why).toMatchObject({
        isFed: live !== null,
        count: expected.length,
        inStockCount,
      })
      expect(seen.held()?.count, why).toBe(held?.products.size)
    }
  }
  await Promise.all([writer.close(), reader.close()])
})

test('what nobody needs any more is removed: the file does not grow with every feed', async () => {
  const folder = newFolder()
  const many = Array.from({ length: 5_000 }, (_, i) => productOf(`p${i}`))
  const sizes: number[] = []
  for (let round = 0; round < 12; round++) {
    const store = await LmdbProductStore.open(folder, { isWriter: true })
    // The draft that is left open is what a crash leaves behind.
    for (const end of ['commit', 'commit', 'leave']) {
      const draft = await store.forShop('shop').draft(1)
      for (const product of many) await draft.put(product)
      if (end === 'commit') await draft.commit()
    }
    await store.close()
    sizes.push(statSync(join(folder, 'data.mdb')).size)
  }
  expect(Math.max(...sizes), sizes.join(' ')).toBeLessThan(4 * sizes[0]!)
})
