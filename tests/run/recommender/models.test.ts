// Goal: what is recommended is what a model would that was built from all there is just now, whatever happens while one
// is built; what can't be built leaves what was there, and is tried again. Method: clear-cut cases, where the first
// product is beyond doubt, over the whole recommender; builds that are held, fail, or come with what is old. The thread
// that builds is tried as it is built (dist).
import { strict as check } from 'node:assert'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'vitest'
import { keyOf } from '../../../src/base/key.js'
import { keyFrom, sortable } from '../../../src/people/tables.js'
import { eventOf, viewOf } from '../../people/people-world.js'
import { type Build, newSeed, productOf, RecommenderWorld, randomOf } from './recommender-world.js'

const periodMs = 3_600_000
const retryMs = 30_000
const config = { buildPeriodMs: periodMs }

/** Trails that people follow: after `t3-0` comes `t3-1`, and so on. */
const trailLength = 4
const productsOf = (trailCount: number) =>
  Array.from({ length: trailCount * trailLength }, (_, i) => {
    const id = `t${Math.floor(i / trailLength)}-${i % trailLength}`
    return productOf(id, { category: `c${i % 7}`, title: `${id} title` })
  })

let browserCount = 0

/** Several people follow a trail. */
async function follow(world: RecommenderWorld, trail: number, people = 3): Promise<void> {
  for (let i = 0; i < people; i++) {
    const anonymousId = `browser-${browserCount++}-00000000000`
    for (let step = 0; step < trailLength; step++) {
      world.clock.advance(1_000)
      const atMs = world.clock.nowMs()
      await world.tell('shop', viewOf({ anonymousId }, `t${trail}-${step}`, { atMs }))
    }
  }
}

const after = (world: RecommenderWorld, product: string): string => {
  const [first] = world.answer({ shop: 'shop', page: 'product', product }).items
  return first?.source === 'next' ? first.product : `none but ${first?.source}`
}

const trailsOf = (world: RecommenderWorld, trails: readonly number[]): readonly string[] =>
  trails.flatMap((trail) =>
    Array.from({ length: trailLength - 1 }, (_, step) => after(world, `t${trail}-${step}`)),
  )

const expected = (trails: readonly number[]): readonly string[] =>
  trails.flatMap((trail) =>
    Array.from({ length: trailLength - 1 }, (_, step) => `t${trail}-${step + 1}`),
  )

async function open(trailCount: number, build?: (ordinary: Build) => Build, more: object = {}) {
  const world = await RecommenderWorld.open({
    config: { ...config, ...more },
    ...(build === undefined ? {} : { build }),
  })
  await world.feed('shop', productsOf(trailCount))
  await world.built('shop', () => world.shop('shop'))
  return world
}

const rebuild = (world: RecommenderWorld, ...act: readonly (() => void)[]): Promise<void> =>
  world.built('shop', () => world.clock.advance(periodMs), ...act)

/** Builds that end when they are let go. */
function held() {
  let wait: Promise<void> | null = null
  let go = (): void => {}
  let begun = 0
  return {
    build:
      (ordinary: Build): Build =>
      async (...job) => {
        const built = await ordinary(...job)
        begun++
        if (wait !== null) await wait
        return built
      },
    hold(): void {
      wait = new Promise((resolve) => {
        go = resolve
      })
    },
    release(): void {
      wait = null
      go()
    },
    get begun(): number {
      return begun
    },
  }
}

test('what came since the build is recommended as after a build of all', async () => {
  const random = randomOf(newSeed())
  const trails = Array.from({ length: 12 }, (_, i) => i)
  const world = await open(trails.length)
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
  const world = await open(3, gate.build)
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
  const world = await open(4, (ordinary) => async (...job) => {
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
  // Not in one go.
  check.ok(turns > 5, `${turns}`)
  check.equal(world.models.get('shop')!.liveCount, sessionCount)
})

test('what is in the log and told once more does no harm', async () => {
  // As where events came between a look at the journal's end and the reading of the log.
  const world = await open(3, (ordinary) => async (...job) => {
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
  const world = await open(2, gate.build)
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
  const world = await open(2, gate.build)
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

test('a build that fails leaves the model before; it is tried again after a while', async () => {
  let isBroken = false
  const world = await open(3, (ordinary) => async (...job) => {
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
  const world = await open(8, undefined, { liveSessionCountMax: 20 })
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
  const world = await open(6, gate.build, { liveSessionCountMax: 16 })
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
  const world = await open(1, gate.build)
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
  const world = await open(1)
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

test('a value in the books that can’t be read is the build’s fault, told; the model before stands', async () => {
  const world = await open(2)
  await follow(world, 0)
  await world.settled()
  await rebuild(world)
  const before = world.models.get('shop')
  const { books } = world.people
  await books.transaction(() =>
    books.tables.put('events', keyFrom('shop', 'somebody', sortable(1)), Buffer.from('{"type":')),
  )
  await follow(world, 1)
  await world.settled()
  world.clock.advance(periodMs)
  await world.until('it fails', () => world.builds.includes('!shop'))
  check.equal(world.models.get('shop'), before)
  check.match(world.faults.join(), /not built.*JSON/)
  check.deepEqual(trailsOf(world, [0, 1]), expected([0, 1]))
})

test('an order of products that no catalogue has, and events without any, break nothing', async () => {
  const world = await open(1)
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
