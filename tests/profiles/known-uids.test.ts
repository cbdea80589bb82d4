// Goal: who is known is never taken for a stranger, whatever happens to the set in between, and
// strangers are seldom taken for known. Method: stub tables; turns of the event loop, no clock.
import { expect, onTestFinished, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { KnownUids } from '../../src/profiles/known-uids.js'
import { ProfileStats } from '../../src/profiles/stats.js'
import { StubTables } from './stub-tables.js'

const nothing = Buffer.alloc(0)

test('everybody may be known until it is built; then most strangers are told', async () => {
  const tables = new StubTables()
  for (let i = 0; i < 50_000; i++) tables.records.set(`person-${i}`, nothing)
  const known = opened(tables)
  expect(known.mayKnow('stranger')).toBe(true)
  await built(known)
  for (const uid of tables.records.keys()) if (!known.mayKnow(uid)) expect.fail(uid)
  let mistaken = 0
  for (let i = 0; i < 50_000; i++) if (known.mayKnow(`stranger-${i}`)) mistaken++
  expect(mistaken / 50_000).toBeLessThan(0.01)
})

test('who comes while it is built, and afterwards, is known', async () => {
  const tables = new StubTables()
  for (let i = 0; i < 10_000; i++) tables.records.set(`person-${i}`, nothing)
  const known = opened(tables)
  tables.addNewcomer(keyOf('during'))
  await built(known)
  expect(known.mayKnow('during')).toBe(true)
  tables.addNewcomer(keyOf('after'))
  expect(known.mayKnow('after')).toBe(false)
  known.catchUp()
  expect(known.mayKnow('after')).toBe(true)
})

test('with many newcomers it is built again with more room, never losing anybody', async () => {
  const tables = new StubTables()
  const known = opened(tables)
  await built(known)
  const newcomers = Array.from({ length: 100_000 }, (_, i) => `newcomer-${i}`)
  for (const uid of newcomers) {
    tables.records.set(uid, nothing)
    tables.addNewcomer(keyOf(uid))
  }
  known.catchUp()
  for (let turn = 0; turn < 100; turn++) {
    for (const uid of newcomers) if (!known.mayKnow(uid)) expect.fail(uid)
    await new Promise(setImmediate)
  }
  expect(tables.scanCount).toBe(2)
  let mistaken = 0
  for (let i = 0; i < 50_000; i++) if (known.mayKnow(`stranger-${i}`)) mistaken++
  expect(mistaken / 50_000).toBeLessThan(0.01)
})

test('where it has fallen too far behind it asks about everybody and starts anew', async () => {
  const tables = new StubTables()
  const known = opened(tables)
  await built(known)
  tables.records.set('missed', nothing)
  tables.addNewcomer(keyOf('missed'))
  tables.addNewcomer(keyOf('kept'))
  tables.oldestNewcomer = 1
  known.catchUp()
  expect(known.mayKnow('missed')).toBe(true)
  await built(known)
  expect(known.mayKnow('missed')).toBe(true)
})

test('a store that fails counts, and is asked about everybody until it works again', async () => {
  const tables = new StubTables()
  tables.records.set('anna', nothing)
  const stats = new ProfileStats()
  const known = opened(tables, stats)
  await built(known)
  tables.isBroken = true
  known.catchUp()
  expect(stats.readErrors).toBeGreaterThan(0)
  expect(known.mayKnow('stranger')).toBe(true)
  tables.isBroken = false
  await built(known)
  expect(known.mayKnow('anna')).toBe(true)
  expect(known.mayKnow('stranger')).toBe(false)
})

function opened(tables: StubTables, stats = new ProfileStats()): KnownUids {
  const known = new KnownUids(tables, stats)
  onTestFinished(() => known.close())
  return known
}

/** Waits until strangers are told. */
async function built(known: KnownUids): Promise<void> {
  for (let turn = 0; turn < 1_000 && known.mayKnow('some stranger'); turn++) {
    known.catchUp()
    await new Promise(setImmediate)
  }
  expect(known.mayKnow('some stranger')).toBe(false)
}
