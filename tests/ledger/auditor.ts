import type { NoticeOutcome } from '../../src/ledger/notice.js'
import { kindBit, type NoticeKind, TokenBit } from '../../src/ledger/notice.js'
import type { CommitBatch } from '../../src/ledger/store.js'
import type { SimulatedBid, World } from './world.js'

/**
 * Keeps books of its own, by the plainest means, on what went to the disk and what was said; and complains
 * where the ledger's differ.
 */
export class Auditor {
  readonly #fail: (what: string) => never
  /** The most that posted + held may be, by account: the budget, or what a lowered budget found and shrinks. */
  readonly #most = new Map<number, { total: bigint; today: bigint }>()
  readonly #chargedOnDisk = new Map<string, bigint>()
  readonly #postedOnDisk = new Map<number, bigint>()
  readonly #bitsOnDisk = new Map<string, number>()
  /** Distinct tokens by account and kind. */
  readonly #countsOnDisk = new Map<string, number>()
  readonly #saidCharged = new Set<string>()
  readonly #lossSent = new Set<string>()
  bidsByToken: ReadonlyMap<string, SimulatedBid> = new Map()

  constructor(fail: (what: string) => never) {
    this.#fail = fail
  }

  /** What reached the disk: each account has posted what its charged tokens cost, to the nano. */
  written(batch: CommitBatch): void {
    for (const [token, bits] of batch.tokens) {
      this.#count(token, bits)
      if ((bits & TokenBit.Charged) === 0 || this.#chargedOnDisk.has(token)) continue
      const bid = this.bidsByToken.get(token)!
      const charge = BigInt(bid.chargeNanos)
      this.#chargedOnDisk.set(token, charge)
      this.#postedOnDisk.set(bid.account, (this.#postedOnDisk.get(bid.account) ?? 0n) + charge)
    }
    for (const row of batch.accounts) {
      const posted = this.#postedOnDisk.get(row.account) ?? 0n
      if (row.postedTotalNanos !== posted)
        this.#fail(`account ${row.account} posted ${row.postedTotalNanos}, its tokens ${posted}`)
      if ((row.paidNanos['USD'] ?? 0n) !== posted * 2n)
        this.#fail(`account ${row.account} paid ${row.paidNanos['USD']}`)
      const { wins, bills, impressions, clicks } = row.counts
      const said = { win: wins, bill: bills, imp: impressions, click: clicks }
      for (const [kind, count] of Object.entries({ ...said, loss: row.losses[102] ?? 0 })) {
        const counted = this.#countsOnDisk.get(`${row.account} ${kind}`) ?? 0
        if (count !== counted)
          this.#fail(`account ${row.account}: ${count} ${kind}, not ${counted}`)
      }
    }
  }

  #count(token: string, bits: number): void {
    const before = this.#bitsOnDisk.get(token) ?? 0
    if ((before & ~bits) !== 0) this.#fail('a token forgot something')
    this.#bitsOnDisk.set(token, bits)
    for (const [kind, bit] of Object.entries(kindBit)) {
      if ((bits & ~before & bit) === 0) continue
      const key = `${this.bidsByToken.get(token)!.account} ${kind}`
      this.#countsOnDisk.set(key, (this.#countsOnDisk.get(key) ?? 0) + 1)
    }
  }

  lossSent(bid: SimulatedBid): void {
    this.#lossSent.add(bid.token)
  }

  /** What was said of a notice: it is on the disk by then, and a bid that was covered is charged. */
  said(world: World, bid: SimulatedBid, kind: NoticeKind, outcome: NoticeOutcome): void {
    if (outcome === 'unknown') {
      if (world.clock.nowMs() - bid.expiresAtMs < 86_400_000) this.#fail('a token became unknown')
      return
    }
    const bits = world.store.tokenBits(bid.token)
    const isOnDisk = (bits & kindBit[kind]) !== 0
    if (!isOnDisk) this.#fail(`${kind} was said to be ${outcome} before it was on disk`)
    if (outcome === 'charged') {
      if ((bits & TokenBit.Charged) === 0) this.#fail('a charge was told before it was on disk')
      if (this.#saidCharged.has(bid.token)) this.#fail('a token was charged twice')
      this.#saidCharged.add(bid.token)
    }
    const isTimely = world.clock.nowMs() < bid.expiresAtMs
    if (outcome === 'over_budget' && isTimely && !this.#lossSent.has(bid.token))
      this.#fail('a bid with its money set aside was not charged')
  }

  budgetSet(world: World, account: number): void {
    const before = this.#most.get(account)
    const budget = world.budgets.get(account)!
    const report = world.authority.accounts().find((one) => one.account === account)!
    const total = report.postedTotalNanos + report.heldNanos
    const today = report.postedTodayNanos + report.heldNanos
    this.#most.set(account, {
      total: most(budget.totalNanos ?? unlimited, before === undefined ? 0n : total),
      today: most(budget.dailyNanos ?? unlimited, before === undefined ? 0n : today),
    })
  }

