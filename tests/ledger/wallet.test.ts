// Goal: a wallet never bids with money it hasn't, loses none, and costs next to nothing. Method: updates
// written by hand, as the ledger would send them; the ring of reservations against a Map on seeded input; the
// heap measured around many reservations.
// Conformance checklist 93.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { CostNanos } from '../../src/base/money.js'
import { Random } from '../../src/base/random.js'
import type { WalletUpdate } from '../../src/ledger/messages.js'
import { Reservations, reservationExpiresAtMs } from '../../src/ledger/reservations.js'
import { NotReserved, Wallet } from '../../src/ledger/wallet.js'

const nowMs = 1_800_000_000_500
const cost = (nanos: number): CostNanos => nanos as CostNanos

const newWallet = (reservationCountMax = 1_000): Wallet =>
  new Wallet({ reservationTtlMs: 10_000, reservationCountMax, leaseFloorNanos: 100 })

interface Said {
  readonly granted?: readonly (readonly [account: number, nanos: number])[]
  readonly recalled?: readonly (readonly [account: number, nanos: number])[]
  readonly settled?: readonly (readonly [sequence: number, account: number, nanos: number])[]
  readonly voided?: readonly number[]
  readonly watermarkMs?: number
}

const update = ({ granted = [], recalled = [], settled = [], ...rest }: Said): WalletUpdate => ({
  type: 'ledger.update',
  settledSequences: Uint32Array.from(settled, ([sequence]) => sequence),
  settledAccounts: Uint32Array.from(settled, ([, account]) => account),
  settledNanos: Float64Array.from(settled, ([, , nanos]) => nanos),
  voidedSequences: Uint32Array.from(rest.voided ?? []),
  grantedAccounts: Uint32Array.from(granted, ([account]) => account),
  grantedNanos: Float64Array.from(granted, ([, nanos]) => nanos),
  recalledAccounts: Uint32Array.from(recalled, ([account]) => account),
  recalledNanos: Float64Array.from(recalled, ([, nanos]) => nanos),
  watermarkMs: rest.watermarkMs ?? 0,
})

const money = (wallet: Wallet, account = 1): readonly [available: number, reserved: number] => [
  wallet.available(account),
  wallet.reserved(account),
]

test('wallet: a bid is covered or not made; what was missing is asked for once', () => {
  const wallet = newWallet()
  expect(wallet.report()).toBeNull()
  expect(wallet.reserve(1, cost(30), nowMs)).toBe(NotReserved.NoFunds)
  expect(wallet.reserve(1, cost(50), nowMs)).toBe(NotReserved.NoFunds)
  expect(wallet.reserve(7_000, cost(1), nowMs)).toBe(NotReserved.NoFunds)
  const report = wallet.report()!
  expect([...report.wantAccounts]).toEqual([1, 7_000])
  expect([...report.wantNanos]).toEqual([30, 1])
  expect(wallet.reserve(1, cost(30), nowMs)).toBe(NotReserved.NoFunds)
  expect(wallet.report()).toBeNull()

  wallet.apply(update({ granted: [[1, 20]] }))
  expect(wallet.reserve(1, cost(30), nowMs)).toBe(NotReserved.NoFunds)
  // Only what is still missing.
  expect([...wallet.report()!.wantNanos]).toEqual([10])
  expect(wallet.noFundsCount).toBe(5)
})

test('wallet: asks for more at half of its lease, before it runs out', () => {
  const wallet = newWallet()
  wallet.apply(update({ granted: [[1, 100]] }))
  wallet.reserve(1, cost(50), nowMs)
  expect(wallet.report()).toBeNull()
  wallet.reserve(1, cost(1), nowMs)
  expect([...wallet.report()!.wantNanos]).toEqual([0])
  wallet.reserve(1, cost(1), nowMs)
  expect(wallet.report()).toBeNull()
  // Out of money after all: that is said in spite of the request that is under way.
  expect(wallet.reserve(1, cost(60), nowMs)).toBe(NotReserved.NoFunds)
  expect([...wallet.report()!.wantNanos]).toEqual([12])
})

