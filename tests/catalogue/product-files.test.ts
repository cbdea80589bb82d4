// Goal: a bidder takes over what it is told of a table whatever else it is reading, and in whatever order it is told.
// Method: tables compiled into files; one made so large that its reading lasts.
import { mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { ProductCompiler } from '../../src/catalogue/product-compiler.js'
import { entriesOf, entryOf } from '../../src/catalogue/product-entry.js'
import { LoadedProducts, piecesPath } from '../../src/catalogue/product-files.js'
import { productOf } from '../contracts/product-store.js'
import { signTarget, someBrand } from './creative-world.js'

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-files-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A table of two products, of which one can be sold out. */
async function compiled(base: string) {
  const compiler = new ProductCompiler({ ...someBrand, id: 'shop' }, signTarget)
  const products = [productOf('a'), productOf('b')]
  await compiler.compile(entriesOf(products), 2, 1, base, () => {})
  return {
    ref: compiler.ref,
    sellOut(id: string) {
      compiler.change(new Set([id]), () => entryOf(productOf(id, { inStock: false })), 2)
      return compiler.ref
    },
  }
}

test('changes do not wait while a large table is being read', async () => {
  const folder = newFolder()
  const small = await compiled(join(folder, 'small'))
  const large = await compiled(join(folder, 'large'))
  truncateSync(piecesPath(large.ref.base), 300_000_000)
  const loaded = new LoadedProducts()
  const [table] = await loaded.load([small.ref])
  let isRead = false
  const reading = loaded.load([large.ref, small.ref]).then((tables) => {
    isRead = true
    return tables
  })
  await loaded.change(small.sellOut('a'))
  expect(isRead).toBe(false)
  expect([table!.find(keyOf('a')), table!.find(keyOf('b'))]).toEqual([-1, 1])
  // The same of what is being read, and of what waits for it.
  await loaded.change(large.sellOut('b'))
  const tables = await reading
  expect(tables[1]).toBe(table)
  expect([tables[0]!.find(keyOf('a')), tables[0]!.find(keyOf('b'))]).toEqual([0, -1])
})

test('a change that is told before its table is loaded is in it from the beginning', async () => {
  const small = await compiled(join(newFolder(), 'small'))
  const before = small.ref
  const loaded = new LoadedProducts()
  await loaded.change(small.sellOut('a'))
  const [table] = await loaded.load([before])
  expect(table!.find(keyOf('a'))).toBe(-1)
})

test('where one table can’t be read, those in use stay in use and go on changing', async () => {
  const folder = newFolder()
  const small = await compiled(join(folder, 'small'))
  const loaded = new LoadedProducts()
  const [table] = await loaded.load([small.ref])
  const absent = { base: join(folder, 'absent'), changeCount: 0 }
  await expect(loaded.load([absent, small.ref])).rejects.toThrow('ENOENT')
  await loaded.change(small.sellOut('a'))
  expect(table!.find(keyOf('a'))).toBe(-1)
})
