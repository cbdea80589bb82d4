// Goal: whatever happens to campaigns, feeds, prices and stock, bidders show what compiling everything anew would,
// and no more is compiled than has to be; what can't be bought is gone from their tables at once. Method: seeded
// random changes of shop files and of a store on disk, and starts on files that are as they were or damaged; tables are read from the files as a bidder reads them, and
// compared, product by product, with tables compiled in memory.
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import { shopFileSchema } from '../../src/catalogue/model.js'
import { buildTable } from '../../src/catalogue/product-builder.js'
import type { Product } from '../../src/catalogue/products.js'
import { shopFile } from '../bidding/world.js'
import { signTarget } from '../catalogue/creative-world.js'
import { feed, productOf } from '../contracts/product-store.js'
import { damage } from './catalogue-damage.js'
import { patience, randomProduct, shownBy, world } from './catalogue-world.js'

const seed = Number(process.env['SEED'] ?? 52)

test('bidders show what compiling everything anew would show, whatever has changed', async () => {
  const random = new Random(seed)
  const it = await world()
  const shopIds = ['one', 'two', 'three']
  const own = new Map<string, Product[]>()
  const looks = new Map<string, object>()
  const lastFed = new Map<string, Product[]>()
  const randomProducts = (): Product[] => {
    const products = new Map<string, Product>()
    for (let i = random.below(60); i > 0; i--) {
      const id = `p${random.below(80)}`
      const isNew = !products.has(id)
      if (isNew) products.set(id, randomProduct(random, id))
    }
    return [...products.values()]
  }
  const write = (id: string): void => {
    const shop = looks.get(id) ?? {}
    it.write(id, own.get(id)!, { bid: 1 + random.below(20), shop })
  }
  for (const id of shopIds) {
    own.set(id, randomProducts())
    write(id)
  }
  await it.settle()
  for (let step = 0; step < 120; step++) {
    const id = shopIds[random.below(3)]!
    const fed = it.products.forShop(id)
    const what = random.below(10)
    if (what === 0) {
      lastFed.set(id, randomProducts())
      await feed(fed, lastFed.get(id)!)
    } else if (what === 8) await feed(fed, lastFed.get(id) ?? [])
    else if (what === 1) {
      // The same again, but for one product.
      const all = [...fed.all()]
      if (all.length > 0)
        all[random.below(all.length)] = randomProduct(random, `p${random.below(80)}`)
      await feed(fed, all)
    } else if (what <= 4)
      await fed.patch(
        Array.from({ length: 1 + random.below(5) }, () => ({
          id: `p${random.below(80)}`,
          inStock: random.chance(0.5),
          priceMicros: 1_000_000 * (1 + random.below(9)),
        })),
      )
    else if (what === 5) write(id)
    else if (what === 9) {
      await it.settle()
      if (random.chance(0.5)) damage(random, it.snapshotsDir)
      it.start()
    } else if (what === 6) {
      own.set(id, randomProducts())
      write(id)
    } else {
      if (random.chance(0.3)) await fed.clear()
      looks.set(id, { language: ['pl', 'en', 'de'][random.below(3)], name: `Shop ${step}` })
      write(id)
    }
    if (random.chance(0.4)) continue
    await it.settle()
    const { shops, products: tables } = it.snapshot()
    for (const [index, { id: shopId, secure }] of shops.entries()) {
      const store = it.products.forShop(shopId)
      const now = store.state.isFed ? [...store.all()] : own.get(shopId)!
      const { shop } = shopFileSchema.parse({
        ...shopFile(shopId, [], 'PLN', { shop: looks.get(shopId) ?? {} }),
      })
      const anew = buildTable(shop, now, signTarget)
      const why = `seed ${seed}, step ${step}, ${shopId}`
      expect(shownBy(tables[index]!, now), why).toEqual(shownBy(anew.table, now))
      expect(secure, why).toBe(anew.isSecure)
    }
  }
  expect(it.faults).toEqual([])
  // What older catalogues had is cleared away: three catalogues' worth of files is left at most.
  const bases = new Set(readdirSync(it.snapshotsDir).map((name) => name.split('.')[0]))
  expect(bases.size).toBeLessThanOrEqual(3 + 3 * 4)
})

test('a change of campaigns compiles no product, and one of a product nothing else', async () => {
  const it = await world()
  it.write('shop', [])
  it.write('other', [productOf('a')])
  await feed(it.products.forShop('shop'), [productOf('a'), productOf('b')])
  await it.settle()
  const before = it.snapshot()
  it.write('shop', [], { bid: 7 })
  await it.settle()
  expect(it.snapshot()).not.toBe(before)
  expect(it.snapshot().products.every((table, i) => table === before.products[i])).toBe(true)

  const same = it.snapshot()
  await it.products.forShop('shop').patch([{ id: 'b', inStock: false }])
  it.poll()
  expect(it.changes).toHaveLength(1)
  await it.settle()
  expect(it.snapshot()).toBe(same)
  const table = same.products[same.shops.findIndex(({ id }) => id === 'shop')]!
  expect([table.find(keyOf('a')) >= 0, table.find(keyOf('b'))]).toEqual([true, -1])
})

