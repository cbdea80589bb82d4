// Goal: what a product store has of another release is told for what it is, and a feed puts it right. Method: bytes as
// older releases wrote them, by themselves and in a store.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { NamedTables } from '../../src/base/store-lmdb.js'
import { addedMsOf, decodeProduct, encodeProduct } from '../../src/catalogue/product-codec.js'
import { LmdbProductStore } from '../../src/catalogue/store-lmdb.js'
import { storeTableNames } from '../../src/catalogue/stored-tables.js'
import { feed, productOf } from '../contracts/product-store.js'

const older = Buffer.from('[1,"Title","/p","/i.jpg",10000000,0,"PLN",1,"Things",0.5]')
const reason = 'a product of another release: feed the shop anew'

test.each([0, 1, 999, 1_700_000_000_123, Number.MAX_SAFE_INTEGER])(
  'when it came: %i',
  (addedMs) => {
    const bytes = encodeProduct(productOf('a'), addedMs)
    expect(addedMsOf(bytes)).toBe(addedMs)
    expect(decodeProduct('a', bytes)).toEqual({ ...productOf('a'), addedMs })
  },
)

test.each(['[1,"Title"]', '[2,"Title"]', '[33,1]', '[', '', 'null'])(
  '%s is of another release',
  (text) => {
    expect(addedMsOf(Buffer.from(text))).toBeNull()
  },
)

test('what an older release kept is refused by name, and replaced by the next feed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-codec-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const first = await LmdbProductStore.open(folder, { isWriter: true })
  await feed(first.forShop('shop'), [productOf('a'), productOf('b')])
  await first.close()
  const options = { names: storeTableNames, mapBytes: 2 ** 26, called: '', foreign: '' }
  const tables = new NamedTables(folder, options)
  const [a] = Array.from(tables.range('products', '', '\uffff'), ({ key }) => key)
  await tables.transaction(() => tables.put('products', a!, older))
  await tables.close()

  const store = await LmdbProductStore.open(folder, { isWriter: true })
  onTestFinished(() => store.close())
  const shop = store.forShop('shop')
  // Events and patches that name it go on; a catalogue isn't made without it in silence.
  expect(shop.get('a')).toBeNull()
  expect(shop.page('', 10).map(({ id }) => id)).toEqual(['b'])
  expect(await shop.patch([{ id: 'a', inStock: false }])).toEqual(['a'])
  expect(() => [...shop.all()]).toThrow(reason)
  await feed(shop, [productOf('a'), productOf('b')], 9)
  expect(shop.get('a')?.addedMs).toBe(9)
  expect(shop.get('b')?.addedMs).not.toBe(9)
})
