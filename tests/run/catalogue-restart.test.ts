// Goal: a start takes up what the process before has compiled, and compiles nothing again; but never what is damaged,
// half written, of another shop, key or catalogue. Method: builders one after the other on one folder, whose files are
// damaged in between; what is left when a process is killed while it compiles; tables compared with what compiling in
// memory gives.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, readdirSync, rmSync, watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { buildTable } from '../../src/catalogue/product-builder.js'
import type { Product } from '../../src/catalogue/products.js'
import { Signer } from '../../src/edge/signer.js'
import { shopFile } from '../bidding/world.js'
import { signTarget } from '../catalogue/creative-world.js'
import { feed, productOf } from '../contracts/product-store.js'
import { damage } from './catalogue-damage.js'
import { shownBy, world } from './catalogue-world.js'

const seed = Number(process.env['SEED'] ?? 11)
const products = Array.from({ length: 300 }, (_, i) =>
  productOf(`p${i}`, { category: `c${i % 7}` }),
)
const others = [productOf('own-1'), productOf('own-2')]

/** A shop that is fed and patched, and one with products in its file. */
async function compiledWorld() {
  const it = await world()
  it.write('fed', [])
  it.write('own', others)
  const fed = it.products.forShop('fed')
  await feed(fed, products)
  await it.settle()
  await fed.patch([{ id: 'p7', inStock: false }])
  await fed.patch([{ id: 'p8', priceMicros: 77_000_000 }])
  await it.settle()
  return it
}
type World = Awaited<ReturnType<typeof world>>

const tablesOf = ({ snapshotsDir }: World): string[] => [
  ...new Set(readdirSync(snapshotsDir).flatMap((name) => /^products-[^.]+/.exec(name) ?? [])),
]

function expectRight(it: World, now: readonly Product[], why = '', sign = signTarget): void {
  const { shops, products: tables } = it.snapshot()
  for (const [id, its] of [
    ['fed', now],
    ['own', others],
  ] as const) {
    const { shop } = shopFile(id, [])
    const table = tables[shops.findIndex((shop) => shop.id === id)]!
    const anew = buildTable(shop as Parameters<typeof buildTable>[0], its, sign).table
    expect(shownBy(table, its), `${why} ${id}`).toEqual(shownBy(anew, its))
  }
  expect(it.faults, why).toEqual([])
}
const nowIn = (it: World): Product[] => [...it.products.forShop('fed').all()]

test('nothing that is as it was is compiled again, and patches are taken over alone', async () => {
  const it = await compiledWorld()
  const before = readdirSync(it.snapshotsDir).filter((name) => name.startsWith('products-'))
  it.start()
  await it.settle()
  const after = readdirSync(it.snapshotsDir).filter((name) => name.startsWith('products-'))
  expect(after).toEqual(before)
  expectRight(it, nowIn(it))

  const tables = tablesOf(it)
  await it.products.forShop('fed').patch([{ id: 'p9', inStock: false }])
  await it.products.forShop('fed').patch([{ id: 'p7', inStock: true }])
  it.start()
  await it.settle()
  expect(tablesOf(it)).toEqual(tables)
  expectRight(it, nowIn(it))
})

test('a feed that came meanwhile is in it from the first catalogue on', async () => {
  const it = await compiledWorld()
  await feed(it.products.forShop('fed'), [...products.slice(9), productOf('new')])
  it.start()
  await it.build()
  expectRight(it, nowIn(it))
})

test('what changes of another feed have made of a table is not taken for that feed', async () => {
  const it = await compiledWorld()
  const fed = it.products.forShop('fed')
  await feed(
    fed,
    products.map((product) => ({ ...product, title: 'Another' })),
  )
  await fed.patch([{ id: 'p1', inStock: false }])
  // The patch is in the table before the feed is.
  it.poll()
  it.start()
  await it.build()
  expectRight(it, nowIn(it))
})

