// Goal: time alone moves people between segments when it should, also over a restart and a disk that was
// full; a changed rule finds everybody; what was kept long enough goes, and nothing else does; everybody
// can be told to bidders anew. Method: real books, a clock that the test moves, a writer that fails when told to.
import { expect, onTestFinished, test } from 'vitest'
import { openLog } from '../../src/base/log.js'
import { peopleConfigSchema } from '../../src/people/config.js'
import type { Event, EventType } from '../../src/people/event.js'
import type { Writer } from '../../src/people/intake.js'
import { changeMembers, foreverMs, readList } from '../../src/people/lists.js'
import { findIn } from '../../src/people/person-of.js'
import { Reevaluation } from '../../src/people/reevaluation.js'
import { republish } from '../../src/people/republish.js'
import { dayMs, Retention } from '../../src/people/retention.js'
import { SegmentRegistry } from '../../src/people/segment-registry.js'
import { WakeUps } from '../../src/people/wake-ups.js'
import { eventOf, newFolder, openWorld, type PeopleWorld, viewOf } from './people-world.js'

const shop = 'shop-1'
const minuteMs = 60_000
const log = openLog('test', 'silent')
const context = { currency: 'PLN', unitValue: { PLN: 1 }, categoryOf: () => '' }
const abandoned = { id: 'abandoned', rule: 'cart.abandonedFor >= 30m and cart.abandonedFor < 2h' }

function ruled(...texts: { id: string; rule?: string }[]): SegmentRegistry {
  const registry = new SegmentRegistry()
  expect(registry.set(shop, texts, context)).toEqual([])
  return registry
}

const segmentsOf = (world: PeopleWorld, identifier: string): string[] =>
  (findIn(world.books.forShop(shop)).byIdentifier(identifier)?.slice.segments ?? [])
    .filter(({ expiresAtMs }) => expiresAtMs > world.clock.nowMs())
    .map(({ segment }) => segment)

function leaveCart(world: PeopleWorld, customerId: string): Promise<unknown> {
  const item = {
    product: 'hat',
    quantity: 1,
    priceMicros: 5e6,
    category: '',
    brand: '',
    marginShare: -1,
  }
  const more = { items: [item], atMs: world.clock.nowMs() }
  return world.writer.take(shop, [eventOf('add_to_cart', { customerId }, more)])
}

function wakeUps(world: PeopleWorld, writer = world.writer): WakeUps {
  const made = new WakeUps({ books: world.books, writer, clock: world.clock, log })
  onTestFinished(() => made.close())
  return made
}

test('a cart is abandoned half an hour later, and given up two hours later, without any event', async () => {
  const registry = ruled(abandoned)
  const world = openWorld(newFolder(), () => registry.forShop(shop))
  const wakes = wakeUps(world)
  await leaveCart(world, '1')
  await wakes.tick()
  expect(segmentsOf(world, 'cust:1')).toEqual([])
  for (let i = 0; i < 29; i++) {
    world.clock.advance(minuteMs)
    await wakes.tick()
  }
  expect(segmentsOf(world, 'cust:1')).toEqual([])
  world.clock.advance(minuteMs)
  await wakes.tick()
  expect(segmentsOf(world, 'cust:1')).toEqual(['abandoned'])
  world.clock.advance(91 * minuteMs)
  expect(segmentsOf(world, 'cust:1')).toEqual([])
  await wakes.tick()
  expect(world.books.tables.count('due')).toBe(0)
})

test('whoever was due while nothing ran is looked at when it does', async () => {
  const registry = ruled(abandoned)
  const folder = newFolder()
  const before = openWorld(folder, () => registry.forShop(shop))
  await leaveCart(before, '1')
  await before.close()
  const after = openWorld(folder, () => registry.forShop(shop))
  after.clock.advance(31 * minuteMs)
  await wakeUps(after).tick()
  expect(segmentsOf(after, 'cust:1')).toEqual(['abandoned'])
})

test('a look that could not be written is taken again', async () => {
  const registry = ruled(abandoned)
  const world = openWorld(newFolder(), () => registry.forShop(shop))
  await leaveCart(world, '1')
  let isFull = true
  const writer = {
    change: (...given: Parameters<Writer['change']>) =>
      isFull ? Promise.reject(new Error('no room')) : world.writer.change(...given),
  } as Writer
  const wakes = wakeUps(world, writer)
  world.clock.advance(31 * minuteMs)
  await wakes.tick()
  expect(segmentsOf(world, 'cust:1')).toEqual([])
  isFull = false
  world.clock.advance(10_000)
  await wakes.tick()
  expect(segmentsOf(world, 'cust:1')).toEqual(['abandoned'])
})

