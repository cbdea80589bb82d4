// Goal: what is read of a table is what was put into it, however it is then read. Method: a small value after a large
// one, which the binding reads into the same memory.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { NamedTables } from '../../src/base/store-lmdb.js'

test('a value ends where it ended when it was put', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-tables-'))
  const options = { names: ['texts'] as const, mapBytes: 2 ** 24, called: 'texts', foreign: '' }
  const tables = new NamedTables(folder, options)
  onTestFinished(async () => {
    await tables.close()
    rmSync(folder, { recursive: true, force: true })
  })
  await tables.transaction(() => {
    tables.put('texts', 'long', Buffer.alloc(5_000, 'x'))
    tables.put('texts', 'short', Buffer.from('abc'))
  })
  expect(tables.get('texts', 'long')?.byteLength).toBe(5_000)
  const short = tables.get('texts', 'short')!
  expect([short.byteLength, short.toString('utf8'), short.toString()]).toEqual([3, 'abc', 'abc'])
  expect(tables.get('texts', 'absent')).toBeUndefined()
})
