// Goal: a bulk load leaves the store that as many puts would have made, or nothing; and the benchmark
// that is built on it runs. Method: seeded random rows beside a store in memory.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { benchProfiles } from '../../bench/profiles.bench.js'
import { Random } from '../../src/base/random.js'
import { bulkLoad, type SliceRow } from '../../src/profiles/bulk-load.js'
import { profilesConfigSchema } from '../../src/profiles/config.js'
import { emptySlice } from '../../src/profiles/slice.js'
import { LmdbProfileStore } from '../../src/profiles/store-lmdb.js'
import { MemoryProfileStore } from '../../src/profiles/store-memory.js'
import { randomSlice } from './random-slice.js'

const seed = Number(process.env['SEED'] ?? 75)
const defaults = profilesConfigSchema.parse({})
const row = (uid: string): SliceRow => ({ uid, shopId: 'shop-1', slice: emptySlice })

test('what is loaded is what puts would have left', async () => {
  const random = new Random(seed)
  const rows = Array.from({ length: 2_000 }, () => ({
    uid: `person-${random.below(900)}`,
    shopId: `shop-${random.below(3)}`,
    slice: randomSlice(random),
  }))
  const folder = newFolder()
  expect(await bulkLoad(folder, rows)).toBe(2_000)
  const store = new LmdbProfileStore(folder, defaults)
  onTestFinished(() => store.close())
  const expected = new MemoryProfileStore(defaults)
  onTestFinished(() => expected.close())
  for (const { uid, shopId, slice } of rows) await expected.forShop(shopId).put(uid, slice)

  for (const uid of new Set(rows.map((one) => one.uid))) {
    const why = `seed ${seed} ${uid}`
    const byShop = (a: { shopKey: number }, b: { shopKey: number }): number => a.shopKey - b.shopKey
    const slices = store.read(uid)?.slices.toSorted(byShop)
    expect(slices, why).toEqual(expected.read(uid)?.slices.toSorted(byShop))
    for (let shop = 0; shop < 3; shop++) {
      const loaded = await store.forShop(`shop-${shop}`).get(uid)
      expect(loaded, why).toEqual(await expected.forShop(`shop-${shop}`).get(uid))
    }
  }
  // It is a store like any other from now on.
  await store.forShop('shop-9').put('person-1', emptySlice)
  expect(store.read('person-1')).not.toBeNull()
})

test('rows may come one after another from somewhere slow', async () => {
  const folder = newFolder()
  const slowly = async function* (): AsyncIterable<SliceRow> {
    for (const uid of ['anna', 'ben']) {
      await new Promise(setImmediate)
      yield row(uid)
    }
  }
  expect(await bulkLoad(folder, slowly())).toBe(2)
})

test.each([
  ['row 2: uid:', [row('anna'), row('')]],
  ['row 1: shopId:', [{ ...row('anna'), shopId: '' }]],
  ['row 1: slice:', [{ ...row('anna'), slice: null } as never]],
  ['row 1: slice.picks:', [{ ...row('anna'), slice: { ...emptySlice, picks: 3 } } as never]],
])('a row out of bounds stops the load by name (%s) and leaves nothing', async (fault, rows) => {
  const folder = newFolder()
  await expect(bulkLoad(folder, rows)).rejects.toThrow(fault)
  expect(existsSync(folder)).toBe(false)
  expect(existsSync(`${folder}.loading`)).toBe(false)
  // Once it is put right the same load works.
  expect(await bulkLoad(folder, [row('anna')])).toBe(1)
})

test('a store that is there already is not loaded over', async () => {
  const folder = newFolder()
  await bulkLoad(folder, [row('anna')])
  await expect(bulkLoad(folder, [row('ben')])).rejects.toThrow('holds a store already')
  const store = new LmdbProfileStore(folder, defaults)
  onTestFinished(() => store.close())
  expect(store.read('anna')).not.toBeNull()
})

test('the benchmark runs', async () => {
  const lines: string[] = []
  await benchProfiles({ profiles: 1_000, reads: 500, rounds: 1 }, (line) => lines.push(line))
  expect(lines.join('\n')).toContain('read, uniform: known, cache 0:')
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-bulk-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'profiles')
}
