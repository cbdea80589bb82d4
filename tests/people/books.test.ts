// Goal: books have one writer: whoever opens them last has them, and who had them before writes nothing more into
// them; a change that fails loses nobody the books. Method: two sets of books on one folder.
import { expect, test } from 'vitest'
import { Books } from '../../src/people/books.js'
import { LmdbTables } from '../../src/people/store-lmdb.js'
import { mapBytes, newFolder, openWorld, viewOf } from './people-world.js'

const shop = 'shop-1'

test('who opens the books last has them, and numbers of both never meet', async () => {
  const folder = newFolder()
  const first = openWorld(folder)
  const second = openWorld(folder)
  await first.writer.take(shop, [viewOf({ customerId: '1' }, 'hat')])
  await second.writer.take(shop, [viewOf({ customerId: '2' }, 'hat')])
  await expect(first.writer.take(shop, [viewOf({ customerId: '3' }, 'hat')])).rejects.toThrow(
    /another process writes these books now/,
  )
  await second.writer.take(shop, [viewOf({ customerId: '1' }, 'bag')])
  const book = second.books.forShop(shop)
  expect(book.link('cust:3')).toBe('')
  const numbers = ['1', '2'].flatMap((id) =>
    Array.from(book.events(book.link(`cust:${id}`)), ({ number }) => number),
  )
  expect(new Set(numbers).size).toBe(3)
})

test('a first change that fails leaves the books to be written', async () => {
  const tables = new LmdbTables(newFolder(), { mapBytes })
  const books = new Books(tables)
  const failing = books.transaction(() => {
    throw new Error('not this one')
  })
  await expect(failing).rejects.toThrow('not this one')
  expect(await books.transaction(() => books.nextNumber())).toBe(1)
  expect(await books.transaction(() => books.nextNumber())).toBe(2)
  await books.close()
})
