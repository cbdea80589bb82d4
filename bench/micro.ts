/**
 * Each stage of a bid by itself: nanoseconds, the least of interleaved rounds. Micro-benchmarks
 * flatter (caches are warm): read the ratios, and load.ts for what it costs in a server.
 *
 *   npm run bench:micro -- [--json] [--rounds 15]
 */
import { createHmac } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { systemClock } from '../src/base/clock.js'
import { ClickRate } from '../src/bidding/click-rate.js'
import { Decider } from '../src/bidding/decide.js'
import type { Funds } from '../src/bidding/funds.js'
import { goLive } from '../src/bidding/live.js'
import { compile } from '../src/catalogue/compile.js'
import type { SignTarget } from '../src/catalogue/creative/link.js'
import { buildTable } from '../src/catalogue/product-builder.js'
import { ShopFiles } from '../src/catalogue/shop-files.js'
import { Snapshot } from '../src/catalogue/snapshot.js'
import { BidHandler } from '../src/edge/bid.js'
import { RequestHead } from '../src/edge/listener.js'
import { OverloadGuard } from '../src/edge/overload.js'
import { Signer } from '../src/edge/signer.js'
import { ConsentRules } from '../src/openrtb/consent/decision.js'
import { Networks } from '../src/openrtb/networks.js'
import { parse } from '../src/openrtb/parse.js'
import { BidRequest } from '../src/openrtb/request.js'
import { LmdbProfileStore } from '../src/profiles/store-lmdb.js'
import { readExchanges } from '../src/run/exchange-files.js'
import { makeMetrics } from '../src/run/metrics.js'
import { readSettings } from '../src/run/settings.js'
import { makeBodies } from './bodies.js'
import { madeRequests } from './made-requests.js'
import { prepareWorld, uidOf } from './world.js'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '15' },
    campaigns: { type: 'string', default: '10000' },
    profiles: { type: 'string', default: '100000' },
  },
})
const profileCount = Number(values.profiles)
const folder = fileURLToPath(new URL('../../bench/out/', import.meta.url))
mkdirSync(folder, { recursive: true })
const settings = readSettings({ GROSZ_DATA: folder })
if (!settings.ok) throw new Error(settings.faults.join('\n'))
const exchanges = readExchanges(settings.value)
if (!exchanges.ok) throw new Error(exchanges.faults.join('\n'))

const signer = await Signer.open(Buffer.alloc(32, 1))
async function catalogueOf(campaignCount: number) {
  const dataDir = await prepareWorld(folder, campaignCount, profileCount)
  const currencies = settings.ok ? settings.value.currencies : {}
  const { shops } = new ShopFiles(join(dataDir, 'catalogue'), Object.keys(currencies)).read()
  const signTarget: SignTarget = (key, url) => signer.signTarget(key, url)
  const options = { version: 1, unitValue: currencies, signTarget }
  const built = shops.map(({ shop, products }) => buildTable(shop, products, signTarget))
  const places = built.map(({ table, isSecure }) => ({
    isSecure,
    placeOf: (productKey: number) => table.find(productKey),
  }))
  const snapshot = new Snapshot(
    compile(shops, places, options).file,
    built.map(({ table }) => table),
  )
  const accounts = Int32Array.from({ length: snapshot.rowCount }, (_, row) => row)
  return { dataDir, catalogue: goLive(snapshot, accounts, exchanges.ok ? exchanges.value : []) }
}

const { dataDir, catalogue } = await catalogueOf(Number(values.campaigns))
const profiles = new LmdbProfileStore(join(dataDir, 'profiles'), settings.value.profiles)
const funds: Funds = { available: () => 1e15, want: () => {}, reserve: () => 1, cancel: () => {} }
const clickRate = new ClickRate(settings.value.bidding.clickRate)
const decider = new Decider(clickRate, funds)
const bodies = makeBodies(madeRequests, profileCount).bids.slice(0, 2_000)
const texts = bodies.map((body) => body.toString())
const requests = bodies.map((body) => {
  const request = new BidRequest()
  parse(body, request)
  return request
})
const found = requests.map(({ buyerUid }) => profiles.read(buyerUid))
const currency = catalogue.snapshot.rates.indexOf('PLN')
const scratch = new BidRequest()
const handler = new BidHandler({
  exchanges: exchanges.value,
  publicUrl: 'https://bid.example',
  workerCount: 1,
  bodyBytesMax: settings.value.bodyBytesMax,
  consent: new ConsentRules(settings.value.privacy),
  networks: new Networks(settings.value.blockedNetworks),
  // Back to back, every request would seem to have waited for the ones before.
  guard: new OverloadGuard(0),
  reservationTtlMs: 300_000,
  incarnation: 1,
  clock: systemClock,
  profiles,
  bidWaitMs: 30,
  bidsWaitingMax: 0,
  funds,
  clickRate,
  signer,
  metrics: makeMetrics(settings.value, exchanges.value),
})
handler.swap(catalogue)
const reply = { send: () => {} }
const head = Object.assign(new RequestHead(), { name: 'demo', contentType: 'application/json' })
const demo = exchanges.value.find(({ name }) => name === 'demo')!
const token = {
  isTest: false,
  issuedAtMs: Date.now(),
  incarnation: 1,
  sequence: 5,
  expiresAtMs: Date.now(),
  account: 7,
  exchangeKey: 8,
  shopKey: 9,
  reservedNanos: 10,
  bidCpmMicros: 10,
  currency: 'PLN',
}
const key = Buffer.alloc(32, 3)
const message = Buffer.alloc(61, 4)
const nowMs = Date.now()

/** Each is given the number of the turn. */
const stages: Record<string, (i: number) => unknown> = {
  'parse: JSON.parse alone': (i) => JSON.parse(texts[i % texts.length]!),
  'parse: openrtb/parse': (i) => parse(bodies[i % bodies.length]!, scratch),
  'profile: known': (i) => profiles.read(uidOf((i * 7_919) % profileCount)),
  'profile: stranger': (i) => profiles.read(`x${i % 50_000}`),
  'decide: stranger': (i) => {
    const request = requests[i % requests.length]!
    decider.begin(request, demo, currency, catalogue, null, nowMs)
    return decider.decide(request.impressions[0]!)
  },
  'decide: known': (i) => {
    const request = requests[i % requests.length]!
    decider.begin(request, demo, currency, catalogue, found[i % found.length]!, nowMs)
    return decider.decide(request.impressions[0]!)
  },
  'sign: createHmac alone': () => createHmac('sha256', key).update(message).digest(),
  'sign: whole token': () => signer.sign(token),
  'whole bid without the socket': (i) => handler.handle(head, bodies[i % bodies.length]!, reply),
}

const turns = 2_000
const best = new Map<string, number>()
let sink: unknown
for (let round = 0; round < Number(values.rounds); round++)
  for (const [name, stage] of Object.entries(stages)) {
    const start = performance.now()
    for (let i = 0; i < turns; i++) sink = stage(round * turns + i)
    const nanos = ((performance.now() - start) * 1e6) / turns
    best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, nanos))
  }
void sink
await profiles.close()

const report = Object.fromEntries([...best].map(([name, nanos]) => [name, Math.round(nanos)]))
if (values.json) console.info(JSON.stringify(report))
else console.table(report)
process.exit(0)
