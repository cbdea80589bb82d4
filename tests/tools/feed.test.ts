// Goal: who imports a feed at the command line sees what became of it, in words or as one line of JSON, and a
// script sees it by the exit code. Method: the command talks to the API's server over a real socket, with a store
// on disk behind it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { openLog } from '../../src/base/log.js'
import { FeedImports } from '../../src/catalogue/feed-imports.js'
import { LmdbProductStore } from '../../src/catalogue/store-lmdb.js'
import { feedEndpoints } from '../../src/collect/feed.js'
import { type Server, serve } from '../../src/collect/server.js'
import { runFeed } from '../../src/tools/feed.js'

const bytesMax = 1_000_000
let folder: string
let products: LmdbProductStore
let server: Server

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'grosz-feed-tool-'))
  products = await LmdbProductStore.open(join(folder, 'products'), { isWriter: true })
  const imports = new FeedImports({
    products,
    clock: systemClock,
    shop: () => ({
      currency: 'PLN',
      url: 'https://shop.example/',
      own: { products: 0, inStock: 0 },
    }),
    feedBytesMax: bytesMax,
    rowBytesMax: 100_000,
  })
  server = await serve({
    host: '127.0.0.1',
    port: 0,
    endpoints: feedEndpoints({
      imports,
      products,
      feedBytesMax: bytesMax,
      fetch: { allowPrivateNetworks: true, headMs: 5_000, idleMs: 5_000 },
      onFailed: () => {},
    }),
    log: openLog('test', 'silent'),
    findKey: (secret) =>
      secret === 'gz_test' ? { id: 'k', shopId: 'shop', role: 'developer' } : null,
    hasShop: () => true,
    onChange: async () => {},
    onAnswer: () => {},
    isBehindProxy: false,
    bodyTimeoutMs: 5_000,
    idleTimeoutMs: 60_000,
    connectionCountMax: 100,
  })
  vi.stubEnv('GROSZ_COLLECTOR_URL', `http://127.0.0.1:${server.port}`)
  vi.stubEnv('GROSZ_KEY', 'gz_test')
})

afterEach(async () => {
  vi.unstubAllEnvs()
  process.exitCode = undefined
  await server.close()
  await products.close()
  rmSync(folder, { recursive: true, force: true })
})

/** @returns what the command prints, and the code that it would exit with. */
async function run(...args: string[]): Promise<{ text: string; code: number }> {
  const chunks: string[] = []
  process.exitCode = undefined
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    chunks.push(String(chunk))
    return true
  })
  try {
    await runFeed(args)
  } finally {
    write.mockRestore()
  }
  return { text: chunks.join(''), code: Number(process.exitCode ?? 0) }
}

function feedFile(count: number, end = ''): string {
  const path = join(folder, `feed-${count}-${end.length}.csv`)
  const rows = Array.from(
    { length: count },
    (_, i) => `p${i},T ${i},/p/${i},/i.jpg,10 PLN,in stock`,
  )
  writeFileSync(path, `id,title,link,image_link,price,availability\n${rows.join('\n')}\n${end}`)
  return path
}

const count = (): number => products.forShop('shop').state.count

describe('grosz feed', () => {
  test('says what was taken and what was not, and why', async () => {
    const { text, code } = await run('shop', feedFile(3, 'bad,No price,/p,/i.jpg,,in stock\n'))
    expect(text).toContain('Taken: 3 products, 3 in stock (google-csv).')
    expect(text).toContain('1 refused')
    expect(text).toMatch(/no_price +1/)
    expect(text).toMatch(/line 5, bad: /)
    expect([code, count()]).toEqual([0, 3])
  })

  test('ends with one line of JSON where that is asked for', async () => {
    const { text } = await run('shop', feedFile(3), '--json')
    expect(text.trimEnd()).not.toContain('\n')
    expect(JSON.parse(text)).toMatchObject({
      rows: 3,
      taken: 3,
      refused: {},
      warnings: 0,
      dialect: 'google-csv',
      held: false,
      seconds: expect.any(Number),
      peakMemoryBytes: expect.any(Number),
      clientPeakMemoryBytes: expect.any(Number),
    })
  })

  test('tells of a feed that is held back, takes it over when told to, and shows what there was', async () => {
    await run('shop', feedFile(10))
    const held = await run('shop', feedFile(1))
    expect(held.text).toContain('Held back: it would leave 1 of 10 products.')
    expect([held.code, count()]).toEqual([1, 10])
    expect((await run('shop')).text).toContain('Held back: a feed of 1 products')
    expect((await run('shop', '--accept')).code).toBe(0)
    expect(count()).toBe(1)
    await expect(run('shop', '--discard')).rejects.toThrow('no feed of the shop is held back')
    expect((await run('shop', feedFile(0), '--force')).code).toBe(0)
    expect(count()).toBe(0)
  })

  test('tells of a feed that is broken, also one that the API would rather not read on', async () => {
    const { text, code } = await run('shop', feedFile(3, '"never closed\n'))
    expect(text).toContain('Broken: line ')
    expect([code, count()]).toEqual([1, 0])
    const path = join(folder, 'photo.jpg')
    writeFileSync(path, Buffer.alloc(800_000, 0x80))
    expect((await run('shop', path, '--json')).code).toBe(1)
  })

  test('lets the collector fetch a URL', async () => {
    const shop = createServer((_request, response) =>
      response.end('id,title,link,image_link,price\n1,One,/1,/1.jpg,1 PLN\n'),
    ).listen(0, '127.0.0.1')
    await new Promise((resolve) => shop.once('listening', resolve))
    const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/feed.csv`
    const { text, code } = await run('shop', url, '--json')
    shop.closeAllConnections()
    shop.close()
    expect(JSON.parse(text)).toMatchObject({ taken: 1, from: url })
    expect(code).toBe(0)
  })

  test.each([
    ['a file that is not there', ['shop', '/nowhere/feed.xml'], 'there is no such file'],
    ['no shop', [], 'usage: grosz feed'],
  ])('says what is wrong: %s', async (_why, args, reason) => {
    await expect(run(...args)).rejects.toThrow(reason)
  })

  test('says what is wrong: a key that nobody knows, and a collector that does not run', async () => {
    vi.stubEnv('GROSZ_KEY', 'gz_wrong')
    await expect(run('shop', feedFile(1))).rejects.toThrow('the key is unknown')
    vi.stubEnv('GROSZ_COLLECTOR_URL', 'http://127.0.0.1:9')
    await expect(run('shop', feedFile(1))).rejects.toThrow('is Grosz running?')
  })

  test('says what is wrong: a feed that is too long', async () => {
    const { text, code } = await run('shop', feedFile(30_000))
    expect(text).toMatch(/Broken: .*(over|longer|more)/)
    expect(code).toBe(1)
  })
})
