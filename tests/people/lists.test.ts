// Goal: a shop's list is what it sent last: added to, taken from, replaced as a whole or not at all, gone
// on with after a cut; and whoever is on it has it in their slice, also those who turn up later. Method:
// random uploads, cut off at random and begun anew or gone on with, stops of the process in between,
// against a plain map; then cases by hand.
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { endLists } from '../../src/people/apply-lists.js'
import {
  applyNext,
  changeMembers,
  commitMembers,
  foreverMs,
  gatherMembers,
  type Member,
  readList,
} from '../../src/people/lists.js'
import { findIn } from '../../src/people/person-of.js'
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
const list = 'vip'

const add = (identifier: string, expiresAtMs = foreverMs): Member => ({
  identifier,
  isAdd: true,
  expiresAtMs,
})
const take = (identifier: string): Member => ({ identifier, isAdd: false, expiresAtMs: 0 })

const open = (folder = newFolder()) => openWorld(folder, () => listsOnly(list))

function change(world: PeopleWorld, rows: readonly Member[]): Promise<void> {
  const book = world.books.forShop(shop)
  return world.writer.change(shop, (draft) =>
    changeMembers(book, draft, list, rows, world.clock.nowMs()),
  )
}
function gather(world: PeopleWorld, upload: string, fromRow: number, rows: readonly Member[]) {
  const book = world.books.forShop(shop)
  return world.writer.change(shop, (draft) =>
    gatherMembers(book, draft, list, upload, fromRow, rows, rows.length),
  )
}
async function commit(world: PeopleWorld): Promise<void> {
  const book = world.books.forShop(shop)
  const nowMs = world.clock.nowMs()
  await world.writer.change(shop, (draft) => commitMembers(book, draft, list, nowMs))
}
async function applyAll(world: PeopleWorld): Promise<void> {
  const book = world.books.forShop(shop)
  const nowMs = world.clock.nowMs()
  while (await world.writer.change(shop, (draft) => applyNext(book, draft, list, nowMs)));
}
const isOn = (world: PeopleWorld, identifier: string): boolean =>
  findIn(world.books.forShop(shop))
    .byIdentifier(identifier)
    ?.slice.segments.some(({ segment }) => segment === list) ?? false

test('whatever is sent, cut off and gone on with, the list is what a map would be', async () => {
  const random = new Random(seed)
  const folder = newFolder()
  let world = open(folder)
  const people = Array.from({ length: 12 }, (_, i) => `anon:a${i}`)
  await world.writer.take(
    shop,
    people.map((it) => viewOf({ anonymousId: it.slice(5) }, 'hat')),
  )
  let expected = new Set<string>()
  for (let round = 0; round < 40; round++) {
    const rows = Array.from({ length: random.below(10) }, () => random.pick(people))
    if (random.chance(0.5)) {
      const changes = rows.map((it) => (random.chance(0.6) ? add(it) : take(it)))
      await change(world, changes)
      for (const { identifier, isAdd } of changes)
        if (isAdd) expected.add(identifier)
        else expected.delete(identifier)
    } else {
      const cut = random.below(rows.length + 1)
      await gather(
        world,
        `u${round}`,
        0,
        rows.slice(0, cut).map((it) => add(it)),
      )
      if (random.chance(0.3)) {
        await world.close()
        world = open(folder)
      }
      if (random.chance(0.7)) {
        await gather(
          world,
          `u${round}`,
          cut,
          rows.slice(cut).map((it) => add(it)),
        )
        await commit(world)
        await applyAll(world)
        expected = new Set(rows)
      }
    }
    const why = `seed ${seed} round ${round}`
    expect(readList(world.books.forShop(shop), list).memberCount, why).toBe(expected.size)
    for (const person of people)
      expect(isOn(world, person), `${why} ${person}`).toBe(expected.has(person))
  }
}, 120_000)

test('a first replacement that was cut off puts nobody on the list that is then made row by row', async () => {
  const world = open()
  await gather(world, 'cut off', 0, [add('cust:1'), add('cust:2')])
  await change(world, [add('cust:2'), add('cust:3')])
  expect(readList(world.books.forShop(shop), list).memberCount).toBe(2)
  for (const customerId of ['1', '2', '3'])
    await world.writer.take(shop, [viewOf({ customerId }, 'hat')])
  expect(['cust:1', 'cust:2', 'cust:3'].map((it) => isOn(world, it))).toEqual([false, true, true])
})