  /** To be true at any moment. */
  check(world: World): void {
    for (const report of world.authority.accounts()) {
      const { account, heldNanos } = report
      const limit = this.#most.get(account)!
      const budget = world.budgets.get(account)!
      const total = report.postedTotalNanos + heldNanos
      const today = report.postedTodayNanos + heldNanos
      if (total > limit.total) this.#fail(`account ${account}: ${total} > ${limit.total}`)
      if (today > limit.today) this.#fail(`account ${account}, today: ${today} > ${limit.today}`)
      if (report.postedTodayNanos < 0n || report.postedTodayNanos > report.postedTotalNanos)
        this.#fail(`account ${account}: ${report.postedTodayNanos} posted today`)
      // Above a lowered budget it may only shrink.
      limit.total = most(budget.totalNanos ?? unlimited, total)
      limit.today = most(budget.dailyNanos ?? unlimited, today)

      let held = 0n
      for (const incarnation of world.incarnations)
        held += BigInt(world.authority.heldBy(incarnation, account))
      if (held !== heldNanos) this.#fail(`account ${account}: holds ${held}, held ${heldNanos}`)
    }
    if (world.authority.totals.misreports > 0) this.#fail('a worker gave back what it had not')
    for (const worker of world.workers) this.#checkWorker(world, worker)
  }

  /** What a worker has, and what is on its way to or from it, is what the ledger holds it to have. */
  #checkWorker(world: World, worker: World['workers'][number]): void {
    const sums = new Map<number, number>()
    const add = (account: number, nanos: number): void => {
      sums.set(account, (sums.get(account) ?? 0) + nanos)
    }
    for (const { message } of worker.channel.down.queue) {
      if (message.type !== 'ledger.update') continue
      message.grantedAccounts.forEach((account, i) => {
        add(account, message.grantedNanos[i]!)
      })
      message.settledAccounts.forEach((account, i) => {
        add(account, -message.settledNanos[i]!)
      })
    }
    for (const { message } of worker.channel.up.queue) {
      if (message.type !== 'ledger.report') continue
      message.giveAccounts.forEach((account, i) => {
        add(account, message.giveNanos[i]!)
      })
    }
    for (const account of world.budgets.keys()) {
      const { wallet } = worker
      if (wallet.available(account) < 0 || wallet.reserved(account) < 0)
        this.#fail(`worker ${worker.incarnation}, account ${account}: less than nothing`)
      const has = wallet.available(account) + wallet.reserved(account) + (sums.get(account) ?? 0)
      const held = world.authority.heldBy(worker.incarnation, account)
      if (has > held)
        this.#fail(`worker ${worker.incarnation}, account ${account}: has ${has}, holds ${held}`)
    }
  }

  /** After a crash: the disk may be older than what was seen, but its books add up all the same. */
  reopened(world: World, areBudgetsChanging: boolean): void {
    for (const report of world.authority.accounts()) {
      const limit = this.#most.get(report.account)!
      const total = report.postedTotalNanos + report.heldNanos
      const today = report.postedTodayNanos + report.heldNanos
      if (!areBudgetsChanging && (total > limit.total || today > limit.today))
        this.#fail(`account ${report.account}: a crash brought back ${total}`)
      limit.total = most(limit.total, total)
      limit.today = most(limit.today, today)
    }
  }

  /** Nothing is under way any more: books in memory, on disk and here are the same. */
  checkAtRest(world: World): void {
    for (const report of world.authority.accounts()) {
      const posted = this.#postedOnDisk.get(report.account) ?? 0n
      if (report.postedTotalNanos !== posted)
        this.#fail(`account ${report.account} at rest: ${report.postedTotalNanos}, not ${posted}`)
      let reserved = 0
      let available = 0
      for (const { wallet } of world.workers) {
        reserved += wallet.reserved(report.account)
        available += wallet.available(report.account)
      }
      if (reserved !== 0) this.#fail(`account ${report.account}: ${reserved} reserved for ever`)
      if (report.heldNanos !== BigInt(available))
        this.#fail(`account ${report.account}: held ${report.heldNanos}, workers ${available}`)
    }
    for (const token of this.#saidCharged)
      if (!this.#chargedOnDisk.has(token)) this.#fail('a charge that was told is lost')
  }
}

const unlimited = 1n << 80n
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b)
