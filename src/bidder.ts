/**
 * A bidder worker: answers bid requests and notices. Started by the supervisor (run/worker-pool),
 * which tells it all it needs over the channel between them, and without which it does not live.
 */
import { readFile } from 'node:fs/promises'
import { systemClock } from './base/clock.js'
import { keyOf } from './base/key.js'
import type { Log } from './base/log.js'
import { openLog } from './base/log.js'
import type { Metrics } from './base/metrics.js'
import { ProcessMetrics } from './base/metrics-process.js'
import type { CostNanos } from './base/money.js'
import { ClickRate } from './bidding/click-rate.js'
import { goLive } from './bidding/live.js'
import { LoadedProducts } from './catalogue/product-files.js'
import { Snapshot } from './catalogue/snapshot.js'
import { BidHandler } from './edge/bid.js'
import type { Exchange } from './edge/exchange.js'
import { ExchangeFront } from './edge/exchange-front.js'
import { listen } from './edge/listen.js'
import type { Listener, Route } from './edge/listener.js'
import { noHeaders } from './edge/listener.js'
import { NoticeHandler } from './edge/notice.js'
import { OverloadGuard } from './edge/overload.js'
import { Signer } from './edge/signer.js'
import { SyncHandler } from './edge/sync.js'
import { LedgerLink } from './ledger/link.js'
import type { ToWorker } from './ledger/messages.js'
import { Wallet } from './ledger/wallet.js'
import { ConsentRules } from './openrtb/consent/decision.js'
import { Networks } from './openrtb/networks.js'
import { makePersonToken, shopSecretOf } from './people/keys.js'
import { openProfileStore } from './profiles/open-store.js'
import type { ProfileStore } from './profiles/store.js'
import type {
  CatalogueReady,
  ExchangesChanged,
  FromBidder,
  ProductsChanged,
  ToBidder,
  WorkerStart,
} from './run/messages.js'
import { makeMetrics } from './run/metrics.js'
import { dataPaths } from './run/paths.js'

const reportPeriodMs = 1_000
/** A catalogue's first bids need leases: how long to wait for them before being ready without. */
const leaseWaitMs = 2_000
/** From a click to the shop's page: no longer than a slow page takes to load. */
const clickTokenMs = 600_000

class Bidder {
  readonly #start: WorkerStart
  readonly #log: Log
  readonly #metrics: Metrics
  readonly #processMetrics: ProcessMetrics
  readonly #profiles: ProfileStore
  readonly #wallet: Wallet
  readonly #link: LedgerLink
  #signer!: Signer
  readonly #consent: ConsentRules
  /** By the shop's key. */
  #shopSecrets: ReadonlyMap<number, Buffer> = new Map()
  #bids: BidHandler | null = null
  #front: ExchangeFront | null = null
  #exchanges: readonly Exchange[]
  /** Takes the catalogue in use anew, for exchanges that have come since. */
  #goLiveAgain: () => void = () => {}
  #listener: Listener | null = null
  #onLedger: (message: ToWorker) => void = () => {}
  /** Shared by one catalogue and the next. */
  readonly #products = new LoadedProducts()
  #isReady = false
  #catalogueTurn: Promise<void> = Promise.resolve()

