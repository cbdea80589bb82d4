/**
 * The main program: keeps the ledger, compiles the catalogue, keeps the bidder workers alive and
 * serves the operator.
 */
import { mkdirSync } from 'node:fs'
import { systemClock } from './base/clock.js'
import type { Log } from './base/log.js'
import { openLog } from './base/log.js'
import type { Metrics } from './base/metrics.js'
import { Collectors } from './base/metrics-collect.js'
import { MetricsHub } from './base/metrics-hub.js'
import { ProcessMetrics } from './base/metrics-process.js'
import { renderMetrics } from './base/metrics-text.js'
import type { ProductRef } from './catalogue/product-files.js'
import { startDemoShop } from './demo-shop.js'
import type { Exchange } from './edge/exchange.js'
import { explain } from './edge/explain.js'
import { galleryPage } from './edge/gallery.js'
import { Authority } from './ledger/authority.js'
import type { FromWorker } from './ledger/messages.js'
import { LedgerService } from './ledger/service.js'
import { LmdbStore } from './ledger/store-lmdb.js'
import { openAdmin } from './run/admin.js'
import { collectBudgets, copyTotals, ledgerReport, openAccounts, spendOf } from './run/books.js'
import { CatalogueCompiler } from './run/catalogue-compiler.js'
import type { CompileResult } from './run/compiler-thread.js'
import { seedDemoPeople, seedDemoShops } from './run/demo.js'
import type { ExchangeSet } from './run/exchange-set.js'
import { explainOptions } from './run/explain-options.js'
import { LiveExchanges } from './run/live-exchanges.js'
import { makeMetrics } from './run/metrics.js'
import { NewestCatalogue } from './run/newest-catalogue.js'
import { OperatorsCatalogue } from './run/operators-catalogue.js'
import { dataPaths } from './run/paths.js'
import { freePort, localHost } from './run/port.js'
import { openProfiles } from './run/profiles.js'
import { readSecret } from './run/secret.js'
import type { Settings } from './run/settings.js'
import { packageVersion } from './run/settings.js'
import { ShopPrograms } from './run/shop-programs.js'
import type { BidderWorker } from './run/worker-pool.js'
import { WorkerPool } from './run/worker-pool.js'

const metricsWaitMs = 500

/** Where its parts listen once all of them are up. */
export interface Running {
  readonly addresses: Readonly<
    Record<'bidder' | 'collector' | 'recommender' | 'admin' | 'demo', string | null>
  >
  /** Finishes what is under way, keeps what must be kept, and ends every part. */
  stop(): Promise<void>
}

/** @param onFatal something without which nothing can go on was lost; `stop` is to be called. */
export async function startSupervisor(
  settings: Settings,
  exchanges: readonly Exchange[],
  onFatal: () => void,
): Promise<Running> {
  const supervisor = new Supervisor(settings, exchanges, onFatal)
  return supervisor.start()
}

