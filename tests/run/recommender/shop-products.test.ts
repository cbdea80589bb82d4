// Goal: before a shop's first model its pages get what can be bought, of each group of variants one, from its feed or
// from its file. Method: a store on disk.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Product } from '../../../src/catalogue/products.js'
import { LmdbProductStore } from '../../../src/catalogue/store-lmdb.js'
import { ShopProductsNow } from '../../../src/run/recommender/shop-products.js'
import { shopFile } from '../../bidding/world.js'
import { feed, productOf } from '../../contracts/product-store.js'

const products: readonly Product[] = [
  productOf('a'),
  productOf('b-1', { group: 'b', inStock: false }),
  productOf('b-2', { group: 'b' }),
  productOf('b-3', { group: 'b' }),
  productOf('c', { group: 'c' }),
  productOf('d'),
]

test.each(['feed', 'file'])('from its %s', async (from) => {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-shop-products-'))
  const store = await LmdbProductStore.open(folder, { isWriter: true })
  onTestFinished(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const shop = store.forShop('shop')
  if (from === 'feed') await feed(shop, products)
  const own = from === 'feed' ? [] : products
  const now = new ShopProductsNow(shop, { ...shopFile('shop', []), products: [...own] })
  const ids = (countMax: number): string[] => now.firstInStock(countMax).map(({ id }) => id)
  expect(ids(9)).toEqual(['a', 'b-2', 'c', 'd'])
  expect(ids(3)).toEqual(['a', 'b-2', 'c'])
  expect(now.get('b-3')?.group).toBe('b')
})
