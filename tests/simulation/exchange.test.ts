// Goal: a whole run against a real server: each bid ends in the right notices with the right values, and
// spend is right to the nano. Method: a bidder of a hundred lines that remembers what it is told; what it
// should have been told is computed here once more, plainly.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ratesDefault } from '../../src/simulation/currencies.js'
import { Market } from '../../src/simulation/market.js'
import type { ExchangeReport } from '../../src/simulation/report.js'
import { reportText } from '../../src/simulation/report-text.js'
import {
  generatedRequests,
  type PreparedRequest,
  requestsOfFile,
} from '../../src/simulation/request-source.js'
import { type RunOptions, simulateExchange } from '../../src/simulation/run.js'
import { type Behaviour, FakeBidder } from './fake-bidder.js'

const seed = 12
const bidders: FakeBidder[] = []
afterEach(() => {
  for (const bidder of bidders.splice(0)) bidder.close()
})

/** The exchange doesn't hold them to `tmax`: on a slow machine, some answers would be late. */
const generated: readonly PreparedRequest[] = generatedRequests({ seed, currency: 'PLN' }).map(
  (prepared) => ({
    ...prepared,
    request: { ...prepared.request, tmax: undefined },
  }),
)

async function play(
  behaviour: Behaviour,
  options: Partial<RunOptions> = {},
  requests = generated,
): Promise<{ report: ExchangeReport; bidder: FakeBidder }> {
  const bidder = await new FakeBidder(behaviour).listen()
  bidders.push(bidder)
  const report = await simulateExchange(
    {
      url: new URL(`${bidder.origin}/openrtb2/demo`),
      adminUrl: bidder.origin,
      ratePerSecond: 500,
      seconds: 1,
      connectionCount: 16,
      competitorCount: 2,
      marketScale: 1,
      seed,
      knownShare: 0.5,
      uids: ['demo-cart'],
      clickShare: 0.2,
      // Far more than anything here takes: what counts as late is tested by itself.
      timeoutMs: 60_000,
      rates: ratesDefault,
      ...options,
    },
    requests,
  )
  return { report, bidder }
}

/** Prices with all six decimals from 0.5 to 9.5, so that some win and some lose. */
function somePrice(request: { id: string }, imp: { id: string }): number {
  const index = Number.parseInt(request.id.split('-')[1]!, 36)
  return (((index * 7_919_777 + Number(imp.id)) % 9_000_000) + 500_000) / 1e6
}

const inPln = { PLN: 1_000_000n, EUR: 4_250_000n, USD: 3_900_000n }

