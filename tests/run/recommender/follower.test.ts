// Goal: each thing that happens is told once and in order, however much it is, and whatever happened while nobody
// followed; what was removed before it was read breaks nothing, and the next build has it; what the report is to
// forget it forgets, also where its disk failed at first. Method: random events, ends and joins through the writer,
// compared with a plain list; the whole recommender ended, killed and started again over the same folder.
import { strict as check } from 'node:assert'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { onTestFinished, test } from 'vitest'
import { keyOf } from '../../../src/base/key.js'
import { openLog } from '../../../src/base/log.js'
import { Books } from '../../../src/people/books.js'
import { journalEnd, trimJournal } from '../../../src/people/journal.js'
import { erase } from '../../../src/people/privacy.js'
import { LmdbTables } from '../../../src/people/store-lmdb.js'
import { keyFrom } from '../../../src/people/tables.js'
import { partOf } from '../../../src/recommend/report/tables.js'
import { JournalFollower } from '../../../src/run/recommender/follower.js'
import { eventOf, mapBytes, newFolder, openWorld, viewOf } from '../../people/people-world.js'
import { newSeed, productOf, RecommenderWorld, randomOf } from './recommender-world.js'

const products = Array.from({ length: 12 }, (_, i) => productOf(`p${i}`))
const slot = {
  ...{ id: 'tried', page: 'home' as const, limit: 6 },
  experiment: { id: 'try', variants: [{ id: 'v', share: 0.5, strategies: ['new' as const] }] },
}
const victim = 'victim-00000000000000'
const itemOf = (product: string) => ({
  ...{ product, quantity: 1, priceMicros: 5_000_000, category: '', brand: '', marginShare: -1 },
})

async function open(folder: string): Promise<RecommenderWorld> {
  const world = await RecommenderWorld.open({ folder, config: { buildPeriodMs: 3_600_000 } })
  await world.feed('shop', products)
  await world.built('shop', () => world.shop('shop', { slots: [slot] }))
  return world
}

/** Somebody looks, and clicks in the experiment. */
async function click(world: RecommenderWorld, person: string): Promise<void> {
  const atMs = world.clock.nowMs()
  await world.tell('shop', viewOf({ anonymousId: person }, 'p1', { atMs }))
  await world.settled()
  const { id: answer, items } = world.answer({ shop: 'shop', slot: 'tried', person })
  const told = { type: 'click', answer, person, product: items[0]!.product }
  check.match(await world.post('events', { shop: 'shop', events: [told] }), /counted/)
  world.clock.advance(1_000)
}

const order = (world: RecommenderWorld, person: string) =>
  world.tell(
    'shop',
    eventOf(
      'purchase',
      { anonymousId: person },
      {
        ...{ items: [itemOf('p3')], orderId: `order-of-${person}`, atMs: world.clock.nowMs() },
      },
    ),
  )

const clicksOf = (world: RecommenderWorld, personId: string): number =>
  [...world.reports.range('clicks', keyFrom('shop', partOf(keyOf(personId))), '\uffff')].filter(
    ({ key }) => key.split('\0')[1] === partOf(keyOf(personId)),
  ).length

const ordersIn = async (world: RecommenderWorld): Promise<number> =>
  (await world.report('shop')).reduce((sum, { orders }) => sum + orders, 0)

