// Goal: each exchange is charged on the event that was agreed with it and on no other; what can't be
// counted is refused with its reason, and a browser gets its pixel and its page whatever happens.
// Method: a ledger that notes what it is told.

import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { keyOf } from '../../src/base/key.js'
import { videoEvents } from '../../src/base/metrics-vocabulary.js'
import { clickTarget } from '../../src/catalogue/creative/link.js'
import type { Exchange } from '../../src/edge/exchange.js'
import { exchangeSchema } from '../../src/edge/exchange.js'
import { NoticeHandler, noticeRefusals } from '../../src/edge/notice.js'
import type { Notice, NoticeOutcome } from '../../src/ledger/notice.js'
import { lossReasons } from '../../src/openrtb/loss.js'
import { makeMetrics } from '../../src/run/metrics.js'
import { unitValue } from '../bidding/world.js'
import { getRequest } from './get-request.js'
import { CaughtReply, demoExchange, signer } from './in-process.js'

const dayMs = 86_400_000

const sign = (shopKey: number, url: string): string => signer.signTarget(shopKey, url)
/** What follows the token in a click link of the shop that `setUp` bids for. */
const toTarget = (url: string): string => clickTarget(keyOf('shop0'), url, sign)
/** A character of base64url whose first bits are the same: read alike where those after them are dropped. */
function nextCharacter(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(character) + 1]!
}

