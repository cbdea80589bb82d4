// Goal: each rule of the ledger on its own: what is charged, what is refused, what is told when. Method: a small
// world (tests/ledger/world.ts) whose disk and time stand still until the test moves them.
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import type { Budget } from '../../src/ledger/account.js'
import { Authority } from '../../src/ledger/authority.js'
import {
  LedgerBusyError,
  LedgerClosedError,
  LedgerCurrencyError,
  LedgerStoreError,
  LedgerTakenError,
} from '../../src/ledger/errors.js'
import type { AccountReport } from '../../src/ledger/report.js'
import { MemoryStore } from '../../src/ledger/store-memory.js'
import { type SimulatedWorker, silentLog, smallConfig, World } from './world.js'

const budget = (totalNanos: bigint | null, dailyNanos: bigint | null = null): Budget => ({
  currency: 'PLN',
  timeZone: 'Europe/Warsaw',
  totalNanos,
  dailyNanos,
})

/** A world with an account of this budget, and workers that have leases of it. */
async function worldWith(
  first: Budget,
  workerCount = 1,
  startMs = Date.UTC(2026, 2, 28, 18),
): Promise<{ world: World; account: number; workers: readonly SimulatedWorker[] }> {
  const world = new World({ random: new Random(1), startMs })
  const account = world.addAccount(first)
  const workers: SimulatedWorker[] = []
  for (let i = 0; i < workerCount; i++) workers.push(await world.join())
  return { world, account, workers }
}

const reportOf = (world: World, account: number): AccountReport =>
  world.authority.accounts().find((report) => report.account === account)!

/** A bid that is sure to be covered. */
async function bidOf(
  world: World,
  worker: SimulatedWorker,
  account: number,
  bidNanos: number,
  chargeNanos = bidNanos,
): Promise<NonNullable<ReturnType<World['bid']>>> {
  for (let i = 0; i < 5; i++) {
    const bid = world.bid(worker, account, bidNanos, chargeNanos)
    if (bid !== null) return bid
    await world.settle(2)
  }
  throw new Error('no money to bid with')
}

test('ledger: a win is counted, a bill is charged, and either again changes nothing', async () => {
  const { world, account, workers } = await worldWith(budget(10_000_000n))
  const bid = await bidOf(world, workers[0]!, account, 2_000_000, 1_234_500)
  const { authority } = world
  const said: string[] = []
  for (const kind of ['win', 'bill', 'bill', 'imp', 'click', 'win', 'loss'] as const) {
    const outcome = authority.notice(world.noticeOf(bid, kind))
    await world.turn()
    await world.store.succeed()
    said.push(await outcome)
  }
  const { counts, ...report } = reportOf(world, account)
  expect(said).toEqual([
    'counted',
    'charged',
    'duplicate',
    'counted',
    'counted',
    'duplicate',
    'counted',
  ])
  expect(counts).toEqual({
    wins: 1,
    bills: 1,
    impressions: 1,
    clicks: 1,
    charges: 1,
    overBudget: 0,
  })
  expect(report.losses).toEqual({ 102: 1 })
  expect(report.postedTotalNanos).toBe(1_234_500n)
  expect(report.postedTodayNanos).toBe(1_234_500n)
  expect(report.paidNanos).toEqual({ USD: 2_469_000n })
  expect(report.leftNanos).toBe(8_765_500n)
  expect(authority.totals).toMatchObject({
    charges: 1,
    lateCharges: 0,
    duplicates: 2,
    paidNanos: { USD: 2_469_000 },
  })
})

test('ledger: a lease is told only once it is on disk', async () => {
  const { world, account, workers } = await worldWith(budget(1_000n))
  const [worker] = workers
  expect(world.bid(worker!, account, 10)).toBeNull()
  worker!.link.tick()
  for (let i = 0; i < 5; i++) {
    await world.advance(0)
    world.authority.tick()
  }
  expect(world.store.isCommitting).toBe(true)
  expect(worker!.wallet.available(account)).toBe(0)
  await world.store.fail(false)
  await world.advance(0)
  world.authority.tick()
  await world.advance(0)
  expect(worker!.wallet.available(account)).toBe(0)
  await world.store.succeed()
  // At once, not with the next tick.
  await world.advance(0)
  await world.advance(0)
  expect(worker!.wallet.available(account)).toBeGreaterThan(0)
})

