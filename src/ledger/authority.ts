import { assert } from '../base/assert.js'
import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { Throttled } from '../base/log.js'
import type { Account, Budget } from './account.js'
import { Accounts } from './accounts.js'
import type { LedgerConfig } from './config.js'
import {
  LedgerBusyError,
  LedgerClosedError,
  type LedgerStoreError,
  LedgerTakenError,
} from './errors.js'
import { Journal, type Touched } from './journal.js'
import { Leases } from './leases.js'
import type { WalletReport, WalletUpdate } from './messages.js'
import type { Notice, NoticeOutcome } from './notice.js'
import { assertNotice, issuedSecondsOf, kindBit, TokenBit } from './notice.js'
import { type AccountReport, reportOf } from './report.js'
import type { CommitBatch, LeaseRow, LedgerStore } from './store.js'
import { LedgerTotals } from './totals.js'

/** How long tokens are remembered past their expiry, and how often some are forgotten. */
const pruneSlackSeconds = 3_600
const prunePeriodMs = 60_000

/**
 * The ledger: the one place where money is spent. One process has it; its workers bid with what it leases to
 * them and bring it the exchanges' notices.
 *
 * It decides alone and in order, in memory, at once; then gets what it decided onto the disk (`Journal`), and
 * only then says so: a notice's promise resolves when its outcome would survive the machine's losing power.
 * Always true: posted + held <= budget (`Account`); the holds add up to what is held (`Leases`); each kind of
 * notice counts once per token, and a token is charged at most once (`notice`).
 */
export class Authority {
  readonly #config: LedgerConfig
  readonly #clock: Clock
  readonly #store: LedgerStore
  readonly #log: Log
  readonly #onTaken: () => void
  readonly #complaints = new Throttled()
  readonly #accounts = new Accounts()
  readonly #journal: Journal
  readonly #leases: Leases
  readonly totals = new LedgerTotals()

  #latestMs = 0
  #incarnation: number
  #prunedBeforeSeconds: number
  #pruneAtMs = 0
  #isTurnDue = false
  #isClosed = false

