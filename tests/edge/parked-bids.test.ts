// Goal: a bid whose person has to be fetched first is the bid that it would have been, however many
// wait at once and in whatever order their profiles come; it never waits longer than it may, and each is
// answered once. Method: a store in the test's hand, which has nobody at hand, beside one that has
// everybody; a clock and timers in the hand.
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import type { ProfileFetch } from '../../src/profiles/fetch.js'
import { Profile } from '../../src/profiles/profile.js'
import { BidSlice } from '../../src/profiles/slice.js'
import { ProfileStats } from '../../src/profiles/stats.js'
import { type Pending, type ProfileReader, pending } from '../../src/profiles/store.js'
import { catalogueOf, shopFile, TestFunds } from '../bidding/world.js'
import { bidderInProcess, type CaughtReply } from './in-process.js'

const seed = Number(process.env['SEED'] ?? 77)
const campaign = { id: 'c', goal: 'cpm', bid: 10, maxCpm: 400, budget: {} }
const modifiers = Array.from({ length: 12 }, (_, i) => ({
  when: { cart: { valueAtLeast: i + 1 } },
  factor: 1.1,
}))
const catalogue = catalogueOf([
  shopFile('shop0', [{ ...campaign, modifiers }]),
  shopFile('shop1', [{ ...campaign, bid: 11, modifiers: [{ when: { cart: {} }, factor: 3 }] }]),
])

/** Of person `u<n>` a cart worth n, in one shop or the other; every fifth is a stranger. */
function profileOf(uid: string): Profile | null {
  const n = Number(uid.replace(/^\D+/, ''))
  if (n % 5 === 0) return null
  const shop = keyOf(n % 3 === 0 ? 'shop1' : 'shop0')
  return new Profile([new BidSlice(shop, n * 1e6, 1, 1, 1, [keyOf(`p${n % 4}`)], [], [])], n)
}

/** Has nobody at hand. */
class AwayReader implements ProfileReader {
  readonly stats = new ProfileStats()
  readonly fetches: ProfileFetch[] = []
  read(): Pending {
    return pending
  }
  fetch(fetch: ProfileFetch): void {
    this.fetches.push(fetch)
  }
  answer(fetch: ProfileFetch): void {
    for (const [i, uid] of fetch.uids.entries()) fetch.came(i, profileOf(uid))
  }
}
const present: ProfileReader = { read: profileOf, stats: new ProfileStats() }

const requestFor = (uid: string, id = uid): string =>
  JSON.stringify({
    id,
    imp: [{ id: `imp-of-${id}`, banner: { w: 300, h: 250 } }],
    user: { buyeruid: uid },
    tmax: 90,
    cur: ['PLN'],
  })

