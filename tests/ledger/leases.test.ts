// Goal: money is where bids are made: several workers spend a budget to its end, a budget that is spent costs
// nothing, a catalogue of 100,000 campaigns gets its money at once. Method: worlds with several workers.
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import type { Budget } from '../../src/ledger/account.js'
import { ledgerConfigSchema } from '../../src/ledger/config.js'
import { grantNanos, Wants } from '../../src/ledger/wants.js'
import { World } from './world.js'

const budget = (totalNanos: bigint | null): Budget => ({
  currency: 'PLN',
  timeZone: 'Europe/Warsaw',
  totalNanos,
  dailyNanos: null,
})

/** As in production, but for times that would only make the test longer. */
const config = ledgerConfigSchema.parse({ reservationTtlMs: 20_000, leaseFloorNanos: 500 })

test('leases: four workers spend a small budget to less than a bid', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(seed)
    const world = new World({ random, config, delayMsMax: 3 })
    const account = world.addAccount(budget(20_000n))
    for (let i = 0; i < 4; i++) await world.join()
    const left = (): bigint => world.authority.accounts()[0]!.leftNanos!
    for (let step = 0; step < 4_000 && left() >= 130n; step++) {
      for (const worker of world.workers) {
        const bid = world.bid(worker, account, 70 + random.below(61))
        if (bid !== null)
          void worker.link.notice(world.noticeOf(bid, random.chance(0.7) ? 'bill' : 'loss'))
        worker.link.tick()
      }
      await world.turn()
      await world.store.succeed()
      world.authority.tick()
      await world.advance(15)
    }
    expect(left(), `seed ${seed}`).toBeLessThan(130n)
  }
})

test('leases: what one gives back another has at once', async () => {
  const world = new World({ random: new Random(1), config })
  const account = world.addAccount(budget(100n))
  const [first, second] = [await world.join(), await world.join()]
  expect(world.bid(first, account, 100)).toBeNull()
  await world.settle()
  expect(first.wallet.available(account)).toBe(100)
  expect(world.bid(second, account, 30)).toBeNull()
  second.link.tick()
  // Arrives, is recalled, comes back, is written, arrives: no timer of the ledger in between.
  await world.advance(0)
  await world.advance(0)
  first.link.tick()
  await world.advance(0)
  await world.store.succeed()
  await world.advance(0)
  await world.advance(0)
  expect(second.wallet.available(account)).toBeGreaterThanOrEqual(30)
})

test('leases: a worker that stops is granted nothing that it asked for before', async () => {
  const world = new World({ random: new Random(1), config })
  const account = world.addAccount(budget(100n))
  const [first, second] = [await world.join(), await world.join()]
  expect(world.bid(first, account, 100)).toBeNull()
  await world.settle()
  expect(world.bid(first, account, 100)).not.toBeNull()
  expect(world.bid(second, account, 30)).toBeNull()
  await world.settle()
  const { grants } = world.authority.totals
  second.link.giveAll()
  await world.settle()
  // The bid's time is over: its money goes back to where others could have it.
  first.link.giveAll()
  await world.advance(30_000)
  await world.settle()
  expect(world.authority.accounts()[0]!.heldNanos).toBe(0n)
  expect(world.authority.totals.grants).toBe(grants)
})

