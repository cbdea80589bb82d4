// Goal: what was acknowledged of views, clicks and orders is there after a kill at any moment, counted once, also when it
// is told again; what wasn't is there wholly or not at all. Method: a process that takes feedback as fast as it can is
// killed again and again; what is left is held against what it had said by then, and against itself.
import { strict as check } from 'node:assert'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, test } from 'vitest'
import { systemClock } from '../../../src/base/clock.js'
import { Random } from '../../../src/base/random.js'
import { FeedbackLog } from '../../../src/recommend/report/feedback-log.js'
import { placementKeyOf } from '../../../src/recommend/report/placement.js'
import { reportOf } from '../../../src/recommend/report/report.js'
import { LmdbReportTables } from '../../../src/recommend/store-lmdb.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
console.info(`seed: ${seed}`)
const lives = 8
const root = fileURLToPath(new URL('../../../', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'grosz-report-crash-'))
const compiled = join(work, 'compiled')
afterAll(() => rmSync(work, { recursive: true, force: true }))

// The process needs JavaScript: the sources are compiled aside, so that the test depends on no build.
beforeAll(() => {
  execFileSync(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    ...['--ignoreConfig', '--outDir', compiled, '--rootDir', join(root, 'src')],
    ...['--target', 'es2023', '--module', 'nodenext', '--types', 'node', '--noCheck'],
    join(root, 'src/recommend/report/feedback-log.ts'),
    join(root, 'src/recommend/store-lmdb.ts'),
  ])
  symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'))
  writeFileSync(join(work, 'package.json'), '{"type":"module"}')
})

/** @returns what it said until it was killed, some time after it had said so much. */
function live(life: number, killAfterLines: number, killAfterMs: number): Promise<string[][]> {
  const program = join(root, 'tests/recommend/report/crash-writer.mjs')
  const child = spawn(process.execPath, [program, compiled, work, `${life}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  let isDoomed = false
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
    if (isDoomed || text.split('\n').length <= killAfterLines) return
    isDoomed = true
    setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  })
  return new Promise((resolve, reject) => {
    child.on('close', (_, signal) => {
      // The last line may have been cut in the middle.
      const lines = text.slice(0, text.lastIndexOf('\n')).split('\n')
      if (signal === 'SIGKILL') resolve(lines.map((line) => line.split(' ')))
      else reject(new Error(`ended by itself: ${text.slice(-2_000)}`))
    })
  })
}

test('whatever it is killed in, the report has all that was acknowledged, once', async () => {
  const random = new Random(seed)
  const clicked = new Map<string, number>()
  const ordered = new Set<string>()
  for (let life = 0; life < lives; life++)
    for (const [what, name = '', atSeconds] of await live(
      life,
      5 + random.below(300),
      random.below(20),
    )) {
      check.notEqual(what, 'wrong', name)
      if (what === 'clicked') clicked.set(name, Number(atSeconds))
      if (what === 'ordered') ordered.add(name)
    }
  console.info(`${clicked.size} clicks, ${ordered.size} orders acknowledged`)

  const tables = new LmdbReportTables(join(work, 'report'), { mapBytes: 64 * 1024 * 1024 })
  const always = { from: '2000-01-01', to: '2100-01-01', slot: null }
  const read = (): ReturnType<typeof reportOf>[0] => reportOf(tables, 'shop', always)[0]!
  const before = read()
  // Twenty at a time were under way in each life.
  const underWay = 20 * lives
  check.ok(before.clicks >= clicked.size && before.clicks <= clicked.size + underWay)
  check.ok(before.orders >= ordered.size && before.orders <= ordered.size + underWay)
  check.equal(before.views, before.clicks)
  check.equal(before.revenueMicros, before.orders * 1_000_000)
  check.equal(before.orderValueMicros, before.orders * 3_000_000)
  check.equal(before.people!.clickRate, 1)
  check.equal(before.people!.orders, before.orders)
  check.ok(before.answers >= before.views)

  const log = new FeedbackLog({
    ...{ tables, clock: systemClock, timeZoneOf: () => 'UTC', flushMs: 1_000, waitingMax: 10_000 },
    ...{ answersPerShopMax: 1_000_000, onFault: (error) => check.fail(String(error)) },
  })
  const placementKey = placementKeyOf({ slot: 'home', experiment: 'e', variant: 'b' })
  for (const [nonce, atSeconds] of clicked) {
    const answer = { atSeconds, placementKey, nonce, product: 'p1', personId: nonce }
    const again = { ...answer, type: 'click', orderId: '', valueMicros: 0 } as const
    check.deepEqual(await log.feedback('shop', [again]), ['duplicate'])
  }
  const lines = [{ product: 'p1', quantity: 1, priceMicros: 1_000_000 }]
  for (const name of ordered) {
    const order = { orderId: `o${name}`, lines, valueMicros: 3_000_000, atMs: Date.now() }
    await log.order('shop', [name], order)
  }
  check.deepEqual(read(), before)
  await log.close()
  await tables.close()
}, 120_000)