  /** Takes up where the store was left. Workers of an earlier process count as having left just now. */
  constructor(parts: {
    readonly store: LedgerStore
    readonly clock: Clock
    readonly config: LedgerConfig
    readonly log: Log
    /** Called when another process has opened the store: this one can keep nothing any more, and is to stop. */
    readonly onTaken: () => void
  }) {
    this.#config = parts.config
    this.#clock = parts.clock
    this.#store = parts.store
    this.#log = parts.log
    this.#onTaken = parts.onTaken
    this.#journal = new Journal({
      store: parts.store,
      rowsOf: (touched) => this.#rowsOf(touched),
      onSuccess: () => this.#committed(),
      onFailure: (error) => this.#commitFailed(error),
    })
    this.#leases = new Leases(this.#config, this.#accounts, this.#journal, this.totals)

    const nowMs = this.#now()
    const stored = parts.store.load()
    for (const row of stored.accounts) this.#accounts.restore(row)
    this.#leases.restore(stored.leases, nowMs)
    this.#incarnation = stored.incarnation
    // Later than now after a clock that was wrong. What is issued from now on can't have been forgotten.
    this.#prunedBeforeSeconds = Math.min(stored.prunedBeforeSeconds, Math.floor(nowMs / 1_000))
  }

  /** The campaign's account: the same number for ever, in every process. */
  accountOf(shopId: string, campaignId: string): number {
    const known = this.#accounts.find(shopId, campaignId)
    if (known !== undefined) return known.number
    const account = this.#accounts.create(shopId, campaignId)
    this.#journal.touchAccount(account.number)
    this.#turnSoon()
    return account.number
  }

  /**
   * Opens an account for bidding, or changes its budget. A budget lowered under what is posted and held stops
   * grants and brings leases back; what is posted stays.
   * @throws LedgerCurrencyError, RangeError for a time zone that doesn't exist; then nothing has changed.
   */
  setBudget(number: number, budget: Budget): void {
    const account = this.#accounts.known(number)
    const nowMs = this.#now()
    if (this.#accounts.setBudget(account, budget, nowMs)) this.#journal.touchAccount(number)
    account.isOpen = true
    this.#leases.budgetChanged(account, nowMs)
    this.#turnSoon()
  }

  /** No bids any more: leases come back. Bids already made are still charged. */
  retire(number: number): void {
    const account = this.#accounts.known(number)
    account.isOpen = false
    this.#leases.budgetChanged(account, this.#now())
    this.#turnSoon()
  }

  /** A number for a worker about to start that no other ever had. Rejects with a LedgerStoreError. */
  async nextIncarnation(): Promise<number> {
    const incarnation = ++this.#incarnation
    assert(incarnation <= 0xffff_ffff, 'ledger: an incarnation has 32 bits')
    this.#journal.touchIncarnation()
    this.#turnSoon()
    await this.#journal.saved()
    return incarnation
  }

  /** @param tell delivers an update to the worker; in order, each once, or never again. Must not throw. */
  join(incarnation: number, tell: (update: WalletUpdate) => void): void {
    assert(incarnation <= this.#incarnation, 'ledger: an incarnation comes from nextIncarnation')
    this.#leases.join(incarnation, tell, this.#now())
  }

  /** The worker is gone: reports of it that still arrive are ignored. Said twice, it does nothing more. */
  leave(incarnation: number): void {
    this.#leases.leave(incarnation, this.#now())
    this.#turnSoon()
  }

  /** What a worker wants and gives back. */
  report(incarnation: number, report: WalletReport): void {
    this.#leases.report(incarnation, report)
    this.#turnSoon()
  }

  /**
   * Counts a notice, once, and charges where it says so.
   *
   * @returns its outcome, once that is on disk. Rejects with a LedgerStoreError (not known to be on disk: to be
   *   sent again), a LedgerBusyError or a LedgerClosedError (not counted).
   */
  notice(notice: Notice): Promise<NoticeOutcome> {
    assertNotice(notice)
    if (this.#isClosed) return Promise.reject(new LedgerClosedError())
    const { token, kind } = notice
    const account = this.#accounts.get(notice.account)
    if (account === undefined || issuedSecondsOf(token) < this.#prunedBeforeSeconds) {
      this.totals.unknown++
      return Promise.resolve('unknown')
    }
    const seen = this.#journal.tokenBits(token)
    if ((seen & kindBit[kind]) !== 0) {
      this.totals.duplicates++
      this.#turnSoon()
      return this.#journal.tokenSaved(token).then(() => 'duplicate')
    }
    if (this.#journal.pendingTokenCount >= this.#config.noticePendingMax) {
      this.totals.busy++
      return Promise.reject(new LedgerBusyError(this.#journal.pendingTokenCount))
    }

    const nowMs = this.#now()
    let bits = seen | kindBit[kind]
    let outcome: NoticeOutcome = 'counted'
    if (notice.charges && (seen & (TokenBit.Charged | TokenBit.OverBudget)) === 0) {
      const isCharged = this.#charge(account, notice, seen, nowMs)
      bits |= isCharged ? TokenBit.Charged : TokenBit.OverBudget
      outcome = isCharged ? 'charged' : 'over_budget'
    } else if (kind === 'loss' && this.#isReserved(notice, seen, nowMs)) {
      this.#leases.void(notice, account)
    }
    account.count(kind, notice.lossReason)
    this.totals.notices[kind]++
    this.#journal.setToken(token, bits)
    this.#journal.touchAccount(account.number)
    this.#turnSoon()
    return this.#journal.saved().then(() => outcome)
  }

  /** What time alone brings about; to be called every `tickMs`. */
  tick(): void {
    if (this.#isClosed) return
    const nowMs = this.#now()
    this.#leases.tick(nowMs)
    this.#prune(nowMs)
    this.#turn()
  }

  /** When everything said so far is on disk. Rejects with a LedgerStoreError. */
  saved(): Promise<void> {
    this.#turnSoon()
    return this.#journal.saved()
  }

  /** Every account as it stands. */
  accounts(): AccountReport[] {
    const nowMs = this.#now()
    return Array.from(this.#accounts.all(), (account) => reportOf(account, nowMs))
  }

  /** What one incarnation of a worker holds on lease of an account, in nanos. */
  heldBy(incarnation: number, account: number): number {
    return this.#leases.heldBy(incarnation, account)
  }

  /** Writes what there is to write, and closes the store. Rejects with a LedgerStoreError where it can't. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#turn()
    this.#isClosed = true
    try {
      await this.#journal.flush()
    } finally {
      await this.#store.close()
    }
  }

  #charge(account: Account, notice: Notice, seen: number, nowMs: number): boolean {
    if (this.#isReserved(notice, seen, nowMs) && this.#leases.settle(notice)) {
      account.postHeld(notice.bidNanos, notice.chargeNanos, nowMs)
    } else if (account.postFree(notice.chargeNanos, nowMs)) {
      this.totals.lateCharges++
    } else {
      account.countOverBudget()
      this.totals.overBudget++
      return false
    }
    account.countPaid(notice.paidCurrency, notice.paidNanos)
    this.totals.charges++
    this.totals.paidNanos[notice.paidCurrency] =
      (this.totals.paidNanos[notice.paidCurrency] ?? 0) + notice.paidNanos
    this.#leases.progressed(account, nowMs)
    return true
  }

  /** Whether the bid's money is still set aside, as far as time and earlier notices tell. */
  #isReserved(notice: Notice, seen: number, nowMs: number): boolean {
    const ended = TokenBit.Loss | TokenBit.Charged | TokenBit.OverBudget
    return (seen & ended) === 0 && notice.expiresAtMs > nowMs
  }

  /**
   * Time that never goes back, whatever the machine's clock does: once workers were told that a time has
   * come, no charge is decided as if it hadn't.
   */
  #now(): number {
    this.#latestMs = Math.max(this.#latestMs, this.#clock.nowMs())
    return this.#latestMs
  }

  /** What is said in one turn of the event loop is told, and written, together. */
  #turnSoon(): void {
    if (this.#isTurnDue) return
    this.#isTurnDue = true
    queueMicrotask(() => this.#turn())
  }

  #turn(): void {
    this.#isTurnDue = false
    if (this.#isClosed) return
    const nowMs = this.#now()
    this.#leases.serve(nowMs)
    this.#leases.tell(nowMs)
    this.#journal.start()
  }

  #prune(nowMs: number): void {
    if (nowMs < this.#pruneAtMs) return
    this.#pruneAtMs = nowMs + prunePeriodMs
    const before = Math.floor((nowMs - this.#config.noticeExpiryMs) / 1_000) - pruneSlackSeconds
    // Refused from now on: from here to the deletion's end nobody can tell whether they were counted.
    this.#prunedBeforeSeconds = Math.max(before, this.#prunedBeforeSeconds)
    this.#store.prune(this.#prunedBeforeSeconds).then(
      (count) => {
        if (count > 0) this.#pruneAtMs = 0
      },
      (error: unknown) => this.#complain(error, 'ledger: old tokens could not be forgotten'),
    )
  }

  /** Copies the books' touched parts, as they stand now: they add up, so what is on disk always does. */
  #rowsOf(touched: Touched): CommitBatch {
    const leases: LeaseRow[] = []
    for (const [incarnation, rows] of touched.leases)
      for (const row of rows) leases.push(this.#leases.row(incarnation, row))
    return {
      tokens: touched.tokens,
      accounts: Array.from(touched.accounts, (number) => this.#accounts.known(number).row()),
      leases,
      incarnation: touched.isIncarnationTouched ? this.#incarnation : null,
    }
  }

  #committed(): void {
    this.totals.commits++
    // Workers are told what waited for the disk.
    this.#turnSoon()
  }

  #commitFailed(error: LedgerStoreError): void {
    this.totals.commitFailures++
    this.#complain(error, 'ledger: commit failed; notices are refused until one succeeds')
    if (error.cause instanceof LedgerTakenError) this.#onTaken()
  }

  #complain(error: unknown, message: string): void {
    const heldBack = this.#complaints.due(this.#clock.nowMs())
    if (heldBack >= 0) this.#log.error({ err: error, heldBack }, message)
  }
}
