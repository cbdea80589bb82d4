import type { Metrics } from '../base/metrics.js'
import type { Collectors } from '../base/metrics-collect.js'
import type { CampaignSpend } from '../collect/budgets.js'
import type { Authority } from '../ledger/authority.js'
import type { AccountReport } from '../ledger/report.js'
import type { CompileResult } from './compiler-thread.js'

/**
 * Opens an account for each compiled campaign with its budget, and closes those of campaigns that are
 * gone.
 *
 * @param open accounts that were open before; brought up to date.
 * @returns by row, the campaign's account; and what is wrong with a budget, as text.
 */
export function openAccounts(
  authority: Authority,
  result: CompileResult,
  open: Set<number>,
): { accounts: Int32Array; faults: string[] } {
  const accounts = new Int32Array(result.rowCount)
  const faults: string[] = []
  const before = new Set(open)
  open.clear()
  for (const campaign of result.campaigns) {
    const { row, shopId, campaignId, currency, timeZone, totalNanos, dailyNanos } = campaign
    const account = authority.accountOf(shopId, campaignId)
    accounts[row] = account
    try {
      authority.setBudget(account, { currency, timeZone, totalNanos, dailyNanos })
      open.add(account)
      before.delete(account)
    } catch (error) {
      // It bids nothing, as no money is leased for it.
      const reason = error instanceof Error ? error.message : String(error)
      faults.push(`${shopId}/${campaignId}: ${reason}`)
    }
  }
  for (const account of before) authority.retire(account)
  return { accounts, faults }
}

/** What `GET /ledger` shows. Amounts in nanos as decimal text. */
export function ledgerReport(authority: Authority): { campaigns: AccountReport[] } {
  return { campaigns: authority.accounts() }
}

/** What a shop's campaigns were charged, by their ids; also those that are gone. */
export function spendOf(authority: Authority, shopId: string): Map<string, CampaignSpend> {
  const own = authority.accounts().filter((account) => account.shopId === shopId)
  return new Map(
    own.map(({ campaignId, postedTotalNanos, postedTodayNanos, leftNanos }) => [
      campaignId,
      { totalNanos: postedTotalNanos, todayNanos: postedTodayNanos, leftNanos },
    ]),
  )
}

/** Budgets one by one for `/metrics`. */
export function collectBudgets(collectors: Collectors, authority: Authority): void {
  const labels = (account: AccountReport): string[] => [
    account.shopId,
    account.campaignId,
    account.currency,
  ]
  collectors.add('budgetLeft', () =>
    authority
      .accounts()
      .flatMap((account) =>
        account.isOpen && account.leftNanos !== null
          ? [{ labels: labels(account), value: account.leftNanos }]
          : [],
      ),
  )
  collectors.add('budgetSpent', () =>
    authority
      .accounts()
      .filter(({ currency }) => currency !== '')
      .map((account) => ({ labels: labels(account), value: account.postedTotalNanos })),
  )
}

/** Carries what the ledger counted over into the metrics. */
export function copyTotals(metrics: Metrics, { totals }: Authority, currencies: string[]): void {
  const { slots } = metrics
  metrics.set(slots.wins, totals.notices.win)
  metrics.set(slots.impressions, totals.notices.imp)
  metrics.set(slots.clicks, totals.notices.click)
  metrics.set(slots.charges, totals.charges)
  metrics.set(slots.storeErrors.ledger, totals.commitFailures)
  for (const [index, currency] of currencies.entries())
    metrics.set(slots.chargedNanos[index]!, totals.paidNanos[currency] ?? 0)
}
