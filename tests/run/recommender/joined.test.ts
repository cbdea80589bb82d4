// Goal: whoever turns out to be somebody whom the shop knows takes the visit along: it goes on, is found by others at
// once and after a build as one visit, and goes when that person goes; also where events are told late. Method: the
// whole recommender; logins of customers on browsers that were nobody's, and joins by hand.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import type { Person } from '../../../src/people/person.js'
import { eventOf, viewOf } from '../../people/people-world.js'
import { productOf, RecommenderWorld } from './recommender-world.js'
import { held, periodMs } from './trails.js'

const anonymousId = 'browser-000000000000000'
const customerId = 'customer'
const slots = [
  { id: 'only-next', page: 'product' as const, limit: 24, strategies: ['next' as const] },
]

async function open(build?: ReturnType<typeof held>['build']): Promise<RecommenderWorld> {
  const config = { buildPeriodMs: periodMs }
  const world = await RecommenderWorld.open(build === undefined ? { config } : { config, build })
  await world.feed(
    'shop',
    Array.from({ length: 6 }, (_, i) => productOf(`p${i}`)),
  )
  await world.built('shop', () => world.shop('shop', { slots }))
  // Known from another browser.
  await tell(world, { customerId, anonymousId: 'their-first-browser-00' }, 'p5')
  world.clock.advance(periodMs / 2)
  return world
}

async function tell(
  world: RecommenderWorld,
  who: { anonymousId?: string; customerId?: string },
  ...ids: readonly string[]
): Promise<void> {
  for (const id of ids) {
    world.clock.advance(1_000)
    await world.tell('shop', viewOf(who, id, { atMs: world.clock.nowMs() }))
  }
}

const login = (world: RecommenderWorld) =>
  world.tell(
    'shop',
    eventOf('identify', { anonymousId, customerId }, { atMs: world.clock.nowMs() }),
  )

/** What neighbours looked at besides a product. */
const nextOf = (world: RecommenderWorld, product: string): readonly string[] =>
  world
    .answer({ shop: 'shop', slot: 'only-next', product })
    .items.filter(({ source }) => source === 'next')
    .map((it) => it.product)
    .sort()

async function rebuild(world: RecommenderWorld): Promise<void> {
  await world.settled()
  await world.built('shop', () => world.clock.advance(periodMs))
  await world.settled()
}

async function erased(world: RecommenderWorld): Promise<void> {
  const { length } = world.builds
  check.ok(await world.erase('shop', `cust:${customerId}`))
  await world.settled()
  for (const product of ['p0', 'p1', 'p2', 'p3']) check.deepEqual(nextOf(world, product), [])
  // At once where the build before it was long ago.
  world.clock.advance(60_000)
  await world.until('a build', () => world.builds.length > length)
  check.equal(world.models.get('shop')!.sessionCount, 0)
}

test('a visit goes on past the login, is built as one, and goes with the customer', async () => {
  const world = await open()
  await tell(world, { anonymousId }, 'p0', 'p1')
  await world.settled()
  await login(world)
  await tell(world, { anonymousId, customerId }, 'p2')
  await world.settled()
  check.deepEqual(nextOf(world, 'p0'), ['p1', 'p2'])
  check.deepEqual(nextOf(world, 'p2'), ['p0', 'p1'])
  await rebuild(world)
  // What was logged before they were known lies under the id of then.
  check.equal(world.models.get('shop')!.sessionCount, 1)
  check.deepEqual(nextOf(world, 'p0'), ['p1', 'p2'])
  await erased(world)
})

test('the look by which it is learnt who it is belongs to the visit', async () => {
  const world = await open()
  await tell(world, { anonymousId }, 'p0', 'p1')
  await tell(world, { anonymousId, customerId }, 'p2', 'p3')
  await world.settled()
  check.deepEqual(nextOf(world, 'p0'), ['p1', 'p2', 'p3'])
  check.equal(world.models.get('shop')!.liveCount, 2)
  await erased(world)
})

test('visits that were built before the login go with the customer as well', async () => {
  const world = await open()
  await tell(world, { anonymousId }, 'p0', 'p1')
  await rebuild(world)
  await login(world)
  await world.settled()
  check.deepEqual(nextOf(world, 'p0'), ['p1'])
  await erased(world)
})

test('looks that are told only after the login, and while a model is built, count', async () => {
  const gate = held()
  const world = await open(gate.build)
  await tell(world, { anonymousId }, 'p0')
  await world.settled()
  gate.hold()
  const { begun } = gate
  world.clock.advance(periodMs)
  await world.until('the log is read', () => gate.begun > begun)
  const atMs = world.clock.nowMs()
  // All of it at once: the browser is nobody's any more by the time that its looks are read.
  await world.people.writer.take('shop', [
    viewOf({ anonymousId }, 'p1', { atMs }),
    viewOf({ anonymousId }, 'p2', { atMs: atMs + 1 }),
    eventOf('identify', { anonymousId, customerId }, { atMs: atMs + 2 }),
    viewOf({ anonymousId, customerId }, 'p3', { atMs: atMs + 3 }),
  ])
  await world.settled()
  check.deepEqual(nextOf(world, 'p1'), ['p2', 'p3'])
  await world.built('shop', () => gate.release())
  check.deepEqual(nextOf(world, 'p1'), ['p2', 'p3'])
  await erased(world)
})

test('two who are joined by hand are one, whose page’s own looks stay', async () => {
  const world = await open()
  await tell(world, { anonymousId }, 'p0', 'p1')
  world.answer({ shop: 'shop', page: 'product', product: 'p2', person: anonymousId })
  await world.settled()
  await world.people.writer.change('shop', (draft) => {
    const [into, from] = [`cust:${customerId}`, `anon:${anonymousId}`].map(
      (it) => draft.personOf(it)!,
    )
    draft.join(into as Person, from as Person, 'test')
  })
  await world.settled()
  const viewed = () => world.sessions.viewed('shop', `anon:${anonymousId}`, world.clock.nowMs())
  check.equal(viewed().length, 1)
  await tell(world, { customerId }, 'p3')
  await world.settled()
  check.deepEqual(nextOf(world, 'p0'), ['p1', 'p3'])
  await erased(world)
  check.deepEqual(viewed(), [])
})
