/** Puts the shops' side together: what is kept of people and products, and the API in front of it. */
import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Metrics } from '../base/metrics.js'
import { Rates } from '../base/rates.js'
import { ShopDirectory } from '../catalogue/shop-directory.js'
import { LmdbProductStore } from '../catalogue/store-lmdb.js'
import { AuditLog } from '../collect/audit.js'
import { auditEntryOf } from '../collect/audit-entry.js'
import type { SpendOf } from '../collect/budgets.js'
import { KeyRing } from '../collect/keys.js'
import { type Server, serve } from '../collect/server.js'
import { checkSegments } from '../people/rules/segments.js'
import { shownPart } from '../recommend/report/exploration.js'
import { reportOf } from '../recommend/report/report.js'
import { LmdbReportTables, reportMapBytes } from '../recommend/store-lmdb.js'
import { PickLeaver } from './leave-picks.js'
import type { CollectorStart, PersonPicks } from './messages.js'
import { dataPaths } from './paths.js'
import { PeopleSide } from './people-side.js'
import { shopEndpointsOf } from './shop-endpoints.js'
import { ShopFacts } from './shop-facts.js'
import { ShopSideMetrics } from './shop-side-metrics.js'

/** How many months of the audit log are kept. */
const auditMonthCountMax = 24

export interface ShopSide {
  listen(): Promise<Server>
  /** Writes the numbers of now into the metrics. */
  report(): void
  /** Leaves what was chosen for people in their slices, for bids to show. */
  leavePicks(rows: readonly PersonPicks[]): void
  /** Finishes what was taken, tells bidders of it, closes all stores. */
  close(): Promise<void>
}

/**
 * @param spendOf asks the ledger.
 * @throws Error where something that is kept can't be opened.
 */
export async function openShopSide(
  start: CollectorStart,
  log: Log,
  metrics: Metrics,
  clock: Clock,
  spendOf: SpendOf,
): Promise<ShopSide> {
  const { settings } = start
  const paths = dataPaths(settings)
  const rates = new Rates(settings.currencies)
  const products = await LmdbProductStore.open(paths.products, { isWriter: true })
  const facts: ShopFacts = new ShopFacts({
    directory: new ShopDirectory({
      folder: paths.shops,
      currencies: Object.keys(settings.currencies),
      alsoCheck: (file) =>
        checkSegments(file.segments, facts.ruleContext(file)).map(({ message }) => message),
      onFaults: (faults) => {
        for (const fault of faults) log.error({ fault }, 'catalogue: fault')
      },
    }),
    products,
    rates,
    unitValue: settings.currencies,
    secret: Buffer.from(start.secret),
  })
  const keys = await KeyRing.open({
    dataDir: settings.data,
    clock,
    onFault: (error) => log.error({ err: error }, 'keys: the file can’t be read; they stand'),
  })
  const audit = await AuditLog.open({
    folder: paths.audit,
    clock,
    monthCountMax: auditMonthCountMax,
    onFault: (error, count) => log.error({ err: error, count }, 'audit: entries were not kept'),
  })
  const reports = new LmdbReportTables(paths.recommend, { mapBytes: reportMapBytes })
  const people = new PeopleSide({ settings, facts, log, clock })
  const picks = new PickLeaver(people.writer, log)
  const numbers = new ShopSideMetrics(metrics, people)
  const endpoints = shopEndpointsOf({
    settings,
    facts,
    people,
    keys,
    audit,
    products,
    rates,
    clock,
    log,
    numbers,
    spendOf,
    slotReports: {
      report(shopId, days) {
        reports.refresh()
        return reportOf(reports, shopId, days)
      },
    },
    slotExploration: {
      shown(shopId, days, after) {
        reports.refresh()
        return shownPart(reports, shopId, days, after)
      },
    },
  })
  return {
    listen: () =>
      serve({
        ...settings.collect,
        host: settings.host,
        port: start.port,
        endpoints,
        log,
        findKey: (secret) => keys.find(secret),
        hasShop: (id) => facts.directory.get(id) !== null,
        onChange: (change) => audit.write(auditEntryOf(change)),
        onAnswer: (endpoint, status, seconds) => numbers.answered(endpoint, status, seconds),
      }),
    report: () => numbers.update(),
    leavePicks: (rows) => picks.leave(rows),
    async close() {
      numbers.update()
      await people.close()
      await products.close()
      await facts.directory.close()
      await audit.close()
      await reports.close()
      await keys.close()
    },
  }
}
