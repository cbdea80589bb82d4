// Goal: what exchanges repeat, send late, send elsewhere or send after a restart is charged once and rightly.
// Method: notice handlers on a real ledger in memory, as two workers would be, or one after the other.
import { expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { keyOf } from '../../src/base/key.js'
import { NoticeHandler } from '../../src/edge/notice.js'
import { Authority } from '../../src/ledger/authority.js'
import { ledgerConfigSchema } from '../../src/ledger/config.js'
import { MemoryDisk, MemoryStore } from '../../src/ledger/store-memory.js'
import { makeMetrics } from '../../src/run/metrics.js'
import { unitValue } from '../bidding/world.js'
import { silentLog } from '../ledger/world.js'
import { getRequest } from './get-request.js'
import { CaughtReply, demoExchange, signer } from './in-process.js'

const hourMs = 3_600_000

class TwoWorkers {
  readonly clock = new ManualClock(Date.UTC(2026, 4, 4, 20))
  readonly #disk = new MemoryDisk()
  readonly metrics = makeMetrics({ currencies: unitValue }, [demoExchange])
  authority!: Authority
  handlers: NoticeHandler[] = []
  readonly account: number

  constructor() {
    this.start()
    this.account = this.authority.accountOf('shop0', 'c')
    this.authority.setBudget(this.account, {
      currency: 'PLN',
      timeZone: 'Europe/Warsaw',
      totalNanos: 1_000_000_000n,
      dailyNanos: null,
    })
  }

  /** A new ledger and new workers on what is on the disk. */
  start(): void {
    const config = ledgerConfigSchema.parse({ noticeExpiryMs: 24 * hourMs })
    const authority = new Authority({
      store: new MemoryStore(this.#disk),
      clock: this.clock,
      config,
      log: silentLog,
      onTaken: () => {},
    })
    this.authority = authority
    this.handlers = [1, 2].map(
      () =>
        new NoticeHandler({
          exchanges: [demoExchange],
          signer,
          clock: this.clock,
          metrics: this.metrics,
          log: silentLog,
          noticeExpiryMs: config.noticeExpiryMs,
          clickTokenFor: () => '',
          ledger: authority,
        }),
    )
  }

  /** Of a bid that no worker here knows anything of. */
  token(sequence: number): string {
    return signer.sign({
      isTest: false,
      issuedAtMs: this.clock.nowMs(),
      incarnation: 77,
      sequence,
      expiresAtMs: this.clock.nowMs() + 300_000,
      account: this.account,
      exchangeKey: keyOf('demo'),
      shopKey: keyOf('shop0'),
      reservedNanos: 10_000_000,
      bidCpmMicros: 10_000_000,
      currency: 'PLN',
    })
  }

  /** @returns the status, once the disk has it. */
  async get(worker: number, kind: string, query: string): Promise<number> {
    const route = this.handlers[worker]!.routes().find(
      (it) => it.method === 'GET' && it.path === `/n/${kind}`,
    )
    const reply = new CaughtReply()
    if (route?.method === 'GET') route.handle(getRequest(query), reply)
    await this.authority.saved()
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
    return reply.status
  }

  report() {
    return this.authority.accounts().find(({ account }) => account === this.account)!
  }
}

test('one billing notice, twice, at once, at two workers, and later with another price: checklist 86', async () => {
  const world = new TwoWorkers()
  const t = world.token(1)
  const twice = [0, 1].map((worker) => world.get(worker, 'bill', `t=${t}&p=4&c=PLN`))
  expect(await Promise.all(twice)).toEqual([200, 200])
  world.clock.advance(hourMs)
  expect(await world.get(1, 'bill', `t=${t}&p=9&c=PLN`)).toBe(200)
  expect(world.report().postedTotalNanos).toBe(4_000_000n)
  const { metrics } = world
  expect(metrics.values[metrics.slots.noticesDuplicate]).toBe(2)
})

test('a win costs nothing where the exchange bills by burl; one without any record counts: checklist 85, 96', async () => {
  const world = new TwoWorkers()
  const t = world.token(1)
  expect(await world.get(0, 'win', `t=${t}&p=4&c=PLN`)).toBe(200)
  expect(world.report()).toMatchObject({ postedTotalNanos: 0n, counts: { wins: 1 } })
  expect(await world.get(0, 'bill', `t=${t}&p=4&c=PLN`)).toBe(200)
  expect(world.report()).toMatchObject({ postedTotalNanos: 4_000_000n, counts: { wins: 1 } })
})

test('after a restart, and 23 hours late, it is booked on the day that it comes: checklist 91', async () => {
  const world = new TwoWorkers()
  const [first, second] = [world.token(1), world.token(2)]
  await world.get(0, 'bill', `t=${first}&p=4&c=PLN`)
  await world.authority.close()
  world.clock.advance(23 * hourMs)
  world.start()
  expect(await world.get(0, 'bill', `t=${first}&p=4&c=PLN`)).toBe(200)
  expect(await world.get(1, 'bill', `t=${second}&p=3&c=PLN`)).toBe(200)
  expect(world.report()).toMatchObject({
    postedTotalNanos: 7_000_000n,
    postedTodayNanos: 3_000_000n,
  })
  world.clock.advance(2 * hourMs)
  expect(await world.get(0, 'bill', `t=${world.token(3).replace(/^./, 'B')}&p=1`)).toBe(400)
  expect(await world.get(0, 'bill', `t=${second}&p=3&c=PLN`)).toBe(400)
  expect(world.report().postedTotalNanos).toBe(7_000_000n)
})

test('a token with any character changed moves nothing: checklist 88', async () => {
  const world = new TwoWorkers()
  const t = world.token(1)
  for (let i = 0; i < t.length; i += 3) {
    const forged = t.slice(0, i) + (t[i] === 'A' ? 'B' : 'A') + t.slice(i + 1)
    expect(await world.get(0, 'bill', `t=${forged}&p=4&c=PLN`)).toBe(400)
  }
  expect(world.report().postedTotalNanos).toBe(0n)
})