  constructor(start: WorkerStart) {
    const { settings } = start
    this.#start = start
    this.#exchanges = start.exchanges
    this.#log = openLog(start.name, settings.logLevel)
    this.#metrics = makeMetrics(settings, start.exchanges)
    this.#processMetrics = new ProcessMetrics(this.#metrics, 'bidder')
    // Where it is away, bids are made without it until it is back.
    this.#profiles = openProfileStore({
      store: settings.store,
      directory: dataPaths(settings).profiles,
      config: settings.profiles,
      log: this.#log,
    })
    this.#wallet = new Wallet(settings.ledger)
    this.#link = new LedgerLink({
      wallet: this.#wallet,
      clock: systemClock,
      config: settings.ledger,
      port: {
        send: tell,
        onMessage: (callback) => {
          this.#onLedger = callback
        },
      },
    })
    this.#consent = new ConsentRules(settings.privacy)
  }

  /** What it is told before it listens waits until then. */
  listen(): Promise<void> {
    this.#catalogueTurn = this.#listen()
    return this.#catalogueTurn
  }

  async #listen(): Promise<void> {
    const { settings, port, publicUrl, secret } = this.#start
    this.#signer = await Signer.open(Buffer.from(secret))
    this.#listener = await listen({
      host: settings.host,
      port,
      routes: this.#routes(),
      bodyTimeoutMs: settings.bodyTimeoutMs,
    })
    this.#bids = new BidHandler({
      exchanges: this.#start.exchanges,
      publicUrl,
      workerCount: settings.workers,
      bodyBytesMax: settings.bodyBytesMax,
      consent: this.#consent,
      networks: new Networks(settings.blockedNetworks),
      guard: new OverloadGuard(settings.shedAfterMs),
      reservationTtlMs: settings.ledger.reservationTtlMs,
      incarnation: this.#start.incarnation,
      clock: systemClock,
      profiles: this.#profiles,
      bidWaitMs: settings.profiles.bidWaitMs,
      bidsWaitingMax: settings.profiles.bidsWaitingMax,
      funds: this.#wallet,
      clickRate: new ClickRate(settings.bidding.clickRate),
      signer: this.#signer,
      metrics: this.#metrics,
    })
    this.#link.start()
    // At once, too: only who has reported is asked when the numbers are read.
    this.#reportMetrics()
    setInterval(() => this.#reportMetrics(), reportPeriodMs)
  }

  receive(message: ToBidder): void {
    switch (message.type) {
      case 'catalogue':
        // One after the other, so that an older one never replaces a newer.
        this.#catalogueTurn = this.#catalogueTurn.then(() => this.#swap(message))
        break
      case 'products':
        // Not in turn: a catalogue with a large shop takes seconds to read.
        void this.#change(message)
        break
      case 'exchanges':
        this.#catalogueTurn = this.#catalogueTurn.then(() => this.#useExchanges(message))
        break
      case 'metrics?':
        this.#reportMetrics()
        break
      case 'drain':
        void this.#drain()
        break
      case 'ledger.update':
      case 'ledger.outcomes':
        this.#onLedger(message)
        break
      case 'start':
        break
    }
  }

  #routes(): Route[] {
    const { settings, exchanges } = this.#start
    const notices = new NoticeHandler({
      exchanges,
      signer: this.#signer,
      clock: systemClock,
      metrics: this.#metrics,
      log: this.#log,
      noticeExpiryMs: settings.ledger.noticeExpiryMs,
      ledger: this.#link,
      clickTokenFor: (shopKey, uid) => this.#clickTokenFor(shopKey, uid),
    })
    const syncs = new SyncHandler({
      exchanges,
      metrics: this.#metrics,
      consent: {
        maySync: (params, hasPrivacyControl) =>
          this.#consent.decideFromQuery(params, hasPrivacyControl).mayStoreId,
      },
      cookieDomain: settings.cookieDomain,
    })
    const { bodyBytesMax } = settings
    const bids = (): BidHandler => this.#bids!
    this.#front = new ExchangeFront({ exchanges, bids, notices, syncs, bodyBytesMax })
    return [
      ...this.#front.routes(),
      { method: 'GET', path: '/healthz', handle: (_, reply) => reply.send(200, noHeaders, 'ok\n') },
      {
        method: 'GET',
        path: '/readyz',
        handle: (_, reply) => {
          if (this.#isReady) reply.send(200, noHeaders, 'ready\n')
          else reply.send(503, noHeaders, 'no catalogue yet\n')
        },
      },
    ]
  }

  #clickTokenFor(shopKey: number, uid: string): string {
    const secret = this.#shopSecrets.get(shopKey)
    if (secret === undefined) return ''
    return makePersonToken(secret, 'click', uid, systemClock.nowMs() + clickTokenMs)
  }

  async #change({ ref }: ProductsChanged): Promise<void> {
    try {
      await this.#products.change(ref)
    } catch (error) {
      this.#metrics.inc(this.#metrics.slots.catalogueRefused)
      this.#log.error({ err: error, ...ref }, 'changes of products could not be read')
    }
  }

  #useExchanges({ inUse, former, names }: ExchangesChanged): void {
    this.#metrics.nameExchanges(names)
    this.#exchanges = inUse
    this.#front!.useExchanges(inUse, former)
    this.#goLiveAgain()
  }

  async #swap({ path, accounts, products }: CatalogueReady): Promise<void> {
    try {
      const tables = await this.#products.load(products)
      const snapshot = new Snapshot(await readFile(path), tables)
      const bids = this.#bids!
      this.#goLiveAgain = () => bids.swap(goLive(snapshot, accounts, this.#exchanges))
      this.#goLiveAgain()
      const secret = Buffer.from(this.#start.secret)
      this.#shopSecrets = new Map(
        snapshot.shops.map(({ id }) => [keyOf(id), shopSecretOf(secret, id)]),
      )
      const shops = bids.shopsLeftOutCount
      if (shops > 0)
        this.#log.warn({ shops }, 'too many shops share a source of eids; these are left out')
      await this.#lease(snapshot, accounts)
      const { slots } = this.#metrics
      this.#metrics.set(slots.catalogueVersion, snapshot.version)
      this.#metrics.set(slots.catalogueCampaigns, snapshot.campaignCount)
      this.#metrics.inc(slots.catalogueSwaps)
      if (!this.#isReady) {
        this.#isReady = true
        this.#processMetrics.started()
        tell({ type: 'ready' })
      }
    } catch (error) {
      this.#metrics.inc(this.#metrics.slots.catalogueRefused)
      this.#log.error({ err: error, path }, 'catalogue could not be read; the old one stays')
    }
  }

  /** Asks for money for all campaigns at once, so that the first bids needn't wait for it. */
  async #lease(snapshot: Snapshot, accounts: Int32Array): Promise<void> {
    let last = -1
    for (let row = 0; row < snapshot.rowCount; row++) {
      if (snapshot.shopOf[row]! < 0) continue
      const cost = snapshot.maxCpmMicros[row]! as CostNanos
      if (this.#wallet.available(accounts[row]!) >= cost) continue
      this.#wallet.want(accounts[row]!, cost)
      last = accounts[row]!
    }
    this.#link.tick()
    const untilMs = systemClock.elapsedMs() + leaseWaitMs
    while (last >= 0 && this.#wallet.available(last) === 0 && systemClock.elapsedMs() < untilMs)
      await new Promise((resolve) => setTimeout(resolve, 5))
  }

  #reportMetrics(): void {
    const { slots } = this.#metrics
    const { stats } = this.#profiles
    this.#processMetrics.update()
    const errorCount = stats.readErrors + stats.unreadableSlices
    if (errorCount > this.#metrics.values[slots.storeErrors.profiles]!)
      this.#log.error({ errorCount }, 'profiles could not be read; these bids are contextual')
    this.#metrics.set(slots.profileCacheHits, stats.cacheHits)
    this.#metrics.set(slots.profileCacheEvictions, stats.cacheEvictions)
    this.#metrics.set(slots.profileCacheDrops, stats.cacheDrops)
    this.#metrics.set(slots.profileChangesTold, stats.changesTold)
    this.#metrics.set(slots.storeErrors.profiles, errorCount)
    this.#metrics.set(slots.reservationsFull, this.#wallet.tableFullCount)
    tell({ type: 'metrics', snapshot: this.#metrics.snapshot() })
  }

  /** Answers what is under way, gives its leases back, says what it counted, and ends. */
  async #drain(): Promise<void> {
    await this.#listener?.close()
    this.#link.giveAll()
    this.#reportMetrics()
    this.#link.close()
    await this.#profiles.close()
    // Ends by itself once the channel has carried what was said.
    process.disconnect()
    process.exitCode = 0
    setTimeout(() => process.exit(0), 100)
  }
}

/** A channel that is gone takes nothing: the process is about to end with it. */
function tell(message: FromBidder): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}

// The terminal sends Ctrl-C to the whole group; the supervisor decides when workers stop.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
// Without its supervisor a worker would go on sharing the port, unseen.
process.on('disconnect', () => process.exit(0))

let bidder: Bidder | null = null
process.on('message', (message: ToBidder) => {
  if (message.type !== 'start') {
    bidder?.receive(message)
    return
  }
  bidder = new Bidder(message)
  bidder.listen().catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
tell({ type: 'hello' })
