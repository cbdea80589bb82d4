// Goal: what is recommended is what a model would that was built from all there is just now, whatever happens while one
// is built; what can't be built leaves what was there, and is tried again. Method: clear-cut cases, where the first
// product is beyond doubt, over the whole recommender; builds that are held, fail, or come with what is old. The thread
// that builds is tried as it is built (dist).
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { viewOf } from '../../people/people-world.js'
import { newSeed, productOf, randomOf } from './recommender-world.js'
import {
  after,
  expected,
  follow,
  held,
  openTrails,
  periodMs,
  productsOf,
  rebuild,
  trailsOf,
} from './trails.js'

test('what came since the build is recommended as after a build of all', async () => {
  const random = randomOf(newSeed())
  const trails = Array.from({ length: 12 }, (_, i) => i)
  const world = await openTrails(trails.length)
  const built = trails.filter(() => random.chance(0.5))
  for (const trail of built) await follow(world, trail, 2 + random.below(3))
  await world.settled()
  await rebuild(world)
  for (const trail of trails)
    if (!built.includes(trail)) await follow(world, trail, 2 + random.below(3))
  await world.settled()
  check.deepEqual(trailsOf(world, trails), expected(trails))
  const sets = (): readonly string[] =>
    trails.map((trail) =>
      world
        .answer({ shop: 'shop', page: 'product', product: `t${trail}-0` })
        .items.filter(({ source }) => source === 'next')
        .map(({ product }) => product)
        .sort()
        .join(),
    )
  const live = sets()
  await rebuild(world)
  check.deepEqual(trailsOf(world, trails), expected(trails))
  check.deepEqual(sets(), live)
  check.deepEqual(world.faults, [])
})

test('what happens while a model is built is in it, once', async () => {
  const gate = held()
  const world = await openTrails(3, gate.build)
  await follow(world, 0)
  await world.settled()
  gate.hold()
  const { begun } = gate
  world.clock.advance(periodMs)
  await world.until('the log is read', () => gate.begun > begun)
  await follow(world, 1)
  await world.settled()
  // The model before has it as well.
  check.deepEqual(trailsOf(world, [0, 1]), expected([0, 1]))
  await world.built('shop', () => gate.release())
  check.equal(world.models.get('shop')!.sessionCount, 3)
  check.equal(world.models.get('shop')!.liveCount, 3)
  check.deepEqual(trailsOf(world, [0, 1]), expected([0, 1]))
  await follow(world, 2)
  await world.settled()
  check.deepEqual(trailsOf(world, [0, 1, 2]), expected([0, 1, 2]))
})

test('whatever comes while a model catches up is in it, and requests go on meanwhile', async () => {
  const world = await openTrails(4, (ordinary) => async (...job) => {
    const built = await ordinary(...job)
    // All of it is to be told once more.
    return { ...built, journalNumber: 0 }
  })
  let sessionCount = 0
  const people = async (count: number): Promise<void> => {
    const atMs = world.clock.nowMs()
    const events = Array.from({ length: count }, () => {
      const anonymousId = `walker-${sessionCount++}-0000000000`
      return ['t0-0', 't0-1'].map((product) => viewOf({ anonymousId }, product, { atMs }))
    })
    await world.tell('shop', ...events.flat())
  }
  for (let i = 0; i < 5; i++) await people(500)
  await world.settled()
  const buildCount = world.builds.length
  let turns = 0
  world.clock.advance(periodMs)
  while (world.builds.length === buildCount) {
    await people(3)
    await new Promise(setImmediate)
    turns++
  }
  await world.settled()
  // Not in one go; how many there were is for the machine to say.
  check.ok(turns > 1, `${turns}`)
  check.equal(world.models.get('shop')!.liveCount, sessionCount)
})

test('what is in the log and told once more does no harm', async () => {
  // As where events came between a look at the journal's end and the reading of the log.
  const world = await openTrails(3, (ordinary) => async (...job) => {
    const built = await ordinary(...job)
    return { ...built, journalNumber: 0 }
  })
  await follow(world, 0, 2)
  await follow(world, 1, 3)
  // Twice as many went the other way at the end: whatever counts double, the order stays.
  for (let i = 0; i < 4; i++) {
    const anonymousId = `other-${i}-00000000000000`
    for (const product of ['t0-2', 't2-0'])
      await world.tell('shop', viewOf({ anonymousId }, product, { atMs: world.clock.nowMs() }))
  }
  await world.settled()
  await rebuild(world)
  const model = world.models.get('shop')!
  check.equal(model.sessionCount, 9)
  check.equal(model.liveCount, 9)
  check.equal(after(world, 't0-2'), 't2-0')
  check.deepEqual(trailsOf(world, [1]), expected([1]))
  await rebuild(world, () => void follow(world, 1, 1))
  check.equal(after(world, 't0-2'), 't2-0')
})

test('a catalogue that is replaced while a model is built is built from at once', async () => {
  const gate = held()
  const world = await openTrails(2, gate.build)
  await follow(world, 0)
  await world.settled()
  gate.hold()
  const { begun } = gate
  world.clock.advance(periodMs)
  await world.until('the catalogue is read', () => gate.begun > begun)
  const [gone, ...rest] = productsOf(2)
  const fresh = productOf('fresh', { title: 'A thing nobody knows' })
  await world.feed('shop', [...rest, fresh])
  await world.looked()
  // Pages have the new catalogue already, whatever the model knows.
  check.ok(
    !world.ids({ shop: 'shop', page: 'product', product: 't0-1', limit: '24' }).includes(gone!.id),
  )
  await world.built('shop', () => gate.release())
  await world.until('it is built once more', () => gate.begun === begun + 2)
  await world.looked()
  check.ok(world.ids({ shop: 'shop', page: 'search', q: 'nobody knows' }).includes('fresh'))
  check.ok(
    !world.ids({ shop: 'shop', page: 'product', product: 't0-1', limit: '24' }).includes(gone!.id),
  )
  check.equal(after(world, 't0-1'), 't0-2')
})

test('what is sold out while a model is built is not shown; what came back is', async () => {
  const gate = held()
  const world = await openTrails(2, gate.build)
  const patch = (id: string, inStock: boolean) =>
    world.products.forShop('shop').patch([{ id, inStock }])
  await patch('t1-1', false)
  await follow(world, 0)
  await follow(world, 1)
  await world.settled()
  await world.looked()
  check.equal(after(world, 't1-0'), 't1-2')
  gate.hold()
  const { begun } = gate
  world.clock.advance(periodMs)
  await world.until('the catalogue is read', () => gate.begun > begun)
  await patch('t0-1', false)
  await patch('t1-1', true)
  await world.looked()
  await world.built('shop', () => gate.release())
  const shown = world.ids({ shop: 'shop', page: 'product', product: 't0-0', limit: '24' })
  check.ok(!shown.includes('t0-1'))
  check.equal(after(world, 't0-0'), 't0-2')
  check.equal(after(world, 't1-0'), 't1-1')
})