test('every bid is notified, priced and paid as second price says, to the nano', async () => {
  const { report, bidder } = await play({ price: somePrice }, { seconds: 2 })
  const market = new Market({ competitorCount: 2, seed, rates: ratesDefault })
  const spent = new Map<string, bigint>()
  let wins = 0
  let losses = 0
  let belowFloor = 0
  let testBids = 0
  for (const { id, request, imp, price } of bidder.bids.values()) {
    if (request.test === 1) {
      testBids++
      expect(bidder.notices.filter(({ bidId }) => bidId === id)).toEqual([])
      continue
    }
    // All in millionths: the floor in złoty, then the others' bids that reach it.
    const hundredths = BigInt(Math.round((imp.bidfloor ?? 0) * 100))
    const floorRate = inPln[(imp.bidfloorcur ?? 'USD') as keyof typeof inPln]
    const floor = (hundredths * floorRate) / 100n
    const bid = BigInt(Math.round(price * 1e6))
    const index = Number.parseInt(request.id.split('-')[1], 36)
    const rivals = market
      .bidsFor(index, request.imp.indexOf(imp), imp, 'PLN')
      .map(BigInt)
      .filter((rival) => rival >= floor)
    let second = 0n
    for (const rival of rivals) if (rival > second) second = rival
    const hasWon = bid >= floor && bid >= second
    const about = bidder.notices.filter(({ bidId }) => bidId === id)
    const kinds = about
      .map(({ path }) => path.slice(3))
      .filter((kind) => kind !== 'click' && !kind.startsWith('event/'))
    const why = `seed ${seed}, ${id}: ${bid} against ${rivals} over ${floor}`
    if (bid < floor) belowFloor++
    if (!hasWon) {
      losses++
      expect(kinds, why).toEqual(['loss'])
      expect(about[0]!.query.get('r'), why).toBe(bid < floor ? '100' : '102')
      continue
    }
    wins++
    expect(kinds.sort(), why).toEqual(['bill', 'imp', 'win'])
    const least = (second > floor ? second : floor) + 10_000n
    const paid = request.at === 1 || bid < least ? bid : least
    const campaign = price < 5 ? 'c1' : 'c2'
    spent.set(campaign, (spent.get(campaign) ?? 0n) + paid)
    for (const { query } of about) {
      const [whole, fraction = ''] = query.get('p')!.split('.')
      expect(BigInt(whole + fraction.padEnd(6, '0')), why).toBe(paid)
      expect(Number(query.get('mbr'))).toBeCloseTo(Number(paid) / Number(bid), 5)
      expect(Number(query.get('ts'))).toBeGreaterThan(1.7e12)
      const rest = ['id', 'bidid', 'imp', 'seat', 'ad', 'c', 'r', 'm', 'pct', 'cpm']
      expect(rest.map((name) => query.get(name))).toEqual(
        [request.id, 'bb', imp.id, 's1', 'ad1', 'PLN', '0', '1', '', ''],
      ) // biome-ignore format: two lists to compare
    }
  }
  expect(wins).toBeGreaterThan(100)
  expect(losses).toBeGreaterThan(100)

  expect(report).toMatchObject({ wins, losses, bids: wins + losses, late: 0, drained: true })
  expect(report).toMatchObject({ sent: 1_000, answered: 1_000, unsent: 0, testBids })
  expect(report.lossesByReason).toEqual({ 100: belowFloor, 102: losses - belowFloor })
  expect(report.brokenRules.map(({ rule }) => rule)).toEqual(['price-at-least-floor'])
  expect(report.spend.map(({ campaign, nanos }) => [campaign, BigInt(nanos)])).toEqual(
    [...spent].sort(),
  )
  expect(report.ledger).toEqual({ agrees: true, differences: [] })
  // A video or spot that is shown is watched from its start to its end, and nobody turns the sound off.
  const plays = bidder.notices.filter(({ path }) => path.startsWith('/n/event/'))
  const shownMedia = bidder.ofKind('win').filter(({ bidId }) => {
    const { banner, video, audio, native } = bidder.bids.get(bidId)!.imp
    return banner === undefined && native === undefined && (video ?? audio) !== undefined
  })
  expect(shownMedia.length).toBeGreaterThan(5)
  expect(plays.map(({ path }) => path).sort()).toEqual([
    ...shownMedia.map(() => '/n/event/complete'),
    ...shownMedia.map(() => '/n/event/start'),
  ])
  const { win, billing, loss, pixel, tracking, click } = report.notices
  expect(tracking).toMatchObject({ fired: plays.length, confirmed: plays.length, failed: 0 })
  for (const counts of [win, billing, pixel])
    expect(counts).toMatchObject({ fired: wins, confirmed: wins, failed: 0 })
  expect(loss).toMatchObject({ fired: losses, confirmed: losses })
  expect(click.fired).toBe(bidder.ofKind('click').length)
  expect(click.fired / wins).toBeGreaterThan(0.1)
  expect(click.fired / wins).toBeLessThan(0.3)
  expect(report.personalised).toBeGreaterThan(400)
  expect(reportText(report)).toContain('agrees')
})

test('an answer after the deadline loses, whatever it bids', async () => {
  const { report, bidder } = await play({ price: () => 50 }, { timeoutMs: 0.001, seconds: 0.1 })
  expect(report).toMatchObject({ inTime: 0, late: 50, wins: 0 })
  expect(report.lossesByReason).toEqual({ 2: report.bids })
  expect(new Set(bidder.notices.map(({ path }) => path))).toEqual(new Set(['/n/loss']))
  expect(bidder.notices[0]?.query.get('p')).toBe('')
})

test('a notice that fails is repeated, one that is refused is not', async () => {
  const { report } = await play(
    {
      price: () => 50,
      status: ({ path, bidId }, count) => {
        if (path === '/n/bill' && bidId === 'b3') return count < 3 ? 503 : 200
        return path === '/n/win' && bidId === 'b4' ? 400 : 200
      },
    },
    { seconds: 0.1 },
  )
  const { billing, win } = report.notices
  expect(billing).toMatchObject({ failed: 0, repeated: 2, confirmed: billing.fired })
  expect(win).toMatchObject({ failed: 1, repeated: 0, confirmed: win.fired - 1 })
  expect(win.firstFailure).toMatch(/^400 .* for http:.*b=b4&/)
  expect(report.ledger?.agrees).toBe(true)
})

