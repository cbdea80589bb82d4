// Goal: a shop's model is built in a thread from what is on disk, and handed over whole; a thread that ends, in
// whatever way, costs the builds that it had, and no more. Method: the thread as it is built (dist), and one that can't
// even begin.
import { strict as check } from 'node:assert'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, onTestFinished, test } from 'vitest'
import { LiveModel } from '../../../src/recommend/live-model.js'
import { ModelBuilder } from '../../../src/run/recommender/model-builder.js'
import { mapBytes, viewOf } from '../../people/people-world.js'
import { productOf, RecommenderWorld } from './recommender-world.js'

const path = fileURLToPath(
  new URL('../../../dist/src/run/recommender/model-builder.js', import.meta.url),
)
const isBuilt = existsSync(path)
if (!isBuilt) console.warn('SKIPPED: the thread that builds models: npm run build first')

const optionsOf = (folder: string) => ({
  booksDir: join(folder, 'books'),
  productsDir: join(folder, 'products'),
  settingsDir: join(folder, 'tuned'),
  mapBytes,
  actionCountMax: 100_000,
})

async function open(): Promise<RecommenderWorld> {
  const world = await RecommenderWorld.open()
  const atMs = Date.now() - 60_000
  for (const shopId of ['a', 'b']) {
    await world.feed(
      shopId,
      ['p1', 'p2', 'p3'].map((id) => productOf(id, { title: `${shopId} ${id}` })),
    )
    for (let i = 0; i < 3; i++)
      for (const [step, id] of ['p1', shopId === 'a' ? 'p2' : 'p3'].entries()) {
        const more = { atMs: atMs + step * 1_000 }
        await world.tell(shopId, viewOf({ anonymousId: `browser-${i}-00000000000` }, id, more))
      }
  }
  return world
}

async function builderIn(folder: string): Promise<ModelBuilder> {
  const { ModelBuilder: Built } = (await import(path)) as { ModelBuilder: typeof ModelBuilder }
  const builder = new Built(optionsOf(folder))
  onTestFinished(() => builder.close())
  return builder
}

describe.skipIf(!isBuilt)('in a thread', () => {
  test('shops are built one after the other, each from its own', async () => {
    const world = await open()
    const builder = await builderIn(world.folder)
    const [a, b, none] = await Promise.all(['a', 'b', 'none'].map((id) => builder.build(id, [], 0)))
    check.equal(a!.parts.sessions.sessionCount, 3)
    check.equal(none!.parts.items.count, 0)
    // Their own products weren't asked for: what was looked at is there all the same.
    for (const [built, seen] of [
      [a, 'p2'],
      [b, 'p3'],
    ] as const) {
      const model = new LiveModel(built!.parts, 100)
      check.equal(model.itemCount, 2)
      check.ok(model.items.indexOf(seen) >= 0)
    }
    const fed = await builder.build('a', null, 0)
    check.equal(fed.parts.items.count, 3)
    check.ok(fed.journalNumber > 0)
  })

  test('what can’t be opened is the fault of the builds that are waited for; later ones are tried', async () => {
    const builder = await builderIn('/dev/null')
    for (let i = 0; i < 3; i++) {
      const outcomes = await Promise.allSettled(['a', 'b'].map((id) => builder.build(id, null, 0)))
      check.deepEqual(
        outcomes.map(({ status }) => status),
        ['rejected', 'rejected'],
      )
    }
  })

  test('closed while it builds it ends soon, whatever waits', async () => {
    const world = await open()
    const builder = await builderIn(world.folder)
    const outcomes = ['a', 'b', 'a'].map((id) =>
      builder.build(id, null, 0).then(
        () => 'built',
        () => 'not',
      ),
    )
    await wait(5)
    await builder.close()
    check.equal((await Promise.all(outcomes))[2], 'not')
    await check.rejects(builder.build('a', null, 0), /closing/)
  })
})

test('a thread that ends before it has begun is replaced by another one, one at a time', async () => {
  // There is no compiled file beside the source.
  const builder = new ModelBuilder(optionsOf('/nowhere'))
  for (let i = 0; i < 3; i++) {
    await check.rejects(builder.build('a', null, 0))
    await wait(20)
  }
  await builder.close()
})
