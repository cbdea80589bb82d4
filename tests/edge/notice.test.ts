// Goal: each exchange is charged on the event that was agreed with it and on no other; what can't be
// counted is refused with its reason, and a browser gets its pixel and its page whatever happens.
// Method: a ledger that notes what it is told.
import { expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { keyOf } from '../../src/base/key.js'
import type { Exchange } from '../../src/edge/exchange.js'
import { NoticeHandler, noticeRefusals } from '../../src/edge/notice.js'
import type { Notice, NoticeOutcome } from '../../src/ledger/notice.js'
import { makeMetrics } from '../../src/run/metrics.js'
import { unitValue } from '../bidding/world.js'
import { CaughtReply, demoExchange, signer } from './in-process.js'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const dayMs = 86_400_000

function setUp(exchange: Partial<Exchange> = {}, outcome: NoticeOutcome | Error = 'counted') {
  const told: Notice[] = []
  const clock = new ManualClock()
  const exchanges = [{ ...demoExchange, ...exchange }]
  const metrics = makeMetrics({ currencies: unitValue }, exchanges)
  const handler = new NoticeHandler({
    exchanges,
    signer,
    clock,
    metrics,
    log,
    noticeExpiryMs: dayMs,
    ledger: {
      notice(notice) {
        told.push(notice)
        return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome)
      },
    },
  })
  const token = (changed: object = {}): string =>
    signer.sign({
      isTest: false,
      issuedAtMs: clock.nowMs(),
      incarnation: 1,
      sequence: 2,
      expiresAtMs: clock.nowMs() + 300_000,
      account: 3,
      exchangeKey: keyOf('demo'),
      shopKey: keyOf('shop0'),
      reservedNanos: 39_000_000,
      bidCpmMicros: 10_000_000,
      currency: 'USD',
      ...changed,
    })
  async function get(kind: string, query: string): Promise<CaughtReply> {
    const reply = new CaughtReply()
    const route = handler.routes().find((it) => it.method === 'GET' && it.path === `/n/${kind}`)
    if (route?.method === 'GET') route.handle(query, reply)
    for (let i = 0; i < 10; i++) await Promise.resolve()
    return reply
  }
  const refused = (reason: (typeof noticeRefusals)[number]): number =>
    metrics.values[metrics.slots.noticesRefused[noticeRefusals.indexOf(reason)]!]!
  return { told, clock, get, token, refused }
}

test.each(['bill', 'win', 'imp'] as const)(
  'an exchange that is charged on %s',
  async (chargeOn) => {
    const { told, get, token } = setUp({ chargeOn })
    const t = token()
    for (const kind of ['win', 'bill', 'imp', 'loss', 'click'])
      await get(kind, `t=${t}&p=5&c=USD&u=x&s=${signer.signTarget(keyOf('shop0'), 'x')}`)
    expect(told.map(({ kind }) => kind)).toEqual(['win', 'bill', 'imp', 'loss', 'click'])
    const charged = told.filter(({ charges }) => charges)
    expect(charged.map(({ kind }) => kind)).toEqual([chargeOn])
    // Half of the bid in dollars is half of what was reserved in the shop's money.
    expect(charged[0]).toMatchObject({ paidNanos: 5_000_000, chargeNanos: 19_500_000 })
  },
)

test('a token that is too old counts for nothing, but its click still leads on', async () => {
  const { told, clock, get, token, refused } = setUp()
  const t = token()
  clock.advance(dayMs + 1_000)
  expect((await get('bill', `t=${t}&p=5`)).status).toBe(400)
  const click = await get(
    'click',
    `t=${t}&u=https://a.example/&s=${signer.signTarget(keyOf('shop0'), 'https://a.example/')}`,
  )
  expect(click.status).toBe(302)
  expect(told).toEqual([])
  expect(refused('expired')).toBe(2)
})

test('a test’s token counts for nothing and is not refused', async () => {
  const { told, get, token } = setUp()
  expect((await get('bill', `t=${token({ isTest: true })}&p=5`)).status).toBe(200)
  expect(told).toEqual([])
})

test('a ledger that is down: the exchange is to try again, the browser notices nothing', async () => {
  const { get, token, refused } = setUp({}, new Error('disk full'))
  const t = token()
  expect((await get('bill', `t=${t}&p=5`)).status).toBe(503)
  expect((await get('imp', `t=${t}`)).status).toBe(200)
  expect(refused('ledger_down')).toBe(2)
})

test('a charge that came too late for the budget is refused and counted, once for all', async () => {
  const { get, token, refused } = setUp({}, 'over_budget')
  expect((await get('bill', `t=${token()}&p=5`)).status).toBe(200)
  expect(refused('over_budget')).toBe(1)
})