test('a store that was put back from a backup does not meet what was compiled after it', async () => {
  const it = await compiledWorld()
  const backup = join(it.folder, 'backup')
  await it.withStoreClosed((directory) => cpSync(directory, backup, { recursive: true }))
  it.start()
  await it.products.forShop('fed').patch([{ id: 'p10', inStock: false }])
  await it.settle()
  await it.withStoreClosed((directory) => {
    rmSync(directory, { recursive: true })
    cpSync(backup, directory, { recursive: true })
  })
  await it.products.forShop('fed').patch([{ id: 'p11', inStock: false }])
  it.start()
  await it.settle()
  expectRight(it, nowIn(it))
})

describe('is compiled anew', () => {
  test('where links are signed with another key', async () => {
    const it = await compiledWorld()
    const other = (shopKey: number, url: string): string => `other-${signTarget(shopKey, url)}`
    it.start(other)
    await it.settle()
    expectRight(it, nowIn(it), '', other)
  })

  test('where the shop is described in another way', async () => {
    const it = await compiledWorld()
    it.write('fed', [], { shop: { language: 'en' } })
    it.start()
    await it.settle()
    const { shops, products: tables } = it.snapshot()
    const { shop } = shopFile('fed', [], 'PLN', { shop: { language: 'en' } })
    const anew = buildTable(shop as Parameters<typeof buildTable>[0], nowIn(it), signTarget).table
    const table = tables[shops.findIndex(({ id }) => id === 'fed')]!
    expect(shownBy(table, products)).toEqual(shownBy(anew, products))
  })

  test.each(['columns', 'pieces', 'state', '1', '2'])('where .%s is damaged', async (kind) => {
    const random = new Random(seed)
    for (let i = 0; i < 12; i++) {
      const it = await compiledWorld()
      damage(random, it.snapshotsDir, new RegExp(`\\.${kind}$`))
      it.start()
      await it.settle()
      expectRight(it, nowIn(it), `seed ${seed}, ${i}`)
    }
  })
})

const thread = fileURLToPath(new URL('../../dist/src/run/compiler-thread.js', import.meta.url))

/** Compiles in a process of its own, as the supervisor does, and kills that once it has written so often. */
async function compileUntil(it: World, secret: Buffer, writeCount: number): Promise<void> {
  const options = {
    shopsDir: it.shopsDir,
    snapshotsDir: it.snapshotsDir,
    productsDir: join(it.folder, 'products'),
    currencies: { PLN: 1 },
  }
  const code = `const { Worker } = require('node:worker_threads')
    const secret = Buffer.from('${secret.toString('hex')}', 'hex')
    const workerData = { ...${JSON.stringify(options)}, secret }
    const worker = new Worker(${JSON.stringify(thread)}, { workerData })
    worker.postMessage({ type: 'build', version: Date.now() })
    worker.on('message', ({ type }) => { if (type === 'built') process.exit() })`
  const child = spawn(process.execPath, ['-e', code], { stdio: 'inherit' })
  let left = writeCount
  const watcher = watch(it.snapshotsDir, () => {
    if (--left === 0) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.once('exit', resolve))
  watcher.close()
}

test.skipIf(!existsSync(thread))(
  'whenever the process is killed',
  { timeout: 60_000 },
  async () => {
    const random = new Random(seed)
    const secret = Buffer.alloc(32, 3)
    const signer = await Signer.open(secret)
    const sign = (shopKey: number, url: string): string => signer.signTarget(shopKey, url)
    const it = await world()
    it.write('fed', [])
    it.write('own', others)
    const fed = it.products.forShop('fed')
    for (let round = 0; round < 5; round++) {
      const title = `Round ${round}`
      await feed(
        fed,
        Array.from({ length: 6_000 }, (_, i) => productOf(`p${i}`, { title: `${title} ${i}` })),
      )
      await compileUntil(it, secret, 1 + random.below(24))
      await fed.patch([{ id: `p${random.below(6_000)}`, inStock: false }])
      it.start(sign)
      await it.settle()
      expectRight(it, nowIn(it), `seed ${seed}, round ${round}`, sign)
    }
  },
)
