// Goal: the bidder goes on over a store that fails, and writers learn what wasn't kept.
// Method: stub tables that fail when told to.
import { expect, onTestFinished, test } from 'vitest'
import { profilesConfigSchema } from '../../src/profiles/config.js'
import { withSlice } from '../../src/profiles/record.js'
import { emptySlice } from '../../src/profiles/slice.js'
import { encodeSlice, hotSection } from '../../src/profiles/slice-codec.js'
import { TableProfileStore } from '../../src/profiles/table-store.js'
import { StubTables } from './stub-tables.js'

test('a read that fails finds nobody and is counted; the next one may succeed', () => {
  const { tables, store } = opened('anna')
  tables.records.set('anna', withSlice(null, 1, hotSection(encodeSlice(emptySlice)), 1)!)
  expect(store.read('anna')?.slices).toHaveLength(1)
  tables.isBroken = true
  expect(store.read('anna')).toBeNull()
  expect(store.stats).toMatchObject({ readErrors: 1, strangers: 0 })
  tables.isBroken = false
  expect(store.read('anna')?.slices).toHaveLength(1)
})

test('a record that cannot be read finds nobody and is counted', () => {
  const { tables, store } = opened('anna')
  for (const length of [0, 1, 11, 12]) {
    tables.records.set('anna', Buffer.alloc(length, 0xff))
    expect(store.read('anna')).toBeNull()
  }
  expect(store.stats).toMatchObject({ unreadableSlices: 4, readErrors: 0 })
})

test('where a commit fails all its writes are refused, and the next ones are made', async () => {
  const { tables, store } = opened()
  const shop = store.forShop('shop-1')
  tables.failsCommits = true
  const results = await Promise.allSettled([
    shop.put('anna', emptySlice),
    shop.put('ben', emptySlice),
  ])
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected'])
  expect(store.stats).toMatchObject({ writes: 0, writeErrors: 2 })
  tables.failsCommits = false
  await shop.put('anna', emptySlice)
  expect(store.stats).toMatchObject({ writes: 1, writeErrors: 2 })
})

test('one write that cannot be made does not take others of its transaction with it', async () => {
  const { tables, store } = opened()
  const newer = withSlice(null, 1, hotSection(encodeSlice(emptySlice)), 1)!
  newer.writeUInt32LE(99, 8)
  tables.records.set('anna', newer)
  const shop = store.forShop('shop-1')
  const [anna, ben] = await Promise.allSettled([
    shop.put('anna', emptySlice),
    shop.put('ben', emptySlice),
  ])
  expect(anna).toMatchObject({
    status: 'rejected',
    reason: new Error('record version 99 is unknown'),
  })
  expect(ben.status).toBe('fulfilled')
})

/** @param uids who is known from the start. */
function opened(...uids: string[]): { tables: StubTables; store: TableProfileStore } {
  const tables = new StubTables()
  for (const uid of uids) tables.records.set(uid, Buffer.alloc(0))
  const store = new TableProfileStore(tables, profilesConfigSchema.parse({}))
  onTestFinished(() => store.close())
  return { tables, store }
}