test('leases: a spent budget costs nothing, however often it is bid on', async () => {
  const world = new World({ random: new Random(1), config })
  const account = world.addAccount(budget(1_000n))
  const workers = [await world.join(), await world.join(), await world.join()]
  for (let i = 0; i < 60; i++) {
    for (const worker of workers) {
      const bid = world.bid(worker, account, Math.max(1, worker.wallet.available(account)))
      if (bid !== null) void worker.link.notice(world.noticeOf(bid, 'bill'))
    }
    await world.settle(1)
  }
  expect(world.authority.accounts()[0]).toMatchObject({ leftNanos: 0n, heldNanos: 0n })
  const messages = (): number => workers.reduce((sum, { channel }) => sum + channel.up.sentCount, 0)
  const [messagesBefore, commitsBefore] = [messages(), world.authority.totals.commits]
  for (let i = 0; i < 1_000; i++) {
    for (const worker of workers) expect(world.bid(worker, account, 10)).toBeNull()
    await world.settle(1)
  }
  expect(messages() - messagesBefore).toBe(0)
  expect(world.authority.totals.commits - commitsBefore).toBe(0)
  // But when there is money again, those who waited have it without asking.
  world.setBudget(account, budget(100_000n))
  await world.settle(3)
  for (const worker of workers) expect(world.bid(worker, account, 10)).not.toBeNull()
})

test('leases: a rest too small for a bid is passed round ever more rarely', async () => {
  const world = new World({ random: new Random(1), config })
  const account = world.addAccount(budget(90n))
  const workers = [await world.join(), await world.join()]
  for (let i = 0; i < 2_000; i++) {
    for (const worker of workers) expect(world.bid(worker, account, 100)).toBeNull()
    await world.settle(1)
  }
  // 100 s: at most one recall every 16 s once it has backed off.
  expect(world.authority.totals.recalls).toBeLessThan(20)
})

test('leases: 100,000 campaigns get their money in one message each way', async () => {
  const world = new World({ random: new Random(1), config })
  const count = 100_000
  for (let i = 1; i <= count; i++) {
    const account = world.authority.accountOf('shop', String(i))
    world.authority.setBudget(account, budget(10_000n))
  }
  const workers = [await world.join(), await world.join()]
  for (const { wallet, link, channel } of workers) {
    for (let account = 1; account <= count; account++) wallet.want(account, 10 as never)
    link.tick()
    expect(channel.up.sentCount).toBe(1)
  }
  await world.settle(3)
  for (const { wallet, channel } of workers) {
    expect(channel.down.sentCount).toBeLessThan(5)
    for (let account = 1; account <= count; account++)
      if (wallet.available(account) < 500) expect.fail(`account ${account}`)
  }
  // 256 accounts a row, so that this many grants are some hundred writes.
  expect(world.disk.leases.size).toBe(2 * Math.ceil((count + 1) / 256))
})

test('leases: a grant is what is needed or a share, within the floor and what is free', () => {
  const bounds = { leaseFloorNanos: 100, leaseMaxNanos: 1_000_000 }
  const grant = (free: bigint, need: number, workers: number, waiting = 1): number =>
    grantNanos(free, need, { workers, waiting }, bounds)
  expect(grant(80_000n, 0, 2)).toBe(10_000)
  expect(grant(80_000n, 30_000, 2)).toBe(30_000)
  expect(grant(400n, 0, 2)).toBe(100)
  expect(grant(40n, 0, 2)).toBe(40)
  expect(grant(41n, 0, 4, 2)).toBe(21)
  expect(grant(41n, 30, 4, 2)).toBe(30)
  expect(grant(40n, 90, 2)).toBe(40)
  expect(grant(10n ** 18n, 0, 2)).toBe(1_000_000)
  expect(grant(10n ** 30n, 5_000_000, 2)).toBe(5_000_000)
  expect(grant(0n, 5, 1)).toBe(0)
  expect(grant(-5n, 5, 1)).toBeLessThanOrEqual(0)
})

test('leases: who wants is remembered in the order of asking, until met or gone', () => {
  const wants = new Wants()
  wants.add(1, 10, 0)
  wants.add(1, 11, 5)
  wants.add(1, 10, 7)
  wants.add(2, 10, 1)
  expect([...wants.of(1)!]).toEqual([
    [10, 7],
    [11, 5],
  ])
  wants.met(1, 10)
  wants.drop(10)
  expect([...wants.accounts()]).toEqual([1])
  wants.met(1, 11)
  expect(wants.of(1)).toBeUndefined()
})
