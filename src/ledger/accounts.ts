import { assert } from '../base/assert.js'
import { Account, type Budget } from './account.js'
import { DayClocks } from './day.js'
import { LedgerCurrencyError } from './errors.js'
import type { AccountRow } from './store.js'

/** All accounts, by number and by campaign. */
export class Accounts {
  readonly #dayClocks = new DayClocks()
  readonly #byNumber = new Map<number, Account>()
  readonly #byCampaign = new Map<string, Account>()

  restore(row: AccountRow): void {
    this.#add(Account.fromRow(row, (timeZone) => this.#dayClocks.forZone(timeZone)))
  }

  get(number: number): Account | undefined {
    return this.#byNumber.get(number)
  }

  /** An account that a worker names: it can only name what it was told of. */
  known(number: number): Account {
    const account = this.#byNumber.get(number)
    assert(account !== undefined, `accounts: no account ${number}`)
    return account
  }

  find(shopId: string, campaignId: string): Account | undefined {
    return this.#byCampaign.get(keyOf(shopId, campaignId))
  }

  create(shopId: string, campaignId: string): Account {
    const account = new Account(this.#byNumber.size + 1, shopId, campaignId)
    this.#add(account)
    return account
  }

  /**
   * @returns whether it differs from what it was.
   * @throws LedgerCurrencyError, RangeError for a time zone that doesn't exist; then nothing has changed.
   */
  setBudget(account: Account, budget: Budget, nowMs: number): boolean {
    const before = account.budget
    if (
      before !== null &&
      before.currency === budget.currency &&
      before.timeZone === budget.timeZone &&
      before.totalNanos === budget.totalNanos &&
      before.dailyNanos === budget.dailyNanos
    )
      return false
    if (before !== null && before.currency !== budget.currency && !account.isUntouched)
      throw new LedgerCurrencyError(account.number, before.currency, budget.currency)
    account.setBudget(budget, this.#dayClocks.forZone(budget.timeZone), nowMs)
    return true
  }

  /** Whether a day may have ended for some shop since this last said so. */
  haveDaysTurned(nowMs: number): boolean {
    return this.#dayClocks.haveTurned(nowMs)
  }

  all(): IterableIterator<Account> {
    return this.#byNumber.values()
  }

  #add(account: Account): void {
    assert(!this.#byNumber.has(account.number), `accounts: ${account.number} twice`)
    this.#byNumber.set(account.number, account)
    this.#byCampaign.set(keyOf(account.shopId, account.campaignId), account)
  }
}

/** JSON, as neither id may be trusted not to hold what would separate them. */
const keyOf = (shopId: string, campaignId: string): string => JSON.stringify([shopId, campaignId])
