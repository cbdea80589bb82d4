import { assert } from '../base/assert.js'
import type { DayClock } from './day.js'
import { isNewDay } from './day.js'
import type { NoticeKind } from './notice.js'
import type { AccountRow } from './store.js'

export interface Budget {
  /** The shop's currency, ISO 4217. Everything in the account is in its nanos. */
  readonly currency: string
  /** The shop's time zone, an IANA name: where its days begin. */
  readonly timeZone: string
  /** Null: no limit. */
  readonly totalNanos: bigint | null
  readonly dailyNanos: bigint | null
}

/** More than any sum that could be asked of an account without a limit. */
const unlimitedNanos = 1n << 62n

/** Reasons for losing told apart per account; later ones are counted under `otherReason`. */
const lossReasonCountMax = 64
const otherReason = -1

const countOf = {
  win: 'wins',
  bill: 'bills',
  imp: 'impressions',
  click: 'clicks',
} as const satisfies Partial<Record<NoticeKind, string>>

/**
 * One campaign's money: what was posted, and what workers hold on lease. Pure state; every change of money
 * in the ledger is one of these methods.
 *
 * Whatever is called in whatever order, posted + held never grows past the budget, neither the total nor (for
 * the current day) the daily one. Only a lower budget can leave it above, and then it never grows.
 */
export class Account {
  readonly number: number
  readonly shopId: string
  readonly campaignId: string

  #budget: Budget | null = null
  #day = ''
  #dayClock: DayClock | null = null
  #postedTotalNanos = 0n
  #postedTodayNanos = 0n
  #heldNanos = 0n

  /** Leases may be granted: its budget was set since the start, and it wasn't retired. */
  isOpen = false
  /** When its money may next be recalled from workers, and how long to wait the time after. */
  recallAtMs = 0
  recallDelayMs = 0

  readonly #counts = { wins: 0, bills: 0, impressions: 0, clicks: 0, charges: 0, overBudget: 0 }
  readonly #losses = new Map<number, number>()
  readonly #paidNanos = new Map<string, bigint>()

  constructor(number: number, shopId: string, campaignId: string) {
    this.number = number
    this.shopId = shopId
    this.campaignId = campaignId
  }

  static fromRow(row: AccountRow, clockOf: (timeZone: string) => DayClock): Account {
    const account = new Account(row.account, row.shopId, row.campaignId)
    account.#postedTotalNanos = row.postedTotalNanos
    account.#postedTodayNanos = row.postedTodayNanos
    account.#day = row.day
    if (row.currency !== '') {
      account.#budget = {
        currency: row.currency,
        timeZone: row.timeZone,
        totalNanos: row.budgetTotalNanos,
        dailyNanos: row.budgetDailyNanos,
      }
      account.#dayClock = clockOf(row.timeZone)
    }
    Object.assign(account.#counts, row.counts)
    for (const [reason, count] of Object.entries(row.losses))
      account.#losses.set(Number(reason), count)
    for (const [currency, nanos] of Object.entries(row.paidNanos))
      account.#paidNanos.set(currency, nanos)
    return account
  }

  get budget(): Budget | null {
    return this.#budget
  }
  get postedTotalNanos(): bigint {
    return this.#postedTotalNanos
  }
  get heldNanos(): bigint {
    return this.#heldNanos
  }
  /** Whether its currency may still change: no money was ever posted or leased in it. */
  get isUntouched(): boolean {
    return this.#postedTotalNanos === 0n && this.#heldNanos === 0n
  }

  postedTodayNanos(nowMs: number): bigint {
    this.#turnDay(nowMs)
    return this.#postedTodayNanos
  }

  setBudget(budget: Budget, dayClock: DayClock, nowMs: number): void {
    this.#turnDay(nowMs)
    this.#budget = budget
    this.#dayClock = dayClock
    this.#turnDay(nowMs)
  }

