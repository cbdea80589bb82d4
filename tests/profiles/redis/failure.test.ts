// Goal: a server that dies, stands still or is failed over keeps no bid waiting and loses nothing that
// was acknowledged, as far as it had been replicated: reads fail fast and are counted, writes are tried
// again and then reported, and all goes on by itself once there is a master again. Method: real servers
// killed under load; every write's outcome written down and compared with what is there in the end.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { keyOf } from '../../../src/base/key.js'
import { emptySlice, type Slice } from '../../../src/profiles/slice.js'
import { type ProfileReader, pending } from '../../../src/profiles/store.js'
import { readSettled, readTwice } from '../read-settled.js'
import { newPrefix, openedAt } from './opened.js'
import {
  isRedisMissing,
  type Servers,
  startCluster,
  startSentinels,
  startServer,
  takeOver,
  until,
} from './servers.js'

const numbered = (number: number): Slice => ({ ...emptySlice, picks: [`${number}`] })
const uidCount = 60
const uidOf = (number: number): string => `person-${number % uidCount}`
/** A server that doesn't answer for so long is failed over. */
const failoverMs = 1_500
/**
 * What a read may take while everything is broken: less than failing over does. Counted by a timer, so
 * that a machine that stands still makes no read slow.
 */
const quickTicks = 100
const tickMs = 10
let ticks = 0
const ticking = setInterval(() => ticks++, tickMs)
afterAll(() => clearInterval(ticking))

async function started(start: () => Promise<Servers>): Promise<Servers> {
  const servers = await start()
  onTestFinished(() => servers.remove())
  return servers
}

/** Writes and reads all the time until it is stopped. */
class Load {
  /** Of each person the newest number that was acknowledged, and those that were sent after it. */
  readonly acknowledged = new Map<string, number>()
  readonly maybe = new Map<string, Set<number>>()
  rejectedCount = 0
  /** Of all reads the longest. */
  slowestTicks = 0
  #isOver = false
  #running: Promise<void>[] = []

  constructor(writer: ReturnType<typeof openedAt>, reader: ReturnType<typeof openedAt>) {
    this.#running = [this.#write(writer), this.#write(writer), this.#read(reader)]
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#running)
  }

  #number = 0
  async #write(writer: ReturnType<typeof openedAt>): Promise<void> {
    const under: Promise<void>[] = []
    while (!this.#isOver) {
      const number = ++this.#number
      const uid = uidOf(number)
      const sent = this.maybe.get(uid) ?? new Set()
      this.maybe.set(uid, sent.add(number))
      under.push(
        writer
          .forShop('shop-1')
          .put(uid, numbered(number))
          .then(
            () => {
              this.acknowledged.set(uid, Math.max(number, this.acknowledged.get(uid) ?? 0))
            },
            () => {
              this.rejectedCount++
            },
          ),
      )
      await sleep(2)
    }
    await Promise.all(under)
  }

  async #read(reader: ProfileReader): Promise<void> {
    for (let i = 0; !this.#isOver; i++) {
      const since = ticks
      await readSettled(reader, i % 2 === 0 ? uidOf(i) : `stranger-${i}`)
      this.slowestTicks = Math.max(this.slowestTicks, ticks - since)
      await sleep(1)
    }
  }
}

/** What is there must be what was acknowledged last, or something that was sent after it. */
async function expectNothingLost(load: Load, reader: ProfileReader): Promise<void> {
  expect(load.acknowledged.size).toBe(uidCount)
  for (const [uid, number] of load.acknowledged) {
    const profile = await readSettled(reader, uid)
    const allowed = [...load.maybe.get(uid)!]
      .filter((it) => it >= number)
      .map((it) => keyOf(`${it}`))
    expect(allowed, `${uid}: ${number} was acknowledged`).toContain(
      profile?.slices[0]?.productKeys[0],
    )
  }
}

const worksAgain = (store: ReturnType<typeof openedAt>): Promise<void> =>
  until(async () => {
    const { readErrors } = store.stats
    for (let i = 0; i < uidCount; i++) await readSettled(store, `again-${performance.now()}-${i}`)
    return store.stats.readErrors === readErrors
  })

