// Goal: whoever is forgotten is nowhere any more, a shop's whole too, and what one shop's people do is
// never seen at another. Method: people with everything that can be kept of them, each found by a scan
// of every table before and nowhere after; two worlds that differ in shop A alone, compared at shop B.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { eraseShop } from '../../src/people/erase-shop.js'
import { noIdentifiers } from '../../src/people/identifiers.js'
import { changeMembers, foreverMs, readList } from '../../src/people/lists.js'
import { findIn } from '../../src/people/person-of.js'
import { erase, eventsOf, recordOf } from '../../src/people/privacy.js'
import { scanBooks, scanFiles } from '../../src/people/scan.js'
import {
  eventOf,
  listsOnly,
  newFolder,
  openWorld,
  type PeopleWorld,
  viewOf,
} from './people-world.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1e9)
const shop = 'shop-1'
const open = () => openWorld(newFolder(), () => listsOnly('vip'))

async function lived(world: PeopleWorld): Promise<void> {
  const who = { anonymousId: 'browser-of-anna', uids: ['uid-of-anna'] }
  await world.writer.take(shop, [
    viewOf(who, 'boots'),
    eventOf('search', who, { query: 'annas-search' }),
    viewOf({ customerId: 'annas-number' }, 'hat'),
  ])
  const both = {
    anonymousId: 'browser-of-anna',
    customerId: 'annas-number',
    emailKey: 'annas-mail',
  }
  await world.writer.take(shop, [eventOf('identify', both)])
  const book = world.books.forShop(shop)
  const member = { identifier: 'mail:annas-mail', isAdd: true, expiresAtMs: foreverMs }
  await world.writer.change(shop, (draft) =>
    changeMembers(book, draft, 'vip', [member], world.clock.nowMs()),
  )
  await told(world)
}

async function told({ publisher }: PeopleWorld): Promise<void> {
  publisher.wake()
  while (publisher.waitingCount > 0) await new Promise((resolve) => setTimeout(resolve, 5))
}

const annas = ['browser-of-anna', 'uid-of-anna', 'annas-search', 'annas-number', 'annas-mail']

test('all that is kept of a person is shown to them', async () => {
  const world = open()
  await lived(world)
  const book = world.books.forShop(shop)
  const person = findIn(book).byIdentifier('cust:annas-number')!
  const record = recordOf(book, person, ['vip'])
  expect([...record.person.identifiers].sort()).toEqual([
    'anon:browser-of-anna',
    'cust:annas-number',
    'mail:annas-mail',
    'uid:uid-of-anna',
  ])
  expect(record.lists).toEqual([{ segment: 'vip', expiresAtMs: foreverMs }])
  expect(record.joins).toHaveLength(1)
  const events = Array.from(eventsOf(book, person), ({ event }) => event.type)
  expect(events.sort()).toEqual(['identify', 'search', 'view_item', 'view_item'])
})

test('whoever is forgotten is nowhere any more, and others are as they were', async () => {
  const world = open()
  await lived(world)
  await world.writer.take(shop, [viewOf({ customerId: 'bens-number' }, 'scarf')])
  const { tables } = world.books
  const book = world.books.forShop(shop)
  const before = await scanBooks(tables, shop, annas)
  expect(before.map(({ place }) => place).sort()).toEqual([
    'books/events',
    'books/joins',
    'books/links',
    'books/members',
    'books/people',
  ])
  const anna = findIn(book).byIdentifier('cust:annas-number')!
  const ids = [anna.id, ...anna.former.map(({ id }) => id)]
  await world.writer.change(shop, (draft) => erase(book, draft, draft.person(anna.id)!))
  await told(world)
  expect(await scanBooks(tables, shop, [...annas, ...ids])).toEqual([])
  expect(await world.store.forShop(shop).get('uid-of-anna')).toBeNull()
  expect(findIn(book).byIdentifier('cust:bens-number')).not.toBeNull()
})

test('what others did on the same browser names nobody but them, and stays', async () => {
  const world = open()
  await lived(world)
  const shared = {
    anonymousId: 'browser-of-anna',
    uids: ['uid-of-anna'],
    customerId: 'bens-number',
  }
  await world.writer.take(shop, [viewOf(shared, 'scarf')])
  const book = world.books.forShop(shop)
  const anna = findIn(book).byIdentifier('cust:annas-number')!
  await world.writer.change(shop, (draft) => erase(book, draft, draft.person(anna.id)!))
  await told(world)
  expect(await scanBooks(world.books.tables, shop, annas)).toEqual([])
  const ben = findIn(book).byIdentifier('cust:bens-number')!
  const [{ event } = { event: null }] = eventsOf(book, ben)
  expect(event?.who).toEqual({ ...noIdentifiers, customerId: 'bens-number' })
})