  /** Budget that is neither posted nor held. Below 0 where the budget was lowered under what is. */
  freeNanos(nowMs: number): bigint {
    if (this.#budget === null) return 0n
    this.#turnDay(nowMs)
    const { totalNanos, dailyNanos } = this.#budget
    let free = unlimitedNanos
    if (totalNanos !== null) free = totalNanos - this.#postedTotalNanos - this.#heldNanos
    if (dailyNanos !== null) {
      const freeToday = dailyNanos - this.#postedTodayNanos - this.#heldNanos
      if (freeToday < free) free = freeToday
    }
    return free
  }

  /** Budget that is not posted, held or not: what the shop would say is left. Null: no limit. */
  leftNanos(nowMs: number): bigint | null {
    if (this.#budget === null) return 0n
    this.#turnDay(nowMs)
    const { totalNanos, dailyNanos } = this.#budget
    const total = totalNanos === null ? null : totalNanos - this.#postedTotalNanos
    const today = dailyNanos === null ? null : dailyNanos - this.#postedTodayNanos
    const least = total === null || (today !== null && today < total) ? today : total
    return least !== null && least < 0n ? 0n : least
  }

  /** Money leaves for a worker. */
  lease(nanos: number, nowMs: number): void {
    const money = BigInt(nanos)
    assert(
      money > 0n && money <= this.freeNanos(nowMs),
      'account: a lease comes out of what is free',
    )
    this.#heldNanos += money
  }

  /** What a store says was out on lease when it was last written. */
  restoreHeld(nanos: number): void {
    this.#heldNanos += BigInt(nanos)
  }

  /** Money comes back from a worker, unspent. */
  release(nanos: number): void {
    const money = BigInt(nanos)
    assert(money <= this.#heldNanos, 'account: more came back than was out')
    this.#heldNanos -= money
  }

  /** A bid of `bidNanos`, covered by a lease, is charged: what it cost less becomes free. */
  postHeld(bidNanos: number, chargeNanos: number, nowMs: number): void {
    assert(chargeNanos <= bidNanos, 'account: a charge never exceeds the bid')
    this.release(bidNanos)
    this.#post(BigInt(chargeNanos), nowMs)
  }

  /** A charge that no lease covers any more. False, and nothing changed, where not enough is free. */
  postFree(chargeNanos: number, nowMs: number): boolean {
    const charge = BigInt(chargeNanos)
    if (this.freeNanos(nowMs) < charge) return false
    this.#post(charge, nowMs)
    return true
  }

  countPaid(currency: string, nanos: number): void {
    this.#paidNanos.set(currency, (this.#paidNanos.get(currency) ?? 0n) + BigInt(nanos))
    this.#counts.charges++
  }

  countOverBudget(): void {
    this.#counts.overBudget++
  }

  count(kind: NoticeKind, lossReason: number): void {
    if (kind !== 'loss') {
      this.#counts[countOf[kind]]++
      return
    }
    // The exchange chooses the code, so the number of different ones needs a bound.
    const isKnown = this.#losses.has(lossReason) || this.#losses.size < lossReasonCountMax
    const reason = isKnown ? lossReason : otherReason
    this.#losses.set(reason, (this.#losses.get(reason) ?? 0) + 1)
  }

  row(): AccountRow {
    return {
      account: this.number,
      shopId: this.shopId,
      campaignId: this.campaignId,
      currency: this.#budget?.currency ?? '',
      timeZone: this.#budget?.timeZone ?? '',
      budgetTotalNanos: this.#budget?.totalNanos ?? null,
      budgetDailyNanos: this.#budget?.dailyNanos ?? null,
      postedTotalNanos: this.#postedTotalNanos,
      postedTodayNanos: this.#postedTodayNanos,
      day: this.#day,
      paidNanos: Object.fromEntries(this.#paidNanos),
      counts: { ...this.#counts },
      losses: Object.fromEntries(this.#losses),
    }
  }

  #post(charge: bigint, nowMs: number): void {
    this.#turnDay(nowMs)
    this.#postedTotalNanos += charge
    this.#postedTodayNanos += charge
  }

  /** What is held at midnight stays held: it counts against the new day, which it fits as it did the old one. */
  #turnDay(nowMs: number): void {
    if (this.#dayClock === null) return
    const today = this.#dayClock.keyAt(nowMs)
    if (!isNewDay(this.#day, today)) return
    this.#day = today
    this.#postedTodayNanos = 0n
  }
}