test('everything is told once, in order, and to each shop its own', async () => {
  const random = randomOf(newSeed())
  const folder = newFolder()
  const { books, writer } = openWorld(folder)
  const reader = new LmdbTables(folder, { mapBytes })
  const told: string[] = []
  const follower = new JournalFollower(
    {
      books: new Books(reader),
      refresh: () => reader.refresh(),
      log: openLog('test', 'silent'),
      startAfter: null,
    },
    {
      isFull: false,
      onEvent: ({ shopId, personId }, event, person) => {
        check.equal(person.id, personId)
        told.push(`${shopId} ${event.messageId}`)
      },
      onEnd: (shopId, key, into) => told.push(`${shopId} end ${key} ${into}`),
      onMissed: () => told.push('missed'),
      onCaughtUp: () => {},
    },
  )
  onTestFinished(async () => {
    follower.close()
    await reader.close()
  })
  const settled = async (): Promise<void> => {
    const end = journalEnd(books.tables)
    for (let i = 0; i < 500 && follower.position < end; i++) await wait(10)
    check.equal(follower.lag, 0)
  }
  const expected: string[] = []
  for (let round = 0; round < 12; round++) {
    const shopId = random.pick(['a', 'b'])
    const count = random.pick([1, 3, 450])
    const events = Array.from({ length: count }, () =>
      viewOf({ anonymousId: `browser-${random.below(20)}` }, 'p1'),
    )
    await writer.take(shopId, events)
    expected.push(...events.map(({ messageId }) => `${shopId} ${messageId}`))
    // Whoever goes before their events are read takes them along.
    await settled()
    const book = books.forShop(shopId)
    const [one, other] = [0, 1].map((it) => book.person(book.link(`anon:browser-${it}`)))
    if (one === null || other === null || one!.id === other!.id) continue
    if (random.chance(0.5)) {
      await writer.change(shopId, (draft) => draft.join(one!, other!, 'test'))
      expected.push(`${shopId} end ${keyOf(other!.id)} ${keyOf(one!.id)}`)
    } else {
      await writer.change(shopId, (draft) => erase(book, draft, draft.person(one!.id)!))
      expected.push(`${shopId} end ${keyOf(one!.id)} 0`)
    }
  }
  await settled()
  check.ok(expected.length > 300)
  check.deepEqual(told, expected)
})

test('what happened while it was down is known after it: orders count, whoever went is forgotten', async () => {
  const folder = newFolder()
  const before = await open(folder)
  await click(before, victim)
  await click(before, 'buyer-000000000000000')
  await before.settled()
  const { id } = before.find('shop', `anon:${victim}`)!
  check.equal(clicksOf(before, id), 1)
  check.equal(await ordersIn(before), 0)
  await before.close()
  const people = openWorld(join(folder, 'books'))
  const book = people.books.forShop('shop')
  people.clock.advance(10_000)
  const more = { items: [itemOf('p3')], orderId: 'order', atMs: people.clock.nowMs() }
  await people.writer.take('shop', [
    eventOf('purchase', { anonymousId: 'buyer-000000000000000' }, more),
  ])
  await people.writer.change('shop', (draft) => erase(book, draft, draft.person(id)!))
  await people.close()
  const world = await open(folder)
  world.clock.advance(20_000)
  await world.settled()
  check.equal(clicksOf(world, id), 0)
  check.equal(await ordersIn(world), 1)
  check.deepEqual(world.faults, [])
})

test('what is told again after a kill counts once', async () => {
  const folder = newFolder()
  const before = await open(folder)
  await click(before, victim)
  await order(before, victim)
  await before.settled()
  check.equal(await ordersIn(before), 1)
  await before.close()
  const path = join(folder, 'followed')
  check.ok(Number(readFileSync(path, 'utf8')) > 0)
  writeFileSync(path, '0\n')
  const world = await open(folder)
  await world.settled()
  check.ok(world.follower.position > 0)
  check.equal(await ordersIn(world), 1)
  check.deepEqual(world.faults, [])
})

test.each(['', 'x', '-1', '1e9', '99999999999999999999', '999999999'])(
  'a position of %j is none, or as far as there is anything',
  async (text) => {
    const folder = newFolder()
    writeFileSync(join(folder, 'followed'), text)
    const world = await open(folder)
    await click(world, victim)
    await order(world, victim)
    await world.settled()
    check.equal(await ordersIn(world), 1)
    check.ok(world.models.get('shop') !== null)
  },
)

test('what was removed before it was read is in the next build, and breaks nothing', async () => {
  const world = await open(newFolder())
  const { books, writer } = world.people
  const next = (): readonly string[] =>
    world
      .answer({ shop: 'shop', page: 'product', product: 'p1' })
      .items.filter(({ source }) => source === 'next')
      .map(({ product }) => product)
  const atMs = world.clock.nowMs()
  await writer.change('shop', (draft) => {
    for (let i = 0; i < 300; i++) {
      const who = { anonymousId: `browser-${i}-0000000000` }
      draft.take(viewOf(who, 'p1', { atMs }))
      draft.take(viewOf(who, 'p7', { atMs: atMs + 1_000 }))
    }
    // As where it had been so far behind that all of it was too old by now.
    draft.also(() => trimJournal(books.tables, books.nextNumber(), 0))
  })
  await world.settled()
  check.deepEqual(next(), [])
  world.clock.advance(2_000)
  await world.built('shop', () => world.clock.advance(3_600_000))
  check.deepEqual(next(), ['p7'])
  // It goes on with what comes.
  for (const product of ['p2', 'p9'])
    await world.tell('shop', viewOf({ anonymousId: 'later-000000000' }, product))
  await world.settled()
  check.equal(world.ids({ shop: 'shop', page: 'product', product: 'p2' })[0], 'p9')
  check.deepEqual(world.faults, [])
})