test("ledger: a lost bid's money is bid again only once the loss is on disk", async () => {
  const { world, account, workers } = await worldWith(budget(1_000n))
  const bid = await bidOf(world, workers[0]!, account, 300)
  const outcome = world.authority.notice(world.noticeOf(bid, 'loss'))
  await world.advance(0)
  await world.advance(0)
  expect(workers[0]!.wallet.reserved(account)).toBe(300)
  await world.store.succeed()
  await world.advance(0)
  await world.advance(0)
  expect(workers[0]!.wallet.reserved(account)).toBe(0)
  expect(await outcome).toBe('counted')
})

test('ledger: a charge that comes too late is paid from what is free, or refused for good', async () => {
  const { world, account, workers } = await worldWith(budget(1_000n))
  const late = await bidOf(world, workers[0]!, account, 300)
  const later = await bidOf(world, workers[0]!, account, 300)
  await world.advance(60_000)
  await world.settle()
  expect(workers[0]!.wallet.reserved(account)).toBe(0)
  // Everything is leased: what isn't reserved is still not free.
  await bidOf(world, workers[0]!, account, 900)
  const refused = world.authority.notice(world.noticeOf(late, 'bill'))
  await world.settle(2)
  expect(await refused).toBe('over_budget')

  world.setBudget(account, budget(5_000n))
  const again = world.authority.notice(world.noticeOf(late, 'win', true))
  const charged = world.authority.notice(world.noticeOf(later, 'bill'))
  await world.settle(2)
  expect(await again).toBe('counted')
  expect(await charged).toBe('charged')
  expect(reportOf(world, account).postedTotalNanos).toBe(300n)
  expect(world.authority.totals).toMatchObject({ charges: 1, lateCharges: 1, overBudget: 1 })
})

test('ledger: a charge after a loss does not touch what the worker bids with', async () => {
  const { world, account, workers } = await worldWith(budget(1_000n))
  const [worker] = workers
  const bid = await bidOf(world, worker!, account, 100)
  const outcomes = [
    world.authority.notice(world.noticeOf(bid, 'loss')),
    world.authority.notice(world.noticeOf(bid, 'bill')),
  ]
  await world.settle(3)
  expect(await Promise.all(outcomes)).toEqual(['counted', 'charged'])
  const held = world.authority.heldBy(worker!.incarnation, account)
  expect(worker!.wallet.available(account) + worker!.wallet.reserved(account)).toBe(held)
  expect(world.authority.totals.lateCharges).toBe(1)
})

test('ledger: what the disk refused is said to be refused, and charged once when it is sent again', async () => {
  const { world, account, workers } = await worldWith(budget(1_000n))
  const bid = await bidOf(world, workers[0]!, account, 100)
  const notice = world.noticeOf(bid, 'bill')
  const first = world.authority.notice(notice)
  await world.turn()
  const meanwhile = world.authority.notice(notice)
  await world.store.fail(false)
  await expect(first).rejects.toBeInstanceOf(LedgerStoreError)
  await expect(meanwhile).rejects.toBeInstanceOf(LedgerStoreError)
  const again = world.authority.notice(notice)
  let isAnswered = false
  void again.then(() => {
    isAnswered = true
  })
  await world.turn()
  expect(isAnswered).toBe(false)
  await world.store.succeed()
  expect(await again).toBe('duplicate')
  expect(reportOf(world, account).postedTotalNanos).toBe(100n)
  expect(world.disk.accounts.get(account)!.postedTotalNanos).toBe(100n)
  expect(world.authority.totals.commitFailures).toBe(1)
})

