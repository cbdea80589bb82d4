// Goal: whoever is forgotten, or says no to being shown what was chosen for them, is in nobody's recommendations: their
// visits at once, with the build that comes soon in all; no report counts them any more, and nothing that is kept names
// them. Method: one person looks at products that nobody else does, clicks in an experiment and buys;
// then they go, in every way that there is; stores are searched byte by byte.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import { keyOf } from '../../../src/base/key.js'
import type { Consent, Event } from '../../../src/people/event.js'
import type { Person } from '../../../src/people/person.js'
import { scanBooks } from '../../../src/people/scan.js'
import { ItemTable } from '../../../src/recommend/item-table.js'
import { partOf, reportTableNames } from '../../../src/recommend/report/tables.js'
import { readActions } from '../../../src/run/recommender/read-actions.js'
import { eventOf, viewOf } from '../../people/people-world.js'
import { productOf, RecommenderWorld } from './recommender-world.js'

const no = { ads: true, personalization: false }
const nothing = { ads: false, personalization: false }
const periodMs = 3_600_000
const urgentBuildMs = 60_000
const victim = 'victim-00000000000000'
/** Only the victim knows them. */
const rare = ['rare-1', 'rare-2', 'rare-3', 'rare-4']
const common = Array.from({ length: 30 }, (_, i) => `p${i}`)
const slot = {
  ...{ id: 'tried', page: 'home' as const, limit: 6 },
  experiment: {
    id: 'try',
    variants: [{ id: 'v', share: 0.5, strategies: ['new' as const] }],
  },
}

async function open(): Promise<RecommenderWorld> {
  const world = await RecommenderWorld.open({ config: { buildPeriodMs: periodMs, urgentBuildMs } })
  await world.feed('shop', [
    ...common.map((id) => productOf(id)),
    ...rare.map((id) => productOf(id, { title: `${id} ${id}x`, category: id })),
  ])
  await world.built('shop', () => world.shop('shop', { slots: [slot] }))
  for (let i = 0; i < 6; i++) await look(world, `browser-${i}-000000000000`, 'p1', 'p2', 'p3')
  return world
}

async function look(world: RecommenderWorld, browser: string, ...ids: readonly string[]) {
  for (const id of ids) {
    world.clock.advance(1_000)
    const atMs = world.clock.nowMs()
    await world.tell('shop', viewOf({ anonymousId: browser }, id, { atMs }))
  }
}

const say = (world: RecommenderWorld, type: Event['type'], consent: Consent, more: object = {}) => {
  world.clock.advance(1_000)
  const atMs = world.clock.nowMs()
  return world.tell('shop', eventOf(type, { anonymousId: victim, ...more }, { consent, atMs }))
}

const itemOf = (product: string) => ({
  ...{ product, quantity: 1, priceMicros: 5_000_000, category: '', brand: '', marginShare: -1 },
})

/** What others get because of what people did, of the products that only the victim knows. */
function learnt(world: RecommenderWorld): readonly string[] {
  const byWords = new Set(['similar', 'new', 'anything', 'fallback'])
  const pages = rare.map((product) => ({ page: 'product', product }))
  const found = [...pages, { page: 'home' }, { page: 'cart', cart: 'rare-1' }].flatMap((asked) =>
    world
      .answer({ shop: 'shop', limit: '24', ...asked })
      .items.filter(({ product, source }) => rare.includes(product) && !byWords.has(source)),
  )
  return [...new Set(found.map(({ product }) => product))].sort()
}

async function build(world: RecommenderWorld): Promise<void> {
  await world.settled()
  await world.built('shop', () => world.clock.advance(periodMs))
  await world.settled()
}

/** They look, click in the experiment and buy. @returns who they are. */
async function live(
  world: RecommenderWorld,
): Promise<{ id: string; identifiers: readonly string[] }> {
  await look(world, victim, 'rare-1', 'rare-2')
  await world.settled()
  const { id: answer, items } = world.answer({ shop: 'shop', slot: 'tried', person: victim })
  const events = (['view', 'click'] as const).map((type) => ({
    ...{ type, answer, person: victim, product: items[0]!.product },
  }))
  check.equal((await world.post('events', { shop: 'shop', events })).match(/counted/g)?.length, 2)
  world.clock.advance(1_000)
  const atMs = world.clock.nowMs()
  const order = { orderId: 'order-of-the-victim', valueMicros: 5_000_000, atMs }
  const items2 = ['rare-2', 'rare-3'].map(itemOf)
  const who = { anonymousId: victim, customerId: 'customer-of-the-victim' }
  await world.tell('shop', eventOf('purchase', who, { ...order, items: items2 }))
  await world.settled()
  return world.find('shop', `anon:${victim}`)!
}

