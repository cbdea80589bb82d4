/** What every store of products must do, run by each kind of it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FeedReport, reportCountMax } from '../../src/catalogue/feed-report.js'
import type { ProductPatch, ProductStore, ShopProducts } from '../../src/catalogue/product-store.js'
import type { CatalogueProduct, Product } from '../../src/catalogue/products.js'

export const productOf = (id: string, more: Partial<Product> = {}): Product => ({
  id,
  title: `Product ${id}`,
  link: `/p/${id}`,
  image: `/i/${id}.jpg`,
  priceMicros: 10_000_000,
  currency: 'PLN',
  inStock: true,
  category: 'Things',
  ...more,
})

const someReport: FeedReport = {
  atMs: 1,
  from: 'upload',
  outcome: 'taken',
  dialect: 'csv',
  rows: 1,
  taken: 1,
  inStock: 1,
  refused: {},
  warnings: 0,
  problems: [],
  stopped: null,
  before: { products: 0, inStock: 0 },
  seconds: 1,
  peakMemoryBytes: 1,
}

/** When feeds come that don't say it. */
export const fedMs = 1_700_000_000_000

/** A product as it is after such a feed. */
export const fedOf = (product: Product): CatalogueProduct => ({ ...product, addedMs: fedMs })

export async function feed(
  shop: ShopProducts,
  products: readonly CatalogueProduct[],
  nowMs = fedMs,
): Promise<void> {
  const draft = await shop.draft(nowMs)
  for (const product of products) await draft.put(product)
  await draft.commit()
}