test('ledger: takes no more notices than may wait for the disk', async () => {
  const world = new World({
    random: new Random(1),
    config: { ...smallConfig, noticePendingMax: 2 },
  })
  const account = world.addAccount(budget(1_000n))
  const worker = await world.join()
  const bids = [1, 2, 3].map(() => bidOf(world, worker, account, 10))
  const [a, b, c] = await Promise.all(bids)
  await world.settle()
  const taken = [a!, b!].map((bid) => world.authority.notice(world.noticeOf(bid, 'win')))
  await expect(world.authority.notice(world.noticeOf(c!, 'win'))).rejects.toBeInstanceOf(
    LedgerBusyError,
  )
  await world.settle(3)
  expect(await Promise.all(taken)).toEqual(['counted', 'counted'])
  const later = world.authority.notice(world.noticeOf(c!, 'win'))
  await world.settle(3)
  expect(await later).toBe('counted')
})

test('ledger: a retired account gets its leases back and grants none; its bids are still charged', async () => {
  const { world, account, workers } = await worldWith(budget(1_000n))
  const [worker] = workers
  const bid = await bidOf(world, worker!, account, 200)
  world.authority.retire(account)
  await world.settle()
  expect(reportOf(world, account)).toMatchObject({ heldNanos: 200n, isOpen: false })
  expect(world.bid(worker!, account, 10)).toBeNull()
  await world.settle()
  expect(worker!.wallet.available(account)).toBe(0)
  const outcome = world.authority.notice(world.noticeOf(bid, 'bill'))
  await world.settle()
  expect(await outcome).toBe('charged')
  expect(reportOf(world, account)).toMatchObject({ heldNanos: 0n, postedTotalNanos: 200n })

  world.setBudget(account, budget(1_000n))
  await world.settle()
  expect(worker!.wallet.available(account)).toBeGreaterThan(0)
})

test('ledger: a lowered budget brings leases back, and lets what is reserved end', async () => {
  const { world, account, workers } = await worldWith(budget(10_000n))
  const [worker] = workers
  const won = await bidOf(world, worker!, account, 400)
  const lost = await bidOf(world, worker!, account, 100)
  world.setBudget(account, budget(100n))
  await world.settle()
  expect(reportOf(world, account).heldNanos).toBe(500n)
  const outcomes = [
    world.authority.notice(world.noticeOf(won, 'bill')),
    world.authority.notice(world.noticeOf(lost, 'loss')),
  ]
  await world.settle()
  expect(await Promise.all(outcomes)).toEqual(['charged', 'counted'])
  expect(reportOf(world, account)).toMatchObject({
    heldNanos: 0n,
    postedTotalNanos: 400n,
    leftNanos: 0n,
  })
  expect(world.bid(worker!, account, 1)).toBeNull()
})

test("ledger: at the shop's midnight a waiting worker gets the new day's money", async () => {
  const midnightMs = Date.UTC(2026, 2, 28, 23)
  const { world, account, workers } = await worldWith(
    budget(null, 500n),
    2,
    midnightMs - 30 * 60_000,
  )
  const [worker, other] = workers
  const bid = await bidOf(world, worker!, account, 500)
  expect(world.bid(other!, account, 100)).toBeNull()
  const outcome = world.authority.notice(world.noticeOf(bid, 'bill'))
  await world.settle()
  expect(await outcome).toBe('charged')
  expect(reportOf(world, account).leftNanos).toBe(0n)
  expect(other!.wallet.available(account)).toBe(0)

  await world.advance(midnightMs - world.clock.nowMs())
  // Somebody looks at the accounts first, which is what ends the day.
  expect(reportOf(world, account)).toMatchObject({ postedTodayNanos: 0n, leftNanos: 500n })
  await world.settle()
  expect(other!.wallet.available(account)).toBeGreaterThanOrEqual(100)
  expect(reportOf(world, account).postedTotalNanos).toBe(500n)
})

test('ledger: what is held at midnight counts against the new day', async () => {
  const midnightMs = Date.UTC(2026, 2, 28, 23)
  const { world, account, workers } = await worldWith(budget(null, 500n), 2, midnightMs - 10_000)
  const bid = await bidOf(world, workers[0]!, account, 400)
  await world.advance(midnightMs - world.clock.nowMs())
  const outcome = world.authority.notice(world.noticeOf(bid, 'bill'))
  await world.settle()
  expect(await outcome).toBe('charged')
  expect(reportOf(world, account)).toMatchObject({ postedTodayNanos: 400n, leftNanos: 100n })
})

