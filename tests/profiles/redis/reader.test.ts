// Goal: whatever order answers, news of changes and losses of connections come in, nothing old is
// remembered; reads made together are asked for together, and no more than may be are under way.
// Method: a Redis of the test's own, whose two connections deliver each in their order, but one
// against the other in seeded random steps; plain cases one by one.
import { expect, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { ProfileFetch } from '../../../src/profiles/fetch.js'
import { redisConfigSchema } from '../../../src/profiles/redis/config.js'
import { Keys } from '../../../src/profiles/redis/keys.js'
import { type HashSource, RedisReader } from '../../../src/profiles/redis/reader.js'
import { emptySlice } from '../../../src/profiles/slice.js'
import { encodeSlice, hotSection } from '../../../src/profiles/slice-codec.js'
import { ProfileStats } from '../../../src/profiles/stats.js'
import { pending } from '../../../src/profiles/store.js'

const seed = Number(process.env['SEED'] ?? 76)
const config = redisConfigSchema.parse({ profileCacheMax: 100, strangerCacheMax: 100 })
const keys = new Keys('t:')

interface Asked {
  readonly key: string
  /** What the server read, once it has. */
  fields: Buffer[] | null
  readonly resolve: (fields: Buffer[]) => void
  readonly reject: (error: Error) => void
}

/** A server and its two connections, in the test's hands. */
class HandRedis implements HashSource {
  isUp = true
  isWatched = true
  readonly values = new Map<string, number>()
  readonly asked: Asked[] = []
  readonly pieces: number[] = []

  hash(key: string): Promise<Buffer[]> {
    return new Promise((resolve, reject) => {
      this.asked.push({ key, fields: null, resolve, reject })
    })
  }

  together(send: () => void): void {
    const before = this.asked.length
    send()
    this.pieces.push(this.asked.length - before)
  }

  /** The server gets to the next question that it hasn't read for yet. */
  execute(): void {
    const next = this.asked.find(({ fields }) => fields === null)
    if (next === undefined) return
    const value = this.values.get(keys.uidOf(next.key))
    next.fields = value === undefined ? [] : [Buffer.from('shop-1'), hotOf(value)]
  }

  /** The oldest answer arrives. */
  async answer(): Promise<void> {
    if (this.asked[0]?.fields == null) return
    const { resolve, fields } = this.asked.shift()!
    resolve(fields!)
    await turn()
  }
}

/** Shows its number as what the cart is worth. */
const hotOf = (value: number): Buffer =>
  Buffer.from(
    hotSection(
      encodeSlice({ ...emptySlice, cart: { items: [], valueMicros: value, changedAtMs: 1 } }),
    ),
  )

const turn = (): Promise<void> => new Promise(setImmediate)

function opened(changes: object = {}) {
  const redis = new HandRedis()
  const stats = new ProfileStats()
  const reader = new RedisReader(redis, keys, { ...config, ...changes }, stats)
  /** @returns the value that is remembered; 0 of a stranger; undefined where Redis has to be asked. */
  const remembered = (uid: string): number | undefined => {
    const found = reader.read(uid)
    return found === pending ? undefined : (found?.slices[0]?.cartValueMicros ?? 0)
  }
  const fetch = (...uids: string[]): ProfileFetch => {
    const fetch = new ProfileFetch(uids, () => {})
    reader.fetch(fetch)
    return fetch
  }
  return { redis, stats, reader, remembered, fetch }
}

test('nothing old is remembered, in whatever order news and answers come', async () => {
  const random = new Random(seed)
  const uids = ['anna', 'ben', 'cleo']
  const failures: string[] = []
  let rememberedCount = 0
  for (let world = 0; world < 400; world++) {
    const { redis, reader, remembered, fetch } = opened()
    const news: string[] = []
    let value = 0
    const steps: readonly (() => void | Promise<void>)[] = [
      () => {
        const uid = random.pick(uids)
        if (random.chance(0.3)) redis.values.delete(uid)
        else redis.values.set(uid, ++value)
        if (redis.isWatched) news.push(uid)
      },
      async () => {
        fetch(random.pick(uids))
        await turn()
      },
      () => redis.execute(),
      () => redis.execute(),
      () => redis.answer(),
      () => redis.answer(),
      () => {
        const uid = news.shift()
        if (uid !== undefined) reader.changed(uid)
      },
      () => {
        if (!random.chance(0.05)) return
        // The connection that tells of changes is lost with all that it carried; or is there again.
        redis.isWatched = !redis.isWatched
        news.length = 0
        reader.forget()
      },
    ]
    for (let step = 0; step < 120; step++) {
      await random.pick(steps)()
      if (random.chance(0.1)) for (; news.length > 0; ) reader.changed(news.shift()!)
      // What Redis has told of by now is known; what it still has to tell may be out of date.
      for (const uid of uids.filter((it) => !news.includes(it))) {
        const is = remembered(uid)
        if (is === undefined) continue
        rememberedCount++
        if (is !== (redis.values.get(uid) ?? 0)) failures.push(`world ${world} step ${step} ${uid}`)
      }
    }
  }
  expect(failures, `seed ${seed}`).toEqual([])
  expect(rememberedCount).toBeGreaterThan(10_000)
})

test('an answer that a change has overtaken is given, but not remembered, and not waited for again', async () => {
  const { redis, reader, remembered, fetch } = opened()
  redis.values.set('anna', 1)
  const first = fetch('anna')
  await turn()
  redis.execute()
  redis.values.set('anna', 2)
  reader.changed('anna')
  const second = fetch('anna')
  await turn()
  redis.execute()
  await redis.answer()
  expect(first.profileOf('anna')?.slices[0]?.cartValueMicros).toBe(1)
  expect(remembered('anna')).toBeUndefined()
  expect(second.waitingCount).toBe(1)
  await redis.answer()
  expect(second.profileOf('anna')?.slices[0]?.cartValueMicros).toBe(2)
  expect(remembered('anna')).toBe(2)
})

test('nothing is remembered of a server that does not tell of changes', async () => {
  const { redis, remembered, fetch } = opened()
  redis.values.set('anna', 1)
  redis.isWatched = false
  const found = fetch('anna')
  await turn()
  redis.execute()
  await redis.answer()
  expect(found.profileOf('anna')).not.toBeNull()
  expect(remembered('anna')).toBeUndefined()
})

test('what is asked for in one turn goes out together, and once for each person', async () => {
  const { redis, fetch, stats } = opened()
  const fetches = [fetch('anna', 'ben'), fetch('ben', 'cleo'), fetch('anna')]
  await turn()
  expect(redis.pieces).toEqual([3])
  for (let i = 0; i < 3; i++) {
    redis.execute()
    await redis.answer()
  }
  expect(fetches.map(({ waitingCount }) => waitingCount)).toEqual([0, 0, 0])
  expect(stats).toMatchObject({ strangers: 3, readErrors: 0 })
})

test('strangers are known as such without asking', async () => {
  const { redis, remembered, fetch, stats } = opened()
  fetch('anna')
  await turn()
  redis.execute()
  await redis.answer()
  expect(remembered('anna')).toBe(0)
  expect(stats).toMatchObject({ strangers: 2, strangersUnasked: 1 })
  expect(redis.asked).toHaveLength(0)
})

test('strangers past the bound make room, counted; all are forgotten where news may be missing', async () => {
  const { redis, stats, reader, remembered, fetch } = opened({ strangerCacheMax: 2 })
  for (const uid of ['anna', 'ben', 'cleo']) {
    fetch(uid)
    await turn()
    redis.execute()
    await redis.answer()
  }
  expect(['anna', 'ben', 'cleo'].map(remembered)).toEqual([undefined, 0, 0])
  expect(stats.cacheEvictions).toBe(1)
  reader.forget()
  expect(['ben', 'cleo'].map(remembered)).toEqual([undefined, undefined])
  expect(stats).toMatchObject({ cacheEvictions: 1, cacheDrops: 1 })
})

test('reads beyond those that may be under way fail at once, as do all while Redis is away', async () => {
  const { redis, reader, stats, fetch } = opened({ readsInFlightMax: 2 })
  const found = fetch('anna', 'ben', 'cleo')
  expect(found).toMatchObject({ waitingCount: 2, failedCount: 1 })
  await turn()
  redis.asked[0]!.reject(new Error('gone'))
  await turn()
  expect(found).toMatchObject({ waitingCount: 1, failedCount: 2 })
  expect(stats.readErrors).toBe(2)
  redis.isUp = false
  expect(reader.read('dan')).toBeNull()
  expect(stats.readErrors).toBe(3)
})

test('a slice that cannot be read is left out and counted, the others are there', async () => {
  const { redis, fetch, stats } = opened()
  const found = fetch('anna')
  await turn()
  redis.asked[0]!.fields = [
    ...[Buffer.from('shop-1'), hotOf(1)],
    ...[Buffer.from('shop-2'), Buffer.from('?')],
    Buffer.from('cut'),
  ]
  await redis.answer()
  expect(found.profileOf('anna')?.slices).toHaveLength(1)
  expect(stats.unreadableSlices).toBe(1)
})