/** @param open an empty store each time. */
export function productStoreContract(open: () => Promise<ProductStore>): void {
  describe('a store of products', () => {
    let store: ProductStore
    let shop: ShopProducts
    beforeEach(async () => {
      store = await open()
      shop = store.forShop('shop')
    })
    afterEach(() => store.close())
    const ids = (): string[] => Array.from(shop.all(), ({ id }) => id)

    test('says of a shop that was never fed that there is nothing', () => {
      expect(shop.state).toMatchObject({ version: 0, isFed: false, count: 0, inStockCount: 0 })
      expect(shop.get('a')).toBeNull()
      expect(ids()).toEqual([])
      expect(shop.page('', 10)).toEqual([])
      expect(shop.held()).toBeNull()
    })

    test('gives back every field of a product as it was put', async () => {
      const full = productOf('żółw/1 ', {
        title: 'A "quoted" title\nwith a line',
        salePriceMicros: 9_990_000,
        inStock: false,
        marginShare: 0.25,
        brand: 'Marka',
        group: 'Kubek/żółty',
        description: 'Długi opis',
        rating: 4.5,
        imageWidth: 600,
        imageHeight: 400,
      })
      const late = productOf('z', { imageHeight: 7 })
      await feed(shop, [full, late])
      expect(shop.get(full.id)).toEqual(fedOf(full))
      expect([...shop.all()]).toEqual([fedOf(late), fedOf(full)])
    })

    test('shows nothing of a draft before it is committed, and all of it afterwards', async () => {
      await feed(shop, [productOf('a'), productOf('b')])
      const draft = await shop.draft(fedMs)
      await draft.put(productOf('b', { title: 'New' }))
      await draft.put(productOf('c', { inStock: false }))
      expect([draft.count, draft.inStockCount]).toEqual([2, 1])
      expect(ids()).toEqual(['a', 'b'])
      expect(shop.get('b')?.title).toBe('Product b')
      const before = shop.state.version
      await draft.commit()
      expect(ids()).toEqual(['b', 'c'])
      expect(shop.get('a')).toBeNull()
      expect(shop.get('b')?.title).toBe('New')
      expect(shop.state).toMatchObject({ isFed: true, count: 2, inStockCount: 1 })
      expect(shop.state.version).not.toBe(before)
    })

    test('takes an empty feed for what it is', async () => {
      await feed(shop, [productOf('a')])
      await feed(shop, [])
      expect(shop.state).toMatchObject({ isFed: true, count: 0 })
      expect(ids()).toEqual([])
    })

    test('keeps the first of two products with one id, however far apart', async () => {
      const draft = await shop.draft(fedMs)
      expect(await draft.put(productOf('a', { title: 'First' }))).toBe(true)
      expect(await draft.put(productOf('a', { title: 'Second' }))).toBe(false)
      for (let i = 0; i < 5_000; i++) await draft.put(productOf(`p${i}`))
      expect(await draft.put(productOf('a', { title: 'Third' }))).toBe(false)
      expect(await draft.put(productOf('p1'))).toBe(false)
      expect(draft.count).toBe(5_001)
      await draft.commit()
      expect(shop.get('a')?.title).toBe('First')
    })

    test('forgets what was discarded', async () => {
      await feed(shop, [productOf('a')])
      const draft = await shop.draft(fedMs)
      await draft.put(productOf('b'))
      await draft.discard()
      expect(ids()).toEqual(['a'])
      await expect(draft.commit()).rejects.toThrow('newer feed')
    })

    test('gives an older draft up for a newer one', async () => {
      const older = await shop.draft(fedMs)
      await older.put(productOf('old'))
      const newer = await shop.draft(fedMs)
      await newer.put(productOf('new'))
      await expect(older.commit()).rejects.toThrow('newer feed')
      await newer.commit()
      expect(ids()).toEqual(['new'])
    })

    test('patches price and stock, and says which ids it does not have', async () => {
      await feed(shop, [productOf('a', { salePriceMicros: 5_000_000 }), productOf('b')])
      const unknown = await shop.patch([
        { id: 'a', salePriceMicros: null, inStock: false },
        { id: 'nobody', inStock: false },
        { id: 'b', priceMicros: 7_000_000 },
        { id: 'b', salePriceMicros: 6_000_000 },
      ])
      expect(unknown).toEqual(['nobody'])
      expect(shop.get('a')).toEqual(fedOf(productOf('a', { inStock: false })))
      expect(shop.get('b')).toEqual(
        fedOf(productOf('b', { priceMicros: 7_000_000, salePriceMicros: 6_000_000 })),
      )
      expect(shop.state).toMatchObject({ count: 2, inStockCount: 1 })
    })

    test('knows what was patched since any version of this catalogue', async () => {
      await feed(shop, [productOf('a'), productOf('b'), productOf('c')])
      const versions = [shop.state.version]
      for (const id of ['a', 'b', 'c']) {
        await shop.patch([{ id, inStock: false }])
        versions.push(shop.state.version)
      }
      const since = versions.map((version) => shop.patchedSince(version))
      expect(since.map((set) => set && [...set])).toEqual([['a', 'b', 'c'], ['b', 'c'], ['c'], []])
      await feed(shop, [productOf('a')])
      expect(shop.patchedSince(versions[3]!)).toBeNull()
      expect(shop.patchedSince(shop.state.version)).toEqual(new Set())
    })

    test('lets what is patched while a feed is under way outlast that feed', async () => {
      await feed(shop, [productOf('a'), productOf('b')])
      const draft = await shop.draft(fedMs)
      await draft.put(productOf('a', { priceMicros: 12_000_000 }))
      await shop.patch([{ id: 'a', inStock: false }])
      await shop.patch([{ id: 'b', inStock: false }])
      await draft.put(productOf('b'))
      await draft.put(productOf('c'))
      await draft.commit()
      expect(shop.get('a')).toEqual(
        fedOf(productOf('a', { priceMicros: 12_000_000, inStock: false })),
      )
      expect(shop.get('b')?.inStock).toBe(false)
      expect(shop.state).toMatchObject({ count: 3, inStockCount: 1 })
      // And no longer than that.
      await feed(shop, [productOf('a')])
      expect(shop.get('a')?.inStock).toBe(true)
    })

    test('keeps a held draft aside until somebody decides', async () => {
      await feed(shop, [productOf('a'), productOf('b')])
      const draft = await shop.draft(fedMs)
      await draft.put(productOf('c'))
      await draft.hold()
      expect(ids()).toEqual(['a', 'b'])
      const held = shop.held()!
      expect([held.count, held.inStockCount]).toEqual([1, 1])
      // Another feed that fails in between changes nothing.
      await (await shop.draft(fedMs)).discard()
      await held.commit()
      expect(ids()).toEqual(['c'])
      expect(shop.held()).toBeNull()
      await expect(held.commit()).rejects.toThrow('newer feed')
    })

    test('forgets a held draft that was discarded, or that a newer feed made old', async () => {
      await feed(shop, [productOf('a')])
      for (const end of [() => shop.held()!.discard(), () => feed(shop, [productOf('a')])]) {
        const draft = await shop.draft(fedMs)
        await draft.put(productOf('c'))
        await draft.hold()
        await end()
        expect(shop.held()).toBeNull()
        expect(ids()).toEqual(['a'])
      }
    })

    const added = (): object =>
      Object.fromEntries(Array.from(shop.all(), (it) => [it.id, it.addedMs]))

    test('says since when it has a product, whatever feeds and patches come after', async () => {
      await feed(shop, [productOf('a'), productOf('b')], 100)
      expect(added()).toEqual({ a: 100, b: 100 })
      await shop.patch([{ id: 'a', inStock: false }])
      await feed(shop, [productOf('b', { title: 'Other' }), productOf('a'), productOf('c')], 200)
      await shop.patch([{ id: 'c', inStock: false }])
      expect(added()).toEqual({ a: 100, b: 100, c: 200 })
      expect(shop.page('', 9).map(({ addedMs }) => addedMs)).toEqual([100, 100, 200])
      // What is gone and comes back is there since then.
      await feed(shop, [productOf('a')], 300)
      await feed(shop, [productOf('a'), productOf('b')], 400)
      expect(added()).toEqual({ a: 100, b: 400 })
    })

    test('counts a product from the feed that brought it, not from when that was accepted', async () => {
      await feed(shop, [productOf('a')], 100)
      const draft = await shop.draft(200)
      await draft.put(productOf('a'))
      await draft.put(productOf('b'))
      await draft.hold()
      // This one begins before, and ends after, the other was decided upon.
      const later = await shop.draft(300)
      for (const id of ['a', 'b', 'c']) await later.put(productOf(id))
      await shop.held()!.commit()
      expect(added()).toEqual({ a: 100, b: 200 })
      await later.commit()
      expect(added()).toEqual({ a: 100, b: 200, c: 300 })
    })

    test('takes the word of a product that knows when it came', async () => {
      await feed(shop, [productOf('a')], 100)
      await feed(
        shop,
        [
          { ...productOf('a'), addedMs: 5 },
          { ...productOf('b'), addedMs: 7 },
        ],
        200,
      )
      expect(added()).toEqual({ a: 5, b: 7 })
    })

    test('pages through all products in the order of their ids', async () => {
      await feed(
        shop,
        ['b', 'd', 'a', 'c', 'e'].map((id) => productOf(id)),
      )
      const pages: string[][] = []
      for (let after = ''; ; after = pages.at(-1)!.at(-1)!) {
        const page = shop.page(after, 2)
        if (page.length === 0) break
        pages.push(page.map(({ id }) => id))
      }
      expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']])
    })

    test('goes through a catalogue as it was, whatever happens meanwhile', async () => {
      const many = Array.from({ length: 3_000 }, (_, i) => productOf(`p${1_000 + i}`))
      await feed(shop, many)
      const seen: string[] = []
      for (const { id } of shop.all()) {
        seen.push(id)
        if (seen.length === 10) await feed(shop, [productOf('other')])
        if (seen.length % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      }
      expect(seen).toEqual(many.map(({ id }) => id))
      expect(ids()).toEqual(['other'])
    })

    test('is another world for each shop', async () => {
      const other = store.forShop('shop-2')
      await feed(shop, [productOf('a')])
      await feed(other, [productOf('a', { title: 'Theirs' })])
      await shop.patch([{ id: 'a', inStock: false }])
      expect(other.get('a')).toEqual(fedOf(productOf('a', { title: 'Theirs' })))
      await shop.clear()
      expect([...other.all()]).toHaveLength(1)
    })

    test('forgets all of a shop that is cleared, and takes a new feed afterwards', async () => {
      await feed(shop, [productOf('a')])
      const before = shop.state.version
      await shop.clear()
      expect(shop.state).toMatchObject({ isFed: false, count: 0 })
      expect(shop.state.version).not.toBe(before)
      expect(shop.patchedSince(before)).toBeNull()
      expect(await shop.patch([{ id: 'a', inStock: true } satisfies ProductPatch])).toEqual(['a'])
      await feed(shop, [productOf('b')])
      expect(ids()).toEqual(['b'])
    })

    test('keeps the reports of the last feeds, newest first, as long as the shop has feeds', async () => {
      for (let i = 1; i <= reportCountMax + 3; i++) await shop.noteFeed({ ...someReport, rows: i })
      const rows = shop.feeds().map((report) => report.rows)
      expect(rows).toEqual(Array.from({ length: reportCountMax }, (_, i) => reportCountMax + 3 - i))
      expect(store.forShop('shop-2').feeds()).toEqual([])
      await shop.clear()
      expect(shop.feeds()).toEqual([])
    })

    test('has another version after every change of any shop', async () => {
      const versions = new Set([store.version])
      const steps = [
        () => feed(shop, [productOf('a')]),
        () => shop.patch([{ id: 'a', inStock: false }]),
        () => feed(store.forShop('shop-2'), [productOf('a')]),
        () => shop.clear(),
      ]
      for (const step of steps) {
        await step()
        versions.add(store.version)
      }
      expect(versions.size).toBe(5)
    })
  })
}
