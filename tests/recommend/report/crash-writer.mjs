// Takes feedback and orders as fast as it can, and says what was acknowledged, until it is killed (crash.test.ts).
import { writeSync } from 'node:fs'
import { join } from 'node:path'

const [compiled, work, life] = process.argv.slice(2)
const load = (path) => import(join(compiled, path))
const { FeedbackLog } = await load('recommend/report/feedback-log.js')
const { placementKeyOf } = await load('recommend/report/placement.js')
const { LmdbReportTables } = await load('recommend/store-lmdb.js')

const say = (...words) => writeSync(1, `${words.join(' ')}\n`)
const log = new FeedbackLog({
  tables: new LmdbReportTables(join(work, 'report'), { mapBytes: 64 * 1024 * 1024 }),
  clock: { nowMs: () => Date.now(), elapsedMs: () => performance.now() },
  timeZoneOf: () => 'UTC',
  flushMs: 20,
  waitingMax: 10_000,
  answersPerShopMax: 1_000_000,
  onFault: (error) => say('wrong', error),
})
const placement = { slot: 'home', experiment: 'e', variant: 'b' }
const placementKey = placementKeyOf(placement)

let number = 0
async function work1(worker) {
  for (;;) {
    const name = `${life}.${worker}.${number++}`
    const atMs = Date.now()
    log.answered({
      ...{ shopId: 'shop', placement, personId: name, isPersonal: true, itemCount: 1, atMs },
      explored: null,
    })
    const answer = { atSeconds: Math.floor(atMs / 1_000), placementKey, nonce: name }
    const rest = { ...answer, product: 'p1', personId: name, orderId: '', valueMicros: 0 }
    const verdicts = await log.feedback('shop', [
      { ...rest, type: 'view' },
      { ...rest, type: 'click' },
    ])
    if (verdicts.join() !== 'counted,counted') say('wrong', verdicts)
    say('clicked', name, answer.atSeconds)
    const lines = [{ product: 'p1', quantity: 1, priceMicros: 1_000_000 }]
    const order = { orderId: `o${name}`, lines, valueMicros: 3_000_000, atMs: Date.now() }
    await log.order('shop', [name], order)
    say('ordered', name)
  }
}
for (let worker = 0; worker < 20; worker++) void work1(worker)