/** What of an answer doesn't differ from one bid to the next. */
function gist({ status, body }: CaughtReply): unknown {
  if (status !== 200) return status
  const { id, seatbid } = JSON.parse(body) as {
    id: string
    seatbid: [{ bid: { impid: string; price: number; crid: string }[] }]
  }
  return [id, seatbid[0].bid.map(({ impid, price, crid }) => [impid, price, crid])]
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('who is fetched is bid for as who is at hand', () => {
  const random = new Random(seed)
  const away = new AwayReader()
  const waiting = bidderInProcess(catalogue, { profiles: away, clock: new ManualClock() })
  const atOnce = bidderInProcess(catalogue, { profiles: present, clock: new ManualClock() })
  const gists = new Set<string>()
  for (let round = 0; round < 20; round++) {
    const posted = Array.from({ length: 30 }, (_, i) => {
      const body = requestFor(`u${random.below(40)}`, `r${round}-${i}`)
      const [packed, head] = random.chance(0.3)
        ? [gzipSync(body), { contentEncoding: 'gzip' }]
        : [body, {}]
      const bytes = Buffer.from(packed)
      const reply = waiting.post(bytes, head)
      // The listener takes its memory back.
      bytes.fill(0)
      return { body, reply }
    })
    expect(posted.every(({ reply }) => reply.status === 0)).toBe(true)
    const fetches = away.fetches.splice(0)
    while (fetches.length > 0) away.answer(fetches.splice(random.below(fetches.length), 1)[0]!)
    for (const { body, reply } of posted) {
      expect(gist(reply), `seed ${seed} ${body}`).toEqual(gist(atOnce.post(body)))
      gists.add(JSON.stringify((gist(reply) as [string, [string, number][]])[1][0]![1]))
    }
  }
  // It matters who they are.
  expect(gists.size).toBeGreaterThan(5)
  const { slots, values } = waiting.metrics
  const counts = (bidder: typeof waiting) => {
    const { hit, stranger, late, error } = bidder.metrics.slots.profileReads
    return [hit, stranger, late, error].map((slot) => bidder.metrics.values[slot])
  }
  expect(counts(waiting)).toEqual(counts(atOnce))
  expect(values[slots.bids]).toBe(atOnce.metrics.values[slots.bids])
})

test('all ids of a request are fetched together, each once', () => {
  const away = new AwayReader()
  const bidder = bidderInProcess(catalogue, {
    profiles: away,
    exchange: { identity: { userIdIsOurs: true, eidSources: ['mail.example'] } },
  })
  const eids = [{ source: 'mail.example', uids: [{ id: 'u7' }, { id: 'u8' }] }]
  const user = { buyeruid: 'u1', id: 'u1', eids }
  bidder.post(JSON.stringify({ ...JSON.parse(requestFor('u1')), user }))
  expect(away.fetches.map(({ uids }) => uids)).toEqual([
    ['u1', 'eid:mail.example:u7', 'eid:mail.example:u8'],
  ])
})

test('who does not come in time is bid for as a stranger; who comes later changes nothing', () => {
  const clock = new ManualClock()
  const away = new AwayReader()
  const bidder = bidderInProcess(catalogue, { profiles: away, clock, bidWaitMs: 25 })
  const reply = bidder.post(requestFor('u7'))
  clock.advance(24)
  vi.advanceTimersByTime(24)
  expect(reply.status).toBe(0)
  clock.advance(1)
  vi.advanceTimersByTime(1)
  const stranger = bidderInProcess(catalogue, { profiles: present })
  const [id, bids] = gist(reply) as [string, unknown]
  expect([id, bids]).toEqual(['u7', (gist(stranger.post(requestFor('u0', 'u7'))) as unknown[])[1]])
  // Answering twice would throw.
  away.answer(away.fetches[0]!)
  const { slots, values } = bidder.metrics
  expect(values[slots.profileReads.late]).toBe(1)
})

test('those who have come by then are not lost for the one who has not', () => {
  const away = new AwayReader()
  const clock = new ManualClock()
  const bidder = bidderInProcess(catalogue, {
    ...{ profiles: away, clock, bidWaitMs: 25 },
    exchange: { identity: { eidSources: ['mail.example'] } },
  })
  const eids = [{ source: 'mail.example', uids: [{ id: 'u8' }] }]
  const request = { ...JSON.parse(requestFor('u7')), user: { buyeruid: 'u7', eids } } as object
  const reply = bidder.post(JSON.stringify(request))
  away.fetches[0]!.came(0, profileOf('u7'))
  vi.advanceTimersByTime(25)
  const known = bidderInProcess(catalogue, { profiles: present })
  expect(gist(reply)).toEqual(gist(known.post(requestFor('u7'))))
})

test('nobody waits where the exchange leaves no time for it', () => {
  const away = new AwayReader()
  const bidder = bidderInProcess(catalogue, { profiles: away, clock: new ManualClock() })
  // 10 ms are the network's, and 5 are needed to decide.
  const hurried = { ...JSON.parse(requestFor('u7')), tmax: 15 } as object
  expect(bidder.post(JSON.stringify(hurried)).status).toBe(200)
  expect(away.fetches).toHaveLength(0)
})

test('a bid that waited past its deadline, in a loop that stood still, is not sent', () => {
  const clock = new ManualClock()
  const away = new AwayReader()
  const funds = new TestFunds()
  const bidder = bidderInProcess(catalogue, { profiles: away, clock, funds })
  const reply = bidder.post(requestFor('u7'))
  clock.advance(200)
  away.answer(away.fetches[0]!)
  expect(reply.status).toBe(204)
  expect(funds.reserved.size).toBe(0)
})

test('bids beyond those that may wait go on at once, and the others are not disturbed', () => {
  const away = new AwayReader()
  const bidder = bidderInProcess(catalogue, { profiles: away, bidsWaitingMax: 2 })
  const replies = [1, 2, 3].map((n) => bidder.post(requestFor(`u${n}`)))
  expect(replies.map(({ status }) => status)).toEqual([0, 0, 200])
  for (const fetch of away.fetches) away.answer(fetch)
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
  // There is room again.
  expect(bidder.post(requestFor('u4')).status).toBe(0)
})

test('where the store fails, the bid goes on at once and the failure is counted', () => {
  const away = new AwayReader()
  const bidder = bidderInProcess(catalogue, { profiles: away })
  const reply = bidder.post(requestFor('u7'))
  away.fetches[0]!.failed(0)
  expect(reply.status).toBe(200)
  const { slots, values } = bidder.metrics
  expect(values[slots.profileReads.error]).toBe(1)
  // A store that answers before `fetch` returns, as one that is away does.
  away.fetch = (fetch) => fetch.failed(0)
  expect(bidder.post(requestFor('u8')).status).toBe(200)
  expect(values[slots.profileReads.error]).toBe(2)
})

test('a new catalogue is used by those who waited meanwhile', () => {
  const away = new AwayReader()
  const bidder = bidderInProcess(catalogue, { profiles: away })
  const reply = bidder.post(requestFor('u7'))
  bidder.handler.swap(catalogueOf([]))
  away.answer(away.fetches[0]!)
  expect(reply.status).toBe(204)
})