describe.skipIf(isRedisMissing())('with Redis', { timeout: 200_000 }, () => {
  test.each([
    ['Sentinel', () => startSentinels(failoverMs), 1],
    ['a cluster', () => startCluster(failoverMs), 3],
  ])('%s: a master killed under load is replaced, and nothing is lost', async (_, start, at) => {
    const servers = await started(start)
    const [master, replica] = [servers.all[0]!, servers.all[at]!]
    const keyPrefix = newPrefix()
    // Acknowledged once a replica has it too.
    const redis = { writeReplicas: 1, writeReplicasMs: 300, writeRetryMs: 100_000, silenceMs: 400 }
    const writer = openedAt(servers.address, { keyPrefix, redis })
    const reader = openedAt(servers.address, { keyPrefix, redis })
    await Promise.all([writer.ready(), reader.ready()])
    const load = new Load(writer, reader)
    await until(() => load.acknowledged.size === uidCount)
    const before = [...load.acknowledged.values()].reduce((sum, number) => sum + number, 0)

    await master.kill()
    await until(() => reader.stats.readErrors > 0)
    await until(async () => String(await replica.command('ROLE')).startsWith('master'))
    // The new master has no replica to confirm what it is told, until the old one comes back as that.
    await master.start(...(at === 1 ? ['--replicaof', `127.0.0.1 ${replica.port}`] : []))
    await until(() => [...load.acknowledged.values()].reduce((a, b) => a + b, 0) > before + 10_000)
    await worksAgain(reader)
    await load.stop()

    expect(load.slowestTicks).toBeLessThan(quickTicks)
    expect(load.rejectedCount).toBe(0)
    await expectNothingLost(load, reader)
  })

  test('one server killed under load: reads fail at once, writes go on when it is back', async () => {
    // It writes each change down before it acknowledges it.
    const servers = await started(() =>
      startServer('--appendonly', 'yes', '--appendfsync', 'always'),
    )
    const keyPrefix = newPrefix()
    const redis = { writeRetryMs: 100_000 }
    const writer = openedAt(servers.address, { keyPrefix, redis })
    const reader = openedAt(servers.address, { keyPrefix, redis })
    await Promise.all([writer.ready(), reader.ready()])
    const load = new Load(writer, reader)
    await until(() => load.acknowledged.size === uidCount)

    await servers.all[0]!.kill()
    await until(() => reader.stats.readErrors > 10)
    // What was remembered is forgotten, as nobody tells of changes; nobody is waited for.
    expect(reader.read(uidOf(1))).toBeNull()
    await servers.all[0]!.start()
    await worksAgain(reader)
    await until(() => writer.stats.writes > 500)
    await load.stop()

    expect(load.slowestTicks).toBeLessThan(quickTicks)
    expect(load.rejectedCount).toBe(0)
    await expectNothingLost(load, reader)
    await readTwice(reader, uidOf(1))
  })

  test('a server that stands still is given up, and taken back when it moves again', async () => {
    const servers = await started(startServer)
    const keyPrefix = newPrefix()
    const store = openedAt(servers.address, { keyPrefix, redis: { silenceMs: 200 } })
    await store.ready()
    await store.forShop('shop-1').put('anna', numbered(1))
    await readTwice(store, 'anna')

    servers.all[0]!.pause()
    await until(() => store.read('anna') === null)
    expect(store.stats.readErrors).toBeGreaterThan(0)
    servers.all[0]!.resume()
    await until(async () => (await readSettled(store, 'anna')) !== null)
    await readTwice(store, 'anna')
  })

  test('a write that nobody takes is tried for its time, then reported; a newer one counts', async () => {
    const servers = await started(startServer)
    const keyPrefix = newPrefix()
    const store = openedAt(servers.address, { keyPrefix, redis: { writeRetryMs: 300 } })
    await store.ready()
    await servers.all[0]!.kill()
    const sinceMs = performance.now()
    await expect(store.forShop('shop-1').put('anna', numbered(1))).rejects.toThrow(
      'profiles: not kept: ',
    )
    expect(performance.now() - sinceMs).toBeGreaterThan(250)
    expect(store.stats).toMatchObject({ writes: 0, writeErrors: 1 })

    // Those that follow wait for the server, and only the last of them is sent.
    await servers.all[0]!.start()
    await until(async () => {
      const puts = [2, 3, 4].map((number) => store.forShop('shop-1').put('anna', numbered(number)))
      return (await Promise.allSettled(puts)).every(({ status }) => status === 'fulfilled')
    })
    const profile = await readSettled(store, 'anna')
    expect(profile?.slices[0]?.productKeys).toEqual([keyOf('4')])
  })

  test('a replica that is missing is named where writes must be on one', async () => {
    const servers = await started(startServer)
    const keyPrefix = newPrefix()
    const redis = { writeReplicas: 1, writeReplicasMs: 20, writeRetryMs: 100 }
    const store = openedAt(servers.address, { keyPrefix, redis })
    await store.ready()
    await expect(store.forShop('shop-1').put('anna', numbered(1))).rejects.toThrow(
      'only 0 of 1 replicas have it',
    )
  })

  test('a full server refuses writes by name, and what it has is there', async () => {
    const servers = await started(() =>
      startServer('--maxmemory', '3mb', '--maxmemory-policy', 'noeviction'),
    )
    const store = openedAt(servers.address, { keyPrefix: newPrefix(), redis: { writeRetryMs: 50 } })
    await store.ready()
    let keptCount = 0
    let refusal = ''
    while (refusal === '' && keptCount < 20_000)
      try {
        await store.forShop('shop-1').put(`person-${keptCount}`, numbered(keptCount))
        keptCount++
      } catch (error) {
        refusal = String(error)
      }
    expect(refusal).toContain('OOM')
    expect(await readSettled(store, 'person-0')).not.toBeNull()
  })

  test('keys that move to another node are found there', async () => {
    const servers = await started(startCluster)
    const keyPrefix = newPrefix()
    const store = openedAt(servers.address, { keyPrefix })
    await store.ready()
    const uids = Array.from({ length: 30 }, (_, i) => `person-${i}`)
    await Promise.all(uids.map((uid) => store.forShop('shop-1').put(uid, numbered(1))))
    for (const uid of uids) await readTwice(store, uid)
    // Each replica takes over from its master, which stays as a replica.
    for (const replica of servers.all.slice(3, 5)) await takeOver(replica)
    await until(async () => {
      const { readErrors } = store.stats
      for (const uid of uids) {
        await store.forShop('shop-1').put(uid, numbered(2))
        const profile = await readSettled(store, uid)
        expect(profile?.slices[0]?.productKeys).toEqual([keyOf('2')])
      }
      return store.stats.readErrors === readErrors
    })
    // Remembered again, and told of changes by the new masters.
    const other = openedAt(servers.address, { keyPrefix })
    await other.ready()
    for (const uid of uids) {
      await readTwice(store, uid)
      await other.forShop('shop-1').put(uid, numbered(3))
      await until(async () => {
        const found = store.read(uid)
        const profile = found === pending ? await readSettled(store, uid) : found
        return profile?.slices[0]?.productKeys[0] === keyOf('3')
      })
    }
  })
})