test('a ledger that is one nano off is found', async () => {
  let isFirst = true
  const { report } = await play(
    {
      price: () => 7,
      post: (nanos) => {
        const posted = isFirst ? nanos + 1n : nanos
        isFirst = false
        return posted
      },
    },
    { seconds: 0.1, ledgerLagMs: 0 },
  )
  const nanos = BigInt(report.spend[0]!.nanos)
  expect(report.ledger).toEqual({
    agrees: false,
    differences: [
      {
        campaign: 'c2',
        currency: 'PLN',
        reportNanos: `${nanos}`,
        ledgerNanos: `${nanos + 1n}`,
      },
    ],
  })
  expect(reportText(report)).toContain('DIFFERS')
})

test('without a ledger the report says why', async () => {
  const { report } = await play(
    { price: () => 0 },
    { seconds: 0.05, adminUrl: 'http://127.0.0.1:1/x' },
  )
  expect(report.ledger).toBeNull()
  expect(report.ledgerReason).toContain('http://127.0.0.1:1/x/ledger')
  expect(report.answeredByStatus).toEqual({ 204: 25 })
})

test('answers that break rules are reported by rule, and their bids refused', async () => {
  let count = 0
  const { report, bidder } = await play(
    {
      price: () => 50,
      answer: (_, response) => {
        if (++count % 4 !== 0) return false
        response.writeHead(500).end('oops')
        return true
      },
      change: (bid) => {
        if (bid.id === 'b0') bid.w = 1
        if (bid.id === 'b1') bid.impid = 'nowhere'
        if (bid.id === 'b2') bid.nurl = undefined
      },
    },
    { seconds: 0.1 },
  )
  const rules = Object.fromEntries(report.brokenRules.map((it) => [it.rule, it.count]))
  expect(rules).toEqual({
    'status-200-or-204': Math.floor(count / 4),
    'size-offered': 1,
    'impid-known': 1,
    'nurl-usable': 1,
  })
  const size = report.brokenRules.find(({ rule }) => rule === 'size-offered')!
  expect(size.example.detail).toMatch(/^1x/)
  expect(JSON.parse(size.example.request)).toMatchObject({ id: size.example.requestId })
  const told = new Map(bidder.ofKind('loss').map(({ bidId, query }) => [bidId, query.get('r')]))
  expect([told.get('b0'), told.get('b1')]).toEqual(['203', '3'])
  expect(report.notices.win.fired).toBe(report.notices.billing.fired - 1)
  expect(reportText(report)).toContain('BROKEN size-offered: 1 times')
})

test('requests of a file: sent as they are, and what is no request may be refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-exchange-'))
  const file = join(folder, 'requests.ndjson')
  const banner = { w: 300, h: 250 }
  const lines = [
    { id: 'first', imp: [{ id: '1', banner }], at: 1 },
    { imp: [] },
    { id: 'fixed', imp: [{ id: '1', banner, bidfloor: 2, bidfloorcur: 'PLN' }], at: 3 },
    { id: 'deal', imp: [{ id: '1', banner, pmp: { deals: [{ id: 'd1', bidfloor: 2 }] } }] },
  ]
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'))
  const { report, bidder } = await play(
    {
      price: () => 12.5,
      answer: (request, response) => {
        if (request.id !== undefined) return false
        response.writeHead(400).end('{"error":"id: absent"}')
        return true
      },
      change: (bid) => {
        if (bid.id === 'b2') bid.dealid = 'd1'
      },
    },
    { ratePerSecond: 40, seconds: 0.1, competitorCount: 0, knownShare: 0 },
    requestsOfFile(file),
  )
  rmSync(folder, { recursive: true })
  expect(report.brokenRules).toEqual([])
  expect(report.answeredByStatus).toEqual({ 200: 3, 400: 1 })
  const paid = bidder.ofKind('bill').map(({ query }) => [query.get('id'), query.get('p')])
  // The deal's floor is in USD where it names no currency: 2 × 3.90, and a cent.
  expect(paid.sort()).toEqual([
    ['deal', '7.81'],
    ['first', '12.5'],
    ['fixed', '2'],
  ])
})

test('a bidder that is not there is an error', async () => {
  const { bidder } = await play({ price: () => 0 }, { seconds: 0.01 })
  const url = new URL(`${bidder.origin}/openrtb2/demo`)
  bidder.close()
  await expect(
    simulateExchange(
      {
        url,
        adminUrl: url.origin,
        ratePerSecond: 1,
        seconds: 1,
        connectionCount: 2,
        competitorCount: 0,
        marketScale: 1,
        seed,
        knownShare: 0,
        uids: [],
        clickShare: 0,
        timeoutMs: 100,
        rates: ratesDefault,
      },
      generated,
    ),
  ).rejects.toThrow('ECONNREFUSED')
})