class Supervisor {
  readonly #settings: Settings
  #exchanges: readonly Exchange[]
  readonly #onFatal: () => void
  readonly #log: Log
  readonly #metrics: Metrics
  readonly #processMetrics: ProcessMetrics
  readonly #hub: MetricsHub
  readonly #collectors: Collectors
  readonly #ready = new Set<number>()
  readonly #openAccounts = new Set<number>()
  /** Of each living worker: takes what it says to the ledger. */
  readonly #toLedger = new Map<number, (message: FromWorker) => void>()
  readonly #newest = new NewestCatalogue()
  readonly #catalogue = new OperatorsCatalogue(
    () => this.#newest.ready,
    () => this.#exchanges,
  )
  #authority!: Authority
  #ledger!: LedgerService
  #pool!: WorkerPool
  #programs!: ShopPrograms
  #onReady: () => void = () => {}
  /** Where exchanges and browsers reach the bidder. */
  #publicUrl = ''

  constructor(settings: Settings, exchanges: readonly Exchange[], onFatal: () => void) {
    this.#settings = settings
    this.#exchanges = exchanges
    this.#onFatal = onFatal
    this.#log = openLog('supervisor', settings.logLevel)
    this.#metrics = makeMetrics(settings, exchanges)
    this.#processMetrics = new ProcessMetrics(this.#metrics, 'supervisor')
    this.#hub = new MetricsHub(this.#metrics)
    this.#collectors = new Collectors(this.#metrics, settings.metricRowsMax)
  }

  async start(): Promise<Running> {
    const settings = this.#settings
    const { host, ports } = settings
    const paths = dataPaths(settings)
    const bidderPort = await freePort(host, ports.bidder)
    const collectorPort = await freePort(host, ports.collector)
    const recommenderPort = await freePort(host, ports.recommender)
    const secret = readSecret(settings.data)
    for (const path of Object.values(paths)) mkdirSync(path, { recursive: true })
    this.#authority = new Authority({
      store: await LmdbStore.open(paths.ledger),
      clock: systemClock,
      config: settings.ledger,
      log: this.#log,
      onTaken: this.#onFatal,
    })
    this.#ledger = new LedgerService(this.#authority, settings.ledger)
    this.#ledger.start()
    const profiles = openProfiles(settings, this.#log)
    await profiles.ready()
    const collectorUrl = `http://${localHost(host)}:${collectorPort}`
    const recommenderUrl = `http://${localHost(host)}:${recommenderPort}`
    const demo = settings.demo
      ? await startDemoShop({ host, port: ports.demo, collectorUrl, recommenderUrl })
      : null
    if (demo !== null) {
      const shopIds = seedDemoShops(paths.shops, demo.address)
      await seedDemoPeople(profiles, shopIds, systemClock.nowMs())
    }
    const options = (): ReturnType<typeof explainOptions> =>
      explainOptions(settings, this.#exchanges, this.#publicUrl, this.#authority, profiles)
    const admin = await openAdmin({
      host,
      port: ports.admin,
      bodyBytesMax: settings.bodyBytesMax,
      metrics: () => this.#scrape(),
      unready: () => this.#unready(),
      ledger: () => ledgerReport(this.#authority),
      gallery: async (shopId) => {
        const catalogue = await this.#catalogue.get()
        return catalogue === null ? null : galleryPage(catalogue.snapshot, shopId)
      },
      explain: async (exchange, body) => {
        const catalogue = await this.#catalogue.get()
        if (catalogue === null) return { error: 'catalogue: there is none yet' }
        return explain(options(), catalogue, exchange, body)
      },
    })
    this.#collectors.addBuild(packageVersion())
    collectBudgets(this.#collectors, this.#authority)
    const metricsTimer = setInterval(() => this.#processMetrics.update(), 1_000)

    this.#pool = this.#makePool(secret, bidderPort)
    this.#programs = new ShopPrograms({
      settings,
      ports: { collector: collectorPort, recommender: recommenderPort },
      secret,
      log: this.#log,
      metrics: this.#metrics,
      hub: this.#hub,
      exchanges: () => this.#exchanges,
      spendOf: (shopId) => spendOf(this.#authority, shopId),
      onReady: () => this.#whenReady(),
    })
    const allReady = new Promise<void>((resolve) => {
      this.#onReady = resolve
    })
    await this.#pool.start()
    const compiler = new CatalogueCompiler(
      {
        shopsDir: paths.shops,
        snapshotsDir: paths.snapshots,
        productsDir: paths.products,
        currencies: settings.currencies,
        secret,
      },
      {
        onResult: (result) => void this.#compiled(result),
        onProducts: (ref) => this.#productsChanged(ref),
        onFault: (fault) => this.#log.error({ fault }, 'catalogue: fault'),
      },
    )
    await allReady
    const live = new LiveExchanges(settings, this.#exchanges, this.#log, (set) =>
      this.#useExchanges(set),
    )
    return {
      addresses: {
        bidder: `http://${localHost(host)}:${bidderPort}`,
        collector: collectorUrl,
        recommender: recommenderUrl,
        admin: `http://${localHost(host)}:${admin.port}`,
        demo: demo?.address ?? null,
      },
      stop: async () => {
        clearInterval(metricsTimer)
        live.close()
        await compiler.close()
        await this.#programs.stop(settings.drainMs)
        await this.#pool.stop(settings.drainMs)
        await admin.close()
        this.#catalogue.close()
        await demo?.close()
        this.#ledger.stop()
        await this.#authority.close()
        await profiles.close()
        this.#processMetrics.stop()
      },
    }
  }

  #makePool(secret: Buffer, port: number): WorkerPool {
    const { publicUrl, host } = this.#settings
    this.#publicUrl = publicUrl || `http://${localHost(host)}:${port}`
    return new WorkerPool({
      workerCount: this.#settings.workers,
      start: {
        settings: this.#settings,
        exchanges: this.#exchanges,
        secret,
        port,
        publicUrl: this.#publicUrl,
      },
      log: this.#log,
      nextIncarnation: () => this.#authority.nextIncarnation(),
      onStart: (worker) => {
        this.#ledger.join(worker.incarnation, {
          send: (message) => worker.send(message),
          onMessage: (callback) => this.#toLedger.set(worker.incarnation, callback),
        })
        if (this.#newest.ready !== null) worker.send(this.#newest.ready)
      },
      onMessage: (worker, message) => {
        if (message.type === 'metrics') this.#hub.receive(worker.incarnation, message.snapshot)
        else if (message.type === 'ready') this.#workerReady(worker)
        else this.#toLedger.get(worker.incarnation)?.(message)
      },
      onEnd: ({ incarnation }, wasAsked) => {
        this.#toLedger.delete(incarnation)
        this.#ledger.leave(incarnation)
        this.#hub.ended(incarnation)
        this.#ready.delete(incarnation)
        if (!wasAsked) this.#metrics.inc(this.#metrics.slots.workerRestarts)
      },
    })
  }

  #workerReady({ incarnation }: BidderWorker): void {
    this.#ready.add(incarnation)
    this.#whenReady()
  }

  #whenReady(): void {
    if (this.#unready().length === 0) this.#onReady()
  }

  /** Budgets first, then the workers: nobody bids on a campaign before it has money. */
  async #compiled(result: CompileResult): Promise<void> {
    for (const fault of result.faults) this.#log.error({ fault }, 'catalogue: fault')
    if (result.faults.length > 0) this.#metrics.inc(this.#metrics.slots.catalogueRefused)
    if (result.path === '') return
    try {
      const { accounts, faults } = openAccounts(this.#authority, result, this.#openAccounts)
      for (const fault of faults) this.#log.error({ fault }, 'ledger: no budget for a campaign')
      // An account's number is in every token: it must outlive us before the first one is signed.
      await this.#authority.saved()
      const newest = this.#newest.take(result, accounts)
      for (const worker of this.#pool.workers) worker.send(newest)
      this.#log.info(
        { version: result.version, campaigns: result.campaigns.length },
        'catalogue: in use',
      )
    } catch (error) {
      this.#log.error({ err: error }, 'catalogue: not taken into use')
      this.#metrics.inc(this.#metrics.slots.catalogueRefused)
    }
  }

  /** What can't be bought any more is to leave all bids at once. */
  #productsChanged(ref: ProductRef): void {
    const change = this.#newest.change(ref)
    for (const worker of this.#pool.workers) worker.send(change)
  }

  /** Exchanges have come, changed or gone: for all from the next request on. */
  #useExchanges(set: ExchangeSet): void {
    this.#exchanges = set.inUse
    this.#metrics.nameExchanges(set.names)
    this.#pool.useExchanges({ type: 'exchanges', ...set })
  }

  #unready(): string[] {
    const reasons: string[] = []
    if (this.#newest.ready === null) reasons.push('no catalogue yet')
    const missing = this.#settings.workers - this.#ready.size
    if (missing > 0) reasons.push(`${missing} of ${this.#settings.workers} workers are not ready`)
    return [...reasons, ...this.#programs.unready]
  }

  async #scrape(): Promise<string> {
    const workers = new Map(Array.from(this.#pool.workers, (it) => [it.incarnation, it]))
    await this.#hub.refresh((key) => {
      const worker = workers.get(Number(key))
      if (worker === undefined) this.#programs.askMetrics(String(key))
      else worker.send({ type: 'metrics?' })
    }, metricsWaitMs)
    const { slots } = this.#metrics
    this.#metrics.set(slots.workers, this.#ready.size)
    copyTotals(this.#metrics, this.#authority, Object.keys(this.#settings.currencies))
    const rows = this.#collectors.collect()
    return renderMetrics(this.#metrics, this.#hub.total(), rows)
  }
}