/** What the report has of people, by name. */
function tracesOf(world: RecommenderWorld, texts: readonly string[]): readonly string[] {
  const traces: string[] = []
  for (const table of reportTableNames)
    for (const { key, value } of world.reports.range(table, '', '\uffff'))
      for (const text of texts)
        if (key.includes(text) || value.includes(text)) traces.push(`${table}: ${text}`)
  return traces
}

const peopleIn = async (world: RecommenderWorld): Promise<number> =>
  (await world.report('shop')).reduce((sum, { people }) => sum + (people?.people ?? 0), 0)

/** With somebody who refused, which is newer than all that the victim said. */
async function join(world: RecommenderWorld, isVictimGone: boolean): Promise<void> {
  const customerId = 'customer-who-refused'
  const atMs = world.clock.nowMs()
  await world.tell('shop', eventOf('consent', { customerId }, { consent: no, atMs }))
  const both = [`cust:${customerId}`, `anon:${victim}`]
  await world.people.writer.change('shop', (draft) => {
    const [refusing, gone] = both.map((it) => draft.personOf(it)!) as [Person, Person]
    if (isVictimGone) draft.join(refusing, gone, 'test')
    else draft.join(gone, refusing, 'test')
  })
}

interface Way {
  readonly name: string
  go(world: RecommenderWorld): Promise<unknown>
}
const refusals: readonly Way[] = [
  { name: 'they refuse', go: (world) => say(world, 'consent', no) },
  { name: 'they refuse everything', go: (world) => say(world, 'consent', nothing) },
  { name: 'they refuse along with a look', go: (world) => say(world, 'page_view', no) },
  {
    name: 'they refuse everything along with a look',
    go: (world) => say(world, 'page_view', nothing),
  },
  { name: 'they refuse along with an order', go: (world) => say(world, 'purchase', no) },
  { name: 'they turn out to be somebody who refused', go: (world) => join(world, true) },
  { name: 'somebody who refused turns out to be them', go: (world) => join(world, false) },
]
const ways: readonly Way[] = [
  { name: 'they are erased', go: (world) => world.erase('shop', `anon:${victim}`) },
  ...refusals,
]

describe.each(ways)('$name:', ({ name, go }) => {
  test('gone at once from what came since the build, and from reports', async () => {
    const world = await open()
    const { id, identifiers } = await live(world)
    check.deepEqual(learnt(world), ['rare-1', 'rare-2', 'rare-3'])
    const key = partOf(keyOf(id))
    check.ok(tracesOf(world, [key]).length > 0)
    check.equal(await peopleIn(world), 1)
    check.deepEqual(tracesOf(world, [id, ...identifiers, victim]), [])
    await go(world)
    await world.settled()
    const left = learnt(world)
    // What is counted of products names nobody, and goes with the build that comes soon.
    check.deepEqual(nextOf(world), [], left.join())
    check.deepEqual(tracesOf(world, [key, id, ...identifiers, victim]), [])
    check.equal(await peopleIn(world), 0)
    await build(world)
    check.deepEqual(learnt(world), [])
    check.deepEqual(world.faults, [])
    if (name === 'they are erased') {
      const texts = [id, ...identifiers, victim, 'customer-of-the-victim', 'order-of-the-victim']
      check.deepEqual(await scanBooks(world.people.books.tables, 'shop', texts), [])
    }
  })

  test('gone at once from visits that were built, and soon from all', async () => {
    const world = await open()
    await live(world)
    await build(world)
    check.deepEqual(learnt(world), ['rare-1', 'rare-2', 'rare-3'])
    await go(world)
    await world.settled()
    check.deepEqual(nextOf(world), [])
    await world.built('shop', () => world.clock.advance(urgentBuildMs))
    check.deepEqual(learnt(world), [])
    check.deepEqual(nextOf(world), [])
    check.deepEqual(world.faults, [])
  })
})

/** Neighbours among the rare products. */
const nextOf = (world: RecommenderWorld): readonly string[] =>
  rare.flatMap((product) =>
    world
      .answer({ shop: 'shop', limit: '24', page: 'product', product })
      .items.filter((it) => it.source === 'next' && rare.includes(it.product))
      .map((it) => it.product),
  )

