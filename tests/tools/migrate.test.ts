// Goal: every profile is in the other store afterwards, byte for byte, whichever kind it is; doing it
// again writes nothing; what differs in the end is told, by words, by JSON and by the exit code. Method: the
// command itself between LMDB in a folder and a real server; copying alone between stores in memory.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { Random } from '../../src/base/random.js'
import { profilesConfigSchema } from '../../src/profiles/config.js'
import { copyStore } from '../../src/profiles/copy-store.js'
import type { Slice } from '../../src/profiles/slice.js'
import { emptySlice } from '../../src/profiles/slice.js'
import type { WholeStore } from '../../src/profiles/store.js'
import { LmdbProfileStore } from '../../src/profiles/store-lmdb.js'
import { MemoryProfileStore } from '../../src/profiles/store-memory.js'
import { sliceRemoval } from '../../src/profiles/write.js'
import { runMigrate } from '../../src/tools/migrate.js'
import { randomSlice } from '../profiles/random-slice.js'
import { readSettled } from '../profiles/read-settled.js'
import { openedAt } from '../profiles/redis/opened.js'
import {
  isRedisMissing,
  type Servers,
  startCluster,
  startServer,
} from '../profiles/redis/servers.js'

const seed = Number(process.env['SEED'] ?? 78)
const config = profilesConfigSchema.parse({})
const quiet = { prune: false, onProgress: () => {} }

afterEach(() => {
  process.exitCode = 0
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-migrate-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Some people, with odd names among them, known to one shop or several. */
async function fill(store: WholeStore): Promise<number> {
  const random = new Random(seed)
  const uids = ['__proto__', '}', '%7D', 'a b', '\ud83d\ude00', 'x'.repeat(128)]
  for (let i = 0; i < 300; i++) uids.push(`person-${i}`)
  let count = 0
  await Promise.all(
    uids.map(async (uid) => {
      for (let shop = random.below(3); shop >= 0; shop--) {
        count++
        await store.forShop(`shop-${shop}`).put(uid, randomSlice(random))
      }
    }),
  )
  return count
}

async function all(store: WholeStore): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for await (const { uid, shopId, encoded } of store.slices())
    found.set(`${shopId} ${uid}`, encoded.toString('hex'))
  return found
}

/** @returns what the command said on standard output. */
async function migrate(...args: string[]): Promise<string> {
  let said = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text)
    return true
  })
  try {
    await runMigrate(args)
  } finally {
    vi.restoreAllMocks()
  }
  return said
}

describe.skipIf(isRedisMissing()).each([
  ['one server', () => startServer()],
  ['a cluster', () => startCluster()],
])('%s', (_, start) => {
  let servers: Servers
  beforeAll(async () => {
    servers = await start()
  })
  afterAll(() => servers.remove())

  test('all is there after a way to Redis and back, and a second time nothing is written', async () => {
    const folder = newFolder()
    const before = new LmdbProfileStore(join(folder, 'here', 'profiles'), config)
    const count = await fill(before)
    const expected = await all(before)
    await before.close()
    expect(expected.size).toBe(count)
    vi.stubEnv('GROSZ_DATA', join(folder, 'here'))

    const there = ['--from', 'lmdb', '--to', servers.address, '--json']
    expect(JSON.parse(await migrate(...there))).toMatchObject({
      ...{ from: 'lmdb', to: servers.address, people: 306, slices: count, copied: count, same: 0 },
      ...{ unreadable: 0, different: 0, extra: 0, pruned: 0 },
    })
    expect(JSON.parse(await migrate(...there))).toMatchObject({ copied: 0, same: count })

    vi.stubEnv('GROSZ_DATA', join(folder, 'back'))
    await migrate('--from', servers.address, '--to', 'lmdb')
    expect(process.exitCode ?? 0).toBe(0)
    const after = new LmdbProfileStore(join(folder, 'back', 'profiles'), config)
    onTestFinished(() => after.close())
    expect(await all(after)).toEqual(expected)
    // Bidders find them, wherever they look.
    const redis = openedAt(servers.address, { keyPrefix: 'grosz:' })
    await redis.ready()
    for (const uid of ['}', 'person-7', 'nobody'])
      expect((await readSettled(redis, uid))?.slices ?? []).toHaveLength(
        after.read(uid)?.slices.length ?? 0,
      )
  })
})

describe('copying', () => {
  const pick = (product: string): Slice => ({ ...emptySlice, picks: [product] })
  const stores = (): [MemoryProfileStore, MemoryProfileStore] => [
    new MemoryProfileStore(config),
    new MemoryProfileStore(config),
  ]

  test('only what differs is written; what only the target has is told, or taken out', async () => {
    const [from, to] = stores()
    await from.forShop('A').put('anna', pick('1'))
    await from.forShop('A').put('ben', pick('1'))
    await to.forShop('A').put('anna', pick('1'))
    await to.forShop('A').put('ben', pick('old'))
    await to.forShop('B').put('ben', pick('1'))
    expect(await copyStore(from, to, quiet)).toEqual({
      ...{
        people: 2,
        slices: 2,
        copied: 1,
        same: 1,
        unreadable: 0,
        different: 0,
        extra: 1,
        pruned: 0,
      },
    })
    expect(await copyStore(from, to, { ...quiet, prune: true })).toMatchObject({
      ...{ copied: 0, extra: 1, pruned: 1 },
    })
    expect(await all(to)).toEqual(await all(from))
  })

  test('what cannot be read is left out and told', async () => {
    const [from, to] = stores()
    await from.forShop('A').put('anna', pick('1'))
    await from.write({ ...sliceRemoval('ben', 'A'), encoded: Buffer.alloc(64, 255) })
    expect(await copyStore(from, to, quiet)).toMatchObject({
      copied: 1,
      unreadable: 1,
      different: 0,
    })
    expect((await all(to)).size).toBe(1)
  })

  test('what is changed meanwhile is told, and taken along the next time', async () => {
    const [from, to] = stores()
    await from.forShop('A').put('anna', pick('1'))
    const change = vi.spyOn(to, 'write').mockImplementationOnce(async (write) => {
      change.mockRestore()
      await to.write(write)
      await from.forShop('A').put('anna', pick('2'))
    })
    expect(await copyStore(from, to, quiet)).toMatchObject({ copied: 1, different: 1 })
    expect(await copyStore(from, to, quiet)).toMatchObject({ copied: 1, different: 0 })
  })

  test('a store that fails ends it with why', async () => {
    const [from, to] = stores()
    await from.forShop('A').put('anna', pick('1'))
    await to.close()
    await expect(copyStore(from, to, quiet)).rejects.toThrow('the store is closed')
  })
})

test.each([
  [[], 'usage: grosz migrate'],
  [['--from', 'lmdb', '--to', 'lmdb'], 'are the same store'],
  [['--from', 'lmdb', '--to', 'redis://127.0.0.1:1'], 'holds no store'],
  [['--from', 'redis://u:secret@127.0.0.1:1', '--to', 'lmdb'], 'redis://127.0.0.1:1: '],
  [['--from', 'http://x', '--to', 'lmdb'], '--from: must be lmdb, redis://'],
])('%j is refused with why, without a password', async (args, why) => {
  vi.stubEnv('GROSZ_DATA', newFolder())
  vi.stubEnv('GROSZ_LOG_LEVEL', 'silent')
  const error = await migrate(...args).then(
    () => '',
    (it: Error) => it.message,
  )
  expect(error).toContain(why)
  expect(error).not.toContain('secret')
})