test('who turns up later is on the list that names them, and who logs in brings the browser along', async () => {
  const world = open()
  await change(world, [add('cust:7'), add('mail:m')])
  await world.writer.take(shop, [viewOf({ anonymousId: 'phone' }, 'hat')])
  expect(isOn(world, 'anon:phone')).toBe(false)
  await world.writer.take(shop, [eventOf('identify', { anonymousId: 'phone', customerId: '7' })])
  expect(isOn(world, 'anon:phone')).toBe(true)
  await world.writer.take(shop, [viewOf({ emailKey: 'm' }, 'hat')])
  expect(isOn(world, 'mail:m')).toBe(true)
})

test('one who is on it by two names stays on it until both are taken off', async () => {
  const world = open()
  await world.writer.take(shop, [viewOf({ customerId: '7', emailKey: 'm' }, 'hat')])
  await change(world, [add('cust:7'), add('mail:m')])
  await change(world, [take('cust:7')])
  expect(isOn(world, 'cust:7')).toBe(true)
  await change(world, [take('mail:m')])
  expect(isOn(world, 'cust:7')).toBe(false)
})

test('nothing of a replacement is seen before it is whole, and a crash while it is applied loses none', async () => {
  const folder = newFolder()
  const before = open(folder)
  await before.writer.take(shop, [
    viewOf({ customerId: '1' }, 'hat'),
    viewOf({ customerId: '2' }, 'hat'),
  ])
  await change(before, [add('cust:1')])
  await gather(before, 'u', 0, [add('cust:2')])
  expect([isOn(before, 'cust:1'), isOn(before, 'cust:2')]).toEqual([true, false])
  await commit(before)
  await before.close()
  const after = open(folder)
  expect(readList(after.books.forShop(shop), list).applying).not.toBeNull()
  await applyAll(after)
  expect([isOn(after, 'cust:1'), isOn(after, 'cust:2')]).toEqual([false, true])
})

test('a membership that ends is none from then on, and bidders can meet a uid of which nothing else is known', async () => {
  const world = open()
  const soonMs = world.clock.nowMs() + 1_000
  await change(world, [add('uid:u1', soonMs)])
  const { slice } = findIn(world.books.forShop(shop)).byIdentifier('uid:u1')!
  expect(slice.segments).toEqual([{ segment: list, expiresAtMs: soonMs }])
  await change(world, [add('anon:never-seen')])
  expect(findIn(world.books.forShop(shop)).byIdentifier('anon:never-seen')).toBeNull()
})

test('a list that the shop has no more is nobody’s, also once another is called the same', async () => {
  const world = openWorld(newFolder(), () => listsOnly('vip', 'kept'))
  const { books, writer, clock } = world
  const book = books.forShop(shop)
  await writer.take(shop, [viewOf({ customerId: '1' }, 'hat')])
  const rows = Array.from({ length: 5_000 }, (_, i) => add(`cust:${i}`))
  for (const list of ['vip', 'kept'])
    await writer.change(shop, (draft) => changeMembers(book, draft, list, rows, clock.nowMs()))
  await writer.change(shop, (draft) => gatherMembers(book, draft, 'vip', 'u1', 0, rows, 5_000))
  await endLists({ books, writer, clock }, shop, (segment) => segment === 'kept')
  expect(readList(book, 'vip')).toMatchObject({ memberCount: 0, pending: null, applying: null })
  expect(readList(book, 'kept').memberCount).toBe(5_000)
  const segmentsOf = (id: string) =>
    book.person(book.link(`cust:${id}`))!.slice.segments.map(({ segment }) => segment)
  expect(segmentsOf('1')).toEqual(['kept'])
  await writer.take(shop, [viewOf({ customerId: '2' }, 'hat')])
  expect(segmentsOf('2')).toEqual(['kept'])
  await writer.change(shop, (draft) => changeMembers(book, draft, 'vip', [add('cust:3')], 0))
  expect(readList(book, 'vip').memberCount).toBe(1)
})
