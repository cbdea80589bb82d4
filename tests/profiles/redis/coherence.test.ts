// Goal: what a process remembers of people in Redis is the newest. Once a write is acknowledged, every
// reader sees it within 50 ms, and never something older after something newer; strangers are
// remembered too, and found as soon as they are known. Method: writers and readers with connections of
// their own, in seeded random turns; each slice carries a number that only grows. On one server and on
// a cluster.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyOf } from '../../../src/base/key.js'
import { Random } from '../../../src/base/random.js'
import type { Profile } from '../../../src/profiles/profile.js'
import { emptySlice, type Slice } from '../../../src/profiles/slice.js'
import { pending } from '../../../src/profiles/store.js'
import { readSettled, readTwice } from '../read-settled.js'
import { newPrefix, openedAt } from './opened.js'
import { isRedisMissing, type Servers, startCluster, startServer, until } from './servers.js'

const seed = Number(process.env['SEED'] ?? 75)
/**
 * 50 ms, counted by a timer of 10 ms: what has come is read between two of its ticks, so a machine that
 * stands still for a while makes nobody late.
 */
const seenWithinTicks = 5
let ticks = 0
const ticking = setInterval(() => ticks++, 10)
afterAll(() => clearInterval(ticking))

const numbers = new Map<number, number>()
/** A slice that shows its number to bidders. */
function numbered(number: number): Slice {
  numbers.set(keyOf(`${number}`), number)
  return { ...emptySlice, picks: [`${number}`] }
}
const numberOf = (profile: Profile | null): number =>
  profile === null ? 0 : numbers.get(profile.slices[0]!.productKeys[0]!)!

describe.skipIf(isRedisMissing()).each([
  ['one server', () => startServer()],
  ['a cluster', () => startCluster()],
])('%s', (_, start) => {
  let servers: Servers
  beforeAll(async () => {
    servers = await start()
  })
  afterAll(() => servers.remove())

  test('each reader sees each write soon, and nothing older after it', async () => {
    const keyPrefix = newPrefix()
    const random = new Random(seed)
    const uids = Array.from({ length: 12 }, (_, i) => `person-${i}`)
    const open = () => openedAt(servers.address, { keyPrefix })
    const writers = [open(), open()]
    const readers = [open(), open(), open()]
    await Promise.all([...writers, ...readers].map((store) => store.ready()))
    /** Of each uid: the newest number that was acknowledged, and when. */
    const acknowledged = new Map<string, { number: number; atTick: number }>()
    let isOver = false
    let lastNumber = 0
    const failures: string[] = []

    const writing = uids.map(async (uid, i) => {
      // One person is written by one writer at a time, by either.
      while (!isOver) {
        const number = ++lastNumber
        await random.pick(writers).forShop('shop-1').put(uid, numbered(number))
        acknowledged.set(uid, { number, atTick: ticks })
        await sleep(random.chance(0.3) ? 0 : random.below(100 + i))
      }
    })
    let remembered = 0
    const reading = readers.flatMap((reader) =>
      [0, 1].map(async () => {
        /** What this one has seen, as a bidder's worker would. */
        const seen = new Map<string, number>()
        while (!isOver) {
          const uid = random.pick(uids)
          const known = acknowledged.get(uid)
          const isDue = known !== undefined && ticks > known.atTick + seenWithinTicks
          const found = reader.read(uid)
          if (found !== pending) remembered++
          const number = numberOf(found === pending ? await readSettled(reader, uid) : found)
          if (number < (seen.get(uid) ?? 0))
            failures.push(`${uid}: ${number} after ${seen.get(uid)}`)
          if (isDue && number < known.number)
            failures.push(`${uid}: ${number}, not ${known!.number}`)
          // Two that read through one store may take turns between asking and being answered.
          seen.set(uid, Math.max(number, seen.get(uid) ?? 0))
          if (random.chance(0.05)) await sleep(random.below(5))
          else await new Promise(setImmediate)
        }
      }),
    )
    // However slow the machine is: enough of both.
    await until(() => remembered > 1_000 && lastNumber > 500)
    isOver = true
    await Promise.all([...writing, ...reading])
    expect(failures, `seed ${seed}`).toEqual([])
    for (const reader of readers) expect(reader.stats.readErrors).toBe(0)
    // Each of some 500 changes was told to each, but those that Redis told of together.
    for (const reader of readers) expect(reader.stats.changesTold).toBeGreaterThan(100)
  })

  test('strangers are remembered, and found as soon as they are known', async () => {
    const keyPrefix = newPrefix()
    const reader = openedAt(servers.address, { keyPrefix })
    const writer = openedAt(servers.address, { keyPrefix })
    await Promise.all([reader.ready(), writer.ready()])
    for (let i = 0; i < 50; i++) {
      const uid = `newcomer-${i}`
      await readTwice(reader, uid)
      expect(reader.read(uid)).toBeNull()
      await writer.forShop('shop-1').put(uid, numbered(i + 1))
      const since = ticks
      await until(async () => numberOf(await readSettled(reader, uid)) === i + 1)
      expect(ticks - since).toBeLessThanOrEqual(seenWithinTicks)
      await writer.forShop('shop-1').remove(uid)
      await until(async () => (await readSettled(reader, uid)) === null)
    }
    // Those of a server were asked for once each; another time nobody was asked.
    expect(reader.stats.strangersUnasked).toBeGreaterThanOrEqual(50)
  })

  test('what everybody forgot at once is forgotten here too', async () => {
    const keyPrefix = newPrefix()
    const store = openedAt(servers.address, { keyPrefix })
    await store.ready()
    await store.forShop('shop-1').put('anna', numbered(1))
    await readTwice(store, 'anna')
    for (const server of servers.all) await server.command('FLUSHALL').catch(() => {})
    await until(async () => (await readSettled(store, 'anna')) === null)
  })

  test('after the connection that tells of changes was lost, nothing old is left', async () => {
    const keyPrefix = newPrefix()
    const reader = openedAt(servers.address, { keyPrefix })
    const writer = openedAt(servers.address, { keyPrefix })
    await Promise.all([reader.ready(), writer.ready()])
    for (let round = 1; round <= 10; round++) {
      const uid = `person-${round % 3}`
      await writer.forShop('shop-1').put(uid, numbered(2 * round))
      await until(async () => numberOf(await readTwice(reader, uid)) === 2 * round)
      // The reader's watches and ours; both come back by themselves.
      for (const server of servers.all)
        await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub').catch(() => {})
      await writer.forShop('shop-1').put(uid, numbered(2 * round + 1))
      const since = ticks
      await until(async () => numberOf(await readSettled(reader, uid)) === 2 * round + 1)
      expect(ticks - since, `round ${round}`).toBeLessThanOrEqual(seenWithinTicks)
    }
  })
})
