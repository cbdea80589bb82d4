// Goal: the contract of profile stores, kept by the one on disk; and what only that one promises: it
// is there again after a restart, and several processes share it without losing or hiding anything.
// Method: a folder of its own for each test; a second process that a test gives orders to.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import { type ProfilesConfig, profilesConfigSchema } from '../../src/profiles/config.js'
import type { Profile } from '../../src/profiles/profile.js'
import { emptySlice, type Slice } from '../../src/profiles/slice.js'
import { LmdbProfileStore } from '../../src/profiles/store-lmdb.js'
import { profileStoreContract } from '../contracts/profile-store.js'
import { randomSlice } from './random-slice.js'

const seed = Number(process.env['SEED'] ?? 74)
const defaults = profilesConfigSchema.parse({})
const pick = (product: string): Slice => ({ ...emptySlice, picks: [product] })

profileStoreContract((config) => new LmdbProfileStore(newFolder(), config))

test('what was put is there after closing and opening again', async () => {
  const folder = newFolder()
  const random = new Random(seed)
  const slices = Array.from({ length: 300 }, () => randomSlice(random))
  const before = new LmdbProfileStore(folder, defaults)
  const shop = before.forShop('shop-1')
  await Promise.all(slices.map((slice, i) => shop.put(`person-${i}`, slice)))
  const profiles = slices.map((_, i) => before.read(`person-${i}`))
  await before.close()

  const after = opened(folder)
  for (const [i, slice] of slices.entries()) {
    expect(await after.forShop('shop-1').get(`person-${i}`), `seed ${seed} ${i}`).toEqual(slice)
    expect(after.read(`person-${i}`)).toEqual(profiles[i])
  }
})

test('the file grows past the addresses set aside for it', async () => {
  const folder = newFolder()
  const store = opened(folder, { mapBytes: 1_048_576 })
  const reader = opened(folder, { mapBytes: 1_048_576 })
  const slice = { ...emptySlice, picks: Array.from({ length: 24 }, (_, i) => `${i}`.repeat(60)) }
  for (let round = 0; round < 20; round++) {
    const puts = Array.from({ length: 200 }, (_, i) =>
      store.forShop('shop-1').put(`person-${round}-${i}`, slice),
    )
    await Promise.all(puts)
    await seenBy(reader, `person-${round}-199`, (profile) => profile !== null)
  }
  expect(await store.forShop('shop-1').get('person-0-0')).toEqual(slice)
})

test('a folder that cannot hold a store is told when it is opened', () => {
  const folder = newFolder()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'data.mdb'), 'this is no store '.repeat(1_000))
  expect(() => new LmdbProfileStore(folder, defaults)).toThrow('data.mdb: is no profile store')
})

test.each([0, 10])(
  'another process sees each write within milliseconds (cache of %i)',
  async (max) => {
    const folder = newFolder()
    const store = opened(folder, { profileCacheMax: max })
    const other = await secondProcess(folder)
    for (let i = 0; i < 30; i++) {
      await other.do({ action: 'put', shopId: 'shop-1', uid: 'anna', slice: pick(`theirs-${i}`) })
      const waitedMs = await seenBy(store, 'anna', shows(`theirs-${i}`))
      expect(waitedMs).toBeLessThan(250)
      await store.forShop('shop-1').put('anna', pick(`ours-${i}`))
      let seen = false
      for (let attempt = 0; attempt < 50 && !seen; attempt++) {
        const profile = (await other.do({ action: 'read', uid: 'anna' })) as Profile | null
        seen = shows(`ours-${i}`)(profile)
      }
      expect(seen, `write ${i}`).toBe(true)
    }
    await other.do({ action: 'remove', shopId: 'shop-1', uid: 'anna' })
    expect(await seenBy(store, 'anna', (profile) => profile === null)).toBeLessThan(250)
  },
)

test('whom another process makes known is no stranger here', async () => {
  const folder = newFolder()
  const store = opened(folder)
  const other = await secondProcess(folder)
  for (let i = 0; store.stats.strangersUnasked === 0 && i < 10_000; i++) {
    store.read(`stranger-${i}`)
    await new Promise(setImmediate)
  }
  expect(store.stats.strangersUnasked).toBeGreaterThan(0)
  for (let i = 0; i < 20; i++) {
    await other.do({ action: 'put', shopId: 'shop-1', uid: `newcomer-${i}`, slice: pick('p') })
    expect(await seenBy(store, `newcomer-${i}`, shows('p'))).toBeLessThan(250)
  }
})