test('ledger: an account without a budget gets nothing, an unknown one is no account', async () => {
  const { world, account, workers } = await worldWith(budget(1_000n))
  const bare = world.authority.accountOf('shop', 'never budgeted')
  expect(world.bid(workers[0]!, bare, 1)).toBeNull()
  await world.settle()
  expect(workers[0]!.wallet.available(bare)).toBe(0)
  const bid = await bidOf(world, workers[0]!, account, 10)
  const late = world.authority.notice({ ...world.noticeOf(bid, 'bill'), account: bare })
  const stranger = world.authority.notice({ ...world.noticeOf(bid, 'bill'), account: 99 })
  await world.settle()
  expect(await late).toBe('over_budget')
  expect(await stranger).toBe('unknown')
})

test("ledger: an account's currency stays, and a time zone must exist", async () => {
  const { world, account, workers } = await worldWith(budget(1_000n))
  world.setBudget(account, { ...budget(1_000n), currency: 'EUR' })
  await bidOf(world, workers[0]!, account, 10)
  const { authority } = world
  expect(() => authority.setBudget(account, budget(1_000n))).toThrow(LedgerCurrencyError)
  const nowhere = { ...budget(1n), currency: 'EUR', timeZone: 'Europe/Atlantis' }
  expect(() => authority.setBudget(account, nowhere)).toThrow(RangeError)
  expect(reportOf(world, account)).toMatchObject({ currency: 'EUR', budgetTotalNanos: 1_000n })
})

test('ledger: accounts keep their numbers and incarnations are never given twice, whatever crashes', async () => {
  const world = new World({ random: new Random(1) })
  const names = [
    ['a', 'b'],
    ['a,b', ''],
    ['a', 'b","c'],
    ['', 'a,b'],
  ] as const
  const numbers = names.map(([shop, campaign]) => world.authority.accountOf(shop, campaign))
  expect(new Set(numbers).size).toBe(names.length)
  const saved = world.authority.saved()
  await world.turn()
  await world.store.succeed()
  await saved

  const incarnations = new Set<number>()
  for (let round = 0; round < 5; round++) {
    const given = [world.authority.nextIncarnation(), world.authority.nextIncarnation()]
    for (let i = 0; i < 3; i++) {
      await world.turn()
      await world.store.succeed()
    }
    for (const incarnation of await Promise.all(given)) {
      expect(incarnations.has(incarnation)).toBe(false)
      incarnations.add(incarnation)
    }
    await world.crash(round % 2 === 0)
    for (const [i, [shop, campaign]] of names.entries())
      expect(world.authority.accountOf(shop, campaign)).toBe(numbers[i])
  }
})

test('ledger: forgets tokens past their time, and then knows that it has', async () => {
  const { world, account, workers } = await worldWith(budget(1_000n))
  const bid = await bidOf(world, workers[0]!, account, 10)
  const outcome = world.authority.notice(world.noticeOf(bid, 'bill'))
  await world.settle()
  expect(await outcome).toBe('charged')
  await world.advance(smallConfig.noticeExpiryMs)
  await world.settle()
  expect(await world.authority.notice(world.noticeOf(bid, 'bill'))).toBe('duplicate')
  await world.advance(2 * 3_600_000)
  await world.settle()
  expect(world.disk.tokens.size).toBe(0)
  expect(await world.authority.notice(world.noticeOf(bid, 'bill'))).toBe('unknown')
  await world.crash(false)
  expect(await world.authority.notice(world.noticeOf(bid, 'bill'))).toBe('unknown')
  expect(reportOf(world, account).postedTotalNanos).toBe(10n)
})

