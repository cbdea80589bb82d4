import { assert } from '../base/assert.js'
import type { Account } from './account.js'
import type { Accounts } from './accounts.js'
import type { LedgerConfig } from './config.js'
import { Hold, heldNanosMax } from './hold.js'
import type { Journal } from './journal.js'
import type { WalletReport, WalletUpdate } from './messages.js'
import type { Notice } from './notice.js'
import { Outbox } from './outbox.js'
import { reservationSlackSeconds } from './reservations.js'
import type { LeaseRow } from './store.js'
import type { LedgerTotals } from './totals.js'
import { grantNanos, Wants } from './wants.js'

interface Member {
  readonly outbox: Outbox
  readonly tell: (update: WalletUpdate) => void
  toldAtMs: number
}

/** How far the time between two recalls of an account is doubled while nothing is charged to it. */
const recallBackoffMax = 32

/**
 * Who holds how much of which budget: grants leases, recalls them, and takes them back from the dead.
 *
 * The sum of an account's holds is its `heldNanos`, at all times. Money is counted as held from the moment a
 * grant is decided (it is sent once that is on disk) to the moment the worker's giving it back arrives.
 */
export class Leases {
  readonly #config: LedgerConfig
  readonly #accounts: Accounts
  readonly #journal: Journal
  readonly #totals: LedgerTotals
  readonly #holds = new Map<number, Hold>()
  readonly #members = new Map<number, Member>()
  readonly #wants = new Wants()
  /** Accounts whose waiting workers are to be looked at again, as money may be free. */
  readonly #freed = new Set<number>()
  /** Accounts that are retired or over a lowered budget: every lease is to come back. */
  readonly #unwelcome = new Set<number>()
  #scanAtMs = 0

  constructor(config: LedgerConfig, accounts: Accounts, journal: Journal, totals: LedgerTotals) {
    this.#config = config
    this.#accounts = accounts
    this.#journal = journal
    this.#totals = totals
  }