test('two processes that write for two shops about the same people lose nothing', async () => {
  const folder = newFolder()
  const store = opened(folder)
  const other = await secondProcess(folder)
  const people = 40
  for (let round = 0; round < 5; round++) {
    const writes: Promise<unknown>[] = []
    for (let i = 0; i < people; i++) {
      const uid = `person-${i}`
      const slice = pick(`${round}`)
      writes.push(other.do({ action: 'put', shopId: 'theirs', uid, slice }))
      writes.push(store.forShop('ours').put(uid, slice))
      // Not all in one transaction.
      if (i % 5 === 0) await new Promise(setImmediate)
    }
    await Promise.all(writes)
    for (let i = 0; i < people; i++) {
      const both = (profile: Profile | null): boolean =>
        profile?.slices.length === 2 &&
        profile.slices.every((slice) => slice.productKeys[0] === keyOf(`${round}`))
      await seenBy(store, `person-${i}`, both)
      expect(await store.forShop('theirs').get(`person-${i}`)).toEqual(pick(`${round}`))
      expect(await store.forShop('ours').get(`person-${i}`)).toEqual(pick(`${round}`))
    }
  }
})

test('a process killed while it writes leaves all that it was told is kept, and a store that works', async () => {
  const folder = newFolder()
  const store = opened(folder)
  for (let round = 0; round < 3; round++) {
    const shopId = `shop-${round}`
    const other = await secondProcess(folder)
    let kept = -1
    other.process.on('message', (message: { kept?: number }) => {
      if (message.kept !== undefined) kept = Math.max(kept, message.kept)
    })
    other.do({ action: 'putEndlessly', shopId, slice: pick(shopId) }).catch(() => undefined)
    while (kept < 20) await once(other.process, 'message')
    other.process.kill('SIGKILL')
    await once(other.process, 'exit')
    await store.forShop('ours').put('anna', pick('after'))
    for (let i = 0; i <= kept; i++)
      expect(await store.forShop(shopId).get(`person-${i}`)).toEqual(pick(shopId))
  }
})

test('a full disk refuses writes by name, and what was kept before is there', async () => {
  const folder = newFolder()
  // Files may grow to 2 MB there, at 512 bytes a block.
  const other = await secondProcess(folder, 'ulimit -f 4096; exec "$0" "$@"')
  let kept = 0
  let refusal = ''
  while (refusal === '' && kept < 100_000) {
    const puts = Array.from({ length: 200 }, (_, i) =>
      other.do({ action: 'put', shopId: 'shop-1', uid: `person-${kept + i}`, slice: pick('p') }),
    )
    const results = await Promise.allSettled(puts)
    const failed = results.find((result) => result.status === 'rejected')
    if (failed === undefined) kept += results.length
    else refusal = String(failed.reason)
  }
  expect(refusal).toContain('profiles: not kept: ')
  expect(kept).toBeGreaterThan(0)
  expect(await other.do({ action: 'read', uid: 'person-0' })).not.toBeNull()
  const store = opened(folder)
  for (let i = 0; i < kept; i++) expect(store.read(`person-${i}`), `${i}`).not.toBeNull()
  await store.forShop('shop-1').put('anna', pick('there is room here'))
  expect(store.read('anna')).not.toBeNull()
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-profiles-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'profiles')
}

function opened(folder: string, config: Partial<ProfilesConfig> = {}): LmdbProfileStore {
  const store = new LmdbProfileStore(folder, { ...defaults, ...config })
  onTestFinished(() => store.close())
  return store
}

const shows =
  (product: string) =>
  (profile: Profile | null): boolean =>
    profile?.slices[0]?.productKeys[0] === keyOf(product)

/** Reads once a turn until it is as expected; fails after two seconds. @returns milliseconds. */
async function seenBy(
  store: LmdbProfileStore,
  uid: string,
  isExpected: (profile: Profile | null) => boolean,
): Promise<number> {
  const startMs = performance.now()
  while (!isExpected(store.read(uid))) {
    if (performance.now() - startMs > 2_000) throw new Error(`${uid}: not seen after 2 s`)
    await new Promise(setImmediate)
  }
  return performance.now() - startMs
}

interface Answer {
  readonly id?: number
  readonly answer?: unknown
  readonly error?: string
}

interface SecondProcess {
  readonly process: ChildProcess
  do(order: object): Promise<unknown>
}

/** @param shell what a shell does before it becomes that process. */
async function secondProcess(folder: string, shell = 'exec "$0" "$@"'): Promise<SecondProcess> {
  const script = fileURLToPath(new URL('./second-process.mjs', import.meta.url))
  const child = spawn('sh', ['-c', shell, process.execPath, script, folder], {
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.send({ id: 0, action: 'close' })
    await ended
  })
  const open = new Map<number, (answer: Answer) => void>()
  child.on('message', (message: Answer) => open.get(message.id ?? -1)?.(message))
  child.on('exit', () => {
    for (const answer of open.values()) answer({ error: 'the second process has ended' })
  })
  await once(child, 'message')
  let lastId = 0
  return {
    process: child,
    do: (order) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        open.set(id, ({ answer, error }) => {
          open.delete(id)
          if (error === undefined) resolve(answer)
          else reject(new Error(error))
        })
        child.send({ id, ...order })
      }),
  }
}
