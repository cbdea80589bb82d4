// Goal: a shop goes on with the model that it has while none can be built, whatever the reason; what is odd in what it
// is built from breaks nothing; settings that change are in use soon. Method: the whole recommender, with builds that fail, settings and books that can't be
// read, more sessions than may be, shops that go and come.
import { strict as check } from 'node:assert'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'vitest'
import { keyOf } from '../../../src/base/key.js'
import { keyFrom, sortable } from '../../../src/people/tables.js'
import { fullSettings } from '../../../src/recommend/sessions/settings.js'
import { writeTunedSettings } from '../../../src/run/recommender/tuned-settings.js'
import { eventOf, viewOf } from '../../people/people-world.js'
import { productOf, RecommenderWorld } from './recommender-world.js'
import {
  after,
  config,
  expected,
  follow,
  held,
  openTrails,
  periodMs,
  productsOf,
  rebuild,
  retryMs,
  trailsOf,
} from './trails.js'

test('a build that fails leaves the model before; it is tried again after a while', async () => {
  let isBroken = false
  const world = await openTrails(3, (ordinary) => async (...job) => {
    if (isBroken) throw new Error('out of memory')
    return ordinary(...job)
  })
  await follow(world, 0)
  await world.settled()
  await rebuild(world)
  const before = world.models.get('shop')
  isBroken = true
  await follow(world, 1)
  await world.settled()
  world.clock.advance(periodMs)
  await world.until('it fails', () => world.builds.includes('!shop'))
  check.equal(world.models.get('shop'), before)
  check.deepEqual(trailsOf(world, [0, 1]), expected([0, 1]))
  check.deepEqual(world.faults, ['model: not built; the one before stands: out of memory'])
  await world.looked()
  await world.looked()
  check.equal(world.builds.filter((it) => it === '!shop').length, 1)
  isBroken = false
  await follow(world, 2)
  await world.settled()
  await world.built('shop', () => world.clock.advance(retryMs))
  check.notEqual(world.models.get('shop'), before)
  check.deepEqual(trailsOf(world, [0, 1, 2]), expected([0, 1, 2]))
})

test('a shop whose first build fails shows its products, and has a model once one can be built', async () => {
  let isBroken = true
  const world = await RecommenderWorld.open({
    config,
    build:
      (ordinary) =>
      async (...job) => {
        if (isBroken) throw new Error('no')
        return ordinary(...job)
      },
  })
  await world.feed('shop', productsOf(2))
  world.shop('shop')
  await world.until('it fails', () => world.builds.includes('!shop'))
  await follow(world, 0)
  await world.settled()
  check.equal(world.answer({ shop: 'shop' }).items.length, 8)
  check.equal(world.picked.length, 0)
  isBroken = false
  await world.built('shop', () => world.clock.advance(retryMs))
  await world.settled()
  check.deepEqual(trailsOf(world, [0]), expected([0]))
  // Who came before there was a model is chosen for now.
  check.equal(world.picked.length, 3)
})

test('a model whose live sessions are as many as may be is built anew', async () => {
  const world = await openTrails(8, undefined, { liveSessionCountMax: 20 })
  for (let trail = 0; trail < 5; trail++) await follow(world, trail, 3)
  await world.settled()
  check.equal(world.models.get('shop')!.liveCount, 15)
  const buildCount = world.builds.length
  await follow(world, 5, 3)
  await world.until('a build', () => world.builds.length > buildCount)
  const model = world.models.get('shop')!
  check.ok(model.sessionCount >= 17, `${model.sessionCount}`)
  await world.settled()
  const trails = [0, 1, 2, 3, 4, 5]
  check.deepEqual(trailsOf(world, trails), expected(trails))
})

test('more sessions at once than may be are still what the next build has', async () => {
  const gate = held()
  const world = await openTrails(6, gate.build, { liveSessionCountMax: 16 })
  gate.hold()
  for (let trail = 0; trail < 6; trail++) await follow(world, trail, 5)
  await world.settled()
  check.ok(world.models.get('shop')!.droppedCount > 0)
  gate.release()
  // The build under way may have begun before the last of them came.
  await world.settled()
  world.clock.advance(periodMs)
  await world.until('all of them', () => world.models.get('shop')!.sessionCount === 30)
  check.deepEqual(trailsOf(world, [0, 1, 2, 3, 4, 5]), expected([0, 1, 2, 3, 4, 5]))
})

test('a shop that goes while its model is built, and comes back, has one', async () => {
  const gate = held()
  const world = await openTrails(1, gate.build)
  await follow(world, 0)
  await world.settled()
  gate.hold()
  world.clock.advance(periodMs)
  const { begun } = gate
  await world.until('it is being built', () => gate.begun > begun)
  world.removeShop('shop')
  check.match(world.get({ shop: 'shop' }), /^404 /)
  world.shop('shop')
  gate.release()
  await world.until('a model', () => world.models.get('shop') !== null)
  await world.settled()
  check.deepEqual(trailsOf(world, [0]), expected([0]))
  check.deepEqual(world.faults, [])
})

test('settings that can’t be read are told, and the shop is built as any', async () => {
  const texts = [
    '{',
    '',
    'null',
    '[]',
    '{"shopId":"shop"}',
    '{"neighboursMax":-5}',
    '{"candidatesMax":1e999}',
  ]
  const world = await openTrails(1)
  await follow(world, 0)
  await world.settled()
  const folder = join(world.folder, 'tuned')
  mkdirSync(folder, { recursive: true })
  for (const text of texts) {
    world.faults.length = 0
    writeFileSync(join(folder, `${keyOf('shop').toString(36)}.json`), text)
    await rebuild(world, () => void follow(world, 0, 1))
    await world.settled()
    check.deepEqual(trailsOf(world, [0]), expected([0]), text)
    check.ok(world.faults.length > 0, text)
  }
})