test('wallet: a reservation ends once, whoever ends it', () => {
  const wallet = newWallet()
  wallet.apply(update({ granted: [[1, 100]] }))
  const [a, b, c, d] = [1, 2, 3, 4].map((nanos) => wallet.reserve(1, cost(nanos * 10), nowMs))
  expect(money(wallet)).toEqual([0, 100])
  wallet.apply(update({ settled: [[a!, 1, 10]] }))
  expect(money(wallet)).toEqual([0, 90])
  wallet.apply(update({ voided: [b!] }))
  expect(money(wallet)).toEqual([20, 70])
  wallet.cancel(c!)
  expect(money(wallet)).toEqual([50, 40])
  wallet.apply(update({ voided: [a!, b!, c!] }))
  wallet.cancel(b!)
  wallet.cancel(999)
  expect(money(wallet)).toEqual([50, 40])
  wallet.apply(update({ settled: [[d!, 1, 40]], watermarkMs: nowMs + 100_000 }))
  expect(money(wallet)).toEqual([50, 0])
})

test('wallet: a bid that was cancelled here and charged there is paid from what is available', () => {
  const wallet = newWallet()
  wallet.apply(update({ granted: [[1, 100]] }))
  const sequence = wallet.reserve(1, cost(80), nowMs)
  wallet.cancel(sequence)
  wallet.reserve(1, cost(90), nowMs)
  wallet.apply(update({ settled: [[sequence, 1, 80]] }))
  expect(money(wallet)).toEqual([-70, 90])
  expect(wallet.reserve(1, cost(1), nowMs)).toBe(NotReserved.NoFunds)
})

test("wallet: only the ledger's clock ends a reservation, and never before its notices may settle it", () => {
  const wallet = newWallet()
  wallet.apply(update({ granted: [[1, 100]] }))
  wallet.reserve(1, cost(40), nowMs)
  const expiresAtMs = reservationExpiresAtMs(Math.floor(nowMs / 1_000), 10_000)
  // Years pass here; a reservation made then doesn't end the first.
  wallet.reserve(1, cost(5), nowMs + 1e12)
  expect(money(wallet)).toEqual([55, 45])
  wallet.apply(update({ watermarkMs: expiresAtMs }))
  // A token issued a second later would have been covered, too.
  wallet.apply(update({ watermarkMs: expiresAtMs + 1_000 }))
  expect(money(wallet)).toEqual([55, 45])
  wallet.apply(update({ watermarkMs: expiresAtMs + 2_000 }))
  expect(money(wallet)).toEqual([95, 5])
})

test('wallet: gives back half of what is recalled, more where that is needed, nothing reserved', () => {
  const wallet = newWallet()
  const given = (): number => {
    const report = wallet.report()
    return report === null ? 0 : report.giveNanos.reduce((sum, nanos) => sum + nanos, 0)
  }
  wallet.apply(update({ granted: [[1, 101]] }))
  wallet.reserve(1, cost(40), nowMs)
  wallet.apply(update({ recalled: [[1, 1]] }))
  expect(given()).toBe(31)
  expect(money(wallet)).toEqual([30, 40])
  wallet.apply(update({ recalled: [[1, 20]] }))
  expect(given()).toBe(20)
  wallet.apply(update({ recalled: [[1, Number.POSITIVE_INFINITY]] }))
  expect(given()).toBe(10)
  wallet.apply(update({ recalled: [[1, 5]] }))
  wallet.apply(update({ recalled: [[9_999, 5]] }))
  expect(given()).toBe(0)
  expect(money(wallet)).toEqual([0, 40])
})

test('wallet: gives back what lies idle, but for the floor, and does not ask for it again', () => {
  const wallet = newWallet()
  wallet.apply(
    update({
      granted: [
        [1, 1_000],
        [2, 1_000],
        [3, 80],
      ],
    }),
  )
  wallet.reserve(2, cost(1), nowMs)
  wallet.giveIdle()
  const report = wallet.report()!
  expect([...report.giveAccounts]).toEqual([1])
  expect([...report.giveNanos]).toEqual([900])
  expect([...report.wantAccounts]).toEqual([])
  wallet.reserve(1, cost(10), nowMs)
  expect(wallet.report()).toBeNull()
  wallet.giveIdle()
  expect([...wallet.report()!.giveAccounts]).toEqual([2])
})

