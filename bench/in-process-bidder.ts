/** A bidder without its listener and its ledger, over a prepared world (world.ts). */
import { join } from 'node:path'
import { systemClock } from '../src/base/clock.js'
import { ClickRate } from '../src/bidding/click-rate.js'
import type { Funds } from '../src/bidding/funds.js'
import { goLive, type LiveCatalogue } from '../src/bidding/live.js'
import { compile } from '../src/catalogue/compile.js'
import type { SignTarget } from '../src/catalogue/creative/link.js'
import { buildTable } from '../src/catalogue/product-builder.js'
import { ShopFiles } from '../src/catalogue/shop-files.js'
import { Snapshot } from '../src/catalogue/snapshot.js'
import { BidHandler } from '../src/edge/bid.js'
import type { Exchange } from '../src/edge/exchange.js'
import { OverloadGuard } from '../src/edge/overload.js'
import { Signer } from '../src/edge/signer.js'
import { ConsentRules } from '../src/openrtb/consent/decision.js'
import { Networks } from '../src/openrtb/networks.js'
import type { ProfileReader } from '../src/profiles/store.js'
import { readExchanges } from '../src/run/exchange-files.js'
import { makeMetrics } from '../src/run/metrics.js'
import { readSettings, type Settings } from '../src/run/settings.js'

export const endlessFunds: Funds = {
  available: () => 1e15,
  want: () => {},
  reserve: () => 1,
  cancel: () => {},
}

export interface InProcessBidder {
  readonly settings: Settings
  readonly exchanges: readonly Exchange[]
  readonly signer: Signer
  readonly clickRate: ClickRate
  readonly catalogue: LiveCatalogue
  /** @param profiles whom the bids are for. */
  handler(profiles: ProfileReader): BidHandler
}

/** @param dataDir as `prepareWorld` gives it. */
export async function inProcessBidder(dataDir: string): Promise<InProcessBidder> {
  const read = readSettings({ GROSZ_DATA: dataDir })
  if (!read.ok) throw new Error(read.faults.join('\n'))
  const settings = read.value
  const named = readExchanges(settings)
  if (!named.ok) throw new Error(named.faults.join('\n'))
  const exchanges = named.value
  const signer = await Signer.open(Buffer.alloc(32, 1))
  const clickRate = new ClickRate(settings.bidding.clickRate)

  const currencies = settings.currencies
  const { shops } = new ShopFiles(join(dataDir, 'catalogue'), Object.keys(currencies)).read()
  const signTarget: SignTarget = (key, url) => signer.signTarget(key, url)
  const built = shops.map(({ shop, products }) => buildTable(shop, products, signTarget))
  const places = built.map(({ table, isSecure }) => ({
    isSecure,
    placeOf: (productKey: number) => table.find(productKey),
  }))
  const { file } = compile(shops, places, { version: 1, unitValue: currencies, signTarget })
  const snapshot = new Snapshot(
    file,
    built.map(({ table }) => table),
  )
  const accounts = Int32Array.from({ length: snapshot.rowCount }, (_, row) => row)
  const catalogue = goLive(snapshot, accounts, exchanges)

  const handler = (profiles: ProfileReader): BidHandler => {
    const made = new BidHandler({
      exchanges,
      publicUrl: 'https://bid.example',
      workerCount: 1,
      bodyBytesMax: settings.bodyBytesMax,
      consent: new ConsentRules(settings.privacy),
      networks: new Networks(settings.blockedNetworks),
      // Back to back, every request would seem to have waited for the ones before.
      guard: new OverloadGuard(0),
      reservationTtlMs: 300_000,
      incarnation: 1,
      clock: systemClock,
      profiles,
      bidWaitMs: settings.profiles.bidWaitMs,
      bidsWaitingMax: settings.profiles.bidsWaitingMax,
      funds: endlessFunds,
      clickRate,
      signer,
      metrics: makeMetrics(settings, exchanges),
    })
    made.swap(catalogue)
    return made
  }
  return { settings, exchanges, signer, clickRate, catalogue, handler }
}