test.each(refusals)(
  '$name: what they do from then on counts nowhere, until they agree',
  async ({ go }) => {
    const world = await open()
    await live(world)
    await go(world)
    await world.settled()
    await look(world, victim, 'rare-3', 'rare-4')
    await world.settled()
    check.deepEqual(nextOf(world), [])
    // They may be there again within seconds: adverts show them nothing that was chosen for them.
    check.deepEqual(world.find('shop', `anon:${victim}`)?.slice.picks, [])
    await build(world)
    check.deepEqual(learnt(world), [])
    await say(world, 'consent', { ads: true, personalization: true })
    await look(world, victim, 'rare-3', 'rare-4')
    await world.settled()
    check.deepEqual(
      nextOf(world).filter((it) => it === 'rare-4'),
      ['rare-4'],
    )
  },
)

test('of two who became one nothing is left when that one goes', async () => {
  const world = await open()
  await look(world, victim, 'rare-1', 'rare-2')
  const customerId = 'customer'
  await world.tell('shop', viewOf({ customerId }, 'rare-3', { atMs: world.clock.nowMs() }))
  await world.tell('shop', viewOf({ customerId }, 'rare-4', { atMs: world.clock.nowMs() }))
  await world.settled()
  const ids = [`anon:${victim}`, `cust:${customerId}`].map((it) => world.find('shop', it)!.id)
  await world.tell('shop', eventOf('identify', { anonymousId: victim, customerId }))
  await world.settled()
  await build(world)
  check.ok(await world.erase('shop', `anon:${victim}`))
  await world.settled()
  const texts = [...ids, victim, customerId]
  check.deepEqual(await scanBooks(world.people.books.tables, 'shop', texts), [])
  await build(world)
  check.deepEqual(learnt(world), [])
})

test('an older refusal that is told late changes nothing', async () => {
  const world = await open()
  await say(world, 'consent', { ads: true, personalization: true })
  await live(world)
  const late = { consent: no, atMs: world.clock.nowMs() - 60_000 }
  await world.tell('shop', eventOf('consent', { anonymousId: victim }, late))
  await world.settled()
  check.deepEqual(nextOf(world).length > 0, true)
  check.equal(await peopleIn(world), 1)
})

test('whoever is erased while a model is built is in the one after it', async () => {
  // The log is read before they go, and the model is handed over after it.
  let hold: Promise<void> = Promise.resolve()
  const world = await RecommenderWorld.open({
    config: { buildPeriodMs: periodMs, urgentBuildMs },
    build: (ordinary) => async (shopId, own, fromMs) => {
      const built = await ordinary(shopId, own, fromMs)
      await hold
      return built
    },
  })
  await world.feed(
    'shop',
    rare.map((id) => productOf(id, { title: `${id} ${id}x`, category: id })),
  )
  await world.built('shop', () => world.shop('shop', { slots: [slot] }))
  await live(world)
  let release = (): void => {}
  hold = new Promise((resolve) => {
    release = resolve
  })
  world.clock.advance(periodMs)
  await world.looked()
  await world.erase('shop', `anon:${victim}`)
  await world.settled()
  await world.built('shop', () => release())
  await build(world)
  check.deepEqual(learnt(world), [])
})

test('what a page said of somebody before they were known goes with them', async () => {
  const world = await open()
  const looked = { shop: 'shop', page: 'product', product: 'p1', person: victim }
  world.answer(looked)
  check.equal(world.sessions.viewed('shop', `anon:${victim}`, world.clock.nowMs()).length, 1)
  await look(world, victim, 'p1')
  await world.settled()
  await world.erase('shop', `anon:${victim}`)
  await world.settled()
  check.deepEqual(world.sessions.viewed('shop', `anon:${victim}`, world.clock.nowMs()), [])
})

test('the log of whoever refused is no part of a build, nor is later what they did meanwhile', async () => {
  const world = await open()
  const rows = (): number => {
    const options = { fromMs: 0, countMax: 1e6, onUnreadable: check.fail }
    return readActions(world.people.books.tables, 'shop', new ItemTable(), options).count
  }
  const before = rows()
  await live(world)
  check.equal(rows(), before + 4)
  await say(world, 'consent', no)
  check.equal(rows(), before)
  // Logged for adverts, which they agree to.
  await look(world, victim, 'rare-3', 'rare-4')
  await say(world, 'consent', { ads: true, personalization: true })
  check.equal(rows(), before + 4)
  await look(world, victim, 'rare-3', 'rare-4')
  check.equal(rows(), before + 6)
})