test('whoever went while it was down, and nothing tells of it any more, is forgotten in reports', async () => {
  const folder = newFolder()
  const before = await open(folder)
  const all = ['erased', 'refusing', 'joined', 'stays', 'damaged'].map((it) => it.padEnd(22, '0'))
  const [erased, refusing, joined, stays, damaged] = all as [string, string, string, string, string]
  const ids = new Map<string, string>()
  for (const person of all) {
    await click(before, person)
    ids.set(person, before.find('shop', `anon:${person}`)!.id)
  }
  await before.settled()
  await before.close()
  const people = openWorld(join(folder, 'books'))
  const { books, writer } = people
  const book = books.forShop('shop')
  const atMs = before.clock.nowMs() + 1_000
  const consent = { ads: true, personalization: false }
  await writer.take('shop', [eventOf('consent', { anonymousId: refusing }, { consent, atMs })])
  await writer.change('shop', (draft) => {
    erase(book, draft, draft.person(ids.get(erased)!)!)
    draft.join(draft.person(ids.get(stays)!)!, draft.person(ids.get(joined)!)!, 'test')
  })
  await books.transaction(() => {
    // Nobody knows whether they refuse.
    books.tables.put('people', keyFrom('shop', ids.get(damaged)!), Buffer.from([9, 9]))
    trimJournal(books.tables, books.nextNumber(), 0)
  })
  await people.close()
  const world = await open(folder)
  await world.until('forgotten', () => clicksOf(world, ids.get(erased)!) === 0)
  await world.settled()
  check.deepEqual(
    all.map((it) => clicksOf(world, ids.get(it)!)),
    [0, 0, 0, 2, 0],
  )
  check.deepEqual(
    world.faults.filter((it) => !it.includes('without what of the books')),
    [],
  )
})

test('somebody who can’t be read holds up nobody else', async () => {
  const world = await open(newFolder())
  const { books } = world.people
  await world.tell('shop', viewOf({ anonymousId: victim }, 'p1'))
  await world.settled()
  const { id } = world.find('shop', `anon:${victim}`)!
  await books.transaction(() => {
    books.tables.put('people', keyFrom('shop', id), Buffer.from([9, 9]))
    books.forShop('shop').putEvent(id, books.nextNumber(), viewOf({ anonymousId: victim }, 'p2'))
  })
  for (const product of ['p3', 'p4'])
    await world.tell('shop', viewOf({ anonymousId: 'another-00000000' }, product))
  await world.settled()
  check.equal(world.ids({ shop: 'shop', page: 'product', product: 'p3' })[0], 'p4')
  check.equal(world.faults.length, 1)
  check.match(world.faults[0]!, /can’t be read/)
})

test('whoever goes while the report can’t be written is forgotten once it can', async () => {
  const world = await open(newFolder())
  await click(world, victim)
  await order(world, victim)
  await world.settled()
  const { id } = world.find('shop', `anon:${victim}`)!
  check.equal(clicksOf(world, id), 1)
  const transaction = world.reports.transaction.bind(world.reports)
  world.reports.transaction = async () => Promise.reject(new Error('disk full'))
  await world.erase('shop', `anon:${victim}`)
  // Recommendations go on.
  for (const product of ['p3', 'p4'])
    await world.tell('shop', viewOf({ anonymousId: 'another-00000000' }, product))
  await world.until('recommended', () => {
    return world.ids({ shop: 'shop', page: 'product', product: 'p3' })[0] === 'p4'
  })
  check.equal(clicksOf(world, id), 1)
  check.ok(world.faults.some((it) => it.includes('not kept yet: disk full')))
  check.ok(!world.writes.isDone)
  world.reports.transaction = transaction
  await world.until('forgotten', () => clicksOf(world, id) === 0)
  await world.settled()
  check.ok(world.writes.isDone)
})