function setUp(exchange: Partial<Exchange> = {}, outcome: NoticeOutcome | Error = 'counted') {
  const told: Notice[] = []
  const warned: object[] = []
  const log = { debug() {}, info() {}, warn: (fields: object) => warned.push(fields), error() {} }
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
    clickTokenFor: (shopKey, uid) => (shopKey === keyOf('shop0') ? `of-${uid}` : ''),
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
  async function get(
    kind: string,
    query: string,
    isHead = false,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<CaughtReply> {
    const reply = new CaughtReply()
    const [name, parameter = ''] = kind.split('/')
    const path = parameter === '' ? `/n/${name}` : `/n/${name}/*`
    const route = handler.routes().find((it) => it.method === 'GET' && it.path === path)
    if (route?.method !== 'GET') throw new Error(`no route for ${kind}`)
    route.handle(getRequest(query, { parameter, isHead, headers }), reply)
    for (let i = 0; i < 10; i++) await Promise.resolve()
    return reply
  }
  const refused = (reason: (typeof noticeRefusals)[number]): number =>
    metrics.values[metrics.slots.noticesRefused[noticeRefusals.indexOf(reason)]!]!
  const count = (slot: (of: typeof metrics.slots) => number): number =>
    metrics.values[slot(metrics.slots)]!
  return { told, warned, clock, get, token, refused, count }
}

test.each(['bill', 'win', 'imp'] as const)(
  'an exchange that is charged on %s',
  async (chargeOn) => {
    const { told, get, token } = setUp({ chargeOn })
    const t = token()
    for (const kind of ['win', 'bill', 'imp', 'loss']) await get(kind, `t=${t}&p=5&c=USD`)
    await get(`click/${t}${toTarget('https://a.example/')}`, '')
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
  const click = await get(`click/${t}${toTarget('https://a.example/')}`, '')
  expect(click.status).toBe(302)
  expect(told).toEqual([])
  expect(refused('expired')).toBe(2)
})

describe('a click', () => {
  const target = 'https://a.example/p?q=zażółć&r=%C5%BC#ć'
  const [, signature, encoded] = toTarget(target).split('.') as [string, string, string]

  test('leads to its target, whatever an exchange adds to the query', async () => {
    const { told, get, token } = setUp()
    const click = await get(`click/${token()}${toTarget(target)}`, 'gclid=1&r=102&t=x')
    expect([click.status, click.headers[0]]).toEqual([302, ['Location', target]])
    expect(told).toMatchObject([{ kind: 'click', lossReason: 0, charges: false }])
  })

  test.each([
    ['another target', `.${signature}.${Buffer.from('https://b.example/').toString('base64url')}`],
    ['another shop’s target', clickTarget(keyOf('shop1'), target, sign)],
    ['a signature with a character less', `.${signature.slice(1)}.${encoded}`],
    ['no signature', `.${encoded}`],
    ['no target', `.${signature}`],
    ['nothing but the token', ''],
    ['a part too many', `.${signature}.${encoded}.`],
    ['padding', `.${signature}.${encoded}=`],
    ['the other alphabet', `.${signature}.${Buffer.from(target).toString('base64')}`],
    [
      'characters that decoding passes over',
      `.${signature}.${encoded.slice(0, 8)}!${encoded.slice(8)}`,
    ],
    ['last bits that decoding drops', toTarget('https://a.example').replace(/.$/, nextCharacter)],
    ['bytes that are no UTF-8', `.${sign(keyOf('shop0'), '\ufffd')}._w`],
  ])('with %s leads nowhere', async (_what, end) => {
    const { told, get, token, refused } = setUp()
    const click = await get(`click/${token()}${end}`, '')
    expect([click.status, click.body]).toEqual([400, '{"error":"target: is not one of ours"}\n'])
    expect([told, refused('bad_target')]).toEqual([[], 1])
  })

  test('with a token that isn’t ours leads nowhere', async () => {
    const { get, refused } = setUp()
    const click = await get(`click/x${toTarget(target)}`, '')
    expect([click.status, click.body]).toEqual([400, '{"error":"token: is not one of ours"}\n'])
    expect(refused('bad_token')).toBe(1)
  })
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

// Conformance checklist 87; above the bid, 89.
test.each([
  ['', 'no_price'],
  ['AUDIT', 'audit_price'],
  ['UNKNOWN', 'unknown_price'],
  ['${AUCTION_PRICE}', 'unfilled_price'],
  ['%24%7BAUCTION_PRICE%7D', 'unfilled_price'],
  ['%2524%257BAUCTION_PRICE%257D', 'unfilled_price'],
  ['-1', 'bad_price'],
  ['1e9', 'bad_price'],
  ['NaN', 'bad_price'],
  ['%FF%00', 'bad_price'],
  ['10.000001', 'above_bid'],
  ['1000000', 'above_bid'],
] as const)('a billing notice with price %j charges nothing: %s', async (price, reason) => {
  const { told, warned, get, token, refused } = setUp()
  const reply = await get('bill', `t=${token()}&p=${price}&c=USD`)
  expect(reply.status).toBe(400)
  expect(reply.body).toContain('"p: ')
  expect(told).toEqual([])
  expect(refused(reason)).toBe(1)
  expect(warned).toMatchObject([{ exchange: 'demo', reason, bidMicros: 10_000_000 }])
})

test('the operator hears of each kind of refusal once in a while, and how many there were', async () => {
  const { warned, clock, get, token, refused } = setUp()
  for (let i = 0; i < 50; i++) await get('bill', `t=${token({ sequence: i })}&p=11`)
  await get('bill', `t=${token()}&p=${'9'.repeat(500)}`)
  expect(refused('above_bid')).toBe(50)
  expect(warned).toMatchObject([
    { reason: 'above_bid', price: '11', readAsMicros: 11_000_000, held: 0 },
    { reason: 'bad_price', price: '9'.repeat(64), held: 0 },
  ])
  clock.advance(60_000)
  await get('bill', `t=${token({ sequence: 51 })}&p=11`)
  expect(warned.at(-1)).toMatchObject({ reason: 'above_bid', held: 49 })
})

// Conformance checklist 90.
test('a price in another currency than the bid’s is refused, an unfilled currency is not', async () => {
  const { told, get, token, refused } = setUp()
  expect((await get('bill', `t=${token()}&p=5&c=EUR`)).status).toBe(400)
  expect(refused('wrong_currency')).toBe(1)
  for (const currency of ['usd', '', '${AUCTION_CURRENCY}'])
    expect((await get('bill', `t=${token()}&p=5&c=${currency}`)).status).toBe(200)
  expect(told.length).toBe(3)
})

test('a price that nothing is charged on is not even read', async () => {
  const { told, get, token } = setUp({ chargeOn: 'bill' })
  expect((await get('win', `t=${token()}&p=AUDIT`)).status).toBe(200)
  expect((await get('imp', `t=${token()}`)).status).toBe(200)
  expect(told.map(({ kind, charges }) => [kind, charges])).toEqual([
    ['win', false],
    ['imp', false],
  ])
})

test('an exchange that encrypts its prices is charged what it says', async () => {
  const [encryptionKey, integrityKey] = ['e'.repeat(32), 'i'.repeat(32)] as const
  const { price } = exchangeSchema.parse({
    ...demoExchange,
    price: { encoding: 'google', encryptionKey, integrityKey, keyEncoding: 'text' },
  })
  const { told, clock, get, token, refused } = setUp({ price, chargeOn: 'imp' })
  const encrypted = (perImpressionMicros: number, key: string = integrityKey): string => {
    const iv = Buffer.alloc(16, 7)
    iv.writeUInt32BE(Math.floor(clock.nowMs() / 1_000))
    iv.writeUInt32BE(perImpressionMicros, 8)
    const plain = Buffer.alloc(8)
    plain.writeUInt32BE(perImpressionMicros, 4)
    const pad = createHmac('sha1', encryptionKey).update(iv).digest()
    const signature = createHmac('sha1', key).update(plain).update(iv).digest().subarray(0, 4)
    const cipher = plain.map((byte, i) => byte ^ pad[i]!)
    return Buffer.concat([iv, cipher, signature]).toString('base64url')
  }
  expect((await get('imp', `t=${token()}&p=${encrypted(5_000)}`)).status).toBe(200)
  expect(told).toMatchObject([{ charges: true, paidNanos: 5_000_000 }])
  await get('imp', `t=${token({ sequence: 3 })}&p=${encrypted(5_000, 'x'.repeat(32))}`)
  await get('imp', `t=${token({ sequence: 4 })}&p=${encrypted(5_000)}`)
  await get('imp', `t=${token({ sequence: 5 })}&p=${encrypted(10_001)}`)
  await get('imp', `t=${token({ sequence: 6 })}&p=5`)
  expect(told.length).toBe(1)
  expect(refused('forged_price')).toBe(1)
  expect(refused('reused_price')).toBe(1)
  expect(refused('above_bid')).toBe(1)
  expect(refused('bad_price')).toBe(1)
})

// Conformance checklist 92.
test.each([
  ['102', 102, '102'],
  ['0', 0, '0'],
  ['', 0, 'other'],
  ['${AUCTION_LOSS}', 0, 'other'],
  ['599', 599, 'other'],
  ['1003', 1003, 'other'],
  ['77', 77, 'other'],
  ['-1', 0, 'other'],
  ['lost', 0, 'other'],
] as const)('a loss for reason %j', async (code, kept, label) => {
  const { told, get, token, count } = setUp()
  const reply = await get('loss', `t=${token()}&p=AUDIT&r=${code}&m=$%7BAUCTION_MIN_TO_WIN%7D`)
  expect(reply.status).toBe(200)
  expect(told).toMatchObject([{ kind: 'loss', lossReason: kept, charges: false }])
  const slot = lossReasons.indexOf(label)
  expect(count((slots) => slots.losses[slot]!)).toBe(1)
})

test('the progress of a video is counted, by event, and moves no money', async () => {
  const { told, get, token, count, refused } = setUp()
  const t = token()
  for (const event of videoEvents) {
    const reply = await get('track', `t=${t}&e=${event}`)
    expect([reply.status, reply.headers[0]]).toEqual([200, ['Content-Type', 'image/gif']])
  }
  expect(count((slots) => slots.videoEvents.start)).toBe(1)
  expect(count((slots) => slots.videoEvents.skip)).toBe(1)
  expect(count((slots) => slots.videoEvents.click)).toBe(1)
  expect(told).toEqual([])
  await get('track', `t=${token({ isTest: true })}&e=start`)
  await get('track', `t=${t}&e=start`, true)
  expect(count((slots) => slots.videoEvents.start)).toBe(1)
  for (const query of ['', `t=${t}`, `t=${t}&e=constructor`, `t=${t.slice(1)}a&e=start`])
    expect((await get('track', query)).status).toBe(200)
  expect([refused('bad_event'), refused('bad_token')]).toEqual([2, 2])
})

test('the shop’s page is told which browser comes, unless that is not to be followed', async () => {
  const { get, token } = setUp()
  const uid = 'AAAAAAAAAAAAAAAAAAAAAA'
  const target = 'https://a.example/p?x=1&gzc=old#top'
  const location = async (headers: Record<string, string>, shop = 'shop0') => {
    const link = clickTarget(keyOf(shop), target, sign)
    const click = await get(`click/${token({ shopKey: keyOf(shop) })}${link}`, '', false, headers)
    return click.headers[0]?.[1]
  }
  const cookie = `a=b; grosz_uid=${uid}`
  expect(await location({ cookie })).toBe(`https://a.example/p?x=1&gzc=of-${uid}#top`)
  for (const more of [{ 'sec-gpc': '1' }, { dnt: '1' }, { cookie: 'grosz_uid=forged' }])
    expect(await location({ cookie, ...more })).toBe(target)
  expect(await location({})).toBe(target)
  expect(await location({ cookie }, 'shop1')).toBe(target)
})

test('a HEAD counts for nothing, and a click’s still says where it leads', async () => {
  const { told, get, token, count, refused } = setUp()
  for (const kind of ['win', 'bill', 'imp', 'loss'])
    expect((await get(kind, `t=${token()}&p=5`, true)).status).toBe(200)
  const click = await get(`click/${token()}${toTarget('https://a.example/')}`, '', true)
  expect([click.status, click.headers[0]]).toEqual([302, ['Location', 'https://a.example/']])
  expect((await get('bill', 't=x&p=5', true)).status).toBe(400)
  expect(told).toEqual([])
  expect([count((slots) => slots.notices.bill), refused('bad_token')]).toEqual([0, 0])
})

test('a notice of an exchange that we no longer deal with charges nothing', async () => {
  const { told, get, token } = setUp()
  const t = token({ exchangeKey: keyOf('gone') })
  expect((await get('bill', `t=${t}&p=5`)).status).toBe(200)
  expect(told).toMatchObject([{ kind: 'bill', charges: false }])
})