test('a changed rule finds everybody, once, and a removed one leaves nobody', async () => {
  const registry = ruled({ id: 'never', rule: 'purchases.count > 3' })
  const world = openWorld(newFolder(), () => registry.forShop(shop))
  const { books, writer, clock } = world
  for (let i = 0; i < 1_200; i++)
    await writer.take(shop, [viewOf({ customerId: `c${i}` }, 'hat', { atMs: clock.nowMs() })])
  const reevaluation = new Reevaluation({ books, writer, registry, clock, log })
  const settled = async () => {
    while (reevaluation.isUnderWay(shop)) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  reevaluation.want(shop)
  await settled()
  expect(segmentsOf(world, 'cust:c1199')).toEqual([])
  registry.set(shop, [{ id: 'viewers', rule: 'viewed.count >= 1 within 14d' }], context)
  reevaluation.want(shop)
  expect(reevaluation.isUnderWay(shop)).toBe(true)
  await settled()
  for (const id of ['cust:c0', 'cust:c600', 'cust:c1199'])
    expect(segmentsOf(world, id)).toEqual(['viewers'])
  reevaluation.want(shop)
  expect(reevaluation.isUnderWay(shop), 'nothing has changed').toBe(false)
  registry.set(shop, [], context)
  reevaluation.want(shop)
  await settled()
  expect(segmentsOf(world, 'cust:c600')).toEqual([])
})

test('what was kept long enough goes, and nothing else', async () => {
  const world = openWorld(newFolder(), () => ruled({ id: 'vip' }).forShop(shop))
  const { books, writer, clock } = world
  const book = books.forShop(shop)
  const config = peopleConfigSchema.parse({ personDays: 100, eventDays: 50, messageDays: 10 })
  const retention = new Retention(books, writer, config)
  const run = () => retention.run([shop], clock.nowMs(), async () => {})
  const view = (customerId: string, product: string) =>
    writer.take(shop, [viewOf({ customerId }, product, { atMs: clock.nowMs() })])
  await run()
  await view('gone', 'hat')
  await view('stays', 'old-event')
  const soonMs = clock.nowMs() + 5 * dayMs
  const rows = [soonMs, foreverMs].map((expiresAtMs, i) => ({
    ...{ identifier: `cust:m${i}`, isAdd: true, expiresAtMs },
  }))
  await writer.change(shop, (draft) => changeMembers(book, draft, 'vip', rows, clock.nowMs()))
  // It runs every day: by that the age of events is told.
  clock.advance(dayMs)
  await run()
  clock.advance(19 * dayMs)
  await run()
  expect(retention.counts).toEqual({ people: 0, events: 0, messages: 2, members: 1 })
  expect(readList(book, 'vip').memberCount).toBe(1)
  await view('stays', 'new-event')
  clock.advance(45 * dayMs)
  await run()
  const products = () =>
    Array.from(book.events(book.link('cust:stays')), ({ event }) => event.items[0]!.product)
  expect(products()).toEqual(['new-event'])
  clock.advance(40 * dayMs)
  await run()
  expect(findIn(book).byIdentifier('cust:gone')).toBeNull()
  expect(findIn(book).byIdentifier('cust:stays')).not.toBeNull()
})

test('a profile store that has lost everything is told of everybody anew', async () => {
  const world = openWorld()
  const { books, writer, publisher, store } = world
  const settled = async () => {
    publisher.wake()
    while (publisher.waitingCount > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  for (let i = 0; i < 1_100; i++) await writer.take(shop, [viewOf({ uids: [`u${i}`] }, 'hat')])
  await settled()
  const slices = store.forShop(shop)
  for (let i = 0; i < 1_100; i++) await slices.remove(`u${i}`)
  expect(await republish(books, writer, shop)).toBe(1_100)
  await settled()
  for (const uid of ['u0', 'u550', 'u1099']) expect(await slices.get(uid)).not.toBeNull()
})

test('what is told after the clock was put back counts, of carts and of consent', async () => {
  const world = openWorld()
  const { writer, books, clock } = world
  const who = { customerId: '1' }
  const now = (type: EventType, more: Partial<Event>) =>
    eventOf(type, who, { atMs: clock.nowMs(), ...more })
  const item = {
    product: 'hat',
    quantity: 1,
    priceMicros: 1e6,
    category: '',
    brand: '',
    marginShare: -1,
  }
  const yes = { ads: true, personalization: true }
  await writer.take(shop, [now('add_to_cart', { items: [item], consent: yes })])
  clock.advance(-3_600_000)
  const late = { atMs: clock.nowMs() - 60_000, consent: { ads: true, personalization: false } }
  await writer.take(shop, [
    now('view_cart', {}),
    now('consent', { consent: { ads: false, personalization: true } }),
    eventOf('page_view', who, late),
  ])
  const book = books.forShop(shop)
  const { cart, consent } = book.person(book.link('cust:1'))!.slice
  expect(cart!.items).toEqual([])
  expect(consent).toMatchObject({ ads: false, personalization: true })
})
