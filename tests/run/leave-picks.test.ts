// Goal: picks that can't be kept are told of once in a while, however many they are; those that come afterwards are
// kept. Method: the books' own writer, whose disk fails for a time.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import type { Log } from '../../src/base/log.js'
import { findIn } from '../../src/people/person-of.js'
import { PickLeaver } from '../../src/run/leave-picks.js'
import { openWorld, viewOf } from '../people/people-world.js'

test('a disk that fails is told of once in a while', async () => {
  const { books, writer } = openWorld()
  await writer.take('shop', [viewOf({ anonymousId: 'anna' }, 'p1')])
  const person = () => findIn(books.forShop('shop')).byIdentifier('anon:anna')!
  const told: unknown[] = []
  const tell = (fields: object, message: string): void => {
    told.push({ message, ...fields, err: `${(fields as { err: unknown }).err}` })
  }
  const log: Log = { debug: check.fail, info: check.fail, warn: check.fail, error: tell }
  const leaver = new PickLeaver(writer, log)
  const { id: personId, slice } = person()
  const leave = async (product: string): Promise<void> => {
    const of = { personId, seenAtMs: slice.lastSeenAtMs, picks: [product] }
    leaver.leave([
      { shopId: 'shop', ...of },
      { shopId: 'other', ...of },
    ])
    // After them.
    await writer.change('shop', () => {}).catch(() => {})
  }
  const transaction = books.transaction.bind(books)
  books.transaction = () => Promise.reject(new Error('disk full'))
  for (let i = 0; i < 20; i++) await leave(`p${i}`)
  check.deepEqual(told, [
    { message: 'picks: not kept', shopId: 'shop', held: 0, err: 'Error: disk full' },
  ])
  books.transaction = transaction
  await leave('p7')
  check.deepEqual(person().slice.picks, ['p7'])
})