test('wallet: once it stops, all comes back as bids end', () => {
  const wallet = newWallet()
  wallet.apply(
    update({
      granted: [
        [1, 100],
        [2, 5],
      ],
    }),
  )
  const sequence = wallet.reserve(1, cost(60), nowMs)
  wallet.want(3, cost(1))
  wallet.stop()
  const report = wallet.report()!
  expect(report.isStopping).toBe(true)
  expect([...report.giveNanos]).toEqual([40, 5])
  expect([...report.wantAccounts]).toEqual([])
  expect(wallet.report()).toBeNull()
  wallet.apply(update({ voided: [sequence] }))
  expect([...wallet.report()!.giveNanos]).toEqual([60])
})

test('wallet: says that it stops even when it has nothing', () => {
  const wallet = newWallet()
  wallet.stop()
  expect(wallet.report()!.isStopping).toBe(true)
})

test('wallet: with the table full no bid is made, until one ends', () => {
  const wallet = newWallet(3)
  wallet.apply(update({ granted: [[1, 100]] }))
  const sequences = [1, 1, 1].map((nanos) => wallet.reserve(1, cost(nanos), nowMs))
  expect(wallet.reserve(1, cost(1), nowMs)).toBe(NotReserved.TableFull)
  expect(wallet.tableFullCount).toBe(1)
  expect(money(wallet)).toEqual([97, 3])
  wallet.apply(update({ voided: [sequences[0]!] }))
  expect(wallet.reserve(1, cost(1), nowMs)).toBeGreaterThan(0)
})

test('reservations: behave as a Map does, also past 2^32 of them', () => {
  const seed = Number(process.env['SEED'] ?? 5)
  const random = new Random(seed)
  for (const first of [1, 2 ** 32 - 9_000]) {
    const ring = new Reservations(100_000, first)
    const map = new Map<number, { account: number; cost: number; expirySeconds: number }>()
    let nowSeconds = 1_000
    let made = 0
    for (let step = 0; step < 60_000; step++) {
      if (random.chance(0.6)) {
        const one = {
          account: random.below(9),
          cost: 1 + random.below(99),
          expirySeconds: nowSeconds + 50,
        }
        const sequence = ring.add(one.account, one.cost, one.expirySeconds)
        if (sequence !== first + made++) expect.fail(`seed ${seed}: sequence ${sequence}`)
        map.set(sequence, one)
      } else if (random.chance(0.02)) {
        nowSeconds += random.below(60)
        for (let slot = ring.findExpired(nowSeconds * 1_000); slot >= 0; ) {
          ring.end(slot)
          slot = ring.findExpired(nowSeconds * 1_000)
        }
        for (const [sequence, one] of map) if (one.expirySeconds <= nowSeconds) map.delete(sequence)
      } else {
        const sequence = first + random.below(made + 2)
        // As a token carries it.
        const slot = ring.find(sequence >>> 0)
        const one = map.get(sequence)
        const found = slot < 0 ? undefined : { account: ring.account(slot), cost: ring.cost(slot) }
        if (found?.account !== one?.account || found?.cost !== one?.cost)
          expect.fail(`seed ${seed}: reservation ${sequence}`)
        if (slot >= 0) ring.end(slot)
        map.delete(sequence)
      }
    }
    expect(ring.count).toBeLessThan(60_000)
  }
})

test('wallet: a reservation allocates nothing', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const wallet = newWallet(1_000_000)
  wallet.apply(update({ granted: [[1, 1e12]] }))
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const sequence = wallet.reserve(1, cost(1_000), nowMs)
      // One in four is lost, one in a hundred has no money.
      if ((i & 3) === 0) wallet.cancel(sequence)
      if (i % 100 === 0) wallet.reserve(2, cost(5), nowMs)
    }
  }
  // Grows the ring past what is measured, and lets the code be optimised.
  run(300_000)
  wallet.apply(update({ watermarkMs: nowMs + 100_000 }))
  let leastBytes = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round++) {
    collect()
    const before = process.memoryUsage().heapUsed
    run(20_000)
    leastBytes = Math.min(leastBytes, (process.memoryUsage().heapUsed - before) / 20_000)
  }
  expect(leastBytes, 'bytes a reservation').toBeLessThan(2)
})