test('what can’t be read in the books is left out of the build, counted, and told once in a while', async () => {
  const world = await openTrails(2)
  await follow(world, 0)
  await world.settled()
  const { books } = world.people
  const values = ['{"type":', 'null', '{"type":"view_item","atMs":1700000000000,"items":7}', '']
  await books.transaction(() => {
    for (const [i, text] of values.entries())
      books.tables.put('events', keyFrom('shop', 'somebody', sortable(i + 1)), Buffer.from(text))
  })
  // Nobody can say what they agreed to.
  await world.tell('shop', viewOf({ anonymousId: 'damaged-0000000' }, 't1-3', { atMs: 1 }))
  await world.tell('shop', viewOf({ anonymousId: 'damaged-0000000' }, 't1-0', { atMs: 2 }))
  await world.settled()
  const { id } = world.find('shop', 'anon:damaged-0000000')!
  await books.transaction(() => books.tables.put('people', keyFrom('shop', id), Buffer.from([9])))
  world.faults.length = 0
  await rebuild(world)
  check.equal(world.models.unreadableCount, values.length + 1)
  check.deepEqual(trailsOf(world, [0]), expected([0]))
  check.notEqual(after(world, 't1-3'), 't1-0')
  const told = () => world.faults.filter((it) => it.includes('can’t be read'))
  check.equal(told().length, 1)
  // Whatever comes while it is built, too.
  await follow(world, 1)
  await world.settled()
  await world.built('shop', () => world.models.replaced('shop'))
  check.deepEqual(trailsOf(world, [0, 1]), expected([0, 1]))
  check.equal(world.models.unreadableCount, values.length + 1)
  check.equal(told().length, 1)
  await books.transaction(() => {
    books.tables.remove('people', keyFrom('shop', id))
    for (const i of values.keys())
      books.tables.remove('events', keyFrom('shop', 'somebody', sortable(i + 1)))
  })
  await world.built('shop', () => world.models.replaced('shop'))
  check.equal(world.models.unreadableCount, 0)
  check.ok(!world.builds.includes('!shop'))
})

test('what can’t be read and came while a model was built holds up nothing', async () => {
  const gate = held()
  const world = await openTrails(3, gate.build)
  await follow(world, 0)
  await world.settled()
  gate.hold()
  const { begun } = gate
  world.clock.advance(periodMs)
  await world.until('the log is read', () => gate.begun > begun)
  await follow(world, 1)
  const anonymousId = 'damaged-0000000'
  await world.tell('shop', viewOf({ anonymousId }, 't1-3'))
  await world.settled()
  const { id } = world.find('shop', `anon:${anonymousId}`)!
  const { books } = world.people
  await books.transaction(() => books.tables.put('people', keyFrom('shop', id), Buffer.from([9])))
  await follow(world, 2)
  await world.settled()
  await world.built('shop', () => gate.release())
  check.deepEqual(trailsOf(world, [0, 1, 2]), expected([0, 1, 2]))
})

test('settings that were tuned are in use soon, not only with the next build of the period', async () => {
  const world = await openTrails(1)
  await follow(world, 0)
  await world.settled()
  await rebuild(world)
  const built = () => world.builds.length
  const before = built()
  world.clock.advance(10_000)
  mkdirSync(join(world.folder, 'tuned'))
  await writeTunedSettings(join(world.folder, 'tuned'), 'shop', {
    ...fullSettings,
    transitionShare: 0.25,
  })
  world.clock.advance(10_000)
  await world.looked()
  await world.looked()
  // Not at once after the build before.
  check.equal(built(), before)
  await world.built('shop', () => world.clock.advance(40_000))
  check.deepEqual(trailsOf(world, [0]), expected([0]))
  world.clock.advance(600_000)
  await world.looked()
  await world.looked()
  check.equal(built(), before + 1)
  check.deepEqual(world.faults, [])
})

test('an order of products that no catalogue has, and events without any, break nothing', async () => {
  const world = await openTrails(1)
  const item = { quantity: 1, priceMicros: -1, category: '', brand: '', marginShare: -1 }
  const items = ['unknown', 'ünknöwn\u{1f600}', 'x'.repeat(128), 't0-1'].map((product) => ({
    ...item,
    product,
  }))
  const who = { anonymousId: 'somebody-000000000000' }
  const atMs = world.clock.nowMs()
  await world.tell('shop', eventOf('purchase', who, { items, orderId: 'o', atMs }))
  await world.tell('shop', eventOf('purchase', who, { items: [], orderId: 'o2', atMs }))
  await world.settled()
  await rebuild(world)
  const shown = world.ids({ shop: 'shop', page: 'product', product: 't0-1', limit: '24' })
  check.deepEqual([...shown].sort(), ['t0-0', 't0-2', 't0-3'])
  // It comes into the catalogue afterwards.
  await world.feed('shop', [...productsOf(1), productOf('unknown')])
  await world.built('shop')
  check.ok(
    world.ids({ shop: 'shop', page: 'product', product: 't0-1', limit: '24' }).includes('unknown'),
  )
  check.deepEqual(world.faults, [])
})
