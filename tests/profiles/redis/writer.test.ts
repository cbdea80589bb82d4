// Goal: of writes to one slice the newest counts, in whatever order servers fail and answer; none is
// told to be kept before it is; what waits is bounded. Method: a server in the test's hand, which takes or
// loses writes in seeded random steps, and keeps what it has taken even where its answer is lost.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { redisConfigSchema } from '../../../src/profiles/redis/config.js'
import { Keys } from '../../../src/profiles/redis/keys.js'
import { RedisWriter, type ScriptRunner } from '../../../src/profiles/redis/writer.js'
import { emptySlice } from '../../../src/profiles/slice.js'
import { decodeSlice } from '../../../src/profiles/slice-codec.js'
import { type SliceWrite, sliceRemoval, sliceWrite } from '../../../src/profiles/write.js'

const seed = Number(process.env['SEED'] ?? 79)
const config = redisConfigSchema.parse({})

interface Sent {
  readonly key: string
  /** 0 where the slice was taken out. */
  readonly number: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

class HandRedis implements ScriptRunner {
  readonly sent: Sent[] = []
  readonly kept = new Map<string, number>()
  readonly pieces: number[] = []

  write(_: string, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<void> {
    const slice = args.length === 1 ? null : decodeSlice(args[2] as Buffer)
    const number = slice === null || typeof slice === 'number' ? 0 : Number(slice.picks[0])
    return new Promise((resolve, reject) => {
      this.sent.push({ key: `${keys[0]} ${args[0]}`, number, resolve, reject })
    })
  }

  together(send: () => void): void {
    const before = this.sent.length
    send()
    this.pieces.push(this.sent.length - before)
  }

  /** The oldest write is taken. */
  take(): void {
    const write = this.sent.shift()
    if (write === undefined) return
    this.kept.set(write.key, write.number)
    write.resolve()
  }

  /** The oldest write is lost; or only its answer. */
  lose(isTaken: boolean): void {
    const write = this.sent.shift()
    if (write === undefined) return
    if (isTaken) this.kept.set(write.key, write.number)
    write.reject(new Error('gone'))
  }
}

function opened(changes: object = {}, waitingMax = 1_000) {
  const redis = new HandRedis()
  const told: string[] = []
  const keys = new Keys('t:')
  const all = { ...config, ...changes }
  const writer = new RedisWriter(redis, keys, all, waitingMax, (uid) => told.push(uid))
  return { redis, writer, told }
}

const put = (uid: string, number: number): SliceWrite =>
  sliceWrite(uid, 'shop-1', { ...emptySlice, picks: [`${number}`] })
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('whatever is lost on the way, the newest is what is kept in the end, and none is kept in vain', async () => {
  const random = new Random(seed)
  const failures: string[] = []
  for (let world = 0; world < 60; world++) {
    const { redis, writer } = opened({ writesInFlightMax: 1 + random.below(4) })
    const newest = new Map<string, number>()
    let askedCount = 0
    let toldCount = 0
    for (let step = 1; step <= 80; step++) {
      const action = random.below(6)
      if (action < 2) {
        const uid = random.pick(['anna', 'ben', 'cleo'])
        const isRemoval = random.chance(0.2)
        const number = isRemoval ? 0 : step
        newest.set(`t:p:{${uid}} shop-1`, number)
        askedCount++
        const write = isRemoval ? sliceRemoval(uid, 'shop-1') : put(uid, step)
        writer.write(write).then(
          () => {
            toldCount++
            const kept = redis.kept.get(`t:p:{${uid}} shop-1`) ?? 0
            // Kept, or already followed by a newer one.
            if (number > kept && kept !== 0) failures.push(`world ${world} step ${step}`)
          },
          () => failures.push(`world ${world} step ${step}: given up`),
        )
      } else if (action < 4) redis.take()
      else if (action < 5) redis.lose(random.chance(0.5))
      else vi.advanceTimersByTime(random.below(100))
      await turn()
    }
    for (let i = 0; i < 200 && toldCount < askedCount; i++) {
      redis.take()
      vi.advanceTimersByTime(600)
      await turn()
    }
    expect(toldCount, `seed ${seed} world ${world}`).toBe(askedCount)
    expect(redis.kept, `seed ${seed} world ${world}`).toEqual(newest)
  }
  expect(failures, `seed ${seed}`).toEqual([])
})

test('what is asked for in one turn goes out together, and one slice once', async () => {
  const { redis, writer } = opened()
  const writes = [put('anna', 1), put('ben', 1), put('anna', 2)].map((it) => writer.write(it))
  await turn()
  expect(redis.pieces).toEqual([2])
  redis.take()
  redis.take()
  await Promise.all(writes)
  expect(redis.kept).toEqual(
    new Map([
      ['t:p:{anna} shop-1', 2],
      ['t:p:{ben} shop-1', 1],
    ]),
  )
})

test('each caller is told when the own time is up, and who came later is waited for', async () => {
  const { redis, writer } = opened({ writeRetryMs: 1_000 })
  const outcomes: string[] = []
  const ask = (number: number): void => {
    writer.write(put('anna', number)).then(
      () => outcomes.push(`${number} kept`),
      (error: Error) => outcomes.push(`${number} ${error.message}`),
    )
  }
  ask(1)
  await turn()
  vi.advanceTimersByTime(700)
  ask(2)
  redis.lose(false)
  await turn()
  vi.advanceTimersByTime(400)
  await turn()
  redis.lose(false)
  await turn()
  expect(outcomes).toEqual(['1 profiles: not kept: gone'])
  vi.advanceTimersByTime(100)
  await turn()
  redis.take()
  await turn()
  expect(outcomes).toEqual(['1 profiles: not kept: gone', '2 kept'])
})

test('no more than may be are under way, and no more than may wait are taken', async () => {
  const { redis, writer } = opened({ writesInFlightMax: 2 }, 3)
  const writes = ['anna', 'ben', 'cleo'].map((uid) => writer.write(put(uid, 1)))
  await expect(writer.write(put('dan', 1))).rejects.toThrow('too many writes are waiting')
  await turn()
  expect(redis.sent).toHaveLength(2)
  redis.take()
  await turn()
  await turn()
  expect(redis.sent).toHaveLength(2)
  redis.take()
  redis.take()
  await Promise.all(writes)
})

test('what is remembered is forgotten before anybody is told, also where the answer was lost', async () => {
  const { redis, writer, told } = opened()
  const written = writer.write(put('anna', 1)).then(() => [...told])
  await turn()
  redis.lose(true)
  await turn()
  expect(told).toEqual(['anna'])
  vi.advanceTimersByTime(20)
  await turn()
  redis.take()
  expect(await written).toEqual(['anna', 'anna'])
})

test('closing waits for what was asked for, and takes no more', async () => {
  const { redis, writer } = opened()
  const written = writer.write(put('anna', 1))
  let isClosed = false
  const closing = writer.close().then(() => {
    isClosed = true
  })
  await expect(writer.write(put('ben', 1))).rejects.toThrow('the store is closed')
  await turn()
  expect(isClosed).toBe(false)
  redis.take()
  await Promise.all([written, closing])
})
