// Goal: whoever follows the books from another process learns of every event and every end, in order, and of
// nothing twice. Method: events, erasures and refusals through the writer, read by a second set of tables.
import { strict as check } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Books } from '../../src/people/books.js'
import { journalEnd, noteEvent, readJournal, trimJournal } from '../../src/people/journal.js'
import { LmdbTables } from '../../src/people/store-lmdb.js'

const folder = mkdtempSync(join(tmpdir(), 'journal-'))
afterAll(() => rmSync(folder, { recursive: true }))
const mapBytes = 16_777_216

test('what one process writes another reads, from where it stopped', async () => {
  const books = new Books(new LmdbTables(folder, { mapBytes }))
  const reader = new LmdbTables(folder, { mapBytes })
  check.equal(journalEnd(reader), 0)
  const book = books.forShop('shop')
  await books.transaction(() => {
    noteEvent(books.tables, 'shop', 'ann', books.nextNumber())
    noteEvent(books.tables, 'shop', 'bob', books.nextNumber())
  })
  reader.refresh()
  const first = readJournal(reader, 0, 10)
  check.deepEqual(
    first.map(({ shopId, personId, personKey }) => [shopId, personId, personKey]),
    [
      ['shop', 'ann', keyOf('ann')],
      ['shop', 'bob', keyOf('bob')],
    ],
  )
  check.equal(journalEnd(reader), first[1]!.number)
  await books.transaction(() => book.noteEnd('ann', 'cy', books.nextNumber()))
  reader.refresh()
  const next = readJournal(reader, first[1]!.number, 10)
  check.deepEqual(
    next.map(({ personId, personKey, intoKey }) => [personId, personKey, intoKey]),
    [['', keyOf('ann'), keyOf('cy')]],
  )
  await books.transaction(() => trimJournal(books.tables, next[0]!.number, 0))
  reader.refresh()
  check.deepEqual(readJournal(reader, 0, 10), next)
  await reader.close()
  await books.close()
})
