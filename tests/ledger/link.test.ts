// Goal: a notice always gets an answer in time, its own, whatever becomes of the other end. Method: a link on a
// channel whose other end is the test; and a service whose authority is a world's.
import { expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import type { CostNanos } from '../../src/base/money.js'
import { Random } from '../../src/base/random.js'
import {
  LedgerBusyError,
  LedgerClosedError,
  LedgerStoreError,
  LedgerTimeoutError,
} from '../../src/ledger/errors.js'
import { LedgerLink } from '../../src/ledger/link.js'
import type { FromWorker, NoticeBatch, ToWorker } from '../../src/ledger/messages.js'
import { OutcomeFault } from '../../src/ledger/messages.js'
import type { Notice } from '../../src/ledger/notice.js'
import { noticeOutcomes } from '../../src/ledger/notice.js'
import { Wallet } from '../../src/ledger/wallet.js'
import { tokenOf } from '../contracts/ledger-store.js'
import { smallConfig, World } from './world.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const notice = (sequence: number): Notice => ({
  token: tokenOf(1_700_000_000, sequence),
  kind: 'bill',
  account: 1,
  incarnation: 1,
  sequence,
  bidNanos: 100 as CostNanos,
  expiresAtMs: 1_700_000_300_000,
  charges: true,
  chargeNanos: 90 as CostNanos,
  paidNanos: 90 as CostNanos,
  paidCurrency: 'PLN',
  lossReason: 0,
})

function newLink(): {
  link: LedgerLink
  clock: ManualClock
  sent: FromWorker[]
  tell: (ids: readonly number[], outcomes: readonly number[]) => void
} {
  const clock = new ManualClock()
  const sent: FromWorker[] = []
  let receive: (message: ToWorker) => void = () => {}
  const port = {
    send: (message: FromWorker): void => void sent.push(message),
    onMessage: (callback: (message: ToWorker) => void): void => {
      receive = callback
    },
  }
  const config = { ...smallConfig, noticeInFlightMax: 3, noticeTimeoutMs: 1_000 }
  const link = new LedgerLink({ port, wallet: new Wallet(config), clock, config })
  const tell = (ids: readonly number[], outcomes: readonly number[]): void =>
    receive({
      type: 'ledger.outcomes',
      ids: Float64Array.from(ids),
      outcomes: Uint8Array.from(outcomes),
    })
  return { link, clock, sent, tell }
}

test('link: notices of one turn go as one message, and each gets its own outcome', async () => {
  const { link, sent, tell } = newLink()
  const first = [link.notice(notice(1)), link.notice(notice(2))]
  await turn()
  const last = link.notice(notice(3))
  await turn()
  expect(sent.map((message) => (message as NoticeBatch).notices.length)).toEqual([2, 1])
  const [a, b] = sent.map((message) => (message as NoticeBatch).firstId)
  tell([b!, a! + 1], [noticeOutcomes.indexOf('duplicate'), noticeOutcomes.indexOf('charged')])
  tell([a!], [noticeOutcomes.indexOf('over_budget')])
  expect(await Promise.all([...first, last])).toEqual(['over_budget', 'charged', 'duplicate'])
  expect(link.inFlightCount).toBe(0)
})

test('link: gives up on a notice in time, and takes no harm from its late outcome', async () => {
  const { link, clock, tell } = newLink()
  const slow = link.notice(notice(1))
  await turn()
  clock.advance(600)
  const quick = link.notice(notice(2))
  await turn()
  clock.advance(400)
  link.tick()
  await expect(slow).rejects.toBeInstanceOf(LedgerTimeoutError)
  tell([0, 1], [0, 1])
  expect(await quick).toBe('charged')
  expect(link.timeoutCount).toBe(1)
})

test('link: refuses at once what would be too many', async () => {
  const { link, tell } = newLink()
  const taken = [1, 2, 3].map((sequence) => link.notice(notice(sequence)))
  await expect(link.notice(notice(4))).rejects.toBeInstanceOf(LedgerBusyError)
  expect(link.busyCount).toBe(1)
  await turn()
  tell([0, 1, 2], [0, 0, 0])
  await Promise.all(taken)
  const next = link.notice(notice(4))
  await turn()
  tell([3], [0])
  expect(await next).toBe('counted')
})

test('link: names what went wrong at the other end', async () => {
  const { link, tell } = newLink()
  const [store, busy] = [link.notice(notice(1)), link.notice(notice(2))]
  await turn()
  tell([0, 1], [OutcomeFault.Store, OutcomeFault.Busy])
  await expect(store).rejects.toBeInstanceOf(LedgerStoreError)
  await expect(busy).rejects.toBeInstanceOf(LedgerBusyError)
})

test('link: when it is closed, nobody waits any longer', async () => {
  const { link, sent } = newLink()
  const waiting = link.notice(notice(1))
  link.close()
  await expect(waiting).rejects.toBeInstanceOf(LedgerClosedError)
  await expect(link.notice(notice(2))).rejects.toBeInstanceOf(LedgerClosedError)
  await turn()
  expect(sent).toEqual([])
})

test('link: a charge above the bid never leaves the worker', () => {
  const { link, sent } = newLink()
  expect(() => link.notice({ ...notice(1), chargeNanos: 101 as CostNanos })).toThrow('assertion')
  expect(sent).toEqual([])
})

test('link and service: a commit that fails is heard of as such, and a duplicate after it', async () => {
  const world = new World({ random: new Random(1) })
  const account = world.addAccount({
    currency: 'PLN',
    timeZone: 'UTC',
    totalNanos: 1_000n,
    dailyNanos: null,
  })
  const worker = await world.join()
  world.bid(worker, account, 10)
  await world.settle(3)
  const bill = world.noticeOf(world.bid(worker, account, 10)!, 'bill')
  const refused = worker.link.notice(bill)
  void refused.catch(() => {})
  await world.turn()
  await world.advance(1)
  await world.store.fail(false)
  await world.turn()
  await world.advance(1)
  await expect(refused).rejects.toBeInstanceOf(LedgerStoreError)
  const again = worker.link.notice(bill)
  await world.settle(3)
  expect(await again).toBe('duplicate')
  // Answers of one commit come in one message.
  const before = worker.channel.down.sentCount
  const bids = Array.from({ length: 20 }, () => world.bid(worker, account, 1)!)
  const outcomes = bids.map((bid) => worker.link.notice(world.noticeOf(bid, 'win')))
  await world.settle(3)
  expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['counted']))
  expect(worker.channel.down.sentCount - before).toBeLessThan(6)
})

test('service: what a worker sent before it was seen to die counts, what arrives after it does not', async () => {
  const world = new World({ random: new Random(1) })
  const account = world.addAccount({
    currency: 'PLN',
    timeZone: 'UTC',
    totalNanos: 1_000n,
    dailyNanos: null,
  })
  const worker = await world.join()
  world.bid(worker, account, 10)
  await world.settle(3)
  const { channel, incarnation, link } = worker
  link.giveAll()
  const held = world.authority.heldBy(incarnation, account)
  expect(held).toBeGreaterThan(0)
  world.kill(worker, 0)
  channel.up.deliver(Number.POSITIVE_INFINITY)
  expect(world.authority.heldBy(incarnation, account)).toBe(held)
})