test("ledger: a dead worker's money covers its bids, then comes back; what they lost comes at once", async () => {
  const { world, account, workers } = await worldWith(budget(10_000n), 2)
  const [dying] = workers
  const won = await bidOf(world, dying!, account, 100)
  const lost = await bidOf(world, dying!, account, 200)
  const { incarnation } = dying!
  world.kill(dying!, 0)
  const held = world.authority.heldBy(incarnation, account)
  const outcomes = [
    world.authority.notice(world.noticeOf(lost, 'loss')),
    world.authority.notice(world.noticeOf(won, 'bill')),
  ]
  await world.settle()
  expect(await Promise.all(outcomes)).toEqual(['counted', 'charged'])
  expect(world.authority.heldBy(incarnation, account)).toBe(held - 300)
  expect(world.authority.totals.lateCharges).toBe(0)
  await world.advance(smallConfig.reservationTtlMs + 2_000)
  await world.settle()
  expect(world.authority.heldBy(incarnation, account)).toBe(0)
  expect([...world.disk.leases.values()].some((row) => row.incarnation === incarnation)).toBe(false)
})

test('ledger: when the clock steps back, no charge is decided as if time had not been', async () => {
  const { world, account, workers } = await worldWith(budget(1_000n))
  const bid = await bidOf(world, workers[0]!, account, 100)
  await world.advance(30_000)
  await world.settle()
  expect(workers[0]!.wallet.reserved(account)).toBe(0)
  world.clock.advance(-60_000)
  const outcome = world.authority.notice(world.noticeOf(bid, 'bill'))
  await world.settle()
  expect(await outcome).toBe('charged')
  expect(world.authority.totals.lateCharges).toBe(1)
  const { wallet, incarnation } = workers[0]!
  expect(wallet.available(account)).toBe(world.authority.heldBy(incarnation, account))
})

test('ledger: reasons for losing are counted one by one, up to a bound', async () => {
  const { world, account, workers } = await worldWith(budget(100_000n))
  for (let reason = 0; reason < 80; reason++) {
    const bid = await bidOf(world, workers[0]!, account, 1)
    const notice = { ...world.noticeOf(bid, 'loss'), lossReason: 1_000 + reason }
    void world.authority.notice(notice)
  }
  await world.settle()
  const { losses } = reportOf(world, account)
  expect(Object.keys(losses)).toHaveLength(65)
  expect(losses[-1]).toBe(16)
})

test('ledger: closing writes what there is, trying a failed batch once more; then nothing is taken', async () => {
  const { world, account, workers } = await worldWith(budget(1_000n))
  const bid = await bidOf(world, workers[0]!, account, 10)
  const { authority } = world
  const outcome = authority.notice(world.noticeOf(bid, 'bill'))
  await world.turn()
  const closed = authority.close()
  await world.store.fail(false)
  await expect(outcome).rejects.toBeInstanceOf(LedgerStoreError)
  await world.turn()
  await world.store.succeed()
  await closed
  expect(world.disk.accounts.get(account)!.postedTotalNanos).toBe(10n)
  await expect(authority.notice(world.noticeOf(bid, 'win'))).rejects.toBeInstanceOf(
    LedgerClosedError,
  )
})

test('ledger: hears when another process has taken its store', async () => {
  const store = new MemoryStore()
  store.commit = () => Promise.reject(new LedgerTakenError())
  let isTaken = false
  const authority = new Authority({
    store,
    clock: { nowMs: () => 1, elapsedMs: () => 1 },
    config: smallConfig,
    log: silentLog,
    onTaken: () => {
      isTaken = true
    },
  })
  await expect(authority.nextIncarnation()).rejects.toBeInstanceOf(LedgerStoreError)
  expect(isTaken).toBe(true)
})

test('ledger: a notice that breaks our own rules stops us', async () => {
  const { world, account, workers } = await worldWith(budget(1_000n))
  const bid = await bidOf(world, workers[0]!, account, 10)
  const notice = world.noticeOf(bid, 'bill')
  const { authority } = world
  for (const wrong of [
    { chargeNanos: 11 },
    { chargeNanos: -1 },
    { chargeNanos: 0.5 },
    { token: 'short' },
    { kind: 'loss' },
  ])
    expect(() => authority.notice({ ...notice, ...wrong } as typeof notice)).toThrow('assertion')
  expect(reportOf(world, account).postedTotalNanos).toBe(0n)
})