test('a feed in which little is different changes the table that is in use', async () => {
  const it = await world()
  it.write('shop', [])
  const shop = it.products.forShop('shop')
  const products = Array.from({ length: 50 }, (_, i) => productOf(`p${i}`))
  await feed(shop, products)
  await it.settle()
  const before = it.snapshot()
  const [first, second, , ...others] = products
  const better = { ...second!, title: 'Better', group: 'things' }
  await feed(shop, [{ ...first!, inStock: false }, better, ...others])
  await it.settle()
  expect(it.snapshot()).toBe(before)
  const [table] = before.products
  expect(table!.find(keyOf('p0'))).toBe(-1)
  expect(table!.find(keyOf('p2'))).toBe(-1)
  expect(shownBy(table!, [second!]).pieces.get('p1')).toContain('Better')
  expect([table!.groups[table!.find(keyOf('p1'))], table!.hasGroups]).toEqual([
    keyOf('things'),
    true,
  ])
})

test('a shop is fit for https again once the only picture that was not is sold out', async () => {
  const it = await world()
  it.write('shop', [])
  const shop = it.products.forShop('shop')
  await feed(shop, [productOf('a'), productOf('b', { image: 'http://cdn.example/b.jpg' })])
  await it.settle()
  expect(it.snapshot().shops[0]!.secure).toBe(false)
  await shop.patch([{ id: 'b', inStock: false }])
  await it.settle()
  expect(it.snapshot().shops[0]!.secure).toBe(true)
})

/** Products that take so long that what comes next comes meanwhile. */
const longToCompile = (): Product[] =>
  Array.from({ length: 4_000 }, (_, i) => productOf(`p${i}`, { description: 'x'.repeat(4_000) }))

test('what is sold out while a new feed is being compiled is shown by neither table', async () => {
  const it = await world()
  it.write('shop', [])
  const shop = it.products.forShop('shop')
  const many = longToCompile()
  await feed(shop, many)
  await it.settle()
  const [old] = it.snapshot().products
  await feed(
    shop,
    [...many, productOf('new')].map((it) => ({ ...it, title: 'Another', inStock: it.id !== 'p5' })),
  )
  it.poll()
  await shop.patch([{ id: 'p7', inStock: false }])
  it.poll()
  // The new table isn't there yet, but the old one knows.
  await expect.poll(() => old!.find(keyOf('p7')), patience).toBe(-1)
  await expect.poll(() => old!.find(keyOf('p5')), patience).toBe(-1)
  await it.settle()
  const [table] = it.snapshot().products
  expect(table).not.toBe(old)
  expect([table!.find(keyOf('p7')), table!.find(keyOf('p8')) >= 0]).toEqual([-1, true])
})

test('a feed that comes while the same one as before is being looked through is not forgotten', async () => {
  const it = await world()
  it.write('shop', [])
  const shop = it.products.forShop('shop')
  const many = longToCompile()
  await feed(shop, many)
  await it.settle()
  await feed(shop, many)
  const draft = await shop.draft(1)
  await draft.put(productOf('new'))
  it.poll()
  await draft.commit()
  it.poll()
  await expect
    .poll(async () => {
      await it.settle()
      return it.snapshot().products[0]!.find(keyOf('new'))
    }, patience)
    .toBe(0)
})

test('what changes in small shops does not wait while a large one is being compiled', async () => {
  const it = await world()
  it.write('large', [])
  it.write('small', [])
  const small = it.products.forShop('small')
  await feed(small, [productOf('a'), productOf('b')])
  await it.settle()
  const find = (shopId: string, id: string): number => {
    const { shops, products } = it.snapshot()
    return products[shops.findIndex((shop) => shop.id === shopId)]!.find(keyOf(id))
  }
  await feed(
    it.products.forShop('large'),
    Array.from({ length: 150_000 }, (_, i) => productOf(`p${i}`)),
  )
  it.poll()
  // Prices and stock in the table that is in use, and what another feed brings in another catalogue.
  await small.patch([{ id: 'a', inStock: false }])
  it.poll()
  await expect.poll(() => find('small', 'a'), patience).toBe(-1)
  await feed(small, [productOf('c')])
  it.poll()
  await expect.poll(() => it.buildWhereDue().then(() => find('small', 'c')), patience).toBe(0)
  expect(find('large', 'p1')).toBe(-1)
  await it.settle()
  expect(find('large', 'p1')).toBeGreaterThan(-1)
})