  /** Leases of workers that an earlier process of ours had: as good as having left just now. */
  restore(rows: readonly LeaseRow[], nowMs: number): void {
    for (const { incarnation, row, heldNanos } of rows) {
      if (heldNanos === null) continue
      let hold = this.#holds.get(incarnation)
      if (hold === undefined) {
        hold = new Hold(incarnation)
        hold.expiresAtMs = this.#holdExpiresAtMs(nowMs)
        this.#holds.set(incarnation, hold)
      }
      hold.restore(row, heldNanos)
    }
    for (const hold of this.#holds.values())
      for (const account of hold.accounts())
        this.#accounts.known(account).restoreHeld(hold.nanos(account))
  }

  row(incarnation: number, row: number): LeaseRow {
    return { incarnation, row, heldNanos: this.#holds.get(incarnation)?.row(row) ?? null }
  }

  heldBy(incarnation: number, account: number): number {
    return this.#holds.get(incarnation)?.nanos(account) ?? 0
  }

  join(incarnation: number, tell: (update: WalletUpdate) => void, nowMs: number): void {
    assert(!this.#holds.has(incarnation), `leases: incarnation ${incarnation} joins twice`)
    this.#holds.set(incarnation, new Hold(incarnation))
    this.#members.set(incarnation, { outbox: new Outbox(), tell, toldAtMs: nowMs })
  }

  /** The worker is gone. What it held covers its bids until the last of them has expired. */
  leave(incarnation: number, nowMs: number): void {
    if (!this.#members.delete(incarnation)) return
    this.#hold(incarnation).expiresAtMs = this.#holdExpiresAtMs(nowMs)
    this.#wants.drop(incarnation)
  }

  /** What a worker wants and gives back. */
  report(incarnation: number, report: WalletReport): void {
    // Arrived after the worker was seen to die: what it gives back may have been promised to its bids since.
    if (!this.#members.has(incarnation)) return
    const hold = this.#hold(incarnation)
    if (report.isStopping) this.#wants.drop(incarnation)
    for (let i = 0; i < report.giveAccounts.length; i++) {
      const account = this.#accounts.known(report.giveAccounts[i]!)
      const nanos = Math.min(report.giveNanos[i]!, hold.nanos(account.number))
      if (nanos < report.giveNanos[i]!) this.#totals.misreports++
      if (nanos > 0) this.#release(hold, account, nanos)
    }
    for (let i = 0; i < report.wantAccounts.length; i++) {
      const account = this.#accounts.known(report.wantAccounts[i]!)
      this.#wants.add(account.number, incarnation, report.wantNanos[i]!)
      this.#freed.add(account.number)
    }
  }

  /**
   * Takes a charged bid's cost out of its worker's hold and tells the worker.
   * @returns false, and nothing changed, where the hold doesn't cover it any more.
   */
  settle(notice: Notice): boolean {
    const hold = this.#holds.get(notice.incarnation)
    if (hold === undefined || hold.nanos(notice.account) < notice.bidNanos) return false
    hold.take(notice.account, notice.bidNanos)
    this.#journal.touchLease(notice.incarnation, notice.account)
    this.#freed.add(notice.account)
    this.#members
      .get(notice.incarnation)
      ?.outbox.settle(notice.sequence, notice.account, notice.bidNanos)
    return true
  }

  /**
   * A lost bid's cost may be bid again: by its worker, or by anybody where that is gone. Only once the loss is
   * on disk, or after a crash the next bid's money could go to a charge that came for this one all the same.
   */
  void(notice: Notice, account: Account): void {
    const { incarnation, sequence } = notice
    if (this.#members.has(incarnation)) {
      this.#journal.whenDurable(() => this.#members.get(incarnation)?.outbox.void(sequence))
      return
    }
    const hold = this.#holds.get(notice.incarnation)
    if (hold !== undefined && hold.nanos(account.number) >= notice.bidNanos)
      this.#release(hold, account, notice.bidNanos)
  }

  /** An account's budget, or whether it may be leased at all, has changed. */
  budgetChanged(account: Account, nowMs: number): void {
    if (!account.isOpen || account.freeNanos(nowMs) < 0n) this.#unwelcome.add(account.number)
    this.#freed.add(account.number)
    this.progressed(account, nowMs)
  }

  /** Money moves on this account: recalling it is worth while again. */
  progressed(account: Account, nowMs: number): void {
    account.recallDelayMs = this.#config.recallPeriodMs
    account.recallAtMs = Math.min(account.recallAtMs, nowMs + account.recallDelayMs)
  }

  /** Grants what has become possible. */
  serve(nowMs: number): void {
    for (const number of this.#freed) this.#serve(this.#accounts.known(number), nowMs)
    this.#freed.clear()
  }

  /** Sends what there is to tell, and to everybody now and then how far time has come. */
  tell(nowMs: number): void {
    for (const member of this.#members.values()) {
      if (member.outbox.isEmpty && nowMs < member.toldAtMs + this.#config.watermarkPeriodMs)
        continue
      member.toldAtMs = nowMs
      member.tell(member.outbox.take(nowMs))
    }
  }

  /** What time alone brings about; called often. */
  tick(nowMs: number): void {
    for (const hold of this.#holds.values()) {
      if (hold.expiresAtMs === null || nowMs < hold.expiresAtMs) continue
      for (const account of hold.accounts())
        this.#release(hold, this.#accounts.known(account), hold.nanos(account))
      this.#holds.delete(hold.incarnation)
    }
    if (nowMs < this.#scanAtMs) return
    this.#scanAtMs = nowMs + this.#config.recallPeriodMs
    const isNewDay = this.#accounts.haveDaysTurned(nowMs)
    for (const number of this.#wants.accounts()) {
      const account = this.#accounts.known(number)
      if (isNewDay) this.progressed(account, nowMs)
      if (isNewDay || account.recallAtMs <= nowMs) this.#freed.add(number)
    }
    for (const number of this.#unwelcome) {
      const account = this.#accounts.known(number)
      const isOver = account.isOpen && account.freeNanos(nowMs) >= 0n
      if (isOver || account.heldNanos === 0n) this.#unwelcome.delete(number)
      else this.#recall(number, Number.POSITIVE_INFINITY, 0)
    }
  }

  #serve(account: Account, nowMs: number): void {
    const queue = this.#wants.of(account.number)
    if (queue === undefined || !account.isOpen) return
    // Who lacks money for a bid comes before who only runs low.
    for (const [incarnation, need] of queue)
      if (need > 0) this.#lease(account, incarnation, need, queue.size, nowMs)
    for (const [incarnation, need] of queue)
      if (need === 0) this.#lease(account, incarnation, need, queue.size, nowMs)

    if (nowMs < account.recallAtMs || account.heldNanos === 0n) return
    for (const [incarnation, need] of queue) {
      if (need === 0) continue
      this.#recall(account.number, need, incarnation)
      account.recallDelayMs = Math.min(
        Math.max(account.recallDelayMs * 2, this.#config.recallPeriodMs),
        this.#config.recallPeriodMs * recallBackoffMax,
      )
      account.recallAtMs = nowMs + account.recallDelayMs
      break
    }
  }

  #lease(
    account: Account,
    incarnation: number,
    needNanos: number,
    waiting: number,
    nowMs: number,
  ): void {
    const hold = this.#hold(incarnation)
    const counts = { workers: this.#members.size, waiting }
    const nanos = Math.min(
      grantNanos(account.freeNanos(nowMs), needNanos, counts, this.#config),
      heldNanosMax - hold.nanos(account.number),
    )
    if (nanos <= 0) return
    account.lease(nanos, nowMs)
    hold.add(account.number, nanos)
    this.#journal.touchLease(incarnation, account.number)
    this.#journal.whenDurable(() => this.#grant(incarnation, account.number, nanos))
    this.#wants.met(account.number, incarnation)
  }

  /** The lease is on disk: the worker may bid with it. */
  #grant(incarnation: number, account: number, nanos: number): void {
    this.#totals.grants++
    this.#members.get(incarnation)?.outbox.grant(account, nanos)
  }

  /** Asks everybody else for what they don't use. */
  #recall(account: number, needNanos: number, exceptIncarnation: number): void {
    for (const [incarnation, member] of this.#members) {
      if (incarnation === exceptIncarnation || this.heldBy(incarnation, account) === 0) continue
      this.#totals.recalls++
      member.outbox.recall(account, needNanos)
    }
  }

  #release(hold: Hold, account: Account, nanos: number): void {
    hold.take(account.number, nanos)
    account.release(nanos)
    this.#journal.touchLease(hold.incarnation, account.number)
    this.#freed.add(account.number)
  }

  #hold(incarnation: number): Hold {
    const hold = this.#holds.get(incarnation)
    assert(hold !== undefined, `leases: incarnation ${incarnation} is unknown`)
    return hold
  }

  #holdExpiresAtMs(leftAtMs: number): number {
    return leftAtMs + this.#config.reservationTtlMs + reservationSlackSeconds * 1_000
  }
}