test('whoever says no to everything has no past any more, though who they are is known', async () => {
  const world = open()
  await lived(world)
  const no = { consent: { ads: false, personalization: false }, atMs: 1_700_000_900_000 }
  await world.writer.take(shop, [eventOf('consent', { customerId: 'annas-number' }, no)])
  await world.writer.take(shop, [viewOf({ customerId: 'annas-number' }, 'secret-wish')])
  await told(world)
  const { tables } = world.books
  expect(await scanBooks(tables, shop, ['annas-search', 'boots', 'hat', 'secret-wish'])).toEqual([])
  const person = findIn(world.books.forShop(shop)).byIdentifier('cust:annas-number')!
  expect(person.identifiers).toContain('anon:browser-of-anna')
  const events = Array.from(eventsOf(world.books.forShop(shop), person), ({ event }) => event.type)
  expect(events).toEqual(['consent'])
})

test('whoever said no to everything gets no past by being joined with somebody who has one', async () => {
  const world = open()
  const no = { consent: { ads: false, personalization: false }, atMs: 1_700_000_900_000 }
  await world.writer.take(shop, [eventOf('consent', { customerId: '7' }, no)])
  await world.writer.take(shop, [viewOf({ anonymousId: 'a' }, 'secret-wish')])
  await world.writer.take(shop, [eventOf('identify', { anonymousId: 'a', customerId: '7' })])
  expect(findIn(world.books.forShop(shop)).byIdentifier('anon:a')?.identifiers).toContain('cust:7')
  expect(await scanBooks(world.books.tables, shop, ['secret-wish'])).toEqual([])
})

test('a list counts one less once a member is forgotten', async () => {
  const world = open()
  await lived(world)
  const book = world.books.forShop(shop)
  expect(readList(book, 'vip').memberCount).toBe(1)
  const anna = findIn(book).byIdentifier('cust:annas-number')!
  await world.writer.change(shop, (draft) => erase(book, draft, draft.person(anna.id)!))
  expect(readList(book, 'vip').memberCount).toBe(0)
})

test('a shop that is gone leaves nothing, and others everything', async () => {
  const world = open()
  await lived(world)
  await world.writer.take('shop-2', [viewOf({ customerId: 'annas-number' }, 'lamp')])
  await eraseShop(world.books.forShop(shop), world.writer)
  await told(world)
  for (const { place } of await scanBooks(world.books.tables, shop, ['a', 'e', 'i', '1', '0']))
    expect(place).toBe('')
  expect(await scanBooks(world.books.tables, 'shop-2', ['annas-number'])).not.toEqual([])
})

test('plain files are looked through byte by byte, across the pieces that they are read in', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'audit'))
  const filler = 'x'.repeat(1_048_576 - 3)
  writeFileSync(join(folder, 'audit/2026-01.jsonl'), `${filler}annas-number and annas-number`)
  writeFileSync(join(folder, 'other.log'), 'nothing')
  expect(await scanFiles(folder, ['annas-number'], () => true)).toEqual([
    { place: 'audit/2026-01.jsonl', count: 2 },
  ])
  expect(await scanFiles(folder, ['annas-number'], (path) => path === 'other.log')).toEqual([])
})

test('LMDB’s files are looked through as the bytes that they are', async () => {
  const world = open()
  await lived(world)
  const places = (await scanFiles(world.folder, ['annas-number'], () => true)).map((it) => it.place)
  expect(places).toEqual(['data.mdb'])
  expect(await scanFiles(world.folder, ['nobodys-number'], () => true)).toEqual([])
})

test('secrets can’t be looked for, by whomever', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'exchanges'))
  const names = ['secret.key', 'operator.key', 'operator.key.part', 'keys.json', 'exchanges/x.json']
  for (const name of names) writeFileSync(join(folder, name), 'gz_letters')
  expect(await scanFiles(folder, ['gz_l'], () => true)).toEqual([])
})

test('nothing that shop A’s people do is seen at shop B', async () => {
  const seen: string[] = []
  for (const world of [open(), open()]) {
    const random = new Random(seed)
    const atA = new Random(seed + seen.length)
    for (let round = 0; round < 60; round++) {
      const who = (by: Random) => ({
        anonymousId: `a${by.below(4)}`,
        customerId: by.chance(0.3) ? `${by.below(3)}` : '',
        uids: by.chance(0.5) ? [`u${by.below(4)}`] : [],
      })
      await world.writer.take('b', [
        viewOf(who(random), `p${round}`, { messageId: `b${round}`, atMs: 1.7e12 + round }),
      ])
      for (let n = atA.below(3); n > 0; n--)
        await world.writer.take('a', [
          viewOf(who(atA), `q${atA.below(50)}`, {
            messageId: `a${round}.${n}`,
            atMs: 1.7e12 + round,
          }),
        ])
      if (atA.chance(0.1)) await eraseShop(world.books.forShop('a'), world.writer)
    }
    await told(world)
    const uids = ['u0', 'u1', 'u2', 'u3']
    const slices = await Promise.all(uids.map((uid) => world.store.forShop('b').get(uid)))
    seen.push(JSON.stringify(slices))
  }
  expect(seen[0], `seed ${seed}`).toBe(seen[1])
})
